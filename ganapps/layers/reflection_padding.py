"""Reflection padding out of slices: the same values as MIRROR_PAD, which phones' fast kernels lack."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("ganapps")
class ReflectionPadding(keras.layers.Layer):
    """(B, H, W, C) -> (B, H + 2 size, W + 2 size, C), mirrored without repeating the edge; any height and width.

    Args:
        size: pixels on each side.
        kwargs: Keras' own.
    """

    def __init__(self, size: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.size = size

    def call(self, x: Any) -> Any:
        """Pad rows, then columns."""
        back = range(self.size, 0, -1)
        ahead = range(1, self.size + 1)
        rows = [x[:, i : i + 1] for i in back] + [x] + [x[:, -i - 1 : -i] for i in ahead]
        x = ops.concatenate(rows, axis=1)
        columns = [x[:, :, i : i + 1] for i in back] + [x] + [x[:, :, -i - 1 : -i] for i in ahead]
        return ops.concatenate(columns, axis=2)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "size": self.size}
