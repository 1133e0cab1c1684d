"""The part of a picture that is looked at closely, and the sample photographs."""

from pathlib import Path

from PIL import Image

SAMPLES = Path(__file__).parent / "samples"
ASPECT = 4 / 3
Box = tuple[int, int, int, int]


def samples() -> dict[str, Image.Image]:
    """The photographs by name."""
    found = {}
    for path in sorted(SAMPLES.glob("*.jpg"), key=lambda path: path.stem != "cat"):  # the cat first
        with Image.open(path) as image:
            found[path.stem.capitalize()] = image.convert("RGB")
    return found


def around(x: float, y: float, width: int, size: tuple[int, int]) -> Box:
    """The box ``width`` pixels wide and three quarters as high around a place, moved and cut so that it lies inside.

    Args:
        x, y: in [0, 1] of the picture's width and height.
        width: in pixels.
        size: (width, height) of the picture.

    Returns left, top, right, bottom; at least one pixel each way.
    """
    wide, high = min(width, size[0]), min(max(1, round(width / ASPECT)), size[1])
    left = min(max(0, round(x * size[0] - wide / 2)), size[0] - wide)
    top = min(max(0, round(y * size[1] - high / 2)), size[1] - high)
    return left, top, left + wide, top + high


def widths(size: tuple[int, int]) -> list[int]:
    """The widths of box that are offered for a picture, the narrowest first; the last shows the whole of a small one."""
    whole = min(256, max(size[0], round(size[1] * ASPECT)))
    return [width for width in (32, 64, 96, 128, 192) if width < whole] + [whole]


def bicubic(image: Image.Image, box: Box, scale: int) -> Image.Image:
    """The box of a picture, ``scale`` times as large, by bicubic interpolation that sees its surroundings."""
    left, top, right, bottom = box
    return image.resize((scale * (right - left), scale * (bottom - top)), Image.Resampling.BICUBIC, box)
