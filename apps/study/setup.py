"""Setting up a study, and the list of those there are."""

import secrets
from typing import Any

import streamlit as st
from PIL import Image

from ganapps.errors import GanappsError
from shared import bundles
from shared.guard import plain, tell
from shared.uploads import read
from study.pictures import SIDE, Folder, Source, Uploads, attributes_of, can_fake, takes_pictures
from study.plan import draft
from study.protocol import Rules
from study.store import Store

MOST_UPLOADS = 100
MOST_IN_MEMORY = 8  # studies with uploads
CHOICE: dict[str, Any] = {"required": True, "label_visibility": "collapsed"}
SKIPPED = "study_skipped"  # in the session's state: a new study, and sentences about pictures that it leaves out
Memory = dict[str, dict[str, Image.Image]]  # study -> name -> picture


def studies(store: Store) -> None:
    """The list: title, how many took part, and the ways on."""
    found = store.studies()
    if not found:
        st.info("There are no studies yet. Set one up, then give its link to others or take part yourself.")
        return
    for entry in found:
        study, rules = entry["id"], Rules(**entry["plan"]["rules"])
        with st.container(border=True):
            st.markdown(f"**{plain(entry['plan']['title'])}**")
            shown = f"{rules.seconds:g} s each" if rules.seconds else "no time limit"
            began = {0: "nobody took part yet", 1: "1 participant"}.get(
                entry["people"], f"{entry['people']} participants"
            )
            st.caption(f"{entry['day']}, {rules.scored} pairs count, {shown}, {began}")
            with st.container(horizontal=True):
                if st.button("Take part", key=f"part_{study}", icon=":material/play_arrow:"):
                    _go(study=study)
                if st.button("Results and link", key=f"results_{study}", icon=":material/bar_chart:"):
                    _go(study=study, view="results")


def new_study(store: Store, memory: Memory) -> None:
    """The form; ``memory`` takes uploaded pictures under the new study's id."""
    title = st.text_input("Title, for the participants", "Real or fake?", max_chars=80, key="study_title")
    left, right = st.columns(2, gap="large")
    with left:
        real = _real()
    with right:
        fake = _fake()
    rules = _rules()
    by_name = st.toggle(
        "Show pictures of the same name together", key="study_by_name",
        help="For fakes that each belong to one real picture, such as translations. Otherwise any two are a pair.",
    )  # fmt: skip
    if not st.button("Create the study", type="primary", key="study_create"):
        return
    try:
        source = _source(real)
        if fake is None:
            raise GanappsError("Choose where the fakes come from: a bundle or a folder.")
        bar = st.progress(0.0, "Looking at the pictures ...")
        settings = (title, Rules(**rules), source, fake, bundles.load, secrets.randbelow(2**31), by_name)
        plan, skipped = draft(*settings, done=lambda share: bar.progress(share, "Looking at the pictures ..."))
        bar.empty()
    except GanappsError as error:
        tell(error)
        return
    study = store.add(plan.as_dict())
    if isinstance(source, Uploads):
        memory[study] = dict(source.pictures)
        for old in list(memory)[:-MOST_IN_MEMORY]:
            del memory[old]
    st.session_state[SKIPPED] = (study, skipped)
    _go(study=study, view="results")


def _real() -> Any:
    """A path, or uploaded files."""
    st.markdown("##### Real pictures")
    where = st.segmented_control("From", ["Folder", "Uploads"], default="Folder", key="real_from", **CHOICE)
    if where == "Uploads":
        files = st.file_uploader("Pictures", accept_multiple_files=True, key="real_files")
        st.caption("Kept in memory until the app is stopped; a study that is to last longer needs a folder.")
        return files
    return st.text_input(
        "Folder on the machine that runs this app", key="real_path", placeholder="/home/me/pictures/faces",
        help="100 of its pictures are drawn, also from folders in it. A data set's pictures are written to a folder by "
        "`ganapps data show NAME --out FOLDER`.",
    )  # fmt: skip


def _fake() -> dict[str, Any] | None:
    st.markdown("##### Fakes")
    where = st.segmented_control("From", ["Bundle", "Folder"], default="Bundle", key="fake_from", **CHOICE)
    if where == "Folder":
        help_text = "For example what `ganapps sample RUN -n 100 --out FOLDER` wrote."
        return {
            "from": "folder",
            "path": st.text_input("Folder on the machine that runs this app", key="fake_path", help=help_text,
                                  placeholder="/home/me/pictures/fakes"),
        }  # fmt: skip
    cards = {name: card for name, card in bundles.cards().items() if can_fake(card)}
    if not cards:
        st.info("There are no bundles that make pictures; export one with ganapps export, or use a folder.")
        return None
    name = st.selectbox("Bundle", list(cards), key="fake_bundle", format_func=lambda n: f"{cards[n]['title']} ({n})")
    card = cards[name]
    if card["data"].get("spec"):
        spec = str(card["data"]["spec"]).replace("`", "")
        st.caption(f"What it learnt from, as a folder of real pictures: `ganapps data show {spec} --out reals`")
    attributes = []
    if attributes_of(card):
        attributes = st.multiselect("The fakes have", attributes_of(card), key=f"fake_attributes_{name}")
    path = None
    if takes_pictures(card):
        if card["signature"] == "upscale":
            st.caption("Each real picture is shrunk and enlarged again: the two make a pair.")
        else:
            path = st.text_input(
                "Folder of pictures to make them from", key="fake_inputs",
                placeholder="empty: the real pictures", help="Drawings, for a bundle that turns drawings into photographs.",
            ).strip()  # fmt: skip
    return {"from": "bundle", "bundle": name, "attributes": attributes, "inputs": path or None}


def _rules() -> dict[str, Any]:
    st.markdown("##### Protocol")
    one, two, three, four = st.columns(4)
    scored = one.number_input("Pairs that count", 1, 300, 40, key="study_scored")
    practice = two.number_input("Practice pairs", 0, 50, 10, key="study_practice", help="With feedback; do not count.")
    checks = three.number_input(
        "Checks", 0, 50, 4, key="study_checks",
        help="Pairs with an obvious fake (shuffled pixels), anywhere among those that count. "
        "Whoever misses more than 20% of them is left out.",
    )  # fmt: skip
    limited = four.selectbox("Time shown", ["0.25 s", "0.5 s", "1 s", "2 s", "5 s", "no limit"], 2, key="study_time")
    seconds = None if limited == "no limit" else float(limited.split()[0])
    return {"scored": scored, "practice": practice, "checks": checks, "seconds": seconds}


def _source(real: Any) -> Source:
    if isinstance(real, str):
        if not real.strip():
            raise GanappsError("Say where the real pictures are: the path of a folder, or uploads.")
        return Folder.at(real.strip())
    if not real:
        raise GanappsError("Upload some real pictures first, or name a folder.")
    if len(real) > MOST_UPLOADS:
        raise GanappsError(f"Upload at most {MOST_UPLOADS} pictures; for more, use a folder.")
    pictures = {}
    for file in real:
        picture = read(file.getvalue(), file.name[-80:])
        enlarge = SIDE / min(picture.size)  # no study shows more
        if enlarge < 1:
            picture = picture.resize([max(1, round(side * enlarge)) for side in picture.size])
        pictures[file.name] = picture
    return Uploads(pictures)


def _go(**where: str) -> None:
    st.query_params.from_dict(where)
    st.rerun()
