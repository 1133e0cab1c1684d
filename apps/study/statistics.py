"""What the answers say: how often a fake was taken for real, how sure that is, and who did not look.

The share fooled is 0.5 where nobody can tell the fakes from real pictures and 0 where everybody always can.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import NormalDist, median
from typing import Any

import numpy as np

from study.protocol import CHECK, SCORED

Interval = tuple[float, float]
DRAWS = 10_000


def wilson(hits: int, n: int, level: float = 0.95) -> Interval:
    """Wilson's score interval of a share (Wilson 1927, equation 3 solved for p): in [0, 1], sensible for any n.

    Args:
        hits: in [0, n].
        n: independent trials; 0 gives (0, 1): nothing is known.
        level: of confidence, in (0, 1).
    """
    if n == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + level) / 2)
    share, weight = hits / n, z * z / n
    middle = (share + weight / 2) / (1 + weight)
    reach = z * (share * (1 - share) / n + weight / (4 * n)) ** 0.5 / (1 + weight)
    return (0.0 if hits == 0 else middle - reach), (1.0 if hits == n else middle + reach)


@dataclass(frozen=True)
class Person:
    """One participant's answers, counted."""

    participant: int
    fooled: int
    scored: int
    missed: int
    checks: int
    finished: bool
    counts: bool

    @property
    def share(self) -> float:
        """Of the scored pairs, how many fooled; not a number before the first."""
        return self.fooled / self.scored if self.scored else float("nan")

    @property
    def interval(self) -> Interval:
        """Wilson's, 95 %."""
        return wilson(self.fooled, self.scored)

    @property
    def state(self) -> str:
        """Why they count or not, in a word or two."""
        if not self.finished:
            return "not finished"
        return "counts" if self.counts else "left out"


@dataclass(frozen=True)
class Summary:
    """A study's answers, counted; intervals are of 95 % confidence.

    Args:
        people: how many participants count.
        left_out: how many missed too many checks.
        unfinished: how many did not reach the end.
        fooled: scored answers that took the fake for real, of those who count.
        scored: all their scored answers.
        share: fooled / scored; None before the first.
        wilson: Wilson's interval, which takes all answers as independent.
        people_interval: by drawing participants again (bootstrap), which does not; None for fewer than two.
        shown_ms: 5th, 50th and 95th percentile of how long a pair was really on the screen; None where not limited.
        again: scored answers given after a pair had to be shown again, as the page was loaded anew.
    """

    people: int
    left_out: int
    unfinished: int
    fooled: int
    scored: int
    share: float | None
    wilson: Interval
    people_interval: Interval | None
    shown_ms: tuple[float, float, float] | None
    again: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def people(answers: Iterable[Mapping[str, Any]], pairs: int, most_missed: float) -> list[Person]:
    """The participants, by number.

    Args:
        answers: rows of the store: participant, kind, fooled.
        pairs: how many a participant answers who finishes.
        most_missed: the share of checks that may be missed.
    """
    rows: dict[int, list[Mapping[str, Any]]] = {}
    for answer in answers:
        rows.setdefault(answer["participant"], []).append(answer)
    found = []
    for participant, given in sorted(rows.items()):
        scored = [answer["fooled"] for answer in given if answer["kind"] == SCORED]
        checks = [answer["fooled"] for answer in given if answer["kind"] == CHECK]
        missed, finished = sum(checks), len(given) == pairs
        counts = finished and missed <= most_missed * len(checks)
        found.append(Person(participant, sum(scored), len(scored), missed, len(checks), finished, counts))
    return found


def summary(answers: Sequence[Mapping[str, Any]], pairs: int, most_missed: float) -> Summary:
    """The whole study; arguments as in ``people``."""
    everybody = people(answers, pairs, most_missed)
    counting = [person for person in everybody if person.counts]
    numbers = {person.participant for person in counting}
    used = [row for row in answers if row["participant"] in numbers and row["kind"] == SCORED]
    fooled, scored = sum(p.fooled for p in counting), sum(p.scored for p in counting)
    shown = [row["shown_ms"] for row in used if row["shown_ms"] is not None]
    return Summary(
        people=len(counting),
        left_out=sum(p.finished and not p.counts for p in everybody),
        unfinished=sum(not p.finished for p in everybody),
        fooled=fooled,
        scored=scored,
        share=fooled / scored if scored else None,
        wilson=wilson(fooled, scored),
        people_interval=bootstrap([p.share for p in counting]),
        shown_ms=_percentiles(shown) if shown else None,
        again=sum(row["views"] > 1 for row in used),
    )


def bootstrap(shares: Sequence[float], level: float = 0.95, seed: int = 0) -> Interval | None:
    """An interval of the mean share over people, by drawing as many of them again, 10,000 times; None for fewer than 2.

    Answers of one person are alike, so this is the honest interval where there are enough people (ten or more).
    """
    if len(shares) < 2:
        return None
    drawn = np.random.default_rng(seed).integers(0, len(shares), (DRAWS, len(shares)))
    low, high = np.quantile(np.asarray(shares)[drawn].mean(1), [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def difference(one: Sequence[float], other: Sequence[float], seed: int = 0) -> tuple[float, Interval] | None:
    """How much larger the mean share of ``one`` is, with its 95 % interval (bootstrap over people); None for fewer than 2.

    The two are shares of different people, of two studies.
    """
    if min(len(one), len(other)) < 2:
        return None
    generator = np.random.default_rng(seed)
    means = [
        np.asarray(shares)[generator.integers(0, len(shares), (DRAWS, len(shares)))].mean(1) for shares in (one, other)
    ]
    low, high = np.quantile(means[0] - means[1], [0.025, 0.975])
    return float(np.mean(one) - np.mean(other)), (float(low), float(high))


def _percentiles(values: Sequence[float]) -> tuple[float, float, float]:
    low, high = np.quantile(values, [0.05, 0.95])
    return float(low), float(median(values)), float(high)
