"""A small picture with a frame on it that people drag to where they want to look; by mouse, finger or arrow keys."""

import base64
from io import BytesIO

import streamlit as st
from PIL import Image

from enlarging.region import Box

WIDEST = 320

HTML = """
<div class="picture" tabindex="0" role="application">
  <img draggable="false" alt="The whole picture"><div class="box"></div>
</div>
"""
CSS = """
.picture { position: relative; width: 100%; overflow: hidden; border-radius: 8px; cursor: crosshair; touch-action: none;
  user-select: none; -webkit-user-select: none; outline-offset: 3px; }
.picture:focus-visible { outline: 3px solid var(--st-primary-color, #1565c0); }
img { display: block; width: 100%; pointer-events: none; }
.box { position: absolute; box-sizing: border-box; min-width: 8px; min-height: 8px; border: 2px solid #fff;
  border-radius: 3px; box-shadow: 0 0 0 1px rgba(0, 0, 0, .6), 0 0 0 4000px rgba(0, 0, 0, .35); pointer-events: none; }
"""
JS = """
export default function ({ data, parentElement, setStateValue }) {
  const picture = parentElement.querySelector(".picture");
  const box = picture.querySelector(".box");
  const inside = (value, side) => Math.min(1 - side / 2, Math.max(side / 2, value));
  let at = [data.x, data.y];
  const put = (x, y) => {
    at = [inside(x, data.width), inside(y, data.height)];
    box.style.left = 100 * (at[0] - data.width / 2) + "%";
    box.style.top = 100 * (at[1] - data.height / 2) + "%";
  };
  const to = (event) => {
    const frame = picture.getBoundingClientRect();
    put((event.clientX - frame.left) / frame.width, (event.clientY - frame.top) / frame.height);
  };
  picture.querySelector("img").src = data.picture;
  picture.style.aspectRatio = data.aspect;
  picture.style.maxWidth = data.limit + "px";
  picture.setAttribute("aria-label", "Where to zoom in: drag, or use the arrow keys");
  box.style.width = 100 * data.width + "%";
  box.style.height = 100 * data.height + "%";
  put(data.x, data.y);
  let timer = null;
  picture.onpointerdown = (event) => { picture.setPointerCapture(event.pointerId); to(event); };
  picture.onpointermove = (event) => { if (picture.hasPointerCapture(event.pointerId)) to(event); };
  picture.onpointerup = () => setStateValue("at", at);
  picture.onkeydown = (event) => {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (!(event.key in steps)) return;
    event.preventDefault();
    put(at[0] + steps[event.key][0] * data.width / 4, at[1] + steps[event.key][1] * data.height / 4);
    clearTimeout(timer);
    timer = setTimeout(() => setStateValue("at", at), 300);
  };
}
"""

FINDER = st.components.v2.component("ganapps_finder", html=HTML, css=CSS, js=JS)


def finder(small: Image.Image, box: Box, size: tuple[int, int], key: str) -> None:
    """Show the frame; where it was put last is in the session's state under ``key``, see `place`.

    Args:
        small: the picture, reduced.
        box: what the frame shows, in pixels of the picture.
        size: (width, height) of the picture.
        key: another one for another picture.
    """
    left, top, right, bottom = box
    buffer = BytesIO()
    small.convert("RGB").save(buffer, "JPEG", quality=85)
    url = f"data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"
    data = {"picture": url, "aspect": size[0] / size[1], "limit": WIDEST}
    data |= {"x": (left + right) / 2 / size[0], "y": (top + bottom) / 2 / size[1]}
    data |= {"width": (right - left) / size[0], "height": (bottom - top) / size[1]}
    FINDER(data=data, key=key, on_at_change=lambda: None)


def place(key: str) -> tuple[float, float]:
    """Where the frame's middle is, each in [0, 1]; the middle of the picture before anyone moved it."""
    try:
        x, y = (min(1.0, max(0.0, float(value))) for value in st.session_state[key]["at"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return 0.5, 0.5
    return x, y


def reduced(image: Image.Image) -> Image.Image:
    """A copy that is large enough for the finder on a sharp screen."""
    small = image.convert("RGB")
    small.thumbnail((2 * WIDEST, 2 * WIDEST), Image.Resampling.LANCZOS)
    return small
