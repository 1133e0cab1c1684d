"""Sketch to photo: what is drawn on the left becomes a picture on the right, after every stroke."""

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import streamlit as st
from PIL import Image

from ganapps.edge import Bundle
from shared import bundles, uploads
from shared.compare import compare, png
from shared.guard import guard, plain
from sketching import reading, scans, templates
from sketching.canvas import canvas, tool
from sketching.papers import Paper, drawable

OWN = "My own sketch"
OUTLINES = "Outlines: closed lines hold land, closed lines on land hold lakes, open ones are rivers."
TABS = {  # title -> kinds of paper, what is learned from what, how to train one
    ":material/landscape: Landscape": (
        ("classes", "colours"),
        "Paint a map, get a satellite photograph.",
        "ganapps fit pix2pix --data earth:a=mask,b=satellite --preset small",
    ),
    ":material/face: Face line art": (
        ("ink",),
        "Draw a face in black on white, get it rendered.",
        "ganapps fit pix2pix --data faces:a=sketch,b=image --preset small",
    ),
}


def main() -> None:
    """The page: a tab for each kind of drawing."""
    st.title("Sketch to photo")
    cards = bundles.cards()
    papers = drawable(cards)
    for tab, (kinds, told, recipe) in zip(st.tabs(list(TABS)), TABS.values(), strict=True):
        found = {name: paper for name, paper in papers.items() if paper.kind in kinds}
        with tab:
            if found:
                studio(found, titles_of(found, cards), told, kinds[0])
            else:
                nothing(recipe)


def titles_of(names: Iterable[str], cards: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """What to call each bundle: its title, and its name where others have the same title."""
    titles = {name: cards[name]["title"] for name in names}
    common = [title for title, number in Counter(titles.values()).items() if number > 1]
    return {name: f"{title} ({name})" if title in common else title for name, title in titles.items()}


def nothing(recipe: str) -> None:
    """The page without a bundle that it could use."""
    st.info("There is no bundle for this yet. Train a network, export it, and reload the page:", icon=":material/info:")
    st.code(f"{recipe} --name drawing\nganapps export runs/drawing --out {bundles.folder()}/drawing", language="bash")


@st.fragment
@guard()
def studio(papers: dict[str, Paper], titles: dict[str, str], told: str, key: str) -> None:
    """Sheet, brushes, canvas and result of one tab. ``key`` begins the keys of all its widgets."""
    name = next(iter(papers))
    if len(papers) > 1:
        kwargs = {"format_func": titles.get, "label_visibility": "collapsed", "width": 480}
        name = st.selectbox("Network", list(papers), key=f"{key}-network", **kwargs)
    paper, bundle = papers[name], bundles.load(name)
    shape = next(iter(bundle.card["inputs"].values()))["shape"]
    size = reading.canvas_size(*shape[:2])
    pixel = size[0] // shape[0]
    ground = sheet(paper, size, pixel, told, key)
    brush = tool(paper, f"{key}-{name}-brush")
    with st.container(horizontal=True, gap="medium"):
        with st.container(width=size[1]):
            strokes = canvas(paper, ground, pixel, brush, f"{key}-{name}")
            if paper.note:
                st.caption(paper.note)
        drawing = reading.for_network(reading.compose(ground, strokes), paper, shape)
        with st.container(width=size[1]):
            show(bundle, drawing, size, key)


def sheet(paper: Paper, size: tuple[int, int], pixel: int, told: str, key: str) -> np.ndarray:
    """What lies on the canvas before the first stroke: a template, or an upload. uint8 (*size, 3)."""
    drawn = templates.sheets(paper, size, pixel)
    chosen = st.pills(
        f"{told} Start from:", [*drawn, OWN], default=next(iter(drawn)), required=True, key=f"{key}-start"
    )
    if chosen != OWN:
        return kept_sheet(paper, size, pixel, chosen)
    image = uploads.pick("A scan or photograph of a sketch, or a picture of a drawing", f"{key}-upload")
    if image is None:
        return templates.empty(paper, size)
    way, darkness = "outlines", 0
    if paper.kind != "ink":
        way = scans.likely_way(image, paper)
        if {"sea", "land"} <= paper.brushes.keys():
            # Its own key for each guess: the guess for the next upload must not be what was chosen for the last.
            kwargs = {"default": way, "format_func": scans.WAYS.get, "required": True, "key": f"{key}-way-{way}"}
            way = st.segmented_control("Read it as", list(scans.WAYS), help=OUTLINES, **kwargs)
    if way == "outlines":
        darkness = st.slider("How dark a line is", 5, 120, 30, 5, width=240, key=f"{key}-darkness")
    known = st.session_state.get(f"{key}-scan")
    if known is None or known[0] is not image or known[1] != (way, darkness, size):
        made = scans.sheet(image, size, paper, way, darkness)
        known = st.session_state[f"{key}-scan"] = (image, (way, darkness, size), made)
    return known[2]


@st.cache_data(show_spinner=False, max_entries=64, hash_funcs={Paper: repr})
def kept_sheet(paper: Paper, size: tuple[int, int], pixel: int, name: str) -> np.ndarray:
    """A template, drawn once for all sessions."""
    return templates.sheets(paper, size, pixel)[name]()


def show(bundle: Bundle, drawing: np.ndarray, size: tuple[int, int], key: str) -> None:
    """The result, how long it took, the drawing beside it, and both as files."""
    card, field = bundle.card, next(iter(bundle.card["inputs"]))
    network = bundle.runner(**file_of(card))
    begin = time.perf_counter()
    made = network.run(**{field: drawing})
    spent = 1000 * (time.perf_counter() - begin)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for label, picture in (("Picture", made), ("Drawing", drawing)):
            kwargs = {"mime": "image/png", "on_click": "ignore", "icon": ":material/download:"}
            st.download_button(label, png(picture), f"{label.lower()}.png", key=f"{key}-{label.lower()}", **kwargs)
        both = st.toggle("Compare", key=f"{key}-compare")
    if both:
        drawn = Image.fromarray(drawing.squeeze()).resize(size[::-1], Image.Resampling.NEAREST)
        compare(drawn, made, ("Drawing", "Picture"), key=f"{key}-slider", width=size[1])
    else:
        st.image(made, width=size[1], output_format="PNG", alt="The picture that the network made of the drawing")
    height, width = made.shape[:2]
    st.caption(f"{width} x {height} pixels in {spent:.0f} ms by a neural network. No such place or person exists.")
    with st.expander("About this network"):
        st.markdown(f"**{plain(card['title'])}**")
        st.markdown(plain(card["limits"]))
        st.caption(plain(f"Data: {card['data']['credit']} ({card['data']['licence']})"))


def file_of(card: dict[str, Any]) -> dict[str, str]:
    """The bundle's file to use: of those that were shipped the most exact one for LiteRT, or ONNX."""
    there = {(entry["precision"], entry["runtime"]) for entry in card["files"].values()}
    wanted = [("float32", "litert"), ("float16", "litert"), ("int8", "litert"), ("float32", "onnx")]
    return dict(zip(("precision", "runtime"), next((file for file in wanted if file in there), wanted[0]), strict=True))


main()
