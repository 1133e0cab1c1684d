"""The networks of StarGAN (Choi et al., 2017, tables 4 and 5; sizes as in the authors' code)."""

from typing import Any, Literal

import keras
from keras import layers

from ganapps.layers import Conv2DTranspose, InstanceNorm, Tiled


def star_generator(channels: int, labels: int, features: int, blocks: int) -> keras.Model:
    """[pictures (B, H, W, channels) in [-1, 1], labels (B, labels)] -> pictures; H and W any multiples of 4.

    The label stands in every pixel; 7 x 7, two 4 x 4 of stride 2, residual blocks, two transposed 4 x 4, 7 x 7;
    instance normalisation with gain and offset, no biases, zero padding.
    """
    image = keras.Input((None, None, channels), name="image")
    label = keras.Input((labels,), name="attributes")
    x = normal(convolution(features, 7)(Tiled()([image, label])))
    for width in (2 * features, 4 * features):
        x = normal(convolution(width, 4, 2)(x))
    for _ in range(blocks):
        y = normal(convolution(4 * features, 3)(x))
        x = layers.Add()([x, InstanceNorm(affine=True)(convolution(4 * features, 3)(y))])
    for width in (2 * features, features):
        up = Conv2DTranspose(width, 4, 2, "same", use_bias=False, kernel_initializer=initial())
        x = normal(up(x))
    x = layers.Activation("tanh", dtype="float32")(convolution(channels, 7)(x))
    return keras.Model([image, label], x, name="generator")


def star_critic(
    resolution: int,
    channels: int,
    labels: int,
    features: int,
    depth: int,
    widest: int = 2048,
    start: Literal["paper", "he"] = "paper",
) -> keras.Model:
    """Pictures -> [values of patches (B, h, w, 1), logits (B, labels)].

    ``depth`` 4 x 4 convolutions of stride 2, doubling up to ``widest``, LeakyReLU 0.01; nothing is normalised, or the
    gradient penalty would see other pictures of the batch. The class head is one convolution over all that is left of the
    picture. With the paper's initial kernels each layer gives values less than half as large as it is given, and learning
    starts slowly; those of He et al. (arXiv 1502.01852, equation 10) keep their size.
    """
    if resolution % 2**depth:
        raise ValueError(
            f"{depth} layers halve the picture {depth} times: resolution must be a multiple of {2**depth}."
        )
    image = x = keras.Input((resolution, resolution, channels), name="image")
    for stage in range(depth):
        kernel = initial() if start == "paper" else keras.initializers.HeNormal()
        x = convolution(min(features * 2**stage, widest), 4, 2, use_bias=True, kernel_initializer=kernel)(x)
        x = layers.LeakyReLU(0.01)(x)
    value = convolution(1, 3, dtype="float32", name="patches")(x)
    classes = convolution(labels, resolution // 2**depth, padding="valid", dtype="float32", name="classes")(x)
    return keras.Model(image, [value, layers.Reshape((labels,), dtype="float32")(classes)], name="critic")


def convolution(width: int, kernel: int, strides: int = 1, **options: Any) -> keras.layers.Layer:
    """Zero-padded, without bias; ``options`` are those of Keras' layer."""
    options = {"padding": "same", "use_bias": False, "kernel_initializer": initial()} | options
    return layers.Conv2D(width, kernel, strides, **options)


def initial() -> keras.initializers.Initializer:
    """PyTorch's own, which the authors' code leaves as it is: U(-1, 1) / sqrt(fan in)."""
    return keras.initializers.VarianceScaling(1.0 / 3.0, "fan_in", "uniform")


def normal(x: Any) -> Any:
    """Instance normalisation with gain and offset, then ReLU."""
    return layers.ReLU()(InstanceNorm(affine=True)(x))
