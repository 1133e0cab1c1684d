"""Antialiased bicubic reduction, the same numbers on every backend and with XLA: two products with fixed matrices.

``ops.image.resize(antialias=True)`` is another kernel on each backend, and TensorFlow's has no XLA version.
"""

from typing import Any

import numpy as np
from keras import ops


def bicubic_matrix(size: int, factor: int) -> np.ndarray:
    """The matrix (size / factor, size), float32, that shrinks a line of ``size`` pixels by a whole factor.

    Keys' cubic (1981, a = -1/2), widened by the factor, so that it is a low-pass filter; pixel centres at half pixels.
    At the ends of the line the taps that are left share the weight. These are the conventions of Pillow.
    """
    centres = (np.arange(size // factor) + 0.5) * factor
    t = np.abs((np.arange(size) + 0.5)[None] - centres[:, None]) / factor
    near, far = 1.5 * t**3 - 2.5 * t**2 + 1.0, -0.5 * t**3 + 2.5 * t**2 - 4.0 * t + 2.0
    taps = np.where(t < 1.0, near, np.where(t < 2.0, far, 0.0))
    return (taps / taps.sum(axis=1, keepdims=True)).astype("float32")


def bicubic_shrink(images: Any, factor: int) -> Any:
    """Pictures (B, H, W, C) in [-1, 1] -> (B, H / factor, W / factor, C), float32, clipped to [-1, 1] as a file would be.

    H and W are fixed and multiples of ``factor``.
    """
    rows, columns = (ops.convert_to_tensor(bicubic_matrix(side, factor)) for side in images.shape[1:3])
    small = ops.einsum("yh,bhwc->bywc", rows, ops.cast(images, "float32"))
    return ops.clip(ops.einsum("xw,bywc->byxc", columns, small), -1.0, 1.0)
