import numpy as np
import pytest

from ganapps.metrics.kid import kid, polynomial_kernel, squared_mmd


def gaussians(n: int, seed: int, shift: float = 0.0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((n, 64)) + shift


def test_squared_mmd_is_the_double_sum_without_diagonals() -> None:
    x, y = gaussians(7, 0), gaussians(5, 1)
    kernel = lambda a, b: (a @ b / 64 + 1) ** 3  # noqa: E731
    within_x = np.mean([kernel(x[i], x[j]) for i in range(7) for j in range(7) if i != j])
    within_y = np.mean([kernel(y[i], y[j]) for i in range(5) for j in range(5) if i != j])
    between = np.mean([kernel(a, b) for a in x for b in y])
    assert squared_mmd(x, y) == pytest.approx(within_x + within_y - 2 * between, rel=1e-9)
    np.testing.assert_allclose(polynomial_kernel(x, y)[2, 3], kernel(x[2], y[3]))


def test_unbiased_within_three_standard_errors_and_sometimes_negative() -> None:
    values = np.array([squared_mmd(gaussians(200, 2 * i), gaussians(200, 2 * i + 1)) for i in range(100)])
    assert abs(values.mean()) < 3 * values.std() / np.sqrt(len(values))
    assert (values < 0).any()


def test_small_sets_are_not_penalised_but_a_shift_is() -> None:
    few, many = kid(gaussians(60, 0), gaussians(60, 1)), kid(gaussians(2000, 0), gaussians(2000, 1), subsets=10)
    assert abs(few.mean) < 0.05 and abs(many.mean) < 0.005
    assert kid(gaussians(500, 0), gaussians(500, 1, 0.5)).mean > 0.5


def test_same_seed_same_value_and_subsets_at_most_n() -> None:
    x, y = gaussians(300, 0), gaussians(200, 1)
    assert kid(x, y, subsets=5, size=100, seed=3) == kid(x, y, subsets=5, size=100, seed=3)
    assert kid(x, y, subsets=5, size=100, seed=3) != kid(x, y, subsets=5, size=100, seed=4)
    assert kid(x, y, size=1000).deviation > 0  # subsets differ, because they take half at most
