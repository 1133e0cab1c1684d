"""Two pictures in one frame with a handle between them, and pictures as PNG for downloads."""

import base64
from io import BytesIO

import numpy as np
import streamlit as st
from PIL import Image

LARGEST = 1600  # pixels along a side that are worth sending for the slider
LOSSLESS = 512 * 512  # pictures of no more pixels are sent as PNG, larger ones as JPEG

HTML = """
<div class="frame" tabindex="0" role="slider" aria-valuemin="0" aria-valuemax="100" aria-valuenow="50">
  <img class="right" draggable="false"><img class="left" draggable="false">
  <span class="label first"></span><span class="label second"></span>
  <div class="line"><div class="handle"></div></div>
</div>
"""
CSS = """
.frame { position: relative; overflow: hidden; width: 100%; margin: 0 auto; border-radius: 8px; --at: 50%;
  cursor: ew-resize; touch-action: pan-y; user-select: none; -webkit-user-select: none; outline-offset: 3px; }
.frame:focus-visible { outline: 3px solid var(--st-primary-color, #1565c0); }
.frame img { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: fill; pointer-events: none; }
.frame.sharp img { image-rendering: pixelated; }
.left { clip-path: inset(0 calc(100% - var(--at)) 0 0); }
.right { clip-path: inset(0 0 0 var(--at)); }
.label { position: absolute; top: 10px; padding: 3px 10px; border-radius: 99px; background: rgba(0, 0, 0, .58);
  color: #fff; font: 600 12.5px/1.4 var(--st-font, sans-serif); pointer-events: none; }
.label:empty { display: none; }
.first { left: 10px; } .second { right: 10px; }
.line { position: absolute; top: 0; bottom: 0; left: var(--at); width: 2px; margin-left: -1px; background: #fff;
  box-shadow: 0 0 4px rgba(0, 0, 0, .5); pointer-events: none; }
.handle { position: absolute; top: 50%; left: 50%; width: 36px; height: 36px; margin: -18px; border-radius: 50%;
  background: #fff; box-shadow: 0 1px 6px rgba(0, 0, 0, .45); }
.handle::before, .handle::after { content: ""; position: absolute; top: 13px; width: 8px; height: 8px;
  border: solid #333; border-width: 0 0 2px 2px; }
.handle::before { left: 9px; transform: rotate(45deg); }
.handle::after { right: 9px; transform: rotate(-135deg); }
"""
JS = """
export default function ({ data, parentElement }) {
  const frame = parentElement.querySelector(".frame");
  const put = (percent) => {
    const at = Math.min(100, Math.max(0, percent));
    frame.style.setProperty("--at", at + "%");
    frame.setAttribute("aria-valuenow", Math.round(at));
  };
  const to = (event) => {
    const box = frame.getBoundingClientRect();
    put(100 * (event.clientX - box.left) / box.width);
  };
  frame.querySelector(".left").src = data.left;
  frame.querySelector(".right").src = data.right;
  frame.querySelector(".left").alt = frame.querySelector(".first").textContent = data.labels[0];
  frame.querySelector(".right").alt = frame.querySelector(".second").textContent = data.labels[1];
  frame.setAttribute("aria-label", data.labels.join(" | "));
  frame.style.aspectRatio = data.width + " / " + data.height;
  frame.style.maxWidth = data.limit ? data.limit + "px" : "none";
  frame.classList.toggle("sharp", data.sharp);
  frame.onpointerdown = (event) => { frame.setPointerCapture(event.pointerId); to(event); };
  frame.onpointermove = (event) => { if (frame.hasPointerCapture(event.pointerId)) to(event); };
  frame.onkeydown = (event) => {
    const now = Number(frame.getAttribute("aria-valuenow"));
    const places = { ArrowLeft: now - 5, ArrowDown: now - 5, ArrowRight: now + 5, ArrowUp: now + 5, Home: 0, End: 100 };
    if (event.key in places) { event.preventDefault(); put(places[event.key]); }
  };
}
"""

SLIDER = st.components.v2.component("ganapps_compare", html=HTML, css=CSS, js=JS)


def compare(
    left: Image.Image | np.ndarray,
    right: Image.Image | np.ndarray,
    labels: tuple[str, str] = ("Before", "After"),
    key: str = "compare",
    width: int | None = None,
    sharp: bool = False,
) -> None:
    """One picture laid over the other; a handle between them moves with the mouse, a finger or the arrow keys.

    The frame has the shape of the larger picture; the other is stretched over it.

    Args:
        left, right: PIL images, or uint8 (H, W), (H, W, 1), (H, W, 3) or (H, W, 4).
        labels: what they are, in a word or two.
        key: one for each slider of a page.
        width: at most so many CSS pixels; None fills the space there is.
        sharp: show the pixels as squares when small pictures are enlarged.
    """
    pictures = [as_image(picture) for picture in (left, right)]
    larger = max(pictures, key=lambda picture: picture.width)
    data = {"left": _url(pictures[0]), "right": _url(pictures[1]), "labels": list(labels), "limit": width}
    data |= {"width": larger.width, "height": larger.height, "sharp": sharp}
    SLIDER(data=data, key=key)


def png(image: Image.Image | np.ndarray, exif: bytes | None = None) -> bytes:
    """A picture as a PNG file, with EXIF when given."""
    buffer = BytesIO()
    as_image(image).save(buffer, "PNG", **({"exif": exif} if exif else {}))
    return buffer.getvalue()


def as_image(picture: Image.Image | np.ndarray) -> Image.Image:
    """The picture as a PIL image; arrays are uint8 (H, W[, 1, 3 or 4])."""
    if isinstance(picture, Image.Image):
        return picture
    return Image.fromarray(picture[..., 0] if picture.ndim == 3 and picture.shape[2] == 1 else picture)


def _url(picture: Image.Image) -> str:
    if max(picture.size) > LARGEST:
        picture = picture.copy()
        picture.thumbnail((LARGEST, LARGEST), Image.Resampling.LANCZOS)
    lossless = picture.width * picture.height <= LOSSLESS or picture.mode not in ("L", "RGB")
    buffer = BytesIO()
    if lossless:
        picture.save(buffer, "PNG")
    else:
        picture.save(buffer, "JPEG", quality=92)
    kind = "png" if lossless else "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"
