"""Minibatch discrimination: what a sample's neighbours in the batch tell of it."""

from typing import Any

import keras
from keras import ops

from ganapps.engine import backend


@keras.saving.register_keras_serializable("ganapps")
class MinibatchDiscrimination(keras.layers.Layer):
    """Appends to each row how near the batch's other rows lie (Salimans et al., 2016, section 3.2); (B, A) -> (B, A + K).

    A row h gives K points ``M = h T`` in ``size`` dimensions each; the k-th new feature is the sum over the other rows of
    ``exp(-L1 distance)`` between their k-th points, plus a bias. Columns of T have a learned length, as in the authors'
    code. Real and generated samples must come in calls of their own. Float32 whatever the precision; under a distribution
    strategy the other rows are those of all replicas.

    Args:
        kernels: K, new features (code: 100).
        size: of each point (code: 5).
        kwargs: Keras' own.
    """

    def __init__(self, kernels: int = 100, size: int = 5, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kernels, self.size = kernels, size

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Create the tensor T as directions and lengths, and the bias."""
        normal = keras.initializers.RandomNormal(0.0, 0.05)
        self.directions = self.add_weight(
            name="directions", shape=(shape[-1], self.kernels * self.size), initializer=normal, autocast=False
        )
        self.log_lengths = self.add_weight(
            name="log_lengths", shape=(self.kernels, self.size), initializer="zeros", autocast=False
        )
        self.bias = self.add_weight(
            name="bias", shape=(self.kernels,), initializer=keras.initializers.Constant(-1.0), autocast=False
        )

    def distances(self, x: Any) -> Any:
        """L1 distances between this replica's points and all: (B, kernels, all rows)."""
        norm = ops.sqrt(ops.sum(ops.square(self.directions), axis=0))
        points = ops.reshape(ops.matmul(ops.cast(x, "float32"), self.directions / norm), (-1, self.kernels, self.size))
        points = points * ops.exp(self.log_lengths)
        others = ops.expand_dims(ops.transpose(backend.gather(points), (1, 2, 0)), 0)
        return ops.sum(ops.abs(ops.expand_dims(points, -1) - others), axis=2)

    def closeness(self, x: Any) -> Any:
        """The new features before the bias: (B, kernels)."""
        return ops.sum(ops.exp(-self.distances(x)), axis=-1) - 1.0  # a row is at distance 0 from itself

    def call(self, x: Any) -> Any:
        """The row and its new features."""
        found = ops.cast(self.closeness(x) + self.bias, self.compute_dtype)
        return ops.concatenate([x, found], axis=-1)

    def initialize(self, x: Any) -> None:
        """Bring the new features to a middle range on these rows: half the mean distance to the nearest becomes 1.

        The bias then centres them, as in the authors' code.
        """
        apart = self.distances(x) + 1e6 * ops.expand_dims(ops.eye(x.shape[0]), 1)
        nearest = 0.5 * ops.mean(ops.min(apart, axis=-1), axis=0)
        self.log_lengths.assign(self.log_lengths - ops.log(ops.expand_dims(nearest, -1) + 1e-8))
        self.bias.assign(-ops.mean(self.closeness(x), axis=0))

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "kernels": self.kernels, "size": self.size}
