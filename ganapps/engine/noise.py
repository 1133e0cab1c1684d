"""The randomness of a step: a function of the run's seed, the step and the draw, and of nothing else."""

import threading
from typing import Any

import keras
from keras import ops

from ganapps.engine import backend

DRAWS = 4096  # the most draws one step may make; keeps the seeds of different draws apart


class StepSeed(keras.random.SeedGenerator):
    """Seeds that need no state of their own: two numbers, (seed and draw, step). So resuming needs only the step."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.seed = seed
        # tf.distribute traces the replicas' steps in threads that take turns, and each must count its own draws.
        self.here = threading.local()

    def begin(self, step: Any) -> None:
        """Start counting the draws of ``step``."""
        self.here.step, self.here.draw = step, 0

    def next(self, ordered: bool = True) -> Any:
        """The seed of the next draw, uint32, shape (2,)."""
        self.here.draw = getattr(self.here, "draw", 0) + 1
        first = (self.seed * DRAWS + self.here.draw) % 2**32
        return ops.stack([ops.convert_to_tensor(first, "uint32"), ops.cast(getattr(self.here, "step", 0), "uint32")])


class Noise:
    """Draws for the whole batch, of which each replica takes its rows: two replicas see what one device would see.

    Args:
        seed: the run's seed.
    """

    def __init__(self, seed: int) -> None:
        self.seeds = StepSeed(seed)

    def begin(self, step: Any) -> None:
        """Start the draws of ``step`` (a number or a scalar tensor)."""
        self.seeds.begin(step)

    def normal(self, shape: tuple[int, ...]) -> Any:
        """N(0, 1), float32; ``shape`` begins with this replica's batch."""
        return self._share(keras.random.normal, shape)

    def uniform(self, shape: tuple[int, ...], low: float = 0.0, high: float = 1.0) -> Any:
        """U(low, high), float32."""
        return self._share(keras.random.uniform, shape, minval=low, maxval=high)

    def integers(self, shape: tuple[int, ...], high: int) -> Any:
        """Whole numbers 0 .. high - 1, int32."""
        return self._share(keras.random.randint, shape, minval=0, maxval=high, dtype="int32")

    def permuted(self, rows: Any, groups: Any) -> Any:
        """The whole batch's rows in random order, this replica's share of them; no gradient goes through.

        Args:
            rows: this replica's, (B, ...).
            groups: whole numbers (B,); rows of one group trade places among themselves only.
        """
        number, count = backend.replica()
        share = rows.shape[0]
        everyone, group = backend.gather(ops.stop_gradient(rows)), backend.gather(groups)
        total = share * count
        # Two orders by group, of which one is random within the groups: rows move from places of one to the other's.
        keys = keras.random.uniform((total,), seed=self.seeds)
        random = ops.argsort(ops.cast(group, "float32") + keys)
        steady = ops.argsort(ops.cast(group, "int32") * total + ops.arange(total, dtype="int32"))
        moved = ops.take(everyone, ops.take(random, ops.argsort(steady)), axis=0)
        return moved if count == 1 else ops.slice(moved, (number * share, *(0 for _ in rows.shape[1:])), rows.shape)

    def _share(self, draw: Any, shape: tuple[int, ...], **kwargs: Any) -> Any:
        number, count = backend.replica()
        kwargs.setdefault("dtype", "float32")
        values = draw((shape[0] * count, *shape[1:]), seed=self.seeds, **kwargs)
        if count == 1:
            return values
        return ops.slice(values, (number * shape[0], *(0 for _ in shape[1:])), shape)
