"""Conditional batch normalisation: plain normalisation, then the class's own gain and offset."""

import numpy as np
from keras import ops

from ganapps.layers import ConditionalBatchNorm


def test_normalises_then_scales_by_class():
    rng = np.random.default_rng(0)
    x = rng.normal(3.0, 2.0, (6, 4, 4, 2)).astype("float32")
    label = np.array([0, 1, 2, 0, 1, 2], "int32")
    layer = ConditionalBatchNorm(3)
    y = ops.convert_to_numpy(layer([x, label], training=True))
    plain = (x - x.mean((0, 1, 2))) / x.std((0, 1, 2))
    np.testing.assert_allclose(y, plain, atol=1e-4)
    gains, offsets = rng.normal(size=(2, 3, 2)).astype("float32")
    layer.gains.assign(gains)
    layer.offsets.assign(offsets)
    wanted = plain * gains[label][:, None, None] + offsets[label][:, None, None]
    np.testing.assert_allclose(layer([x, label], training=True), wanted, atol=1e-3)


def test_evaluation_uses_moving_statistics():
    layer = ConditionalBatchNorm(2)
    x, label = np.full((3, 2, 2, 1), 5.0, "float32"), np.zeros(3, "int32")
    np.testing.assert_allclose(layer([x, label], training=False), 5.0, rtol=1e-4)
    layer([x, label], training=True)
    np.testing.assert_allclose(layer.norm.moving_mean, 0.5, rtol=1e-5)
