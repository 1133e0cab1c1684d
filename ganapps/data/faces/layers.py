"""The pictures' building blocks: each variant of each part once, as coverage, colour, surface normals, shadow and ink.

The colour of a part is linear in the one colour that the drawing leaves open (hair, cloth, ...): fixed + tint * open.
"""

import functools
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import (
    binary_dilation,
    binary_erosion,
    distance_transform_edt,
    gaussian_filter,
    maximum_filter,
    shift,
)

from ganapps.data.faces import relief
from ganapps.data.faces.canvas import DRAWN, PARTS, WIDTH, canvas_shape, grid
from ganapps.data.faces.shapes import EYES, NOSTRILS, SKIN
from ganapps.data.faces.svg import document, load_style, rasterise, write
from ganapps.data.faces.vocabulary import CURLY

# The component of the drawing that a part is, and the name of the colour which that leaves open.
COMPONENTS = {
    "hair": ("top", "hair"),
    "hat": ("top", "hat"),
    "clothes": ("clothes", "clothes"),
    "beard": ("facialHair", "facialHair"),
    "glasses": ("accessories", "accessories"),
    "mouth": ("mouth", ""),
    "eyes": ("eyes", ""),
    "brows": ("eyebrows", ""),
}
# Units over which the edge of a part is rounded; shadow: right, down, blur, strength; highlight: strength, and how often
# the cosine is squared to make it sharp.
ROUNDING = {"body": 40, "ears": 9, "glasses": 2.5, "brows": 2.5, "hat": 26, "mouth": 4, "eyes": 9}
SHADOWS = {
    "hair": (2.0, 5.0, 4.0, 0.55),
    "hat": (2.0, 7.0, 5.0, 0.6),
    "head": (3.0, 13.0, 6.0, 0.6),
    "beard": (1.0, 2.5, 2.5, 0.35),
    "glasses": (1.5, 3.5, 1.8, 0.45),
    "clothes": (0.0, 2.0, 2.5, 0.3),
}
HIGHLIGHTS = {
    "hair": (0.16, 4),
    "curls": (0.08, 3),
    "beard": (0.04, 3),
    "glasses": (0.5, 6),
    "eyes": (0.35, 6),
    "mouth": (0.2, 5),
    "skin": (0.07, 4),
}
# The drawing paints brows, closed eyes and mouths as a veil over the skin; a rendered face needs them solid.
VEILED = {"brows": 1.45, "eyes": 1.5, "mouth": 1.35}
LINE = 2.6
LIPS = np.array([0.86, 0.58, 0.58], np.float32)


@dataclass(frozen=True)
class Layer:
    """One drawn part on its own window of the canvas (rows ``top:``, columns ``left:`` in pixels).

    ``alpha`` (h, w), ``fixed`` and ``tint`` (h, w, 3) are float32 in [0, 1]; ``normals`` (h, w, 3) are float32 unit
    vectors; ``shadow`` (h, w) is the share of light that the part takes from what lies behind it; ``ink`` (h, w) is
    True where a line drawing of the part has a line.
    """

    part: int
    top: int
    left: int
    alpha: np.ndarray
    fixed: np.ndarray
    tint: np.ndarray
    normals: np.ndarray
    shadow: np.ndarray
    ink: np.ndarray
    highlight: tuple[float, int]

    @property
    def window(self) -> tuple[slice, slice]:
        """Where on the canvas it lies."""
        height, width = self.alpha.shape
        return slice(self.top, self.top + height), slice(self.left, self.left + width)


@functools.cache
def layer(kind: str, variant: str, scale: float) -> Layer:
    """The layer of one variant of one part, at ``scale`` pixels a unit."""
    alpha, fixed, tint = _colours(kind, variant, scale)
    solid = alpha > 0.5
    height = _height(kind, variant, solid, scale)
    ink = _ink(kind, solid, fixed + 0.5 * tint, scale)
    if kind == "mouth":
        alpha, fixed, tint = _with_lips(alpha, fixed, tint, scale)
    if kind == "hair":  # creases between strands or curls are darker
        texture = 0.3 * relief.curls(scale) + 0.7 if variant in CURLY else 1 + 0.08 * relief.strands(scale)
        tint = tint * np.clip(texture, 0.7, 1.12).astype(np.float32)[..., None]
    surface = "skin" if kind in SKIN else "curls" if variant in CURLY else kind
    shadow = _shadow(kind, alpha, scale)
    seen = np.argwhere((alpha > 0) | (shadow > 0))
    (top, left), (bottom, right) = seen.min(0), seen.max(0) + 1
    window = slice(top, bottom), slice(left, right)
    return Layer(
        part=PARTS.index(kind if kind in PARTS else "skin"),
        top=int(top),
        left=int(left),
        alpha=alpha[window],
        fixed=fixed[window],
        tint=tint[window],
        normals=relief.normals(height, scale)[window],
        shadow=shadow[window],
        ink=ink[window],
        highlight=HIGHLIGHTS.get(surface, (0.0, 0)),
    )


def _colours(kind: str, variant: str, scale: float) -> tuple[np.ndarray, ...]:
    """Coverage (h, w), and the colour's fixed and tinted shares (h, w, 3): what black and white paint show."""
    if kind in SKIN:
        body = f'<path d="{SKIN[kind]}" fill="{{open}}"/>' + (NOSTRILS if kind == "nose" else "")
    elif kind == "eyes" and variant in EYES:
        body = EYES[variant]
    else:
        component, colour = COMPONENTS[kind]
        style = load_style("avataaars")
        placed = [element for element in style["canvas"]["elements"] if element.get("name") == component]
        body = write(style, placed, {component: variant}, {colour: "{open}"})
    on_black, on_white = (_drawn(body.replace("{open}", paint), scale) for paint in ("#000", "#fff"))
    alpha = np.minimum(on_black[..., 3] * VEILED.get(kind, 1), 1)
    fixed, tint = on_black[..., :3], on_white[..., :3] - on_black[..., :3]
    return _grown(alpha, fixed, tint, scale) if kind in ("hair", "hat") else (alpha, fixed, tint)


def _grown(alpha: np.ndarray, fixed: np.ndarray, tint: np.ndarray, scale: float) -> tuple[np.ndarray, ...]:
    """A part a unit larger all round: hair is cut out along the face, and the wall would shine through the seam."""
    larger = maximum_filter(alpha, footprint=_disc(max(1, round(1.2 * scale))))
    nearest = tuple(distance_transform_edt(alpha <= 0.5, return_distances=False, return_indices=True))
    return larger, fixed[nearest], tint[nearest]


def _drawn(body: str, scale: float) -> np.ndarray:
    """float32 (h, w, 4) in [0, 1]; what touches the lower edge of the drawing goes on below it."""
    pixels = rasterise(document(body, (0, 0, WIDTH, DRAWN), scale)).astype(np.float32) / 255
    missing = canvas_shape(scale)[0] - len(pixels)
    return np.pad(pixels, ((0, missing), (0, 0), (0, 0)), mode="edge")


def _height(kind: str, variant: str, solid: np.ndarray, scale: float) -> np.ndarray:
    if kind in ("head", "nose"):
        return relief.head_height(_drawn(f'<path d="{SKIN["head"]}" fill="#fff"/>', scale)[..., 3] > 0.5, scale)
    if kind == "hair":
        return relief.hair_height(solid, variant, scale)
    if kind == "beard":
        return relief.beard_height(solid, scale)
    if kind == "clothes":
        return relief.cloth_height(solid, scale)
    return relief.inflate(solid, ROUNDING[kind], scale)


def _shadow(kind: str, alpha: np.ndarray, scale: float) -> np.ndarray:
    if kind not in SHADOWS:
        return np.zeros_like(alpha)
    right, down, blur, strength = SHADOWS[kind]
    cast = gaussian_filter(shift(alpha, (down * scale, right * scale), order=1), blur * scale, truncate=2.5)
    return np.where(cast > 0.01, strength * cast, 0)


def _ink(kind: str, solid: np.ndarray, colour: np.ndarray, scale: float) -> np.ndarray:
    """The outline of a part, inside its edge, and the edges between colours within it."""
    if kind == "eyes":  # lids, irises and closed eyes are dark enough to be their own lines
        return solid & (colour.mean(-1) < 0.4)
    line = _disc(LINE * scale)
    outline = solid & ~binary_erosion(solid, line, border_value=1)
    if kind == "nose":  # a drawn nose is its lower edge
        return outline & (grid(scale)[1] > 132)
    steps = np.abs(np.diff(colour, axis=0, prepend=0)).max(-1) + np.abs(np.diff(colour, axis=1, prepend=0)).max(-1)
    inner = (steps > 0.12) & binary_erosion(solid, _disc(1.5 * scale))
    return outline | (solid & binary_dilation(inner, _disc(0.5 * LINE * scale)))


def _with_lips(
    alpha: np.ndarray, fixed: np.ndarray, tint: np.ndarray, scale: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The drawn mouth with lips around it: skin, reddened."""
    around = gaussian_filter(binary_dilation(alpha > 0.5, _disc(2.4 * scale)).astype(np.float32), 0.6 * scale)
    both = alpha + around * (1 - alpha)
    drawn = (alpha / np.maximum(both, 1e-6))[..., None]
    return both, fixed * drawn, tint * drawn + (1 - drawn) * LIPS


def _disc(radius: float) -> np.ndarray:
    reach = int(radius)
    rows, columns = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    return np.hypot(rows, columns) <= radius
