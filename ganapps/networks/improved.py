"""The networks of Improved GAN's CIFAR-10 code, and their like for points (Salimans et al., 2016, table 5 and code)."""

from typing import Any

import keras
from keras import layers, ops

from ganapps.layers import (
    Conv2DTranspose,
    DropReference,
    MinibatchDiscrimination,
    Reference,
    VirtualBatchNorm,
    WeightNorm,
    batch_norm,
)
from ganapps.networks.dcgan import stages


def improved_generator(
    dimensions: int, resolution: int, channels: int, latent_dim: int, features: int, reference: int
) -> keras.Model:
    """Latent (B, latent_dim) -> points (B, dimensions), or pictures in [-1, 1] where ``dimensions`` is 0.

    Pictures: a projection to 4 x 4, then 5 x 5 transposed convolutions that halve the width, batch normalisation and ReLU
    between them; the last one under weight normalisation, then tanh. Points: three ReLU layers.

    Args:
        dimensions: of the points; 0 for pictures.
        resolution: of the pictures, a power of two from 8 up.
        channels: of the pictures.
        latent_dim: length of the latent vector.
        features: channels of the last hidden stage (code: 128), or units of the layers for points.
        reference: rows of the reference batch of virtual batch normalisation; with 0 pictures have the usual kind and
            points have none.
    """
    latent = x = keras.Input((latent_dim,), name="latent")
    if reference:
        x = Reference(reference)(x)
    if dimensions:
        for _ in range(3):
            x = layers.Dense(features, use_bias=not reference, kernel_initializer="he_normal")(x)
            x = layers.ReLU()(VirtualBatchNorm(reference)(x) if reference else x)
        x = layers.Dense(dimensions, dtype="float32", name="generator_output")(x)
    else:
        count = stages(resolution)
        width = features * 2 ** (count - 1)
        x = layers.Dense(4 * 4 * width, use_bias=False, kernel_initializer=_init())(x)
        x = layers.Reshape((4, 4, width))(layers.ReLU()(_normalize(x, reference)))
        for stage in reversed(range(count - 1)):
            x = layers.ReLU()(_normalize(_up(features * 2**stage)(x), reference))
        # The code starts from nearly grey pictures (deviation 0.1 before tanh). So started on digits, with minibatch
        # discrimination, the generator ended in a checkerboard within 200 steps; at length 1 it drew digits.
        x = layers.Activation("tanh", dtype="float32")(WeightNorm(_up(channels))(x))
    if reference:
        x = DropReference(reference, dtype="float32")(x)
    return keras.Model(latent, x, name="generator")


def improved_discriminator(
    dimensions: int,
    resolution: int,
    channels: int,
    features: int,
    classes: int,
    kernels: int,
    dropout: float,
    input_dropout: float,
    input_noise: float,
) -> keras.Model:
    """Samples -> [features h (B, n), logits (B, classes)].

    Pictures: nine convolutions under weight normalisation (``features`` wide, then twice that; their gains stay as
    ``initialize`` leaves them) with LeakyReLU 0.2, mean over places. Points: three ReLU layers. Minibatch discrimination
    stands between h and the logits.

    Args:
        dimensions: of the points; 0 for pictures.
        resolution: of the pictures.
        channels: of the pictures.
        features: channels of the first three convolutions (code: 96), or units of the layers for points.
        classes: logits.
        kernels: of minibatch discrimination; 0 for none.
        dropout: after the third and the sixth convolution.
        input_dropout: of pixels.
        input_noise: standard deviation of noise on the pixels.
    """
    if dimensions:
        start = x = keras.Input((dimensions,), name="point")
        for _ in range(3):
            x = layers.Dense(features, activation="relu", kernel_initializer="he_normal")(x)
    else:
        start = x = keras.Input((resolution, resolution, channels), name="image")
        x = layers.GaussianNoise(input_noise)(x) if input_noise else x
        x = layers.Dropout(input_dropout)(x) if input_dropout else x
        for width in (features, 2 * features):
            for stride in (1, 1, 2):
                x = _conv(x, width, 3, stride)
            x = layers.Dropout(dropout)(x) if dropout else x
        x = _conv(x, 2 * features, 3, padding="valid")
        x = layers.GlobalAveragePooling2D()(_conv(_conv(x, 2 * features, 1), 2 * features, 1))
    seen = MinibatchDiscrimination(kernels)(x) if kernels else x
    last = layers.Dense(classes, use_bias=False, kernel_initializer=_init(), dtype="float32")
    # The code's 0.1: real features are alike, and logits that spread by 1 over them lie tens away on generated ones.
    logits = WeightNorm(last, deviation=0.1, dtype="float32", name="logits")(seen)
    return keras.Model(start, [x, logits], name="discriminator")


def initialize(network: keras.Model, samples: Any) -> None:
    """Data-dependent initial values, layer by layer in the network's order.

    Noise and dropout are on, as in the code. Without them every layer's length is that of clean inputs, and what noise adds
    is multiplied from layer to layer: with 100 labels the error after 8,000 steps was 0.110 instead of 0.049.

    Args:
        network: with layers under weight normalisation or minibatch discrimination, each used once.
        samples: real ones, some hundreds.
    """
    for layer in network.layers:
        if isinstance(layer, WeightNorm | MinibatchDiscrimination):
            layer.initialize(keras.Model(network.input, layer.input)(ops.convert_to_tensor(samples), training=True))


def _init() -> keras.initializers.Initializer:
    return keras.initializers.RandomNormal(0.0, 0.05)


def _normalize(x: Any, reference: int) -> Any:
    return VirtualBatchNorm(reference)(x) if reference else batch_norm()(x)


def _up(width: int) -> keras.layers.Layer:
    return Conv2DTranspose(width, 5, strides=2, padding="same", use_bias=False, kernel_initializer=_init())


def _conv(x: Any, width: int, kernel: int, stride: int = 1, padding: str = "same") -> Any:
    conv = layers.Conv2D(width, kernel, strides=stride, padding=padding, use_bias=False, kernel_initializer=_init())
    return layers.LeakyReLU(0.2)(WeightNorm(conv, learn_gain=False)(x))
