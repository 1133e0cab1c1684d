"""Self-attention: the identity at its start, weights that sum to 1, and the formula."""

import keras
import numpy as np
import pytest
from keras import ops

from ganapps.layers import SelfAttention, SpectralNorm


@pytest.fixture
def layer():
    keras.utils.set_random_seed(0)
    made = SelfAttention()
    made(picture())
    return made


def picture() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(2, 6, 4, 16)).astype("float32")


def test_a_new_block_is_the_identity(layer):
    assert np.array_equal(layer(picture()), picture()) and np.array_equal(layer(picture(), training=True), picture())
    assert float(layer.gamma) == 0.0 and any(layer.gamma is v for v in layer.trainable_variables)


def test_each_place_gives_out_one(layer):
    maps = ops.convert_to_numpy(layer.maps(picture()))
    assert maps.shape == (2, 24, 6)
    np.testing.assert_allclose(maps.sum(-1), 1.0, atol=1e-6)
    assert maps.std() > 0


def test_the_projections_are_spectrally_normalised_and_of_the_codes_sizes(layer):
    parts = [layer.query, layer.key, layer.value, layer.out]
    assert all(isinstance(part, SpectralNorm) for part in parts)
    assert [part.kernel.shape for part in parts] == [(1, 1, 16, 2), (1, 1, 16, 2), (1, 1, 16, 8), (1, 1, 8, 16)]


def test_the_formula(layer):
    x = picture()
    layer.gamma.assign(0.5)
    matrices = {}
    for name in ("query", "key", "value", "out"):
        part = getattr(layer, name)
        matrices[name] = ops.convert_to_numpy(part.kernel)[0, 0] / float(part.sigma())

    def pooled(y: np.ndarray) -> np.ndarray:
        return y.reshape(2, 3, 2, 2, 2, -1).max((2, 4)).reshape(2, 6, -1)

    query = (x @ matrices["query"]).reshape(2, 24, 2)
    key, value = (pooled(x @ matrices[name]) for name in ("key", "value"))
    weights = np.exp(query @ key.transpose(0, 2, 1))
    weights /= weights.sum(-1, keepdims=True)
    wanted = 0.5 * ((weights @ value) @ matrices["out"]).reshape(x.shape) + x
    np.testing.assert_allclose(layer(x), wanted, rtol=1e-3, atol=1e-4)
