"""Collapse between classes and within them (the survey's section on mode collapse), as numbers."""

from typing import NamedTuple

import numpy as np

PAIRS = 200


class Collapse(NamedTuple):
    """``class_kl`` in nats, from 0 to log K for a single class; ``within_class_distance`` in shares of the value range."""

    class_kl: float
    within_class_distance: float


def collapse(
    pictures: np.ndarray, classes: np.ndarray, real_classes: np.ndarray, count: int, seed: int = 0
) -> Collapse:
    """How unevenly samples fall on the classes, and how much those of one class differ.

    Between classes: Kullback-Leibler divergence of the samples' histogram of classes from that of real data. Within:
    mean absolute difference of random pairs of one class, 200 pairs a class, averaged over the classes that have at
    least two samples; a generator that draws one picture a class gives 0.

    Args:
        pictures: uint8 (N, H, W, C).
        classes: (N,) judged class of each.
        real_classes: (M,) judged class of real pictures.
        count: K, how many classes there are.
        seed: of the draw of pairs.
    """
    rng = np.random.default_rng(seed)
    share, wanted = (np.bincount(found, minlength=count) / len(found) for found in (classes, real_classes))
    hit = share > 0
    between = float(np.sum(share[hit] * np.log(share[hit] / np.maximum(wanted[hit], 1.0 / len(real_classes)))))
    distances = []
    for one in range(count):
        rows = np.flatnonzero(classes == one)
        if len(rows) > 1:
            first = rng.integers(0, len(rows), PAIRS)
            second = (first + rng.integers(1, len(rows), PAIRS)) % len(rows)  # never itself
            left, right = (pictures[rows[side]].astype("float32") for side in (first, second))
            distances.append(np.abs(left - right).mean() / 255.0)
    return Collapse(between, float(np.mean(distances)) if distances else 0.0)
