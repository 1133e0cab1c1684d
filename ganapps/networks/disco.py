"""The networks of DiscoGAN: an encoder-decoder without skips and a discriminator that shows its features (authors' code)."""

from typing import Any

import keras
from keras import layers

from ganapps.layers import Conv2DTranspose, batch_norm
from ganapps.networks.dcgan import init, stages


def disco_translator(resolution: int, channels: int, features: int, bottleneck: int, name: str) -> keras.Model:
    """Pictures (B, resolution, resolution, channels) in [-1, 1] -> the same; all of it passes through 4 x 4 places.

    4 x 4 convolutions of stride 2 (LeakyReLU 0.2), then as many transposed ones (ReLU), batch normalisation but in the
    first and the last layer, no biases. The code's sigmoid and [0, 1] are tanh and [-1, 1] here.

    Args:
        resolution: a power of two from 8 up.
        channels: of both domains.
        features: width of the first layer; it doubles with every stage up to eight times that.
        bottleneck: numbers that a picture must pass through between the halves; 0 for the 4 x 4 places alone.
        name: of the network.
    """
    image = keras.Input((resolution, resolution, channels), name="image")
    count = stages(resolution)
    x = _down(image, features, count)[-1]
    if bottleneck:
        x = layers.Conv2D(bottleneck, 4, use_bias=False, kernel_initializer=init())(x)
        x = layers.LeakyReLU(0.2)(batch_norm()(x))
        x = Conv2DTranspose(_width(features, count - 1), 4, use_bias=False, kernel_initializer=init())(x)
        x = layers.ReLU()(batch_norm()(x))
    for stage in reversed(range(count - 1)):
        x = layers.ReLU()(batch_norm()(_up(_width(features, stage))(x)))
    x = _up(channels)(x)
    return keras.Model(image, layers.Activation("tanh", dtype="float32")(x), name=name)


def disco_judge(resolution: int, channels: int, features: int, name: str) -> keras.Model:
    """Pictures -> [features of every layer but the first, (B, h, w, c) each, ..., logits (B, 1, 1, 1)]."""
    image = keras.Input((resolution, resolution, channels), name="image")
    found = _down(image, features, stages(resolution))
    logit = layers.Conv2D(1, 4, use_bias=False, kernel_initializer=init(), dtype="float32")(found[-1])
    return keras.Model(image, [*found[1:], logit], name=name)


def point_judge(dimensions: int, features: int, name: str) -> keras.Model:
    """Points (B, dimensions) -> [features of the second and third layer, (B, features) each, logits (B, 1)]."""
    point = x = keras.Input((dimensions,), name="point")
    found = []
    for _ in range(3):
        x = layers.Dense(features, activation="relu", kernel_initializer="he_normal")(x)
        found.append(x)
    return keras.Model(point, [*found[1:], layers.Dense(1, dtype="float32")(x)], name=name)


def _down(x: Any, features: int, count: int) -> list[Any]:
    """The outputs of ``count`` convolutions of stride 2."""
    found = []
    for stage in range(count):
        width = _width(features, stage)
        x = layers.Conv2D(width, 4, 2, "same", use_bias=False, kernel_initializer=init())(x)
        x = layers.LeakyReLU(0.2)(batch_norm()(x) if stage else x)
        found.append(x)
    return found


def _up(width: int) -> keras.layers.Layer:
    return Conv2DTranspose(width, 4, 2, "same", use_bias=False, kernel_initializer=init())


def _width(features: int, stage: int) -> int:
    return features * min(2**stage, 8)
