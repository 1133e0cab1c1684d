"""Coupling layers, and the split of a multi-scale flow: one half of the channels says what happens to the other."""

import math
from typing import Any

import keras
from keras import ops

#: What a value can be at most where a flow goes back. Activation normalisation keeps those of pictures near 1 (a flow
#: trained on MNIST gave digits 14 at most, white noise 34); latents unlike those of the training pictures meet scales
#: near 0, and would overflow within a few steps.
LARGEST = 100.0


@keras.saving.register_keras_serializable("ganapps")
class ZeroConv(keras.layers.Layer):
    """3 x 3 convolution that gives zeros at first, times a learnt gain per channel, ``exp(3 g)``; (B, H, W, n) -> (..., filters).

    A flow whose couplings end with it starts as the identity (Kingma and Dhariwal, 2018, section 3.3).
    """

    def __init__(self, filters: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.filters = filters
        self.conv = keras.layers.Conv2D(filters, 3, padding="same", kernel_initializer="zeros", dtype=self.dtype_policy)

    def build(self, shape: tuple[Any, ...]) -> None:
        """Build the convolution and the gain."""
        self.conv.build(shape)
        self.gain = self.add_weight(name="gain", shape=(self.filters,), initializer="zeros")

    def call(self, x: Any) -> Any:
        """Convolve."""
        return self.conv(x) * ops.exp(3.0 * self.gain)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "filters": self.filters}


@keras.saving.register_keras_serializable("ganapps")
class Coupling(keras.layers.Layer):
    """The first half of the channels stays and shifts the second (additive), or shifts and scales it (affine).

    Affine: ``y2 = (x2 + t) * sigmoid(s + 2)`` with s, t out of three convolutions on x1, the last one zero at first
    (Kingma and Dhariwal, 2018, section 3.3 and code); the sigmoid keeps the scale from running away.

    Args:
        features: channels between the convolutions.
        affine: or additive.
        kwargs: Keras' own.
    """

    def __init__(self, features: int, affine: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.features, self.affine = features, affine

    def build(self, shape: tuple[Any, ...]) -> None:
        """Build the convolutions."""
        kept, changed = math.ceil(shape[-1] / 2), shape[-1] // 2
        relu = {"activation": "relu", "kernel_initializer": "he_normal", "dtype": self.dtype_policy}
        self.first = keras.layers.Conv2D(self.features, 3, padding="same", **relu)
        self.second = keras.layers.Conv2D(self.features, 1, **relu)
        self.last = ZeroConv(changed * (2 if self.affine else 1), dtype=self.dtype_policy)
        self.first.build((*shape[:-1], kept))
        for layer in (self.second, self.last):
            layer.build((*shape[:-1], self.features))

    def halves(self, x: Any) -> tuple[Any, Any, Any, Any]:
        """What stays, what changes, its shift and the logarithm of its scale."""
        kept = x[..., : math.ceil(x.shape[-1] / 2)]
        said = self.last(self.second(self.first(kept)))
        changed = x[..., kept.shape[-1] :]
        if not self.affine:
            return kept, changed, said, ops.zeros_like(said)
        shift, scale = ops.split(said, 2, axis=-1)
        return kept, changed, shift, -ops.softplus(-(scale + 2.0))

    def call(self, x: Any) -> tuple[Any, Any]:
        """y, and the log-determinant (B,)."""
        kept, changed, shift, log_scale = self.halves(x)
        return ops.concatenate([kept, (changed + shift) * ops.exp(log_scale)], -1), ops.sum(log_scale, axis=(1, 2, 3))

    def inverse(self, y: Any) -> Any:
        """x of y; values beyond ``LARGEST``, which no picture has, are held there."""
        kept, changed, shift, log_scale = self.halves(y)
        changed = ops.clip(changed * ops.exp(-log_scale) - shift, -LARGEST, LARGEST)
        return ops.concatenate([kept, changed], -1)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "features": self.features, "affine": self.affine}


@keras.saving.register_keras_serializable("ganapps")
class SplitPrior(keras.layers.Layer):
    """Half of the channels leave the flow, measured by a Gaussian that the other half gives (arXiv 1807.03039, figure 2).

    What leaves is standardised by that Gaussian, ``e = (x2 - mean) / deviation``, so its prior is N(0, 1) like the rest's.
    """

    def build(self, shape: tuple[Any, ...]) -> None:
        """Build the convolution that gives mean and log deviation."""
        half = shape[-1] // 2
        self.prior = ZeroConv(2 * half, dtype=self.dtype_policy)
        self.prior.build((*shape[:-1], half))

    def call(self, x: Any) -> tuple[Any, Any, Any]:
        """What stays, what leaves (both (B, H, W, C / 2)), and the log-determinant (B,)."""
        kept, gone = ops.split(x, 2, axis=-1)
        mean, log_deviation = ops.split(self.prior(kept), 2, axis=-1)
        return kept, (gone - mean) * ops.exp(-log_deviation), -ops.sum(log_deviation, axis=(1, 2, 3))

    def inverse(self, kept: Any, gone: Any) -> Any:
        """x of both."""
        mean, log_deviation = ops.split(self.prior(kept), 2, axis=-1)
        return ops.concatenate([kept, gone * ops.exp(log_deviation) + mean], -1)
