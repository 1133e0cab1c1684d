"""The mean of a player's weights over its past."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from ganapps.engine import backend


@keras.saving.register_keras_serializable("ganapps")
class HistoricalAverage(keras.layers.Layer):
    """Holds ``1/t sum_i theta_i`` for the historical averaging of Salimans et al. (2016, section 3.3).

    The means are non-trainable variables, so that a run resumes with the past it had.

    Args:
        shapes: of the weights.
        kwargs: Keras' own.
    """

    def __init__(self, shapes: Sequence[Sequence[int]], **kwargs: Any) -> None:
        super().__init__(trainable=False, dtype="float32", **kwargs)
        self.shapes = [tuple(shape) for shape in shapes]
        self.means = [
            self.add_weight(name=f"mean_{i}", shape=shape, initializer="zeros", trainable=False)
            for i, shape in enumerate(self.shapes)
        ]
        self.built = True

    def follow(self, variables: Sequence[keras.Variable], step: Any) -> None:
        """Take the weights of step number ``step`` (from 0) into the mean."""
        for mean, variable in zip(self.means, variables, strict=True):
            share = 1.0 / (ops.cast(step, "float32") + 1.0)
            backend.assign(mean, mean + share * (variable - mean))

    def distance(self, variables: Sequence[keras.Variable]) -> Any:
        """``||theta - mean||^2`` over all weights, a scalar."""
        return sum(ops.sum(ops.square(v - mean)) for v, mean in zip(variables, self.means, strict=True))

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"name": self.name, "shapes": self.shapes}
