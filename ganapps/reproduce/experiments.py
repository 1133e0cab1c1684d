"""Named experiments: fixed settings and seeds in, one JSON file under ``benchmarks/results`` out."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ganapps.errors import UsageError, nearest
from ganapps.reproduce import applications, collapse, shipped, translation
from ganapps.reproduce.experiment import Experiment
from ganapps.reproduce.measurements import MEASUREMENTS
from ganapps.reproduce.tables import BED_MODELS, FASHION, STACKED, TABLES

JUDGES = ("digits", "fashion_mnist", "faces", "faces-64", "earth-segmentation", "faces-segmentation")


def bed(label: str, model: str, data: str) -> Experiment:
    """A game on points, as all games on points are played for the scoreboard."""
    return Experiment(
        f"{label} on {'8 Gaussians in a ring' if data == 'ring' else '25 Gaussians in a grid'}",
        model, data, "bed", steps=8000, batch_size=256, minutes=2, seeds=(0, 1, 2), ema=0.99,
    )  # fmt: skip


def small(label: str, model: str, data: str, minutes: float, **changes: Any) -> Experiment:
    """A small preset on pictures of 32 pixels: 3,000 steps of 64 pictures; three seeds where that takes under 20 minutes."""
    where = {"mnist": "MNIST", "fashion_mnist": "Fashion-MNIST", "stacked_digits": "stacked MNIST digits: 1,000 modes"}
    usual: dict[str, Any] = {"preset": "small", "steps": 3000, "batch_size": 64, "minutes": minutes, "ema": 0.995}
    usual["seeds"] = (0, 1, 2) if minutes < 20 else (0,)
    return Experiment(f"{label} on {where[data.partition(':')[0]]}", model, data, **(usual | changes))


#: what a small preset costs for 3,000 steps at 32 pixels on 2 CPU cores, in minutes
MINUTES = {
    "gan": 2, "dcgan": 5, "cgan": 5, "acgan": 8, "bigan": 8, "ali": 8, "vae-gan": 15, "vae": 4, "improved-gan": 6, "mrgan": 8,
    "mdgan": 18, "wgan": 12, "wgan-gp": 15, "sagan": 33, "infogan": 12, "f-gan": 5, "glow": 14,
}  # fmt: skip
LABELLED = (
    *("fid", "kid", "precision-recall", "density-coverage", "judge-score", "confidence", "collapse"),
    *("label-accuracy", "ms-ssim", "perceptual-diversity"),
)
DIGIT_PROBES = ("fid", "confidence", "nearest-neighbour", "reconstruction")

EXPERIMENTS: dict[str, Experiment] = {
    **{f"{data}-{name}": bed(label, name, data) for data in ("ring", "grid") for label, name in BED_MODELS.items()},
    "grid-wgan-gp": Experiment(
        "WGAN-GP on 25 Gaussians in a grid",
        "wgan-gp", "grid", "bed", steps=30000, batch_size=256, minutes=12, seeds=(0, 1, 2), ema=0.99,
    ),
    **{
        f"stacked-{name}": small(
            label, name, "stacked_digits:of=mnist", MINUTES[name], ema=0.999, precision="mixed_bfloat16",
        )
        for label, name in STACKED.items()
    },
    # Digits in three channels take longer to become legible to the judge; its critic is float32 in any case.
    "stacked-wgan-gp": small("WGAN-GP", "wgan-gp", "stacked_digits:of=mnist", 40, steps=10000, ema=0.999),
    **{
        f"fashion-{name}": small(
            label, name, "fashion_mnist", MINUTES[name] / 2, steps=1500, precision="mixed_bfloat16",
        )
        for label, name in FASHION.items()
    },
    "fashion-gan": small("GAN", "gan", "fashion_mnist", MINUTES["gan"] / 2, steps=1500, options={"resolution": 32}),
    # A flow's densities are float32 in any case.
    "fashion-glow": small(
        "Glow", "glow", "fashion_mnist", MINUTES["glow"] / 2, steps=1500, metrics=("fid", "kid", "precision-recall"),
    ),
    "mnist-dcgan": small(
        "DCGAN", "dcgan", "mnist", 10, batch_size=128, seeds=(0, 1, 2), precision="mixed_bfloat16",
        metrics=("fid", "kid", "precision-recall", "judge-score", "confidence", "ms-ssim", "linear-probe"),
    ),
    # The paper averages no weights, and an average of generators is less diverse (MS-SSIM 0.51 instead of 0.48).
    # A generator half as wide draws digits that are less sure: label accuracy 0.79 instead of 0.91.
    "mnist-acgan": small("ACGAN", "acgan", "mnist", 12, ema=0.0, precision="mixed_bfloat16", metrics=LABELLED),
    "mnist-cgan": small("CGAN", "cgan", "mnist", 5, precision="mixed_bfloat16", metrics=LABELLED),
    "mnist-wgan-gp": small("WGAN-GP", "wgan-gp", "mnist", 15, options={"features": 24}),
    "mnist-sagan": small("SAGAN", "sagan", "mnist", 33, precision="mixed_bfloat16", metrics=LABELLED),
    "mnist-infogan": small(
        "InfoGAN", "infogan", "mnist", 12, precision="mixed_bfloat16", metrics=("codes", "fid", "confidence")
    ),
    # The paper's own networks and batches, 2,000 of its 5,000 updates.
    "codes-infogan": small(
        "InfoGAN, the paper's networks,", "infogan", "mnist", 13, preset="paper", steps=2000, batch_size=128,
        precision="mixed_bfloat16", metrics=("codes", "fid", "confidence"),
    ),
    # The paper's own fully connected networks are cheap; it plays 400 epochs, this is 64.
    "mnist-bigan": small(
        "BiGAN", "bigan", "mnist", 57, preset="paper", steps=30000, batch_size=128, metrics=DIGIT_PROBES,
    ),
    "mnist-ali": small("ALI", "ali", "mnist", 8, metrics=DIGIT_PROBES, precision="mixed_bfloat16"),
    "mnist-vae-gan": small("VAE/GAN", "vae-gan", "mnist", 15, metrics=DIGIT_PROBES, precision="mixed_bfloat16"),
    "mnist-vae": small("VAE", "vae", "mnist", 4, metrics=(*DIGIT_PROBES, "likelihood")),
    "binary-vae": small(
        "VAE with binary pixels", "vae", "mnist", 4, options={"binarize": True}, metrics=("likelihood", "fid"),
    ),
    "mnist-pixelcnn": small("PixelCNN", "pixelcnn", "mnist", 20, metrics=("likelihood",)),
    "mnist-glow": small("Glow", "glow", "mnist", 14, metrics=("likelihood", "fid")),
    **{
        f"labels100-improved-gan-{draw}": small(
            f"ImprovedGAN with 100 labels, draw {draw},", "improved-gan", f"mnist:labels=100,draw={draw}", 20,
            preset="classifier", steps=8000, batch_size=100, ema=0.999, precision="mixed_bfloat16", metrics=("classification",),
        )
        for draw in range(3)
    },
    **collapse.experiments(),
    **translation.EXPERIMENTS,
    **applications.EXPERIMENTS,
    **shipped.EXPERIMENTS,
}  # fmt: skip


def names() -> list[str]:
    """All that can be reproduced: the pages, tables, experiments, shipped bundles, and the judges the scores rest on."""
    bundles = [f"export-{name}" for name in shipped.SHIPPED]
    judges = [f"judge-{name}" for name in JUDGES]
    return ["scoreboard", "collapse", *TABLES, *EXPERIMENTS, *MEASUREMENTS, *bundles, *judges]


def told(name: str) -> tuple[str, float | None]:
    """What a name makes, and the minutes it costs on 2 CPU cores, where that is known."""
    if name == "scoreboard":
        return "docs/scoreboard.md from the results at hand", None
    if name == "collapse":
        return "docs/collapse.md: the lesson on mode collapse", sum(map(cost, collapse.experiments().values()))
    if name in TABLES:
        return f"table: {TABLES[name].title}", sum(cost(EXPERIMENTS[row]) for row in TABLES[name].rows.values())
    if name in EXPERIMENTS:
        return EXPERIMENTS[name].title, cost(EXPERIMENTS[name])
    if name in MEASUREMENTS:
        return MEASUREMENTS[name].title, MEASUREMENTS[name].minutes
    if name.startswith("export-"):
        one = shipped.SHIPPED[name.removeprefix("export-")]
        return f"a bundle under exports/: {told(one.experiment)[0]}", EXPERIMENTS[one.experiment].minutes
    return "a judge", None


def cost(one: Experiment) -> float:
    """Minutes of all its seeds."""
    return one.minutes * len(one.seeds)


def run(name: str, seed: int | None = None) -> Path:
    """Make one result: train what is not trained yet, go on with what was killed, measure, write the JSON.

    Args:
        name: of ``names()``.
        seed: of experiments: this one alone, and what is recorded of the others stays; a table's rows that have no such
            seed are passed over.

    Returns:
        What was written under the current folder: ``benchmarks/results/<name>.json``, a judge's card, a page, or a bundle.

    Raises:
        UsageError: an unknown name or seed.
    """
    if name not in names():
        raise UsageError(f"There is no experiment '{name}'.{nearest(name, names())} There are {', '.join(names())}.")
    if seed is not None and name not in ("collapse", *TABLES, *EXPERIMENTS):
        raise UsageError(f"'{name}' has no seeds to choose from: leave --seed out.")
    from ganapps.reproduce import scoreboard

    if name == "scoreboard":
        return scoreboard.write()
    from ganapps.reproduce import record

    if name == "collapse":
        _rows(name, collapse.experiments(), seed)
        return collapse.write()
    if name in TABLES:
        _rows(name, TABLES[name].rows.values(), seed)
        return scoreboard.write()
    if name in EXPERIMENTS:
        return _experiment(name, seed)
    if name in MEASUREMENTS:
        return record.measure(name, MEASUREMENTS[name])
    if name.startswith("export-"):
        bundle = name.removeprefix("export-")
        _experiment(shipped.SHIPPED[bundle].experiment, 0)
        return shipped.export(bundle)
    return record.judge(name.removeprefix("judge-"))


def _rows(table: str, rows: Iterable[str], seed: int | None) -> None:
    """Reproduce a table's experiments, or those of them that have the seed."""
    having = [row for row in rows if seed is None or seed in EXPERIMENTS[row].seeds]
    if not having:
        raise UsageError(f"No experiment of '{table}' has a seed {seed}.")
    for row in having:
        _experiment(row, seed)


def _experiment(name: str, seed: int | None = None) -> Path:
    """Reproduce one, and before it the run that it begins with, where that is not at hand."""
    from ganapps.reproduce import record

    one = EXPERIMENTS[name]
    if one.after and not record.trained(one.after).exists():
        _experiment(one.after, 0)
    return record.reproduce(name, one, seed)
