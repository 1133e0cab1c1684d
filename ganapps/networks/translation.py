"""The image-to-image networks of CycleGAN: residual generator and PatchGAN (Zhu et al., 2017, appendix 7.2)."""

from typing import Any

import keras
from keras import layers

from ganapps.layers import InstanceNorm, ReflectionPadding
from ganapps.networks.dcgan import init


def residual_translator(channels: int, out_channels: int, features: int, blocks: int, name: str) -> keras.Model:
    """Pictures (B, H, W, channels) in [-1, 1] -> (B, H, W, out_channels) in [-1, 1]; H and W any multiples of 4.

    c7s1-64, d128, d256, residual blocks, u128, u64, c7s1-3 in the paper's notation (``features=64``); reflection
    padding around the 7 x 7 and residual convolutions, instance normalisation without gain, no ReLU after the sum.
    """
    image = keras.Input((None, None, channels), name="image")
    x = _conv(features, 7)(ReflectionPadding(3)(image))
    x = layers.ReLU()(InstanceNorm()(x))
    for width in (2 * features, 4 * features):
        x = layers.ZeroPadding2D(1)(x)
        x = layers.ReLU()(InstanceNorm()(_conv(width, 3, strides=2)(x)))
    for _ in range(blocks):
        y = _conv(4 * features, 3)(ReflectionPadding(1)(x))
        y = layers.ReLU()(InstanceNorm()(y))
        y = _conv(4 * features, 3)(ReflectionPadding(1)(y))
        x = layers.Add()([x, InstanceNorm()(y)])
    for width in (2 * features, features):
        x = layers.Conv2DTranspose(width, 3, strides=2, padding="same", kernel_initializer=init())(x)
        x = layers.ReLU()(InstanceNorm()(x))
    x = _conv(out_channels, 7)(ReflectionPadding(3)(x))
    return keras.Model(image, layers.Activation("tanh", dtype="float32")(x), name=name)


def patchgan(channels: int, features: int, depth: int, name: str) -> keras.Model:
    """Pictures (B, H, W, channels) -> logits (B, h, w, 1), one an overlapping patch.

    4 x 4 convolutions: ``depth`` of stride 2, one more of stride 1, then one to a single channel; LeakyReLU 0.2,
    instance normalisation but in the first layer. ``depth=3`` sees patches of 70 pixels, 2 of 34, 1 of 16.
    """
    image = keras.Input((None, None, channels), name="image")
    x: Any = image
    for stage in range(depth + 1):
        width = features * min(2**stage, 8)
        x = _conv(width, 4, strides=2 if stage < depth else 1)(layers.ZeroPadding2D(1)(x))
        if stage:
            x = InstanceNorm()(x)
        x = layers.LeakyReLU(0.2)(x)
    logits = layers.Conv2D(1, 4, kernel_initializer=init(), dtype="float32")(layers.ZeroPadding2D(1)(x))
    return keras.Model(image, logits, name=name)


def _conv(width: int, kernel: int, strides: int = 1) -> keras.layers.Layer:
    return layers.Conv2D(width, kernel, strides=strides, kernel_initializer=init())
