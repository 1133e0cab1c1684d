"""A process of its own that draws some of the rows of a set: ``python -m ganapps.data.faces.worker``.

Its arguments are the folder, what to draw, the side in pixels, and the first row and the stride of its rows; it writes
into the arrays that lie in the folder and prints a line for every few rows that are done.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ganapps.data.faces.identity import identity_of
from ganapps.data.faces.render import render_face
from ganapps.data.faces.second import draw_style

REPORT_EVERY = 20
FACES = "faces"


def draw(kind: str, choices: np.ndarray, identity: int, side: int) -> dict[str, np.ndarray]:
    """One row: ``kind`` is "faces", all that is known of the rendered face, or the name of a second style."""
    if kind == FACES:
        return render_face(choices, identity, side)
    return {kind: draw_style(kind, choices, identity_of(identity), side)}


def draw_rows(folder: Path, kind: str, side: int, first: int, stride: int, report: Callable[[int], object]) -> None:
    """Fill in rows ``first``, ``first + stride``, ... of the arrays in ``folder``; ``report`` is told how many more."""
    choices, identities = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("choices", "identity"))
    stored: dict[str, np.ndarray] = {}
    waiting = 0
    for row in range(first, len(choices), stride):
        for name, value in draw(kind, choices[row], int(identities[row]), side).items():
            if name not in stored:
                stored[name] = np.load(folder / f"{name}.npy", mmap_mode="r+")
            stored[name][row] = value
        waiting += 1
        if waiting == REPORT_EVERY:
            report(waiting)
            waiting = 0
    if waiting:
        report(waiting)


if __name__ == "__main__":
    place, what, pixels, start, step = sys.argv[1:]
    # Straight to the pipe in one piece, line end and all: other workers write to it too.
    draw_rows(Path(place), what, int(pixels), int(start), int(step), lambda rows: os.write(1, b"%d\n" % rows))
