"""The lesion test on slices where lesions were kept, lost and invented by hand."""

import numpy as np
import pytest

from ganapps.metrics.lesions import contrasts, invented, kept_share, mae_inside, psnr_inside

SIDE = 48
Y, X = np.mgrid[:SIDE, :SIDE]
BODY = np.broadcast_to((X - 24) ** 2 + (Y - 24) ** 2 < 20**2, (4, SIDE, SIDE))


def disc(row, column, radius):
    return np.hypot(Y - row, X - column) <= radius


def slices(n=4, noise=5.0):
    rng = np.random.default_rng(0)
    return np.where(BODY[:n], 50.0, -1000.0) + noise * rng.standard_normal((n, SIDE, SIDE))


def test_errors_count_inside_the_mask_only():
    truth = slices()
    made = truth + np.where(BODY, 10.0, 500.0)
    assert mae_inside(truth, made, BODY) == pytest.approx(10)
    assert psnr_inside(truth, made, BODY, 500) == pytest.approx(10 * np.log10(500**2 / 100))
    assert psnr_inside(truth, truth, BODY, 500) == np.inf


def test_contrast_is_that_to_the_ring_inside_the_body():
    lesion = np.stack([disc(24, 20 + 2 * i, 3) for i in range(4)])
    plain = np.where(BODY, 50.0, -1000.0)
    np.testing.assert_allclose(contrasts(plain + 80 * lesion, lesion, BODY), 80)
    # At the border of the body, the air outside is no surrounding of it.
    edge = np.stack([disc(24, 40, 3)] * 4)
    np.testing.assert_allclose(contrasts(plain - 30 * edge, edge, BODY), -30)


def test_kept_means_a_contrast_ratio_between_070_and_130():
    truth = np.full(5, 80.0)
    assert kept_share(truth, truth * [1.0, 0.71, 1.29, 0.69, 1.31]) == pytest.approx(0.6)
    assert kept_share(-truth, -truth) == 1.0 and kept_share(truth, -truth) == 0.0


@pytest.mark.parametrize(("strength", "found"), [(0, False), (20, False), (60, True), (100, True)])
def test_a_planted_lesion_is_an_invention_from_half_the_usual_contrast_on(strength, found):
    truth = slices()
    made = slices() + np.random.default_rng(1).normal(0, 5, truth.shape) + strength * disc(20, 28, 3)
    assert (invented(truth, made, BODY, radius=3, contrast=80.0, level=50.0) == found).all()
    dark = truth - (made - truth)
    assert (invented(truth, dark, BODY, radius=3, contrast=-80.0, level=50.0) == found).all()


def test_outside_the_body_nothing_is_a_lesion_and_an_offset_is_none():
    truth = slices()
    made = truth + 30 + 200 * disc(3, 3, 3)
    assert not invented(truth, made - 30, BODY, radius=3, contrast=80.0, level=50.0).any()
    inner = np.broadcast_to(disc(24, 24, 12), BODY.shape)
    assert not invented(truth, truth + 30, inner, radius=3, contrast=80.0, level=50.0).any()


def test_a_border_that_moved_is_no_lesion_but_a_lesion_beside_it_is():
    """A bone of 300 units more than the tissue around it, drawn a pixel too far to the right."""
    bone = np.where(disc(24, 14, 4), 300.0, 0.0)
    moved = np.roll(bone, 1, axis=1)
    assert not invented(slices() + bone, slices() + moved, BODY, radius=3, contrast=80.0, level=50.0).any()
    beside = moved + 80 * disc(24, 27, 3)
    assert invented(slices() + bone, slices() + beside, BODY, radius=3, contrast=80.0, level=50.0).all()
