"""Self-attention over the places of a picture."""

from typing import Any

import keras
from keras import layers, ops

from ganapps.layers.spectral_norm import SpectralNorm


@keras.saving.register_keras_serializable("ganapps")
class SelfAttention(keras.layers.Layer):
    """(B, H, W, C) -> the same: every place adds a mean over all places, weighted by likeness (Zhang et al., 2018, eq. 3).

    As in the authors' code, keys and values are pooled to half the size, queries and keys have C / 8 channels and values
    C / 2; all projections are 1 x 1 convolutions under spectral normalisation. The sum enters with a learned scale gamma
    that starts at 0: the new block is the identity. Height and width must be even, C a multiple of 8.
    """

    def build(self, shape: tuple[Any, ...]) -> None:
        """Create the projections."""
        _, self.height, self.width, self.channels = shape
        sizes = {"query": self.channels // 8, "key": self.channels // 8, "value": self.channels // 2}
        for name, size in sizes.items():
            setattr(self, name, _project(size, name))
            getattr(self, name).build(shape)
        self.out = _project(self.channels, "out")
        self.out.build((*shape[:-1], self.channels // 2))
        self.pool = layers.MaxPooling2D(2)
        self.gamma = self.add_weight(name="gamma", shape=(), initializer="zeros")

    def maps(self, x: Any, training: bool = False) -> Any:
        """Where each place looks: (B, H W, H W / 4) float32, rows sum to 1."""
        query = self._places(self.query(x, training=training))
        key = self._places(self.pool(self.key(x, training=training)))
        likeness = ops.matmul(query, ops.transpose(key, (0, 2, 1)))
        return ops.softmax(ops.cast(likeness, "float32"), axis=-1)

    def call(self, x: Any, training: bool = False) -> Any:
        """``gamma o + x``."""
        value = self._places(self.pool(self.value(x, training=training)))
        seen = ops.matmul(ops.cast(self.maps(x, training), self.compute_dtype), value)
        seen = ops.reshape(seen, (-1, self.height, self.width, self.channels // 2))
        return self.gamma * self.out(seen, training=training) + x

    def _places(self, x: Any) -> Any:
        """(B, h, w, c) -> (B, h w, c)."""
        return ops.reshape(x, (-1, x.shape[1] * x.shape[2], x.shape[3]))


def _project(channels: int, name: str) -> SpectralNorm:
    return SpectralNorm(layers.Conv2D(channels, 1, use_bias=False), use_bias=False, name=name)
