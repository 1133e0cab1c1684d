"""What a trained network offers to the outside: named inputs, one named output. Sampling, evaluation and export share it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops


@dataclass(frozen=True)
class Input:
    """One named input of a network.

    Args:
        kind: ``"image"`` (float32 in [-1, 1], NHWC), ``"latent"``, ``"label"`` (int32 scalar) or ``"attributes"``
            (float32 multi-hot).
        shape: the shape without the batch axis; None where any size fits.
        dtype: the element type at the network's boundary.
        classes: the names behind a label or an attribute vector, when the data names them.
        distribution: of a latent: ``"normal"`` is N(0, 1), ``"uniform"`` is U(-1, 1).
    """

    kind: str
    shape: tuple[Any, ...]  # whole numbers, or None
    dtype: str = "float32"
    classes: tuple[str, ...] = ()
    distribution: str = "normal"


@dataclass(frozen=True)
class Signature:
    """A network with named ends.

    Args:
        name: what it does: ``"sample"``, ``"a_to_b"``, ``"encode"``.
        network: takes one tensor, or a list of tensors in the order of ``inputs``.
        inputs: the named inputs, in order.
        output: the output's name: ``"image"``, ``"generated"``, ``"point"``.
        output_kind: ``"image"`` (float32 in [-1, 1], NHWC) or ``"vector"`` (numbers without a fixed range).
        classes: the names behind a vector's numbers, where they have some.
        tile: where the network takes pictures of any size, the side of the square that a file of fixed size takes.
        portable: whether a file of it can be held to what Keras gives. Not where draws follow each other: the last digit
            of one decides a later one, and all that comes after it.
    """

    name: str
    network: keras.Model
    inputs: dict[str, Input]
    output: str
    output_kind: str = "image"
    portable: bool = True
    classes: tuple[str, ...] = ()
    tile: int | None = None

    @property
    def scale(self) -> int:
        """How many times wider the output is than the input picture, of a network that takes one picture of any size."""
        side = 64
        sizes = [spec.shape for spec in self.inputs.values() if spec.kind == "image"]
        if self.output_kind != "image" or len(self.inputs) > 1 or not sizes or sizes[0][0] is not None:
            return 1
        return self.network.compute_output_shape((1, side, side, sizes[0][-1]))[1] // side

    def __call__(self, **inputs: Any) -> Any:
        """Run the network in evaluation mode on inputs given by name."""
        values = [inputs[name] for name in self.inputs]
        return self.network(values[0] if len(values) == 1 else values, training=False)


@dataclass(frozen=True, kw_only=True)
class Search(Signature):
    """A translation that no network computes: ``find`` looks for its output. Nothing of it can be put into a file.

    Args:
        network: draws what is found; only its output's shape counts here.
        find: pictures (B, H, W, C) -> pictures, as NumPy arrays in [-1, 1].
    """

    portable: bool = False
    find: Callable[[np.ndarray], np.ndarray]

    def __call__(self, **inputs: Any) -> Any:
        """What is found for pictures given by name."""
        (images,) = inputs.values()
        return ops.convert_to_tensor(self.find(ops.convert_to_numpy(images)))
