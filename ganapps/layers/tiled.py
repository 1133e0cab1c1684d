"""A vector as further channels of a picture."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("ganapps")
class Tiled(keras.layers.Layer):
    """[(B, H, W, C), (B, k)] -> (B, H, W, C + k): every pixel is followed by the vector; any height and width."""

    def call(self, inputs: Any) -> Any:
        """Repeat the vector over the picture and join the channels."""
        x, vector = inputs
        return ops.concatenate([x, ops.ones_like(x[..., :1]) * vector[:, None, None, :]], axis=-1)
