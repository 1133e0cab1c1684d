"""The canvas of the faces: the avataaars drawing board of 280 units, with more cloth below so that a pose may lift it."""

import functools

import numpy as np

WIDTH, DRAWN, HEIGHT = 280, 280, 312
PARTS = ("background", "skin", "hair", "brows", "eyes", "nose", "mouth", "beard", "glasses", "hat", "clothes")


def canvas_shape(scale: float) -> tuple[int, int]:
    """Rows and columns of the whole canvas at ``scale`` pixels a unit."""
    return round(HEIGHT * scale), round(WIDTH * scale)


@functools.cache
def grid(scale: float) -> tuple[np.ndarray, np.ndarray]:
    """x (1, w) and y (h, 1) in units of the pixel centres, at ``scale`` pixels a unit."""
    height, width = canvas_shape(scale)
    return (np.arange(width)[None, :] + 0.5) / scale, (np.arange(height)[:, None] + 0.5) / scale
