"""A page with nothing but the way in for pictures."""

import numpy as np
import streamlit as st
from PIL import Image

from shared.guard import guard
from shared.uploads import pick

samples = {"Sun": Image.new("RGB", (40, 40), "gold"), "Sea": lambda: Image.new("RGB", (40, 40), "navy")}
with guard():
    image = pick("A picture", "photo", samples)
    if st.button("Break"):
        raise ZeroDivisionError("secret inside")
    st.markdown("None" if image is None else str(np.asarray(image)[0, 0].tolist()))
