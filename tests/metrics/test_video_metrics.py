"""Sharpness and positions of predicted frames, on frames whose answer is known."""

import numpy as np
import pytest
from scipy import ndimage

from ganapps.metrics.video import position_errors, sharpness


def frames(shift=(0, 0), n=3, side=40):
    """White discs on black, centres at known places, moved by ``shift`` (x, y) pixels."""
    x, y = np.meshgrid(np.arange(side) + 0.5, np.arange(side) + 0.5)
    centres = np.array([[12.0 + 5 * i, 16.0 + 3 * i] for i in range(n)])
    far = np.hypot(x - centres[:, :1, None] - shift[0], y - centres[:, 1:, None] - shift[1])
    return (255 * np.clip(4.5 - far, 0, 1)).astype(np.uint8)[..., None], centres[:, None] / side


@pytest.mark.parametrize("shift", [(0, 0), (3, 0), (-2, 4), (0.5, 0), (1.3, -2.4)])
def test_a_shift_is_found_to_a_fraction_of_a_pixel(shift):
    truth, positions = frames()
    found = position_errors(truth, frames(shift)[0], positions, radius=6)
    assert found.shape == (3, 1)
    np.testing.assert_allclose(found, np.hypot(*shift), atol=0.15)


def test_what_vanished_is_far_away_and_edges_are_no_trouble():
    truth, positions = frames()
    assert (position_errors(truth, np.zeros_like(truth), positions, radius=6) > 7).all()
    corner = np.zeros((1, 16, 16, 3))
    corner[0, :3, :3] = 1
    found = position_errors(corner, corner, np.array([[[0.1, 0.1]]]), radius=3)
    np.testing.assert_allclose(found, 0, atol=0.1)


def test_sharpness_of_a_hand_made_frame():
    real = np.zeros((1, 3, 3, 1), np.uint8)
    real[0, 1:, 1:] = 100
    fake = np.zeros_like(real)
    # Steps of the real frame at the four inner pixels: 200, 100, 100, 0.
    assert sharpness(real, fake) == pytest.approx(10 * np.log10(255 / 100))
    assert sharpness(real, real) == np.inf
    assert sharpness(real / 127.5, fake / 127.5, data_range=2) == pytest.approx(sharpness(real, fake))


def test_blur_lowers_sharpness():
    truth, _ = frames()
    noisy = np.clip(truth + np.random.default_rng(0).normal(0, 2, truth.shape), 0, 255)
    values = [sharpness(truth, ndimage.gaussian_filter(noisy, (0, s, s, 0))) for s in (0.5, 1, 2)]
    assert values[0] > values[1] > values[2]
