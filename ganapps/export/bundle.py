"""Writes an edge bundle: converts, checks, measures, describes, and only then puts the folder in its place."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path

import keras
import numpy as np

from ganapps.edge import PRECISIONS, Bundle
from ganapps.engine.files import write_atomic, write_text
from ganapps.engine.signature import Signature
from ganapps.errors import GanappsError
from ganapps.export import graph, latency
from ganapps.export.card import Card, Facts
from ganapps.export.choose import Metric
from ganapps.export.files import Files, onnx_file, tflite_files
from ganapps.export.subject import Batch, Subject, items
from ganapps.export.verify import FLOAT32_MAX, Difference


def export(
    signature: Signature,
    folder: str | Path,
    *,
    facts: Facts,
    calibration: Iterable[Batch],
    reference: Batch,
    precisions: Iterable[str] = PRECISIONS,
    onnx: bool = True,
    metric: Metric | None = None,
) -> Card:
    """Write a signature as an edge bundle and return its card.

    Pictures are uint8 in [0, 255] at both ends, scaling is inside. The .tflite files have batch 1 and the static shapes
    of ``reference``; the ONNX file keeps the batch, and the sizes that the signature leaves open, dynamic. The folder
    appears whole or not at all; a bundle that was there before stays until then.

    Args:
        signature: a trained network; one in mixed precision is exported in float32.
        folder: where the bundle goes: new, empty, or a bundle to replace.
        facts: what the card says and no file can tell.
        calibration: batches of real inputs as the network takes them (pictures float32 in [-1, 1], of the reference's
            size, any batch size): the ranges of full int8. 30 to 100 items are enough.
        reference: one batch of real inputs, others than the calibration's, to compare each file with Keras.
        precisions: of the .tflite files: "float32", "float16", "int8".
        onnx: whether to write model.onnx as well.
        metric: scores each file, and decides between full and dynamic-range int8.

    Raises:
        GanappsError: an operation that LiteRT or ONNX lacks, a tensor of rank 5, a file that is too far from Keras
            (the gates stand in verify.py), or a folder that holds something else.
    """
    folder, wanted = Path(folder).absolute(), tuple(precisions)
    if keras.backend.backend() != "tensorflow":
        raise GanappsError("Only the TensorFlow backend exports; run again with KERAS_BACKEND=tensorflow.")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / "card.json").is_file():
        raise GanappsError(f"'{folder}' holds other files and no bundle; give a new folder.")
    for precision in set(wanted) - set(PRECISIONS):
        raise GanappsError(f"There is no precision '{precision}', only {', '.join(PRECISIONS)}.")
    work = folder.with_name(f".{folder.name}.{os.getpid()}")
    try:
        subject = Subject.of(signature, facts, reference)
        samples = (item for batch in calibration for item in items(graph.at_the_edge(subject.signature, batch)))
        files = tflite_files(subject, samples, wanted, metric)
        if onnx:
            files["model.onnx"] = onnx_file(subject, metric)
        card = _write(work, subject, files, metric)
        _put_in_place(work, folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return card


def _write(work: Path, subject: Subject, files: Files, metric: Metric | None) -> Card:
    """Write the files, read them back as a user would, measure them, and write the card that says so."""
    for name, (content, record) in files.items():
        write_atomic(work / name, partial(Path.write_bytes, data=content))
        record |= {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    described = {"name": metric.name, "better": metric.better, "slack": metric.slack} if metric else {}
    card = replace(subject.card, metric=described, files={name: record for name, (_, record) in files.items()})
    _write_card(work, card)
    bundle = Bundle(work)
    slack = 1 if subject.is_image else FLOAT32_MAX * max(1.0, float(np.abs(subject.shown).max()))
    for name, record in card.files.items():
        output = bundle.run(record["precision"], record["runtime"], **subject.real)
        if not Difference.between(subject.shown, output).max_difference <= record["max_difference"] + slack:
            raise GanappsError(f"{name}: it gives other outputs when read back from the disk.")
    for name, medians in latency.measure(work).items():
        card.files[name]["latency_ms"] = medians
    card = replace(card, machine=latency.machine())
    _write_card(work, card)
    write_text(work / "README.md", card.readme())
    return card


def _write_card(folder: Path, card: Card) -> None:
    text = json.dumps(card.as_dict(), indent=2, ensure_ascii=False, allow_nan=False)
    write_text(folder / "card.json", text + "\n")


def _put_in_place(work: Path, folder: Path) -> None:
    old = folder.with_name(f".{folder.name}.{os.getpid()}.old")
    if folder.exists():
        folder.rename(old)
    try:
        work.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)
