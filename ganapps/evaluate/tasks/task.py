"""A task's measure looks at single outputs beside what is known about their inputs: label, segmentation, partner.

It is taken three times: of the outputs, of the real pictures in their place, and of the baselines that took no learning.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ganapps.data import catalogue
from ganapps.errors import UsageError
from ganapps.evaluate.baselines import baselines
from ganapps.evaluate.bench import Bench
from ganapps.evaluate.reference import Rows
from ganapps.evaluate.report import Score

Numbers = dict[str, float]


@dataclass(frozen=True)
class Taken:
    """The result of one measure.

    Args:
        values: numbers by name.
        reals: the same of real pictures.
        baselines: the same of each baseline.
        n: outputs that were measured.
        network: what judged, for the score's name; "" for none.
        facts: for the protocol.
        settings: of the measure, for the score's name.
    """

    values: Numbers
    reals: Numbers
    baselines: dict[str, Numbers]
    n: int
    network: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    settings: str = ""


@dataclass(frozen=True)
class Task:
    """One entry: where good lies for every number, how it is taken of at most n outputs, and where it is defined."""

    name: str
    better: dict[str, str]
    take: Callable[[Bench, int], Taken]
    source: str


def translated(
    bench: Bench, n: int, score: Callable[[np.ndarray, Rows], Numbers], network: str = "", facts: Any = None
) -> Taken:
    """Score a translator's outputs, the real partners of its inputs, and the baselines.

    Args:
        bench: of a translator whose inputs and truths are rows of one set.
        n: outputs.
        score: (uint8 pictures, rows they belong to) -> numbers.
        network: what judges.
        facts: for the protocol.

    Raises:
        UsageError: the target does not translate, or the rows of its domains do not belong together.
    """
    if not bench.paired:
        raise UsageError(f"{bench.target.name} makes no translations whose truth {bench.reference.name} knows.")
    rows, made = bench.translations(n)
    real = rows[bench.domain]
    without = {name: score(pictures, rows) for name, pictures in baselines(made.inputs, real).items()}
    return Taken(score(made.outputs, rows), score(real, rows), without, len(real), network, facts or {})


def measure_task(task: Task, bench: Bench, n: int) -> list[Score]:
    """A task's scores, with at most ``n`` outputs."""
    taken = task.take(bench, min(n, bench.reference.size))
    protocol = {
        "n": taken.n,
        "source": task.source,
        "data": bench.reference.name,
        "split": bench.reference.split,
        "field": bench.domain,
        "signature": bench.target.signature,
        "seed": bench.seed,
        **taken.facts,
    }
    return [
        Score(
            name=_name(metric, taken),
            metric=metric,
            value=value,
            deviation=None,
            real_vs_real=taken.reals.get(metric),
            better=task.better[metric],
            baselines={name: numbers[metric] for name, numbers in taken.baselines.items() if metric in numbers},
            protocol=protocol,
        )
        for metric, value in taken.values.items()
    ]


def _name(metric: str, taken: Taken) -> str:
    """``perceptual-diversity-100pairs_judge-digits_n2000``: the number, its settings, who judged, N."""
    head = f"{metric}-{taken.settings}" if taken.settings else metric
    return "_".join(filter(None, [head, taken.network, f"n{taken.n}"]))


def shows(bench: Bench) -> str:
    """What the pictures of the target domain show: "relief" for ``b`` of ``earth:b=relief``; else the field's name."""
    return str(catalogue.option(bench.reference.name, bench.domain) or bench.domain)
