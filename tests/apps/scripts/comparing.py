"""A page with nothing but the slider: red on the left, blue on the right."""

import streamlit as st
from PIL import Image

from shared.compare import compare

st.set_page_config(layout="wide")
shade = 255 - 100 * st.toggle("Darker")
compare(Image.new("RGB", (40, 30), (shade, 0, 0)), Image.new("RGB", (80, 60), (0, 0, shade)), ("Red", "Blue"), "slider")
