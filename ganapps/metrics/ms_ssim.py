"""Multi-scale structural similarity (Wang, Simoncelli and Bovik 2003, equation 7), and the within-class diversity
that ACGAN measures with it (Odena et al. 2017, arXiv 1610.09585, section 4.2)."""

from typing import NamedTuple

import numpy as np

from ganapps.errors import GanappsError

WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
WINDOW, SIGMA = 11, 1.5
K1, K2 = 0.01, 0.03


class Diversity(NamedTuple):
    """Mean MS-SSIM of random pairs (higher = less diverse), and its standard deviation over pairs."""

    mean: float
    deviation: float


def ms_ssim(a: np.ndarray, b: np.ndarray, data_range: float = 255) -> np.ndarray:
    """MS-SSIM of every pair, (N,), 1 for equal pictures.

    Five scales with 2 x 2 average pooling between them (odd rows and columns at the end are dropped). Contrast terms
    are averaged over positions and channels, clipped at 0, and raised to the scale's weight. Where a coarse scale is
    smaller than the window (pictures below 176 px), the window shrinks to the picture and its sigma in proportion.

    Args:
        a: (N, H, W, C) pictures, at least 16 pixels a side.
        b: (N, H, W, C) their partners.
        data_range: the width of the value range, 255 for uint8.
    """
    a, b = a.astype(np.float64), b.astype(np.float64)
    value = np.ones(len(a))
    for scale, weight in enumerate(WEIGHTS):
        luminance, contrast = _terms(a, b, data_range)
        term = luminance * contrast if scale == len(WEIGHTS) - 1 else contrast
        value *= term.mean(axis=(1, 2, 3)).clip(0) ** weight
        if scale < len(WEIGHTS) - 1:
            a, b = _halve(a), _halve(b)
    return value


def diversity(
    images: np.ndarray, labels: np.ndarray | None = None, pairs: int = 100, seed: int = 0, data_range: float = 255
) -> Diversity:
    """MS-SSIM over random pairs of different pictures, of the same class where labels are given.

    Args:
        images: (N, H, W, C).
        labels: (N,) classes: ``pairs`` is then the count within each class that has two pictures, and classes weigh
            the same; without labels pairs come from all pictures.
        pairs: pairs drawn.
        seed: of the draw.
        data_range: the width of the value range.
    """
    first, second = random_pairs(len(images), labels, pairs, seed)
    values = ms_ssim(images[first], images[second], data_range)
    return Diversity(float(values.mean()), float(values.std()))


def random_pairs(n: int, labels: np.ndarray | None, pairs: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the first and of the second picture of each pair, never the same, both (P,); ``diversity`` says which.

    Raises:
        GanappsError: no class has two pictures.
    """
    draw = np.random.default_rng(seed)
    labels = np.zeros(n, int) if labels is None else labels
    groups = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    chosen = [draw.choice(group, 2, replace=False) for group in groups if len(group) > 1 for _ in range(pairs)]
    if not chosen:
        raise GanappsError(f"Diversity is one of pairs, and no class has two of the {n} pictures: measure more.")
    first, second = np.array(chosen).T
    return first, second


def _terms(a: np.ndarray, b: np.ndarray, data_range: float) -> tuple[np.ndarray, np.ndarray]:
    """The luminance term and the contrast-times-structure term at every valid window position."""
    size = min(WINDOW, a.shape[1], a.shape[2])
    offset = np.arange(size) - (size - 1) / 2
    kernel = np.exp(-(offset**2) / (2 * (SIGMA * size / WINDOW) ** 2))
    kernel /= kernel.sum()
    mean_a, mean_b = _blur(a, kernel), _blur(b, kernel)
    var_a = _blur(a * a, kernel) - mean_a**2
    var_b = _blur(b * b, kernel) - mean_b**2
    covariance = _blur(a * b, kernel) - mean_a * mean_b
    c1, c2 = (K1 * data_range) ** 2, (K2 * data_range) ** 2
    return (
        (2 * mean_a * mean_b + c1) / (mean_a**2 + mean_b**2 + c1),
        (2 * covariance + c2) / (var_a + var_b + c2),
    )


def _blur(images: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Separable window mean at the positions where the window fits."""
    for axis in (1, 2):
        images = np.lib.stride_tricks.sliding_window_view(images, len(kernel), axis=axis) @ kernel
    return images


def _halve(images: np.ndarray) -> np.ndarray:
    """2 x 2 average pooling."""
    n, height, width, channels = images.shape
    even = images[:, : height // 2 * 2, : width // 2 * 2]
    return even.reshape(n, height // 2, 2, width // 2, 2, channels).mean(axis=(2, 4))
