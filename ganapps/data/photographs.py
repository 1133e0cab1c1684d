"""Photographs for super-resolution: random crops of the wallpapers on this machine, and seven well-known test pictures.

Training pictures are halved first, which takes away what their JPEG files lost. Test pictures are held out of all
training; they are cut into tiles that do not overlap, at their own size. The tiles are large, as papers measure whole
pictures: the mean over small ones is that of their plainest patches, which are at 50 dB before anything is done.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from ganapps.data import photograph_files
from ganapps.data.cache import cache_folder, cached_arrays
from ganapps.data.catalogue import DataSet, Field
from ganapps.data.colour import as_channels
from ganapps.data.photograph_files import APT, WALLPAPERS, wallpapers
from ganapps.data.pictures import SUFFIXES, BadPicture, bombs_unannounced, header, whole
from ganapps.data.source import ArraySource, Rows, Source, to_model_range, with_shapes
from ganapps.errors import GanappsError, UsageError

SIDE, TEST_SIDE = 96, 256
#: how many crops are drawn for each training pixel, and the share of them, the most detailed, that is kept: most of many
#: a photograph is sky or out of focus and teaches nothing
CROPS, KEPT = 8, 0.5
TEST_LICENCE = (
    "test pictures: public domain or CC0, china and flower CC BY 2.0, motorcycle without a licence, to be cited"
)
TEST_CREDIT = (
    "test pictures as scikit-image (NASA, Stefan van der Walt, Rachel Michetti, SpaceX, D. Scharstein and others) and "
    "scikit-learn (danielbuechele, vultilion) carry them"
)

INFO = DataSet(
    name="photographs",
    title="Photographs: crops of wallpapers, and seven test pictures",
    kind="installed",
    fields={
        "image": Field(
            (SIDE, SIDE, 3), "float32", f"a crop of a photograph at half its size; test: {TEST_SIDE} x {TEST_SIDE}"
        )
    },
    sizes={"train": 0, "test": 15},
    resolution=SIDE,
    licence="; ".join(
        f"{licence}: {', '.join(name for part in WALLPAPERS if part.licence == licence for name in part.names)}"
        for licence in dict.fromkeys(part.licence for part in WALLPAPERS)
    )
    + f"; {TEST_LICENCE}",
    credit="; ".join(f"{part.package}: {part.authors}" for part in WALLPAPERS) + f"; {TEST_CREDIT}",
    how_to_get=f"{APT}; or path=FOLDER with photographs of your own. The test split is there with the package",
    opener="ganapps.data.photographs:open_photographs",
    describer="ganapps.data.photographs:describe_photographs",
    options={"path": "a folder of photographs to train on, instead of the wallpapers"},
)


def describe_photographs(path: str | None = None) -> DataSet:
    """The card that holds for the wallpapers, or for photographs of one's own."""
    if path is None:
        return INFO
    yours = f"that of your pictures; {TEST_LICENCE}"
    return replace(
        INFO, title="your own photographs, and seven test pictures", licence=yours, credit=f"yours; {TEST_CREDIT}"
    )


class Crops(Source):
    """Squares cut out of large pictures, which are not copied.

    Args:
        info: the card; its field is ``image``.
        pictures: uint8 (H, W, 3), each at least as large as a crop; a memory map will do.
        places: rows of (picture, top, left), int.
        side: of a crop, in pixels.
        channels: 3, or 1 for luma.
        skipped: what could not be used, by name, each with its reason.
    """

    def __init__(
        self,
        info: DataSet,
        pictures: Sequence[np.ndarray],
        places: np.ndarray,
        side: int,
        channels: int,
        skipped: Sequence[str],
    ):
        self.pictures, self.places, self.side, self.channels, self.skipped = pictures, places, side, channels, skipped
        self.streams = {"main": len(places)}
        self.info = with_shapes(info, {"image": (side, side, channels)})

    def take(self, stream: str, indices: np.ndarray) -> Rows:
        crops = [self.pictures[n][y : y + self.side, x : x + self.side] for n, y, x in self.places[indices]]
        return {"image": to_model_range(as_channels(np.stack(crops), self.channels))}


def open_photographs(split: str, resolution: int | None, channels: int | None, path: str | None = None) -> Source:
    """Crops of photographs.

    Args:
        split: ``"train"``: random crops, the same for the same pictures and resolution. ``"test"``: tiles of the test
            pictures, whatever ``path`` says.
        resolution: side of a crop in pixels (default 96; in the test split 256).
        channels: 3 (default), or 1 for luma.
        path: a folder with photographs to train on; those in its subfolders count.

    Raises:
        GanappsError: no photographs here, or none as large as a crop.
    """
    if split == "test":
        return _tiles(resolution or TEST_SIDE, channels or 3)
    side = resolution or SIDE
    files = wallpapers() if path is None else _files(Path(path).expanduser())
    pictures, skipped = [], []
    with bombs_unannounced():
        for file in files:
            try:
                picture = _half(file)
            except BadPicture as error:
                skipped.append(f"{file.name}: {error}")
                continue
            if min(picture.shape[:2]) < side:
                skipped.append(f"{file.name}: smaller than {2 * side} pixels")
            else:
                pictures.append(picture)
    if not pictures and path is None and not any(file.is_file() for file in files):
        raise GanappsError(f"The wallpapers to train on are not installed: {APT}; or photographs:path=FOLDER.")
    if not pictures:
        raise GanappsError(f"No photograph is large enough: crops of {side} pixels need sides of {2 * side}.")
    places = _places(pictures, side)
    card = describe_photographs(path)
    info = replace(card, sizes=card.sizes | {"train": len(places)}, resolution=side, channels=channels or 3)
    return Crops(info, pictures, places, side, channels or 3, skipped)


def _half(path: Path) -> np.ndarray:
    """A photograph at half its size, uint8 (H, W, 3), decoded once and memory-mapped from the cache afterwards."""
    header(path)
    state = path.stat()
    key = hashlib.blake2b(f"{path.absolute()} {state.st_size} {state.st_mtime_ns}".encode(), digest_size=12).hexdigest()

    def decode() -> dict[str, np.ndarray]:
        return {key: np.asarray(whole(path).convert("RGB").reduce(2))}

    return cached_arrays(cache_folder() / "photographs-1", (key,), decode)[key]


def _places(pictures: Sequence[np.ndarray], side: int) -> np.ndarray:
    """(picture, top, left) of the crops: drawn anywhere, in each picture as many as its area calls for; then half go."""
    draw = np.random.default_rng(side)
    drawn = []
    for number, picture in enumerate(pictures):
        height, width, _ = picture.shape
        count = max(2, CROPS * height * width // side**2)
        corners = draw.integers(0, (height - side + 1, width - side + 1), (count, 2))
        drawn.append(np.column_stack([np.full(count, number), corners]))
    places = np.concatenate(drawn)
    detail = [_detail(pictures[n][y : y + side : 3, x : x + side, 1]) for n, y, x in places]
    return places[np.sort(np.argsort(detail, kind="stable")[-round(KEPT * len(places)) :])]


def _detail(rows: np.ndarray) -> float:
    """Mean absolute difference of neighbours in uint8 (rows, columns)."""
    return float(np.abs(np.diff(rows.astype(np.int16), axis=1)).mean())


def _tiles(side: int, channels: int) -> Source:
    """The test pictures cut into tiles from their upper left corners."""
    found = []
    for path in photograph_files.test_pictures():
        with Image.open(path) as image:
            picture = np.asarray(image.convert("RGB"))
        rows, columns = (length // side for length in picture.shape[:2])
        inside = picture[: rows * side, : columns * side].reshape(rows, side, columns, side, 3)
        found.append(inside.swapaxes(1, 2).reshape(-1, side, side, 3))
    tiles = as_channels(np.concatenate(found), channels)
    if not len(tiles):
        raise UsageError(f"The test pictures are smaller than {side} pixels; ask for a lower resolution.")
    info = replace(INFO, sizes=INFO.sizes | {"test": len(tiles)}, resolution=side, channels=channels)
    return ArraySource(info, {"main": {"image": tiles}})


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise GanappsError(f"{folder} is not a folder of photographs.")
    found = sorted(file for file in folder.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())
    if not found:
        raise GanappsError(f"There are no photographs in {folder}.")
    return found
