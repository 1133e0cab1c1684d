"""Latents by the card: the same that a bundle draws, ways between them, single coordinates."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from ganapps.edge import draw_latents
from playing import latents, sheets
from shared import bundles as shared

NORMAL = {"kind": "latent", "shape": [40], "distribution": "normal", "classes": []}
UNIFORM = {"kind": "latent", "shape": [3, 4], "distribution": "uniform", "classes": []}
CARD = {"inputs": {"code": NORMAL, "label": {"kind": "label", "shape": [], "classes": []}, "noise": UNIFORM}}


@pytest.mark.parametrize(("name", "more"), [("digits", {"label": 3}), ("faces", {})])
def test_draw_is_what_sample_draws(bundles, name, more):
    bundle = shared.load(name)
    drawn = draw_latents(bundle.card, 5, seed=7, truncation=0.6)
    np.testing.assert_array_equal(bundle.run(**drawn, **more), bundle.sample(5, seed=7, truncation=0.6, **more))


def test_spherical_keeps_the_length_and_straight_stays_in_the_cube():
    first, second = draw_latents(CARD, 1, 1), draw_latents(CARD, 1, 2)
    way = latents.between(CARD, first, second, np.linspace(0, 1, 11))
    for name in ("code", "noise"):
        np.testing.assert_allclose(way[name][0], first[name][0], atol=1e-6)
        np.testing.assert_allclose(way[name][-1], second[name][0], atol=1e-6)
    lengths = np.linalg.norm(way["code"], axis=1)
    ends = lengths[[0, -1]]
    assert lengths.min() > 0.99 * ends.min() and lengths.max() < 1.01 * ends.max()
    np.testing.assert_allclose(way["noise"][5], (first["noise"][0] + second["noise"][0]) / 2, atol=1e-6)
    steps = np.linalg.norm(np.diff(way["code"], axis=0), axis=1)
    assert steps.max() < 1.2 * steps.min()


def test_spherical_of_parallel_and_opposite_vectors_is_finite():
    a = np.array([1.0, 2.0])
    np.testing.assert_allclose(latents.spherical(a, 2 * a, 0.5), 1.5 * a)
    assert np.isfinite(latents.spherical(a, -a, 0.5)).all() and np.isfinite(latents.spherical(0 * a, a, 0.5)).all()


def test_along_moves_one_coordinate_only():
    start, values = draw_latents(CARD, 2, 1), np.array([-1.0, 0.0, 1.0])
    moved = latents.along(start, "noise", 5, values)
    assert moved["noise"].shape == (6, 3, 4) and moved["code"].shape == (6, 40)
    np.testing.assert_array_equal(moved["noise"].reshape(6, 12)[:, 5], [-1, 0, 1, -1, 0, 1])
    rest = np.delete(moved["noise"].reshape(6, 12), 5, axis=1)
    np.testing.assert_array_equal(rest, np.delete(start["noise"].reshape(2, 12), 5, axis=1).repeat(3, 0))
    assert latents.reach(UNIFORM) == 1 and latents.reach(NORMAL) > 2


def test_sheet():
    pictures = np.arange(5, dtype=np.uint8)[:, None, None, None] * np.ones((1, 4, 6, 1), np.uint8)
    sheet = sheets.sheet(pictures, 3)
    assert sheet.shape == (2 * 4 + 2, 3 * 6 + 2 * 2, 1)
    assert [sheet[0, 0, 0], sheet[0, 8, 0], sheet[6, 8, 0]] == [0, 1, 4] and sheet[6, 16, 0] == sheet[0, 6, 0] == 255
    large = sheets.sheet(pictures, 3, least=100)
    np.testing.assert_array_equal(large[::5, ::5], sheet)


def test_loop_goes_there_and_back():
    pictures = np.linspace(0, 255, 4).astype(np.uint8)[:, None, None, None] * np.ones((1, 8, 8, 3), np.uint8)
    movie = Image.open(BytesIO(sheets.loop(pictures, side=20)))
    levels = []
    for frame in range(movie.n_frames):
        movie.seek(frame)
        levels.append(movie.convert("L").getpixel((3, 3)))
    assert movie.size == (24, 24) and movie.info["loop"] == 0
    np.testing.assert_allclose(levels, [0, 85, 170, 255, 170, 85], atol=2)
