"""Light on the layers of a face: a soft key light, sky and ground, highlights, and the shadows that parts throw."""

from dataclasses import dataclass

import numpy as np

from ganapps.data.faces.canvas import PARTS, canvas_shape
from ganapps.data.faces.layers import Layer

# Light that enters skin comes out again beyond the edge of the light, red most of all.
SKIN_WRAP = np.array([0.55, 0.34, 0.26], np.float32)
WRAP = np.array([0.25, 0.25, 0.25], np.float32)
SKIN_PARTS = (PARTS.index("skin"), PARTS.index("nose"))


@dataclass(frozen=True)
class Light:
    """Where the key light comes from, a unit vector (right, down, towards the viewer), and linear RGB energies (3,)."""

    direction: np.ndarray
    key: np.ndarray
    sky: np.ndarray
    ground: np.ndarray


def compose(layers: list[tuple[Layer, np.ndarray]], light: Light, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """Layers, each with its open colour (3,) in [0, 1], laid over each other from back to front and lit.

    Returns:
        sRGB float32 (h, w, 3) in [0, 1], not multiplied by alpha, and alpha (h, w). Gamma is taken as 2.
    """
    shape = canvas_shape(scale)
    canvas, alpha = np.zeros((*shape, 3), np.float32), np.zeros(shape, np.float32)
    for part, colour in layers:
        below, through = canvas[part.window], alpha[part.window]
        # One factor for shadow and cover: a shadow darkens what is there and leaves the empty background alone.
        below *= ((1 - part.shadow) * (1 - part.alpha))[..., None]
        below += part.alpha[..., None] * _lit(part, colour, light)
        through += part.alpha * (1 - through)
    straight = canvas / np.maximum(alpha, 1e-4)[..., None]
    return np.sqrt(np.clip(straight, 0, 1)), alpha


def _lit(part: Layer, colour: np.ndarray, light: Light) -> np.ndarray:
    """Linear RGB (h, w, 3) of one part under the light."""
    albedo = np.square(part.fixed + part.tint * colour)
    wrap = SKIN_WRAP if part.part in SKIN_PARTS else WRAP
    half = light.direction + np.array([0, 0, 1], np.float32)
    cosines = part.normals @ np.stack([light.direction, half / np.linalg.norm(half)], 1)
    diffuse = np.clip((cosines[..., :1] + wrap) / (1 + wrap), 0, 1)
    upward = (0.5 - 0.5 * part.normals[..., 1])[..., None]
    lit = albedo * (light.key * diffuse + light.ground + (light.sky - light.ground) * upward)
    strength, squarings = part.highlight
    if strength:
        shine = np.maximum(cosines[..., 1:], 0)
        for _ in range(squarings):
            shine *= shine
        lit += strength * shine
    return lit
