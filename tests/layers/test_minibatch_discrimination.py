"""Minibatch discrimination: what equal rows and far ones give, its formula, and data-dependent initial values."""

import keras
import numpy as np
import pytest
from keras import ops

from ganapps.layers import MinibatchDiscrimination


@pytest.fixture
def layer():
    keras.utils.set_random_seed(0)
    made = MinibatchDiscrimination(6, 3)
    made.build((None, 4))
    return made


def rows(n: int, scale: float = 1.0) -> np.ndarray:
    return (scale * np.random.default_rng(0).normal(size=(n, 4))).astype("float32")


def test_equal_rows_count_each_other_but_not_themselves(layer):
    assert np.array_equal(layer.closeness(np.ones((5, 4), "float32")), np.full((5, 6), 4.0))


def test_far_rows_give_nothing(layer):
    np.testing.assert_allclose(layer.closeness(rows(5, 1e4)), 0.0, atol=1e-6)


def test_the_formula(layer):
    x = rows(5)
    layer.log_lengths.assign(np.random.default_rng(1).normal(size=(6, 3)))
    directions = ops.convert_to_numpy(layer.directions)
    tensor = (directions / np.linalg.norm(directions, axis=0)).reshape(4, 6, 3) * np.exp(layer.log_lengths)
    points = np.einsum("na,abc->nbc", x, tensor)
    apart = np.abs(points[:, None] - points[None]).sum(-1)
    others = np.exp(-apart) * (1.0 - np.eye(5))[:, :, None]
    found = ops.convert_to_numpy(layer(x))
    np.testing.assert_array_equal(found[:, :4], x)
    np.testing.assert_allclose(found[:, 4:], others.sum(1) - 1.0, rtol=1e-4, atol=1e-5)


def test_initial_values_centre_the_features_on_the_data(layer):
    x = rows(64, 100.0)
    assert np.ptp(layer.closeness(x)) < 0.1, "before, every row looks alone"
    layer.initialize(x)
    new = ops.convert_to_numpy(layer(x))[:, 4:]
    np.testing.assert_allclose(new.mean(0), 0.0, atol=1e-4)
    assert (new.std(0) > 0.05).all()
    nearest = ops.convert_to_numpy(layer.distances(x)) + 1e6 * np.eye(64)[:, None]
    np.testing.assert_allclose(nearest.min(-1).mean(0), 2.0, rtol=1e-3)
