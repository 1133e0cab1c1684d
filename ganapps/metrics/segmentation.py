"""FCN-score: does a segmenter recover the label map that conditioned the picture? (Isola et al. 2017,
arXiv 1611.07004, section 4; definitions of Long et al. 2015, arXiv 1411.4038, section 5)."""

from typing import NamedTuple

import numpy as np


class FcnScore(NamedTuple):
    """All in [0, 1]."""

    pixel_accuracy: float
    class_accuracy: float
    class_iou: float


def confusion(truth: np.ndarray, predicted: np.ndarray, classes: int, ignore: int = 255) -> np.ndarray:
    """(classes, classes) counts n_ij of pixels of class i predicted as j, over whole sets of maps.

    Args:
        truth: (N, H, W) integer label maps.
        predicted: (N, H, W) a segmenter's maps of the generated pictures.
        classes: how many classes there are.
        ignore: label left out of the count.
    """
    counted = truth != ignore
    pairs = truth[counted].astype(np.int64) * classes + predicted[counted]
    return np.bincount(pairs, minlength=classes**2).reshape(classes, classes)


def fcn_score(counts: np.ndarray) -> FcnScore:
    """``sum n_ii / sum n_ij``, mean ``n_ii / t_i``, mean ``n_ii / (t_i + p_i - n_ii)`` over the classes present."""
    hits, truth, predicted = np.diag(counts), counts.sum(1), counts.sum(0)
    present, either = truth > 0, truth + predicted > 0
    return FcnScore(
        float(hits.sum() / counts.sum()),
        float(np.mean(hits[present] / truth[present])),
        float(np.mean(hits[either] / (truth + predicted - hits)[either])),
    )
