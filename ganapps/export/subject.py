"""What is exported: a signature in float32, real inputs, and what every file of the bundle has to give for them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import tensorflow as tf

from ganapps.engine.signature import Signature
from ganapps.errors import GanappsError
from ganapps.export import graph
from ganapps.export.card import Card, Facts, describe

Batch = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Subject:
    """What is exported.

    Args:
        signature: its network computes in float32.
        card: without files yet.
        real: real inputs as the bundle takes them.
        truth: what the network gives for them; pictures are clipped to [-1, 1].
        shown: the same as the bundle gives it; pictures are uint8.
    """

    signature: Signature
    card: Card
    real: dict[str, np.ndarray]
    truth: np.ndarray
    shown: np.ndarray

    @classmethod
    def of(cls, signature: Signature, facts: Facts, reference: Batch) -> "Subject":
        """From a trained signature and one batch of real inputs as its network takes them."""
        if signature.output in signature.inputs:  # a cycle in ONNX, where tensors are known by their names alone
            raise GanappsError(f"'{signature.name}' has an input and an output named '{signature.output}'; rename one.")
        plain = replace(signature, network=graph.in_float32(signature.network))
        real = graph.at_the_edge(plain, reference)
        truth = keras_output(plain, real)
        if not np.isfinite(truth).all():
            raise GanappsError(
                f"'{signature.name}' gives NaN or infinity for real inputs; go back to a good checkpoint."
            )
        shown = graph.grey(truth) if plain.output_kind == "image" else truth
        shapes = {name: array.shape[1:] for name, array in real.items()}
        return cls(plain, describe(facts, plain, shapes, shown), real, truth, shown)

    @property
    def is_image(self) -> bool:
        return self.signature.output_kind == "image"

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The static shape of every input, without the batch."""
        return {name: array.shape[1:] for name, array in self.real.items()}


def items(batch: Batch) -> Iterator[dict[str, np.ndarray]]:
    """The batch's items, each as a batch of one."""
    for i in range(len(next(iter(batch.values())))):
        yield {name: array[i : i + 1] for name, array in batch.items()}


def keras_output(signature: Signature, real: Batch) -> np.ndarray:
    """What the network gives for a bundle's inputs, item by item as a .tflite runs; pictures are clipped to [-1, 1]."""
    outputs = [graph.network_output(signature, *map(tf.constant, item.values())).numpy() for item in items(real)]
    output = np.concatenate(outputs)
    return np.clip(output, -1, 1) if signature.output_kind == "image" else output
