"""What translation does to the body and to the lesions in it: errors inside the mask, lesions kept, lesions invented.

Slices are (N, H, W) in physical units; masks are boolean, of the same shape. A translator that matches distributions may
add what the other domain shows often, or take away what it shows rarely (arXiv 1805.08841), with a small mean error.
"""

import numpy as np
from scipy import ndimage

GAP, RING = 1, 3
KEPT = (0.7, 1.3)
SMOOTH, ALIKE = 1.0, 0.75


def mae_inside(truth: np.ndarray, made: np.ndarray, masks: np.ndarray) -> float:
    """Mean absolute error over the pixels of the masks, in the slices' unit."""
    return float(np.abs(truth - made)[masks].mean())


def psnr_inside(truth: np.ndarray, made: np.ndarray, masks: np.ndarray, data_range: float) -> float:
    """Mean over slices of ``10 log10(L^2 / MSE)`` in dB, the error taken inside the mask; infinite where a pair is equal."""
    squares = np.where(masks, np.square(truth - made), 0).sum(axis=(1, 2)) / masks.sum(axis=(1, 2))
    with np.errstate(divide="ignore"):
        return float(np.mean(10 * np.log10(data_range**2 / squares)))


def surroundings(slices: np.ndarray, lesions: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """(N,) the mean of the ring around each lesion: one pixel off it, three pixels wide, inside the body.

    Args:
        slices: each with a lesion.
        lesions: where they are.
        masks: of the bodies.
    """
    found = []
    for values, lesion, body in zip(slices, lesions, masks, strict=True):
        near = ndimage.binary_dilation(lesion, iterations=GAP)
        ring = ndimage.binary_dilation(lesion, iterations=GAP + RING) & ~near & body
        found.append(values[ring].mean())
    return np.array(found)


def contrasts(slices: np.ndarray, lesions: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """(N,) how much each lesion stands out: its mean less that of its surroundings; arguments as there."""
    inside = np.array([values[lesion].mean() for values, lesion in zip(slices, lesions, strict=True)])
    return inside - surroundings(slices, lesions, masks)


def kept_share(truth: np.ndarray, made: np.ndarray, low: float = KEPT[0], high: float = KEPT[1]) -> float:
    """Share of lesions whose contrast is kept.

    Args:
        truth: (N,) true contrasts.
        made: (N,) contrasts in the translations.
        low: the least ratio of the two that counts as kept.
        high: the largest.
    """
    ratios = made / truth
    return float(np.mean((ratios >= low) & (ratios <= high)))


def invented(
    truth: np.ndarray,
    made: np.ndarray,
    masks: np.ndarray,
    radius: float,
    contrast: float,
    level: float,
    share: float = 0.5,
) -> np.ndarray:
    """(N,) whether a translation of a slice without lesion shows one.

    It does where, somewhere a lesion could be, its difference from the truth stands out over a disc of the lesions' size,
    less the ring around the disc, by at least ``share`` of a lesion's usual contrast. A lesion could be where the disc
    lies in tissue like that around lesions, a pixel off all else: at the borders of bone, lung and fat, half a pixel of
    shift is as large a difference as a lesion.

    Args:
        truth: the true slices.
        made: the translations.
        masks: of the bodies.
        radius: of the disc, in pixels.
        contrast: the lesions' usual contrast, with its sign.
        level: what their surroundings usually measure; tissue like that differs by less than three quarters of the contrast.
        share: of the contrast.
    """
    reach = int(np.ceil(radius + GAP + RING))
    far = np.hypot(*np.mgrid[-reach : reach + 1, -reach : reach + 1])
    disc, ring = (far <= radius).astype(float), ((far > radius + GAP) & (far <= radius + GAP + RING)).astype(float)
    least = share * abs(contrast)
    found = []
    for true, slice_, body in zip(truth, made, masks, strict=True):
        like = body & (np.abs(ndimage.gaussian_filter(true, SMOOTH) - level) <= ALIKE * abs(contrast))
        soft = ndimage.binary_erosion(like, iterations=GAP).astype(float)
        difference = soft * (slice_ - true) * np.sign(contrast)
        inside, around = (ndimage.convolve(soft, kernel, mode="constant") for kernel in (disc, ring))
        sums = [ndimage.convolve(difference, kernel, mode="constant") for kernel in (disc, ring)]
        standing = sums[0] / disc.sum() - sums[1] / np.maximum(around, 1.0)
        possible = (inside > disc.sum() - 0.5) & (around >= ring.sum() / 4)
        found.append(bool((standing[possible] >= least).any()))
    return np.array(found)
