"""Where a face is in its picture: one matrix for the pixels, the labels, the key points and the boxes alike."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from ganapps.data.faces.canvas import canvas_shape

CENTRE, VIEW = (140.0, 130.0), 240.0
_ARC = np.linspace(0, np.pi, 33)
# The head with its ears, in canvas units: what the face box frames.
FACE_OUTLINE = np.concatenate(
    [
        np.stack([140 + 56 * np.cos(_ARC), 92 - 56 * np.sin(_ARC)], 1),
        np.stack([140 + 56 * np.cos(_ARC), 130 + 56 * np.sin(_ARC)], 1),
        np.array([(74, 110), (74, 124), (206, 110), (206, 124)], np.float64),
    ]
)
KEYPOINTS: dict[str, tuple[float, float]] = {
    "left eye": (114, 112),
    "right eye": (166, 112),
    "left brow": (114, 94),
    "right brow": (166, 94),
    "nose": (140, 130),
    "left mouth corner": (123, 150),
    "right mouth corner": (157, 150),
    "chin": (140, 184),
    "left ear": (78, 117),
    "right ear": (202, 117),
}
# The part that each becomes in a mirrored picture.
MIRROR = (1, 0, 3, 2, 4, 6, 5, 7, 9, 8)


@dataclass(frozen=True)
class Pose:
    """Canvas units to the unit square of the picture: ``matrix`` (2, 3) maps (x, y, 1) to (x, y) in [0, 1]."""

    matrix: np.ndarray

    @staticmethod
    def of(turn: float, wide: float, high: float, right: float, down: float, centre: tuple[float, float]) -> "Pose":
        """``turn`` in radians clockwise, stretched by ``wide`` and ``high``, moved by shares of the picture's side."""
        rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        linear = rotation @ np.diag([wide, high]) / VIEW
        offset = np.array([0.5 + right, 0.5 + down]) - linear @ np.array(centre)
        return Pose(np.column_stack([linear, offset]))

    def points(self, canvas_points: np.ndarray) -> np.ndarray:
        """(n, 2) points in canvas units to (n, 2) in [0, 1] of the picture."""
        return canvas_points @ self.matrix[:, :2].T + self.matrix[:, 2]

    def normals(self, vectors: np.ndarray) -> np.ndarray:
        """Normals (..., 3) turned with the picture (what its stretching does to them is left out)."""
        turn = self.matrix[:, :2] / np.sqrt(np.linalg.det(self.matrix[:, :2]))
        turned = vectors.copy()
        turned[..., :2] = vectors[..., :2] @ turn.T.astype(vectors.dtype)
        return turned

    def picture(self, canvas: np.ndarray, side: int, scale: float) -> np.ndarray:
        """uint8 (h, w[, channels]) on the canvas to (side, side[, channels]): bilinear at several times the size, averaged."""
        times = oversampling(side, scale)
        return np.asarray(self._moved(canvas, side * times, scale, Image.Resampling.BILINEAR).reduce(times))

    def labels(self, canvas: np.ndarray, side: int, scale: float) -> np.ndarray:
        """uint8 labels (h, w) on the canvas, resampled without mixing, ``oversampling`` times the size of the picture."""
        return np.asarray(self._moved(canvas, side * oversampling(side, scale), scale, Image.Resampling.NEAREST))

    def _moved(self, canvas: np.ndarray, side: int, scale: float, how: Image.Resampling) -> Image.Image:
        # Pillow asks for the way back: from a pixel of the result, at its centre, to one of the canvas.
        full = np.vstack([np.diag([side, side]) @ self.matrix @ np.diag([1 / scale, 1 / scale, 1]), [0, 0, 1]])
        back = np.linalg.inv(full)[:2].ravel()
        return Image.fromarray(canvas).transform((side, side), Image.Transform.AFFINE, tuple(back), how)


def oversampling(side: int, scale: float) -> int:
    """How many times finer than the picture the canvas is sampled."""
    return max(1, round(canvas_shape(scale)[1] / side))
