"""Pictures in [-1, 1] as whole numbers of grey levels, and back."""

from typing import Any

from keras import ops


def to_levels(images: Any, levels: int) -> Any:
    """int32 in 0 .. levels - 1, equally wide steps of [-1, 1]; of an 8-bit picture and 256 levels its own numbers."""
    steps = ops.floor((ops.cast(images, "float32") + 1.0) * (levels / 2))
    return ops.cast(ops.clip(steps, 0, levels - 1), "int32")


def from_levels(numbers: Any, levels: int) -> Any:
    """float32 in [-1, 1], black and white at its ends."""
    return ops.cast(numbers, "float32") * (2.0 / (levels - 1)) - 1.0
