"""Latents of a bundle: drawn from a seed, mixed, moved along one coordinate. All by the card, without Streamlit.

A set of latents is a dict: input name -> float32 (n, ...), one entry for each latent input of the card.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

Card = Mapping[str, Any]
Latents = dict[str, np.ndarray]


def inputs(card: Card) -> dict[str, dict[str, Any]]:
    """The latent inputs of a card."""
    return {name: spec for name, spec in card["inputs"].items() if spec["kind"] == "latent"}


def reach(spec: Mapping[str, Any]) -> float:
    """How far a coordinate goes to either side of zero: all of a uniform one, 2.5 standard deviations of a normal one."""
    return 1.0 if spec["distribution"] == "uniform" else 2.5


def between(card: Card, first: Latents, second: Latents, places: np.ndarray) -> Latents:
    """The latents at ``places`` in [0, 1] on the way from one to another, each of n = 1.

    Normal latents go along the sphere (their length stays typical), uniform ones straight (they stay in their cube).
    """
    mixed = {}
    for name, spec in inputs(card).items():
        way = straight if spec["distribution"] == "uniform" else spherical
        ends = first[name][0].astype(np.float64), second[name][0].astype(np.float64)
        mixed[name] = np.stack([way(*ends, float(place)) for place in places]).astype(np.float32)
    return mixed


def straight(a: np.ndarray, b: np.ndarray, t: float) -> np.ndarray:
    """The point at t in [0, 1] on the line from a to b."""
    return (1 - t) * a + t * b


def spherical(a: np.ndarray, b: np.ndarray, t: float) -> np.ndarray:
    """The point at t in [0, 1] on the arc from a to b; straight where they lie in one direction or in opposite ones."""
    cosine = np.sum(a * b) / max(float(np.linalg.norm(a) * np.linalg.norm(b)), 1e-12)
    angle = np.arccos(np.clip(cosine, -1, 1))
    if np.sin(angle) < 1e-6:
        return straight(a, b, t)
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)


def along(start: Latents, name: str, coordinate: int, values: np.ndarray) -> Latents:
    """For each latent of ``start`` in turn, one copy for each value, which its coordinate then has: n times v of them.

    ``coordinate`` counts through the flattened input ``name``.
    """
    moved = {key: np.repeat(array, len(values), axis=0) for key, array in start.items()}
    count = len(start[name])
    moved[name].reshape(count * len(values), -1)[:, coordinate] = np.tile(values, count)
    return moved
