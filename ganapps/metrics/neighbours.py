"""Nearest-neighbour geometry of two feature sets, in blocks: the part that precision, recall, density and coverage
share."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

ROWS = 2048


def squared_distances(a: np.ndarray, b: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
    """Blocks of rows of the (N, M) squared distances of a (N, d) and b (M, d), in float64, never below 0."""
    a, b = a.astype(np.float64), b.astype(np.float64)
    # Features far from the origin would cancel in ||a||^2 + ||b||^2 - 2 a.b; distances do not mind a common shift.
    centre = b.mean(0)
    a, b = a - centre, b - centre
    b_norm = np.sum(b * b, 1)
    for start in range(0, len(a), ROWS):
        rows = slice(start, min(start + ROWS, len(a)))
        yield rows, np.maximum(np.sum(a[rows] ** 2, 1)[:, None] + b_norm - 2 * a[rows] @ b.T, 0)


def squared_radii(points: np.ndarray, k: int) -> np.ndarray:
    """(N,) squared distance of every point to its k-th nearest other point."""
    radii = np.empty(len(points))
    for rows, distances in squared_distances(points, points):
        # A point is its own nearest; rounding must not turn that zero into a neighbour.
        distances[np.arange(len(distances)), np.arange(rows.start, rows.stop)] = 0
        radii[rows] = np.partition(distances, k, axis=1)[:, k]
    return radii


def nearest(queries: np.ndarray, points: np.ndarray) -> np.ndarray:
    """(N,) index of the point (M, d) nearest to each query (N, d)."""
    return np.concatenate([distances.argmin(1) for _, distances in squared_distances(queries, points)])


@dataclass(frozen=True)
class Balls:
    """What falls into the k-NN balls around ``centres``: ``holders`` (M,) balls that hold each query point, ``filled``
    (N,) whether each ball holds at least one."""

    holders: np.ndarray
    filled: np.ndarray


def balls(centres: np.ndarray, queries: np.ndarray, k: int) -> Balls:
    """Count queries (M, d) in the closed balls around centres (N, d) whose radius reaches the k-th neighbour."""
    radii = squared_radii(centres, k)
    holders = np.zeros(len(queries), np.int64)
    filled = np.zeros(len(centres), bool)
    for rows, distances in squared_distances(queries, centres):
        inside = distances <= radii
        holders[rows] = inside.sum(1)
        filled |= inside.any(0)
    return Balls(holders, filled)
