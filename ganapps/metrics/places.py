"""Where things are: overlap of boxes, and correct key points."""

import numpy as np


def box_iou(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(N,) intersection over union of boxes (N, 4) as x, y, width, height; 0 where both are empty."""
    low = np.maximum(a[:, :2], b[:, :2])
    high = np.minimum(a[:, :2] + a[:, 2:], b[:, :2] + b[:, 2:])
    shared = (high - low).clip(0).prod(1)
    union = a[:, 2:].prod(1) + b[:, 2:].prod(1) - shared
    return shared / np.where(union > 0, union, 1)


def correct_keypoints(truth: np.ndarray, found: np.ndarray, tolerance: float = 0.15) -> float:
    """PCK: share of visible points found within ``tolerance`` of the truth (Yang and Ramanan 2013, section 4).

    Args:
        truth: (N, K, 3): x, y as shares of the picture side, and 1 where visible.
        found: (N, K, 2) x, y.
        tolerance: as a share of the picture side.
    """
    near = np.linalg.norm(truth[..., :2] - found, axis=-1) <= tolerance
    return float(near[truth[..., 2] > 0].mean())
