"""Pictures of any size through a network that takes squares of one size: overlapping tiles, in memory for a few rows.

    enlarger = Enlarger.of(Bundle("exports/photographs-x4"))
    enlarger.save(Image.open("photo.jpg"), Path("large.png"))

The picture leaves as a PNG that is written strip by strip, so that its size hardly matters. No TensorFlow, no Keras.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from PIL import Image, ImageOps

from ganapps.errors import UsageError
from ganapps.png import exif_of, write_png

STRIP = 64


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

    def window(self, picture: np.ndarray, box: tuple[int, int, int, int]) -> np.ndarray:
        """The part of ``enlarge`` that shows ``box``, to the last bit, for the work of the tiles that meet there.

        Args:
            picture: uint8 (H, W, channels).
            box: left, top, right, bottom in pixels of the picture.

        Returns uint8 (scale (bottom - top), scale (right - left), channels).
        """
        missing = [(0, max(0, self.tile - side)) for side in picture.shape[:2]]
        picture = np.pad(picture, (*missing, (0, 0)), mode="edge")
        columns = self._meeting(picture.shape[1], box[0], box[2])
        rows = self._meeting(picture.shape[0], box[1], box[3])
        x, y, side = columns[0][0], rows[0][0], self.scale * self.tile
        shape = (self.scale * (rows[-1][0] - y) + side, self.scale * (columns[-1][0] - x) + side, picture.shape[2])
        sums = np.zeros(shape, np.float32)
        for row, fade_y in rows:
            for column, fade_x in columns:
                made = self.run(np.ascontiguousarray(picture[row : row + self.tile, column : column + self.tile]))
                top, left = self.scale * (row - y), self.scale * (column - x)
                sums[top : top + side, left : left + side] += made * (fade_y[:, None] * fade_x)[..., None]
        left, top, right, bottom = (self.scale * (place - first) for place, first in zip(box, (x, y) * 2, strict=True))
        return np.rint(sums[top:bottom, left:right]).astype(np.uint8)

    def _meeting(self, size: int, first: int, last: int) -> list[tuple[int, np.ndarray]]:
        """Starts and weights of those tiles along a line of ``size`` pixels that count between ``first`` and ``last``."""
        begins = starts(size, self.tile, self.overlap)
        faded = weights([self.scale * begin for begin in begins], self.scale * self.tile, self.scale * self.overlap)
        return [
            (begin, fade)
            for begin, fade in zip(begins, faded, strict=True)
            if fade[max(0, self.scale * (first - begin)) : max(0, self.scale * (last - begin))].any()
        ]

    def plain(self, upright: Image.Image) -> np.ndarray:
        """What the network sees of an upright picture of any mode: uint8 (H, W, channels), without transparency."""
        opaque = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
        pixels = np.asarray(opaque.convert("L" if self.channels == 1 else "RGB"))
        return pixels.reshape(upright.height, upright.width, self.channels)

    def save(self, image: Image.Image, file: Path | BinaryIO, done: Callable[[], object] = lambda: None) -> None:
        """Enlarge a picture of any mode into a PNG: upright, with its transparency (bicubic), colour profile and EXIF.

        Grey pictures stay grey. ``file`` is a path or an open binary file. ``done`` is called after every tile.
        """
        upright = ImageOps.exif_transpose(image)
        alpha = upright.convert("RGBA").getchannel("A") if upright.has_transparency_data else None
        grey = self.channels == 1 or upright.mode in ("1", "L", "LA")
        picture = self.plain(upright)
        width, height = self.scale * upright.width, self.scale * upright.height
        profile = image.info.get("icc_profile") if upright.mode in ("RGB", "RGBA", "P") and self.channels == 3 else None
        if alpha is not None:  # first to the side, then strip by strip: both at once would depend on the strip's height
            alpha = alpha.resize((width, alpha.height), Image.Resampling.BICUBIC)
        del upright
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

        write_png(file, (height, width, channels), rows(), profile, exif_of(image, (width, height)))


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
