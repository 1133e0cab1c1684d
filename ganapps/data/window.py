"""Window and level: which part of a scanner's 16 bits becomes [-1, 1], and the way back to physical units."""

from dataclasses import dataclass

import numpy as np

from ganapps.errors import UsageError


@dataclass(frozen=True)
class Window:
    """The stored scale of a measured picture: ``value = stored + intercept``, of which a window is shown.

    Args:
        level: the physical value that becomes 0.
        width: how many units lie between -1 and 1; what lies outside becomes -1 or 1.
        unit: of the physical values.
        intercept: what is added to a stored number to get the physical value (CT is stored with -1024).
    """

    level: float
    width: float
    unit: str = "stored values"
    intercept: float = 0.0

    def to_model(self, stored: np.ndarray) -> np.ndarray:
        """Stored numbers as float32 in [-1, 1], the same shape."""
        values = stored.astype(np.float32) + np.float32(self.intercept - self.level)
        return np.clip(values * np.float32(2 / self.width), -1, 1)

    def to_units(self, pictures: np.ndarray) -> np.ndarray:
        """Pictures in [-1, 1] as float32 physical values: what a model made, in the unit it was measured in."""
        return np.asarray(pictures, np.float32) * np.float32(self.width / 2) + np.float32(self.level)

    def to_stored(self, pictures: np.ndarray) -> np.ndarray:
        """Pictures in [-1, 1] as the uint16 numbers that a file holds."""
        return np.clip(np.rint(self.to_units(pictures) - self.intercept), 0, 65535).astype(np.uint16)


def parse_window(text: str) -> Window:
    """``LEVEL/WIDTH`` in stored numbers, as the option ``window`` has it.

    Raises:
        UsageError: not two numbers, or a width that is not above 0.
    """
    level, _, width = text.partition("/")
    try:
        window = Window(float(level), float(width))
    except ValueError:
        window = Window(0.0, 0.0)
    if not 0 < window.width < np.inf or not np.isfinite(window.level):
        raise UsageError(f"window={text} is not possible: write window=LEVEL/WIDTH, such as window=1064/400.")
    return window
