"""The networks of DTN's digits (Taigman et al., 2016, section 4.1), in the sizes of the code by Y. Choi."""

from typing import Any

import keras
from keras import layers

from ganapps.layers import Conv2DTranspose, batch_norm
from ganapps.networks.dcgan import stages


def extractor(resolution: int, channels: int, features: int, code_dim: int) -> keras.Model:
    """Pictures -> codes (B, code_dim): the trunk, a 4 x 4 convolution, batch normalisation and tanh."""
    image, x = trunk(resolution, channels, features)
    x = batch_norm()(layers.Conv2D(code_dim, 4, use_bias=False)(x))
    return keras.Model(image, layers.Activation("tanh", dtype="float32")(layers.Flatten()(x)), name="f")


def discriminator(resolution: int, channels: int, features: int) -> keras.Model:
    """Pictures -> logits (B, 3): the trunk and a 4 x 4 convolution."""
    image, x = trunk(resolution, channels, features)
    x = layers.Conv2D(3, 4, dtype="float32")(x)
    return keras.Model(image, layers.Flatten(dtype="float32")(x), name="discriminator")


def decoder(resolution: int, channels: int, features: int, code_dim: int) -> keras.Model:
    """Codes -> pictures in [-1, 1]: a 4 x 4 transposed convolution, then 3 x 3 ones of stride 2, batch normalised."""
    code = keras.Input((code_dim,), name="code")
    *widths, top = trunk_widths(resolution, features)
    x = Conv2DTranspose(top, 4, use_bias=False)(layers.Reshape((1, 1, code_dim))(code))
    x = layers.ReLU()(batch_norm()(x))
    for width in reversed(widths):
        x = Conv2DTranspose(width, 3, 2, "same", use_bias=False)(x)
        x = layers.ReLU()(batch_norm()(x))
    x = Conv2DTranspose(channels, 3, 2, "same")(x)
    return keras.Model(code, layers.Activation("tanh", dtype="float32")(x), name="g")


def trunk(resolution: int, channels: int, features: int) -> tuple[Any, Any]:
    """An input for pictures, and its features at 4 x 4: 3 x 3 convolutions of stride 2, batch normalisation, ReLU."""
    image = x = keras.Input((resolution, resolution, channels), name="image")
    for width in trunk_widths(resolution, features):
        x = layers.Conv2D(width, 3, 2, "same", use_bias=False)(x)
        x = layers.ReLU()(batch_norm()(x))
    return image, x


def trunk_widths(resolution: int, features: int) -> list[int]:
    """Of the stages from the picture to 4 x 4: doubled each time, up to 512 where the first is 64 or 128."""
    return [min(features * 2**stage, max(512, features)) for stage in range(stages(resolution))]
