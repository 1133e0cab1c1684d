"""Virtual batch normalisation: a sample depends on the reference batch and itself, and evaluation on what was kept."""

import keras
import numpy as np
import pytest
from keras import ops

from ganapps.layers import DropReference, Reference, VirtualBatchNorm

SIZE = 6


@pytest.fixture(params=[(3,), (4, 5, 3)], ids=["vectors", "pictures"])
def rows(request):
    return np.random.default_rng(0).normal(2.0, 3.0, (SIZE + 4, *request.param)).astype("float32")


def expected(x: np.ndarray, epsilon: float = 1e-5) -> np.ndarray:
    space = tuple(range(1, x.ndim - 1))
    reference = x[:SIZE]
    mean, square = reference.mean((0, *space)), (reference**2).mean((0, *space))
    out = [(reference - mean) / np.sqrt(square - mean**2 + epsilon)]
    for sample in x[SIZE:]:
        own = tuple(axis - 1 for axis in space)
        m = (SIZE * mean + sample.mean(own)) / (SIZE + 1)
        s = (SIZE * square + (sample**2).mean(own)) / (SIZE + 1)
        out.append(((sample - m) / np.sqrt(s - m**2 + epsilon))[None])
    return np.concatenate(out)


def test_the_formula(rows):
    np.testing.assert_allclose(VirtualBatchNorm(SIZE)(rows, training=True), expected(rows), rtol=1e-3, atol=1e-4)


def test_samples_do_not_see_each_other(rows):
    layer = VirtualBatchNorm(SIZE)
    alone = layer(rows[: SIZE + 1], training=True)
    np.testing.assert_allclose(alone[-1], layer(rows, training=True)[SIZE], rtol=1e-5, atol=1e-6)
    moved = np.concatenate([rows[:SIZE] + 1.0, rows[SIZE:]])
    assert not np.allclose(layer(moved, training=True)[SIZE], alone[-1], atol=1e-2)


def test_evaluation_uses_the_last_reference_batch(rows):
    layer = VirtualBatchNorm(SIZE)
    training = ops.convert_to_numpy(layer(rows, training=True))
    np.testing.assert_allclose(layer(rows[SIZE:], training=False), training[SIZE:], rtol=1e-5, atol=1e-6)


def test_the_reference_batch_is_fixed_and_leaves_no_trace():
    keras.utils.set_random_seed(0)
    first, last = Reference(SIZE), DropReference(SIZE)
    x = np.ones((2, 3), "float32")
    put = ops.convert_to_numpy(first(x, training=True))
    assert put.shape == (SIZE + 2, 3) and np.abs(put[:SIZE]).max() <= 1.0 and put[:SIZE].std() > 0.3
    assert np.array_equal(put, first(x, training=True)) and not first.trainable_variables
    assert np.array_equal(last(put, training=True), x)
    assert np.array_equal(first(x), x) and np.array_equal(last(x), x)
