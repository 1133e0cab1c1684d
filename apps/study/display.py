"""Shows one pair in the browser, for exactly as long as asked, and tells which side was called real.

The browser decodes both pictures first and shows and hides them between two of its frames; the times of these frames
are what is reported, so the report is what the eyes got and not what was asked for.
"""

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from shared.compare import png

HTML, CSS, JS = ((Path(__file__).parent / f"pair.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js"))
SHOW = st.components.v2.component("ganapps_pair", html=HTML, css=CSS, js=JS)


@dataclass(frozen=True)
class Said:
    """What came back: the pair's number; the side called real, or None for "go on" after feedback; milliseconds.

    ``shown_ms`` is how long the pair was on the screen, None where it stays until the answer; ``answered_ms`` is from
    its appearance to the answer.
    """

    trial: int
    left: bool | None
    shown_ms: float | None
    answered_ms: float | None


def show(
    number: int,
    pictures: tuple[np.ndarray, np.ndarray],
    seconds: float | None,
    ready: str | None = None,
    practice: bool = False,
    told: tuple[bool, bool] | None = None,
    last: bool = False,
) -> Said | None:
    """Show a pair; what the participant said about it, once, when they have.

    Args:
        number: of the pair.
        pictures: left and right, uint8 (H, W, 1 or 3).
        seconds: how long; None until the answer.
        ready: what stands on a button that has to be pressed first; None begins at once.
        practice: the pictures may stay when they are unlimited, since feedback follows.
        told: for feedback: whether the real one is on the left, and whether the answer was right.
        last: whether this is the last feedback.
    """
    height, width = pictures[0].shape[:2]
    data: dict[str, Any] = {
        "trial": number,
        "pictures": ["data:image/png;base64," + base64.b64encode(png(picture)).decode() for picture in pictures],
        "shape": f"{width} / {height}",
        "sharp": max(height, width) <= 48,
        "seconds": seconds,
        "ready": ready,
        "hint": "Look at the middle: first comes a cross, then the pair.",
        "practice": practice,
        "next": "Start" if last else "Next pair",
        "remark": "That was the practice: from here on you are not told." if last else "",
    }
    if told:
        data |= {"real": "left" if told[0] else "right", "right": told[1]}
    said = SHOW(data=data, key="pair", on_said_change=lambda: None).said
    if not said or said["trial"] != number or bool(said.get("next")) != bool(told):
        return None
    return Said(number, said.get("left"), said.get("shown"), said.get("took"))
