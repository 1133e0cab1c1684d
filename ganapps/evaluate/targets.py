"""The generated side of an evaluation: a model, an edge bundle, or pictures or points that are there already.

Whatever it is, it is asked the same thing: make n outputs, given n real rows from which labels or input pictures are
taken. Pictures come out as uint8, because that is what is measured.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ganapps.metrics.catalogue import nothing

Rows = Mapping[str, np.ndarray]
# One seed, several independent draws: each has a number of its own beside the seed.
GIVEN, SHUFFLED_CONDITIONS, NOISE = 101, 102, 103


@dataclass(frozen=True)
class Made:
    """What a target made: uint8 pictures (N, H, W, C) or float points (N, 2), the labels or attributes they were asked
    to have, and the pictures (N, H, W, C) they were made from (each empty without)."""

    outputs: np.ndarray
    labels: np.ndarray = field(default_factory=nothing)
    wanted: np.ndarray = field(default_factory=nothing)
    inputs: np.ndarray = field(default_factory=nothing)


class Target:
    """What is measured.

    Attributes:
        name: for the report.
        data: the spec it was trained on, when it says so.
        shape: (H, W, C) of its pictures, None where any size fits, or (2,) for points.
        step: how long it was trained, when it says so.
        signature: which of its abilities is measured; "" for what is there already.
        output: what its outputs are called; where real rows have a field of that name, they should look like it.
        conditions: what its outputs can be asked to have: "label", "attributes", both or neither.
        attributes: names of the attributes that the real rows hold, told by who measures.
    """

    name: str
    data: str | None = None
    shape: tuple[int | None, ...]
    step: int | None = None
    signature: str = ""
    attributes: tuple[str, ...] = ()
    output: str = ""

    @property
    def translates(self) -> bool:
        """Whether it makes pictures from pictures."""
        return False

    @property
    def conditions(self) -> frozenset[str]:
        return frozenset()

    @property
    def reads(self) -> frozenset[str]:
        """Fields of real rows that it may take its inputs from, besides pictures."""
        return frozenset()

    @property
    def points(self) -> bool:
        return len(self.shape) == 1

    @property
    def channels(self) -> int | None:
        """Of the real pictures that it is measured with: the most that its inputs or outputs have."""
        return self.shape[-1]

    def most(self, wanted: int) -> int:
        """How many of ``wanted`` outputs it can give."""
        return wanted

    def domains(self, fields: set[str]) -> tuple[str, str, bool]:
        """The field its inputs come from, the field its outputs should look like, and whether the rows of the two are
        pairs by construction (the input is made from the truth)."""
        if self.output in fields:
            return "", self.output, False
        return "", "point" if self.points else "b" if "image" not in fields and "b" in fields else "image", False

    def make(self, n: int, seed: int, rows: Rows, domain: str) -> Made:
        """n outputs; input pictures come from the field ``domain`` of ``rows``."""
        raise NotImplementedError


class Given(Target):
    """Pictures (uint8) or points that are there already, taken in an order fixed by the seed."""

    def __init__(self, outputs: np.ndarray, name: str):
        self.name = name
        self.outputs = outputs
        self.shape = outputs.shape[1:]

    def most(self, wanted: int) -> int:
        return min(wanted, len(self.outputs))

    def make(self, n: int, seed: int, rows: Rows, domain: str) -> Made:
        return Made(self.outputs[np.random.default_rng((seed, GIVEN)).permutation(len(self.outputs))[:n]])
