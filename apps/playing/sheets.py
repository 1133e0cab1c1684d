"""Pictures side by side on one sheet, and one after another as a loop."""

from io import BytesIO

import numpy as np
from PIL import Image

GAP = 2


def sheet(pictures: np.ndarray, across: int, least: int = 0) -> np.ndarray:
    """Pictures in rows on white, a small gap between them.

    Args:
        pictures: uint8 (n, H, W, 1 or 3).
        across: pictures in a row.
        least: the least width of the result in pixels; pixels are repeated until it has that.

    Returns uint8 (H', W', 1 or 3).
    """
    n, height, width, channels = pictures.shape
    down = -(-n // across)
    result = np.full((down * (height + GAP) - GAP, across * (width + GAP) - GAP, channels), 255, np.uint8)
    for i, picture in enumerate(pictures):
        y, x = (i // across) * (height + GAP), (i % across) * (width + GAP)
        result[y : y + height, x : x + width] = picture
    return enlarged(result, -(-least // result.shape[1]))


def enlarged(picture: np.ndarray, times: int) -> np.ndarray:
    """Every pixel of a (H, W, C) as a square of times x times."""
    return picture.repeat(max(1, times), 0).repeat(max(1, times), 1)


def loop(pictures: np.ndarray, side: int = 0, milliseconds: int = 60) -> bytes:
    """A GIF that goes through the pictures and back, for ever.

    Args:
        pictures: uint8 (n, H, W, 1 or 3).
        side: the least width in pixels; pixels are repeated until it has that.
        milliseconds: for each picture.
    """
    there_and_back = [*pictures, *pictures[-2:0:-1]]
    times = -(-side // pictures.shape[2])
    frames = [Image.fromarray(enlarged(picture, times).squeeze()) for picture in there_and_back]
    buffer = BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:], duration=milliseconds, loop=0)
    return buffer.getvalue()
