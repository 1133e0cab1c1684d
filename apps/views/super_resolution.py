"""Enlarge a photograph of any size to 12 megapixels with SRResNet or SRGAN, tile by tile, and look at it closely."""

import threading
from typing import Any

import numpy as np
import streamlit as st
from PIL import Image

from enlarging.about import about, empty
from enlarging.finder import finder, place, reduced
from enlarging.job import Clock, Result, amount, duration, enlarge
from enlarging.region import Box, around, bicubic, samples, widths
from ganapps.tiles import Enlarger
from shared import bundles, uploads
from shared.compare import compare
from shared.guard import guard, plain

MEGAPIXELS = 12
USUAL = 128  # pixels of the photograph that are shown at first, from left to right
AT_ONCE = 2  # whole pictures that the server makes at a time


def main() -> None:
    st.title("Super-resolution")
    st.write(
        f"Make a photograph larger, with details that a neural network makes up. Any size to {MEGAPIXELS} megapixels."
    )
    names = bundles.having("upscale")
    if not names:
        empty()
        return
    source, view = st.columns((3, 5), gap="large")
    with source:
        name = choose_model(names)
        picture = uploads.pick("A photograph", "photo", photo_samples(), MEGAPIXELS)
        if picture is None:
            return
        key = keep_picture(picture)
        box = choose_place(picture, key)
    clock = Clock(Enlarger.of(bundles.load(name)))
    with view:
        show_closely(clock, name, picture, box, key)
        show_whole(clock, name, picture)
    about(bundles.load(name).card)


def choose_model(names: list[str]) -> str:
    """The bundle to use, told apart by title, factor, size and score."""
    if len(names) == 1:
        return names[0]
    cards, titles = bundles.cards(), bundles.titles(names)
    return st.radio(
        "Model",
        names,
        format_func=lambda name: plain(titles[name]),
        captions=[plain(described(cards[name])) for name in names],
        key="enlarger",
    )


def described(card: dict[str, Any]) -> str:
    """Factor, size and, where it was measured, the score of the file that this page runs."""
    file = next(
        file for file in card["files"].values() if (file["precision"], file["runtime"]) == ("float32", "litert")
    )
    factor = card["output"]["shape"][0] // card["inputs"]["image"]["shape"][0]
    score = f", {card['metric']['name'].split(',')[0]} {file['score']:.2f}" if file.get("score") is not None else ""
    return f"{factor} times as large, {amount(file['bytes'])}{score}"


def keep_picture(picture: Image.Image) -> str:
    """A key for the widgets of this picture. What belongs to another one is forgotten."""
    state = st.session_state
    if state.get("photo_now") is not picture:
        state["photo_now"], state["photo_number"] = picture, state.get("photo_number", 0) + 1
        for old in ("photo_small", "photo_near", "photo_large"):
            state.pop(old, None)
        state["photo_small"] = reduced(picture)
    return f"photo_{state['photo_number']}"


def choose_place(picture: Image.Image, key: str) -> Box:
    """The part of the photograph to look at: a frame on it that can be dragged, and how wide it is."""
    frame, offered = st.container(), widths(picture.size)
    usual = max(width for width in offered if width <= USUAL or width == offered[0])
    width = offered[0]
    if len(offered) > 1:
        width = st.select_slider(
            "Zoom", offered[::-1], usual, format_func=lambda width: f"{width} pixels wide", key=f"{key}_zoom"
        )
    box = around(*place(f"{key}_finder"), width, picture.size)
    with frame:
        finder(st.session_state["photo_small"], box, picture.size, f"{key}_finder")
        if box != (0, 0, *picture.size):
            st.caption("Drag the frame to look elsewhere.")
    return box


def show_closely(clock: Clock, name: str, picture: Image.Image, box: Box, key: str) -> None:
    """That part beside bicubic interpolation: the very pixels that the whole result will have there."""
    state, enlarger = st.session_state, clock.enlarger
    if state.get("photo_near", (None,))[0] != (name, box):
        with st.spinner("Looking closely ..."):
            state["photo_near"] = ((name, box), near(enlarger, picture, box))
        state[f"seconds_{name}"] = clock.seconds
    plainly = Image.fromarray(np.squeeze(enlarger.plain(picture)))
    compare(bicubic(plainly, box, enlarger.scale), state["photo_near"][1], ("Bicubic", "Network"), f"{key}_compare")


def near(enlarger: Enlarger, picture: Image.Image, box: Box) -> np.ndarray:
    """The part of the result that shows ``box``: uint8 (h, w, channels), grey for a grey picture."""
    made = enlarger.window(enlarger.plain(picture), box)
    return np.asarray(Image.fromarray(made).convert("L")) if picture.mode == "L" and made.shape[2] == 3 else made


def show_whole(clock: Clock, name: str, picture: Image.Image) -> None:
    """The button that enlarges everything, what it will take, its progress, and the result."""
    state, enlarger = st.session_state, clock.enlarger
    (width, height), tiles = picture.size, enlarger.count(*picture.size)
    seconds = state.get(f"seconds_{name}")
    takes = f", {duration(tiles * seconds)} here" if seconds else ""
    st.subheader("The whole picture")
    st.write(
        f"{width:,} x {height:,} pixels become **{enlarger.scale * width:,} x {enlarger.scale * height:,}**: "
        f"{tiles:,} tile{'s' * (tiles != 1)}{takes}."
    )
    known = state.get("photo_large", (None,))[0] == name
    if (
        st.button("Enlarge", type="primary", icon=":material/zoom_out_map:", key="enlarge", disabled=known)
        and not known
    ):
        state.pop("photo_large", None)
        result = work(enlarger, picture)
        state["photo_large"], state[f"seconds_{name}"] = (name, result), result.seconds / result.tiles
    if "photo_large" in state and state["photo_large"][0] == name:
        show_result(state["photo_large"][1], picture)


def work(enlarger: Enlarger, picture: Image.Image) -> Result:
    """Enlarge, with a bar. Any other click on the page ends it, for Streamlit then leaves the script."""
    place = st.empty()
    with place.container():
        bar = st.progress(0.0, "Starting ...")
        st.button("Stop", key="stop")
    while not turns().acquire(timeout=0.5):
        bar.progress(0.0, "Waiting for its turn: other pictures are being enlarged ...")
    try:
        return enlarge(enlarger, picture, bar.progress)
    finally:
        turns().release()
        place.empty()


@st.cache_resource(show_spinner=False)
def turns() -> threading.BoundedSemaphore:
    return threading.BoundedSemaphore(AT_ONCE)


def show_result(result: Result, picture: Image.Image) -> None:
    told = {"Time": f"{result.seconds:.1f} s", "Size": f"{result.size[0] * result.size[1] / 1e6:.1f} Mpx"}
    told |= {
        "File": amount(len(result.file)),
        "Memory": amount(result.memory) if result.memory is not None else "unknown",
    }
    with st.container(horizontal=True, gap="medium"):
        for label, value in told.items():
            hint = "By how much the whole server grew at most meanwhile." if label == "Memory" else None
            st.metric(label, value, help=hint, width="content")
    st.download_button(
        "Download",
        lambda: result.file,
        "enlarged.png",
        "image/png",
        icon=":material/download:",
        type="primary",
        on_click="ignore",
        key="download",
    )
    exif = "Its EXIF data are kept. " if picture.getexif() else ""
    st.caption(f"{exif}The details are made up: do not read number plates or faces off them.")


@st.cache_resource(show_spinner=False)
def photo_samples() -> dict[str, Image.Image]:
    return samples()


with guard():
    main()
