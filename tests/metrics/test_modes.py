import numpy as np
import pytest

from ganapps.metrics.modes import high_quality_share, histogram_kl, kl_floor, mode_counts, modes_covered, stacked_counts

RING = 2 * np.stack([np.cos(np.arange(8) * np.pi / 4), np.sin(np.arange(8) * np.pi / 4)], 1)
SIGMA = 0.02


def draw(n: int, chosen: np.ndarray, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return RING[rng.choice(chosen, n)] + SIGMA * rng.standard_normal((n, 2))


def test_the_truth_covers_all_modes_with_98_9_percent_of_high_quality() -> None:
    points = draw(100_000, np.arange(8))
    assert modes_covered(points, RING, SIGMA) == 8
    assert high_quality_share(points, RING, SIGMA) == pytest.approx(0.989, abs=0.001)


def test_collapse_onto_three_modes() -> None:
    points = draw(2500, np.array([1, 4, 6]))
    assert modes_covered(points, RING, SIGMA) == 3
    assert histogram_kl(mode_counts(points, RING)) == pytest.approx(np.log(8 / 3), abs=0.01)


def test_points_between_modes_cover_nothing() -> None:
    between = 0.5 * (RING[:4] + RING[1:5])
    assert modes_covered(between, RING, SIGMA) == 0 and high_quality_share(between, RING, SIGMA) == 0
    assert mode_counts(between, RING).sum() == 4


def test_strict_variant_wants_twenty_points_a_mode() -> None:
    points = np.concatenate([draw(500, np.array([0])), draw(19, np.array([1])), draw(40, np.array([2]))])
    assert modes_covered(points, RING, SIGMA) == 3
    assert modes_covered(points, RING, SIGMA, at_least=20) == 2


def test_three_sigma_is_the_border() -> None:
    points = RING[:1] + np.array([[0, 2.99 * SIGMA], [0, 3.01 * SIGMA]])
    assert high_quality_share(points, RING, SIGMA) == 0.5


def test_kl_of_the_truth_is_its_floor() -> None:
    rng = np.random.default_rng(0)
    for modes, n, stated in ((8, 2500, 0.0014), (25, 2500, 0.0048), (1000, 26000, 0.0193)):
        measured = [histogram_kl(np.bincount(rng.integers(0, modes, n), minlength=modes)) for _ in range(50)]
        assert np.mean(measured) == pytest.approx(kl_floor(modes, n), rel=0.1)
        assert kl_floor(modes, n) == pytest.approx(stated, rel=0.05)


def test_kl_against_unequal_weights() -> None:
    weights = np.array([0.7, 0.2, 0.1])
    assert histogram_kl(1000 * weights, weights) == pytest.approx(0)
    assert histogram_kl(1000 * weights) > 0.2
    assert histogram_kl(np.array([0, 10, 0]), weights) == pytest.approx(np.log(5))


def test_stacked_classes_are_the_digits_of_the_mode() -> None:
    counts = stacked_counts(np.array([[1, 2, 3], [1, 2, 3], [9, 0, 9], [0, 0, 0]]))
    assert len(counts) == 1000 and counts[123] == 2 and counts[909] == 1 and counts[0] == 1 and counts.sum() == 4
    assert len(stacked_counts(np.array([[3, 4]]))) == 100
