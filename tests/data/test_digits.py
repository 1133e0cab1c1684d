"""Digits and garments: splits, sizes, idx files, stacks."""

import gzip
import hashlib

import numpy as np
import pytest

from ganapps.data import catalogue, digits
from ganapps.data.digits import read_idx, resize_digits
from ganapps.errors import GanappsError, UsageError


def everything(source):
    return source.take("main", np.arange(source.streams["main"]))


def write_idx(path, array):
    content = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.tobytes()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


def write_set(folder, suffix="", rows=6):
    folder.mkdir(parents=True, exist_ok=True)
    for prefix, start in (("train", 0), ("t10k", 100)):
        images = np.full((rows, 28, 28), start, np.uint8) + np.arange(rows, dtype=np.uint8)[:, None, None]
        write_idx(folder / f"{prefix}-images-idx3-ubyte{suffix}", images)
        write_idx(folder / f"{prefix}-labels-idx1-ubyte{suffix}", np.arange(rows, dtype=np.uint8) % 10)
    return folder


def test_the_splits_of_the_digits_are_stratified_disjoint_and_fixed():
    train, test = everything(catalogue.open("digits")), everything(catalogue.open("digits", "test"))
    assert np.all(np.bincount(train["label"]) == 400) and np.all(np.bincount(test["label"]) == 100)
    keys = [{hashlib.sha256(image.tobytes()).digest() for image in rows["image"]} for rows in (train, test)]
    assert not keys[0] & keys[1]
    np.testing.assert_array_equal(train["image"], everything(catalogue.open("digits"))["image"])


def test_digits_are_white_on_black_in_the_model_range():
    rows = everything(catalogue.open("digits", "test"))
    assert rows["image"].shape == (1000, 28, 28, 1) and rows["image"].dtype == np.float32
    assert rows["image"].min() == -1 and rows["image"].max() == 1
    assert np.all(rows["image"][:, 0] == -1), "the margin is background"
    assert rows["label"].dtype == np.int32


def test_from_28_to_32_a_black_margin_is_laid_around():
    plain, wide = catalogue.open("digits"), catalogue.open("digits", resolution=32, channels=3)
    rows = np.arange(5)
    padded = wide.take("main", rows)["image"]
    assert padded.shape == (5, 32, 32, 3) and wide.info.fields["image"].shape == (32, 32, 3)
    for channel in range(3):
        np.testing.assert_array_equal(padded[:, 2:30, 2:30, channel], plain.take("main", rows)["image"][..., 0])
    assert np.all(padded[:, :2] == -1) and np.all(padded[:, :, 30:] == -1)


def test_other_sizes_keep_the_mean_grey():
    stripes = np.tile(np.array([0, 200], np.uint8), (1, 28, 14))
    for side in (14, 16, 64):
        resized = resize_digits(stripes, side)
        assert resized.shape == (1, side, side)
        assert abs(resized.mean() - 100) < 4
    assert np.all(resize_digits(stripes, 14) == 100), "smaller pictures are averages over areas"


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_mnist_is_read_from_a_folder_given(tmp_path, suffix):
    write_set(tmp_path / "here", suffix)
    source = catalogue.open(f"mnist:path={tmp_path / 'here'}", "test")
    assert source.streams == {"main": 6} and list(everything(source)["label"]) == [0, 1, 2, 3, 4, 5]
    assert source.columns["main"]["image"][2, 0, 0, 0] == 102


def test_the_sets_are_found_below_the_data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GANAPPS_DATA", str(tmp_path))
    write_set(tmp_path / "mnist", rows=4)
    write_set(tmp_path / "fashion_mnist", ".gz", rows=5)
    assert catalogue.open("mnist").streams["main"] == 4
    assert catalogue.open("fashion_mnist").streams["main"] == 5


def test_the_system_folder_is_found(tmp_path, monkeypatch):
    monkeypatch.delenv("GANAPPS_DATA", raising=False)
    monkeypatch.setitem(digits.SYSTEM_FOLDERS, "fashion_mnist", write_set(tmp_path / "system", rows=3))
    assert catalogue.open("fashion_mnist").streams["main"] == 3


def test_without_files_the_error_says_how_to_get_them(monkeypatch):
    def no_internet(split, resolution, channels, name):
        raise GanappsError(f"{name} could not be downloaded")

    monkeypatch.delenv("GANAPPS_DATA", raising=False)
    monkeypatch.setattr("ganapps.data.tfds.open_tfds", no_internet)
    with pytest.raises(
        GanappsError, match=r"mnist is not on this machine: put the four idx files .*GANAPPS_DATA/mnist"
    ):
        catalogue.open("mnist")


def test_a_folder_without_the_files_is_named(tmp_path):
    with pytest.raises(GanappsError, match=r"has no train-images-idx3-ubyte"):
        catalogue.open(f"mnist:path={tmp_path}")


@pytest.mark.parametrize("damage", [b"", b"<html>not found</html>", b"\x00\x00\x08\x03\x00\x00", b"\x00\x00\x0d\x01"])
def test_a_damaged_file_is_named(tmp_path, damage):
    path = tmp_path / "train-images-idx3-ubyte"
    path.write_bytes(damage)
    with pytest.raises(GanappsError, match="train-images-idx3-ubyte is not a whole idx file"):
        read_idx(path)


def test_a_short_or_badly_zipped_file_is_named(tmp_path):
    write_idx(tmp_path / "short", np.zeros((4, 28, 28), np.uint8))
    (tmp_path / "short").write_bytes((tmp_path / "short").read_bytes()[:-100])
    (tmp_path / "bad.gz").write_bytes(gzip.compress(b"x" * 1000)[:-12])
    for name in ("short", "bad.gz"):
        with pytest.raises(GanappsError, match="not a whole idx file"):
            read_idx(tmp_path / name)


def test_labels_and_pictures_must_agree(tmp_path):
    write_set(tmp_path)
    write_idx(tmp_path / "train-labels-idx1-ubyte", np.zeros(3, np.uint8))
    with pytest.raises(GanappsError, match="does not hold mnist"):
        catalogue.open(f"mnist:path={tmp_path}")


def test_stacked_digits_are_three_digits_of_their_split():
    grey, stacked = catalogue.open("digits"), catalogue.open("stacked_digits")
    rows = stacked.take("main", np.array([0, 77, 127_999]))
    assert rows["image"].shape == (3, 28, 28, 3) and rows["label"].dtype == np.int32
    images, labels = grey.columns["main"]["image"], grey.columns["main"]["label"]
    for image, label in zip(rows["image"], rows["label"], strict=True):
        digits_seen = [int(label) // 100, int(label) // 10 % 10, int(label) % 10]
        for channel, digit in enumerate(digits_seen):
            plane = np.rint((image[..., channel] + 1) * 127.5).astype(np.uint8)
            same = np.flatnonzero((images[..., 0] == plane).all(axis=(1, 2)))
            assert digit in labels[same]


def test_stacked_digits_cover_the_thousand_modes_evenly_and_splits_differ():
    train, test = catalogue.open("stacked_digits"), catalogue.open("stacked_digits", "test")
    labels = train.take("main", np.arange(0, 128_000, 4))["label"]
    counts = np.bincount(labels, minlength=1000)
    assert counts.min() > 5 and len(counts) == 1000
    assert train.images.shape[0] == 4000 and test.images.shape[0] == 1000
    together = np.corrcoef(train.chosen[:26_000, 0], test.chosen[:, 0])[0, 1]
    assert abs(together) < 0.03, "the splits are drawn with seeds of their own"
    three = [train.chosen[:, channel] for channel in range(3)]
    assert abs(np.corrcoef(three)[np.triu_indices(3, 1)]).max() < 0.02, "the three digits are independent"


def test_stacked_mnist(tmp_path):
    write_set(tmp_path)
    source = catalogue.open(f"stacked_digits:of=mnist,path={tmp_path}", resolution=32)
    card = catalogue.describe("stacked_digits:of=mnist")
    assert card.credit == source.info.credit == digits.MNIST.credit != catalogue.describe("stacked_digits").credit
    assert source.take("main", np.arange(2))["image"].shape == (2, 32, 32, 3)
    with pytest.raises(UsageError, match="red, green and blue"):
        catalogue.open("stacked_digits", channels=1)


def test_few_labels_are_balanced_and_all_pictures_come_without():
    whole = catalogue.open("digits", resolution=28)
    source = catalogue.open("digits:labels=100", resolution=28)
    assert source.streams == {"main": 100, "u": 4000}
    few = source.take("main", np.arange(100))
    assert np.array_equal(np.bincount(few["label"]), [10] * 10)
    pictures = source.take("u", np.arange(4000))["image_u"]
    assert np.array_equal(pictures, whole.take("main", np.arange(4000))["image"])
    assert "image_u" in catalogue.describe("digits:labels=100").fields
    assert "image_u" not in catalogue.describe("digits").fields


def test_few_labels_follow_their_draw_and_leave_the_test_split_alone():
    first, again, other = (
        catalogue.open(f"digits:labels=20,draw={draw}").take("main", np.arange(20))["image"] for draw in (0, 0, 1)
    )
    assert np.array_equal(first, again) and not np.array_equal(first, other)
    assert catalogue.open("digits:labels=20", split="test").streams == {"main": 1000}


@pytest.mark.parametrize("wrong", ["labels=15", "labels=0", "labels=many", "labels=9000", "labels=100,draw=x"])
def test_impossible_numbers_of_labels(wrong):
    with pytest.raises(UsageError, match="labels="):
        catalogue.open(f"digits:{wrong}")
