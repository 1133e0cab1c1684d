"""Named experiments: fixed settings and seeds in, one JSON file under ``benchmarks/results`` out."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ganapps.errors import UsageError, nearest

JUDGES = ("digits", "fashion_mnist", "faces")


@dataclass(frozen=True)
class Experiment:
    """A training run per seed, and what is measured on each.

    Args:
        title: what it shows, in a line.
        model, data, preset, steps, batch_size, options, ema: as in ``workflow.fit``.
        seeds: one run each.
        metrics: names for ``evaluate``; None takes those usual for the target.
        minutes: what a run costs on 2 CPU cores.
        signature: of a model with several.
        flip: mirror half of the pictures.
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
    signature: str | None = None
    flip: bool = False


EXPERIMENTS: dict[str, Experiment] = {
    "ring-gan": Experiment(
        "The GAN of 2014 on 8 Gaussians in a ring: the collapse that later papers mend",
        "gan", "ring", "bed", steps=8000, batch_size=256, minutes=1, seeds=(0, 1, 2),
    ),
    "grid-wgan-gp": Experiment(
        "WGAN-GP on 25 Gaussians in a grid",
        "wgan-gp", "grid", "bed", steps=10000, batch_size=256, minutes=4, seeds=(0, 1, 2), ema=0.99,
    ),
    "stacked-wgan-gp": Experiment(
        "WGAN-GP on stacked MNIST digits: 1,000 modes",
        "wgan-gp", "stacked_digits:of=mnist", "small", steps=3000, batch_size=64, minutes=16, ema=0.999,
    ),
    "mnist-dcgan": Experiment(
        "DCGAN on all of MNIST at 32 pixels",
        "dcgan", "mnist", "small", steps=3000, batch_size=64, minutes=5, ema=0.995,
    ),
    "mnist-acgan": Experiment(
        "ACGAN on all of MNIST at 32 pixels: judged label accuracy and within-class diversity",
        "acgan", "mnist", "small", steps=3000, batch_size=64, minutes=8, ema=0.995,
    ),
    "earth-cyclegan": Experiment(
        "CycleGAN between map and satellite photograph, unpaired, 64 pixels",
        "cyclegan", "earth:a=map,b=satellite,unpaired", "small", steps=4000, batch_size=1, minutes=14, flip=True,
        signature="a_to_b",
    ),
}  # fmt: skip


def names() -> list[str]:
    """All that can be reproduced: the experiments, and the judges the scores rest on."""
    return [*EXPERIMENTS, *(f"judge-{name}" for name in JUDGES)]


def run(name: str) -> Path:
    """Make one result: train what is not trained yet, go on with what was killed, measure, write the JSON.

    Returns:
        The file: ``benchmarks/results/<name>.json`` under the current folder, or a judge's card.

    Raises:
        UsageError: an unknown name.
    """
    if name not in names():
        raise UsageError(f"There is no experiment '{name}'.{nearest(name, names())} There are {', '.join(names())}.")
    from ganapps.reproduce import record

    if name in EXPERIMENTS:
        return record.reproduce(name, EXPERIMENTS[name])
    return record.judge(name.removeprefix("judge-"))
