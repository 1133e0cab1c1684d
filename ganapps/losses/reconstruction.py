"""Distances between pictures."""

import math
from typing import Any

from keras import ops


def l1(x: Any, y: Any) -> Any:
    """Mean absolute difference over all elements."""
    return ops.mean(ops.abs(ops.cast(x, "float32") - ops.cast(y, "float32")))


def l2(x: Any, y: Any) -> Any:
    """Mean squared difference over all elements."""
    return ops.mean(ops.square(ops.cast(x, "float32") - ops.cast(y, "float32")))


def squared_norm(x: Any, y: Any) -> Any:
    """Squared Euclidean distance of each sample, mean over the batch: ``l2`` times the values of a sample."""
    return l2(x, y) * math.prod(x.shape[1:])


def total_variation(x: Any) -> Any:
    """Mean length of the pixels' gradients, ``sqrt((x_i,j+1 - x_ij)^2 + (x_i+1,j - x_ij)^2)`` (arXiv 1611.02200, eq. 7).

    The paper sums over the pixels of (B, H, W, C); the mean makes the weight of the loss independent of the resolution.
    """
    x = ops.cast(x, "float32")
    down, across = x[:, 1:, :-1] - x[:, :-1, :-1], x[:, :-1, 1:] - x[:, :-1, :-1]
    return ops.mean(ops.sqrt(ops.square(down) + ops.square(across) + 1e-12))  # 1e-12: the root has no slope at 0


def gradient_difference(x: Any, y: Any, power: int = 1) -> Any:
    """How much the steps between neighbouring pixels differ in size, whatever their sign (GDL of arXiv 1511.05440).

    The mean of ``| |y_ij - y_i-1,j| - |x_ij - x_i-1,j| |^power`` over rows, and the same over columns, added up. The
    paper sums; means make the weights of the loss independent of the resolution, as in ``l1`` and ``l2``.

    Args:
        x: pictures (B, H, W, C).
        y: pictures of the same shape.
        power: alpha in the paper.
    """
    x, y = ops.cast(x, "float32"), ops.cast(y, "float32")
    down = ops.abs(y[:, 1:] - y[:, :-1]) - ops.abs(x[:, 1:] - x[:, :-1])
    across = ops.abs(y[:, :, 1:] - y[:, :, :-1]) - ops.abs(x[:, :, 1:] - x[:, :, :-1])
    return ops.mean(ops.abs(down) ** power) + ops.mean(ops.abs(across) ** power)
