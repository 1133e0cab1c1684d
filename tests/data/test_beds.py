"""The test-beds hold the truth that they state."""

import numpy as np
import pytest

from ganapps.data import catalogue
from ganapps.data.beds import BEDS
from ganapps.errors import UsageError


@pytest.mark.parametrize("name", BEDS)
def test_points_follow_the_stated_mixture(name):
    source = catalogue.open(name)
    points = source.take("main", np.arange(20_000))["point"]
    assert points.shape == (20_000, 2) and points.dtype == np.float32
    distances = np.linalg.norm(points[:, None] - source.bed.centres[None], axis=-1)
    inside = distances.min(axis=1) < 3 * source.bed.sigma
    # A Gaussian of the plane has 1 - exp(-9 / 2) = 98.9 % of its mass within three sigma; overlaps only add to it.
    assert 0.985 < inside.mean() <= 1
    np.testing.assert_allclose(points.mean(axis=0), 0, atol=0.03)
    np.testing.assert_allclose((points**2).sum(axis=1).mean(), 2, rtol=0.03)


@pytest.mark.parametrize("name", ["ring", "grid", "spiral"])
def test_modes_are_apart_and_have_the_stated_shares(name):
    source = catalogue.open(name)
    bed = source.bed
    apart = np.linalg.norm(bed.centres[:, None] - bed.centres[None], axis=-1) + 100 * np.eye(len(bed.centres))
    assert apart.min() > 6 * bed.sigma, "no point lies within three sigma of two centres"
    points = source.take("main", np.arange(50_000))["point"]
    nearest = np.linalg.norm(points[:, None] - bed.centres[None], axis=-1).argmin(axis=1)
    shares = np.bincount(nearest, minlength=len(bed.centres)) / len(points)
    np.testing.assert_allclose(shares, bed.weights, atol=0.008)
    assert bed.weights.sum() == pytest.approx(1)


def test_ring_and_grid_have_the_scale_of_the_wgan_gp_code():
    ring, grid = BEDS["ring"](), BEDS["grid"]()
    np.testing.assert_allclose(np.linalg.norm(ring.centres, axis=1), 2 / np.sqrt(2))
    assert ring.sigma == pytest.approx(0.02 / np.sqrt(2)) and len(ring.centres) == 8
    assert np.unique(np.round(grid.centres, 9)).size == 5
    assert grid.centres.max() == pytest.approx(4 / np.sqrt(8)) and grid.sigma == pytest.approx(0.05 / np.sqrt(8))


def test_the_spiral_has_rare_modes():
    weights = BEDS["spiral"]().weights
    assert weights[0] / weights[-1] == pytest.approx(10)


def test_the_rose_is_one_connected_curve():
    bed = BEDS["rose"]()
    step = np.linalg.norm(np.diff(bed.centres, axis=0), axis=1)
    assert step.max() < 1.2 * bed.sigma
    np.testing.assert_allclose(step, np.median(step), rtol=0.02)


def test_the_test_split_has_other_points():
    train, test = catalogue.open("ring"), catalogue.open("ring", "test")
    assert train.streams["main"] == 100_000 and test.streams["main"] == 20_000
    assert not np.array_equal(train.take("main", np.arange(9))["point"], test.take("main", np.arange(9))["point"])
    again = catalogue.open("ring").take("main", np.arange(9))["point"]
    np.testing.assert_array_equal(train.take("main", np.arange(9))["point"], again)


def test_a_bed_refuses_what_only_pictures_have():
    with pytest.raises(UsageError, match="points of the plane"):
        catalogue.open("grid", resolution=32)
