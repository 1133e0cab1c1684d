"""What exporting a run needs beside the network: real inputs, a score for every file, and the facts for the card."""

from typing import Any

import numpy as np

from ganapps import registry
from ganapps.data import catalogue
from ganapps.data.pipeline import arrays
from ganapps.edge import Runner
from ganapps.engine.inference import draw_inputs
from ganapps.engine.run import RunFolder
from ganapps.engine.signature import Signature
from ganapps.evaluate.runner import evaluate
from ganapps.export.card import Facts
from ganapps.export.choose import Metric

INPUTS = 72  # 8 to compare with Keras, the rest to calibrate int8
SAMPLES = 500
PAIRS = 32


def real_inputs(settings: Any, signature: Signature) -> dict[str, np.ndarray]:
    """Inputs as the network meets them: latents from their prior, pictures from the data (``a_to_b`` reads field a)."""
    if not any(spec.kind == "image" for spec in signature.inputs.values()):
        return draw_inputs(signature, INPUTS, settings.seed)
    ((name, spec),) = signature.inputs.items()
    source = catalogue.open(settings.data, split="train", resolution=spec.shape[0], channels=spec.shape[-1])
    return {name: arrays(source, INPUTS, seed=settings.seed)[_field(signature)]}


def file_metric(settings: Any, signature: Signature) -> Metric | None:
    """How each file is scored: samples by FID on the data set's judge, translations by L1 to the hidden pair.

    None where neither can be had: points, and data without pairs or without a judge.
    """
    if signature.output_kind != "image":
        return None
    if "_to_" in signature.name:
        return _distance(settings, signature)
    if settings.data.split(":")[0] not in ("digits", "mnist", "fashion_mnist"):
        return None

    def fid(runner: Runner) -> float:
        return evaluate(runner.sample(SAMPLES, seed=0), against=settings.data, metrics=["fid"], n=SAMPLES)["fid"].value

    return Metric(f"FID on the judge's features, {SAMPLES} samples", fid, "lower", slack=0.05)


def _distance(settings: Any, signature: Signature) -> Metric | None:
    shape = signature.inputs["image"].shape
    test = catalogue.open(settings.data, split="test", resolution=shape[0], channels=shape[-1])
    if len(test.streams) > 1:
        return None
    pairs = arrays(test, PAIRS, seed=0)
    given, wanted = pairs[_field(signature)], pairs[signature.name.split("_to_")[1]]
    given = np.round((given + 1.0) * 127.5).astype("uint8")

    def l1(runner: Runner) -> float:
        made = runner.run(image=given).astype("float32") / 127.5 - 1.0
        return float(np.abs(made - wanted).mean())

    return Metric(f"L1 to the hidden pair in [-1, 1], {len(given)} held-out pictures", l1, "lower", slack=0.02)


def _field(signature: Signature) -> str:
    return signature.name.split("_to_")[0]


def recipe(run: RunFolder, signature: str) -> Facts:
    """What the card says of model, training and data."""
    settings, entry, data = run.settings, registry.get(run.settings.model), catalogue.describe(run.settings.data)
    rows = run.rows()
    return Facts(
        name=f"{settings.model}-{data.name}" + ("" if signature == "sample" else f"-{signature}"),
        model=settings.model,
        title=f"{entry.title} trained on {data.title}",
        description=entry.summary,
        training={
            "paper": f"arXiv {entry.paper}",
            "steps": settings.steps,
            "batch_size": settings.batch_size,
            "preset": settings.preset,
            "config": settings.config,
            "ema": settings.ema,
            "seed": settings.seed,
            "minutes": round(rows[-1]["seconds"] / 60, 1) if rows else None,
            "versions": settings.versions,
            "command": settings.command,
        },
        data={"name": data.name, "licence": data.licence, "credit": data.credit},
        limits=f"Knows nothing but its training data ({data.title}); outputs may repeat or blur what was there.",
    )
