"""Density and coverage (Naeem et al. 2020, arXiv 2002.09797, equations 4 and 5): precision and recall's quantities
made robust to outliers, by building balls around the real samples only."""

from typing import NamedTuple

import numpy as np

from ganapps.metrics.neighbours import balls


class DensityCoverage(NamedTuple):
    """Density is >= 0, about 1 for real-vs-real, and may pass 1; coverage is in [0, 1]."""

    density: float
    coverage: float


def density_coverage(real: np.ndarray, fake: np.ndarray, k: int = 5) -> DensityCoverage:
    """Mean number of real balls around a fake over k, and share of real balls that hold a fake.

    Args:
        real: (N, d) features.
        fake: (M, d) features.
        k: neighbours, 5 in the paper. Coverage of the truth itself is then about 1 - 2^-k = 0.97.
    """
    found = balls(real, fake, k)
    return DensityCoverage(float(found.holders.mean() / k), float(found.filled.mean()))
