"""What stands around the edits: what the model knows, and how to come to one."""

import streamlit as st

from ganapps.edge import Bundle
from shared import bundles
from shared.guard import plain

EMPTY = """There is no bundle that edits faces in `{folder}`. Train one and export it, then reload this page:"""
FACES = """ganapps fit stargan --data faces --preset small --steps 4000 --batch-size 40 --flip --name faces-editing \\
    --edits "black hair,brown hair,blond hair,glasses,beard,smile,hat"
ganapps export runs/faces-editing --signature edit --out exports/face-editing/edit
ganapps export runs/faces-editing --signature attributes --out exports/face-editing/attributes"""
CELEBA = """ganapps fit stargan --data tfds:celeb_a --steps 200000 --batch-size 16 --flip --name celeb \\
    --edits Black_Hair,Blond_Hair,Brown_Hair,Eyeglasses,Smiling
ganapps export runs/celeb --signature edit --out exports/celeb/edit
ganapps export runs/celeb --signature attributes --out exports/celeb/attributes"""


def about(editor: Bundle) -> None:
    card = editor.card
    with st.expander("What this model knows, and how to train your own"):
        st.markdown(f"**{plain(card['title'])}.** {plain(card['limits'])}")
        st.markdown(f"{plain(card['notice'])} Data: {plain(card['data'].get('credit', 'not stated'))}.")
        st.markdown(
            "The sample faces are rendered from Avataaars by Pablo Stanley; they are no photographs. A model that learnt "
            "rendered faces makes little of photographs. For those, train on CelebA and export; this page then offers it:"
        )
        st.code(CELEBA, language="bash")


def empty() -> None:
    st.info(EMPTY.format(folder=bundles.folder()), icon=":material/face:")
    st.markdown("With rendered faces:")
    st.code(FACES, language="bash")
    st.markdown("With photographs of faces:")
    st.code(CELEBA, language="bash")
