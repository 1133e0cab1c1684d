"""Upsampling against Keras' own, in value and gradient, with and without XLA."""

from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from ganapps.layers import Upsample


def value_and_gradient(layer: Any, x: tf.Tensor, weights: tf.Tensor) -> tuple[np.ndarray, np.ndarray]:
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = layer(x)
        loss = tf.reduce_sum(weights * y)
    return y.numpy(), tape.gradient(loss, x).numpy()


@pytest.mark.parametrize("jit", [False, True])
def test_it_is_keras_own_with_a_gradient_that_xla_can_compile(jit: bool) -> None:
    rng = np.random.default_rng(0)
    x = tf.constant(rng.normal(size=(2, 3, 5, 4)), tf.float32)
    weights = tf.constant(rng.normal(size=(2, 6, 10, 4)), tf.float32)
    compiled = tf.function(Upsample(), jit_compile=jit)
    for ours, theirs in zip(
        value_and_gradient(compiled, x, weights), value_and_gradient(layers.UpSampling2D(), x, weights), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)
