"""The networks of StarGAN (Choi et al., 2017, tables 4 and 5; sizes as in the authors' code)."""

from typing import Any

import keras
from keras import layers

from ganapps.layers import InstanceNorm, Tiled


def star_generator(channels: int, labels: int, features: int, blocks: int, blend: bool = False) -> keras.Model:
    """[pictures (B, H, W, channels) in [-1, 1], labels (B, labels)] -> pictures; H and W any multiples of 4.

    The label stands in every pixel; 7 x 7, two 4 x 4 of stride 2, residual blocks, two transposed 4 x 4, 7 x 7;
    instance normalisation with gain and offset, no biases, zero padding. With ``blend`` a second 7 x 7 draws how far each
    pixel changes, and what does not is the input's own (GANimation, arXiv 1807.09251, equation 1).
    """
    image = keras.Input((None, None, channels), name="image")
    label = keras.Input((labels,), name="attributes")
    x = _normal(_conv(features, 7)(Tiled()([image, label])))
    for width in (2 * features, 4 * features):
        x = _normal(_conv(width, 4, 2)(x))
    for _ in range(blocks):
        y = _normal(_conv(4 * features, 3)(x))
        x = layers.Add()([x, InstanceNorm(affine=True)(_conv(4 * features, 3)(y))])
    for width in (2 * features, features):
        up = layers.Conv2DTranspose(width, 4, 2, "same", use_bias=False, kernel_initializer=_init())
        x = _normal(up(x))
    drawn = layers.Activation("tanh", dtype="float32")(_conv(channels, 7)(x))
    if blend:
        share = layers.Activation("sigmoid", dtype="float32")(_conv(1, 7, use_bias=True)(x))
        change = layers.Multiply(dtype="float32")([share, layers.Subtract(dtype="float32")([drawn, image])])
        drawn = layers.Add(dtype="float32")([image, change])
    return keras.Model([image, label], drawn, name="generator")


def star_critic(resolution: int, channels: int, labels: int, features: int, depth: int) -> keras.Model:
    """Pictures -> [values of patches (B, h, w, 1), logits (B, labels)].

    ``depth`` 4 x 4 convolutions of stride 2, doubling, LeakyReLU 0.01; nothing is normalised, or the gradient penalty would
    see other pictures of the batch. The class head is one convolution over all that is left of the picture.
    """
    if resolution % 2**depth:
        raise ValueError(
            f"{depth} layers halve the picture {depth} times: resolution must be a multiple of {2**depth}."
        )
    image = x = keras.Input((resolution, resolution, channels), name="image")
    for stage in range(depth):
        x = layers.LeakyReLU(0.01)(_conv(features * 2**stage, 4, 2, use_bias=True)(x))
    value = _conv(1, 3, dtype="float32", name="patches")(x)
    classes = _conv(labels, resolution // 2**depth, padding="valid", dtype="float32", name="classes")(x)
    return keras.Model(image, [value, layers.Reshape((labels,), dtype="float32")(classes)], name="critic")


def _conv(width: int, kernel: int, strides: int = 1, **options: Any) -> keras.layers.Layer:
    options = {"padding": "same", "use_bias": False, "kernel_initializer": _init()} | options
    return layers.Conv2D(width, kernel, strides, **options)


def _init() -> keras.initializers.Initializer:
    """PyTorch's own, which the authors' code leaves as it is: U(-1, 1) / sqrt(fan in)."""
    return keras.initializers.VarianceScaling(1.0 / 3.0, "fan_in", "uniform")


def _normal(x: Any) -> Any:
    return layers.ReLU()(InstanceNorm(affine=True)(x))
