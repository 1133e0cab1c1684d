"""Residual networks for unconditional pictures (Gulrajani et al., 2017, appendix F, and its CIFAR-10 code)."""

from typing import Any

import keras
from keras import layers

from ganapps.layers import Upsample, batch_norm
from ganapps.networks.dcgan import stages

CONV = {"padding": "same", "kernel_initializer": "he_normal"}


def residual_generator(resolution: int, channels: int, latent_dim: int, features: int) -> keras.Model:
    """Latent (B, latent_dim) -> pictures (B, resolution, resolution, channels) in [-1, 1].

    A projection to 4 x 4, one block of nearest upsampling a doubling with batch normalisation, then convolution and
    tanh. The width is ``features`` throughout.
    """
    latent = keras.Input((latent_dim,), name="latent")
    x = layers.Reshape((4, 4, features))(layers.Dense(4 * 4 * features)(latent))
    for _ in range(stages(resolution)):
        x = _up_block(x, features)
    x = layers.ReLU()(batch_norm()(x))
    x = layers.Conv2D(channels, 3, padding="same")(x)
    return keras.Model(latent, layers.Activation("tanh", dtype="float32")(x), name="generator")


def residual_critic(resolution: int, channels: int, features: int) -> keras.Model:
    """Pictures (B, resolution, resolution, channels) -> values (B, 1), without any normalisation.

    A first block and further blocks that halve the size down to 8 pixels, two plain blocks, mean over space, one linear
    unit. Float32 whatever the precision: the penalty differentiates it twice.
    """
    image = keras.Input((resolution, resolution, channels), name="image", dtype="float32")
    x = _conv(features, 3)(image)
    x = _conv(features, 3)(_relu(x))
    x = layers.Add(dtype="float32")([_half(x), _conv(features, 1)(_half(image))])
    for _ in range(stages(resolution) - 2):
        x = _critic_block(x, features, half=True)
    for _ in range(2):
        x = _critic_block(x, features, half=False)
    x = layers.GlobalAveragePooling2D(dtype="float32")(_relu(x))
    return keras.Model(image, layers.Dense(1, dtype="float32", name="critic_output")(x), name="critic")


def _up_block(x: Any, width: int) -> Any:
    shortcut = layers.Conv2D(width, 1, **CONV)(Upsample()(x))
    y = Upsample()(layers.ReLU()(batch_norm()(x)))
    y = layers.Conv2D(width, 3, use_bias=False, **CONV)(y)
    y = layers.Conv2D(width, 3, **CONV)(layers.ReLU()(batch_norm()(y)))
    return layers.Add()([shortcut, y])


def _critic_block(x: Any, width: int, half: bool) -> Any:
    y = _conv(width, 3)(_relu(x))
    y = _conv(width, 3)(_relu(y))
    if half:
        return layers.Add(dtype="float32")([_half(y), _half(_conv(width, 1)(x))])
    return layers.Add(dtype="float32")([y, x])


def _conv(width: int, kernel: int) -> keras.layers.Layer:
    return layers.Conv2D(width, kernel, dtype="float32", **CONV)


def _relu(x: Any) -> Any:
    return layers.ReLU(dtype="float32")(x)


def _half(x: Any) -> Any:
    return layers.AveragePooling2D(2, dtype="float32")(x)
