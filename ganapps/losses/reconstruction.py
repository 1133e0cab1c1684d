"""Distances between pictures."""

from typing import Any

from keras import ops


def l1(x: Any, y: Any) -> Any:
    """Mean absolute difference over all elements."""
    return ops.mean(ops.abs(ops.cast(x, "float32") - ops.cast(y, "float32")))


def l2(x: Any, y: Any) -> Any:
    """Mean squared difference over all elements."""
    return ops.mean(ops.square(ops.cast(x, "float32") - ops.cast(y, "float32")))
