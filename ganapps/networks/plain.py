"""The plain pair of networks, for any data: ReLU layers for points in the plane, the DCGAN stacks for pictures."""

import keras

from ganapps.networks.dcgan import dcgan_discriminator, dcgan_generator
from ganapps.networks.mlp import mlp


def plain_generator(
    dimensions: int, resolution: int, channels: int, latent_dim: int, features: int, kernel: int
) -> keras.Model:
    """Latent (B, latent_dim) -> points (B, dimensions), or pictures in [-1, 1] where ``dimensions`` is 0.

    Args:
        dimensions: of the points; 0 for pictures.
        resolution: of the pictures, a power of two from 8 up.
        channels: of the pictures.
        latent_dim: length of the latent vector.
        features: units of the three hidden layers; channels of the last hidden stage.
        kernel: of the convolutions.
    """
    if dimensions:
        return mlp(latent_dim, (features,) * 3, dimensions, "generator")
    return dcgan_generator(resolution, channels, latent_dim, features, kernel)


def plain_discriminator(
    dimensions: int,
    resolution: int,
    channels: int,
    features: int,
    kernel: int,
    normalize: bool = True,
    name: str = "discriminator",
) -> keras.Model:
    """Points or pictures -> logits (B, 1); ``normalize`` as in ``dcgan_discriminator``."""
    if dimensions:
        return mlp(dimensions, (features,) * 3, 1, name)
    return dcgan_discriminator(resolution, channels, features, kernel, normalize, name)
