"""The protocol: which pairs a participant sees, in which order, on which side, and which of them count.

A participant sees pairs of one real and one made picture, on random sides, each for a second, and then says, in their
own time, which one is real. The first pairs are practice with feedback. Among the others some are checks: the made
picture is nothing but shuffled pixels, so whoever often takes it for real was not looking, and does not count.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ganapps.errors import GanappsError

PRACTICE, SCORED, CHECK = "practice", "scored", "check"
MOST = 400


@dataclass(frozen=True)
class Rules:
    """What the one who sets up a study decides before anyone takes part.

    Args:
        scored: pairs that count, at least 1.
        practice: pairs with feedback before them.
        checks: pairs with an obvious fake, anywhere after the practice.
        seconds: how long a pair is shown; None until it is answered.
        most_missed: in [0, 1]: whoever misses a larger share of the checks is left out.
    """

    scored: int = 40
    practice: int = 10
    checks: int = 4
    seconds: float | None = 1.0
    most_missed: float = 0.2

    def __post_init__(self) -> None:
        if self.scored < 1 or min(self.practice, self.checks) < 0 or self.pairs > MOST:
            raise GanappsError(f"A study has at least one pair that counts and at most {MOST} pairs in all.")
        if self.seconds is not None and not 0.05 <= self.seconds <= 60:
            raise GanappsError("A pair is shown for 0.05 to 60 seconds, or without a limit.")
        if not 0 <= self.most_missed <= 1:
            raise GanappsError("The share of checks that may be missed lies between 0 and 1.")

    @property
    def pairs(self) -> int:
        """How many pairs one participant sees."""
        return self.practice + self.scored + self.checks

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Trial:
    """One pair: its number from 0, its kind, the names of its two pictures, and whether the real one is on the left."""

    number: int
    kind: str
    real: str
    fake: str
    real_left: bool

    def fooled(self, chose_left: bool) -> bool:
        """Whether the one who chose that side as real took the fake for real."""
        return chose_left != self.real_left


def trials(rules: Rules, pairing: "Pairing", seed: int, participant: int) -> list[Trial]:
    """What a participant sees; the same for the same study and participant, whenever and wherever it is asked.

    Args:
        rules: the study's.
        pairing: the study's pictures.
        seed: the study's.
        participant: their number in the study, from 1.
    """
    generator = np.random.default_rng([seed, participant])
    kinds = np.array([SCORED] * rules.scored + [CHECK] * rules.checks)
    kinds = [PRACTICE] * rules.practice + generator.permutation(kinds).tolist()
    pairs = pairing.draw(len(kinds), generator)
    left = generator.integers(0, 2, len(kinds)).astype(bool)
    return [Trial(n, kinds[n], *pairs[n], bool(left[n])) for n in range(len(kinds))]


@dataclass(frozen=True)
class Pairing:
    """The names of the real and of the made pictures, and whether equal places belong together.

    Raises:
        GanappsError: there are no pictures, or paired lists of different lengths.
    """

    real: Sequence[str]
    fake: Sequence[str]
    paired: bool = False

    def __post_init__(self) -> None:
        for what, names in (("real", self.real), ("fake", self.fake)):
            if not names:
                raise GanappsError(f"The study has no {what} pictures: choose a folder that holds some.")
        if self.paired and len(self.real) != len(self.fake):
            raise GanappsError(f"{len(self.real)} real and {len(self.fake)} fake pictures cannot be pairs.")

    def draw(self, n: int, generator: np.random.Generator) -> list[tuple[str, str]]:
        """n pairs (real, fake): every picture once before any comes again."""
        real = deal(len(self.real), n, generator)
        fake = real if self.paired else deal(len(self.fake), n, generator)
        return [(self.real[i], self.fake[j]) for i, j in zip(real, fake, strict=True)]


def deal(size: int, n: int, generator: np.random.Generator) -> list[int]:
    """n numbers below ``size``, like cards from a shuffled pack that is shuffled again whenever it is used up."""
    packs = [generator.permutation(size) for _ in range(-(-n // size))]
    return np.concatenate(packs)[:n].tolist() if packs else []


def obvious_fake(picture: np.ndarray, seed: int) -> np.ndarray:
    """The picture's pixels, shuffled: uint8 (H, W, channels) -> uint8 (H, W, channels)."""
    pixels = picture.reshape(-1, picture.shape[-1])
    return np.random.default_rng(seed).permutation(pixels).reshape(picture.shape)
