"""One picture of a data set, to see what it is before training on it."""

import math
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ganapps.data.beds import BedSource
from ganapps.data.catalogue import DataSet
from ganapps.data.pipeline import arrays
from ganapps.data.source import Rows, Source, from_model_range

CELL = 96
GAP = 6
LINE = 14
WIDTH = 1200
LEAST_POINTS = 4000
SCATTER = 640
PAPER, INK, PALE, RED = (255, 255, 255), (40, 40, 40), (130, 130, 130), (200, 40, 40)


def contact_sheet(source: Source, n: int, seed: int) -> Image.Image:
    """``n`` rows of each stream, drawn with ``seed``: their pictures side by side, what is known of them below.

    Pictures are enlarged without smoothing, so that a pixel stays a pixel. A test-bed of points is drawn as a scatter
    of at least 4,000 points, its centres marked where they are few.
    """
    if "point" in source.info.fields:
        return _scatter(source, arrays(source, max(n, LEAST_POINTS), seed)["point"])
    rows = arrays(source, n, seed)
    if len(source.streams) == 1:
        blocks = [_block(source.info, rows)]
    else:
        example = {stream: source.take(stream, np.zeros(1, np.int64)) for stream in source.streams}
        blocks = [_block(source.info, {name: rows[name] for name in fields}) for fields in example.values()]
    return _titled(source.info, blocks)


def _block(info: DataSet, rows: Rows) -> Image.Image:
    """Cells in lines: the pictures of a row left to right under the names of their fields, its caption below."""
    shown = {name: pictures for name, array in rows.items() if (pictures := _pictures(name, array)) is not None}
    count = len(next(iter(shown.values())))
    captions = [_caption(info, {name: array[i] for name, array in rows.items()}) for i in range(count)]
    width, height = len(shown) * CELL + GAP, LINE + CELL + GAP + (LINE if any(captions) else 0)
    lines = math.ceil(count / max(1, WIDTH // width))
    columns = math.ceil(count / lines)
    sheet = Image.new("RGB", (columns * width + GAP, lines * height + GAP), PAPER)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(11)
    for i in range(count):
        left, top = GAP + i % columns * width, GAP + i // columns * height
        for place, (name, pictures) in enumerate(shown.items()):
            side = (left + place * CELL, top)
            draw.text(side, _cut(name, CELL, font), PALE, font)
            sheet.paste(_cell(pictures[i]), (side[0], top + LINE))
        draw.text((left, top + LINE + CELL), _cut(captions[i], width - GAP, font), INK, font)
    return sheet


def _pictures(name: str, array: np.ndarray) -> np.ndarray | None:
    """The rows of a field as uint8 pictures, None when it is no picture; classes of pixels get colours of their own."""
    if name == "segmentation":
        palette = np.random.default_rng(1).integers(40, 256, size=(256, 3)).astype(np.uint8)
        return palette[np.clip(array, 0, 255)]
    return from_model_range(array) if array.ndim == 4 and array.shape[-1] in (1, 3) else None


def _cell(picture: np.ndarray) -> Image.Image:
    image = Image.fromarray(picture[..., 0] if picture.shape[-1] == 1 else picture).convert("RGB")
    how = Image.Resampling.NEAREST if image.width <= CELL else Image.Resampling.LANCZOS
    return image.resize((CELL - 2, CELL - 2), how)


def _caption(info: DataSet, row: Rows) -> str:
    words = []
    if "label" in row:
        label = int(row["label"])
        words.append(info.classes[label] if label < len(info.classes) else str(label))
    if "attributes" in row:
        words += [name for name, held in zip(info.attributes, row["attributes"], strict=True) if held]
    words += [str(value) for name, value in row.items() if info.fields[name].dtype == "string"]
    return ", ".join(words)


def _cut(text: str, width: int, font: ImageFont.ImageFont | ImageFont.FreeTypeFont) -> str:
    """As much of a line as fits into ``width`` pixels."""
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(text + "...") > width:
        text = text[:-1]
    return text + "..."


def _titled(info: DataSet, blocks: Sequence[Image.Image]) -> Image.Image:
    font = ImageFont.load_default(13)
    title = f"{info.name}: {info.title}"
    width = max([block.width for block in blocks] + [int(font.getlength(title)) + 2 * GAP])
    sheet = Image.new("RGB", (width, sum(block.height for block in blocks) + 2 * GAP + LINE), PAPER)
    ImageDraw.Draw(sheet).text((GAP, GAP), title, INK, font)
    top = 2 * GAP + LINE
    for block in blocks:
        sheet.paste(block, (0, top))
        top += block.height
    return sheet


def _scatter(source: Source, points: np.ndarray) -> Image.Image:
    """The points in the plane, twice too large and then shrunk so that their dots are soft."""
    big = 2 * SCATTER
    reach = float(np.abs(points).max()) * 1.1
    field = Image.new("RGB", (big, big), PAPER)
    draw = ImageDraw.Draw(field)
    places = np.stack([points[:, 0] + reach, reach - points[:, 1]], axis=1) * (big / (2 * reach))
    for x, y in places:
        draw.ellipse((x - 2, y - 2, x + 2, y + 2), fill=(60, 90, 170))
    if isinstance(source, BedSource) and len(source.bed.centres) <= 100:
        radius = 3 * source.bed.sigma * big / (2 * reach)
        for x, y in (source.bed.centres * (1, -1) + reach) * (big / (2 * reach)):
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=RED, width=2)
    return _titled(source.info, [field.resize((SCATTER, SCATTER), Image.Resampling.LANCZOS)])
