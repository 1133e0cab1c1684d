"""Pixel distances of paired pictures: L1, PSNR and SSIM (Wang et al. 2004, IEEE TIP 13(4)), per picture, averaged.

Pictures are (N, H, W, C) of any real type; ``data_range`` is the width of the value range (255 for uint8, 2 for
[-1, 1]). Super-resolution papers measure the luma channel without a border as wide as the scale: see ``luma``.
"""

import numpy as np
from skimage.metrics import peak_signal_noise_ratio, structural_similarity


def l1(real: np.ndarray, fake: np.ndarray, data_range: float = 255) -> float:
    """Mean absolute difference as a share of the value range, in [0, 1]."""
    return float(np.mean(np.abs(real.astype(np.float64) - fake)) / data_range)


def psnr(real: np.ndarray, fake: np.ndarray, data_range: float = 255) -> float:
    """Mean over pictures of ``10 log10(L^2 / MSE)`` in dB; infinite when a pair is equal."""
    if (real == fake).all(axis=(1, 2, 3)).any():
        return float("inf")
    values = [
        peak_signal_noise_ratio(a, b, data_range=data_range) for a, b in zip(_exact(real), _exact(fake), strict=True)
    ]
    return float(np.mean(values))


def ssim(real: np.ndarray, fake: np.ndarray, data_range: float = 255) -> float:
    """Mean structural similarity, 1 for equal pictures: 11 x 11 Gaussian window of sigma 1.5, K = (0.01, 0.03).

    Pictures need at least 11 pixels a side.
    """
    values = [
        structural_similarity(
            a, b, data_range=data_range, channel_axis=-1, gaussian_weights=True, sigma=1.5, use_sample_covariance=False
        )
        for a, b in zip(_exact(real), _exact(fake), strict=True)
    ]
    return float(np.mean(values))


def luma(images: np.ndarray, border: int = 0) -> np.ndarray:
    """The Y channel (N, H, W, 1) in 16..235 of uint8 RGB or grey (ITU-R BT.601), less ``border`` pixels a side."""
    colour = np.broadcast_to(images, (*images.shape[:3], 3))
    y = colour.astype(np.float64) @ np.array([65.481, 128.553, 24.966]) / 255 + 16
    return y[:, border : y.shape[1] - border, border : y.shape[2] - border, None]


def gradient_energy(images: np.ndarray) -> float:
    """Mean squared difference of neighbouring pixels, along rows and along columns together; 0 for flat pictures."""
    exact = _exact(images)
    return float(sum(np.mean(np.square(np.diff(exact, axis=axis))) for axis in (1, 2)))


def _exact(images: np.ndarray) -> np.ndarray:
    """In float64, so that differences of uint8 do not wrap around."""
    return images.astype(np.float64)
