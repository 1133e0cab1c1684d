"""Fréchet inception distance (Heusel et al. 2017, arXiv 1706.08500, equation 6), on any features.

``FID = ||m_x - m_g||^2 + Tr(S_x + S_g - 2 (S_x S_g)^(1/2))``, covariances with N - 1. Two exact routes to the trace of
the square root, neither of which takes the root of a non-symmetric matrix (which loses digits, and turns complex, when
a covariance is singular):

- from covariances: the eigenvalues of ``S_x S_g`` are those of the symmetric ``S_x^(1/2) S_g S_x^(1/2)``;
- from features, when there are fewer samples than dimensions: with A, B the centred features over sqrt(N - 1),
  ``Tr (A'A B'B)^(1/2)`` is the nuclear norm of ``A B'``.

The value is biased: two equal d-dimensional unit Gaussians give about ``(d^2 / 4 + d) (1/n + 1/m)``. Compare only
equal N, and read a score beside the real-vs-real value.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Gaussian:
    """First two moments of features: ``mean`` (d,), ``covariance`` (d, d) with N - 1, and ``count`` N."""

    mean: np.ndarray
    covariance: np.ndarray
    count: int


def gaussian(features: np.ndarray) -> Gaussian:
    """Moments in float64 of features (N, d), N >= 2."""
    features = features.astype(np.float64)
    return Gaussian(features.mean(0), np.atleast_2d(np.cov(features, rowvar=False)), len(features))


def frechet_distance(real: Gaussian, fake: Gaussian) -> float:
    """The Fréchet distance of two Gaussians, >= 0 up to rounding, in squared feature units."""
    values, vectors = np.linalg.eigh(real.covariance)
    root = vectors * np.sqrt(values.clip(0)) @ vectors.T
    product = root @ fake.covariance @ root
    trace_of_root = float(np.sqrt(np.linalg.eigvalsh((product + product.T) / 2).clip(0)).sum())
    return _distance(real.mean, fake.mean, np.trace(real.covariance), np.trace(fake.covariance), trace_of_root)


def fid(real: np.ndarray, fake: np.ndarray) -> float:
    """The Fréchet distance of two feature sets (N, d) and (M, d); exact also where N or M is below d."""
    if min(len(real), len(fake)) > real.shape[1]:
        return frechet_distance(gaussian(real), gaussian(fake))
    a, b = _scaled(real), _scaled(fake)
    trace_of_root = float(np.linalg.norm(_short(a) @ _short(b).T, "nuc"))
    return _distance(real.mean(0, np.float64), fake.mean(0, np.float64), np.sum(a * a), np.sum(b * b), trace_of_root)


def _distance(real_mean: np.ndarray, fake_mean: np.ndarray, real_trace: float, fake_trace: float, root: float) -> float:
    return float(np.sum((real_mean - fake_mean) ** 2) + real_trace + fake_trace - 2 * root)


def _scaled(features: np.ndarray) -> np.ndarray:
    """Centred features over sqrt(N - 1): their Gram matrix is the covariance."""
    features = features.astype(np.float64)
    return (features - features.mean(0)) / np.sqrt(len(features) - 1)


def _short(scaled: np.ndarray) -> np.ndarray:
    """At most d rows with the same Gram matrix, so that the nuclear norm never costs N x M."""
    return np.asarray(np.linalg.qr(scaled, mode="r")) if len(scaled) > scaled.shape[1] else scaled
