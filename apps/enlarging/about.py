"""What stands around the enlarged pictures: what the model knows, and how to come to one."""

from typing import Any

import streamlit as st

from shared import bundles
from shared.guard import plain

TRAIN = """ganapps fit srresnet --data photographs --preset small --steps 5000 --name sharp
ganapps export runs/sharp --out exports/super-resolution"""


def about(card: dict[str, Any]) -> None:
    with st.expander("What this model knows, and how to train your own"):
        st.markdown(f"**{plain(card['title'])}.** {plain(card['limits'])} {plain(card['notice'])}")
        st.markdown(f"Data: {plain(card['data'].get('name', 'not stated'))}; {plain(card['data'].get('licence', ''))}.")
        st.markdown(
            "The sample photographs: Chelsea the cat (Stefan van der Walt, CC0), coffee (Rachel Michetti, CC0), "
            "Eileen Collins (NASA, public domain). Train on your own photographs with --data folder:PATH:"
        )
        st.code(TRAIN, language="bash")


def empty() -> None:
    st.info(
        f"There is no bundle that enlarges pictures in `{bundles.folder()}`. Train one and export it, then reload this "
        "page:",
        icon=":material/zoom_in:",
    )
    st.code(TRAIN, language="bash")
