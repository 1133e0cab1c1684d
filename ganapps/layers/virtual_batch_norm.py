"""Virtual batch normalisation: the batch that gives the statistics is always the same.

A network begins with ``Reference``, which puts the fixed latents before the samples', has ``VirtualBatchNorm`` where
others have batch normalisation, and ends with ``DropReference``. In evaluation nothing is put before the samples: the
statistics are those of the last training call, so the exported network has no reference batch in it.
"""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("ganapps")
class Reference(keras.layers.Layer):
    """In training: (B, latent) -> (size + B, latent), the same U(-1, 1) latents first; else the identity.

    Args:
        size: latents in the reference batch.
        kwargs: Keras' own.
    """

    def __init__(self, size: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.size = size

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Draw the latents, once and for all."""
        uniform = keras.initializers.RandomUniform(-1.0, 1.0)
        self.latents = self.add_weight(
            name="latents", shape=(self.size, shape[-1]), initializer=uniform, trainable=False
        )

    def call(self, x: Any, training: bool = False) -> Any:
        """Put the reference batch first."""
        return ops.concatenate([ops.cast(self.latents, x.dtype), x]) if training else x

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "size": self.size}


@keras.saving.register_keras_serializable("ganapps")
class DropReference(keras.layers.Layer):
    """In training: (size + B, ...) -> (B, ...), the samples; else the identity.

    Args:
        size: as in ``Reference``.
        kwargs: Keras' own.
    """

    def __init__(self, size: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.size = size

    def call(self, x: Any, training: bool = False) -> Any:
        """Leave the samples."""
        return x[self.size :] if training else x

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "size": self.size}


@keras.saving.register_keras_serializable("ganapps")
class VirtualBatchNorm(keras.layers.Layer):
    """Each sample by the statistics of the reference batch and of itself (Salimans et al., 2016, section 3.5).

    The sample counts as one more of the batch: ``size`` parts reference, one part the sample. The reference batch itself
    is normalised by its own statistics alone. (B, C) or (B, H, W, C), with a gain and an offset per channel.

    Args:
        size: rows of the reference batch.
        epsilon: added to the variance.
        kwargs: Keras' own.
    """

    def __init__(self, size: int, epsilon: float = 1e-5, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.size, self.epsilon = size, epsilon

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Create gain, offset and what evaluation needs of the reference batch."""
        channels = (shape[-1],)
        self.gamma = self.add_weight(name="gamma", shape=channels, initializer="ones", autocast=False)
        self.beta = self.add_weight(name="beta", shape=channels, initializer="zeros", autocast=False)
        kept = {"trainable": False, "autocast": False}
        self.mean = self.add_weight(name="mean", shape=channels, initializer="zeros", **kept)
        self.square = self.add_weight(name="square", shape=channels, initializer="ones", **kept)

    def call(self, x: Any, training: bool = False) -> Any:
        """Normalise; statistics are float32 whatever the precision."""
        wide = ops.cast(x, "float32")
        space = tuple(range(1, len(x.shape) - 1))
        if not training:
            return ops.cast(self._sample(wide, self.mean, self.square, space), self.compute_dtype)
        reference, samples = wide[: self.size], wide[self.size :]
        mean, square = (ops.mean(v, axis=(0, *space)) for v in (reference, ops.square(reference)))
        self.mean.assign(ops.stop_gradient(mean))
        self.square.assign(ops.stop_gradient(square))
        parts = [self._scale(reference, mean, square), self._sample(samples, mean, square, space)]
        return ops.cast(ops.concatenate(parts), self.compute_dtype)

    def _sample(self, x: Any, mean: Any, square: Any, space: tuple[int, ...]) -> Any:
        own = [ops.mean(v, axis=space, keepdims=True) if space else v for v in (x, ops.square(x))]
        parts = [(self.size * fixed + mine) / (self.size + 1) for fixed, mine in zip((mean, square), own, strict=True)]
        return self._scale(x, *parts)

    def _scale(self, x: Any, mean: Any, square: Any) -> Any:
        variance = ops.maximum(square - ops.square(mean), 0.0)
        return (x - mean) * ops.rsqrt(variance + self.epsilon) * self.gamma + self.beta

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "size": self.size, "epsilon": self.epsilon}
