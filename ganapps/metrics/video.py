"""Predicted frames against true ones: sharpness, and where the objects went. Frames are (N, H, W, C) of any real type."""

import numpy as np


def sharpness(real: np.ndarray, fake: np.ndarray, data_range: float = 255) -> float:
    """Mean over frames of ``10 log10(L / mean |g(real) - g(fake)|)`` in dB, higher is better (arXiv 1511.05440).

    ``g`` is the size of the step to the pixel above plus that to the pixel on the left, so blur costs as much as
    misplaced edges do. This is the paper's formula for values in [0, 1]. Infinite where all steps are equal.

    Args:
        real: the true frames.
        fake: the predicted ones.
        data_range: the width L of the value range.
    """
    errors = np.abs(_steps(real) - _steps(fake)).mean(axis=(1, 2, 3))
    with np.errstate(divide="ignore"):
        return float(np.mean(10 * np.log10(data_range / errors)))


def position_errors(
    real: np.ndarray, fake: np.ndarray, positions: np.ndarray, radius: int, reach: int = 8
) -> np.ndarray:
    """How many pixels off the objects are: where in the predicted frame each looks most like it does in the true one.

    The true frame's patch around an object is compared (by squares) with the predicted frame, shifted by up to ``reach``
    pixels each way; the best shift, refined by a parabola, is the error. An object that is nowhere gives one about as
    large as the reach.

    Args:
        real: the true frames.
        fake: the predicted ones.
        positions: (N, objects, 2), x and y of the objects' true centres in [0, 1].
        radius: half the side of the patches, in pixels: a little more than the objects are large.
        reach: the longest shift along an axis, in pixels.

    Returns:
        (N, objects) distances in pixels.
    """
    margin = radius + reach
    pads = ((0, 0), (margin, margin), (margin, margin), (0, 0))
    truth, found = (np.pad(frames.astype(np.float32), pads, mode="edge") for frames in (real, fake))
    centres = np.floor(positions * real.shape[2:0:-1]).astype(int) + margin
    side = 2 * radius + 1
    errors = np.empty(positions.shape[:2])
    for frame, number in np.ndindex(errors.shape):
        x, y = centres[frame, number]
        patch = truth[frame, y - radius : y + radius + 1, x - radius : x + radius + 1]
        around = found[frame, y - margin : y + margin + 1, x - margin : x + margin + 1]
        windows = np.lib.stride_tricks.sliding_window_view(around, (side, side), axis=(0, 1))
        costs = np.square(windows - patch.transpose(2, 0, 1)).sum(axis=(2, 3, 4))
        row, column = _lowest(costs)
        errors[frame, number] = np.hypot(row - reach, column - reach)
    return errors


def _steps(frames: np.ndarray) -> np.ndarray:
    values = frames.astype(np.float64)
    here = values[:, 1:, 1:]
    return np.abs(here - values[:, :-1, 1:]) + np.abs(here - values[:, 1:, :-1])


def _lowest(costs: np.ndarray) -> tuple[float, float]:
    """Row and column of the least cost, to a fraction where it lies inside."""
    row, column = np.unravel_index(int(costs.argmin()), costs.shape)
    return _refined(costs[:, column], int(row)), _refined(costs[row], int(column))


def _refined(line: np.ndarray, place: int) -> float:
    if not 0 < place < len(line) - 1:
        return float(place)
    before, here, after = line[place - 1 : place + 2]
    bend = before - 2 * here + after
    return place + float((before - after) / (2 * bend)) if bend > 0 else float(place)
