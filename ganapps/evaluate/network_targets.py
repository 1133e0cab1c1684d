"""Targets that run: models with signatures, and edge bundles."""

import re
from dataclasses import replace
from typing import Any

import numpy as np

from ganapps.attributes import chosen, overlaid
from ganapps.data.source import to_model_range
from ganapps.engine import inference
from ganapps.engine.signature import Input, Signature
from ganapps.errors import GanappsError, UsageError, nearest
from ganapps.evaluate.pictures import resized_cubic, to_uint8
from ganapps.evaluate.targets import NOISE, SHUFFLED_CONDITIONS, Made, Rows, Target
from ganapps.metrics.catalogue import nothing
from ganapps.tiles import Enlarger

CHUNK = 256


class Network(Target):
    """A target with named inputs, some of which come from real rows: the part that models and bundles share."""

    inputs: dict[str, Input]
    scale = 1  # how many times wider the output is than an input picture of any size

    @property
    def translates(self) -> bool:
        return any(spec.kind == "image" for spec in self.inputs.values())

    @property
    def conditions(self) -> frozenset[str]:
        return frozenset(spec.kind for spec in self.inputs.values()) & {"label", "attributes"}

    @property
    def reads(self) -> frozenset[str]:
        return self.conditions | frozenset(self.inputs)

    @property
    def channels(self) -> int | None:
        depths = [spec.shape[-1] for spec in self.inputs.values() if spec.kind == "image"]
        return max([*depths, self.shape[-1] or 0])

    def domains(self, fields: set[str]) -> tuple[str, str, bool]:
        if not self.translates:
            return super().domains(fields)
        named = re.fullmatch(r"(\w+?)_to_(\w+)", self.signature)
        if named and {*named.groups()} <= fields:
            return named[1], named[2], False
        derived = self.signature in ("reconstruct", "upscale", "next_frame")
        if {"a", "b"} <= fields and not ("image" in fields and (derived or self.conditions)):
            return "a", "b", False
        return "image", "image", derived

    def from_rows(self, n: int, seed: int, rows: Rows, domain: str) -> dict[str, np.ndarray]:
        """Inputs that real rows give: pictures, labels, attributes, and whatever else the rows have by name.

        A translator is asked for the labels or attributes of *other* rows, or it would only have to copy.
        """
        found = {}
        for name, spec in self.inputs.items():
            elsewhere = domain if spec.kind == "image" else spec.kind
            field = name if name in rows and name != "image" else elsewhere
            if spec.kind == "latent" or field not in rows:
                continue
            values = rows[field][:n]
            if spec.kind == "attributes":
                values = chosen(values, self.attributes, spec.classes)
            if self.translates and spec.kind != "image":
                values = values[np.random.default_rng((seed, SHUFFLED_CONDITIONS)).permutation(n)]
            found[name] = self.fitted(values, spec) if spec.kind == "image" else values
        return found

    def fitted(self, images: np.ndarray, spec: Input) -> np.ndarray:
        """uint8 pictures at the size of the input; of any size, as much smaller as super-resolution enlarges them."""
        return resized_cubic(images, spec.shape[0] or images.shape[1] // self.scale)

    def make(self, n: int, seed: int, rows: Rows, domain: str) -> Made:
        conditions = self.from_rows(n, seed, rows, domain)
        outputs = np.concatenate(
            [
                self.chunk(len(part), number, seed, {name: value[part] for name, value in conditions.items()})
                for number, part in enumerate(np.split(np.arange(n), range(CHUNK, n, CHUNK)))
            ]
        )
        if not np.isfinite(outputs).all():
            raise GanappsError(f"{self.name} gives numbers that are not finite, so there is nothing to measure.")
        kinds = {self.inputs[name].kind: value for name, value in conditions.items()}
        if self.translates and "attributes" in kinds:
            classes = next(spec.classes for spec in self.inputs.values() if spec.kind == "attributes")
            kinds["attributes"] = overlaid(rows["attributes"][:n], self.attributes, kinds["attributes"], classes)
        return Made(outputs, *(kinds.get(kind, nothing()) for kind in ("label", "attributes", "image")))

    def chunk(self, n: int, number: int, seed: int, conditions: dict[str, np.ndarray]) -> np.ndarray:
        """The outputs of one chunk; ``seed`` and ``number`` fix its noise."""
        raise NotImplementedError


class Model(Network):
    """A model with ``signatures()`` and ``generate``."""

    def __init__(self, model: Any, signature: str | None, name: str, data: str | None = None, step: int | None = None):
        self.model, self.name, self.data, self.step = model, name, data, step
        self.of = _chosen(model.signatures(), signature)
        self.signature, self.inputs, self.scale = self.of.name, self.of.inputs, self.of.scale
        self.shape, self.output = tuple(self.of.network.output_shape[1:]), self.of.output
        pictures = [spec.shape for spec in self.inputs.values() if spec.kind == "image"]
        if pictures and None in self.shape:  # a network for any size, trained at one
            self.shape = (*pictures[0][:2], self.shape[-1])
        if self.of.output_kind != "image" and len(self.shape) != 1:
            raise UsageError(f"The signature '{self.signature}' gives neither pictures nor points to measure.")

    def chunk(self, n: int, number: int, seed: int, conditions: dict[str, np.ndarray]) -> np.ndarray:
        ready = {
            name: to_model_range(value) if self.inputs[name].kind == "image" else value
            for name, value in conditions.items()
        }
        noise = int(np.random.SeedSequence((seed, NOISE, number)).generate_state(1)[0])
        if self.signature == "sample":
            outputs = self.model.generate(n, noise, **ready)
        else:
            missing = {name: spec for name, spec in self.inputs.items() if name not in ready}
            outputs = inference.run(self.of, ready | inference.draw_inputs(replace(self.of, inputs=missing), n, noise))
        return outputs if self.points else _checked_uint8(outputs, self.name)


class Bundle(Network):
    """An edge bundle, or one loaded file of it: anything with ``card``, ``sample`` and ``run``."""

    def __init__(self, bundle: Any):
        card = bundle.card
        self.bundle = bundle
        self.name, self.signature = card["name"], card["signature"]
        self.data = (card.get("data") or {}).get("spec") or (card.get("data") or {}).get("name")
        self.step = (card.get("training") or {}).get("steps")
        self.shape, self.output = tuple(card["output"]["shape"]), card["output"]["name"]
        self.inputs = {
            name: Input(spec["kind"], tuple(spec["shape"]), spec["dtype"], tuple(spec.get("classes") or ()))
            for name, spec in card["inputs"].items()
        }
        self.enlarger = None
        if self.signature == "upscale":  # of any size, tile by tile, as it is used
            self.enlarger = Enlarger.of(bundle)
            self.scale, channels = self.enlarger.scale, self.enlarger.channels
            self.shape = (None, None, channels)
            self.inputs["image"] = replace(self.inputs["image"], shape=self.shape)

    def chunk(self, n: int, number: int, seed: int, conditions: dict[str, np.ndarray]) -> np.ndarray:
        if self.enlarger:
            return np.stack([self.enlarger.enlarge(picture) for picture in conditions["image"]])
        noise = int(np.random.SeedSequence((seed, NOISE, number)).generate_state(1)[0])
        outputs = self.bundle.run(**conditions) if self.translates else self.bundle.sample(n, noise, **conditions)
        return outputs if self.points else _checked_uint8(outputs, self.name)


def _checked_uint8(outputs: np.ndarray, name: str) -> np.ndarray:
    """Rounded, unless a value is not finite: rounding would hide that."""
    if not np.isfinite(outputs).all():
        raise GanappsError(f"{name} makes pictures with values that are not finite; its training went wrong.")
    return to_uint8(outputs)


def _chosen(signatures: dict[str, Signature], asked: str | None) -> Signature:
    """The signature asked for, else sampling, else the first that makes pictures."""
    if asked is None:
        pictures = [name for name, signature in signatures.items() if signature.output_kind == "image"]
        asked = "sample" if "sample" in signatures else next(iter(pictures or signatures))
    if asked not in signatures:
        raise UsageError(
            f"The model has no signature '{asked}'.{nearest(asked, signatures)} It has {', '.join(signatures)}."
        )
    return signatures[asked]
