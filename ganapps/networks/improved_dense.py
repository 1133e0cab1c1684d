"""The fully connected networks of Improved GAN's MNIST code (Salimans et al., 2016, train_mnist_feature_matching.py)."""

import keras
from keras import layers

from ganapps.layers import MinibatchDiscrimination, WeightNorm, batch_norm

HIDDEN_NOISE = 0.5


def dense_generator(resolution: int, channels: int, latent_dim: int, features: int) -> keras.Model:
    """Latent (B, latent_dim) -> pictures (B, resolution, resolution, channels) in [-1, 1].

    Two softplus layers of ``features`` units (code: 500) under batch normalisation, then pixels under weight normalisation.
    """
    latent = x = keras.Input((latent_dim,), name="latent")
    for _ in range(2):
        x = layers.Activation("softplus")(batch_norm()(layers.Dense(features, use_bias=False)(x)))
    x = WeightNorm(layers.Dense(resolution**2 * channels, use_bias=False))(x)
    x = layers.Activation("tanh", dtype="float32")(x / 2)  # the code's sigmoid, in [-1, 1]
    return keras.Model(latent, layers.Reshape((resolution, resolution, channels), dtype="float32")(x), name="generator")


def dense_discriminator(
    resolution: int, channels: int, features: int, classes: int, kernels: int, input_noise: float
) -> keras.Model:
    """Pictures -> [features h (B, features / 4), logits (B, classes)].

    ReLU layers of ``features`` units (code: 1000), half of that, and three times a quarter, with Gaussian noise of
    deviation 0.5 on what each of them gives. Weight normalisation keeps the lengths that the first batch gave it, so no layer
    can outgrow the noise; only the logits' are learnt. Minibatch discrimination stands between h and the logits.

    Args:
        resolution, channels: of the pictures.
        features: units of the first layer.
        classes: logits.
        kernels: of minibatch discrimination; 0 for none.
        input_noise: standard deviation of noise on the pixels (code: 0.3 in [0, 1], which is 0.6 here).
    """
    start = keras.Input((resolution, resolution, channels), name="image")
    x = layers.GaussianNoise(input_noise)(layers.Flatten()(start))
    for units in (features, features // 2, *(features // 4,) * 3):
        dense = layers.Dense(units, use_bias=False, kernel_initializer=keras.initializers.RandomNormal(0.0, 0.1))
        h = layers.ReLU()(WeightNorm(dense, learn_gain=False)(x))
        x = layers.GaussianNoise(HIDDEN_NOISE)(h)
    seen = MinibatchDiscrimination(kernels)(x) if kernels else x
    last = layers.Dense(
        classes, use_bias=False, kernel_initializer=keras.initializers.RandomNormal(0.0, 0.1), dtype="float32"
    )
    return keras.Model(start, [h, WeightNorm(last, dtype="float32", name="logits")(seen)], name="discriminator")
