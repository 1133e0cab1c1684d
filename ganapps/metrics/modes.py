"""Mode coverage on test-beds whose true modes are known: 2-D mixtures and stacked digits.

Protocol of the mode-collapse literature (Srivastava et al. 2017, VEEGAN, arXiv 1705.07761, section 5; Lin et al. 2018,
PacGAN, arXiv 1712.04086, section 4): every point goes to its nearest centre, a point is of high quality within three
standard deviations of it, a mode is covered when it owns at least one high-quality point.
"""

import numpy as np
from scipy.spatial import cKDTree


def _near(points: np.ndarray, centres: np.ndarray, sigma: float) -> tuple[np.ndarray, np.ndarray]:
    """The nearest centre of every point (N,), and whether it is closer than 3 sigma (N,)."""
    distance, mode = cKDTree(centres).query(points)
    return mode, distance <= 3 * sigma


def modes_covered(points: np.ndarray, centres: np.ndarray, sigma: float, at_least: int = 1) -> int:
    """How many modes own at least ``at_least`` high-quality points (1 is usual, 20 the strict variant).

    Args:
        points: (N, 2) generated points, in the units of the centres.
        centres: (K, 2) true centres.
        sigma: the standard deviation of every mode.
        at_least: high-quality points a mode needs.
    """
    mode, good = _near(points, centres, sigma)
    return int((np.bincount(mode[good], minlength=len(centres)) >= at_least).sum())


def high_quality_share(points: np.ndarray, centres: np.ndarray, sigma: float) -> float:
    """Share of points within 3 sigma of the nearest centre, in [0, 1]; 1 - exp(-9/2) = 0.989 for the truth in 2-D."""
    return float(_near(points, centres, sigma)[1].mean())


def mode_counts(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """(K,) how many of all the points, good or bad, are nearest to each centre."""
    return np.bincount(cKDTree(centres).query(points)[1], minlength=len(centres))


def histogram_kl(counts: np.ndarray, truth: np.ndarray | None = None) -> float:
    """KL(generated || true) in nats of a histogram over K modes: sum p log(p / q), >= 0.

    Args:
        counts: (K,) generated samples per mode.
        truth: (K,) true weights (any positive scale); uniform when not given.
    """
    generated = counts / counts.sum()
    true = np.full(len(counts), 1 / len(counts)) if truth is None else truth / truth.sum()
    seen = generated > 0
    return float(np.sum(generated[seen] * np.log(generated[seen] / true[seen])))


def kl_floor(modes: int, n: int) -> float:
    """Expected ``histogram_kl`` of n samples of the truth itself, about (K - 1) / (2 n) nats: nothing can beat it."""
    return (modes - 1) / (2 * n)


def stacked_counts(classes: np.ndarray, per_channel: int = 10) -> np.ndarray:
    """Samples per mode of stacked classified pictures (stacked digits; Metz et al. 2017, arXiv 1611.02163, 3.3.1).

    Args:
        classes: (N, C) integer class of each channel's picture, as a judge gave it.
        per_channel: classes a channel can have.

    Returns:
        (per_channel ** C,) counts; 1,000 modes for three digits.
    """
    place = per_channel ** np.arange(classes.shape[1])[::-1]
    return np.bincount(classes @ place, minlength=per_channel ** classes.shape[1])
