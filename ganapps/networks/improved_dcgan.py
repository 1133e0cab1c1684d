"""DCGAN's networks with minibatch discrimination (Salimans et al., 2016, section 6.4: a modified DCGAN for ImageNet)."""

import keras
from keras import layers

from ganapps.layers import MinibatchDiscrimination
from ganapps.networks.dcgan import dcgan_features, dcgan_generator, init


def improved_dcgan(
    resolution: int,
    channels: int,
    latent_dim: int,
    features: int,
    discriminator_features: int,
    classes: int,
    kernels: int,
    input_noise: float,
) -> tuple[keras.Model, keras.Model]:
    """DCGAN's generator, and pictures (B, resolution, resolution, channels) -> [features h (B, n), logits (B, classes)].

    h is what the discriminator's trunk gives, at all of its 4 x 4 places.

    Args:
        resolution, channels: of the pictures.
        latent_dim: length of the latent vector.
        features: channels of the generator's last hidden stage.
        discriminator_features: channels of the discriminator's first convolution.
        classes: logits.
        kernels: of minibatch discrimination, which stands between h and the logits; 0 for none.
        input_noise: standard deviation of noise on the discriminator's pixels.
    """
    start = x = keras.Input((resolution, resolution, channels), name="image")
    x = layers.GaussianNoise(input_noise)(x) if input_noise else x
    h = layers.Flatten(dtype="float32")(dcgan_features(resolution, channels, discriminator_features)(x))
    seen = MinibatchDiscrimination(kernels, dtype="float32")(h) if kernels else h
    logits = layers.Dense(classes, use_bias=False, kernel_initializer=init(), dtype="float32", name="logits")(seen)
    generator = dcgan_generator(resolution, channels, latent_dim, features)
    return generator, keras.Model(start, [h, logits], name="discriminator")
