"""Sheets to start from: landscapes drawn by code, and line art from the rendered faces."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from sketching.papers import Paper

SAMPLES = Path(__file__).parent / "samples"
Sheet = Callable[[], np.ndarray]


def sheets(paper: Paper, size: tuple[int, int], pixel: int) -> dict[str, Sheet]:
    """The templates for a paper: by name, a function that draws uint8 (height, width, 3).

    Args:
        size: height and width of the canvas.
        pixel: side on the canvas of one pixel of the network: how wide rivers are.
    """
    found: dict[str, Sheet] = {}
    if {"sea", "land"} <= paper.brushes.keys():
        for name, draw in LANDSCAPES.items():
            found[name] = lambda draw=draw: draw(paper, size, pixel)
    elif paper.kind == "ink":
        for path in sorted(SAMPLES.glob("*.png")):
            found[path.stem.replace("-", " ").capitalize()] = lambda path=path: line_art(path, size)
    return found | {"Empty": lambda: empty(paper, size)}


def empty(paper: Paper, size: tuple[int, int]) -> np.ndarray:
    """A sheet of the paper's ground."""
    return np.full((*size, 3), paper.ground, np.uint8)


def line_art(path: Path, size: tuple[int, int]) -> np.ndarray:
    """A sample resized."""
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB").resize(size[::-1], Image.Resampling.LANCZOS))


def noise(size: tuple[int, int], seed: int, coarsest: int = 3, finest: int = 96) -> np.ndarray:
    """Fractal noise, float32 (height, width), of mean 0 and deviation 1: each octave twice as fine, half as strong."""
    generator, total, cells = np.random.default_rng(seed), np.zeros(size, np.float32), coarsest
    while cells <= finest:
        grid = Image.fromarray(generator.normal(size=(cells + 3, cells + 3)).astype(np.float32))
        total += np.asarray(grid.resize(size[::-1], Image.Resampling.BICUBIC)) * coarsest / cells
        cells *= 2
    return (total - total.mean()) / total.std()


def places(size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Of each pixel, how far down and how far right it lies, in [-1, 1]."""
    down, right = (np.linspace(-1, 1, side, dtype=np.float32) for side in size)
    return np.broadcast_to(down[:, None], size), np.broadcast_to(right[None], size)


def island(paper: Paper, size: tuple[int, int], pixel: int) -> np.ndarray:
    """One island with a lake, whose river finds the sea."""
    down, right = places(size)
    land = 0.62 - np.hypot(1.1 * down, 0.95 * right) + 0.17 * noise(size, 11) > 0
    lake = np.hypot(down + 0.12, 1.3 * (right - 0.04)) + 0.04 * noise(size, 12) < 0.12
    rivers = [((0.04, -0.06), (0.06, 0.25)), ((-0.35, -0.35), 0.0)]
    return _painted(paper, land, lake, rivers, pixel, seed=13)


def coast(paper: Paper, size: tuple[int, int], pixel: int) -> np.ndarray:
    """A coast, and a river with its tributaries."""
    down, right = places(size)
    land = right + 0.35 * down + 0.2 * noise(size, 21) > -0.25
    rivers = [((1.0, -0.75), (-0.7, 0.1)), ((0.15, -0.85), 0.45), ((0.95, 0.25), 0.6)]
    return _painted(paper, land, np.zeros(size, bool), rivers, pixel, seed=22)


def archipelago(paper: Paper, size: tuple[int, int], pixel: int) -> np.ndarray:
    """Islands of all sizes."""
    down, right = places(size)
    height = noise(size, 34, coarsest=5) - 0.7 * np.hypot(down, right)
    return _painted(paper, height > np.quantile(height, 0.68), np.zeros(size, bool), [], pixel, seed=32)


def lakes(paper: Paper, size: tuple[int, int], pixel: int) -> np.ndarray:
    """Land full of lakes, with rivers between them."""
    wet = noise(size, 43, coarsest=5)
    rivers = [((-1.0, -0.7), (1.0, 0.5)), ((0.9, -0.8), 0.5)]
    return _painted(paper, np.ones(size, bool), wet > np.quantile(wet, 0.88), rivers, pixel, seed=42)


LANDSCAPES = {"Island": island, "Coast and river": coast, "Archipelago": archipelago, "Lake district": lakes}


def _painted(
    paper: Paper,
    land: np.ndarray,
    lake: np.ndarray,
    rivers: list[tuple[tuple[float, float], tuple[float, float] | float]],
    pixel: int,
    seed: int,
) -> np.ndarray:
    """Land and lakes (bool) in the paper's colours, with rivers.

    A river runs from one place (right, down in [-1, 1]) to another, or into the first river so far along it (0 to 1).
    """
    picture = np.where(land[..., None], np.uint8(paper.colour("land")), np.uint8(paper.colour("sea")))
    height = noise(land.shape, seed + 100)
    for name, above in (("forest", 0.3), ("hills", 0.9), ("mountain", 1.5)):
        if name in paper.brushes:
            picture[land & (height > above)] = paper.brushes[name]
    lines = Image.new("1", land.shape[::-1])
    pen, generator = ImageDraw.Draw(lines), np.random.default_rng(seed)
    first = np.empty((0, 2))
    for start, end in rivers:
        mouth = first[round(end * (len(first) - 1))] if isinstance(end, float) else np.array(end)
        line = meander(np.array(start), mouth, generator)
        first = first if len(first) else line
        bends = (line + 1) / 2 * (np.array(land.shape[::-1]) - 1)
        pen.line([tuple(bend) for bend in bends.tolist()], fill=1, width=max(2, round(1.3 * pixel)), joint="curve")
    picture[land & np.asarray(lines)] = paper.colour("river", "lake", "sea")
    picture[land & lake] = paper.colour("lake", "sea")
    return picture


def meander(start: np.ndarray, end: np.ndarray, generator: np.random.Generator, halvings: int = 5) -> np.ndarray:
    """A winding line from one point to another, (n, 2): each stretch is halved at a point beside its middle."""
    points = np.stack([start, end]).astype(float)
    for _ in range(halvings):
        along = np.diff(points, axis=0)
        across = along[:, ::-1] * [-1, 1] * generator.uniform(-0.22, 0.22, (len(along), 1))
        middles = (points[:-1] + points[1:]) / 2 + across
        points = np.insert(points, np.arange(1, len(points)), middles, axis=0)
    return points
