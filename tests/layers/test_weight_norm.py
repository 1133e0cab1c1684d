"""Weight normalisation: lengths are the gains, directions the kernel's, and initial values depend on data."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from ganapps.layers import WeightNorm

LINEAR = {
    "dense": (lambda: layers.Dense(5, use_bias=False), (64, 7), (0,)),
    "conv": (lambda: layers.Conv2D(5, 3, 2, "same", use_bias=False), (8, 6, 6, 3), (0, 1, 2)),
    "transposed": (lambda: layers.Conv2DTranspose(5, 3, 2, "same", use_bias=False), (8, 6, 6, 3), (0, 1, 3)),
}


@pytest.fixture(params=LINEAR)
def kind(request):
    keras.utils.set_random_seed(0)
    return request.param


def test_each_outputs_weights_have_the_length_of_its_gain(kind):
    make, shape, rest = LINEAR[kind]
    x = np.random.default_rng(0).normal(size=shape).astype("float32")
    layer, plain = WeightNorm(make()), make()
    layer(x), plain(x)
    gain = np.arange(1.0, 6.0, dtype="float32")
    layer.gain.assign(gain)
    kernel = ops.convert_to_numpy(layer.layer.kernel)
    unit = kernel / np.sqrt((kernel**2).sum(axis=rest, keepdims=True))
    wide = gain[:, None] if kind == "transposed" else gain
    plain.set_weights([unit * wide])
    np.testing.assert_allclose(layer(x), plain(x), rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("deviation", [1.0, 0.1])
def test_outputs_start_with_mean_0_and_the_wanted_deviation(kind, deviation):
    make, shape, _ = LINEAR[kind]
    x = np.random.default_rng(0).normal(1.0, 3.0, size=shape).astype("float32")
    layer = WeightNorm(make(), deviation=deviation)
    layer(x)
    layer.initialize(x)
    y = ops.convert_to_numpy(layer(x))
    axes = tuple(range(y.ndim - 1))
    np.testing.assert_allclose(y.mean(axes), 0.0, atol=1e-4)
    np.testing.assert_allclose(y.std(axes), deviation, rtol=1e-3)
