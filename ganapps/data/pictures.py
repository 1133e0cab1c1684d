"""Picture files as people have them, turned into square uint8 arrays."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

# No format that runs a program or reads other files (EPS, for one) is ever tried.
FORMATS = ("AVIF", "BMP", "GIF", "ICO", "JPEG", "JPEG2000", "PCX", "PNG", "PPM", "TGA", "TIFF", "WEBP")
SUFFIXES = frozenset(suffix for suffix, format in Image.registered_extensions().items() if format in FORMATS)
MOST_PIXELS = 2**26
LARGEST_NATIVE = 256
DEFAULT_RESOLUTION = 64
ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
GREY_MODES = frozenset({"1", "L", "LA", "La", "I", "I;16", "I;16B", "I;16L", "I;16N", "F"})
STORED_MODES = frozenset({"L", "I", "I;16", "I;16B", "I;16L", "I;16N"})
WHITE = (255, 255, 255, 255)


def default_resolution(native: int | None) -> int:
    """The side to use when none was asked for: that of the pictures when they are equal, small squares, else 64."""
    return native if native and native <= LARGEST_NATIVE else DEFAULT_RESOLUTION


class BadPicture(Exception):
    """A file that gives no picture; the message is the reason, in a few words."""


@dataclass(frozen=True)
class Header:
    """What a picture file says of itself before anything is decoded; sides as stored, not yet turned upright."""

    width: int
    height: int
    grey: bool


@contextmanager
def bombs_unannounced() -> Iterator[None]:
    """Keeps Pillow from warning of huge pictures, which are refused here anyway; to be entered by one thread only."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        yield


def header(path: Path) -> Header:
    """Looks at a file without decoding it.

    Raises:
        BadPicture: no picture, or one of so many pixels that decoding it would exhaust the memory.
    """
    try:
        with _open(path) as image:
            return Header(image.width, image.height, image.mode in GREY_MODES)
    except Exception as error:
        raise BadPicture(_reason(error)) from error


def read(path: Path, resolution: int, channels: int, part: str = "whole") -> np.ndarray:
    """Decodes a file: upright, on white where it is transparent, cropped to the middle square, resized.

    Args:
        path: the file; of an animation the first frame counts.
        resolution: side of the result in pixels; the filter is antialiased (Lanczos) both ways.
        channels: 1 (luma) or 3 (RGB).
        part: "whole", or the "left" or "right" half of the picture.

    Returns:
        uint8 (resolution, resolution, channels).

    Raises:
        BadPicture: the file cannot be decoded to its end.
    """
    # Twice the size wanted: the JPEG decoder may shrink to there while it decodes, many times faster.
    picture = whole(path, 2 * resolution * (1 if part == "whole" else 2))
    try:
        return fit(_half(picture, part), resolution, channels)
    except Exception as error:
        raise BadPicture(_reason(error)) from error


def whole(path: Path, least: int | None = None) -> Image.Image:
    """Decodes a file: upright, 8-bit "L" or "RGB", on white where it is transparent, uncropped.

    Args:
        path: the file; of an animation the first frame counts.
        least: when given, the decoder may shrink the picture to any size above so many pixels a side.

    Raises:
        BadPicture: the file cannot be decoded to its end.
    """
    try:
        with _open(path) as image:
            if least:
                image.draft(None, (least, least))
            image.load()
            # Only now: of some formats the decoder turns the picture itself and then takes the mark away.
            orientation = _orientation(image)
            return to_plain(image.transpose(TURNS[orientation]) if orientation in TURNS else image)
    except Exception as error:
        raise BadPicture(_reason(error)) from error


def read_stored(path: Path, resolution: int, part: str = "whole") -> np.ndarray:
    """The numbers stored in a grey file of 8 or 16 bits, not scaled: uint16 (resolution, resolution, 1).

    The arguments are those of ``read``; resampling happens in floating point.

    Raises:
        BadPicture: the file cannot be decoded to its end, or is in colour.
    """
    try:
        with _open(path) as image:
            image.load()
            if image.mode not in STORED_MODES:
                raise BadPicture("not a grey picture of 8 or 16 bits, as a window needs")
            numbers = Image.fromarray(np.asarray(image).astype(np.float32))
            orientation = _orientation(image)
        upright = numbers.transpose(TURNS[orientation]) if orientation in TURNS else numbers
        values = np.asarray(_square(_half(upright, part), resolution))
        return np.clip(np.rint(values), 0, 65535).astype(np.uint16)[..., None]
    except Exception as error:
        raise BadPicture(_reason(error)) from error


def fit(image: Image.Image, resolution: int, channels: int) -> np.ndarray:
    """The middle square of a plain picture, resized: uint8 (resolution, resolution, channels)."""
    resized = _square(image.convert("L" if channels == 1 else "RGB"), resolution)
    return np.asarray(resized, np.uint8).reshape(resolution, resolution, channels)


def _square(image: Image.Image, resolution: int) -> Image.Image:
    side = min(image.size)
    left, top = (image.width - side) / 2, (image.height - side) / 2
    box = (left, top, left + side, top + side)
    return image.resize((resolution, resolution), Image.Resampling.LANCZOS, box=box)


def to_plain(image: Image.Image) -> Image.Image:
    """Any mode as 8-bit "L" or "RGB": deep grey scaled down, palettes looked up, transparency laid on white."""
    if image.mode == "F" or image.mode.startswith("I"):
        return _from_deep_grey(image)
    if image.has_transparency_data:
        colour = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", colour.size, WHITE), colour).convert("RGB")
    return image if image.mode in ("L", "RGB") else image.convert("L" if image.mode == "1" else "RGB")


def _from_deep_grey(image: Image.Image) -> Image.Image:
    """16 bits are a whole 16-bit scale; 32-bit and float pictures do not say, so their largest value tells."""
    values = np.nan_to_num(np.asarray(image).astype(np.float64))
    largest = values.max()
    full = 65535.0 if image.mode.startswith("I;16") or largest > 255 else 1.0 if largest <= 1 else 255.0
    return Image.fromarray(np.clip(np.rint(values * (255.0 / full)), 0, 255).astype(np.uint8))


def _half(image: Image.Image, part: str) -> Image.Image:
    middle = image.width // 2
    if part == "left":
        return image.crop((0, 0, middle, image.height))
    if part == "right":
        return image.crop((image.width - middle, 0, image.width, image.height))
    return image


def _open(path: Path) -> Image.Image:
    if path.stat().st_size == 0:
        raise BadPicture("empty file")
    image = Image.open(path, formats=FORMATS)
    if image.width * image.height > MOST_PIXELS:
        image.close()
        raise BadPicture(f"more than {MOST_PIXELS:,} pixels, taken for a decompression bomb")
    return image


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except Exception:  # damaged camera data say nothing about the picture, which may well be sound
        return 1


def _reason(error: Exception) -> str:
    """A few words for the list of skipped files; a decoder meeting damaged data can raise anything at all."""
    if isinstance(error, BadPicture):
        return str(error)
    if isinstance(error, Image.UnidentifiedImageError):
        return "not a picture that can be read"
    if isinstance(error, Image.DecompressionBombError):
        return f"more than {MOST_PIXELS:,} pixels, taken for a decompression bomb"
    if isinstance(error, PermissionError):
        return "no permission to read it"
    return f"damaged ({' '.join(str(error).split()) or type(error).__name__})"[:120]
