"""Zoo: every bundle with its card, and its files against one another on a picture of yours."""

from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from PIL import Image

from ganapps.edge import PRECISIONS
from measuring import files, inputs
from shared import bundles, uploads
from shared.compare import compare, png
from shared.guard import guard, plain

APPS = Path(__file__).resolve().parents[1]
DECIMALS = {"Score": "%.4g", "Latency, ms": "%.2f", "1 thread, ms": "%.2f", "2 threads, ms": "%.2f"}
DECIMALS |= {"Largest difference": "%.3g", "MB": "%.2f", "ONNX, MB": "%.2f"}
DECIMALS |= {f"{precision}, MB": "%.2f" for precision in PRECISIONS}
ENLARGED = 640  # pixels: small pictures are shown in squares, at least so wide
GAINS = (1, 2, 4, 8, 16, 32, 64)


def listed(rows: list[dict[str, Any]], pinned: str, **how: Any) -> None:
    """A table of numbers with their decimals; its first column stays while the others scroll."""
    columns = {name: st.column_config.NumberColumn(format=form) for name, form in DECIMALS.items()}
    columns |= {pinned: st.column_config.TextColumn(pinned=True), "What it is": st.column_config.TextColumn(width=250)}
    st.dataframe(rows, hide_index=True, column_config=columns, placeholder="-", **how)


def card(told: dict[str, Any]) -> None:
    """What the card says, in words, and its files as measured at the export."""
    given, made = files.ends(told)
    st.markdown(plain(told["description"]))
    st.markdown(
        f":blue-badge[{plain(told['signature'])}] :green-badge[{plain(told['model'])}] "
        f":gray-badge[{plain(given)} :material/arrow_forward: {plain(made)}]"
    )
    listed(files.table(told), "File")
    metric = told["metric"]
    if metric:
        st.caption(plain(f"Score: {metric['name']}; {metric['better']} is better. Measured on {told['machine']}."))
    training, data = told["training"], told["data"]
    with st.expander("Training, data and limits", icon=":material/info:"):
        shown = {"steps": training.get("steps"), "minutes": training.get("minutes"), "preset": training.get("preset")}
        st.markdown("**Training** " + plain(", ".join(f"{name} {value}" for name, value in shown.items() if value)))
        if "command" in training:
            st.code(training["command"], language="bash")
        st.markdown(f"**Data** {plain(', '.join(f'{name}: {value}' for name, value in data.items()))}")
        st.markdown(f"**Limits** {plain(told['limits'])}")
        st.markdown(plain(told["notice"]))


def chosen_file(told: dict[str, Any]) -> tuple[str, str]:
    """The precision and the runtime, out of those that the bundle has files for."""
    have = {(record["runtime"], record["precision"]) for record in told["files"].values()}
    runtimes = [name for name in files.RUNTIMES if any(runtime == name for runtime, _ in have)]
    with st.container(horizontal=True, gap="medium"):
        runtime = st.segmented_control(
            "Runtime", runtimes, default=runtimes[0], format_func=files.RUNTIMES.get, key="runtime", required=True
        )
        precisions = [name for name in PRECISIONS if (runtime, name) in have]
        precision = st.segmented_control(
            "Precision", precisions, default=precisions[-1], key=f"precision_{runtime}", required=True
        )
    return precision, runtime


def wanted(told: dict[str, Any]) -> tuple[Image.Image | None, int, list[str]]:
    """The picture, seed and classes to run the bundle on, as far as its card asks for them."""
    picture, seed, chosen = None, 1, []
    specs = told["inputs"].values()
    kinds = {spec["kind"] for spec in specs}
    if "image" in kinds:
        found = {name: (lambda path=path: Image.open(path)) for name, path in inputs.samples(APPS).items()}
        picture = uploads.pick("A picture of yours", "zoo_picture", {**found, "Test": inputs.test_picture})
    if "latent" in kinds:
        seed = int(st.number_input("Seed", 0, 2**31 - 1, 1, key="zoo_seed"))
    for spec in specs:
        if spec["classes"]:
            mode = "multi" if spec["kind"] == "attributes" else "single"
            label = "Attributes" if mode == "multi" else "Class"
            value = st.pills(label, spec["classes"], selection_mode=mode, wrap=True, key=f"zoo_{told['name']}_{label}")
            chosen += value if isinstance(value, list) else [value] if value else []
    return picture, seed, chosen


def numbers(reference: np.ndarray, result: np.ndarray, base: str, label: str) -> None:
    """A vector by both files."""
    pairs = zip(reference.ravel().tolist(), result.ravel().tolist(), strict=True)
    rows = [{"Number": i, base: a, label: b, "Difference": b - a} for i, (a, b) in enumerate(pairs, 1)]
    st.dataframe(rows, hide_index=True, height=min(38 + 35 * len(rows), 420))


@st.fragment
@guard()
def pictures(reference: np.ndarray, result: np.ndarray, base: str, label: str, name: str) -> None:
    """Both files' pictures under the slider, and the amplified difference beside them."""
    sharp = reference.shape[1] < 128
    both, apart = st.columns(2, gap="medium")
    with both:
        compare(reference, result, (base, label), "zoo_slider", sharp=sharp)
        file = f"{name}-{label.replace(', ', '-').replace(' ', '-').lower()}.png"
        st.download_button(
            "Download PNG", png(result), file, "image/png", icon=":material/download:", on_click="ignore"
        )
    with apart:
        if np.array_equal(reference, result):
            st.info(f"No pixel differs between {base} and {label}.", icon=":material/check:")
            return
        gain = st.select_slider(
            "Amplify the difference", GAINS, files.visible(reference, result, GAINS), key=f"gain_{file}"
        )
        difference = files.difference(reference, result, gain)
        times = ENLARGED // difference.shape[1] if sharp else 1
        caption = f"The difference, {gain} times as strong"
        enlarged = difference.repeat(times, 0).repeat(times, 1)
        st.image(enlarged, caption, "stretch", output_format="PNG", alt=caption)


def trial(name: str) -> None:
    """One file of the bundle against the widest, float32 on LiteRT: outputs, distance, time."""
    bundle = bundles.load(name)
    told = bundle.card
    left, right = st.columns([1, 2.6], gap="large")
    with left:
        precision, runtime = chosen_file(told)
        picture, seed, chosen = wanted(told)
    if picture is None and any(spec["kind"] == "image" for spec in told["inputs"].values()):
        return
    given = inputs.inputs(told, picture, seed, chosen)
    widest = files.widest(told)
    base, label = (f"{kind}, {files.RUNTIMES[engine]}" for kind, engine in (widest, (precision, runtime)))
    with right, guard():
        with st.spinner("Running and measuring ..."):
            reference = bundle.run(*widest, **given)
            result = bundle.run(precision, runtime, **given)
            median, runs = files.latency(lambda: bundle.run(precision, runtime, **given))
        record = files.file(told, precision, runtime)
        largest, mean = files.apart(reference, result)
        grey = told["output"]["kind"] == "image"
        with st.container(horizontal=True, gap="medium"):
            help = f"Median of {runs} runs on {bundle.threads} threads, just now, on the machine that runs this page."
            st.metric("Time", f"{median:.3g} ms", help=help, width=130)
            st.metric("Size", f"{record['bytes'] / 1e6:.2f} MB", width=130)
            units = "In grey levels, of 255." if grey else "In the output's own units."
            st.metric("Largest difference", f"{largest:.3g}", help=units, width=150)
            st.metric("Mean difference", f"{mean:.3g}", help=units, width=150)
        if grey:
            pictures(reference, result, base, label, told["name"])
        else:
            numbers(reference, result, base, label)
        if "reason" in record:
            st.caption(plain(f"Why this {precision}: {record['reason']}."))


@guard()
def page() -> None:
    st.title("Zoo")
    st.write("All models that are here, file by file: what they do, how well, how large and how fast.")
    cards = bundles.cards()
    if not cards:
        st.info(
            f"There are no bundles in {plain(str(bundles.folder()))} yet. Train and export one with `make quickstart`, "
            "and copy its export folder there.",
            icon=":material/grid_view:",
        )
        return
    if st.session_state.get("bundle") not in cards:
        st.session_state["bundle"] = next(iter(cards))

    def clicked() -> None:
        rows = st.session_state["overview"].selection.rows
        if rows:
            st.session_state["bundle"] = list(cards)[rows[0]]

    listed(files.overview(cards), "Bundle", key="overview", on_select=clicked, selection_mode="single-row")
    name = st.selectbox("Look at", list(cards), format_func=lambda n: f"{n}: {cards[n]['title']}", key="bundle")
    st.subheader(plain(cards[name]["title"]))
    card(cards[name])
    st.subheader("Try its files")
    trial(name)


page()
