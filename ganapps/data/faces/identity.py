"""What a face has besides its choices: pose, light, shades of its colours and grain, all drawn from one number."""

from dataclasses import dataclass

import numpy as np

from ganapps.data.faces.pose import CENTRE, Pose
from ganapps.data.faces.shading import Light
from ganapps.data.faces.vocabulary import COLOURS, colour_of, rgb

FRAMES = ("#262e33", "#262e33", "#4a2c20", "#7a2f39", "#2f4858")
GRAIN = 1.6
# Shades: standard deviation of the logarithm of a colour as a whole, and of each of its channels.
SHADES = {"hair_colour": (0.10, 0.04), "skin": (0.05, 0.02), "clothes_colour": (0.08, 0.03), "background": (0.04, 0.02)}


@dataclass(frozen=True)
class Identity:
    """One person before one camera.

    ``shades`` (3,) multiply the colours of the groups; ``hat`` and ``frame`` are the colours (3,) of what is put on.
    """

    pose: Pose
    light: Light
    shades: dict[str, np.ndarray]
    hat: np.ndarray
    frame: np.ndarray
    number: int

    def colour(self, choices: np.ndarray, group: str) -> np.ndarray:
        """The colour (3,) in [0, 1] that a face has chosen, in this identity's shade."""
        return np.clip(colour_of(choices, group) * self.shades[group], 0, 1)

    def grain(self, side: int) -> np.ndarray:
        """The noise of the picture, float32 (side, side, 3) in grey levels."""
        random = np.random.default_rng([self.number, 1])
        return random.normal(0, GRAIN, (side, side, 3)).astype(np.float32)


def identity_of(number: int) -> Identity:
    """The identity with this number (0 or more); the same everywhere and always."""
    random = np.random.default_rng([number, 0])
    size, aspect = np.exp(random.normal(0, [0.05, 0.025]).clip([-0.1, -0.05], [0.1, 0.05]))
    turn = np.clip(random.normal(0, 0.07), -0.16, 0.16)
    right, down = random.normal(0, 0.02, 2).clip(-0.045, 0.045)
    pose = Pose.of(turn, size * aspect, size / aspect, right, down, CENTRE)
    shades = {
        group: np.exp(random.normal(0, whole) + random.normal(0, channel, 3)).astype(np.float32)
        for group, (whole, channel) in SHADES.items()
    }
    hat = rgb(COLOURS["clothes_colour"][random.integers(len(COLOURS["clothes_colour"]))])
    frame = rgb(FRAMES[random.integers(len(FRAMES))])
    return Identity(pose, _light(random), shades, hat, frame, number)


def _light(random: np.random.Generator) -> Light:
    """A window on one side, more often the left, a little warmer or cooler than the sky."""
    side = -1 if random.random() < 0.7 else 1
    towards = np.array([side * random.uniform(0.3, 0.6), -random.uniform(0.4, 0.65), 0.75], np.float32)
    warmth = random.normal(0, 0.03)
    strength = np.exp(random.normal(0, 0.05))
    return Light(
        direction=towards / np.linalg.norm(towards),
        key=(strength * np.array([0.81 + warmth, 0.77, 0.73 - warmth])).astype(np.float32),
        sky=np.array([0.36, 0.38, 0.42], np.float32),
        ground=np.array([0.21, 0.18, 0.17], np.float32),
    )
