"""Playground: draw from a generator, walk between two of its pictures, turn one of its many knobs."""

import numpy as np
import streamlit as st

from ganapps.edge import Bundle, draw_latents
from playing import latents, sheets
from shared import bundles
from shared.compare import png
from shared.guard import guard, plain

SHOWN = 960  # pixels: the least width of a sheet, so that small pictures stay crisp
WIDTH = 168  # of a single picture: two fit beside each other on a phone
FRAMES = 24
STEPS = 9
SAMPLES, BETWEEN, KNOB = "Samples", "Between two", "One knob"
LARGEST_SEED = 2**31 - 1


def samplers() -> dict[str, str]:
    """Names and titles of the bundles that make pictures out of nothing but latents and a class."""
    found = {}
    for name, card in bundles.cards().items():
        kinds = {spec["kind"] for spec in card["inputs"].values()}
        if "latent" in kinds and kinds <= {"latent", "label"} and card["output"]["kind"] == "image":
            found[name] = card["title"]
    return found


def seed(label: str, key: str, start: int) -> int:
    """A number to type, and a die beside it."""

    def roll() -> None:
        st.session_state[key] = int(np.random.default_rng().integers(10_000))

    st.session_state.setdefault(key, start)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        number = st.number_input(label, 0, LARGEST_SEED, key=key, help="The same number gives the same pictures.")
        st.button("Roll", icon=":material/casino:", key=f"{key}_roll", on_click=roll, help="Another number")
    return int(number)


def classes(bundle: Bundle, in_turn: bool) -> dict[str, object]:
    """The class to draw, as ``Bundle.sample`` takes it: nothing where the bundle has none, or all shall come in turn."""
    labels = [spec for spec in bundle.card["inputs"].values() if spec["kind"] == "label"]
    if not labels:
        return {}
    if not labels[0]["classes"]:
        return {"label": int(st.number_input("Class number", 0, LARGEST_SEED, key="class_number"))}
    options = (["All in turn"] if in_turn else []) + labels[0]["classes"]
    chosen = st.pills("Class", options, default=options[0], key=f"class_{in_turn}_{bundle.card['name']}", required=True)
    return {} if chosen == "All in turn" else {"label": chosen}


def run(bundle: Bundle, drawn: latents.Latents, label: dict[str, object]) -> np.ndarray:
    """The pictures of these latents, uint8 (n, H, W, C); a class is given by its name or number."""
    given: dict[str, object] = dict(drawn)
    for name, spec in bundle.card["inputs"].items():
        if spec["kind"] == "label":
            value = label["label"]
            given[name] = spec["classes"].index(value) if isinstance(value, str) else value
    return bundle.run(**given)


def show(sheet: np.ndarray, caption: str, file: str) -> None:
    """A sheet with its download."""
    st.image(sheet, caption, "stretch", output_format="PNG", alt=caption)
    st.download_button("Download PNG", png(sheet), file, "image/png", icon=":material/download:", on_click="ignore")


def samples(bundle: Bundle, truncation: float, controls, stage) -> None:
    with controls:
        number = seed("Seed", "seed", 1)
        label = classes(bundle, in_turn=True)
        n = st.select_slider("How many", [1, 8, 24, 48], 24, key="count")
    with stage:
        pictures = bundle.sample(n, number, truncation=truncation, **label)
        caption = f"{n} samples of seed {number}, truncation {truncation:g}"
        show(sheets.sheet(pictures, min(n, 8), SHOWN), caption, f"{bundle.card['name']}-{number}.png")


def between(bundle: Bundle, truncation: float, controls, stage) -> None:
    card = bundle.card
    with controls:
        first, second = seed("From seed", "first", 1), seed("To seed", "second", 2)
        label = classes(bundle, in_turn=False)
        place = st.slider("How far along", 0.0, 1.0, 0.5, 0.01, key="place")
    ends = [draw_latents(card, 1, number, truncation) for number in (first, second)]

    def pictures(places: np.ndarray) -> np.ndarray:
        return run(bundle, latents.between(card, *ends, places), label)

    with stage:
        with st.container(horizontal=True, gap="small"):
            at = pictures(np.array([place]))[0]
            times = max(1, WIDTH * 2 // at.shape[1])
            st.image(sheets.enlarged(at, times), f"{place:.0%} of the way", WIDTH, output_format="PNG")
            st.image(sheets.loop(pictures(np.linspace(0, 1, FRAMES)), WIDTH), "There and back", WIDTH)
        straight = all(spec["distribution"] == "uniform" for spec in latents.inputs(card).values())
        caption = f"From seed {first} to seed {second}, {'in a straight line' if straight else 'along the sphere'}"
        strip = sheets.sheet(pictures(np.linspace(0, 1, STEPS)), STEPS, SHOWN)
        show(strip, caption, f"{card['name']}-{first}-to-{second}.png")


def knob(bundle: Bundle, truncation: float, controls, stage) -> None:
    card = bundle.card
    with controls:
        number = seed("Seed", "seed", 1)
        label = classes(bundle, in_turn=False)
        specs = latents.inputs(card)
        # The shortest input first: a few numbers, such as InfoGAN's codes, were meant to be turned.
        names = sorted(specs, key=lambda one: int(np.prod(specs[one]["shape"])))
        name = st.selectbox("Input", names, key="input") if len(names) > 1 else names[0]
        size = int(np.prod(specs[name]["shape"]))
        coordinate = (
            st.slider("Knob", 1, size, 1, key="coordinate", help=f"One of the latent's {size} numbers.") - 1
            if size > 1
            else 0
        )
    with stage:
        far = latents.reach(specs[name])
        values = np.linspace(-far, far, STEPS)
        drawn = latents.along(draw_latents(card, 4, number, truncation), name, coordinate, values)
        caption = f"Number {coordinate + 1} of {size} goes from {-far:g} to {far:g}; four samples of seed {number}"
        sheet = sheets.sheet(run(bundle, drawn, label), STEPS, SHOWN)
        show(sheet, caption, f"{card['name']}-{number}-knob-{coordinate + 1}.png")


MODES = {SAMPLES: samples, BETWEEN: between, KNOB: knob}


@guard()
def page() -> None:
    st.title("Playground")
    st.write("Pictures out of random numbers. Everything you see is made up by a network.")
    there = samplers()
    if not there:
        st.info(
            "There is no generator to play with yet. Make one: `make quickstart`, then copy its export folder to "
            "`exports/digits`.",
            icon=":material/casino:",
        )
        return
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        name = st.selectbox("Generator", list(there), format_func=there.__getitem__, key="generator", width=420)
        mode = st.segmented_control("Show", list(MODES), default=SAMPLES, key="mode", required=True)
    bundle = bundles.load(name)
    controls, stage = st.columns([1, 2.4], gap="large")
    with controls:
        below = st.container()
        truncation = st.slider(
            "Truncation", 0.1, 1.0, 1.0, 0.05, key="truncation", help="Lower: more typical, less varied pictures."
        )
    MODES[mode](bundle, truncation, below, stage)
    with stage:
        st.caption(plain(f"{bundle.card['description']} {bundle.card['limits']}"))


page()
