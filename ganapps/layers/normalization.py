"""Batch normalisation as GAN papers use it."""

import keras

from ganapps.engine import backend


def batch_norm(gain_std: float = 0.0, affine: bool = True) -> keras.layers.BatchNormalization:
    """Batch normalisation with the usual constants of GAN code (momentum 0.9, epsilon 1e-5).

    Under a distribution strategy the replicas' statistics are added up, so that they equal one device's.

    Args:
        gain_std: spread of the initial gains around 1 (DCGAN: 0.02).
        affine: learn a gain and an offset per channel.
    """
    return keras.layers.BatchNormalization(
        momentum=0.9,
        epsilon=1e-5,
        center=affine,
        scale=affine,
        gamma_initializer=keras.initializers.RandomNormal(1.0, gain_std),
        synchronized=backend.synchronized_statistics(),
    )
