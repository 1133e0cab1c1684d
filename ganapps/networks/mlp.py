"""Fully connected networks, for points in the plane and the GAN of 2014."""

import keras
from keras import layers


def mlp(inputs: int, widths: tuple[int, ...], outputs: int, name: str) -> keras.Model:
    """(B, inputs) -> (B, outputs): ReLU layers of ``widths``, He initialisation, linear end."""
    start = x = keras.Input((inputs,), name="latent" if name == "generator" else "point")
    for width in widths:
        x = layers.Dense(width, activation="relu", kernel_initializer="he_normal")(x)
    return keras.Model(start, layers.Dense(outputs, dtype="float32", name=f"{name}_output")(x), name=name)
