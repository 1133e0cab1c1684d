"""Train a frozen judge once, measure it after rounding its weights, and write it with its recipe.

    python -c "from ganapps.evaluate.judge_training import train_judge; train_judge('digits')"

The digits judge learns from the full MNIST training set (28 x 28) less every picture that the embedded ``digits`` set
holds, so neither a generator trained on ``digits`` nor its held-out part was seen by its judge.
"""

import time
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from ganapps.data import catalogue
from ganapps.data.pipeline import arrays
from ganapps.data.source import to_model_range
from ganapps.errors import GanappsError
from ganapps.evaluate.judge import RESOLUTION, Judge, judge_network, read_judge, trained_folder
from ganapps.evaluate.pictures import resized, to_uint8

SEED = 20261
SHIFT = 2
WIDTHS, DIMENSIONS = (16, 32, 64, 96), 64


@dataclass(frozen=True)
class Recipe:
    """What a judge learns from: the training spec, sets whose pictures are left out, and tests by title."""

    train: str
    leave_out: tuple[str, ...]
    tests: dict[str, tuple[str, str]]


RECIPES = {
    "digits": Recipe("mnist", ("digits",), {"MNIST test": ("mnist", "test"), "digits test": ("digits", "test")}),
}


@dataclass(frozen=True)
class Pictures:
    """Labelled uint8 pictures (N, H, W, C) with labels (N,)."""

    images: np.ndarray
    labels: np.ndarray


def train_judge(name: str, seed: int = SEED, epochs: int = 4, folder: Path | None = None) -> Judge:
    """Train the judge ``name`` and save it.

    Args:
        name: "digits", or any catalogue spec that has pictures and labels.
        seed: of weights, order and shifts.
        epochs: passes over the training set.
        folder: where the two files go; the user's cache when not given.

    Raises:
        GanappsError: the data set has no labels.
    """
    recipe = RECIPES.get(name) or Recipe(name, (), {f"{name} test": (name, "test")})
    known = catalogue.describe(recipe.train)
    if "label" not in known.fields:
        raise GanappsError(f"A judge learns from labels, and '{recipe.train}' has none; choose a labelled data set.")
    unseen = {
        image.tobytes()
        for spec in recipe.leave_out
        for split in ("train", "test")
        for image in _load(spec, split).images
    }
    train = without(_load(recipe.train, "train"), unseen)
    tests = {title: _load(*where) for title, where in recipe.tests.items()}
    learned_from = {"data": recipe.train, "split": "train", "left_out": list(recipe.leave_out)}
    return fit_judge(name, known.classes, train, tests, learned_from, seed, epochs, folder or trained_folder())


def without(pictures: Pictures, unseen: set[bytes]) -> Pictures:
    """The pictures whose pixels are not in ``unseen``."""
    keep = np.array([image.tobytes() not in unseen for image in pictures.images])
    return Pictures(pictures.images[keep], pictures.labels[keep])


def fit_judge(
    name: str,
    classes: tuple[str, ...],
    train: Pictures,
    tests: dict[str, Pictures],
    learned_from: dict[str, object],
    seed: int,
    epochs: int,
    folder: Path,
) -> Judge:
    """Train, save, load again (so that the accuracy is that of the rounded weights), test, save with the accuracy."""
    began = time.monotonic()
    channels = train.images.shape[-1]
    network = judge_network(channels, len(classes), WIDTHS, DIMENSIONS, seed)
    batches = Shifted(train, seed)
    steps = epochs * len(batches)
    trainer = keras.Model(network.inputs, network.outputs[1])
    trainer.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(2e-3, steps)),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    trainer.fit(batches, epochs=epochs, shuffle=False, verbose=2)
    card = {
        "name": name,
        "classes": list(classes),
        "architecture": {
            "channels": channels, "resolution": RESOLUTION, "widths": list(WIDTHS), "dimensions": DIMENSIONS,
            "weights": network.count_params(),
        },
        "recipe": learned_from | {
            "pictures": len(train.images), "seed": seed, "epochs": epochs, "batch": Shifted.BATCH,
            "optimizer": "Adam, 2e-3 to 0 on a cosine", "augmentation": f"framed or resized, shifts to {SHIFT} px",
            "seconds": round(time.monotonic() - began),
        },
    }  # fmt: skip
    Judge(network, card).save(folder)
    judge = read_judge(folder, name)
    judge.card["accuracy"] = {
        title: {
            "pictures": len(test.labels),
            **{
                way: round(judge.accuracy(to_model_range(fitted), test.labels), 4)
                for way, fitted in zip(("framed", "resized"), ways_to_fit(test.images))
            },
        }
        for title, test in tests.items()
    }
    judge.save(folder)
    return judge


def ways_to_fit(images: np.ndarray) -> list[np.ndarray]:
    """uint8 pictures at 32 px, framed in their background (black) where they are smaller, and resized.

    Data sets bring 28 px pictures to 32 px in either way, and a judge must not care.
    """
    missing = RESOLUTION - images.shape[1]
    fitted = resized(images, RESOLUTION)
    if missing <= 0:
        return [fitted]
    margin = (missing // 2, missing - missing // 2)
    return [np.pad(images, ((0, 0), margin, margin, (0, 0))), fitted]


class Shifted(keras.utils.PyDataset):
    """Batches in a new order every epoch, each picture fitted in a random way and shifted by up to 2 pixels."""

    BATCH = 128

    def __init__(self, pictures: Pictures, seed: int):
        super().__init__()
        frame = ((0, 0), (0, 0), (SHIFT, SHIFT), (SHIFT, SHIFT), (0, 0))
        self.ways = np.pad(np.stack(ways_to_fit(pictures.images)), frame, mode="edge")
        self.labels = pictures.labels
        self.seed = seed
        self.epoch = 0

    def __len__(self) -> int:
        return len(self.labels) // self.BATCH

    def on_epoch_end(self) -> None:
        self.epoch += 1

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        order = np.random.default_rng((self.seed, self.epoch)).permutation(len(self.labels))
        rows = order[index * self.BATCH : (index + 1) * self.BATCH]
        draw = np.random.default_rng((self.seed, self.epoch, index))
        windows = np.lib.stride_tricks.sliding_window_view(self.ways, (RESOLUTION, RESOLUTION), axis=(2, 3))
        way, top, left = draw.integers(0, [[len(self.ways)], [2 * SHIFT + 1], [2 * SHIFT + 1]], (3, len(rows)))
        return to_model_range(np.moveaxis(windows[way, rows, top, left], 1, -1)), self.labels[rows]


def _load(spec: str, split: str) -> Pictures:
    batch = arrays(catalogue.open(spec, split))
    return Pictures(to_uint8(batch["image"]), batch["label"])
