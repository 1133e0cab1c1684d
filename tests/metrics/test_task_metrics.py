"""Segmentation, codes, retrieval, places and the perceptual distance."""

import numpy as np
import pytest

from ganapps.metrics.codes import information_bound, matched_accuracy
from ganapps.metrics.perceptual import perceptual_distance
from ganapps.metrics.places import box_iou, correct_keypoints
from ganapps.metrics.retrieval import r_precision
from ganapps.metrics.segmentation import confusion, fcn_score


def test_fcn_score_of_a_small_map() -> None:
    truth = np.array([[[0, 0, 1, 1], [0, 0, 1, 255]]])
    predicted = np.array([[[0, 0, 1, 0], [0, 1, 1, 2]]])
    counts = confusion(truth, predicted, 3)
    np.testing.assert_array_equal(counts, [[3, 1, 0], [1, 2, 0], [0, 0, 0]])
    score = fcn_score(counts)
    assert score.pixel_accuracy == pytest.approx(5 / 7)
    assert score.class_accuracy == pytest.approx((3 / 4 + 2 / 3) / 2)
    assert score.class_iou == pytest.approx((3 / 5 + 2 / 4) / 2)
    assert fcn_score(confusion(truth, np.where(truth == 255, 0, truth), 3)) == (1, 1, 1)


def test_matched_accuracy_finds_the_best_naming() -> None:
    labels = np.random.default_rng(0).integers(0, 10, 1000)
    renamed = (labels + 3) % 10
    assert matched_accuracy(renamed, labels) == 1
    renamed[:100] = (renamed[:100] + 1) % 10
    assert matched_accuracy(renamed, labels) == pytest.approx(0.9)
    assert matched_accuracy(np.zeros(1000, int), labels) == pytest.approx(np.bincount(labels).max() / 1000)


def test_information_bound_is_tight_for_a_perfect_recogniser() -> None:
    assert information_bound(np.zeros(100), np.log(10)) == pytest.approx(np.log(10))
    assert information_bound(np.full(100, np.log(0.1)), np.log(10)) == pytest.approx(0)


def test_r_precision_from_perfect_to_chance() -> None:
    rng = np.random.default_rng(0)
    captions = rng.standard_normal((400, 32))
    assert r_precision(captions * rng.uniform(1, 5, (400, 1)), captions) == 1
    assert r_precision(rng.standard_normal((400, 32)), captions) == pytest.approx(0.01, abs=0.02)
    assert r_precision(np.ones((400, 32)), np.ones((400, 32))) == 0  # a tie is no hit


def test_boxes_and_keypoints() -> None:
    a = np.array([[0, 0, 0.5, 0.5], [0, 0, 0.2, 0.2], [0, 0, 0, 0]])
    b = np.array([[0.25, 0, 0.5, 0.5], [0.5, 0.5, 0.2, 0.2], [0, 0, 0, 0]])
    np.testing.assert_allclose(box_iou(a, b), [1 / 3, 0, 0])
    truth = np.array([[[0.5, 0.5, 1], [0.1, 0.1, 1], [0.9, 0.9, 0]]])
    found = np.array([[[0.6, 0.6], [0.3, 0.1], [0.0, 0.0]]])
    assert correct_keypoints(truth, found) == 0.5


def test_perceptual_distance_ignores_length_and_adds_layers() -> None:
    rng = np.random.default_rng(0)
    maps = [rng.standard_normal((2, 4, 4, 3)), rng.standard_normal((2, 2, 2, 5))]
    np.testing.assert_allclose(perceptual_distance(maps, [3 * layer for layer in maps]), 0, atol=1e-12)
    np.testing.assert_allclose(perceptual_distance(maps, [-layer for layer in maps]), 8)
    np.testing.assert_allclose(perceptual_distance(maps, [-layer for layer in maps], [np.zeros(3), np.ones(5)]), 4)
