"""Prints the losses of three steps of every game as JSON, from weights, batches and noise that NumPy drew.

Run as ``KERAS_BACKEND=... python -m tests.engine.first_losses``: what is left to differ is the backend.
"""

import json
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from ganapps import registry

GAMES: dict[str, dict[str, Any]] = {
    "gan": {"dimensions": 2, "latent_dim": 4, "units": 16, "optimizer": "adam"},
    "wgan-gp": {"dimensions": 2, "latent_dim": 2, "features": 16, "penalty": 0.1},
    "dcgan": {"resolution": 16, "features": 4, "channels": 1},
    "acgan": {"resolution": 16, "width": 8, "features": 2, "channels": 1, "dropout": 0.0},
    "cgan": {"architecture": "dcgan", "resolution": 16, "features": 4, "channels": 1, "optimizer": "adam"},
    "bigan": {"dimensions": 2, "latent_dim": 2, "features": 16},
    "ali": {"dimensions": 2, "latent_dim": 2, "features": 16},
    "vae": {
        "architecture": "conv",
        "resolution": 16,
        "channels": 1,
        "features": 4,
        "units": 16,
        "latent_dim": 4,
        "optimizer": "adam",
    },
    "vae-gan": {"resolution": 16, "features": 4, "latent_dim": 4, "channels": 1},
    "improved-gan": {
        "dimensions": 2,
        "latent_dim": 2,
        "features": 16,
        "discriminator_features": 16,
        "dropout": 0.0,
        "input_dropout": 0.0,
        "kernels": 4,
        "objective": "features",
    },
    "mrgan": {"dimensions": 2, "latent_dim": 2, "features": 16},
    "mdgan": {"dimensions": 2, "latent_dim": 2, "features": 16},
    "wgan": {"dimensions": 2, "latent_dim": 2, "features": 16, "catch_up": 5},
    "sagan": {"resolution": 16, "features": 8, "widening": False, "attention": 8, "channels": 1, "latent_dim": 4},
    "infogan": {"resolution": 16, "features": 4, "units": 16, "channels": 1},
    "f-gan": {"dimensions": 2, "latent_dim": 2, "features": 16, "divergence": "jensen-shannon"},
    "pixelcnn": {"resolution": 8, "channels": 1, "levels": 4, "features": 4, "depth": 2, "kernel": 3},
    "glow": {"resolution": 8, "levels": 2, "depth": 1, "features": 4, "warmup": 2, "channels": 1},
    "pix2pix": {"resolution": 16, "features": 4, "depth": 1, "dropout": 0.0},
    "pldt": {"resolution": 16, "features": 4, "code_dim": 8, "optimizer": "adam"},
    "cyclegan": {"resolution": 32, "features": 4, "blocks": 1, "depth": 1, "pool_size": 4},
    "dualgan": {"resolution": 8, "features": 4, "depth": 1, "critic_updates": 1, "dropout": 0.0},
    "discogan": {"resolution": 16, "features": 4},
    "distancegan": {"resolution": 16, "features": 4, "blocks": 1, "depth": 1, "pool_size": 0},
    "dtn": {"resolution": 32, "features": 4, "code_dim": 8, "classes": 10, "warm_up": 0, "target_channels": 3},
    "cogan": {"resolution": 32, "features": 4, "channels": 1},
    "unit": {"resolution": 16, "features": 4, "blocks": 1, "judge_features": 4, "depth": 1, "scales": 1},
    "stargan": {
        "resolution": 16,
        "features": 4,
        "blocks": 1,
        "depth": 2,
        "attributes": ("hat", "smile"),
        "edits": ("hat", "smile"),
        "critic_updates": 2,
    },
    "srgan": {"resolution": 16, "features": 4, "blocks": 1, "tile": 16, "pretrain_steps": 0, "pixels": True},
    "multiscale-video": {"resolution": 32, "features": 8},
}
DRAWN: dict[str, Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]] = {
    "u": lambda rng, shape: np.full(shape, shape[0] ** -0.5),  # of spectral norms
    "sign": lambda rng, shape: rng.choice([-1.0, 1.0], shape),  # of invertible convolutions
    "permutation": lambda rng, shape: np.eye(shape[0])[rng.permutation(shape[0])],
}
ROWS = 4


class NumpyNoise:
    """The n-th draw of a step is the same numbers on every backend, and in every step: they are constants of the trace."""

    def begin(self, step: Any) -> None:
        self.draws = 0

    def _next(self) -> np.random.Generator:
        self.draws += 1
        return np.random.default_rng(self.draws)

    def normal(self, shape: tuple[int, ...]) -> Any:
        return ops.convert_to_tensor(self._next().normal(size=shape).astype("float32"))

    def uniform(self, shape: tuple[int, ...], low: float = 0.0, high: float = 1.0) -> Any:
        return ops.convert_to_tensor(self._next().uniform(low, high, shape).astype("float32"))

    def permuted(self, rows: Any, groups: Any) -> Any:
        return ops.flip(rows, axis=0)

    def integers(self, shape: tuple[int, ...], high: int) -> Any:
        return ops.convert_to_tensor(self._next().integers(0, high, shape).astype("int32"))


def batch(needs: tuple[str, ...], config: dict[str, Any], n: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(7)
    if "dimensions" in config:
        return {"point": rng.normal(size=(n, 2)).astype("float32")}
    shape = (n, config["resolution"], config["resolution"], config.get("channels", 3))
    others = {
        "label": rng.integers(0, 10, n).astype("int32"),
        "attributes": rng.integers(0, 2, (n, 2)).astype("float32"),
        "frames": rng.uniform(-1, 1, (n, 5, *shape[1:])).astype("float32"),
    }
    names = [need.split("|")[0] for need in needs]  # the first of the fields that would do
    return {name: others[name] if name in others else rng.uniform(-1, 1, shape).astype("float32") for name in names}


def losses(name: str) -> list[dict[str, float]]:
    """What each of three steps recorded."""
    entry, config = registry.get(name), GAMES[name]
    model = entry.load()(**config)
    rng = np.random.default_rng(5)
    for variable in model.trainable_variables:
        fan_in = max(1, int(np.prod(variable.shape[:-1])))
        variable.assign(rng.normal(0.0, min(1.0, fan_in**-0.5), variable.shape) + variable.path.endswith("gamma"))
    for variable in model.non_trainable_variables:  # what layers drew when they were built
        kind = variable.path.split("/")[-1]
        if kind in DRAWN:
            variable.assign(DRAWN[kind](rng, variable.shape))
    model.noise = NumpyNoise()
    model.compile(steps=10, jit_compile=keras.backend.backend() == "jax")
    model.run_eagerly = keras.backend.backend() == "tensorflow"  # compiling takes longer than three steps
    rows = batch(entry.needs, config, ROWS * max(player.updates for player in model.players))
    found: list[dict[str, float]] = []
    keep = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda _, logs: found.append({k: float(np.mean(v)) for k, v in logs.items()})
    )
    data = tf.data.Dataset.from_tensors(rows).repeat()
    model.fit(data, steps_per_epoch=3, shuffle=False, verbose=0, callbacks=[keep])
    return found


if __name__ == "__main__":
    print(json.dumps({name: losses(name) for name in GAMES}))
