"""Flat shapes given a third dimension: height fields over the canvas, and the surface normals that follow from them.

Heights and positions are in canvas units (the face is 112 wide), y runs down; normals are unit vectors (right, down,
towards the viewer).
"""

import functools

import numpy as np
from scipy.ndimage import distance_transform_edt, gaussian_filter

from ganapps.data.faces.canvas import HEIGHT, WIDTH, grid
from ganapps.data.faces.vocabulary import CURLY

CROWN = (140.0, 18.0)
# Gaussian bumps of the face: x, y, half width, half height, how far it stands out.
FEATURES = (
    *((140, 74, 34, 16, 3.0), (114, 112, 15, 10, -5.5), (166, 112, 15, 10, -5.5)),  # brow ridge, eye sockets
    *((140, 112, 5, 14, 6.0), (140, 129, 7, 6, 11.0), (130, 132, 4, 4, 3.5), (150, 132, 4, 4, 3.5)),  # nose
    *((107, 138, 14, 12, 3.5), (173, 138, 14, 12, 3.5)),  # cheeks
    *((140, 152, 19, 11, 3.5), (140, 176, 13, 6, 3.5)),  # muzzle, chin
)


def normals(height: np.ndarray, scale: float) -> np.ndarray:
    """Unit normals float32 (h, w, 3) of a height field (h, w)."""
    down, right = np.gradient(height * scale)
    towards = np.stack([-right, -down, np.ones_like(height)], -1)
    return (towards / np.linalg.norm(towards, axis=-1, keepdims=True)).astype(np.float32)


def inflate(mask: np.ndarray, radius: float, scale: float) -> np.ndarray:
    """Height of a pillow over ``mask`` (bool): a quarter circle of ``radius`` from every edge, flat inside."""
    depth = distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1]
    share = np.clip(depth / (radius * scale), 0, 1)
    return gaussian_filter(radius * np.sqrt(1 - (1 - share) ** 2), 0.08 * radius * scale)


def head_height(mask: np.ndarray, scale: float) -> np.ndarray:
    """The head: a pillow with brow ridge, eye sockets, nose, cheeks, muzzle and chin."""
    across, down = grid(scale)
    height = 0.85 * inflate(mask, 56, scale)
    for x, y, width, tall, amount in FEATURES:
        height += amount * np.exp(-((across - x) ** 2) / (2 * width**2) - (down - y) ** 2 / (2 * tall**2))
    return height


def hair_height(mask: np.ndarray, variant: str, scale: float) -> np.ndarray:
    """Hair: it follows the skull, swells at its edges, and is combed into strands or curls."""
    x, y = grid(scale)
    skull = 46 * np.sqrt(np.clip(1 - ((x - 140) / 95) ** 2 - ((y - 105) / 130) ** 2, 0, 1))
    if variant in CURLY:
        return skull + inflate(mask, 16, scale) + 2.5 * curls(scale) + 0.3 * noise("frizz", 1.6, scale)
    return skull + inflate(mask, 20, scale) + 1.2 * strands(scale)


def beard_height(mask: np.ndarray, scale: float) -> np.ndarray:
    """A beard: thinner than hair, in short strands."""
    return inflate(mask, 12, scale) + 0.5 * strands(scale) + 0.5 * noise("frizz", 1.6, scale)


def cloth_height(mask: np.ndarray, scale: float) -> np.ndarray:
    """A garment: rounded shoulders with soft folds."""
    return 1.1 * inflate(mask, 44, scale) + 1.8 * noise("folds", 13, scale)


@functools.cache
def strands(scale: float) -> np.ndarray:
    """Combed hair (h, w), mean about 0 and deviation 1: lines that leave the crown and hang down, slightly waved."""
    x, y = grid(scale)
    angle = np.arctan2(x - CROWN[0], np.maximum(y - CROWN[1], 0) + 26.0) + 0.035 * noise("wave", 22, scale)
    lines = np.zeros_like(angle)
    random = np.random.default_rng(7)
    for frequency in (23, 41, 67, 97, 131):
        phase = random.uniform(0, 2 * np.pi) + 1.2 * noise(f"phase {frequency}", 26, scale)
        lines += np.sin(frequency * angle + phase) / np.sqrt(frequency)
    return lines / lines.std()


@functools.cache
def curls(scale: float) -> np.ndarray:
    """Curled hair (h, w): round tufts about 1 high with creases of 0 between them."""
    tufts = np.abs(noise("curls", 4.0, scale)) + 0.5 * np.abs(noise("ringlets", 2.6, scale))
    return gaussian_filter(tufts, 0.7 * scale)


@functools.cache
def noise(name: str, size: float, scale: float) -> np.ndarray:
    """Smooth noise (h, w) with features of ``size`` units, mean 0 and deviation 1; every scale shows the same pattern."""
    coarse = np.random.default_rng(list(name.encode())).standard_normal((HEIGHT, WIDTH))
    smooth = gaussian_filter(coarse, size, mode="wrap")
    x, y = grid(scale)
    smooth = smooth[np.ix_(y[:, 0].astype(int), x[0].astype(int))]
    if scale > 1:
        smooth = gaussian_filter(smooth, scale / 2)
    return (smooth - smooth.mean()) / smooth.std()
