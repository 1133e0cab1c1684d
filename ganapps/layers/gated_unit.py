"""The gate of the conditional PixelCNN."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("ganapps")
class GatedUnit(keras.layers.Layer):
    """``tanh(a + V_a h) * sigmoid(b + V_b h)`` of the halves a, b of features (B, H, W, 2n); -> (B, H, W, n).

    Called with [features] or with [features, condition h (B, m)], which shifts all pixels alike (van den Oord et al.,
    2016, arXiv 1606.05328, equations 2 and 4).
    """

    def build(self, shapes: list[tuple[int | None, ...]]) -> None:
        """Create V where there is a condition."""
        features, *condition = shapes
        if condition:
            self.projection = self.add_weight(name="projection", shape=(condition[0][-1], features[-1]))

    def call(self, inputs: list[Any]) -> Any:
        """Add what the condition says, then gate."""
        x, *condition = inputs
        if condition:
            x = x + ops.expand_dims(ops.matmul(condition[0], self.projection), (1, 2))
        a, b = ops.split(x, 2, axis=-1)
        return ops.tanh(a) * ops.sigmoid(b)
