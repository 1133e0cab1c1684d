"""Image-to-image networks: CycleGAN's residual generator (Zhu et al., 2017, appendix 7.2), and PatchGAN."""

from typing import Any, Literal

import keras
from keras import layers

from ganapps.layers import Conv2DTranspose, InstanceNorm, ReflectionPadding, batch_norm
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
        x = Conv2DTranspose(width, 3, strides=2, padding="same", kernel_initializer=init())(x)
        x = layers.ReLU()(InstanceNorm()(x))
    x = _conv(out_channels, 7)(ReflectionPadding(3)(x))
    return keras.Model(image, layers.Activation("tanh", dtype="float32")(x), name=name)


def patchgan(
    channels: int, features: int, depth: int, name: str, normalization: Literal["instance", "batch"] = "instance"
) -> keras.Model:
    """Pictures (B, H, W, channels) -> logits (B, h, w, 1), one an overlapping patch.

    4 x 4 convolutions: ``depth`` of stride 2, one more of stride 1, then one to a single channel; LeakyReLU 0.2, a
    normalisation but in the first layer. A logit sees patches of 16, 34, 70, 142, 286 pixels at the depths 1 to 5; at
    depth 0 there are three 1 x 1 convolutions, and a logit sees one pixel (Isola et al., 2016, appendix 6.1.2).

    Args:
        channels: of the input: those of a picture, or of several laid on each other.
        features: width of the first layer; the widest have 8 times as much.
        depth: convolutions of stride 2.
        name: of the network.
        normalization: ``"instance"``, without gain (CycleGAN), or ``"batch"``, its convolutions without bias (Pix2Pix).
    """
    batch = normalization == "batch"
    image = keras.Input((None, None, channels), name="image")
    x: Any = image
    last = max(1, depth)
    for stage in range(last + 1):
        width = features * min(2**stage, 8)
        strides = 2 if stage < depth else 1
        x = _patch_conv(width, depth, strides=strides, use_bias=not (batch and stage))(_framed(x, depth))
        if stage:
            x = batch_norm(gain_std=0.02)(x) if batch else InstanceNorm()(x)
        x = layers.LeakyReLU(0.2)(x)
    return keras.Model(image, _patch_conv(1, depth, dtype="float32")(_framed(x, depth)), name=name)


def _patch_conv(width: int, depth: int, **kwargs: Any) -> keras.layers.Layer:
    return layers.Conv2D(width, 4 if depth else 1, kernel_initializer=init(), **kwargs)


def _framed(x: Any, depth: int) -> Any:
    return layers.ZeroPadding2D(1)(x) if depth else x


def _conv(width: int, kernel: int, strides: int = 1) -> keras.layers.Layer:
    return layers.Conv2D(width, kernel, strides=strides, kernel_initializer=init())
