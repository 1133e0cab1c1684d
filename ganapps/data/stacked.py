"""Stacked digits: three independent digits as red, green and blue, so 1,000 known modes to reach or to drop.

The test-bed of mode-collapse papers (Che et al., 2017; Metz et al., 2017). Row i is three digits chosen by a generator
seeded for the split, so any row can be asked for at any time, and the test split is made of held-out digits only.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from ganapps.data import digits
from ganapps.data.catalogue import DataSet, Field
from ganapps.data.source import ArraySource, Rows, Source, hand_out, with_shapes
from ganapps.errors import UsageError, nearest

BASES = {"digits": digits.DIGITS, "mnist": digits.MNIST}
OPENERS: dict[str, Any] = {"digits": digits.open_digits, "mnist": digits.open_mnist}
SEEDS = {"train": 0, "test": 1}

STACKED = DataSet(
    name="stacked_digits",
    title="three digits as red, green and blue: 1,000 modes",
    kind="embedded",
    fields={
        "image": Field((None, None, 3), "float32", "three digits laid over each other as red, green and blue"),
        "label": Field((), "int32", "100 x the red digit + 10 x the green one + the blue one"),
    },
    # The protocol of the mode count draws 26,000 samples; the truth it is compared with has as many rows.
    sizes={"train": 128_000, "test": 26_000},
    licence=digits.DIGITS.licence,
    credit=digits.DIGITS.credit,
    how_to_get=digits.DIGITS.how_to_get,
    opener="ganapps.data.stacked:open_stacked",
    describer="ganapps.data.stacked:describe_stacked",
    classes=tuple(f"{mode:03}" for mode in range(1000)),
    channels=3,
    resolution=28,
    options={"of": "digits (default) or mnist: where the digits come from", "path": "of mnist: folder of idx files"},
)


class StackedSource(Source):
    """Three rows of a source of grey digits make one row of this one."""

    def __init__(self, info: DataSet, grey: ArraySource, split: str):
        self.images = grey.columns["main"]["image"][..., 0]
        self.labels = grey.columns["main"]["label"].astype(np.int32)
        count = info.sizes[split]
        self.chosen = np.random.default_rng(SEEDS[split]).integers(0, len(self.images), size=(count, 3))
        self.streams = {"main": count}
        self.info = with_shapes(info, {"image": (*self.images.shape[1:], 3), "label": ()})

    def take(self, stream: str, indices: np.ndarray) -> Rows:
        chosen = self.chosen[indices]
        stacked = np.stack([self.images[chosen[:, channel]] for channel in range(3)], axis=-1)
        return {
            "image": hand_out(stacked, self.info.fields["image"]),
            "label": self.labels[chosen] @ np.array([100, 10, 1], np.int32),
        }


def describe_stacked(of: str = "digits", path: str | None = None) -> DataSet:
    """The card that holds under these options."""
    if of not in BASES:
        raise UsageError(f"stacked_digits cannot stack '{of}', only digits or mnist.{nearest(of, BASES)}")
    if path is not None and of != "mnist":
        raise UsageError("stacked_digits takes a path only with of=mnist; the digits are embedded.")
    base = BASES[of]
    return replace(STACKED, kind=base.kind, licence=base.licence, credit=base.credit, how_to_get=base.how_to_get)


def open_stacked(
    split: str, resolution: int | None, channels: int | None, of: str = "digits", path: str | None = None
) -> StackedSource:
    """Stacked digits; ``of`` names the digits that are stacked."""
    info = describe_stacked(of, path)
    if channels not in (None, 3):
        raise UsageError("stacked_digits is red, green and blue by nature: ask for 3 channels.")
    where = {} if path is None else {"path": path}
    return StackedSource(info, OPENERS[of](split, resolution, 1, **where), split)
