"""From what lies on the canvas to the picture that the network reads: exactly its colours, exactly its size.

Pictures are uint8 (height, width, 3) unless a docstring says more.
"""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from sketching.papers import Colour, Paper

SHARP = 12  # a colour no further than this from one of the palette is that one; what lies between is an edge's blend
WIDE = 384  # pixels of the canvas along its longer side, about


def canvas_size(height: int, width: int) -> tuple[int, int]:
    """Height and width of the canvas for a network's: a whole multiple, so that each of its pixels is a square."""
    times = max(1, round(WIDE / max(height, width)))
    return times * height, times * width


def compose(ground: np.ndarray, strokes: np.ndarray | None) -> np.ndarray:
    """The strokes, uint8 (height, width, 4) or None, laid over the ground."""
    if strokes is None:
        return ground
    if strokes.shape[:2] != ground.shape[:2]:
        resized = Image.fromarray(strokes).resize(ground.shape[1::-1], Image.Resampling.NEAREST)
        strokes = np.asarray(resized)
    alpha = strokes[..., 3:].astype(np.float32) / 255
    return np.rint(strokes[..., :3] * alpha + ground * (1 - alpha)).astype(np.uint8)


def nearest(colours: np.ndarray, palette: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For colours (..., 3), the index of the nearest one of a palette (n, 3) and how far it is, int64 and float32 (...)."""
    apart = [((colours.astype(np.float32) - colour) ** 2).sum(-1) for colour in palette.astype(np.float32)]
    return np.argmin(apart, 0), np.sqrt(np.min(apart, 0))


def snap(picture: np.ndarray, colours: Sequence[Colour]) -> np.ndarray:
    """The picture in these colours only.

    The pixels along an edge are blends of the colours on both sides, and half river, half land happens to look like sea.
    So a blend becomes the likest of the colours beside it, not the likest of all. A picture with hardly a pure colour
    (a photograph, a scan) is snapped pixel by pixel.
    """
    palette = np.array(colours, np.uint8)
    result, packed = np.full(picture.shape[:2], -1), _packed(picture)
    for index, colour in enumerate(_packed(palette)):
        result[packed == colour] = index
    rows, columns = np.nonzero(result < 0)
    index, distance = nearest(picture[rows, columns], palette)
    known = distance <= SHARP
    if (~known).sum() > 0.5 * result.size:
        known = np.ones_like(known)
    result[rows, columns] = np.where(known, index, -1)
    while True:
        rows, columns = np.nonzero(result < 0)
        beside = _beside(result, rows, columns)
        apart = ((picture[rows, columns, None].astype(np.float32) - palette[beside]) ** 2).sum(-1)
        apart[beside < 0] = np.inf
        found = np.take_along_axis(beside, apart.argmin(-1)[:, None], 1)[:, 0]
        if not (found >= 0).any():
            return palette[result]
        result[rows, columns] = found


def _packed(colours: np.ndarray) -> np.ndarray:
    """Each colour of (..., 3) as one number, int32 (...)."""
    red, green, blue = (colours[..., i].astype(np.int32) for i in range(3))
    return red << 16 | green << 8 | blue


def _beside(index: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """What ``index`` holds around these places, (n, 8); -1 beyond the edge."""
    padded = np.pad(index, 1, constant_values=-1)
    steps = [(down, right) for down in (0, 1, 2) for right in (0, 1, 2) if (down, right) != (1, 1)]
    return np.stack([padded[rows + down, columns + right] for down, right in steps], -1)


def for_network(drawing: np.ndarray, paper: Paper, shape: Sequence[int]) -> np.ndarray:
    """The network's input, uint8 of ``shape`` (height, width, 1 or 3).

    Classes are snapped to their colours and resized by nearest neighbour; ink and free colours are averaged.
    """
    height, width, channels = shape
    classes = paper.kind == "classes"
    exact = snap(drawing, list(paper.brushes.values())) if classes else drawing
    how = Image.Resampling.NEAREST if classes else Image.Resampling.BOX
    image = Image.fromarray(exact).resize((width, height), how)
    return np.asarray(image.convert("L" if channels == 1 else "RGB")).reshape(height, width, channels)
