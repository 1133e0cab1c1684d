"""Spectral normalisation: the singular value, its gradient, the kernel left alone, evaluation without iteration."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers, ops

from ganapps.layers import SpectralNorm

LINEAR = {
    "dense": (lambda: layers.Dense(5, use_bias=False), (4, 7)),
    "conv": (lambda: layers.Conv2D(5, 3, padding="same", use_bias=False), (4, 6, 6, 3)),
    "embedding": (lambda: layers.Embedding(9, 5), (4,)),
}


def built(kind: str) -> tuple[SpectralNorm, np.ndarray]:
    keras.utils.set_random_seed(0)
    make, shape = LINEAR[kind]
    x = np.random.default_rng(0).normal(size=shape).astype("float32")
    layer = SpectralNorm(make())
    x = np.arange(4, dtype="int32") if kind == "embedding" else x
    layer(x)
    return layer, x


def matrix(layer: SpectralNorm) -> np.ndarray:
    kernel = ops.convert_to_numpy(layer.kernel)
    return kernel.reshape(-1, kernel.shape[-1])


def converged(kind: str) -> tuple[SpectralNorm, np.ndarray]:
    layer, x = built(kind)
    for _ in range(200):
        layer(x, training=True)
    return layer, x


@pytest.mark.parametrize("kind", LINEAR)
def test_the_weights_are_divided_by_their_largest_singular_value(kind):
    layer, x = converged(kind)
    largest = np.linalg.svd(matrix(layer), compute_uv=False)[0]
    assert float(layer.sigma()) == pytest.approx(largest, rel=1e-4)
    plain = LINEAR[kind][0]()
    plain(x)
    plain.set_weights([ops.convert_to_numpy(layer.kernel) / largest])
    np.testing.assert_allclose(layer(x), plain(x), rtol=1e-3, atol=1e-5)


def test_one_step_of_power_iteration_in_a_training_call():
    layer, x = built("dense")
    w, u = matrix(layer), ops.convert_to_numpy(layer.u)
    layer(x, training=True)
    v = w @ u / np.linalg.norm(w @ u)
    u = w.T @ v / np.linalg.norm(w.T @ v)
    np.testing.assert_allclose(layer.u, u, rtol=1e-5)
    assert float(layer.sigma()) == pytest.approx(np.linalg.norm(w @ u), rel=1e-5)


def test_no_iteration_in_evaluation():
    layer, x = built("conv")
    before = ops.convert_to_numpy(layer.u)
    first, second = layer(x, training=False), layer(x, training=False)
    assert np.array_equal(before, layer.u) and np.array_equal(first, second)
    assert np.array_equal(layer(x, training=True), layer(x, training=False)), (
        "the call that iterates uses what it found"
    )


def test_the_kernel_stays_what_the_optimiser_made_it():
    layer, x = built("conv")
    before = matrix(layer)
    for _ in range(3):
        layer(x, training=True)
    assert np.array_equal(before, matrix(layer))


def test_the_gradient_passes_through_the_norm():
    """Where W has no length of its own, no step along W changes the output; and d sigma / d W is v u^T."""
    layer, x = converged("dense")
    with tf.GradientTape(persistent=True) as tape:
        loss = tf.reduce_sum(tf.math.sin(3.0 * layer(x)))
        sigma = layer.sigma()
    weights = matrix(layer)
    slope = tape.gradient(loss, layer.kernel.value).numpy()
    assert np.abs(slope).max() > 0.1
    assert abs((slope * weights).sum()) < 1e-3 * np.abs(slope * weights).sum()
    left, _, right = np.linalg.svd(weights)
    np.testing.assert_allclose(tape.gradient(sigma, layer.kernel.value), np.outer(left[:, 0], right[0]), atol=1e-3)


def test_the_norm_is_float32_in_half_precision(float32_afterwards):
    keras.config.set_dtype_policy("mixed_float16")
    layer = SpectralNorm(layers.Dense(5, use_bias=False))
    network = keras.Sequential([keras.Input((7,)), layer])
    original, found = layer.sigma, []
    layer.sigma = lambda training=False: (found.append(original(training)), found[-1])[1]
    assert network(np.ones((4, 7), "float32"), training=True).dtype == tf.float16
    exact = np.linalg.norm(matrix(layer).astype("float64") @ ops.convert_to_numpy(layer.u))
    assert float(found[-1]) == pytest.approx(exact, rel=1e-6), "half precision would be off by 1e-4"


def test_survives_its_config():
    layer, x = converged("conv")
    again = SpectralNorm.from_config(layer.get_config())
    again(x)
    again.set_weights(layer.get_weights())
    assert np.array_equal(layer(x), again(x))
    assert len(layer.trainable_variables) == 2 and len(layer.non_trainable_variables) == 1
