"""What a named experiment is."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Experiment:
    """A training run per seed, and what is measured on each.

    Args:
        title: what it shows, in a line.
        model, data, preset, steps, batch_size, options, ema: as in ``workflow.fit``.
        seeds: one run each.
        metrics: names for ``evaluate``; None takes those usual for the target.
        n: outputs that are measured; None takes as many as the protocols ask for.
        minutes: what a run is estimated to cost on 2 CPU cores that compute in its precision; results tell what it did
            cost.
        signature: of a model with several.
        flip: mirror half of the pictures.
        precision: as in ``workflow.fit``; a processor that would have to emulate it takes float32, and the result says so.
        against: the data it is measured on; None for those that it was trained on.
        after: the experiment whose first run this one begins with.
    """

    title: str
    model: str
    data: str
    preset: str
    steps: int
    batch_size: int
    minutes: float
    seeds: tuple[int, ...] = (0,)
    options: dict[str, Any] = field(default_factory=dict)
    ema: float = 0.0
    metrics: tuple[str, ...] | None = None
    n: int | None = None
    signature: str | None = None
    flip: bool = False
    precision: str = "float32"
    after: str = ""
    against: str | None = None
