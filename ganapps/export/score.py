"""How each file of a bundle is scored: on held-out data of its run."""

from functools import partial
from typing import Any

import numpy as np

from ganapps.attributes import chosen
from ganapps.data import catalogue
from ganapps.data.pipeline import arrays
from ganapps.edge import Runner
from ganapps.engine.signature import Signature
from ganapps.evaluate.runner import evaluate
from ganapps.export.choose import Metric

JUDGED = ("digits", "mnist", "fashion_mnist", "faces")
SAMPLES = 500
PAIRS = 32
EDITS = 128
READ = 500


def file_metric(settings: Any, signature: Signature) -> Metric | None:
    """How each file is scored: samples by FID on the data set's judge, pictures out of pictures by L1 to the truth,
    enlarged pictures by PSNR, edited ones by the share of attributes that are as asked for, what is read off pictures by
    the share that is right.

    None where neither can be had: points, pictures out of pictures and noise, data without pairs or without a judge.
    """
    if signature.output_kind != "image":
        return _read(settings, signature) if signature.classes else None
    if signature.name == "upscale":
        name = "psnr-y" if signature.inputs["image"].shape[-1] == 3 else "psnr"
        told = f"{'PSNR of luma' if name == 'psnr-y' else 'PSNR'} in dB, held-out pictures, {PAIRS} at most"
        return Metric(told, partial(_enlarged, settings.data, name), "higher", slack=0.01)
    if any(spec.kind == "attributes" for spec in signature.inputs.values()):
        return _as_asked(settings)
    if any(spec.kind == "image" for spec in signature.inputs.values()):
        return _distance(settings, signature) if list(signature.inputs) == ["image"] else None
    if settings.data.split(":")[0] not in JUDGED:
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


def _read(settings: Any, signature: Signature) -> Metric | None:
    shape = signature.inputs["image"].shape
    test = catalogue.open(settings.data, split="test", resolution=shape[0], channels=shape[-1])
    rows = arrays(test, READ, seed=0)
    if "dataset_id" in rows:  # pictures of another set, whose attributes nobody wrote down
        return None
    given = np.round((rows["image"] + 1.0) * 127.5).astype("uint8")
    holds = chosen(rows["attributes"], test.info.attributes, signature.classes) > 0.5

    def right(runner: Runner) -> float:
        return float(((runner.run(image=given) > 0.5) == holds).mean())

    return Metric(f"share of attributes read right, {len(given)} held-out pictures", right, "higher", slack=0.02)


def _distance(settings: Any, signature: Signature) -> Metric | None:
    shape = signature.inputs["image"].shape
    test = catalogue.open(settings.data, split="test", resolution=shape[0], channels=shape[-1])
    if len(test.streams) > 1:
        return None
    pairs = arrays(test, PAIRS, seed=0)
    given, wanted = pairs[field_of(signature)], pairs[field_of(signature, end=-1)]
    given = np.round((given + 1.0) * 127.5).astype("uint8")

    def l1(runner: Runner) -> float:
        made = runner.run(image=given).astype("float32") / 127.5 - 1.0
        return float(np.abs(made - wanted).mean())

    return Metric(f"L1 to the truth in [-1, 1], {len(given)} held-out pictures", l1, "lower", slack=0.02)


def field_of(signature: Signature, other: str = "image", end: int = 0) -> str:
    """The batch field at one end of ``a_to_b``; an encoder reads, and a reconstruction resembles, the ``other``."""
    return signature.name.split("_to_")[end] if "_to_" in signature.name else other
