"""The networks of UNIT, as in its authors' code of 2018: residual encoders and generators, discriminators at several sizes."""

from typing import Any

import keras
from keras import layers

from ganapps.layers import InstanceNorm, ReflectionPadding, Upsample
from ganapps.networks.dcgan import init


def encoder(resolution: int, channels: int, features: int, blocks: int, name: str) -> keras.Model:
    """Pictures (B, R, R, channels) -> (B, R / 4, R / 4, 4 features): a 7 x 7 convolution, two of stride 2, residual blocks."""
    image = keras.Input((resolution, resolution, channels), name="image")
    x = _normal(_conv(image, features, 7))
    for width in (2 * features, 4 * features):
        x = _normal(_conv(x, width, 4, strides=2))
    return keras.Model(image, _residual(x, blocks), name=name)


def shared(shape: tuple[int, int, int], blocks: int, name: str) -> keras.Model:
    """Residual blocks on codes or features (B, *shape)."""
    start = keras.Input(shape, name="latent")
    return keras.Model(start, _residual(start, blocks), name=name)


def generator(shape: tuple[int, int, int], channels: int, blocks: int, name: str) -> keras.Model:
    """Features (B, *shape) -> pictures four times as wide and high, in [-1, 1]: the encoder in a mirror."""
    start = keras.Input(shape, name="features")
    x = _residual(start, blocks)
    for width in (shape[-1] // 2, shape[-1] // 4):
        x = _normal(_conv(Upsample()(x), width, 3))
    x = _conv(x, channels, 7, use_bias=True)
    return keras.Model(start, layers.Activation("tanh", dtype="float32")(x), name=name)


def judges(channels: int, features: int, depth: int, scales: int, name: str) -> keras.Model:
    """Pictures (B, H, W, channels) -> a list of logits (B, h, w, 1), one of each size of the picture.

    At every size a discriminator of its own: ``depth`` 4 x 4 convolutions of stride 2 that double the width, LeakyReLU
    0.2, no normalisation, then one to a single channel. Each size is half the one before, by averages of 3 x 3 pixels.
    """
    image = seen = keras.Input((None, None, channels), name="image")
    logits = []
    for scale in range(scales):
        x = seen = layers.AveragePooling2D(3, 2, "same")(seen) if scale else seen
        for stage in range(depth):
            x = layers.ZeroPadding2D(1)(x)
            x = layers.Conv2D(features * 2**stage, 4, 2, kernel_initializer=init())(x)
            x = layers.LeakyReLU(0.2)(x)
        logits.append(layers.Conv2D(1, 1, kernel_initializer=init(), dtype="float32")(x))
    return keras.Model(image, logits, name=name)


def _residual(x: Any, blocks: int) -> Any:
    """``x + IN(conv(ReLU(IN(conv(x)))))``, so many times; no ReLU after the sum."""
    for _ in range(blocks):
        y = InstanceNorm()(_conv(_normal(_conv(x, x.shape[-1], 3)), x.shape[-1], 3))
        x = layers.Add()([x, y])
    return x


def _conv(x: Any, width: int, kernel: int, strides: int = 1, use_bias: bool = False) -> Any:
    """A convolution of the picture with mirrored margins; without a bias where a normalisation follows."""
    x = ReflectionPadding((kernel - 1) // 2)(x)
    return layers.Conv2D(width, kernel, strides=strides, use_bias=use_bias, kernel_initializer="he_normal")(x)


def _normal(x: Any) -> Any:
    return layers.ReLU()(InstanceNorm()(x))
