"""The historical average is the mean of all past weights."""

import keras
import numpy as np
import pytest

from ganapps.layers import HistoricalAverage


def test_mean_and_distance():
    variables = [keras.Variable(np.zeros((2, 3), "float32")), keras.Variable(np.zeros(4, "float32"))]
    past = HistoricalAverage([v.shape for v in variables])
    seen = []
    for step in range(4):
        values = [np.random.default_rng([step, i]).normal(size=v.shape) for i, v in enumerate(variables)]
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)
        seen.append(values)
        past.follow(variables, step)
        means = [np.mean([values[i] for values in seen], axis=0) for i in range(2)]
        for mean, wanted in zip(past.means, means, strict=True):
            np.testing.assert_allclose(mean, wanted, rtol=1e-5, atol=1e-6)
        distance = sum(((value - mean) ** 2).sum() for value, mean in zip(values, means, strict=True))
        assert float(past.distance(variables)) == pytest.approx(distance, abs=1e-5)
    assert len(past.variables) == 2 and not past.trainable_variables
