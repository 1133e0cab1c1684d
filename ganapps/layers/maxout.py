"""Maxout units."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("ganapps")
class Maxout(keras.layers.Layer):
    """The largest of several linear pieces per unit (Goodfellow et al., 2013, eq. 1); (B, n) -> (B, units).

    Args:
        units: outputs.
        pieces: linear pieces behind each output.
        kernel_initializer: of the pieces' weights.
        kwargs: Keras' own.
    """

    def __init__(self, units: int, pieces: int, kernel_initializer: Any = "glorot_uniform", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units, self.pieces = units, pieces
        self.linear = keras.layers.Dense(units * pieces, kernel_initializer=kernel_initializer, dtype=self.dtype_policy)

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Build the linear pieces."""
        self.linear.build(shape)

    def call(self, x: Any) -> Any:
        """Linear pieces, then their maximum."""
        return ops.max(ops.reshape(self.linear(x), (-1, self.units, self.pieces)), axis=-1)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        initializer = keras.initializers.serialize(self.linear.kernel_initializer)
        return {**super().get_config(), "units": self.units, "pieces": self.pieces, "kernel_initializer": initializer}
