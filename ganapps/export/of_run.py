"""Export a run: beside its networks that takes real inputs, a score for every file, and the facts for the card."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ganapps import registry
from ganapps.attributes import chosen
from ganapps.data import catalogue
from ganapps.data.pipeline import arrays
from ganapps.edge import PRECISIONS
from ganapps.engine.inference import draw_inputs
from ganapps.engine.run import RunFolder, load
from ganapps.engine.signature import Signature
from ganapps.errors import UsageError
from ganapps.export.bundle import export
from ganapps.export.card import Facts
from ganapps.export.score import field_of, file_metric

INPUTS = 72  # 8 to compare with Keras, the rest to calibrate int8


def export_run(
    run: str | Path,
    signature: str | None = None,
    out: str | Path | None = None,
    words: dict[str, Any] | None = None,
    precisions: Iterable[str] = PRECISIONS,
    onnx: bool = True,
) -> list[Path]:
    """Write an edge bundle for each signature of a run's model, checked against Keras and scored on held-out data.

    Args:
        run: the run folder.
        signature: only this one.
        out: the bundle's folder; by default ``RUN/export``, with a folder a signature where there are several.
        words: fields of `Facts` (name, title, description, limits) that somebody wrote better than the run can.
        precisions, onnx: which files, as in `export`.

    Returns:
        The bundles' folders.

    Raises:
        UsageError: the model has no such signature, or ``out`` is one folder for several bundles.
        GanappsError: a file that does not hold what it promises; nothing is left behind then.
    """
    folder = RunFolder.open(Path(run))
    offered = {name: one for name, one in load(run).signatures().items() if one.portable}
    if signature is not None and signature not in offered:
        near = registry.nearest(signature, offered)
        raise UsageError(f"{run} has no signature '{signature}' that a file holds.{near} It has {', '.join(offered)}.")
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
            precisions=precisions,
            onnx=onnx,
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
        given = {name: rows[name if name in rows and name != "image" else field_of(signature, whole)] for name in real}
        for name, spec in real.items():
            if spec.kind == "attributes":
                given[name] = chosen(given[name], source.info.attributes, spec.classes)
    count = min((len(values) for values in given.values()), default=INPUTS)  # small data have fewer
    inputs = draw_inputs(replace(signature, inputs=others), count, settings.seed) | given
    return {name: inputs[name] for name in signature.inputs}


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
            "precision": settings.precision,
            "seed": settings.seed,
            "minutes": round(rows[-1]["seconds"] / 60, 1) if rows else None,
            "versions": settings.versions,
            "command": settings.command,
        },
        data={"name": data.name, "licence": data.licence, "credit": data.credit} | spec,
        limits=f"Knows nothing but its training data ({data.title}); outputs may repeat or blur what was there.",
        palettes={"image": data.palettes[field_of(signature)]} if field_of(signature) in data.palettes else {},
    )
