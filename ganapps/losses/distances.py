"""Distances inside a set of pictures, the mean absolute difference of pixels (DistanceGAN: Benaim and Wolf, 2017)."""

from typing import Any

from keras import ops

from ganapps.engine import backend
from ganapps.errors import UsageError


def pair_distances(images: Any) -> Any:
    """``mean |x_i - x_j|`` of all pairs i < j, the rows of all replicas counted.

    Args:
        images: (n, height, width, channels).

    Returns:
        (n (n - 1) / 2,) float32.

    Raises:
        UsageError: one picture makes no pair.
    """
    n = images.shape[0] * backend.replica()[1]
    if n < 2:
        raise UsageError(
            "Distances between pictures need a batch of 2 or more: set --batch-size 2 or --compare halves."
        )
    rows = backend.gather(ops.cast(images, "float32"))
    # Row by row: all differences at once would not fit into memory where statistics are taken of many pictures.
    return ops.concatenate([ops.mean(ops.abs(rows[i + 1 :] - rows[i : i + 1]), axis=(1, 2, 3)) for i in range(n - 1)])


def half_distances(images: Any) -> Any:
    """``mean |upper half - lower half|`` of each picture (n, height, width, channels), (n,) float32."""
    middle = images.shape[1] // 2
    images = ops.cast(images, "float32")
    return ops.mean(ops.abs(images[:, :middle] - images[:, middle : 2 * middle]), axis=(1, 2, 3))
