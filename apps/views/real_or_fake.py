"""Real or fake? A human study of pictures that a network made: set it up, take part, see what came out."""

import streamlit as st
from PIL import Image

from shared.guard import guard
from study.outcome import results
from study.part import take_part
from study.setup import Memory, new_study, studies
from study.store import Store, place


@st.cache_resource
def memory() -> dict[str, dict[str, Image.Image]]:
    """Uploaded pictures by study and name, for all sessions, until the app stops."""
    return {}


def home(store: Store, uploads: Memory) -> None:
    st.title("Real or fake?")
    st.markdown(
        "People see pairs of pictures, one real and one made by a network, each pair for a second, and say which one is "
        "real. The share of pairs in which they take the fake for real tells how good the network is: **one half** means "
        "that nobody can tell."
    )
    there, new = st.tabs(["Studies", "New study"], default=None if store.studies() else "New study")
    with new:
        new_study(store, uploads)
    with there:
        studies(store)


def back() -> None:
    if st.button("All studies", icon=":material/arrow_back:", type="tertiary"):
        st.query_params.clear()
        st.rerun()


study = st.query_params.get("study")
side = "center" if study else "left"
with guard(), st.container(horizontal_alignment=side), st.container(width=880):
    where = Store(place())
    if not study:
        home(where, memory())
    elif not where.has(study):
        back()
        st.error("This study is not here (any more): ask for a new link, or choose one from the list.")
    elif st.query_params.get("view") == "results":
        back()
        results(where, study)
    else:
        take_part(where, study, memory().get(study, {}))
