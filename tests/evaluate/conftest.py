"""Small models with known behaviour, and a cache that belongs to the test session alone."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

from ganapps.engine import inference
from ganapps.engine.signature import Input, Signature


class Model:
    """What an evaluation asks of a model: a name, signatures, ``generate``."""

    def __init__(self, *signatures: Signature, name: str = "small"):
        self.name = name
        self.of = {signature.name: signature for signature in signatures}

    def signatures(self) -> dict[str, Signature]:
        return self.of

    def generate(self, n: int, seed: int, **conditions: Any) -> np.ndarray:
        return inference.sample(self.of["sample"], n, seed, **conditions)


def network(inputs: list[Any], output: Any) -> keras.Model:
    return keras.Model(inputs[0] if len(inputs) == 1 else inputs, output)


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GANAPPS_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def memory() -> Callable[..., Model]:
    """A sampler that gives back pictures it was handed, the one of the asked label, or one at random by its latent."""

    def build(images: np.ndarray, labelled: bool = False) -> Model:
        latent, label = keras.Input((4,), name="latent"), keras.Input((), dtype="int32", name="label")
        bank = np.asarray(images, np.float32).reshape(len(images), -1)
        embedding = keras.layers.Embedding(len(images), bank.shape[1])
        index = label
        if not labelled:
            cell = keras.ops.abs(latent[:, 0]) * 1e4
            index = keras.ops.cast(keras.ops.mod(cell, len(images)), "int32")
        output = keras.layers.Reshape(images.shape[1:])(embedding(index))
        embedding.set_weights([bank])
        inputs = {"latent": Input("latent", (4,))}
        if not labelled:
            return Model(Signature("sample", network([latent], output), inputs, "image"))
        inputs["label"] = Input("label", (), "int32", tuple("0123456789"))
        return Model(Signature("sample", network([latent, label], output), inputs, "image"))

    return build


@pytest.fixture
def translator() -> Callable[..., Model]:
    """A picture-to-picture model from a function of tensors."""

    def build(function: Callable[[Any], Any], shape: tuple[int | None, ...], name: str = "a_to_b") -> Model:
        image = keras.Input(shape, name="image")
        return Model(Signature(name, network([image], function(image)), {"image": Input("image", shape)}, "generated"))

    return build


@pytest.fixture
def points() -> Callable[[np.ndarray, float], Model]:
    """A sampler of 2-D points around the given centres."""

    def build(centres: np.ndarray, sigma: float) -> Model:
        latent = keras.Input((3,), name="latent")
        embedding = keras.layers.Embedding(len(centres), 2)
        index = keras.ops.cast(keras.ops.mod(keras.ops.abs(latent[:, 0]) * 1e4, len(centres)), "int32")
        output = embedding(index) + sigma * latent[:, 1:]
        embedding.set_weights([np.asarray(centres, np.float32)])
        return Model(
            Signature("sample", network([latent], output), {"latent": Input("latent", (3,))}, "point", "vector")
        )

    return build
