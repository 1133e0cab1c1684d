"""Writes a PNG strip by strip, without ever holding the picture, and the EXIF that goes into it."""

import zlib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import ExifTags, Image

COLOUR_TYPE = {1: 0, 2: 4, 3: 2, 4: 6}  # channels -> the number that PNG has for them
#: EXIF tags of TIFF files, and of what such files carry beside the picture (XMP, IPTC, Photoshop's own, ICC)
OF_THE_FILE = {*range(254, 533), 700, 33723, 34377, 34675} - {
    270,
    271,
    272,
    274,
    282,
    283,
    296,
    305,
    306,
    315,
    316,
    318,
    319,
}


def write_png(
    file: Path | BinaryIO,
    shape: tuple[int, int, int],
    strips: Iterator[np.ndarray],
    profile: bytes | None = None,
    exif: bytes | None = None,
) -> None:
    """Write a PNG (ISO 15948) of ``shape`` (height, width, 1 to 4 channels) from uint8 strips.

    Rows are Paeth-filtered.

    Args:
        file: a path, or an open binary file.
        shape: of the whole picture.
        strips: its rows from the top.
        profile: an ICC profile.
        exif: EXIF from its byte order mark on.
    """
    if isinstance(file, Path):
        with file.open("wb") as opened:
            return write_png(opened, shape, strips, profile, exif)
    height, width, channels = shape

    def write(kind: bytes, content: bytes) -> None:
        file.write(len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big"))

    file.write(b"\x89PNG\r\n\x1a\n")
    write(b"IHDR", width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, COLOUR_TYPE[channels], 0, 0, 0]))
    if profile:
        write(b"iCCP", b"profile\0\0" + zlib.compress(profile))
    if exif:
        write(b"eXIf", exif)
    write(b"tEXt", b"Software\0ganapps: details were made by a neural network")
    deflate = zlib.compressobj(6, zlib.DEFLATED, 15, 9, zlib.Z_FILTERED)
    above = np.zeros((1, width, channels), np.uint8)
    for strip in strips:
        content = deflate.compress(_filtered(np.concatenate([above, strip])))
        if content:
            write(b"IDAT", content)
        above = strip[-1:]
    write(b"IDAT", deflate.flush())
    write(b"IEND", b"")


def exif_of(image: Image.Image, size: tuple[int, int]) -> bytes | None:
    """The EXIF of a picture for one made of it that stands upright and has ``size`` (width, height); None without any.

    What describes the file instead of the picture (its compression, where its rows lie) is left out.
    """
    try:
        exif = Image.Exif()
        exif.load(image.getexif().tobytes())
        for tag in [tag for tag in exif if tag in OF_THE_FILE]:
            del exif[tag]
        if not exif:
            return None
        exif[ExifTags.Base.Orientation] = 1
        if ExifTags.IFD.Exif in exif:
            inner = exif.get_ifd(ExifTags.IFD.Exif)
            for tag, side in zip((ExifTags.Base.ExifImageWidth, ExifTags.Base.ExifImageHeight), size, strict=True):
                if tag in inner:
                    inner[tag] = side
        return exif.tobytes().removeprefix(b"Exif\0\0")
    except Exception:  # EXIF that cannot be read must not cost the picture
        return None


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
