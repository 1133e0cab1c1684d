"""The result of an evaluation: every number with its protocol and what it has to be compared with."""

import json
import math
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Score:
    """One measured number.

    Args:
        name: carries the protocol: ``fid_judge-digits_n2000``.
        metric: the short name: ``fid``.
        value: the number.
        deviation: standard deviation over the protocol's repetitions (splits, subsets, pairs), or None.
        real_vs_real: the same number with reals in the place of the fakes, or None where that says nothing.
        better: "higher", "lower", or "real" (near the real-vs-real value).
        baselines: the same number for outputs that took no learning, by name.
        protocol: N, extractor and its hash, resize, data set, split, seed, source of the definition.
        seconds: the time it took, without making the outputs.
    """

    name: str
    metric: str
    value: float
    deviation: float | None
    real_vs_real: float | None
    better: str
    baselines: dict[str, float] = field(default_factory=dict)
    protocol: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0

    def record(self) -> dict[str, Any]:
        """As plain JSON values; numbers that are not finite become None."""
        return _plain(asdict(self))


@dataclass(frozen=True)
class Report:
    """All scores of one target against one set of real data.

    Args:
        target: what was measured.
        against: the spec of the real data.
        scores: in the order asked for.
        step: the target's training step, when it says so.
        seconds: the whole evaluation.
    """

    target: str
    against: str
    scores: tuple[Score, ...]
    step: int | None
    seconds: float

    def __getitem__(self, name: str) -> Score:
        """The score of that short or full name; KeyError without one."""
        return {key: score for score in reversed(self.scores) for key in (score.metric, score.name)}[name]

    def __contains__(self, name: str) -> bool:
        return any(name in (score.metric, score.name) for score in self.scores)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        head = {"target": self.target, "against": self.against, "step": self.step, "seconds": round(self.seconds, 2)}
        return head | {"scores": [score.record() for score in self.scores]}

    def lines(self) -> list[dict[str, Any]]:
        """What goes into a run's ``scores.jsonl``: one record a score, ``metric`` being the full name."""
        return [
            {"step": self.step, "metric": score.name}
            | {key: value for key, value in score.record().items() if key not in ("name", "metric")}
            for score in self.scores
        ]

    def append(self, path: Path) -> None:
        """Add the lines to a ``scores.jsonl``."""
        with path.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(line) + "\n" for line in self.lines())

    def table(self) -> str:
        """Text for people: the value, the real-vs-real value beside it, the baselines."""
        names = list(dict.fromkeys(name for score in self.scores for name in score.baselines))
        rows = [["metric", "value", "real vs real", *names, "better"]]
        for score in self.scores:
            spread = "" if score.deviation is None else f" ± {number(score.deviation)}"
            beside = [number(score.real_vs_real), *(number(score.baselines.get(name)) for name in names)]
            rows.append([score.name, number(score.value) + spread, *beside, score.better])
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
        title = f"{self.target} against {self.against}"
        return "\n".join([title, *lines])


def number(value: float | None) -> str:
    """Four significant digits; a dash for nothing."""
    if value is None:
        return "-"
    return f"{value:.4g}" if abs(value) < 10000 else f"{value:.0f}"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value
