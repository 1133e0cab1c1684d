"""Precision and recall for distributions (Sajjadi et al. 2018, arXiv 1806.00035, equations 5 and 6, section 3.3)."""

from typing import NamedTuple

import numpy as np
from scipy.cluster.vq import kmeans2


class Prd(NamedTuple):
    """The curve, and its two summaries in [0, 1]: max F_8 weighs recall, max F_1/8 precision."""

    precision: np.ndarray
    recall: np.ndarray
    f8: float
    f1_8: float


def prd(
    real: np.ndarray, fake: np.ndarray, clusters: int = 20, angles: int = 1001, runs: int = 10, seed: int = 0
) -> Prd:
    """The PRD curve, averaged over clusterings of the union of both feature sets.

    Args:
        real: (N, d) features.
        fake: (N, d) features; equal N, else clusters follow the larger set.
        clusters: k-means clusters.
        angles: points of the curve, one slope lambda = tan(angle) each.
        runs: clusterings averaged.
        seed: of the clusterings.
    """
    union = np.concatenate([real, fake]).astype(np.float64)
    curves = []
    for run in range(runs):
        rng = np.random.default_rng((seed, run))
        label = kmeans2(union, clusters, minit="++", rng=rng)[1]
        reference, evaluated = (
            np.bincount(part, minlength=clusters) / len(part) for part in (label[: len(real)], label[len(real) :])
        )
        curves.append(prd_curve(reference, evaluated, angles))
    precision, recall = np.mean(curves, 0)
    return Prd(precision, recall, _best_f(precision, recall, 8.0), _best_f(precision, recall, 1 / 8))


def prd_curve(reference: np.ndarray, evaluated: np.ndarray, angles: int = 1001) -> np.ndarray:
    """(2, angles): precision ``sum_i min(lambda P_i, Q_i)`` and recall ``precision / lambda`` of two histograms."""
    slopes = np.tan(np.linspace(1e-10, np.pi / 2 - 1e-10, angles))[:, None]
    precision = np.minimum(slopes * reference, evaluated).sum(1)
    return np.stack([precision, precision / slopes[:, 0]]).clip(0, 1)


def _best_f(precision: np.ndarray, recall: np.ndarray, beta: float) -> float:
    """The largest F_beta on the curve; a point with nothing on either axis counts 0."""
    weighted = beta**2 * precision + recall
    f = (1 + beta**2) * precision * recall / np.where(weighted > 0, weighted, 1)
    return float(f.max())
