"""Colour pictures as grey ones and grey ones as colour, in uint8."""

import numpy as np

# ITU-R BT.601, as in every picture format.
LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def luma(pictures: np.ndarray) -> np.ndarray:
    """uint8 (..., 3) RGB to uint8 (..., 1) grey."""
    return np.rint(pictures @ LUMA).astype(np.uint8)[..., None]


def as_channels(pictures: np.ndarray, channels: int) -> np.ndarray:
    """uint8 (..., 1 or 3) with 1 or 3 channels; what has them already is returned as it is."""
    if pictures.shape[-1] == channels:
        return pictures
    return luma(pictures) if channels == 1 else np.repeat(pictures, 3, axis=-1)
