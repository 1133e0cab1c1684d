"""Draw the phone page's icons into exports/web/icons/ (committed): a coarse picture that becomes a fine one.

python tools/web_icons.py
"""

from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).resolve().parent.parent / "exports" / "web" / "icons"
TEAL, DARK, LIGHT = "#0f766e", "#0b5850", "#ccfbf1"
SIDE = 64
#: squares (left, top, side, colour): large ones above on the left, small ones below on the right
SQUARES = [(14, 14, 16, LIGHT), (14, 32, 16, "#5eead4"), (32, 14, 16, "#5eead4")] + [
    (32 + 6 * x, 32 + 6 * y, 5, LIGHT if (x + y) % 2 else "#99f6e4") for y in range(3) for x in range(3)
]


def svg() -> str:
    """The icon as SVG."""
    squares = "".join(
        f'<rect x="{left}" y="{top}" width="{side}" height="{side}" rx="{side / 8:g}" fill="{colour}"/>'
        for left, top, side, colour in SQUARES
    )
    back = f'<rect width="{SIDE}" height="{SIDE}" rx="14" fill="{TEAL}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}">{back}{squares}</svg>\n'


def png(size: int) -> Image.Image:
    """The icon as a full square, which phones cut to their own shape."""
    scale = 4 * size / SIDE
    picture = Image.new("RGB", (4 * size, 4 * size), TEAL)
    pen = ImageDraw.Draw(picture)
    for left, top, side, colour in SQUARES:
        box = [scale * left, scale * top, scale * (left + side) - 1, scale * (top + side) - 1]
        pen.rounded_rectangle(box, scale * side / 8, fill=colour)
    return picture.resize((size, size), Image.Resampling.LANCZOS)


def main() -> None:
    """Write them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "icon.svg").write_text(svg(), encoding="utf-8")
    for size in (192, 512):
        png(size).save(FOLDER / f"icon-{size}.png", optimize=True)


if __name__ == "__main__":
    main()
