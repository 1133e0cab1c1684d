"""Change the hair, the glasses or the smile of a face, one edit after another, with a StarGAN of any attributes."""

import time
from typing import Any

import numpy as np
import streamlit as st
from PIL import Image

from editing.about import about, empty
from editing.controls import controls, editors, holding, read_as, singles, turned
from editing.faces import drawers, samples
from editing.history import History, made
from editing.panel import show_controls
from ganapps.attributes import reader_of
from ganapps.edge import Bundle, fit_picture
from shared import bundles, uploads
from shared.compare import as_image, compare, png
from shared.guard import guard

WIDEST = 520  # CSS pixels of the picture


def main() -> None:
    st.title("Face editing")
    st.write("Pick a face, then change it. Each edit is made by a neural network that also runs on a phone.")
    cards = bundles.cards()
    names = editors(cards)
    if not names:
        empty()
        return
    source, middle, right = st.columns((3, 4, 3), gap="medium")
    with source:
        st.subheader("A face")
        name = names[0]
        if len(names) > 1:
            name = st.selectbox("Model", names, format_func=bundles.titles(names).get, key="editor")
        picture = choose_face(drawers(cards))
    if picture is None:
        return
    editor = bundles.load(name)
    names = attributes_of(editor)[1]["classes"]
    reader = reader_of(name, cards)
    history = history_of(editor, bundles.load(reader) if reader else None, picture)
    with right:
        st.subheader("Edits")
        show_controls(history, controls(names), names)
        if reader is None and "holds" not in picture.info:
            st.caption("This model cannot tell what a face has: choose all that it is to have.")
    with middle:
        st.subheader("Before and after")
        show_result(history, editor)
    st.subheader("Every single edit")
    show_strip(history, name, names)
    about(editor)


def choose_face(drawn_by: list[str]) -> Image.Image | None:
    """The picture that was uploaded, picked or drawn last."""
    state = st.session_state
    offered: dict[str, Any] = dict(face_samples())
    if drawn_by:
        seed = state.setdefault("face_seed", 1)
        offered["Random"] = lambda: as_image(random_face(drawn_by[0], seed))
    with st.container(key="face_source"):
        picture = uploads.pick("A picture with a face in its middle", "face", offered)
    if drawn_by:
        st.button("Draw a random face", icon=":material/casino:", on_click=draw_another, key="draw_another")
    return picture


def draw_another() -> None:
    st.session_state["face_seed"] += 1
    st.session_state["face_sample"] = "Random"  # as a click on that sample does


@st.cache_resource(show_spinner=False)
def face_samples() -> dict[str, Image.Image]:
    return samples()


@st.cache_data(show_spinner=False, max_entries=64)
def random_face(name: str, seed: int) -> np.ndarray:
    """uint8 (H, W, 3)."""
    return bundles.load(name).sample(1, seed)[0]


def history_of(editor: Bundle, reader: Bundle | None, picture: Image.Image) -> History:
    """The session's history of this picture; a new one for another picture or another model."""
    spec = attributes_of(editor)[1]
    shape = next(spec["shape"] for spec in editor.card["inputs"].values() if spec["kind"] == "image")
    base, state = fit_picture(picture, tuple(shape)), st.session_state
    known = (str(editor.path), base.tobytes())
    if state.get("face_known") != known:
        likely = reader.translate(picture) if reader else holding(picture.info.get("holds", ()), spec["classes"])
        state["face_known"], state["face_history"] = known, History(base, likely, read_as(likely, spec["classes"]))
    return state["face_history"]


def show_result(history: History, editor: Bundle) -> None:
    """The first picture beside what was made of it, and what to do with it."""
    name, now = attributes_of(editor)[0], history.now
    start = time.perf_counter()
    picture = made(now, lambda base, wanted: editor.translate(base, **{name: wanted}))
    took = time.perf_counter() - start
    edited = picture is not history.first.base
    compare(history.first.base, picture, ("Before", "After" if edited else "Choose an edit"), "face_compare", WIDEST)
    with st.container(horizontal=True, gap="xsmall"):
        st.download_button(
            "Download",
            png(picture),
            "edited-face.png",
            "image/png",
            icon=":material/download:",
            type="primary",
            disabled=not edited,
            on_click="ignore",
            key="download",
        )
        st.button(
            "Edit again",
            on_click=history.keep,
            args=(picture,),
            disabled=not now.changed,
            help="Go on from this result.",
            key="keep",
        )
        st.button("Undo", on_click=history.undo, disabled=len(history.states) == 1, icon=":material/undo:", key="undo")
        st.button("Start over", on_click=history.restart, disabled=len(history.states) == 1, key="restart")
    height, width = picture.shape[:2]
    facts = f"{width} x {height} pixels" + (f", made in {1000 * took:.0f} ms" if now.changed else "")
    rounds = history.kept() + now.changed
    facts += f", {rounds} edits one after the other" if rounds > 1 else ""
    st.caption(f"{facts}. {'The result is synthetic: a neural network made it.' if edited else ''}")


def show_strip(history: History, editor: str, names: list[str]) -> None:
    """What each edit alone makes of the picture that is being edited; a click makes it."""
    now = history.now
    edits = singles(now.held, names)
    vectors = np.stack([turned(now.held, now.likely, names, name, on) for _, name, on in edits])
    pictures = strip_of(editor, now.base, vectors)

    def choose(name: str, on: bool) -> None:
        history.want(turned(history.now.wanted, now.likely, names, name, on))

    st.html("<style>.st-key-strip [data-testid=stElementToolbar] { display: none; }</style>")
    with st.container(horizontal=True, gap="small", key="strip"):
        for (label, name, on), picture in zip(edits, pictures, strict=True):
            with st.container(width=104, gap="xxsmall", horizontal_alignment="center"):
                st.image(picture, width=100)
                st.button(label, key=f"strip_{name}", type="tertiary", on_click=choose, args=(name, on))


@st.cache_data(show_spinner=False, max_entries=64)
def strip_of(editor: str, base: np.ndarray, vectors: np.ndarray) -> list[bytes]:
    """One picture as PNG for each row of ``vectors``."""
    bundle = bundles.load(editor)
    inputs = {spec["kind"]: name for name, spec in bundle.card["inputs"].items()}
    return [png(made) for made in bundle.run(**{inputs["image"]: base, inputs["attributes"]: vectors})]


def attributes_of(editor: Bundle) -> tuple[str, dict[str, Any]]:
    """Name and card entry of the input that takes the attributes."""
    return next((name, spec) for name, spec in editor.card["inputs"].items() if spec["kind"] == "attributes")


with guard():
    main()
