"""Sketches from paper: a scan or a photograph of one made into a sheet to draw on."""

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from sketching.papers import Paper
from sketching.reading import SHARP, nearest, snap

WAYS = {"outlines": "Outlines", "colours": "Colours"}


def likely_way(image: Image.Image, paper: Paper) -> str:
    """Whether a sketch is drawn in outlines or painted in colours, a key of WAYS; outlines need sea and land to fill."""
    if not {"sea", "land"} <= paper.brushes.keys():
        return "colours"
    small = np.asarray(_flat(image, (255, 255, 255)).resize((96, 96), Image.Resampling.NEAREST))
    _, distance = nearest(small, np.array(list(paper.brushes.values()), np.uint8))
    vivid = small.max(-1).astype(int) - small.min(-1)
    return "outlines" if (distance <= SHARP).mean() < 0.9 and vivid.mean() < 25 else "colours"


def sheet(image: Image.Image, size: tuple[int, int], paper: Paper, way: str, darkness: int) -> np.ndarray:
    """A sketch as a sheet of this paper, uint8 (*size, 3).

    Args:
        image: from an upload, any mode that uploads give.
        size: height and width of the canvas.
        way: a key of WAYS, for paper that has sea and land.
        darkness: by how many grey levels lines are darker than what is around them.
    """
    if paper.kind == "ink":
        return lines_sheet(image, size, darkness)
    if way == "outlines":
        return outlines_sheet(image, size, paper, darkness)
    return colours_sheet(image, size, paper)


def ink(image: Image.Image, size: tuple[int, int], darkness: int) -> np.ndarray:
    """Where a sketch has lines, bool (height, width): what is darker than its surroundings by ``darkness`` grey levels.

    The whole sketch is seen, with white around it where its shape is not that of the sheet. Shadows do not count.
    """
    grey = ImageOps.contain(_flat(image, (255, 255, 255)).convert("L"), size[::-1], Image.Resampling.BOX)
    around = grey.filter(ImageFilter.MaxFilter(9)).filter(ImageFilter.BoxBlur(max(size) // 16))
    found = np.asarray(grey).astype(int) < np.asarray(around).astype(int) - darkness
    sheet = np.zeros(size, bool)
    top, left = ((whole - part) // 2 for whole, part in zip(size, found.shape, strict=True))
    sheet[top : top + found.shape[0], left : left + found.shape[1]] = found
    return sheet


def lines_sheet(image: Image.Image, size: tuple[int, int], darkness: int) -> np.ndarray:
    """A scanned line drawing as black on white, uint8 (height, width, 3)."""
    return np.where(ink(image, size, darkness)[..., None], np.uint8(0), np.full((*size, 3), 255, np.uint8))


def colours_sheet(image: Image.Image, size: tuple[int, int], paper: Paper) -> np.ndarray:
    """A painted sketch, whole, on a sheet of the paper's ground; of classes, in their colours only."""
    fitted = ImageOps.pad(_flat(image, paper.ground), size[::-1], Image.Resampling.NEAREST, color=paper.ground)
    picture = np.asarray(fitted)
    return snap(picture, list(paper.brushes.values())) if paper.kind == "classes" else picture


def outlines_sheet(image: Image.Image, size: tuple[int, int], paper: Paper, darkness: int) -> np.ndarray:
    """A map drawn in outlines, filled: closed lines hold land, closed lines on land hold lakes, open ones are rivers.

    What is connected with the edge of the sheet is sea, unless nothing else is left: then all is land.
    """
    lines = np.asarray(Image.fromarray(ink(image, size, darkness)).convert("L").filter(ImageFilter.MaxFilter(3))) > 0
    edge = np.ones(size, bool)
    edge[1:-1, 1:-1] = False
    sea = flood(edge, ~lines)
    coast = lines & _near(sea, 6)
    land = flood(_near(coast, 1), ~lines & ~sea)
    lake = ~lines & ~sea & ~land
    if not land.any():
        land, sea, coast = sea, land, coast & False
    river = lines & ~coast & ~_near(lake, 6)
    picture = np.full((*size, 3), paper.colour("land"), np.uint8)
    picture[sea] = paper.colour("sea")
    picture[lake] = paper.colour("lake", "sea")
    picture[river] = paper.colour("river", "lake", "sea")
    return picture


def flood(start: np.ndarray, free: np.ndarray) -> np.ndarray:
    """What can be reached from ``start`` by steps up, down, left and right through ``free``; all bool (height, width)."""
    reached, before = start & free, -1
    while (count := int(reached.sum())) != before:
        before = count
        reached = _along_rows(_along_rows(reached, free).T, free.T).T
    return reached


def _along_rows(reached: np.ndarray, free: np.ndarray) -> np.ndarray:
    """Every run of free pixels in a row of which one was reached."""
    begins = np.ones(free.shape, bool)
    begins[:, 1:] = free[:, 1:] != free[:, :-1]
    run = np.cumsum(begins).reshape(free.shape)
    return free & (np.bincount(run.ravel(), reached.ravel()) > 0)[run]


def _near(mask: np.ndarray, reach: int) -> np.ndarray:
    image = Image.fromarray(mask).convert("L")
    return np.asarray(image.filter(ImageFilter.MaxFilter(2 * reach + 1))) > 0


def _flat(image: Image.Image, behind: tuple[int, int, int]) -> Image.Image:
    """RGB; what is transparent shows what lies behind."""
    if image.mode != "RGBA":
        return image.convert("RGB")
    sheet = Image.new("RGB", image.size, behind)
    sheet.paste(image, mask=image.getchannel("A"))
    return sheet
