"""The networks of SRGAN (Ledig et al., 2017, figure 4): SRResNet and the discriminator."""

import math
from typing import Any

import keras
from keras import layers

from ganapps.layers import PixelShuffle, batch_norm


def sr_resnet(channels: int, features: int, blocks: int, scale: int, name: str = "generator") -> keras.Model:
    """Pictures (B, H, W, channels) in [-1, 1] -> (B, scale H, scale W, channels) in [-1, 1]; any height and width.

    Residual blocks with batch normalisation and PReLU at the small size, a skip over all of them, then sub-pixel
    convolutions, each of which doubles the size. Inside, the small picture is in [0, 1].

    Args:
        channels: of the pictures.
        features: width (paper: 64).
        blocks: residual blocks (paper: 16).
        scale: 2 or 4.
        name: of the network.
    """
    image = keras.Input((None, None, channels), name="image")
    start = x = _prelu()(layers.Conv2D(features, 9, padding="same")(layers.Rescaling(0.5, 0.5)(image)))
    for _ in range(blocks):
        y = _prelu()(batch_norm()(_conv(features, use_bias=False)(x)))
        x = layers.Add()([x, batch_norm()(_conv(features, use_bias=False)(y))])
    x = layers.Add()([start, batch_norm()(_conv(features, use_bias=False)(x))])
    for _ in range(int(math.log2(scale))):
        x = _prelu()(PixelShuffle(2)(_conv(4 * features)(x)))
    x = layers.Conv2D(channels, 9, padding="same")(x)
    return keras.Model(image, layers.Activation("tanh", dtype="float32")(x), name=name)


def sr_discriminator(resolution: int, channels: int, features: int) -> keras.Model:
    """Pictures (B, resolution, resolution, channels) -> logits (B, 1); ``resolution`` is a multiple of 16.

    Eight 3 x 3 convolutions, every second one of stride 2 and every second one twice as wide as the last, batch
    normalisation but in the first, LeakyReLU 0.2; then full layers of 16 features and of one.
    """
    image = x = keras.Input((resolution, resolution, channels), name="image")
    for number in range(8):
        first = number == 0
        x = _conv(features * 2 ** (number // 2), strides=1 + number % 2, use_bias=first)(x)
        x = layers.LeakyReLU(0.2)(x if first else batch_norm()(x))
    x = layers.LeakyReLU(0.2)(layers.Dense(16 * features)(layers.Flatten()(x)))
    return keras.Model(image, layers.Dense(1, dtype="float32")(x), name="discriminator")


def _conv(width: int, **kwargs: Any) -> keras.layers.Layer:
    return layers.Conv2D(width, 3, padding="same", **kwargs)


def _prelu() -> keras.layers.Layer:
    """One slope a channel, 0.25 at first (He et al., 2015, section 2.1)."""
    return layers.PReLU(alpha_initializer=keras.initializers.Constant(0.25), shared_axes=[1, 2])
