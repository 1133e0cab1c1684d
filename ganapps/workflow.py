"""What a user does, as functions: fit and resume. The command line only parses and calls these."""

from __future__ import annotations

import datetime
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ganapps import registry
from ganapps.errors import UsageError

BACKENDS = ("tensorflow", "jax")


def fit(
    model: str,
    data: str,
    *,
    steps: int | None = None,
    epochs: float | None = None,
    batch_size: int = 64,
    preset: str = "paper",
    options: Mapping[str, Any] | None = None,
    name: str | None = None,
    seed: int = 0,
    ema: float = 0.0,
    flip: bool = False,
    precision: str = "float32",
    strategy: str = "auto",
    jit: bool | None = None,
    sample_every: int | None = None,
    checkpoint_every: int | None = None,
    quiet: bool = False,
) -> Path:
    """Train a model on a data set in a new run folder.

    Args:
        model: a registered name.
        data: a data-set spec, such as ``digits`` or ``folder:PATH``.
        steps: updates of the generator; or give ``epochs``. Default 5,000 steps.
        epochs: passes over the data, instead of ``steps``.
        batch_size: real samples an update, over all replicas.
        preset: one of the model's presets.
        options: constructor arguments over the preset's. ``channels``, ``classes`` and ``resolution`` come from the data
            where neither names them.
        name: the run folder, ``runs/<name>``, or a path with a slash in it. Default: model, data and a number.
        seed: fixes initial weights, data order and noise.
        ema: decay of the averaged copies; 0 keeps none.
        flip: mirror half of the pictures.
        precision: ``float32``, ``mixed_bfloat16`` or ``mixed_float16``.
        strategy: ``auto``, ``one``, ``mirrored``, ``multiworker`` or ``tpu``.
        jit: compile the step with XLA; None does so on one GPU, and on JAX.
        sample_every: steps between pictures; None draws about 20.
        checkpoint_every: steps between checkpoints; None saves about 20.
        quiet: no progress bar.

    Returns:
        The run folder.

    Raises:
        UsageError: an unknown name or option, or data that does not fit the model.
        GanappsError: whatever stops the run.
    """
    from ganapps.data import catalogue

    entry = registry.get(model)
    info = catalogue.describe(data)
    config = configure(entry, info, preset, dict(options or {}))
    check_fields(entry, info)
    from ganapps.engine.precision import slower
    from ganapps.engine.run import RunFolder, Settings, versions  # takes seconds: after the typing errors were found

    if epochs is not None:
        rows = max(catalogue.open(data, split="train").streams.values())
        steps = max(1, int(epochs * rows / (batch_size * updates_a_step(entry, config))))
    steps = steps or 5000
    if slower(precision):
        half = precision.removeprefix("mixed_")
        print(f"{half} is slower than float32 on this processor: --precision float32 trains faster.", file=sys.stderr)
    settings = Settings(
        model=model,
        config={**config, "seed": seed},
        data=data,
        steps=steps,
        batch_size=batch_size,
        preset=preset,
        seed=seed,
        ema=ema,
        flip=flip,
        precision=precision,
        strategy=strategy,
        jit=_jit(jit, strategy),
        backend=_backend(),
        sample_every=sample_every or max(1, steps // 20),
        checkpoint_every=checkpoint_every or max(1, steps // 20),
        command=" ".join(["ganapps", *sys.argv[1:]]),
        created=datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
        versions=versions(),
    )
    opened = RunData(settings)
    run = RunFolder.create(_new_folder(name, model, info.name), settings)
    try:
        return _train(run, opened, quiet)
    except UsageError:
        shutil.rmtree(run.path)  # nothing was trained, and the name must stay free
        raise


def resume(run: str | Path, quiet: bool = False) -> Path:
    """Go on with a run that was stopped or killed; a finished one is left as it is.

    Raises:
        GanappsError: no such run, or nothing whole to go on from.
    """
    from ganapps.engine.run import RunFolder

    folder = RunFolder.open(Path(run))
    if _backend() != folder.settings.backend:
        raise UsageError(f"{run} was trained on {folder.settings.backend}: add --backend {folder.settings.backend}.")
    return _train(folder, RunData(folder.settings), quiet)


def configure(entry: registry.Entry, info: Any, preset: str, options: dict[str, Any]) -> dict[str, Any]:
    """Constructor arguments: the preset's, over them the user's; shapes from the data where neither names them.

    Args:
        entry: the model.
        info: the data set's catalogue card.
        preset: its name.
        options: typed values.
    """
    if preset not in entry.presets:
        raise UsageError(
            f"{entry.name} has no preset '{preset}'.{registry.nearest(preset, entry.presets)} It has {', '.join(entry.presets)}."
        )
    unknown = [key for key in options if key not in entry.parameters]
    if unknown:
        raise UsageError(f"{entry.name} has no option '{unknown[0]}'.{registry.nearest(unknown[0], entry.parameters)}")
    config = {**entry.presets[preset], **options}
    shapes: dict[str, Any] = {"channels": info.channels}
    if info.classes:
        shapes["classes"] = len(info.classes)
    if info.attributes:
        parameter = entry.parameters.get("attributes")
        named = parameter is not None and parameter.base == "tuple[str, ...]"
        shapes["attributes"] = info.attributes if named else len(info.attributes)
    if info.vocabularies:
        shapes["vocabularies"] = info.vocabularies
    if "point" in info.fields:
        shapes["dimensions"] = info.fields["point"].shape[0]
        shapes.pop("channels")
    for key, value in shapes.items():
        if key in entry.parameters:
            config.setdefault(key, value)
    return config


def check_fields(entry: registry.Entry, info: Any) -> None:
    """Refuse data without the fields the model reads, or without pairs where it learns from pairs; say what would fit.

    Raises:
        UsageError: naming what is missing.
    """
    from ganapps.data import catalogue

    def missing(card: Any) -> list[str]:
        return [need for need in entry.needs if not any(choice in card.fields for choice in need.split("|"))]

    unpaired = entry.paired and not info.paired
    if not missing(info) and not unpaired:
        return
    cards = {name: catalogue.describe(name) for name in catalogue.names()}
    fit = [name for name, card in cards.items() if not missing(card) and (card.paired or not entry.paired)]
    others = f"Data sets that fit: {', '.join(fit) or 'none'}{', and folder:PATH,pairs' if entry.paired else ''}."
    if missing(info):
        need = missing(info)[0].replace("|", "' or '")
        has = ", ".join(info.fields)
        raise UsageError(f"{entry.name} needs '{need}', which '{info.name}' does not have (it has {has}). {others}")
    raise UsageError(f"{entry.name} learns from pairs of a and b, and here '{info.name}' has them unpaired. {others}")


class RunData:
    """The data of a run, at the size its model wants."""

    def __init__(self, settings: Any) -> None:
        from ganapps.data import catalogue

        entry = registry.get(settings.model)
        defaults = {name: parameter.default for name, parameter in entry.parameters.items()}
        wanted = {**defaults, **settings.config}
        self.settings = settings
        points = wanted.get("dimensions")
        self.source = catalogue.open(
            settings.data,
            split="train",
            resolution=None if points else wanted.get("resolution"),
            channels=None if points else wanted.get("channels"),
        )
        choices = [choice for need in entry.needs for choice in need.split("|")]
        self.fields = [name for name in choices if name in self.source.info.fields]

    def dataset(self, batch_size: int, start_step: int) -> Any:
        """Endless batches of the model's fields, from step ``start_step`` on."""
        import tensorflow as tf

        from ganapps.data.pipeline import batches

        endless = batches(self.source, batch_size, self.settings.seed, start_step, self.settings.flip, self.fields)
        options = tf.data.Options()
        options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.DATA
        # Several machines would else prepare for an end that never comes, and lose the number of rows on the way.
        infinite = tf.data.experimental.assert_cardinality(tf.data.INFINITE_CARDINALITY)
        return endless.apply(infinite).with_options(options)

    def examples(self, n: int) -> dict[str, np.ndarray]:
        """The first ``n`` rows of a seeded order."""
        from ganapps.data.pipeline import arrays

        found = arrays(self.source, n, self.settings.seed, self.fields)
        return {name: found[name] for name in self.fields}


def _train(run: Any, data: RunData, quiet: bool) -> Path:
    from ganapps.engine.report import write_report
    from ganapps.engine.strategy import is_chief
    from ganapps.engine.train import train

    try:
        finished = train(run, data, quiet)
    finally:
        if is_chief():
            write_report(run.path)
    if not finished:
        print(f"Stopped, with a checkpoint. Go on with: ganapps resume {run.path}")
    return run.path


def load(run: str | Path) -> Any:
    """The trained model of a run folder or a ``.keras`` file."""
    from ganapps.engine.run import load as load_model

    return load_model(run)


def updates_a_step(entry: registry.Entry, config: dict[str, Any]) -> int:
    """How many batches a step of the model takes: the updates of the player that has most."""
    import keras

    model = entry.build(config)
    keras.backend.clear_session()  # the run's own model is built under its strategy, with names counted from one
    return max(player.updates for player in model.players)


def _backend() -> str:
    import keras

    return keras.backend.backend()


def _jit(asked: bool | None, strategy: str) -> bool:
    """XLA pays where compiling is cheap beside the run: on a GPU, and always on JAX. tf.distribute does not go with it."""
    if _backend() == "jax":
        return asked is None or asked
    from ganapps.engine.strategy import accelerated, resolve

    alone = resolve(strategy) == "one"
    if asked and not alone:
        raise UsageError("On TensorFlow --jit compiles for one device: leave it out, or add --strategy one.")
    return alone and accelerated() if asked is None else asked


def _new_folder(name: str | None, model: str, data: str) -> Path:
    if name:
        return Path(name) if os.sep in name else Path("runs") / name
    number = 1
    while (folder := Path("runs") / f"{model}-{data.replace(':', '-').replace(os.sep, '-')}-{number}").exists():
        number += 1
    return folder
