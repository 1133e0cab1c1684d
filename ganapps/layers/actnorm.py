"""Activation normalisation."""

from typing import Any

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable("ganapps")
class ActNorm(keras.layers.Layer):
    """``y = s * (x + b)`` with a scale and an offset per channel (Kingma and Dhariwal, 2018, section 3.1).

    Data give the first values (``start``), so that a first batch comes out with mean 0 and variance 1; after that they are
    ordinary weights, learnt without regard to any batch. ``s`` is kept as its logarithm.
    """

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Create logarithm and offset."""
        self.log_scale = self.add_weight(name="log_scale", shape=(shape[-1],), initializer="zeros")
        self.offset = self.add_weight(name="offset", shape=(shape[-1],), initializer="zeros")

    def start(self, x: Any) -> None:
        """Set both from a batch (B, H, W, C)."""
        values = ops.convert_to_numpy(x).reshape(-1, x.shape[-1])
        self.offset.assign(-values.mean(axis=0))
        self.log_scale.assign(-np.log(values.std(axis=0) + 1e-6))

    def call(self, x: Any) -> tuple[Any, Any]:
        """y, and the log-determinant: that of one pixel for each pixel, a scalar."""
        pixels = x.shape[1] * x.shape[2]
        return (x + self.offset) * ops.exp(self.log_scale), pixels * ops.sum(self.log_scale)

    def inverse(self, y: Any) -> Any:
        """x of y."""
        return y * ops.exp(-self.log_scale) - self.offset
