"""Prints what a gated game ends with, and the same game that never met the batches at which the gate was shut.

Run as ``KERAS_BACKEND=... python -m tests.engine.gated``.
"""

import json
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from ganapps.engine.model import AdversarialModel, Batch
from ganapps.engine.players import Player

OPEN = (1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 1.0)


class Walker(AdversarialModel):
    """One player who fits a line, and moves only where the batch says so."""

    players = (Player("walker", trains=("network",)),)
    averaged = ()

    def __init__(self, gated: bool = True, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.gated = gated
        self.network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="ones")])

    def walker_loss(self, batch: Batch) -> tuple:
        loss = ops.mean(ops.square(self.network(batch["x"]) - batch["y"]))
        return loss, {"gate": ops.mean(batch["open"]) > 0.5} if self.gated else {}


def walk(gated: bool, optimizer: keras.optimizers.Optimizer) -> list[str]:
    """Weights and optimiser state, to the bit, after all batches or after the open ones alone."""
    rng = np.random.default_rng(0)
    rows = {
        "x": rng.normal(size=(len(OPEN), 4, 2)),
        "y": rng.normal(size=(len(OPEN), 4, 1)),
        "open": np.tile(OPEN, (4, 1)).T,
    }
    kept = [True if gated else bool(value) for value in OPEN]
    data = tf.data.Dataset.from_tensor_slices({k: v[kept].astype("float32") for k, v in rows.items()})
    model = Walker(gated)
    model.compile(optimizers={"walker": optimizer}, jit_compile=keras.backend.backend() == "jax")
    found: list[float] = []
    keep = keras.callbacks.LambdaCallback(on_train_batch_end=lambda _, logs: found.append(logs.get("walker/gate", 1.0)))
    model.fit(data, shuffle=False, verbose=0, callbacks=[keep])
    assert found == (list(OPEN) if gated else [1.0] * sum(kept)), found
    state = [*model.network.trainable_variables, *model.optimizer.players["walker"].variables]
    return [ops.convert_to_numpy(v).tobytes().hex() for v in state]


def walks() -> dict[str, list[list[str]]]:
    """Optimiser's name -> the gated walk and the other."""
    kinds = {"rmsprop": keras.optimizers.RMSprop, "adam": keras.optimizers.Adam}
    return {name: [walk(gated, kind(0.1)) for gated in (True, False)] for name, kind in kinds.items()}


if __name__ == "__main__":
    print(json.dumps(walks()))
