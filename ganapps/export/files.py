"""Makes each file of a bundle and holds it against the Keras network: its bytes, and its record for the card."""

import tempfile
from collections.abc import Iterable
from typing import Any

import numpy as np

from ganapps.export import choose, convert, quantise, verify
from ganapps.export.choose import Metric
from ganapps.export.subject import Batch, Subject, items, keras_output

Files = dict[str, tuple[bytes, dict[str, Any]]]


def tflite_files(
    subject: Subject, calibration: Iterable[Batch], precisions: Iterable[str], metric: Metric | None
) -> Files:
    """The .tflite files asked for, each checked and scored.

    Args:
        subject: what is exported.
        calibration: real inputs of batch 1 as the bundle takes them: the ranges of full int8.
        precisions: among "float32", "float16", "int8".
        metric: scores the files and decides between the int8 candidates, when given.
    """
    name = subject.signature.name
    models: dict[str, bytes] = {}
    records: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        convert.save(subject.signature, subject.shapes, folder)
        models["float32"] = convert.to_tflite(folder, name)
        records["float32"] = _check_float32(subject, models["float32"])
        base = records["float32"]["score"] = _score(subject, metric, "model_float32.tflite", models["float32"])
        if "float16" in precisions:
            models["float16"] = convert.to_tflite(folder, name, float16=True)
            records["float16"] = _check_float16(subject, models["float16"])
            records["float16"]["score"] = _score(subject, metric, "model_float16.tflite", models["float16"])
    if "int8" in precisions:
        full = quantise.full(models["float32"], name, calibration)
        dynamic = quantise.dynamic(models["float32"])
        models["int8"], records["int8"] = choose.int8(full, dynamic, subject, metric, base)
    files: Files = {}
    for precision in precisions:
        file, model = f"model_{precision}.tflite", convert.with_note(models[precision], subject.card.note())
        verify.operations(file, model)
        difference = verify.Difference.between(subject.shown, _run(subject, model))
        if precision == "float32" and subject.is_image:
            verify.check_levels(file, difference)
        head = {"precision": precision, "runtime": "litert", **difference.record()}
        files[file] = model, head | records[precision]
    return files


def onnx_file(subject: Subject, metric: Metric | None) -> tuple[bytes, dict[str, Any]]:
    """model.onnx, checked on one item, on all in one batch, and on wider pictures where the width is open."""
    file, output = "model.onnx", subject.signature.output
    model = convert.to_onnx(subject.signature)
    verify.check_onnx(file, model)
    cases = [(subject.real, subject.truth), (next(items(subject.real)), subject.truth[:1])]
    if any(None in spec.shape for spec in subject.signature.inputs.values()):
        item = next(items(subject.real))
        wide = {
            key: np.concatenate([array, array], axis=2) if spec.kind == "image" else array
            for (key, array), spec in zip(item.items(), subject.signature.inputs.values(), strict=True)
        }
        cases.append((wide, keras_output(subject.signature, wide)))
    twin = verify.onnx_twin(model) if subject.is_image else model
    distances = []
    for inputs, truth in cases:
        given = verify.run_onnx(twin, inputs, output)
        distances.append(verify.check_float32(file, truth, verify.from_twin(given) if subject.is_image else given))
    difference = verify.Difference.between(subject.shown, verify.run_onnx(model, subject.real, output))
    if subject.is_image:
        verify.check_levels(file, difference)
    content = convert.onnx_with_note(model, subject.card.note())
    return content, {
        "precision": "float32",
        "runtime": "onnx",
        **difference.record(),
        "network_difference": distances[0],
        "score": _score(subject, metric, file, content),
        "dynamic": convert.open_dims(model),
    }


def _score(subject: Subject, metric: Metric | None, file: str, model: bytes) -> float | None:
    return None if metric is None else metric.of(subject, file, model)


def _run(subject: Subject, model: bytes) -> np.ndarray:
    return verify.run_tflite(model, subject.signature.name, subject.real, subject.signature.output)


def _check_float32(subject: Subject, model: bytes) -> dict[str, Any]:
    file = "model_float32.tflite"
    verify.operations(file, model)
    output = verify.from_twin(_run(subject, verify.tflite_twin(model))) if subject.is_image else _run(subject, model)
    return {"network_difference": verify.check_float32(file, subject.truth, output)}


def _check_float16(subject: Subject, model: bytes) -> dict[str, Any]:
    difference = verify.Difference.between(subject.shown, _run(subject, model))
    verify.check_psnr("model_float16.tflite", difference, verify.FLOAT16_PSNR)
    return {}
