"""The graph that a phone runs: uint8 pictures and plain numbers in, a uint8 picture or a vector out.

The network itself takes and gives float32 pictures in [-1, 1]; the scaling from and to grey levels is part of the
graph, so that an app never has to know it.
"""

from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from ganapps.engine.signature import Signature
from ganapps.errors import GanappsError

HALF = 127.5
# Operations under these scopes keep float arithmetic in the int8 file: quantising them again would only lose levels.
FROM_GREY, TO_GREY = "from_grey", "to_grey"


def in_float32(network: keras.Model) -> keras.Model:
    """The network itself, or its float32 copy when it was trained in mixed precision, which no converter takes."""
    config = network.get_config()
    plain = _in_float32(config)
    if plain == config:
        return network
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float32")  # for the layers that other layers build inside themselves
    try:
        copy = type(network).from_config(plain)
    finally:
        keras.config.set_dtype_policy(policy)
    copy.set_weights(network.get_weights())
    return copy


def _in_float32(config: Any) -> Any:
    if isinstance(config, dict):
        if config.get("class_name") == "DTypePolicy":
            return {**config, "config": {**config["config"], "name": "float32"}}
        return {key: _in_float32(value) for key, value in config.items()}
    if isinstance(config, list | tuple):
        return type(config)(_in_float32(value) for value in config)
    return config


def at_the_edge(signature: Signature, inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """A batch of the network's inputs as the bundle takes them: pictures in [-1, 1] become uint8 in [0, 255]."""
    missing = signature.inputs.keys() - inputs.keys()
    if missing:
        raise GanappsError(f"The real inputs for '{signature.name}' lack {', '.join(sorted(missing))}.")
    return {
        name: grey(inputs[name]) if spec.kind == "image" else np.asarray(inputs[name]).astype(spec.dtype)
        for name, spec in signature.inputs.items()
    }


def grey(pictures: np.ndarray) -> np.ndarray:
    """Pictures in [-1, 1] as uint8, rounded half up, as the graph does it."""
    return (np.clip(np.asarray(pictures, np.float32), -1, 1) * HALF + (HALF + 0.5)).astype(np.uint8)


def specs(signature: Signature, shapes: Mapping[str, tuple[int | None, ...]], batch: int | None) -> list[tf.TensorSpec]:
    """The graph's inputs: named tensors of these shapes, with this batch size in front."""
    return [
        tf.TensorSpec((batch, *shapes[name]), tf.uint8 if spec.kind == "image" else spec.dtype, name=name)
        for name, spec in signature.inputs.items()
    ]


def network_output(signature: Signature, *tensors: tf.Tensor) -> tf.Tensor:
    """What the network gives for the graph's inputs: float32, pictures in [-1, 1]."""
    inputs = {}
    for (name, spec), tensor in zip(signature.inputs.items(), tensors, strict=True):
        inputs[name] = tensor
        if spec.kind == "image":
            with tf.name_scope(FROM_GREY):
                inputs[name] = tf.cast(tensor, tf.float32) * (1 / HALF) - 1.0
    return signature(**inputs)


def endpoint(signature: Signature) -> Callable[..., dict[str, tf.Tensor]]:
    """The whole graph as a function of its input tensors, in the signature's order."""

    def graph(*tensors: tf.Tensor) -> dict[str, tf.Tensor]:
        output = network_output(signature, *tensors)
        if signature.output_kind == "image":
            # Clipped before it is scaled, or the converter would fold the scaling into the network's last convolution.
            output = tf.clip_by_value(output, -1.0, 1.0)
            with tf.name_scope(TO_GREY):
                # A cast cuts the fraction off, so half a level more rounds; ROUND is missing in some runtimes.
                output = tf.cast(output * HALF + (HALF + 0.5), tf.uint8)
        return {signature.output: output}

    return graph
