"""Checks on the very bytes that are shipped. Each failure is a GanappsError with the file, the place and the number.

Gates, all measured on real inputs against the Keras network in float32:

===============  ======================================================================================================
float32, ONNX    the float output (the picture before its last cast, read through a twin of the file that ends there)
                 is within 1e-4 rms of the network's, on its scale of [-1, 1] (a vector: of its largest value, at least
                 1), no value is more than half a grey level away, and no pixel of the file itself more than 1. Not
                 1e-4 at the worst pixel: on a CycleGAN of 9 blocks at 256 pixels LiteRT is 7e-5 rms and 1e-3 at worst from
                 Keras, which itself is 2e-4 at worst from float64
float16          PSNR >= 50 dB. Rounding the weights to 11 bits moves a deep network by 1e-3 to 1e-2, so 1e-4 is out of
                 reach; 50 dB is 0.8 grey levels rms, below what an eye or a JPEG notices
int8, full       PSNR >= 35 dB, unless a metric decides (see choose.py); the same bytes on 1 and 2 threads, and on
                 average within 1 grey level between XNNPACK, which phones and browsers run, and the plain kernels
int8, dynamic    PSNR >= 25 dB, unless a metric decides; its result is not reproducible between kernels
===============  ======================================================================================================

PSNR is against 255 for pictures and against the range of the reference for vectors.
"""

from dataclasses import asdict, dataclass

import numpy as np
import onnx
import onnxruntime
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from ganapps.errors import GanappsError
from ganapps.export.convert import packed, unpacked
from ganapps.export.graph import HALF

FLOAT32_RMS, FLOAT32_MAX = 1e-4, 0.5 / HALF
FLOAT16_PSNR, FULL_PSNR, DYNAMIC_PSNR = 50.0, 35.0, 25.0
GREY_LEVELS = 1.0
Batch = dict[str, np.ndarray]
OPERATIONS = {code: name for name, code in vars(schema.BuiltinOperator).items() if isinstance(code, int)}


@dataclass(frozen=True)
class Difference:
    """How far an output is from the reference: in grey levels for pictures, in the output's units for vectors."""

    max_difference: float
    mean_difference: float
    psnr: float

    @classmethod
    def between(cls, reference: np.ndarray, output: np.ndarray) -> "Difference":
        """Of two outputs of the same shape; uint8 is a picture. NaN anywhere makes every number NaN."""
        peak = 255.0 if reference.dtype == np.uint8 else float(np.ptp(reference))
        error = output.astype(np.float64) - reference
        square = float(np.mean(error**2))
        psnr = float(10 * np.log10(peak**2 / square)) if square else np.inf
        return cls(float(np.abs(error).max()), float(np.abs(error).mean()), psnr)

    def record(self) -> dict[str, float | None]:
        """The numbers for the card; a PSNR of None means that the outputs are equal."""
        return {**asdict(self), "psnr": None if np.isinf(self.psnr) else self.psnr}


def operations(file: str, model: bytes) -> list[str]:
    """The operations of a .tflite, in order. Refuses custom and Flex operations, and tensors of a rank above 4."""
    content = schema.ModelT.InitFromPackedBuf(model, 0)
    names = []
    for part in content.subgraphs:
        for tensor in part.tensors:
            rank = 0 if tensor.shape is None else len(tensor.shape)
            if rank > 4:
                raise GanappsError(
                    f"{file}: the tensor '{tensor.name.decode()}' has rank {rank}, phones take at most 4; "
                    "write that layer with 4-D operations."
                )
        for operation in part.operators:
            code = content.operatorCodes[operation.opcodeIndex]
            names.append(OPERATIONS[code.builtinCode])
            if code.customCode is not None:
                custom = code.customCode.decode()
                raise GanappsError(f"{file}: the operation '{custom}' is not built into LiteRT; write it with others.")
    return names


def run_tflite(
    model: bytes, name: str, inputs: Batch, output: str, threads: int = 1, kernels: OpResolverType = OpResolverType.AUTO
) -> np.ndarray:
    """The outputs of a .tflite, one call for each item of the batch."""
    runner = Interpreter(
        model_content=model, num_threads=threads, experimental_op_resolver_type=kernels
    ).get_signature_runner(name)
    size = len(next(iter(inputs.values())))
    return np.concatenate([runner(**{k: v[i : i + 1] for k, v in inputs.items()})[output] for i in range(size)])


def run_onnx(model: onnx.ModelProto, inputs: Batch, output: str) -> np.ndarray:
    """The outputs of an ONNX model, the batch in one call."""
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run([output], inputs)[0]


def tflite_twin(model: bytes) -> bytes:
    """The same .tflite without its last cast: it gives the picture as float grey levels, plus the rounding half."""
    content = unpacked(model)
    part = content.subgraphs[0]
    cast = next(op for op in part.operators if part.outputs[0] in op.outputs)
    part.operators.remove(cast)
    part.outputs = [cast.inputs[0]]
    content.signatureDefs[0].outputs[0].tensorIndex = cast.inputs[0]
    return packed(content)


def onnx_twin(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same for ONNX: its last cast casts to float."""
    twin = onnx.ModelProto()
    twin.CopyFrom(model)
    cast = [node for node in twin.graph.node if node.op_type == "Cast"][-1]
    cast.attribute[0].i = onnx.TensorProto.FLOAT
    twin.graph.output[0].type.tensor_type.elem_type = onnx.TensorProto.FLOAT
    return twin


def check_float32(file: str, reference: np.ndarray, output: np.ndarray) -> dict[str, float]:
    """Refuse an output that is too far from the network's.

    Args:
        file: whose output it is.
        reference: what the network gives: a picture in [-1, 1], or a vector.
        output: on the reference's scale.

    Returns:
        The distance, rms and largest, on a scale of 1 (pictures) or the largest value, at least 1 (vectors).
    """
    error = (output.astype(np.float64) - reference) / max(1.0, float(np.abs(reference).max()))
    distance = {"rms": float(np.sqrt(np.mean(error**2))), "max": float(np.abs(error).max())}
    for measure, limit in (("rms", FLOAT32_RMS), ("max", FLOAT32_MAX)):
        if not distance[measure] <= limit:
            raise GanappsError(
                f"{file}: its output is {distance[measure]:.2g} ({measure}) from Keras, more than {limit:g}."
            )
    return distance


def from_twin(grey_levels: np.ndarray) -> np.ndarray:
    """A twin's float grey levels on the network's scale, [-1, 1]."""
    return (grey_levels - (HALF + 0.5)) / HALF


def check_psnr(file: str, difference: Difference, floor: float) -> None:
    """Refuse a file whose PSNR to Keras is below the floor, in dB."""
    if not difference.psnr >= floor:
        raise GanappsError(f"{file}: its PSNR to Keras is {difference.psnr:.1f} dB, below {floor:g} dB.")


def check_levels(file: str, difference: Difference) -> None:
    """Refuse float32 pictures that are more than one grey level from Keras' anywhere."""
    if not difference.max_difference <= GREY_LEVELS:
        raise GanappsError(f"{file}: a pixel is {difference.max_difference:g} grey levels from Keras, more than 1.")


def check_onnx(file: str, model: onnx.ModelProto) -> None:
    """Refuse a model that is not valid ONNX of the standard operators, naming the operators at fault."""
    unknown = {node.op_type for node in model.graph.node if not onnx.defs.has(node.op_type, domain=node.domain)}
    if unknown:
        raise GanappsError(f"{file}: ONNX has no operator {', '.join(sorted(unknown))}; write that layer with others.")
    onnx.checker.check_model(model, full_check=True)


def apart(model: bytes, name: str, inputs: Batch, output: str) -> dict[str, float]:
    """How far two runs of one .tflite are apart, in grey levels (a vector: in 255ths of its range).

    Returns:
        ``threads``: the largest difference between 1 and 2 threads; ``kernels_max`` and ``kernels_mean``: between
        XNNPACK and the plain kernels.
    """
    fast = run_tflite(model, name, inputs, output)
    plain = run_tflite(model, name, inputs, output, kernels=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
    threads = Difference.between(fast, run_tflite(model, name, inputs, output, threads=2))
    kernels = Difference.between(fast, plain)
    level = 1.0 if fast.dtype == np.uint8 else float(np.ptp(fast)) / 255
    return {
        "threads": threads.max_difference / level,
        "kernels_max": kernels.max_difference / level,
        "kernels_mean": kernels.mean_difference / level,
    }
