import numpy as np
import pytest

from ganapps.metrics.catalogue import METRICS, Evidence
from ganapps.metrics.inception_score import inception_score, mode_score


def one_hot(labels: np.ndarray, classes: int, confidence: float = 1.0) -> np.ndarray:
    rows = np.full((len(labels), classes), (1 - confidence) / (classes - 1))
    rows[np.arange(len(labels)), labels] = confidence
    return rows


def test_equal_predictions_give_one() -> None:
    rows = np.tile(np.random.default_rng(0).dirichlet(np.ones(10)), (1000, 1))
    assert inception_score(rows).mean == pytest.approx(1)


def test_perfect_balanced_classes_give_k() -> None:
    score = inception_score(one_hot(np.arange(10000) % 10, 10), splits=1)
    assert score.mean == pytest.approx(10) and score.deviation == 0


def test_confidence_of_98_2_percent_gives_8_78() -> None:
    assert inception_score(one_hot(np.arange(10000) % 10, 10, 0.982), splits=1).mean == pytest.approx(8.78, abs=0.005)


def test_between_one_and_k_for_anything() -> None:
    rng = np.random.default_rng(0)
    for sharpness in (0.01, 0.1, 1, 10):
        assert 1 <= inception_score(rng.dirichlet(np.full(7, sharpness), 500)).mean <= 7


def test_class_order_does_not_lower_the_score() -> None:
    rows = one_hot(np.repeat(np.arange(10), 100), 10)
    assert inception_score(rows).mean > 8
    shuffled = np.random.default_rng(5).permutation(rows)
    assert inception_score(shuffled).mean == pytest.approx(inception_score(rows).mean, rel=0.03)


def test_mode_score_falls_when_classes_are_missing_from_a_balanced_prior() -> None:
    prior = np.full(10, 0.1)
    full, collapsed = (mode_score(one_hot(np.arange(1000) % k, 10, 0.99), prior) for k in (10, 3))
    assert full == pytest.approx(inception_score(one_hot(np.arange(1000) % 10, 10, 0.99), splits=1).mean)
    assert collapsed < full / 2


def test_confidence_counts_sure_samples_and_the_rarest_class():
    sure = np.full((8, 2), 0.02)
    sure[:6, 0], sure[6:, 1] = 0.98, 0.98
    unsure = np.full((2, 2), 0.5)
    found = METRICS["confidence"].compute(Evidence(), Evidence(probabilities=np.concatenate([sure, unsure])), 0)
    assert found["confident-share"].value == 0.8
    assert found["rarest-class"].value == 0.25
