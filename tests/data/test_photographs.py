"""Photographs: crops that are the same every time, the test pictures, and what is said when there are none."""

import numpy as np
import pytest
from PIL import Image

from ganapps.data import catalogue, photograph_files, photographs
from ganapps.data.photograph_files import WALLPAPERS, licence_of, wallpapers
from ganapps.data.source import from_model_range
from ganapps.errors import GanappsError, UsageError


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """A cache and a system of the test's own: no wallpapers are installed there."""
    monkeypatch.setenv("GANAPPS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(photograph_files, "ROOT", tmp_path / "share")


def paint(path, size=(160, 120), seed=0):
    """A smooth random picture, detailed in its left half and flat in its right."""
    small = np.random.default_rng(seed).integers(0, 256, (size[1] // 4, size[0] // 4, 3), dtype=np.uint8)
    small[:, size[0] // 8 :] = 90
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(small).resize(size, Image.Resampling.BICUBIC).save(path, quality=95)
    return path


def rows(source):
    return source.take("main", np.arange(source.streams["main"]))["image"]


def test_crops_are_cut_from_the_pictures_at_half_their_size(tmp_path):
    paint(tmp_path / "mine" / "a.png")
    source = catalogue.open(f"photographs:path={tmp_path / 'mine'}", resolution=16)
    half = np.asarray(Image.open(tmp_path / "mine" / "a.png").reduce(2))
    assert half.shape == (60, 80, 3)
    images = from_model_range(rows(source))
    assert images.shape == (source.streams["main"], 16, 16, 3) and source.info.sizes["train"] == len(images)
    for image, (number, y, x) in zip(images, source.places, strict=True):
        assert number == 0
        np.testing.assert_array_equal(image, half[y : y + 16, x : x + 16])
    assert len({tuple(place) for place in source.places}) > len(images) / 2


def test_crops_are_the_same_every_time_and_leave_the_flat_parts_out(tmp_path, monkeypatch):
    for number in range(2):
        paint(tmp_path / "mine" / f"{number}.png", seed=number)
    spec = f"photographs:path={tmp_path / 'mine'}"
    first = catalogue.open(spec, resolution=16)
    before = rows(first)
    np.testing.assert_array_equal(before, rows(catalogue.open(spec, resolution=16)))
    monkeypatch.setenv("GANAPPS_CACHE", str(tmp_path / "other"))
    np.testing.assert_array_equal(before, rows(catalogue.open(spec, resolution=16)))
    assert len(before) == pytest.approx(2 * photographs.CROPS * photographs.KEPT * 60 * 80 / 16**2, rel=0.05)
    assert (first.places[:, 2] < 40).mean() > 0.95, "the right halves are flat"
    assert set(first.places[:, 0]) == {0, 1}


def test_wallpapers_are_found_where_debian_puts_them(tmp_path):
    kite = paint(tmp_path / "share/wallpapers/Kite/contents/images/2560x1600.jpg")
    dune = paint(tmp_path / "share/backgrounds/mate/nature/Dune.jpg", seed=1)
    source = catalogue.open("photographs", resolution=32)
    assert len(source.pictures) == 2
    assert len(source.skipped) == 35 and any(line.startswith("Wood.jpg") for line in source.skipped)
    assert licence_of(kite) == licence_of(dune) == "GPL-2+"


def test_37_photographs_each_with_a_licence():
    files = wallpapers()
    assert len(files) == len(set(files)) == 37
    counts: dict[str, int] = {}
    for part in WALLPAPERS:
        counts[part.package] = counts.get(part.package, 0) + len(part.names)
    assert counts == {
        "plasma-workspace-wallpapers": 11,
        "mate-backgrounds": 12,
        "lomiri-wallpapers-16.04": 13,
        "lomiri-wallpapers-20.04": 1,
    }
    card = catalogue.describe("photographs")
    for file in files:
        assert f"{licence_of(file)}: " in card.licence
    assert catalogue.describe("photographs:path=mine").licence.startswith("that of your pictures; test pictures: ")


def test_the_test_split_is_the_test_pictures_whatever_the_path():
    from skimage import data

    source = catalogue.open("photographs", "test")
    assert source.streams == {"main": catalogue.describe("photographs").sizes["test"]}
    tiles = from_model_range(rows(source))
    astronaut = data.astronaut()
    np.testing.assert_array_equal(tiles[0], astronaut[:256, :256])
    np.testing.assert_array_equal(tiles[3], astronaut[256:, 256:])
    assert len(np.unique(tiles.reshape(len(tiles), -1), axis=0)) == len(tiles)
    other = catalogue.open("photographs:path=/nowhere", "test", 64, 1)
    assert rows(other).shape[1:] == (64, 64, 1) and other.streams["main"] > len(tiles)


def test_grey_crops_are_the_luma_of_the_colour_crops(tmp_path):
    paint(tmp_path / "mine" / "a.png")
    colour, grey = (rows(catalogue.open(f"photographs:path={tmp_path / 'mine'}", "train", 16, n)) for n in (3, 1))
    np.testing.assert_allclose(grey[..., 0], colour @ np.array([0.299, 0.587, 0.114]), atol=1 / 127)


def test_batches_of_crops(tmp_path):
    from ganapps.data.pipeline import batches

    paint(tmp_path / "mine" / "a.png")
    source = catalogue.open(f"photographs:path={tmp_path / 'mine'}", resolution=16)
    (batch,) = batches(source, 4, seed=0).take(1)
    assert batch["image"].shape == (4, 16, 16, 3) and batch["image"].dtype == "float32"


def test_user_errors_name_the_thing_and_the_way_out(tmp_path):
    with pytest.raises(
        GanappsError, match=r"not installed: apt-get install .*mate-backgrounds.*; or photographs:path="
    ):
        catalogue.open("photographs")
    with pytest.raises(GanappsError, match="gone is not a folder of photographs"):
        catalogue.open(f"photographs:path={tmp_path / 'gone'}")
    (tmp_path / "none").mkdir()
    with pytest.raises(GanappsError, match="no photographs in"):
        catalogue.open(f"photographs:path={tmp_path / 'none'}")
    paint(tmp_path / "small" / "a.png")
    with pytest.raises(GanappsError, match="crops of 96 pixels need sides of 192"):
        catalogue.open(f"photographs:path={tmp_path / 'small'}")
    with pytest.raises(UsageError, match="smaller than 600 pixels"):
        catalogue.open("photographs", "test", 600)


def test_a_damaged_file_is_skipped_and_named(tmp_path):
    paint(tmp_path / "mine" / "a.png")
    (tmp_path / "mine" / "b.jpg").write_bytes(b"no picture")
    source = catalogue.open(f"photographs:path={tmp_path / 'mine'}", resolution=16)
    assert source.skipped == ["b.jpg: not a picture that can be read"]
