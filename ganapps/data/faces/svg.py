"""The avatar styles of dicebear-styles (JSON) written out as SVG, and SVG turned into pixels by resvg."""

import functools
import importlib
import io
import json
from importlib.resources import files
from typing import Any
from xml.sax.saxutils import quoteattr

import numpy as np
from PIL import Image

from ganapps.errors import GanappsError

# resvg takes the transform row by row; any other order draws blank pictures without a word.
IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
HOW_TO_GET = "pip install dicebear-styles resvg"

Element = dict[str, Any]


@functools.cache
def load_style(name: str) -> Element:
    """The definition of one art style: its canvas, components with their variants, and colours.

    Raises:
        GanappsError: dicebear-styles is not installed.
    """
    try:
        return json.loads(files("dicebear_styles").joinpath(f"{name}.json").read_text("utf-8"))
    except (ModuleNotFoundError, FileNotFoundError) as error:
        raise GanappsError(f"The rendered faces need the art style {name}: {HOW_TO_GET}.") from error


def write(style: Element, elements: list[Element], choices: dict[str, str], colours: dict[str, str]) -> str:
    """SVG markup of elements of a style; components that ``choices`` leaves out are not drawn."""
    return "".join(_write(style, element, choices, colours) for element in elements)


def document(body: str, view: tuple[float, float, float, float], scale: float) -> str:
    """An SVG document that shows ``view`` (left, top, width, height in canvas units) at ``scale`` pixels a unit."""
    left, top, width, height = view
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left} {top} {width} {height}" '
        f'width="{round(width * scale)}" height="{round(height * scale)}" fill="none">{body}</svg>'
    )


def rasterise(svg: str) -> np.ndarray:
    """An SVG document as uint8 (height, width, 4): RGB not multiplied by alpha, then alpha.

    Raises:
        GanappsError: resvg is not installed, or draws nothing.
    """
    try:
        resvg = importlib.import_module("resvg")
    except ModuleNotFoundError as error:
        raise GanappsError(f"The rendered faces need resvg: {HOW_TO_GET}.") from error
    tree = resvg.usvg.Tree.from_str(svg, resvg.usvg.Options.default())
    pixels = np.asarray(Image.open(io.BytesIO(bytes(resvg.render(tree, IDENTITY)))).convert("RGBA"))
    if not pixels[..., 3].any():
        raise GanappsError("resvg drew a blank picture; version 0.2 is needed: pip install 'resvg>=0.2,<0.3'.")
    return pixels


def _write(style: Element, element: Element, choices: dict[str, str], colours: dict[str, str]) -> str:
    tag, attributes = element.get("name", ""), element.get("attributes", {})
    if element["type"] == "component":
        if tag not in choices:
            return ""
        children = style["components"][tag]["variants"][choices[tag]]["elements"]
        tag = "g"
    elif element["type"] == "element" and "screen" not in attributes.get("style", ""):
        children = element.get("children", [])
    else:
        return (
            ""  # text between tags, and the sheen on lenses, which comes out as grey paint where no glass is behind it
        )
    written = "".join(
        f" {key}={quoteattr(colours[value['name']] if isinstance(value, dict) else str(value))}"
        for key, value in attributes.items()
    )
    return f"<{tag}{written}>{write(style, children, choices, colours)}</{tag}>"
