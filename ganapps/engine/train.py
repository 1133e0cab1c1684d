"""One run, from its settings to its files."""

from contextlib import nullcontext
from typing import Any, Protocol

import keras
import numpy as np

from ganapps import registry
from ganapps.engine import callbacks, checkpoint, strategy
from ganapps.engine.files import write_atomic
from ganapps.engine.run import RunFolder


class Data(Protocol):
    """What a run needs of its data."""

    def dataset(self, batch_size: int, start_step: int) -> Any:
        """An endless tf.data.Dataset of batches, the first being that of step ``start_step``."""

    def examples(self, n: int) -> dict[str, np.ndarray]:
        """``n`` real examples, always the same, for pictures and for data-dependent initial values."""


def train(run: RunFolder, data: Data, quiet: bool = False) -> bool:
    """Train from the newest checkpoint, or from the beginning, to the end.

    Args:
        run: its settings say everything.
        data: where batches come from.
        quiet: no progress bar.

    Returns:
        Whether the run came to its end; False when a signal stopped it.

    Raises:
        UsageError: options that make no network.
        GanappsError: a loss that is no number, a full disk, a damaged checkpoint, another process in the folder.
    """
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(run.settings.precision)
    try:
        # Only the chief of several machines writes.
        with run.held() if strategy.is_chief() else nullcontext():
            return _train(run, data, quiet)
    finally:  # or what is measured next would be measured in half precision
        keras.config.set_dtype_policy(before)


def _train(run: RunFolder, data: Data, quiet: bool) -> bool:
    settings = run.settings
    keras.utils.set_random_seed(settings.seed)
    where = strategy.choose(settings.strategy)
    chief = strategy.is_chief()
    with where.scope():
        model = registry.get(settings.model).build(settings.config)
        model.compile(steps=settings.steps, ema=settings.ema, jit_compile=settings.jit)
    start, warnings = checkpoint.restore(run.checkpoints, model)
    for warning in warnings:
        print(warning)
    examples = data.examples(256)
    if start == 0:
        model.adapt(examples)
    parts = max(player.updates for player in model.players)
    observers: list[keras.callbacks.Callback] = [
        callbacks.Guard(run, start),
        callbacks.Growth(run, start),
        callbacks.Signals(run, start),
    ]
    if chief:
        last = run.rewind(start)
        every = max(1, min(50, settings.steps // 100))
        observers += [
            callbacks.Recorder(run, start, settings.batch_size * parts, every, last),
            callbacks.Samples(run, start, examples),
            callbacks.Checkpoints(run, start),  # after what is written of the same step: a kill between leaves no gap
        ]
        observers += [] if quiet else [callbacks.Progress(run, start)]
    if start < settings.steps:
        batches = data.dataset(settings.batch_size * parts, start)
        model.fit(
            batches, epochs=1, steps_per_epoch=settings.steps - start, shuffle=False, verbose=0, callbacks=observers
        )
    done = int(model.optimizer.iterations.numpy()) >= settings.steps
    if done and chief:
        write_atomic(run.model, lambda aside: model.save(aside))
    return done
