"""The f-GAN table: conjugates by their definition, stable forms, thresholds, and the bound at its optimum."""

import numpy as np
import pytest

from ganapps.losses.divergences import DIVERGENCES
from tests.models.frozen_pair import FROZEN, frozen

NAMES = sorted(DIVERGENCES)


def slope(name, u):
    """f'(u), by a central difference in float64."""
    f = DIVERGENCES[name].f
    step = 1e-5 * u
    return (np.array(f(u + step)) - np.array(f(u - step))) / (2 * step)


def output_for(name, t):
    """The network output v with g_f(v) = t, by bisection: every activation grows."""
    low, high = np.full_like(t, -60.0), np.full_like(t, 60.0)
    for _ in range(80):
        middle = (low + high) / 2
        below = np.array(DIVERGENCES[name].activation(middle)) < t
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return (low + high) / 2


@pytest.mark.parametrize("name", NAMES)
def test_conjugates_are_the_largest_distance_from_a_line(name):
    """f*(t) = sup_u (u t - f(u))."""
    u = np.exp(np.linspace(np.log(1e-7), np.log(1e5), 400_001))
    f = np.array(DIVERGENCES[name].f(u))
    t = np.array(DIVERGENCES[name].activation(np.array([-1.5, -0.4, 0.0, 0.3, 1.1])))
    wanted = [(u * slope - f).max() for slope in t]
    np.testing.assert_allclose(np.array(DIVERGENCES[name].conjugate(t)), wanted, atol=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_the_stable_form_is_the_conjugate_of_the_activation(name):
    row, v = DIVERGENCES[name], np.linspace(-8.0, 8.0, 65)
    np.testing.assert_allclose(
        np.array(row.of_fake(v)), np.array(row.conjugate(row.activation(v))), rtol=1e-4, atol=1e-5
    )


@pytest.mark.parametrize("name", NAMES)
def test_huge_outputs_stay_finite(name):
    for v in (np.float32(500.0), np.float32(-500.0)):
        assert np.isfinite(DIVERGENCES[name].of_real(v)) and np.isfinite(DIVERGENCES[name].of_fake(v))


@pytest.mark.parametrize("name", NAMES)
def test_the_threshold_is_the_slope_at_equal_densities(name):
    assert DIVERGENCES[name].threshold == pytest.approx(slope(name, np.ones(()))[()], abs=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_the_optimal_output_gives_the_divergence(name):
    """T = f'(p / q) turns the bound into E_q f(p / q); any other T gives less."""
    x, p, q = frozen()
    near = (x > -5.5) & (x < 5.5)  # beyond it the densities are nothing and the slopes huge
    x, p, q = x[near], p[near], q[near]
    row = DIVERGENCES[name]
    exact = np.trapezoid(q * np.array(row.f(p / q)), x)
    v = output_for(name, slope(name, p / q))

    def bound(v):
        return np.trapezoid(p * np.array(row.activation(v)) - q * np.array(row.composed(v)), x)

    assert bound(v) == pytest.approx(exact, abs=1e-3)
    assert exact == pytest.approx(FROZEN[name], abs=0.02)
    for other in (v + 0.3, v - 0.3, 0.7 * v):
        assert bound(other) < bound(v)


def test_jensen_shannon_is_the_game_plus_log_4():
    u = np.array([0.1, 1.0, 7.0])
    game, twice = (np.array(DIVERGENCES[name].f(u)) for name in ("gan", "jensen-shannon"))
    # q-expectations of u are 1, so (u + 1) log 2 has the expectation log 4
    np.testing.assert_allclose(twice - game, (u + 1) * np.log(2), rtol=1e-6)


def test_the_bound_is_the_difference_of_means():
    row = DIVERGENCES["pearson"]
    real, fake = np.array([[1.0], [3.0]], "float32"), np.array([[2.0], [0.0]], "float32")
    assert float(row.bound(real, fake)) == pytest.approx(2.0 - (1.0 + 2.0) / 2)
