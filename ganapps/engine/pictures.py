"""Pictures a person looks at: image grids, input-over-output rows, scatter plots of points, and PNG files.

Everything here takes numpy arrays and gives uint8 RGB pictures (height, width, 3). Images come as the networks see
them, floats in [-1, 1], or as uint8; NHWC. One channel is grey; of two the first is shown, of more the first three.
"""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from ganapps.engine.files import write_atomic

PAPER, INK, ACCENT = 255, (178, 182, 190), (214, 64, 44)


def to_uint8(images: np.ndarray) -> np.ndarray:
    """Floats in [-1, 1] to grey levels 0..255, rounded to the nearest; what lies outside is clipped. uint8 stays."""
    if images.dtype == np.uint8:
        return images
    return np.rint((np.clip(np.asarray(images, np.float32), -1.0, 1.0) + 1.0) * 127.5).astype(np.uint8)


def grid(images: np.ndarray, columns: int | None = None, pad: int = 2) -> np.ndarray:
    """Lay a batch out as a contact sheet, row by row.

    Args:
        images: floats in [-1, 1], (N, H, W, C).
        columns: pictures in a row; without it the sheet is as square as it can be.
        pad: white pixels around every picture.

    Returns:
        uint8, (rows * (H + pad) + pad, columns * (W + pad) + pad, 3).
    """
    pixels = _rgb(to_uint8(images))
    count, height, width, _ = pixels.shape
    columns = columns or math.ceil(math.sqrt(count))
    lines = math.ceil(count / columns)
    sheet = np.full((lines * (height + pad) + pad, columns * (width + pad) + pad, 3), PAPER, np.uint8)
    for index, picture in enumerate(pixels):
        top, left = (
            pad + place * (side + pad) for place, side in zip(divmod(index, columns), (height, width), strict=True)
        )
        sheet[top : top + height, left : left + width] = picture
    return sheet


def rows(batches: Sequence[np.ndarray], columns: int = 8, pad: int = 2) -> np.ndarray:
    """Lay several batches out so that pictures of one index stand under each other: inputs over outputs over targets.

    When a batch is longer than ``columns`` the block of rows repeats below, with a wider gap between the blocks.

    Args:
        batches: float batches in [-1, 1] of one length, each (N, H, W, C); sizes and channels may differ, smaller
            pictures are enlarged to the largest by whole pixels.
        columns: pictures in a row.
        pad: white pixels around every picture.

    Returns:
        uint8, (height, width, 3).
    """
    height = max(batch.shape[1] for batch in batches)
    width = max(batch.shape[2] for batch in batches)
    same = [_fit(_rgb(to_uint8(batch)), height, width) for batch in batches]
    count = len(same[0])
    columns = min(columns, count)
    blocks = []
    for start in range(0, count, columns):
        block = [_strip(batch[start : start + columns], columns, pad) for batch in same]
        blocks.append(np.concatenate([*block, np.full((2 * pad, block[0].shape[1], 3), PAPER, np.uint8)]))
    sheet = np.concatenate(blocks)[: -2 * pad or None]
    return np.pad(sheet, ((pad, 0), (pad, 0), (0, 0)), constant_values=PAPER)


def scatter(
    points: np.ndarray, real: np.ndarray | None = None, size: int = 400, extent: float | None = None
) -> np.ndarray:
    """Draw generated 2-D points in red over the real ones in grey, on equal axes around the origin.

    Args:
        points: floats, (N, 2); the first number is to the right, the second up. Points outside the frame are not drawn.
        real: floats, (M, 2), or None.
        size: side of the picture in pixels.
        extent: the frame shows [-extent, extent] on both axes; without it, what holds the real points (else the
            points themselves) with a margin of a fifth.

    Returns:
        uint8, (size, size, 3).
    """
    reference = points if real is None else real
    extent = extent or 1.2 * max(float(np.abs(reference).max(initial=0.0)), 1e-6)
    # Twice the size, then halved: PIL draws without anti-aliasing.
    canvas = Image.new("RGB", (2 * size, 2 * size), (PAPER,) * 3)
    draw = ImageDraw.Draw(canvas)
    draw.line([(0, size), (2 * size, size)], fill=(232, 234, 238), width=2)
    draw.line([(size, 0), (size, 2 * size)], fill=(232, 234, 238), width=2)
    radius = max(2, size // 160)
    for cloud, colour in ((real, INK), (points, ACCENT)):
        for x, y in () if cloud is None else np.asarray(cloud, np.float64)[np.isfinite(cloud).all(axis=1)]:
            if max(abs(x), abs(y)) <= extent:
                across, down = size * (1 + x / extent), size * (1 - y / extent)
                draw.ellipse([across - radius, down - radius, across + radius, down + radius], fill=colour)
    return np.asarray(canvas.resize((size, size), Image.Resampling.LANCZOS))


def alone(images: np.ndarray) -> np.ndarray:
    """A batch as pictures to save one by one: uint8, (N, H, W) when it is grey, else (N, H, W, 3)."""
    pixels = to_uint8(images)
    return pixels[..., 0] if pixels.shape[-1] == 1 else _rgb(pixels)


def save_png(array: np.ndarray, path: str | Path) -> Path:
    """Write a uint8 picture (H, W, 3) or (H, W) as a PNG that is either whole or not there."""
    path = Path(path)
    write_atomic(path, lambda aside: Image.fromarray(array).save(aside, "PNG", optimize=True))
    return path


def _rgb(pixels: np.ndarray) -> np.ndarray:
    """Any number of channels as three."""
    return np.repeat(pixels[..., :1], 3, axis=-1) if pixels.shape[-1] < 3 else pixels[..., :3]


def _fit(pixels: np.ndarray, height: int, width: int) -> np.ndarray:
    """Enlarge by a whole factor and centre on white."""
    factor = min(height // pixels.shape[1], width // pixels.shape[2])
    pixels = pixels.repeat(factor, axis=1).repeat(factor, axis=2)
    down, across = height - pixels.shape[1], width - pixels.shape[2]
    margins = ((0, 0), (down // 2, down - down // 2), (across // 2, across - across // 2), (0, 0))
    return np.pad(pixels, margins, constant_values=PAPER)


def _strip(pixels: np.ndarray, columns: int, pad: int) -> np.ndarray:
    """One row of pictures, filled with white up to ``columns``, with the pad right of and below each."""
    blank = np.full((columns - len(pixels), *pixels.shape[1:]), PAPER, np.uint8)
    framed = np.pad(np.concatenate([pixels, blank]), ((0, 0), (0, pad), (0, pad), (0, 0)), constant_values=PAPER)
    return framed.transpose(1, 0, 2, 3).reshape(framed.shape[1], -1, 3)
