"""Collapse is seen where it is, and only there."""

import numpy as np
import pytest

from ganapps.metrics.collapse import collapse

RNG = np.random.default_rng(0)
CLASSES = np.arange(1000) % 10


def pictures() -> np.ndarray:
    """Ten kinds of noise: a mean a class, and noise around it."""
    means = RNG.integers(40, 200, (10, 8, 8, 1))
    return (means[CLASSES] + RNG.integers(-40, 40, (1000, 8, 8, 1))).astype("uint8")


def test_nothing_has_collapsed():
    found = collapse(pictures(), CLASSES, CLASSES, 10)
    assert found.class_kl == pytest.approx(0.0)
    assert found.within_class_distance == pytest.approx(26.66 / 255, rel=0.02)  # two even draws of 80: 80 / 3 apart


def test_one_class_is_left():
    one = np.full(1000, 3)
    found = collapse(pictures(), one, CLASSES, 10)
    assert found.class_kl == pytest.approx(np.log(10))


def test_one_picture_a_class_is_left():
    drawn = pictures()
    found = collapse(drawn[CLASSES], CLASSES, CLASSES, 10)
    assert found == (pytest.approx(0.0), 0.0)


def test_a_picture_is_never_paired_with_itself():
    two = np.stack([np.zeros((8, 8, 1)), np.full((8, 8, 1), 255)]).astype("uint8")
    assert collapse(two, np.zeros(2, int), np.zeros(2, int), 10).within_class_distance == pytest.approx(1.0)


def test_classes_that_real_data_lack_are_not_endless():
    assert np.isfinite(collapse(pictures(), CLASSES, CLASSES[CLASSES < 5], 10).class_kl)
