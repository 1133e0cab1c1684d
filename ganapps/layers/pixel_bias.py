"""A bias that each pixel has for itself."""

from typing import Any

import keras


@keras.saving.register_keras_serializable("ganapps")
class PixelBias(keras.layers.Layer):
    """(B, H, W, C) -> the same, plus a learnt (H, W, C): convolutions share one bias among all pixels, this does not."""

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Create the bias, zero at first."""
        self.bias = self.add_weight(name="bias", shape=shape[1:], initializer="zeros")

    def call(self, x: Any) -> Any:
        """Add it."""
        return x + self.bias
