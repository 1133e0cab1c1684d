"""Nearest-neighbour upsampling as one resize, which LiteRT keeps at rank 4."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("ganapps")
class Upsample(keras.layers.Layer):
    """(B, H, W, C) -> (B, 2 H, 2 W, C): every pixel four times. Equals ``UpSampling2D``, which is rank 5 inside."""

    def call(self, x: Any) -> Any:
        """Resize to twice the size."""
        return ops.image.resize(x, (2 * x.shape[1], 2 * x.shape[2]), interpolation="nearest")
