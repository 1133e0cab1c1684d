"""Two-dimensional test-beds: mixtures of Gaussians whose density is known exactly.

A generator of points can be judged without any learned feature: which centres it reaches, how many of its points lie
within three sigma of one, how its share of each centre compares with the true weight. Ring and grid are those of the
WGAN-GP toy experiments (Gulrajani et al., 2017) in that code's scale: a ring of radius 2 divided by 1.414, a grid
{-4, -2, 0, 2, 4}^2 divided by 2.828. In that scale every coordinate has unit variance; the other beds are brought to it
too.
"""

from dataclasses import dataclass, replace

import numpy as np

from ganapps.data.catalogue import DataSet, Field
from ganapps.data.source import ArraySource
from ganapps.errors import UsageError

SIZES = {"train": 100_000, "test": 20_000}


@dataclass(frozen=True)
class Bed:
    """The truth of a bed: ``centres`` (K, 2), their common ``sigma``, and ``weights`` (K,), the share of each."""

    centres: np.ndarray
    sigma: float
    weights: np.ndarray

    def draw(self, n: int, seed: int) -> np.ndarray:
        """n points (n, 2) float32 of the mixture."""
        rng = np.random.default_rng([seed, len(self.centres)])
        chosen = rng.choice(len(self.centres), size=n, p=self.weights)
        return (self.centres[chosen] + self.sigma * rng.standard_normal((n, 2))).astype(np.float32)


class BedSource(ArraySource):
    """A bed opened for reading: field ``point`` (2,), and the truth in ``bed`` for metrics."""

    def __init__(self, info: DataSet, bed: Bed, split: str):
        super().__init__(info, {"main": {"point": bed.draw(SIZES[split], seed=list(SIZES).index(split))}})
        self.bed = bed


def ring() -> Bed:
    """8 Gaussians on a circle of radius 2, sigma 0.02, both divided by the square root of 2."""
    angles = 2 * np.pi * np.arange(8) / 8
    return _unit_variance(2 * np.stack([np.cos(angles), np.sin(angles)], axis=1), 0.02)


def grid() -> Bed:
    """25 Gaussians on {-4, -2, 0, 2, 4}^2, sigma 0.05, both divided by the square root of 8."""
    ticks = np.arange(-4.0, 5.0, 2.0)
    return _unit_variance(np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2), 0.05)


def spiral() -> Bed:
    """20 Gaussians along a spiral, each drawn less often than the one inside it, down to a tenth of the first.

    Rare modes are the first that a collapsing generator drops, which equal weights cannot show.
    """
    angles = np.linspace(1.5, 12.0, 20)
    centres = angles[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return _unit_variance(centres, 0.15, np.geomspace(1.0, 0.1, 20))


def rose() -> Bed:
    """A curve with four petals, r = cos(2 t), covered by 400 Gaussians that overlap: one connected, thin support.

    Neighbouring centres lie about one sigma apart, so coverage measures how much of the curve's length is reached.
    """
    fine = np.linspace(0, 2 * np.pi, 20_001)
    curve = np.cos(2 * fine)[:, None] * np.stack([np.cos(fine), np.sin(fine)], axis=1)
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(curve, axis=0), axis=1))])
    even = np.linspace(0, length[-1], 400, endpoint=False)
    centres = np.stack([np.interp(even, length, curve[:, axis]) for axis in (0, 1)], axis=1)
    return _unit_variance(centres, 0.024)


def _unit_variance(centres: np.ndarray, sigma: float, weights: np.ndarray | None = None) -> Bed:
    share = np.full(len(centres), 1.0) if weights is None else weights
    share = share / share.sum()
    centred = centres - share @ centres
    scale = np.sqrt(share @ (centred**2).sum(axis=1) / 2)
    return Bed(centred / scale, sigma / float(scale), share)


BEDS = {"ring": ring, "grid": grid, "spiral": spiral, "rose": rose}
RING = DataSet(
    name="ring",
    title="8 Gaussians on a circle",
    kind="procedural",
    fields={"point": Field((2,), "float32", "a point of the plane; each coordinate has mean 0 and variance 1")},
    sizes=SIZES,
    licence="none needed",
    credit="drawn here; layout after the WGAN-GP toy experiments",
    how_to_get="built in",
    opener="ganapps.data.beds:open_ring",
    channels=0,
)
GRID = replace(RING, name="grid", title="25 Gaussians on a square grid", opener="ganapps.data.beds:open_grid")
SPIRAL = replace(
    RING, name="spiral", title="20 Gaussians of unequal weight on a spiral", opener="ganapps.data.beds:open_spiral"
)
ROSE = replace(RING, name="rose", title="a thin curve with four petals", opener="ganapps.data.beds:open_rose")


def open_ring(split: str, resolution: int | None, channels: int | None) -> BedSource:
    return _open(RING, split, resolution, channels)


def open_grid(split: str, resolution: int | None, channels: int | None) -> BedSource:
    return _open(GRID, split, resolution, channels)


def open_spiral(split: str, resolution: int | None, channels: int | None) -> BedSource:
    return _open(SPIRAL, split, resolution, channels)


def open_rose(split: str, resolution: int | None, channels: int | None) -> BedSource:
    return _open(ROSE, split, resolution, channels)


def _open(info: DataSet, split: str, resolution: int | None, channels: int | None) -> BedSource:
    if resolution is not None or channels is not None:
        raise UsageError(f"'{info.name}' holds points of the plane, not pictures: leave out resolution and channels.")
    return BedSource(info, BEDS[info.name](), split)
