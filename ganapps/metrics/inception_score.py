"""Scores on class probabilities: Inception Score (Salimans et al. 2016, arXiv 1606.03498, section 4) and the MODE
score (Che et al. 2017, arXiv 1612.02136, section 4). They take probabilities of any classifier; what comes from a
small judge is called "judge score", never IS."""

from typing import NamedTuple

import numpy as np

TINY = 1e-16


class Score(NamedTuple):
    """Mean over splits, and the standard deviation over splits (not a confidence interval)."""

    mean: float
    deviation: float


def inception_score(probabilities: np.ndarray, splits: int = 10, seed: int = 0) -> Score:
    """``exp(mean_x KL(p(y|x) || p(y)))`` per split, with p(y) the mean within the split; between 1 and K.

    Args:
        probabilities: (N, K), rows sum to 1.
        splits: contiguous blocks after a shuffle; p(y) is taken inside each.
        seed: of the shuffle, because class-ordered samples would otherwise score low.
    """
    shuffled = np.random.default_rng(seed).permutation(probabilities.astype(np.float64))
    scores = [np.exp(_mean_kl(part, part.mean(0))) for part in np.array_split(shuffled, splits)]
    return Score(float(np.mean(scores)), float(np.std(scores)))


def mode_score(probabilities: np.ndarray, prior: np.ndarray) -> float:
    """``exp(mean_x KL(p(y|x) || p*(y)) - KL(p(y) || p*(y)))``, p* the label frequencies of the training set.

    Args:
        probabilities: (N, K) of generated pictures.
        prior: (K,) frequencies of the real labels.
    """
    probabilities = probabilities.astype(np.float64)
    marginal = probabilities.mean(0, keepdims=True)
    return float(np.exp(_mean_kl(probabilities, prior) - _mean_kl(marginal, prior)))


def _mean_kl(rows: np.ndarray, reference: np.ndarray) -> float:
    """Mean over rows of KL(row || reference), natural logarithm."""
    rows, reference = rows.clip(TINY), reference.clip(TINY)
    return float(np.mean(np.sum(rows * (np.log(rows) - np.log(reference)), 1)))
