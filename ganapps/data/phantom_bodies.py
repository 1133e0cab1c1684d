"""The bodies of ``phantoms``: stacks of ellipsoids of tissue, some with a lesion, and what a scanner measures of them.

Coordinates lie in [-1, 1]: x to the right, y down, z along the slices.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from ganapps.data.window import Window

TISSUES = ("air", "fat", "muscle", "lung", "organ", "fluid", "bone", "lesion")
AIR, FAT, MUSCLE, LUNG, ORGAN, FLUID, BONE, LESION = range(len(TISSUES))
SLICES = np.linspace(-0.6, 0.6, 8)
#: tissue, centre and half axes; later ones hide earlier ones
PARTS = (
    (FAT, (0.0, 0.0, 0.0), (0.86, 0.68, 1.8)),
    (MUSCLE, (0.0, 0.0, 0.0), (0.76, 0.58, 1.8)),
    (LUNG, (-0.40, -0.16, -0.5), (0.24, 0.30, 0.9)),
    (LUNG, (0.40, -0.16, -0.5), (0.24, 0.30, 0.9)),
    (ORGAN, (-0.26, 0.18, 0.2), (0.34, 0.26, 0.9)),
    (FLUID, (0.30, 0.20, 0.3), (0.17, 0.13, 0.7)),
    (BONE, (0.0, 0.44, 0.0), (0.12, 0.10, 2.0)),
)
JITTER, TILT = 0.1, 0.15
RADII, HEIGHT = (0.10, 0.14), 0.3
GRID = 64
BLUR = 0.5


@dataclass(frozen=True)
class Modality:
    """What each of ``TISSUES`` measures, the noise's standard deviation in the same unit, and the usual window."""

    values: tuple[float, ...]
    noise: float
    window: Window

    def measure(self, tissues: np.ndarray, seed: int) -> np.ndarray:
        """A scan of tissues (n, H, W): the stored numbers, uint16 (n, H, W, 1), blurred a little and with noise."""
        values = np.array(self.values, np.float32)[tissues]
        sharp = ndimage.gaussian_filter(values, (0, BLUR, BLUR))
        noise = np.random.default_rng(seed).standard_normal(sharp.shape, np.float32)
        stored = sharp + np.float32(self.noise) * noise - np.float32(self.window.intercept)
        return np.clip(np.rint(stored), 0, 65535).astype(np.uint16)[..., None]


def bodies(patients: np.ndarray, prevalence: float, side: int) -> tuple[np.ndarray, np.ndarray]:
    """The slices of some bodies, one body after the other.

    Args:
        patients: (n,) their numbers, which fix everything about them but whether they are ill.
        prevalence: share of them, in [0, 1], that has a lesion.
        side: of a slice, in pixels.

    Returns:
        uint8 (n * slices, side, side) numbers of ``TISSUES``, and int32 (n * slices,) the patient of each.
    """
    ranks = np.random.default_rng(len(patients)).permutation(len(patients))
    ill = ranks < round(prevalence * len(patients))
    slices = [body(int(patient), bool(has), side) for patient, has in zip(patients, ill, strict=True)]
    return np.concatenate(slices), np.repeat(patients, len(SLICES)).astype(np.int32)


def body(patient: int, ill: bool, side: int) -> np.ndarray:
    """One body's slices, uint8 (slices, side, side)."""
    rng = np.random.default_rng([patient, 7])
    angle = rng.uniform(-TILT, TILT)
    parts = [
        (tissue, *(np.array(numbers) * rng.uniform(1 - JITTER, 1 + JITTER, 3) for numbers in geometry))
        for tissue, *geometry in PARTS
    ]
    if ill:
        parts.append((LESION, *_lesion(_drawn(parts, angle, GRID), rng)))
    return _drawn(parts, angle, side)


def _drawn(parts: list, angle: float, side: int) -> np.ndarray:
    x, y = _plane(angle, side)
    tissues = np.zeros((len(SLICES), side, side), np.uint8)
    for tissue, centre, axes in parts:
        # A lesion's place was found on the drawing, so it stays where it is there.
        across, down = _plane(0.0, side) if tissue == LESION else (x, y)
        depth = ((SLICES - centre[2]) / axes[2]) ** 2
        flat = ((across - centre[0]) / axes[0]) ** 2 + ((down - centre[1]) / axes[1]) ** 2
        tissues[flat[None] + depth[:, None, None] < 1] = tissue
    return tissues


def _plane(angle: float, side: int) -> tuple[np.ndarray, np.ndarray]:
    """x and y of the pixels' centres, turned by an angle."""
    ticks = (np.arange(side) + 0.5) * (2 / side) - 1
    x, y = ticks[None, :], ticks[:, None]
    return np.cos(angle) * x + np.sin(angle) * y, np.cos(angle) * y - np.sin(angle) * x


def _lesion(tissues: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Centre and half axes of a lesion that lies, with some of what is around it, in muscle or organ."""
    number = rng.integers(2, len(SLICES) - 2)
    radius = rng.uniform(*RADII)
    soft = np.isin(tissues[number], (MUSCLE, ORGAN))
    inside = ndimage.distance_transform_edt(soft) * (2 / GRID)
    places = np.argwhere(inside > 1.3 * radius)
    if not len(places):
        places = np.argwhere(inside == inside.max())
    row, column = places[rng.integers(len(places))]
    centre = np.array([(column + 0.5) * (2 / GRID) - 1, (row + 0.5) * (2 / GRID) - 1, SLICES[number]])
    return centre, np.array([radius, radius, HEIGHT])
