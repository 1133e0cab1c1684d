"""Train a frozen judge once, measure it after rounding its weights, and write it with its recipe.

    python -c "from ganapps.evaluate.judge_training import train_judge; train_judge('digits')"

The digits judge learns from the full MNIST training set (28 x 28) less every picture that the embedded ``digits`` set
holds, so neither a generator trained on ``digits`` nor its held-out part was seen by its judge. The judges of faces
learn from faces of their own, drawn with another seed than those that generators train on; that of 64 pixels sees what
32 do not show, a smile or the rims of glasses, and judges edits.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops

from ganapps.data import catalogue
from ganapps.data.source import to_model_range
from ganapps.errors import GanappsError
from ganapps.evaluate.judge import RESOLUTION, Judge, judge_network, read_judge, trained_folder
from ganapps.evaluate.pictures import resized
from ganapps.evaluate.reference import take_uint8

SEED = 20261
SHIFT = 2
BATCH = 128
WIDTHS, DIMENSIONS = (16, 32, 64, 96), 64


@dataclass(frozen=True)
class Recipe:
    """What a judge learns from: the training spec, tests by title, sets whose pictures are left out, passes; and its
    input's side and the widths of its convolutions."""

    train: str
    tests: dict[str, tuple[str, str]]
    leave_out: tuple[str, ...] = ()
    epochs: int = 4
    resolution: int = RESOLUTION
    widths: tuple[int, ...] = WIDTHS


RECIPES = {
    "digits": Recipe("mnist", {"MNIST test": ("mnist", "test"), "digits test": ("digits", "test")}, ("digits",)),
    "faces": Recipe("faces:n=10000,seed=1", {"faces test": ("faces", "test")}, epochs=30),
    "faces-64": Recipe(
        "faces:n=10000,seed=1", {"faces test": ("faces", "test")}, epochs=20, resolution=64, widths=(16, 24, 48, 64, 96)
    ),
}


@dataclass(frozen=True)
class Pictures:
    """uint8 pictures (N, H, W, C) with their truth (N, 0 or 1 + A) float32: the class, if there are classes, and the
    attributes, 0 or 1."""

    images: np.ndarray
    truth: np.ndarray

    def without(self, unseen: set[bytes]) -> "Pictures":
        """Those whose pixels are not in ``unseen``."""
        keep = np.array([image.tobytes() not in unseen for image in self.images])
        return Pictures(self.images[keep], self.truth[keep])


def train_judge(
    name: str, data: str | None = None, seed: int = SEED, epochs: int | None = None, folder: Path | None = None
) -> Judge:
    """Train the judge ``name`` and save it; the extractor ``judge-NAME`` is then there.

    Args:
        name: of the judge and its files; "digits", "faces" and "faces-64" have recipes of their own.
        data: a catalogue spec whose pictures have labels or attributes; the judge's name when not given.
        seed: of weights, order and shifts.
        epochs: passes over the training set; the recipe's when not given, 4 without a recipe.
        folder: where the two files go; the user's cache when not given.

    Raises:
        GanappsError: the data set has neither labels nor attributes.
    """
    spec = data or name
    recipe = RECIPES.get(spec) or Recipe(spec, {f"{spec} test": (spec, "test")})
    known = catalogue.describe(recipe.train)
    if not {"label", "attributes"} & set(known.fields):
        raise GanappsError(f"A judge learns labels or attributes, and '{recipe.train}' has neither.")
    unseen = {
        image.tobytes()
        for left_out in recipe.leave_out
        for split in ("train", "test")
        for image in _load(left_out, split).images
    }
    card = {
        "name": name,
        "classes": list(known.classes if "label" in known.fields else ()),
        "attributes": list(known.attributes if "attributes" in known.fields else ()),
        "recipe": {"data": recipe.train, "split": "train", "left_out": list(recipe.leave_out)},
    }
    tests = {title: _load(*where) for title, where in recipe.tests.items()}
    train = _load(recipe.train, "train").without(unseen)
    where = folder or trained_folder()
    own = recipe.resolution, recipe.widths
    return fit_judge(card, train, tests, seed, epochs or recipe.epochs, where, 2, *own)


def fit_judge(
    card: Mapping[str, Any],
    train: Pictures,
    tests: dict[str, Pictures],
    seed: int,
    epochs: int,
    folder: Path,
    verbose: int = 2,
    resolution: int = RESOLUTION,
    widths: tuple[int, ...] = WIDTHS,
) -> Judge:
    """Train, save, load again (so that everything measured is of the rounded weights), test, and save with the results.

    Args:
        card: ``name``, ``classes``, ``attributes`` and ``recipe``, to which the rest is added.
        train: what it learns from.
        tests: what it is measured on, by title.
        seed, epochs, folder: as for ``train_judge``.
        verbose: a line an epoch (2), or none (0).
        resolution: of its input, in pixels.
        widths: of its convolutions.
    """
    began = time.monotonic()
    channels, classes = train.images.shape[-1], len(card["classes"])
    network = judge_network(channels, classes + len(card["attributes"]), widths, DIMENSIONS, seed, resolution)
    batches = Shifted(train, seed, resolution)
    trainer = keras.Model(network.input, network.outputs[1])
    rate = keras.optimizers.schedules.CosineDecay(2e-3, epochs * len(batches))
    trainer.compile(keras.optimizers.Adam(rate), lambda truth, logits: _surprise(truth, logits, classes))
    trainer.fit(batches, epochs=epochs, shuffle=False, verbose=verbose)
    architecture = {"channels": channels, "resolution": resolution, "widths": list(widths), "dimensions": DIMENSIONS}
    recipe = {
        "pictures": len(train.images),
        "seed": seed,
        "epochs": epochs,
        "batch": BATCH,
        "optimizer": "Adam, 2e-3 to 0 on a cosine",
        "augmentation": f"framed or resized to {resolution} px, shifts to {SHIFT} px",
        "seconds": round(time.monotonic() - began),
    }
    full = {**card, "feature_scale": 1.0, "architecture": {**architecture, "weights": network.count_params()}}
    Judge(network, {**full, "recipe": {**card["recipe"], **recipe}}).save(folder)
    judge = read_judge(folder, card["name"])
    some = ways_to_fit(train.images[:: max(1, len(train.images) // 5000)], resolution)["framed"]
    seen = judge.features(to_model_range(some))
    judge.card["feature_scale"] = round(float(np.sqrt(seen.var(0).mean())), 4)
    judge.card["accuracy"] = {title: accuracy(judge, test) for title, test in tests.items()}
    judge.save(folder)
    return judge


def accuracy(judge: Judge, test: Pictures) -> dict[str, Any]:
    """Share of classes, and of attributes, that the judge finds, for either way to bring pictures to its size."""
    found: dict[str, Any] = {"pictures": len(test.images)}
    classes = len(judge.classes)
    for way, fitted in ways_to_fit(test.images, judge.resolution).items():
        reading = judge.read(to_model_range(fitted))
        if classes:
            found[f"classes, {way}"] = round(float(np.mean(reading.probabilities.argmax(1) == test.truth[:, 0])), 4)
        if judge.attributes:
            right = (reading.attributes > 0.5) == (test.truth[:, min(classes, 1) :] > 0.5)
            found[f"attributes, {way}"] = dict(zip(judge.attributes, right.mean(0).round(4).tolist(), strict=True))
            found[f"all attributes, {way}"] = round(float(right.mean()), 4)
    return found


def ways_to_fit(images: np.ndarray, resolution: int = RESOLUTION) -> dict[str, np.ndarray]:
    """uint8 pictures at a judge's resolution: "framed" in black where they are smaller, and "resized".

    Data sets bring 28 px pictures to 32 px in either way, and a judge must not care. Larger ones are resized only.
    """
    fitted = resized(images, resolution)
    missing = max(0, resolution - images.shape[1])
    margin = (missing // 2, missing - missing // 2)
    return {"framed": np.pad(images, ((0, 0), margin, margin, (0, 0))) if missing else fitted, "resized": fitted}


class Shifted(keras.utils.PyDataset):
    """Batches in a new order every epoch, each picture fitted in a random way and shifted by up to 2 pixels."""

    def __init__(self, pictures: Pictures, seed: int, resolution: int = RESOLUTION):
        super().__init__()
        frame = ((0, 0), (0, 0), (SHIFT, SHIFT), (SHIFT, SHIFT), (0, 0))
        self.ways = np.pad(np.stack(list(ways_to_fit(pictures.images, resolution).values())), frame, mode="edge")
        self.truth = pictures.truth
        self.resolution = resolution
        self.seed = seed
        self.epoch = 0

    def __len__(self) -> int:
        return len(self.truth) // BATCH

    def on_epoch_end(self) -> None:
        self.epoch += 1

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        order = np.random.default_rng((self.seed, self.epoch)).permutation(len(self.truth))
        rows = order[index * BATCH : (index + 1) * BATCH]
        draw = np.random.default_rng((self.seed, self.epoch, index))
        windows = np.lib.stride_tricks.sliding_window_view(self.ways, (self.resolution, self.resolution), axis=(2, 3))
        way, top, left = draw.integers(0, [[len(self.ways)], [2 * SHIFT + 1], [2 * SHIFT + 1]], (3, len(rows)))
        return to_model_range(np.moveaxis(windows[way, rows, top, left], 1, -1)), self.truth[rows]


def _surprise(truth: Any, logits: Any, classes: int) -> Any:
    """Negative log-likelihood of the class and of every attribute."""
    loss = 0.0
    if classes:
        label = ops.cast(truth[:, 0], "int32")
        loss += keras.losses.sparse_categorical_crossentropy(label, logits[:, :classes], from_logits=True)
    if logits.shape[1] > classes:
        attributes = truth[:, min(classes, 1) :]
        mean = keras.losses.binary_crossentropy(attributes, logits[:, classes:], from_logits=True)
        loss += mean * attributes.shape[1]
    return loss


def _load(spec: str, split: str) -> Pictures:
    source = catalogue.open(spec, split)
    batch = take_uint8(source, "main", np.arange(source.streams["main"]), {"image", "label", "attributes"})
    truth = [batch["label"][:, None]] if "label" in batch else []
    truth += [batch["attributes"]] if "attributes" in batch else []
    return Pictures(batch["image"], np.concatenate(truth, axis=1).astype(np.float32))
