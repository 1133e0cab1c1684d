"""A signature's graph as .tflite and ONNX bytes, the same bytes for the same weights, with a note of what they hold."""

import json
import re
from collections.abc import Mapping
from typing import Any

import flatbuffers
import keras
import numpy as np
import onnx
import tensorflow as tf
import tf2onnx
from ai_edge_litert import schema_py_generated as schema
from tensorflow.lite.python.convert import ConverterError

from ganapps.engine.signature import Signature
from ganapps.errors import GanappsError
from ganapps.export import graph
from ganapps.export.canonical import canonical

OPSET = 18
NOTE = "ganapps"


def save(signature: Signature, shapes: Mapping[str, tuple[int, ...]], folder: str) -> None:
    """Trace the graph into a SavedModel folder for to_tflite.

    Args:
        signature: its network computes in float32 (graph.in_float32).
        shapes: the static shape of every input, without the batch, which is 1.
        folder: an empty folder.
    """
    archive = keras.export.ExportArchive()
    archive.track(signature.network)
    specs = graph.specs(signature, shapes, batch=1)
    archive.add_endpoint(signature.name, graph.endpoint(signature), input_signature=specs)
    archive.write_out(folder, verbose=False)


def to_tflite(folder: str, name: str, float16: bool = False) -> bytes:
    """A SavedModel's signature as .tflite of builtin operations, with float32 or float16 weights.

    The arithmetic is float32 in both. Raises GanappsError when LiteRT lacks an operation, and names it.
    """
    converter = tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=[name])
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    if float16:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_types = [tf.float16]
    try:
        return converter.convert()
    except ConverterError as error:
        missing = re.findall(r"^(?:TF Select|Custom) ops: (.+)$", str(error), re.MULTILINE)
        if not missing:
            raise
        raise GanappsError(
            f"LiteRT has no operation {', '.join(dict.fromkeys(missing))}, which '{name}' uses; "
            "write the layer with others, and make randomness an input."
        ) from error


def to_onnx(signature: Signature) -> onnx.ModelProto:
    """The graph in ONNX with a dynamic batch, and a dynamic size where the signature's shapes leave it open.

    tf2onnx only logs the operations it has no word for: verify.check_onnx has to follow.
    """
    specs = graph.specs(signature, {name: spec.shape for name, spec in signature.inputs.items()}, batch=None)
    function = tf.function(graph.endpoint(signature), input_signature=specs)
    model, _ = tf2onnx.convert.from_function(function, input_signature=specs, opset=OPSET)
    # tf2onnx makes an input of each constant that a layer made outside its call.
    for outside, inside in function.get_concrete_function().graph.captures:
        for value in [value for value in model.graph.input if value.name == inside.name]:
            model.graph.input.remove(value)
            model.graph.initializer.append(onnx.numpy_helper.from_array(outside.numpy(), inside.name))
    canonical(model, signature.scale)
    return model


def with_note(model: bytes, note: dict[str, Any]) -> bytes:
    """The .tflite with a JSON note in its metadata, under the name ``ganapps``."""
    content = unpacked(model)
    content.buffers.append(schema.BufferT(data=list(json.dumps(note).encode())))
    content.metadata.append(schema.MetadataT(name=NOTE, buffer=len(content.buffers) - 1))
    return packed(content)


def onnx_with_note(model: onnx.ModelProto, note: dict[str, Any]) -> bytes:
    """The ONNX file with the same note in its properties."""
    onnx.helper.set_model_props(model, {NOTE: json.dumps(note)})
    return model.SerializeToString(deterministic=True)


def open_dims(model: onnx.ModelProto) -> list[str]:
    """The names of the dimensions that the inputs leave open."""
    dims = [dim.dim_param for value in model.graph.input for dim in value.type.tensor_type.shape.dim]
    return [name for name in dict.fromkeys(dims) if name]


def unpacked(model: bytes) -> schema.ModelT:
    """A .tflite as objects, with all weights in its buffers: the quantizer appends large ones to the file's end."""
    content = schema.ModelT.InitFromPackedBuf(model, 0)
    for buffer in content.buffers:
        if buffer.offset > 1:
            buffer.data = np.frombuffer(model, np.uint8, buffer.size, buffer.offset)
            buffer.offset = buffer.size = 0
    return content


def packed(content: schema.ModelT) -> bytes:
    """The bytes of a .tflite given as objects."""
    builder = flatbuffers.Builder(1024)
    builder.Finish(content.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())
