"""Pictures of any size through a network that takes squares of one size: overlapping tiles, in memory for a few rows.

    enlarger = Enlarger.of(Bundle("exports/photographs-x4"))
    enlarger.save(Image.open("photo.jpg"), Path("large.png"))

The picture leaves as a PNG that is written strip by strip, so that its size hardly matters. No TensorFlow, no Keras.
"""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from ganapps.errors import UsageError

STRIP = 64
COLOUR_TYPE = {1: 0, 2: 4, 3: 2, 4: 6}  # channels -> the number that PNG has for them


@dataclass(frozen=True)
class Enlarger:
    """A network that enlarges squares.

    Args:
        run: uint8 (tile, tile, channels) -> uint8 (scale tile, scale tile, channels).
        tile: side of the squares, in pixels.
        scale: how many times larger pictures become.
        channels: 3, or 1.
    """

    run: Callable[[np.ndarray], np.ndarray]
    tile: int
    scale: int
    channels: int = 3

    @classmethod
    def of(cls, bundle: Any, **how: str) -> "Enlarger":
        """From an edge bundle, or one loaded file of it, with the signature ``upscale``; ``how`` goes to its ``run``.

        Raises:
            UsageError: the bundle does something else.
        """
        card = bundle.card
        if card["signature"] != "upscale":
            raise UsageError(
                f"The bundle '{card['name']}' does not enlarge pictures: its signature is {card['signature']}."
            )
        tile, _, channels = card["inputs"]["image"]["shape"]
        scale = card["output"]["shape"][0] // tile
        return cls(lambda square: bundle.run(image=square, **how), tile, scale, channels)

    @property
    def overlap(self) -> int:
        """Pixels that neighbouring tiles share: a quarter of a tile."""
        return self.tile // 4

    def count(self, width: int, height: int) -> int:
        """How many tiles a picture of that size takes."""
        return len(starts(width, self.tile, self.overlap)) * len(starts(height, self.tile, self.overlap))

    def enlarge(self, picture: np.ndarray) -> np.ndarray:
        """uint8 (H, W, channels) -> uint8 (scale H, scale W, channels)."""
        return np.concatenate(list(self.strips(picture)))

    def strips(self, picture: np.ndarray, done: Callable[[], object] = lambda: None) -> Iterator[np.ndarray]:
        """The rows of ``enlarge`` from the top, in strips of at most 64; ``done`` is called after every tile.

        Tiles overlap and are faded into one another; a tile's outermost pixels, which lack their surroundings, do not
        count. At the edges of the picture a tile ends where the picture ends, so they look as in one piece. Of a picture
        smaller than a tile the edges are repeated.
        """
        height, width = (self.scale * side for side in picture.shape[:2])
        missing = [(0, max(0, self.tile - side)) for side in picture.shape[:2]]
        picture = np.pad(picture, (*missing, (0, 0)), mode="edge")
        rows, columns = (starts(side, self.tile, self.overlap) for side in picture.shape[:2])
        sizes = (self.scale * self.tile, self.scale * self.overlap)
        down, across = ([self.scale * start for start in begin] for begin in (rows, columns))
        faded_down, faded_across = weights(down, *sizes), weights(across, *sizes)
        # The sum of the tiles so far, from the first row that is not given out yet.
        sums = np.zeros((sizes[0], self.scale * picture.shape[1], picture.shape[2]), np.float32)
        for y, top, low, fade_y in zip(rows, down, [*down[1:], height], faded_down, strict=True):
            for x, left, fade_x in zip(columns, across, faded_across, strict=True):
                made = self.run(np.ascontiguousarray(picture[y : y + self.tile, x : x + self.tile]))
                sums[:, left : left + sizes[0]] += made * (fade_y[:, None] * fade_x)[..., None]
                done()
            for first in range(0, low - top, STRIP):
                yield np.rint(sums[first : min(first + STRIP, low - top), :width]).astype(np.uint8)
            rest = sums[low - top :].copy()
            sums[: len(rest)], sums[len(rest) :] = rest, 0.0

    def save(self, image: Image.Image, path: Path, done: Callable[[], object] = lambda: None) -> None:
        """Enlarge a picture of any mode into a PNG: upright, with its transparency (bicubic) and colour profile.

        Grey pictures stay grey. ``done`` is called after every tile.
        """
        upright = ImageOps.exif_transpose(image)
        alpha = upright.convert("RGBA").getchannel("A") if upright.has_transparency_data else None
        grey = self.channels == 1 or upright.mode in ("1", "L", "LA")
        plain = upright.convert("RGBA" if alpha else "RGB").convert("L" if self.channels == 1 else "RGB")
        picture = np.asarray(plain).reshape(plain.height, plain.width, self.channels)
        width, height = self.scale * plain.width, self.scale * plain.height
        profile = image.info.get("icc_profile") if upright.mode in ("RGB", "RGBA", "P") and self.channels == 3 else None
        if alpha is not None:  # first to the side, then strip by strip: both at once would depend on the strip's height
            alpha = alpha.resize((width, alpha.height), Image.Resampling.BICUBIC)
        del upright, plain
        channels = (1 if grey else 3) + (alpha is not None)

        def rows() -> Iterator[np.ndarray]:
            top = 0
            for strip in self.strips(picture, done):
                bottom = top + len(strip)
                if grey and self.channels == 3:
                    strip = np.asarray(Image.fromarray(strip).convert("L"))[..., None]
                if alpha is not None:
                    box = (0, top / self.scale, width, bottom / self.scale)
                    wide = alpha.resize((width, len(strip)), Image.Resampling.BICUBIC, box)
                    strip = np.concatenate([strip, np.asarray(wide)[..., None]], axis=-1)
                yield strip
                top = bottom

        write_png(path, (height, width, channels), rows(), profile)


def starts(size: int, tile: int, overlap: int) -> list[int]:
    """Where tiles begin along a line of ``size`` pixels: neighbours share ``overlap`` pixels, the last two maybe more."""
    last = max(0, size - tile)
    return [*range(0, last, tile - overlap), last]


def weights(begins: list[int], tile: int, overlap: int) -> list[np.ndarray]:
    """For each tile, float32 (tile,): how much each of its pixels counts. At every place the weights of all tiles sum to 1.

    Where two tiles meet, a quarter of the overlap at a tile's end counts nothing, and half of it is a ramp.
    """
    place = np.arange(tile) + 0.5
    found = []
    for number in range(len(begins)):
        rise = np.clip((place - overlap / 4) / (overlap / 2), 0, 1) if number else np.ones(tile)
        fall = np.clip((tile - place - overlap / 4) / (overlap / 2), 0, 1)
        found.append(rise * (fall if number < len(begins) - 1 else 1.0))
    total = np.zeros(begins[-1] + tile)
    for begin, weight in zip(begins, found, strict=True):
        total[begin : begin + tile] += weight
    return [(w / total[b : b + tile]).astype(np.float32) for b, w in zip(begins, found, strict=True)]


def write_png(
    path: Path, shape: tuple[int, int, int], strips: Iterator[np.ndarray], profile: bytes | None = None
) -> None:
    """Write a PNG (ISO 15948) of ``shape`` (height, width, 1 to 4 channels) from uint8 strips, without ever holding it.

    Rows are Paeth-filtered. ``profile`` is an ICC profile.
    """
    height, width, channels = shape

    def chunk(kind: bytes, content: bytes) -> bytes:
        return len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")

    with path.open("wb") as file:
        header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, COLOUR_TYPE[channels], 0, 0, 0])
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header))
        if profile:
            file.write(chunk(b"iCCP", b"profile\0\0" + zlib.compress(profile)))
        file.write(chunk(b"tEXt", b"Software\0ganapps: details were made by a neural network"))
        deflate = zlib.compressobj(6, zlib.DEFLATED, 15, 9, zlib.Z_FILTERED)
        above = np.zeros((1, width, channels), np.uint8)
        for strip in strips:
            content = deflate.compress(_filtered(np.concatenate([above, strip])))
            file.write(chunk(b"IDAT", content) if content else b"")
            above = strip[-1:]
        file.write(chunk(b"IDAT", deflate.flush()) + chunk(b"IEND", b""))


def _filtered(rows: np.ndarray) -> bytes:
    """Rows but the first (which is above them) as PNG stores them: each pixel less what Paeth predicts, a 4 before each."""
    filtered = []
    for above, row in pairwise(rows):
        left, up, corner = (np.zeros(row.shape, np.int16) for _ in range(3))
        left[1:], up[:], corner[1:] = row[:-1], above, above[:-1]
        by_left, by_up, by_corner = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
        nearest = np.where(by_up <= by_corner, up, corner)
        nearest = np.where((by_left <= by_up) & (by_left <= by_corner), left, nearest)
        filtered.append(b"\x04" + (row - nearest).astype(np.uint8).tobytes())
    return b"".join(filtered)
