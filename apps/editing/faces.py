"""Faces to start from: the samples that come with the apps, and what a sampler of faces draws."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image

SAMPLES = Path(__file__).parent / "samples"


def samples() -> dict[str, Image.Image]:
    """The rendered faces by name; ``info["holds"]`` lists the attributes that each is known to have."""
    found = {}
    for name, told in json.loads((SAMPLES / "faces.json").read_text(encoding="utf-8")).items():
        with Image.open(SAMPLES / told["file"]) as image:
            found[name] = image.convert("RGB")
        found[name].info["holds"] = told["holds"]
    return found


def drawers(cards: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The bundles among ``cards`` that draw coloured faces from nothing but chance, and perhaps a class with a name."""

    def fits(name: str, card: Mapping[str, Any]) -> bool:
        inputs, output = card["inputs"].values(), card["output"]
        told = f"{name} {card['name']} {card['data'].get('name', '')}".lower()
        chance = {spec["kind"] for spec in inputs} <= {"latent", "label"} and any(s["kind"] == "latent" for s in inputs)
        named = all(spec["classes"] for spec in inputs if spec["kind"] == "label")
        coloured = output["kind"] == "image" and output["shape"][-1] == 3
        return chance and named and coloured and ("face" in told or "celeb" in told)

    return [name for name, card in cards.items() if fits(name, card)]
