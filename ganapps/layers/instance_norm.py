"""Instance normalisation that stays 4-D, so that every LiteRT delegate can run it."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("ganapps")
class InstanceNorm(keras.layers.Layer):
    """Each channel of each picture to mean 0 and variance 1 (Ulyanov et al., 2016, eq. 4); (B, H, W, C) -> the same.

    Equals ``GroupNormalization(groups=-1)``, which is rank 5 inside and slow on phones.

    Args:
        affine: learn a gain and an offset per channel. The official CycleGAN code does not.
        gain_std: spread of the initial gains around 1 (DCGAN, Pix2Pix: 0.02).
        epsilon: added to the variance.
        kwargs: Keras' own.
    """

    def __init__(self, affine: bool = False, gain_std: float = 0.0, epsilon: float = 1e-5, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.affine, self.gain_std, self.epsilon = affine, gain_std, epsilon

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Create the gain and the offset where they are learnt."""
        if self.affine:
            gains = keras.initializers.RandomNormal(1.0, self.gain_std)
            self.gamma = self.add_weight(name="gamma", shape=(shape[-1],), initializer=gains)
            self.beta = self.add_weight(name="beta", shape=(shape[-1],), initializer="zeros")

    def call(self, x: Any) -> Any:
        """Normalise; the statistics are taken in float32 whatever the precision."""
        wide = ops.cast(x, "float32")
        centred = wide - ops.mean(wide, axis=(1, 2), keepdims=True)
        variance = ops.mean(ops.square(centred), axis=(1, 2), keepdims=True)
        y = ops.cast(centred * ops.rsqrt(variance + self.epsilon), self.compute_dtype)
        return y * self.gamma + self.beta if self.affine else y

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "affine": self.affine, "gain_std": self.gain_std, "epsilon": self.epsilon}
