"""int8 files made from the float32 .tflite, by post-training quantisation (per channel weights, min-max ranges).

``dynamic``: weights are int8, activations stay float and are quantised on the fly; small, faithful, but the result
depends on the kernels. ``full``: activations are int8 too, with ranges seen on real inputs; only the scaling from and
to grey levels, and operations that have no int8 kernel, stay float. Both take and give what the float32 file does: a
picture is uint8 at both ends (int8 ends cannot be loaded in a browser).
"""

import contextlib
import io
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from unittest import mock

import numpy as np
from ai_edge_quantizer import calibrator, qtyping, quantizer, recipe, recipe_manager
from ai_edge_quantizer.algorithm_manager import AlgorithmName
from ai_edge_quantizer.algorithms.uniform_quantize import uniform_quantize_tensor
from ai_edge_quantizer.utils import qsv_utils

from ganapps.errors import GanappsError
from ganapps.export.graph import FROM_GREY, TO_GREY

SLICE = 2**24  # bytes
_quantize = uniform_quantize_tensor.uniform_quantize
Operation = qtyping.TFLOperationName


def dynamic(float32: bytes) -> bytes:
    """int8 weights, float arithmetic."""
    work = quantizer.Quantizer(float32)
    work.load_quantization_recipe(recipe.dynamic_wi8_afp32())
    return _quantised(work, None)


def full(float32: bytes, name: str, samples: Iterable[Mapping[str, np.ndarray]]) -> bytes:
    """int8 weights and activations.

    Args:
        float32: the float32 .tflite.
        name: its signature.
        samples: real inputs of batch 1, as the .tflite takes them. Ranges are the extremes over all of them: the
            quantizer's default, a moving average, clips the strong activations and was 4 dB worse on a DCGAN.
    """
    seen = [dict(sample) for sample in samples]
    if not seen:
        raise GanappsError("int8 needs real inputs for its ranges, and got none; give some, or export without int8.")
    work = quantizer.Quantizer(float32)
    work.load_quantization_recipe(recipe.static_wi8_ai8())
    for scope, operation in (
        (f".*({FROM_GREY}|{TO_GREY}).*", Operation.ALL_SUPPORTED),
        (".*", Operation.INPUT),
        (".*", Operation.OUTPUT),
    ):
        work.update_quantization_recipe(scope, operation, algorithm_key=AlgorithmName.NO_QUANTIZE)
    manager = recipe_manager.RecipeManager()
    manager.load_quantization_recipe(work.get_quantization_recipe())
    with _quiet():
        ranges = calibrator.Calibrator(float32, num_threads=2, qsv_update_func=qsv_utils.min_max_update)
        ranges.calibrate({name: seen}, manager)
    return _quantised(work, ranges.get_model_qsvs())


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Without the quantizer's progress bars and its warning that calibration keeps all tensors."""
    with contextlib.redirect_stderr(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


def _quantised(work: quantizer.Quantizer, ranges: dict | None) -> bytes:
    with _quiet(), mock.patch.object(uniform_quantize_tensor, "uniform_quantize", _in_slices):
        return bytes(work.quantize(ranges, enable_progress_report=False).quantized_model)


def _in_slices(weights: np.ndarray, ranges: Any, *rest: Any) -> np.ndarray:
    """Quantise convolution weights a few output channels at a time.

    The quantizer's own way for tensors above 32 MiB fails for those with one scale per output channel and four axes,
    which DCGAN's first transposed convolution has.
    """
    if weights.ndim != 4 or ranges.quantized_dimension != 0:
        return _quantize(weights, ranges, *rest)
    step = max(1, SLICE // (weights.nbytes // len(weights)))
    parts = [slice(i, i + step) for i in range(0, len(weights), step)]
    return np.concatenate(
        [
            _quantize(
                weights[part], replace(ranges, scale=ranges.scale[part], zero_point=ranges.zero_point[part]), *rest
            )
            for part in parts
        ]
    )
