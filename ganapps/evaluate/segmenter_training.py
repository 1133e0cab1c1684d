"""Train a frozen segmenter once on real pictures, measure it after rounding its weights, and write it with its recipe.

    ganapps reproduce judge-earth-segmentation

A training that was killed goes on from its last hundredth; it ends with the file that an unbroken one writes. The faces
segmenter learns from faces of its own, drawn with another seed than those that generators train on.
"""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops

from ganapps.data import catalogue
from ganapps.data.source import to_model_range
from ganapps.errors import UsageError, nearest
from ganapps.evaluate.reference import Rows, take_uint8
from ganapps.evaluate.segmenter import WIDTHS, Segmenter, read_segmenter, segmenter_network, trained_folder
from ganapps.metrics.segmentation import confusion, fcn_score

SEED = 20262
BATCH = 32


@dataclass(frozen=True)
class Recipe:
    """What a segmenter learns from.

    Args:
        data: the training spec, whose field ``image`` is read.
        domain: what ``image`` shows there.
        test: the spec it is measured on.
        pictures: the first so many of the training split.
        steps: of 32 pictures.
        resolution: to which pictures are brought; None for sets whose detail has one size at every resolution.
    """

    data: str
    domain: str
    test: str
    pictures: int
    steps: int
    resolution: int | None


RECIPES = {
    "earth-segmentation": Recipe("earth", "satellite", "earth", 2329, 800, None),
    "faces-segmentation": Recipe("faces:n=10000,seed=1", "image", "faces", 6000, 900, 64),
}


def train_segmenter(name: str, folder: Path | None = None) -> Segmenter:
    """Train the segmenter ``name`` of ``RECIPES`` and save it.

    Args:
        name: "earth-segmentation" or "faces-segmentation".
        folder: where the two files go; the user's cache when not given.

    Raises:
        UsageError: there is no recipe of that name.
    """
    if name not in RECIPES:
        raise UsageError(f"There is no recipe for a segmenter '{name}'.{nearest(name, RECIPES)}")
    recipe = RECIPES[name]
    card = {
        "name": name,
        "data": recipe.data.partition(":")[0],
        "domain": recipe.domain,
        "classes": _classes(recipe.data),
        "resolution": recipe.resolution,
        "recipe": {"data": recipe.data, "split": "train"},
    }
    train, test = _load(recipe.data, "train", recipe.pictures), _load(recipe.test, "test", None)
    return fit_segmenter(card, train, {f"{recipe.test} test": test}, SEED, recipe.steps, folder or trained_folder())


def fit_segmenter(
    card: dict[str, Any], train: Rows, tests: dict[str, Rows], seed: int, steps: int, folder: Path
) -> Segmenter:
    """Train, save, load again (so that what is measured are the rounded weights), test, and save with the results.

    Args:
        card: ``name``, ``data``, ``domain``, ``classes``, ``resolution`` and ``recipe``, to which the rest is added.
        train: ``image`` uint8 (N, H, W, C) and ``segmentation`` (N, H, W).
        tests: the same, by title.
        seed: of weights, draws and mirrors.
        steps: updates of 32 pictures.
        folder: where the files go, while it lasts also the unfinished training.
    """
    channels, classes = train["image"].shape[-1], len(card["classes"])
    network = segmenter_network(channels, classes, WIDTHS, seed)
    rate = keras.optimizers.schedules.CosineDecay(3e-3, steps)
    network.compile(keras.optimizers.Adam(rate), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    seconds = _train(network, train, seed, steps, folder / f"{card['name']}.part.npz")
    recipe = {
        "pictures": len(train["image"]),
        "seed": seed,
        "steps": steps,
        "batch": BATCH,
        "optimizer": "Adam, 3e-3 to 0 on a cosine",
        "augmentation": "half of the pictures mirrored",
        "seconds": round(seconds),
    }
    shape = {"channels": channels, "widths": list(WIDTHS), "weights": network.count_params()}
    full = {**card, "recipe": {**card["recipe"], **recipe}, "architecture": shape}
    Segmenter(network, full).save(folder)
    segmenter = read_segmenter(folder, card["name"])
    segmenter.card["accuracy"] = {title: accuracy(segmenter, test) for title, test in tests.items()}
    segmenter.save(folder)
    (folder / f"{card['name']}.part.npz").unlink(missing_ok=True)
    return segmenter


def accuracy(segmenter: Segmenter, test: Rows) -> dict[str, Any]:
    """How often it is right about real pictures, and for each class the share of its pixels that are found."""
    classes = segmenter.card["classes"]
    counts = confusion(test["segmentation"], segmenter.segment(test["image"]), len(classes))
    found = {part: round(value, 4) for part, value in fcn_score(counts)._asdict().items()}
    shares = (np.diag(counts) / counts.sum(1).clip(1)).round(4)
    return {"pictures": len(test["image"]), **found, "classes": dict(zip(classes, shares.tolist(), strict=True))}


def _train(network: keras.Model, train: Rows, seed: int, steps: int, part: Path) -> float:
    """All steps, or those that ``part`` says are left; returns the seconds they took together."""
    network.optimizer.build(network.trainable_variables)
    state = [*network.variables, *network.optimizer.variables]
    first, before = 0, 0.0
    if part.exists():
        with np.load(part) as stored:
            first, before = int(stored["step"]), float(stored["seconds"])
            for number, variable in enumerate(state):
                variable.assign(stored[f"state{number}"])
    began = time.monotonic()
    every = max(1, steps // 100)
    for step in range(first, steps):
        network.train_on_batch(*_batch(train, seed, step))
        if (step + 1) % every == 0:
            seconds = before + time.monotonic() - began
            values = {f"state{number}": ops.convert_to_numpy(variable) for number, variable in enumerate(state)}
            part.parent.mkdir(parents=True, exist_ok=True)
            aside = part.with_suffix(".aside.npz")
            np.savez(aside, step=step + 1, seconds=seconds, **values)  # type: ignore[arg-type]
            os.replace(aside, part)
    return before + time.monotonic() - began


def _batch(train: Rows, seed: int, step: int) -> tuple[np.ndarray, np.ndarray]:
    """Pictures and label maps of one step: a function of (seed, step) alone."""
    draw = np.random.default_rng((seed, step))
    rows = draw.integers(0, len(train["image"]), BATCH)
    mirrored = draw.random(BATCH) < 0.5
    images, maps = to_model_range(train["image"][rows]), train["segmentation"][rows].astype(np.int32)
    images[mirrored], maps[mirrored] = images[mirrored, :, ::-1], maps[mirrored, :, ::-1]
    return images, maps


def _classes(spec: str) -> list[str]:
    """Names of the classes of a pixel: the field's meaning lists them."""
    meaning = catalogue.describe(spec).fields["segmentation"].meaning
    return [word.split()[-1] for word in meaning.partition(": ")[2].split(", ")]


def _load(spec: str, split: str, count: int | None) -> Rows:
    source = catalogue.open(spec, split, 64)
    return take_uint8(source, "main", np.arange(count or source.streams["main"]), {"image", "segmentation"})
