"""Export a run: beside its networks that takes real inputs, a score for every file, and the facts for the card."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ganapps import registry
from ganapps.attributes import chosen
from ganapps.data import catalogue
from ganapps.data.pipeline import arrays
from ganapps.edge import Runner
from ganapps.engine.inference import draw_inputs
from ganapps.engine.run import RunFolder, load
from ganapps.engine.signature import Signature
from ganapps.errors import UsageError
from ganapps.evaluate.runner import evaluate
from ganapps.export.bundle import export
from ganapps.export.card import Facts
from ganapps.export.choose import Metric

INPUTS = 72  # 8 to compare with Keras, the rest to calibrate int8
SAMPLES = 500
PAIRS = 32
EDITS = 128


def export_run(
    run: str | Path, signature: str | None = None, out: str | Path | None = None, words: dict[str, Any] | None = None
) -> list[Path]:
    """Write an edge bundle for each signature of a run's model, checked against Keras and scored on held-out data.

    Args:
        run: the run folder.
        signature: only this one.
        out: the bundle's folder; by default ``RUN/export``, with a folder a signature where there are several.
        words: fields of `Facts` (name, title, description, limits) that somebody wrote better than the run can.

    Returns:
        The bundles' folders.

    Raises:
        UsageError: the model has no such signature, or ``out`` is one folder for several bundles.
        GanappsError: a file that does not hold what it promises; nothing is left behind then.
    """
    folder = RunFolder.open(Path(run))
    offered = {name: one for name, one in load(run).signatures().items() if one.portable}
    if signature is not None and signature not in offered:
        raise UsageError(
            f"{run} has no signature '{signature}'.{registry.nearest(signature, offered)} It has {', '.join(offered)}."
        )
    chosen = [signature] if signature else list(offered)
    if out is not None and len(chosen) > 1:
        raise UsageError(f"{run} has several signatures ({', '.join(chosen)}): name one with --signature beside --out.")
    base = Path(run) / "export"
    bundles = []
    for name in chosen:
        path = Path(out) if out is not None else base / name if len(offered) > 1 else base
        inputs = real_inputs(folder.settings, offered[name])
        reference = {key: value[:8] for key, value in inputs.items()}
        calibration = [{key: value[8:] for key, value in inputs.items()}]
        export(
            offered[name],
            path,
            facts=replace(recipe(folder, offered[name]), **(words or {})),
            calibration=calibration,
            reference=reference,
            metric=file_metric(folder.settings, offered[name]),
        )
        bundles.append(path)
    return bundles


def real_inputs(settings: Any, signature: Signature) -> dict[str, np.ndarray]:
    """Inputs as the network meets them: pictures (``a_to_b`` reads field a) and attributes from the data, the rest drawn."""
    real = {name: spec for name, spec in signature.inputs.items() if spec.kind in ("image", "attributes")}
    others = {name: spec for name, spec in signature.inputs.items() if name not in real}
    given: dict[str, np.ndarray] = {}
    if real:
        pictures = (spec.shape for spec in real.values() if spec.kind == "image")
        shape = next(pictures, signature.network.output_shape[1:])
        # What takes any size is given pictures as large as the files of fixed size take.
        source = catalogue.open(settings.data, split="train", resolution=shape[0] or signature.tile, channels=shape[-1])
        rows = arrays(source, INPUTS, seed=settings.seed)
        whole = "image" if "image" in rows else "a"
        given = {name: rows[name if name in rows and name != "image" else _field(signature, whole)] for name in real}
        for name, spec in real.items():
            if spec.kind == "attributes":
                given[name] = chosen(given[name], source.info.attributes, spec.classes)
    count = min((len(values) for values in given.values()), default=INPUTS)  # small data have fewer
    inputs = draw_inputs(replace(signature, inputs=others), count, settings.seed) | given
    return {name: inputs[name] for name in signature.inputs}


def file_metric(settings: Any, signature: Signature) -> Metric | None:
    """How each file is scored: samples by FID on the data set's judge, pictures out of pictures by L1 to the truth,
    enlarged pictures by PSNR, edited ones by the share of attributes that are as asked for.

    None where neither can be had: points, pictures out of pictures and noise, data without pairs or without a judge.
    """
    if signature.output_kind != "image":
        return None
    if signature.name == "upscale":
        name = "psnr-y" if signature.inputs["image"].shape[-1] == 3 else "psnr"
        told = f"{'PSNR of luma' if name == 'psnr-y' else 'PSNR'} in dB, {PAIRS} held-out pictures"
        return Metric(told, partial(_enlarged, settings.data, name), "higher", slack=0.01)
    if any(spec.kind == "attributes" for spec in signature.inputs.values()):
        return _as_asked(settings)
    if any(spec.kind == "image" for spec in signature.inputs.values()):
        return _distance(settings, signature) if list(signature.inputs) == ["image"] else None
    if settings.data.split(":")[0] not in ("digits", "mnist", "fashion_mnist"):
        return None

    def fid(runner: Runner) -> float:
        return evaluate(runner.sample(SAMPLES, seed=0), against=settings.data, metrics=["fid"], n=SAMPLES)["fid"].value

    return Metric(f"FID on the judge's features, {SAMPLES} samples", fid, "lower", slack=0.02)


def _enlarged(data: str, metric: str, runner: Runner) -> float:
    return evaluate(runner, against=data, metrics=[metric], n=PAIRS)[metric].value


def _as_asked(settings: Any) -> Metric | None:
    """What the judge of the faces sees of what was asked for, where the data know all that it knows."""
    if catalogue.describe(settings.data).attributes != catalogue.describe("faces").attributes:
        return None
    name = "attribute-accuracy"

    def accuracy(runner: Runner) -> float:
        return evaluate(runner, against=settings.data, metrics=[name], n=EDITS)[name].value

    return Metric(f"share of attributes that a judge finds as asked for, {EDITS} pictures", accuracy, "higher", 0.02)


def _distance(settings: Any, signature: Signature) -> Metric | None:
    shape = signature.inputs["image"].shape
    test = catalogue.open(settings.data, split="test", resolution=shape[0], channels=shape[-1])
    if len(test.streams) > 1:
        return None
    pairs = arrays(test, PAIRS, seed=0)
    given, wanted = pairs[_field(signature)], pairs[_field(signature, end=-1)]
    given = np.round((given + 1.0) * 127.5).astype("uint8")

    def l1(runner: Runner) -> float:
        made = runner.run(image=given).astype("float32") / 127.5 - 1.0
        return float(np.abs(made - wanted).mean())

    return Metric(f"L1 to the truth in [-1, 1], {len(given)} held-out pictures", l1, "lower", slack=0.02)


def _field(signature: Signature, other: str = "image", end: int = 0) -> str:
    """The batch field at one end of ``a_to_b``; an encoder reads, and a reconstruction resembles, the ``other``."""
    return signature.name.split("_to_")[end] if "_to_" in signature.name else other


def recipe(run: RunFolder, signature: Signature) -> Facts:
    """What the card says of model, training and data."""
    settings, entry, data = run.settings, registry.get(run.settings.model), catalogue.describe(run.settings.data)
    rows = run.rows()
    # A folder's path is nobody's business but the owner's; the name of a data set lets `evaluate` find it again.
    private = "folder:" in settings.data or "path=" in settings.data
    spec = {} if private else {"spec": settings.data}
    return Facts(
        name=f"{settings.model}-{data.name}" + ("" if signature.name == "sample" else f"-{signature.name}"),
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
        data={"name": data.name, "licence": data.licence, "credit": data.credit} | spec,
        limits=f"Knows nothing but its training data ({data.title}); outputs may repeat or blur what was there.",
        palettes={"image": data.palettes[_field(signature)]} if _field(signature) in data.palettes else {},
    )
