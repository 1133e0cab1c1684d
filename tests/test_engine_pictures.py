"""Grids, rows and scatter plots put every pixel where it belongs; files appear whole."""

import errno

import numpy as np
import pytest
from PIL import Image

from ganapps.engine import pictures
from ganapps.errors import GanappsError


def flat(*levels: float, side: int = 4, channels: int = 1) -> np.ndarray:
    return np.stack([np.full((side, side, channels), level, np.float32) for level in levels])


def test_grey_levels_are_rounded_and_clipped():
    levels = pictures.to_uint8(np.array([-9.0, -1.0, 0.0, 1.0, 9.0, -1 + 2 * 77 / 255], np.float32))
    assert levels.tolist() == [0, 0, 128, 255, 255, 77]


def test_a_grid_reads_like_a_page():
    sheet = pictures.grid(flat(-1, -0.5, 0, 0.5, 1), columns=3, pad=2)
    assert sheet.shape == (2 * 6 + 2, 3 * 6 + 2, 3) and sheet.dtype == np.uint8
    assert [int(sheet[4, 4 + 6 * column, 0]) for column in range(3)] == [0, 64, 128]
    assert [int(sheet[10, 4 + 6 * column, 0]) for column in range(3)] == [191, 255, 255]
    assert (sheet[:2] == 255).all() and (sheet[:, 6:8] == 255).all()


def test_a_grid_without_columns_is_as_square_as_it_can_be():
    assert pictures.grid(np.zeros((16, 8, 8, 3)), pad=0).shape == (32, 32, 3)
    assert pictures.grid(np.zeros((5, 8, 8, 3)), pad=0).shape == (16, 24, 3)


def test_colours_stay_and_few_channels_become_grey():
    red = np.full((1, 4, 4, 3), -1.0)
    red[..., 0] = 1.0
    assert pictures.grid(red)[3, 3].tolist() == [255, 0, 0]
    assert pictures.grid(np.concatenate([red[..., :1], red[..., 1:2]], -1))[3, 3].tolist() == [255, 255, 255]


def test_rows_put_output_under_input():
    sheet = pictures.rows([flat(-1, 1, -1), flat(0, 0, 0, channels=3)], columns=2, pad=2)
    assert sheet[4, 4, 0] == 0 and sheet[4, 10, 0] == 255, "inputs"
    assert sheet[10, 4, 0] == sheet[10, 10, 0] == 128, "outputs below them"
    assert sheet[20, 4, 0] == 0 and sheet[26, 4, 0] == 128, "the third pair opens a second block"
    assert sheet[26, 10, 0] == 255, "nothing stands beside it"


def test_rows_enlarge_small_pictures_by_whole_pixels():
    sheet = pictures.rows([flat(-1, side=4), flat(0, side=12)], pad=1)
    assert (sheet[1:13, 1:13] == 0).all() and (sheet[14:26, 1:13] == 128).all()


def test_scatter_places_points_right_and_up():
    picture = pictures.scatter(np.array([[1.0, 1.0]]), size=200, extent=2.0)
    red = np.argwhere((picture[..., 0] > 150) & (picture[..., 1] < 120))
    assert picture.shape == (200, 200, 3)
    assert np.allclose(red.mean(axis=0), [50, 150], atol=1.5)


def test_scatter_leaves_out_what_cannot_be_drawn():
    blank = pictures.scatter(np.empty((0, 2)), size=50, extent=1.0)
    wild = np.array([[np.nan, 0.0], [np.inf, 0.0], [3.0, 0.0]])
    assert (pictures.scatter(wild, size=50, extent=1.0) == blank).all()


def test_scatter_frames_the_real_points():
    real = np.array([[4.0, 0.0], [-4.0, 0.0]])
    picture = pictures.scatter(np.array([[0.0, 4.0]]), real, size=240)
    red = np.argwhere((picture[..., 0] > 150) & (picture[..., 1] < 120))
    assert np.allclose(red.mean(axis=0), [120 - 100, 120], atol=1.5), "4 of 4.8 upwards"


def test_a_png_comes_back_as_it_was(tmp_path):
    array = np.random.default_rng(0).integers(0, 256, (7, 9, 3), np.uint8)
    path = pictures.save_png(array, tmp_path / "new" / "a.png")
    assert (np.asarray(Image.open(path)) == array).all()
    assert [file.name for file in path.parent.iterdir()] == ["a.png"]


def test_a_full_disk_leaves_the_old_picture(tmp_path, monkeypatch):
    path = pictures.save_png(np.zeros((4, 4, 3), np.uint8), tmp_path / "a.png")
    before = path.read_bytes()

    def full(*_args: object, **_kwargs: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", full)
    with pytest.raises(GanappsError, match="disk is full"):
        pictures.save_png(np.ones((4, 4, 3), np.uint8), path)
    assert path.read_bytes() == before and len(list(tmp_path.iterdir())) == 1


def test_single_pictures_keep_their_channels():
    assert pictures.alone(flat(0, 1)).tolist() == [[[128] * 4] * 4, [[255] * 4] * 4]
    assert pictures.alone(flat(0, channels=3)).shape == (1, 4, 4, 3)
    bytes_ = np.arange(48, dtype=np.uint8).reshape(1, 4, 4, 3)
    assert (pictures.alone(bytes_) == bytes_).all(), "uint8 passes unchanged"
