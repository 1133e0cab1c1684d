"""Kernel inception distance: squared maximum mean discrepancy with a cubic kernel (Binkowski et al. 2018,
arXiv 1801.01401, section 4). Unbiased, so it may be negative and can be used with few pictures."""

from typing import NamedTuple

import numpy as np


class Kid(NamedTuple):
    """Mean over subsets, and the standard deviation of one subset's value."""

    mean: float
    deviation: float


def polynomial_kernel(a: np.ndarray, b: np.ndarray, degree: int = 3) -> np.ndarray:
    """(N, M) kernel ``(a.b / d + 1)^degree`` of features (N, d) and (M, d)."""
    return (a @ b.T / a.shape[1] + 1) ** degree


def squared_mmd(real: np.ndarray, fake: np.ndarray) -> float:
    """Unbiased squared MMD of features (N, d), (M, d): the diagonals of the two own-kernel matrices are left out."""
    real, fake = real.astype(np.float64), fake.astype(np.float64)
    within = [
        (kernel.sum() - np.trace(kernel)) / (len(kernel) * (len(kernel) - 1))
        for kernel in (polynomial_kernel(real, real), polynomial_kernel(fake, fake))
    ]
    return float(sum(within) - 2 * polynomial_kernel(real, fake).mean())


def kid(real: np.ndarray, fake: np.ndarray, subsets: int = 50, size: int = 1000, seed: int = 0) -> Kid:
    """Squared MMD averaged over random subsets.

    Args:
        real: (N, d) features.
        fake: (M, d) features.
        subsets: how many subsets are drawn.
        size: pictures a subset takes from each side, without replacement; at most half of them, or subsets would not
            differ.
        seed: of the draw.
    """
    draw = np.random.default_rng(seed)
    size = min(size, len(real) // 2, len(fake) // 2)
    values = [
        squared_mmd(real[draw.choice(len(real), size, False)], fake[draw.choice(len(fake), size, False)])
        for _ in range(subsets)
    ]
    return Kid(float(np.mean(values)), float(np.std(values)))
