"""The DCGAN stacks (Radford et al., 2015, section 3 and figure 1)."""

import math

import keras
from keras import layers

from ganapps.layers import Conv2DTranspose, batch_norm


def init() -> keras.initializers.Initializer:
    """N(0, 0.02), a new one for each layer: an initialiser used twice gives equal shapes equal weights."""
    return keras.initializers.RandomNormal(0.0, 0.02)


def stages(resolution: int) -> int:
    """How many x2 stages lead from 4 pixels to ``resolution``, a power of two from 8 up."""
    count = int(math.log2(resolution)) - 2
    if resolution != 4 * 2**count or count < 1:
        raise ValueError(f"The resolution must be a power of two from 8 up, not {resolution}.")
    return count


def dcgan_generator(
    resolution: int, channels: int, latent_dim: int, features: int, kernel: int = 5, normalize: bool = True
) -> keras.Model:
    """Latent (B, latent_dim) -> pictures (B, resolution, resolution, channels) in [-1, 1].

    A projection to 4 x 4, then transposed convolutions of stride 2, each halving the width, batch normalisation and
    ReLU between them; the last one ends in tanh and has no normalisation. 64 pixels and ``features=128``: 1024 at 4 x 4.

    Args:
        resolution: a power of two.
        channels: of the pictures.
        latent_dim: length of the latent vector.
        features: channels of the last hidden stage.
        kernel: of the transposed convolutions (paper: 5).
        normalize: whether there is batch normalisation (WGAN shows that it trains without).
    """
    count = stages(resolution)
    latent = keras.Input((latent_dim,), name="latent")
    width = features * 2 ** (count - 1)
    x = layers.Dense(4 * 4 * width, use_bias=False, kernel_initializer=init())(latent)
    x = layers.ReLU()(batch_norm(gain_std=0.02)(x) if normalize else x)
    x = layers.Reshape((4, 4, width))(x)
    for stage in reversed(range(count - 1)):
        x = _up(features * 2**stage, kernel)(x)
        x = layers.ReLU()(batch_norm(gain_std=0.02)(x) if normalize else x)
    x = _up(channels, kernel)(x)
    return keras.Model(latent, layers.Activation("tanh", dtype="float32")(x), name="generator")


def dcgan_features(
    resolution: int, channels: int, features: int, kernel: int = 5, normalize: bool = True
) -> keras.Model:
    """Pictures (B, resolution, resolution, channels) -> (B, 4, 4, features * 2^(stages - 1)), the discriminator's trunk.

    Convolutions of stride 2 with LeakyReLU 0.2, each doubling the width; batch normalisation but after the first. A
    critic under a gradient penalty takes ``normalize=False``, and stays in float32 because it is differentiated twice.
    """
    image = keras.Input((resolution, resolution, channels), name="image")
    x = image
    for stage in range(stages(resolution)):
        x = layers.Conv2D(
            features * 2**stage,
            kernel,
            strides=2,
            padding="same",
            use_bias=not normalize,
            kernel_initializer=init() if normalize else "he_normal",
            dtype=None if normalize else "float32",
        )(x)
        if stage and normalize:
            x = batch_norm(gain_std=0.02)(x)
        x = layers.LeakyReLU(0.2, dtype=None if normalize else "float32")(x)
    return keras.Model(image, x, name="features")


def dcgan_discriminator(
    resolution: int, channels: int, features: int, kernel: int = 5, normalize: bool = True, name: str = "discriminator"
) -> keras.Model:
    """Pictures (B, resolution, resolution, channels) -> logits (B, 1): the trunk, then one linear unit."""
    trunk = dcgan_features(resolution, channels, features, kernel, normalize)
    x = layers.Flatten()(trunk.output)
    logit = layers.Dense(1, use_bias=False, kernel_initializer=init(), dtype="float32")(x)
    return keras.Model(trunk.input, logit, name=name)


def _up(width: int, kernel: int) -> keras.layers.Layer:
    return Conv2DTranspose(width, kernel, strides=2, padding="same", use_bias=False, kernel_initializer=init())
