"""Transposed convolution that trains fast on JAX, too."""

from typing import Any

import keras

from ganapps.engine import backend


@keras.saving.register_keras_serializable("ganapps")
class Conv2DTranspose(keras.layers.Conv2DTranspose):
    """Keras' own layer, value for value, by way of the backend: JAX's gradient for the kernel is slow on CPUs.

    Channels last and without dilation, as every network here has it.
    """

    def call(self, x: Any) -> Any:
        """(B, H, W, I) -> (B, H', W', O)."""
        y = backend.conv_transpose(x, self.kernel, tuple(self.strides), self.padding, self.output_padding)
        return self.activation(y if self.bias is None else y + self.bias)
