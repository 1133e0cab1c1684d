"""The canvas and its tools: the only part of sketching, beside the page, that needs Streamlit."""

from base64 import b64encode
from hashlib import md5
from typing import Any

import numpy as np
import streamlit as st
from streamlit_drawable_canvas import st_canvas

from shared.compare import png
from sketching.papers import Colour, Paper

ERASER, OTHER = "eraser", "other"
RUBBER = "rgba(255,255,255,0.6)"  # what an eraser shows while it moves
# The canvas has a fixed number of pixels; narrow screens show it smaller.
STYLE = """<style>
@media (max-width: 480px) {{ [class*="st-key-canvas-"] {{ zoom: {phone}; }} }}
@media (max-width: 385px) {{ [class*="st-key-canvas-"] {{ zoom: {small}; }} }}
</style>"""


def tool(paper: Paper, key: str) -> tuple[str, str]:
    """Choose a brush: its name, and its colour for CSS.

    On paper for ink the eraser is white paint, since the lines of a template must go too; elsewhere it takes away what
    was painted, and the template shows again.
    """
    line = paper.kind == "ink"
    names = {"ink": "Pen"} if line else {name: name.capitalize() for name in paper.brushes}
    if paper.kind == "colours":
        names[OTHER] = "Other colour"
    names[ERASER] = "Eraser"

    def label(name: str) -> str:
        return f"![]({swatch(paper.brushes[name])}) {names[name]}" if name in paper.brushes else names[name]

    first = list(names)[0 if line else 1]  # of paints, the first is that of the empty sheet
    chosen = st.pills(
        "Brush", list(names), default=first, format_func=label, required=True, label_visibility="collapsed", key=key
    )
    if chosen == OTHER:
        return chosen, st.color_picker("Colour", "#8a6d3b", key=f"{key}-colour")
    if chosen == ERASER and not line:
        return chosen, RUBBER
    return chosen, "#" + bytes(paper.brushes.get(chosen, paper.ground)).hex()


def width_of(paper: Paper, chosen: str, pixel: int, key: str) -> int:
    """Choose how wide the brush is, in pixels of the canvas. Each kind of tool keeps its own: rivers are thin."""
    if paper.kind == "ink":
        most, usual = (60, 20) if chosen == ERASER else (20, 5)
        return st.slider("Size of the brush", 2, most, usual, width=240, key=f"{key}-{usual}")
    usual = 1 if chosen == "river" else 6
    size = st.slider("Size of the brush", 1, 24, usual, width=240, key=f"{key}-{usual}")
    return round((size + 0.3) * pixel)  # a line as wide as a pixel of the network must not fall between two of them


def canvas(paper: Paper, ground: np.ndarray, pixel: int, brush: tuple[str, str], key: str) -> np.ndarray | None:
    """The canvas with undo, a new start and the size of the brush; the strokes so far, uint8 (height, width, 4), or None.

    Args:
        paper: what it is.
        ground: uint8 (height, width, 3): what lies under the strokes. With another ground the strokes are gone.
        pixel: side on the canvas of one pixel of the network.
        brush: from ``tool``.
        key: of the canvas; begins the keys of its widgets.
    """
    state, digest = st.session_state, md5(ground.tobytes()).hexdigest()
    kept = state.get(f"{key}-kept")
    if kept is None or kept["ground"] != digest:
        kept = state[f"{key}-kept"] = _fresh(digest, kept["number"] + 1 if kept else 0) | {"file": png(ground)}
    height, wide = ground.shape[:2]
    st.html(STYLE.format(phone=min(1, 356 / wide), small=min(1, 326 / wide)))
    buttons = st.container(horizontal=True, gap="small")  # the canvas shows tools of its own to the right of them
    middle = st.container()
    width = width_of(paper, brush[0], pixel, f"{key}-size")
    with middle:
        result = st_canvas(
            stroke_width=width,
            stroke_color=brush[1],
            background_image=kept["file"],
            height=height,
            width=wide,
            initial_drawing=kept["initial"],
            return_image_data=True,
            key=f"canvas-{key}-{kept['number']}",
        )
    objects = (result.json_data or {}).get("objects", [])
    if objects != kept["late"]:  # else the browser has not put there yet what was last asked for
        kept.update(objects=objects, strokes=result.image_data, late=None)
        if any(one.get("stroke") == RUBBER for one in objects):
            _put(kept, [_rubbed(one) for one in objects])
            st.rerun(scope="fragment")
    with buttons:
        bare = not kept["objects"]
        undone = {"on_click": _put, "args": (kept, kept["objects"][:-1]), "disabled": bare, "key": f"{key}-undo"}
        st.button("Undo", icon=":material/undo:", **undone)
        anew = {"on_click": _clear, "args": (kept,), "disabled": bare, "key": f"{key}-clear"}
        st.button("Clear", icon=":material/delete:", **anew)
    return kept["strokes"]


def _fresh(digest: str, number: int) -> dict[str, Any]:
    """What is kept of a canvas without strokes; another number makes the browser take another canvas."""
    return {"ground": digest, "number": number, "objects": [], "strokes": None, "initial": None, "late": None}


def _put(kept: dict[str, Any], objects: list[dict[str, Any]]) -> None:
    """Have the browser show these strokes. The turn makes it another drawing than any that it was given before."""
    turn = kept["initial"]["turn"] + 1 if kept["initial"] else 1
    late = kept["late"] if kept["late"] is not None else kept["objects"]
    kept.update(initial={"objects": objects, "turn": turn}, objects=objects, late=late)


def _clear(kept: dict[str, Any]) -> None:
    kept.update(_fresh(kept["ground"], kept["number"] + 1))


def _rubbed(stroke: dict[str, Any]) -> dict[str, Any]:
    """A stroke of the eraser so that it takes away what lies under it."""
    if stroke.get("stroke") != RUBBER:
        return stroke
    return stroke | {"stroke": "#000000", "globalCompositeOperation": "destination-out"}


def swatch(colour: Colour) -> str:
    """A dot of a colour as a picture in a label."""
    dot = f"<circle cx='8' cy='8' r='7' fill='rgb{colour}' stroke='#888'/>"
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' width='16' height='16'>{dot}</svg>"
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"
