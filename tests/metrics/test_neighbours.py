"""Precision, recall, density and coverage against loops, and where they must collapse."""

import numpy as np
import pytest

from ganapps.metrics import neighbours
from ganapps.metrics.density_coverage import density_coverage
from ganapps.metrics.prd import prd, prd_curve
from ganapps.metrics.precision_recall import precision_recall


def gaussians(n: int, d: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((n, d))


def by_loops(real: np.ndarray, fake: np.ndarray, k: int) -> tuple[float, float, float, float]:
    distance = lambda a, b: np.linalg.norm(a - b)  # noqa: E731
    radius = lambda x: [sorted(distance(p, q) for q in x)[k] for p in x]  # noqa: E731
    real_radii, fake_radii = radius(real), radius(fake)
    inside = np.array([[distance(r, f) <= radius for f in fake] for r, radius in zip(real, real_radii, strict=True)])
    covered = np.array([[distance(r, f) <= radius for r in real] for f, radius in zip(fake, fake_radii, strict=True)])
    return inside.any(0).mean(), covered.any(0).mean(), inside.sum(0).mean() / k, inside.any(1).mean()


@pytest.mark.parametrize("rows", [7, 2048])
def test_all_four_are_those_of_plain_loops_whatever_the_block(monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    monkeypatch.setattr(neighbours, "ROWS", rows)
    real, fake = gaussians(60, 3, 0), gaussians(50, 3, 1) + 0.7
    expected = by_loops(real, fake, 3)
    assert precision_recall(real, fake, 3) == pytest.approx(expected[:2])
    assert density_coverage(real, fake, 3) == pytest.approx(expected[2:])


def test_a_set_against_itself_is_perfect() -> None:
    x = gaussians(300, 8, 0)
    assert precision_recall(x, x) == (1, 1)
    assert density_coverage(x, x).coverage == 1


@pytest.mark.parametrize(("d", "expected"), [(2, 0.98), (16, 0.79), (64, 0.6)])
def test_real_against_real_is_the_known_share(d: int, expected: float) -> None:
    assert precision_recall(gaussians(2000, d, 0), gaussians(2000, d, 1)).precision == pytest.approx(expected, abs=0.04)


def test_one_real_picture_repeated_has_precision_and_no_recall() -> None:
    real = gaussians(500, 8, 0)
    found = precision_recall(real, np.repeat(real[:1], 500, axis=0))
    assert found.precision == 1 and found.recall <= 2 / 500
    assert density_coverage(real, np.repeat(real[:1], 500, axis=0)).coverage < 0.05


def test_far_noise_lowers_precision_and_leaves_recall() -> None:
    real, same = gaussians(1000, 8, 0), gaussians(1000, 8, 1)
    noisy = np.concatenate([same[:500], 100 + 30 * gaussians(500, 8, 2)])
    clean, spoilt = precision_recall(real, same), precision_recall(real, noisy)
    assert spoilt.precision == pytest.approx(clean.precision / 2, abs=0.05)
    assert spoilt.recall > clean.recall - 0.1
    assert density_coverage(real, noisy).density == pytest.approx(density_coverage(real, same).density / 2, abs=0.06)


def test_one_outlier_among_the_reals_does_not_raise_density() -> None:
    real, fake = gaussians(500, 8, 0), gaussians(500, 8, 1) + 20
    outlier = np.concatenate([real, np.full((1, 8), 25.0)])
    assert precision_recall(outlier, fake).precision > 0.9  # what density was made for
    assert density_coverage(outlier, fake).density < 0.3


def test_density_and_coverage_of_the_truth() -> None:
    found = density_coverage(gaussians(2000, 8, 0), gaussians(2000, 8, 1))
    assert found.density == pytest.approx(1, abs=0.1)
    assert found.coverage == pytest.approx(1 - 2**-5, abs=0.02)


def test_far_from_the_origin_digits_are_not_lost() -> None:
    real, fake = gaussians(300, 8, 0), gaussians(300, 8, 1)
    assert precision_recall(real + 1e6, fake + 1e6) == pytest.approx(precision_recall(real, fake), abs=0.01)


def test_prd_curve_of_equal_and_of_disjoint_histograms() -> None:
    p = np.array([0.2, 0.3, 0.5, 0])
    precision, recall = prd_curve(p, p)
    assert precision.max() == pytest.approx(1) and recall.max() == pytest.approx(1)
    assert np.maximum(precision, recall) == pytest.approx(np.ones(1001))
    assert prd_curve(p, np.array([0.0, 0, 0, 1])).max() < 1e-6


def test_prd_tells_lost_modes_from_bad_samples() -> None:
    rng = np.random.default_rng(0)
    centres = 10 * rng.standard_normal((10, 4))
    draw = lambda n, classes: centres[rng.integers(0, classes, n)] + rng.standard_normal((n, 4))  # noqa: E731
    real, same, half = draw(1000, 10), draw(1000, 10), draw(1000, 5)
    spoilt = np.concatenate([draw(500, 10), 200 + draw(500, 10)])
    equal, dropped, bad = prd(real, same, runs=3), prd(real, half, runs=3), prd(real, spoilt, runs=3)
    assert equal.f8 > 0.9 and equal.f1_8 > 0.9
    assert dropped.f1_8 > 0.85 and dropped.f8 < 0.7  # precise, little recall
    assert bad.f8 > 0.85 and bad.f1_8 < 0.7  # recall, little precision
    assert prd(real, half, runs=3, seed=1).f8 == prd(real, half, runs=3, seed=1).f8
