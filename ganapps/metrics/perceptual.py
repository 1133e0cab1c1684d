"""LPIPS-style distance on the feature maps of any network (Zhang et al. 2018, arXiv 1801.03924, equation 1)."""

from collections.abc import Sequence

import numpy as np


def perceptual_distance(
    real: Sequence[np.ndarray], fake: Sequence[np.ndarray], weights: Sequence[np.ndarray] | None = None
) -> np.ndarray:
    """``d = sum_l mean_hw sum_c w_lc (u_l - v_l)^2`` per pair, u and v of unit length over channels, (N,) >= 0.

    Args:
        real: one (N, H, W, C) map a layer.
        fake: the same layers of the partners.
        weights: (C,) non-negative weights a layer; all ones when not given, and then a layer adds at most 4. A value
            without the published weights and trunk is not LPIPS and must carry its network's name.
    """
    weights = weights or [np.ones(layer.shape[-1]) for layer in real]
    return np.sum(
        [
            np.mean(np.square(_unit(a) - _unit(b)) @ weight, axis=(1, 2))
            for a, b, weight in zip(real, fake, weights, strict=True)
        ],
        axis=0,
    )


def _unit(maps: np.ndarray) -> np.ndarray:
    maps = maps.astype(np.float64)
    return maps / (np.linalg.norm(maps, axis=-1, keepdims=True) + 1e-10)
