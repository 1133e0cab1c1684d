"""Nearest-neighbour upsampling as one resize, which LiteRT keeps at rank 4."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("ganapps")
class Upsample(keras.layers.Layer):
    """(B, H, W, C) -> (B, 2 H, 2 W, C): every pixel four times. Equals ``UpSampling2D``, which is rank 5 inside."""

    def call(self, x: Any) -> Any:
        """Resize to twice the size."""
        return _twice(x)


@ops.custom_gradient
def _twice(x: Any) -> tuple[Any, Any]:
    """The gradient is given, because TensorFlow's of this resize has no XLA version: the sum over a pixel's four copies."""

    def gradient(*args: Any, upstream: Any = None) -> Any:
        return 4 * ops.average_pool(args[0] if upstream is None else upstream, 2, 2)

    return ops.image.resize(x, (2 * x.shape[1], 2 * x.shape[2]), interpolation="nearest"), gradient
