"""Something to feed a bundle with: a test picture, and whatever else its card asks for. Without Streamlit."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from ganapps.edge import draw_latents, fit_picture

SUFFIXES = (".png", ".jpg")


def test_picture(side: int = 256) -> Image.Image:
    """Soft colours, hard edges and fine lines: what shows a network's differences."""
    ramp = np.linspace(0, 255, side)
    red, green = np.meshgrid(ramp, ramp)
    blue = 127 + 127 * np.sin(red / 14) * np.cos(green / 23)
    image = Image.fromarray(np.uint8(np.stack([red, green, blue], -1)))
    pen = ImageDraw.Draw(image)
    pen.ellipse([side * 0.12, side * 0.15, side * 0.52, side * 0.55], fill="white", outline="black", width=3)
    pen.rectangle([side * 0.55, side * 0.5, side * 0.9, side * 0.85], fill="navy")
    for i in range(12):
        pen.line([side * 0.08, side * (0.62 + 0.025 * i), side * 0.45, side * (0.66 + 0.02 * i)], fill="gold")
    return image


def samples(root: Path, at_most: int = 6) -> dict[str, Path]:
    """The pictures that the pages bring along in folders called samples, by name: two of each folder at most."""
    found: dict[str, Path] = {}
    for folder in sorted(root.glob("*/samples")):
        pictures = [path for path in sorted(folder.iterdir()) if path.suffix in SUFFIXES]
        found |= {path.stem.replace("-", " ").capitalize(): path for path in pictures[:2]}
    return dict(list(found.items())[:at_most])


def inputs(card: Mapping[str, Any], picture: Image.Image | None, seed: int, chosen: list[str]) -> dict[str, np.ndarray]:
    """One item for every input of the card.

    Args:
        picture: for inputs of the kind "image": fitted to their shape.
        seed: for latents, and for the number of a class where none is chosen.
        chosen: the attributes that are to be on, or one class.
    """
    given = {name: drawn[0] for name, drawn in draw_latents(card, 1, seed).items()}
    for name, spec in card["inputs"].items():
        shape, classes = tuple(spec["shape"]), spec["classes"]
        on = [classes.index(one) for one in chosen if one in classes]
        match spec["kind"]:
            case "image":
                given[name] = fit_picture(picture, shape)
            case "label":
                given[name] = np.int32(on[0] if on else seed % max(1, len(classes)))
            case "attributes":
                given[name] = np.zeros(shape, np.float32)
                given[name].flat[on] = 1.0
    return given
