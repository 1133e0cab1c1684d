"""Pictures as they are measured: uint8, because that is what a file or a screen would hold."""

import numpy as np
from PIL import Image

from ganapps.data.source import from_model_range
from ganapps.errors import GanappsError

REACH = 1.5  # a network without tanh may overshoot; 0..255 as floats does not pass


def to_uint8(images: np.ndarray) -> np.ndarray:
    """Round float pictures in [-1, 1] to 0..255 as saving them would; uint8 pictures pass unchanged."""
    return images if images.dtype == np.uint8 else from_model_range(images)


def given(images: np.ndarray) -> np.ndarray:
    """Pictures that a user hands over, as uint8.

    Raises:
        GanappsError: no pictures (N, H, W, 1 or 3), or floats that are not in [-1, 1].
    """
    if images.ndim != 4 or images.shape[-1] not in (1, 3) or not len(images):
        raise GanappsError(f"Pictures are arrays (N, height, width, 1 or 3); these are {images.shape}.")
    if images.dtype != np.uint8 and not np.abs(images).max() <= REACH:
        raise GanappsError("Pictures are uint8, or floats in [-1, 1]; these floats go beyond that, or are not finite.")
    return to_uint8(images)


def with_channels(images: np.ndarray, channels: int) -> np.ndarray:
    """uint8 pictures (N, H, W, C) with 1 or 3 channels: luma by ITU-R BT.601, or the grey value three times."""
    if images.shape[-1] == channels:
        return images
    if channels == 3:
        return np.repeat(images, 3, axis=-1)
    return np.rint(images @ np.array([0.299, 0.587, 0.114])).astype(np.uint8)[..., None]


def resized(images: np.ndarray, size: int) -> np.ndarray:
    """uint8 pictures (N, H, W, C) at ``size`` x ``size``: bilinear, with the support widened when it shrinks."""
    return _resized(images, size, Image.Resampling.BILINEAR)


def resized_cubic(images: np.ndarray, size: int) -> np.ndarray:
    """As ``resized``, with the bicubic filter that super-resolution papers take."""
    return _resized(images, size, Image.Resampling.BICUBIC)


def _resized(images: np.ndarray, size: int, how: Image.Resampling) -> np.ndarray:
    if images.shape[1:3] == (size, size):
        return images
    planes = images.transpose(0, 3, 1, 2).reshape(-1, *images.shape[1:3])
    small = [np.asarray(Image.fromarray(plane).resize((size, size), how)) for plane in planes]
    return np.stack(small).reshape(len(images), -1, size, size).transpose(0, 2, 3, 1)
