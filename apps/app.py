"""The apps, one page each. Start them with ``make apps``, ``ganapps apps``, or ``streamlit run apps/app.py``."""

from pathlib import Path

import streamlit as st

from shared.guard import guard

PAGES = (  # file, title, icon; in the order of the menu
    ("face_editing.py", "Face editing", ":material/face_retouching_natural:"),
    ("super_resolution.py", "Super-resolution", ":material/zoom_in:"),
    ("sketch_to_photo.py", "Sketch to photo", ":material/draw:"),
    ("playground.py", "Playground", ":material/casino:"),
    ("zoo.py", "Zoo", ":material/grid_view:"),
    ("real_or_fake.py", "Real or fake?", ":material/quiz:"),
)
STYLE = """
.stMainBlockContainer { padding-top: 4.5rem; padding-bottom: 4rem; max-width: 1240px; }
[class*="_samples"] button { min-height: 1.6rem; padding: 0 0.25rem; line-height: 1.2; }
"""
HERE = Path(__file__).parent
VIEWS = HERE / "views"  # not "pages": of a folder of that name Streamlit makes a menu of its own

st.set_page_config(page_title="ganapps", page_icon=HERE / "icon.png", layout="wide")
st.logo(HERE / "logo.svg")
st.html(f"<style>{STYLE}</style>")
page = st.navigation([st.Page(VIEWS / file, title=title, icon=icon) for file, title, icon in PAGES], position="top")
with guard():
    page.run()
