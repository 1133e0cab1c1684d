"""FID: what it must be where the answer is known, and agreement with scipy's matrix square root."""

import numpy as np
import pytest
from scipy.linalg import sqrtm

from ganapps.metrics.fid import Gaussian, fid, frechet_distance, gaussian


def correlated(n: int, d: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, d)) @ rng.standard_normal((d, d)) + rng.standard_normal(d)


def by_sqrtm(real: np.ndarray, fake: np.ndarray) -> float:
    covariances = np.cov(real, rowvar=False), np.cov(fake, rowvar=False)
    root = sqrtm(covariances[0] @ covariances[1])
    return np.sum((real.mean(0) - fake.mean(0)) ** 2) + np.trace(covariances[0] + covariances[1] - 2 * root.real)


@pytest.mark.parametrize("n", [500, 40, 3])
def test_zero_for_equal_sets_whatever_the_count(n: int) -> None:
    x = correlated(n, 64, 0)
    assert abs(fid(x, x)) < 1e-6 * np.var(x) * 64


@pytest.mark.parametrize("n", [500, 40])
def test_a_shift_adds_its_squared_length(n: int) -> None:
    x, y, v = correlated(n, 64, 0), correlated(n, 64, 1), np.random.default_rng(2).standard_normal(64)
    centred = y - y.mean(0) + x.mean(0)
    assert fid(x, centred + v) - fid(x, centred) == pytest.approx(v @ v, rel=1e-6)


def test_agrees_with_sqrtm() -> None:
    x, y = correlated(1000, 24, 0), correlated(800, 24, 1)
    assert fid(x, y) == pytest.approx(by_sqrtm(x, y), rel=1e-8)


@pytest.mark.parametrize("counts", [(20, 30), (20, 400), (400, 20), (64, 65)])
def test_with_fewer_samples_than_dimensions_both_routes_agree(counts: tuple[int, int]) -> None:
    x, y = correlated(counts[0], 64, 0), correlated(counts[1], 64, 1)
    assert fid(x, y) == pytest.approx(frechet_distance(gaussian(x), gaussian(y)), rel=1e-6)


def test_singular_covariances_give_real_numbers() -> None:
    x = correlated(2000, 32, 0)
    dead = np.concatenate([x, np.zeros((2000, 8)), x[:, :4]], 1)  # dead units and exact copies
    moved = dead + np.concatenate([np.zeros(43), [3.0]])
    assert fid(dead, dead) == pytest.approx(0, abs=1e-4)  # of a trace of 1,400
    assert fid(dead, moved) == pytest.approx(9, rel=1e-6)


def test_known_gaussians() -> None:
    wide = Gaussian(np.array([1.0, 0.0]), np.diag([4.0, 9.0]), 10)
    narrow = Gaussian(np.array([0.0, 0.0]), np.diag([1.0, 1.0]), 10)
    assert frechet_distance(wide, narrow) == pytest.approx(1 + (2 - 1) ** 2 + (3 - 1) ** 2)


def test_covariance_divides_by_n_less_one() -> None:
    assert gaussian(np.array([[0.0, 0.0], [2.0, 0.0]])).covariance[0, 0] == 2.0


def test_bias_for_equal_gaussians_is_the_stated_one() -> None:
    rng = np.random.default_rng(0)
    measured = [fid(rng.standard_normal((1000, 64)), rng.standard_normal((1000, 64))) for _ in range(5)]
    assert np.mean(measured) == pytest.approx((64**2 / 4 + 64) * (1 / 1000 + 1 / 1000), rel=0.1)


def test_grows_with_noise_and_with_lost_classes() -> None:
    rng = np.random.default_rng(0)
    centres = 5 * rng.standard_normal((10, 16))
    draw = lambda classes: centres[rng.integers(0, classes, 2000)] + rng.standard_normal((2000, 16))  # noqa: E731
    real, same, half = draw(10), draw(10), draw(5)
    noisy = [fid(real, same + level * rng.standard_normal(same.shape)) for level in (0.0, 0.5, 1.0, 2.0)]
    assert noisy == sorted(noisy)
    assert fid(real, half) > 20 * fid(real, same)


def test_order_and_dtype_do_not_matter() -> None:
    x, y = correlated(500, 16, 0).astype(np.float32), correlated(500, 16, 1).astype(np.float32)
    shuffled = np.random.default_rng(0).permutation(y)
    assert fid(x, y) == pytest.approx(fid(x.astype(np.float64), shuffled.astype(np.float64)), rel=1e-9)
    assert fid(x, y) == pytest.approx(fid(y, x), rel=1e-9)
