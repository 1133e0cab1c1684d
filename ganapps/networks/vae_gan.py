"""The networks of VAE/GAN (Larsen et al., 2015; sizes as in the authors' code, for 64 and for 32 pixels)."""

from typing import Any

import keras
from keras import layers

from ganapps.layers import Conv2DTranspose, batch_norm
from ganapps.networks.gaussian import gaussian_heads


def encoder(resolution: int, channels: int, latent_dim: int, features: int) -> keras.Model:
    """Pictures -> [mean, log variance]: 5 x 5 convolutions of stride 2, one full layer."""
    image = x = keras.Input((resolution, resolution, channels), name="image")
    for width in (features, 2 * features, 4 * features):
        x = normal(layers.Conv2D(width, 5, 2, "same", use_bias=False)(x))
    x = normal(layers.Dense(16 * features, use_bias=False)(layers.Flatten()(x)))
    return keras.Model(image, gaussian_heads(x, latent_dim), name="encoder")


def decoder(resolution: int, channels: int, latent_dim: int, features: int) -> keras.Model:
    """Latent -> pictures in [-1, 1]: one full layer, 5 x 5 transposed convolutions of stride 2, one of stride 1."""
    latent = keras.Input((latent_dim,), name="latent")
    side = resolution // 8
    x = normal(layers.Dense(side * side * 4 * features, use_bias=False)(latent))
    x = layers.Reshape((side, side, 4 * features))(x)
    for width in (middle(resolution, features), 2 * features, features // 2):
        x = normal(Conv2DTranspose(width, 5, 2, "same", use_bias=False)(x))
    x = layers.Conv2D(channels, 5, padding="same")(x)
    return keras.Model(latent, layers.Activation("tanh", dtype="float32")(x), name="generator")


def discriminator(resolution: int, channels: int, features: int) -> keras.Model:
    """Pictures -> [the third strided convolution, before its normalisation; logits (B, 1)]."""
    image = keras.Input((resolution, resolution, channels), name="image")
    x = layers.ReLU()(layers.Conv2D(features // 2, 5, padding="same")(image))
    for width in (2 * features, middle(resolution, features)):
        x = normal(layers.Conv2D(width, 5, 2, "same", use_bias=False)(x))
    found = layers.Conv2D(4 * features, 5, 2, "same", use_bias=False)(x)
    x = normal(layers.Dense(8 * features, use_bias=False)(layers.Flatten()(normal(found))))
    return keras.Model(image, [found, layers.Dense(1, dtype="float32")(x)], name="discriminator")


def middle(resolution: int, features: int) -> int:
    """The width where the authors' networks for 32 and for 64 pixels differ."""
    return 3 * features if resolution <= 32 else 4 * features


def normal(x: Any) -> Any:
    """Batch normalisation and ReLU."""
    return layers.ReLU()(batch_norm()(x))
