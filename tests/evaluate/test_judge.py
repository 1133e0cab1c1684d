"""The shipped judges do what their cards say, and a judge can be made again."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from ganapps.data import catalogue
from ganapps.data.pipeline import arrays
from ganapps.errors import GanappsError
from ganapps.evaluate.extractors import JudgeExtractor, extractor_names, open_extractor
from ganapps.evaluate.judge import SHIPPED, judge_network, load_judge, read_judge
from ganapps.evaluate.judge_training import Pictures, Shifted, accuracy, fit_judge, train_judge, ways_to_fit
from ganapps.evaluate.pictures import resized, to_uint8, with_channels

JUDGES = {  # side, channels, classes, attributes
    "digits": (32, 1, 10, 0),
    "fashion_mnist": (32, 1, 10, 0),
    "faces": (32, 3, 7, 18),
    "faces-64": (64, 3, 7, 18),
}


@pytest.fixture(scope="module")
def held_out() -> dict[str, np.ndarray]:
    return arrays(catalogue.open("digits", "test", 32))


@pytest.mark.parametrize("name", JUDGES)
def test_shipped_files_are_small_and_the_cards_true(name: str) -> None:
    weights = SHIPPED / f"{name}.npz"
    card = json.loads((SHIPPED / f"{name}.json").read_text())
    assert weights.stat().st_size <= 500_000
    assert card["sha256"] == hashlib.sha256(weights.read_bytes()).hexdigest()
    judge = load_judge(name)
    assert judge.network.count_params() == card["architecture"]["weights"] <= 200_000
    side, channels, classes, attributes = JUDGES[name]
    assert judge.network.input_shape == (None, side, side, channels) and judge.resolution == side
    assert open_extractor(f"judge-{name}").resolution == side
    assert (len(judge.classes), len(judge.attributes)) == (classes, attributes)
    assert card["recipe"]["seed"] == 20261 and card["recipe"]["data"]


def test_the_digits_judge_was_measured_on_both_sets_and_saw_neither() -> None:
    card = load_judge("digits").card
    assert card["recipe"]["left_out"] == ["digits"] and card["recipe"]["pictures"] == 55_000
    for title, pictures in (("MNIST test", 10_000), ("digits test", 1_000)):
        assert card["accuracy"][title]["pictures"] == pictures
        assert card["accuracy"][title]["classes, framed"] >= 0.98
        assert card["accuracy"][title]["classes, resized"] >= 0.98


def test_the_digits_judge_reaches_its_stated_accuracy(held_out) -> None:
    judge = load_judge("digits")
    found = float(np.mean(judge.probabilities(held_out["image"]).argmax(1) == held_out["label"]))
    assert found == pytest.approx(judge.card["accuracy"]["digits test"]["classes, framed"], abs=0.002)


@pytest.mark.parametrize("name", ["faces", "faces-64"])
def test_the_judges_of_faces_drew_faces_of_their_own_and_know_them(name: str) -> None:
    judge = load_judge(name)
    known = catalogue.describe("faces")
    assert judge.classes == known.classes and judge.attributes == known.attributes
    assert judge.card["recipe"]["data"] == "faces:n=10000,seed=1"  # generators train on seed 0
    found = judge.card["accuracy"]["faces test"]
    assert found["classes, resized"] >= 0.97 and found["all attributes, resized"] >= 0.95


def test_at_64_pixels_a_judge_errs_half_as_often_on_what_is_edited() -> None:
    edited = ("black hair", "brown hair", "blond hair", "glasses", "beard", "smile", "hat")
    found = [load_judge(name).card["accuracy"]["faces test"]["attributes, resized"] for name in ("faces", "faces-64")]
    small, large = (1 - np.mean([one[name] for name in edited]) for one in found)
    assert large <= small / 2 and large <= 0.01


def test_features_have_unit_variance_and_probabilities_sum_to_one(held_out) -> None:
    reading = load_judge("digits").read(held_out["image"])
    assert reading.features.shape == (1000, 64) and reading.probabilities.shape == (1000, 10)
    assert reading.attributes.shape == (1000, 0)
    assert reading.features.var(0).mean() == pytest.approx(1, abs=0.1)
    np.testing.assert_allclose(reading.probabilities.sum(1), 1, atol=1e-5)


def test_feature_maps_shrink_layer_by_layer(held_out) -> None:
    maps = load_judge("digits").maps(held_out["image"][:3])
    assert [layer.shape for layer in maps] == [(3, 32, 32, 16), (3, 16, 16, 32), (3, 8, 8, 64), (3, 4, 4, 96)]


def test_an_unknown_judge_is_named_with_the_way_out() -> None:
    with pytest.raises(GanappsError, match=r"no judge 'digit' .*Did you mean 'digits'.*train_judge\('digit'\)"):
        load_judge("digit")


# Training


def shapes(n: int, seed: int) -> Pictures:
    """Discs and squares (the class), bright or dark and high or low (two attributes)."""
    rng = np.random.default_rng(seed)
    kind, bright, high = rng.integers(0, 2, (3, n))
    y, x = np.mgrid[:28, :28]
    far, near = 10 + 8 * (1 - high)[:, None, None], rng.integers(10, 18, (n, 1, 1))
    disc = (y - far) ** 2 + (x - near) ** 2 < 36
    square = (abs(y - far) < 6) & (abs(x - near) < 6) & ~((abs(y - far) < 3) & (abs(x - near) < 3))
    pictures = np.where(kind[:, None, None] == 0, disc, square) * np.where(bright, 230, 110)[:, None, None]
    pictures = pictures + rng.integers(0, 20, pictures.shape) * (pictures > 0)
    return Pictures(
        pictures[..., None].clip(0, 255).astype(np.uint8), np.stack([kind, bright, high], 1).astype(np.float32)
    )


CARD = {
    "name": "shapes",
    "classes": ["disc", "square"],
    "attributes": ["bright", "high"],
    "recipe": {"data": "made here"},
}


def test_a_judge_learns_classes_and_attributes_and_comes_back_the_same(tmp_path: Path) -> None:
    judge = fit_judge(CARD, shapes(1280, 0), {"test": shapes(200, 1)}, seed=1, epochs=6, folder=tmp_path)
    found = judge.card["accuracy"]["test"]
    assert found["classes, framed"] > 0.9 and found["all attributes, resized"] > 0.9
    assert set(found["attributes, framed"]) == {"bright", "high"}
    again = read_judge(tmp_path, "shapes")
    images = ways_to_fit(shapes(20, 2).images)["framed"] / np.float32(127.5) - 1
    for ours, theirs in zip(judge.read(images), again.read(images), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert accuracy(again, shapes(200, 1)) == found
    assert again.card["sha256"] == hashlib.sha256((tmp_path / "shapes.npz").read_bytes()).hexdigest()


def test_a_judge_may_read_larger_pictures(tmp_path: Path) -> None:
    judge = fit_judge(CARD, shapes(256, 0), {"test": shapes(50, 1)}, 1, 1, tmp_path, 0, 48, (8, 8))
    assert judge.resolution == read_judge(tmp_path, "shapes").resolution == 48
    assert judge.network.input_shape == (None, 48, 48, 1) and judge.card["architecture"]["widths"] == [8, 8]
    assert JudgeExtractor(judge).read(shapes(5, 2).images).attributes.shape == (5, 2)


def test_the_same_seed_makes_the_same_file(tmp_path: Path) -> None:
    files = []
    for number in "01":
        fit_judge(CARD, shapes(256, 0), {}, seed=1, epochs=1, folder=tmp_path / number)
        files.append((tmp_path / number / "shapes.npz").read_bytes())
    assert files[0] == files[1]


def test_pictures_of_another_set_are_left_out_by_their_pixels() -> None:
    all_of_them = shapes(50, 0)
    kept = all_of_them.without({image.tobytes() for image in all_of_them.images[10:]})
    np.testing.assert_array_equal(kept.images, all_of_them.images[:10])
    np.testing.assert_array_equal(kept.truth, all_of_them.truth[:10])


def test_batches_are_shifted_reordered_and_repeatable() -> None:
    batches = Shifted(shapes(300, 0), seed=3)
    assert len(batches) == 2
    images, truth = batches[1]
    assert images.shape == (128, 32, 32, 1) and images.min() == -1 and images.max() > 0.9
    np.testing.assert_array_equal(Shifted(shapes(300, 0), seed=3)[1][0], images)
    batches.on_epoch_end()
    assert not np.array_equal(batches[1][1], truth)


def test_data_without_labels_cannot_make_a_judge() -> None:
    with pytest.raises(GanappsError, match="'ring' has neither"):
        train_judge("ring")


def test_a_judge_trained_here_becomes_an_extractor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GANAPPS_CACHE", str(tmp_path))
    assert "judge-shapes" not in extractor_names()
    fit_judge(CARD, shapes(256, 0), {}, seed=1, epochs=1, folder=tmp_path / "judges")
    assert open_extractor("judge-shapes").attributes == ("bright", "high")


# Extractors


def test_an_extractor_takes_uint8_of_any_size_and_either_channels(held_out) -> None:
    extractor = open_extractor("judge-digits")
    assert isinstance(extractor, JudgeExtractor)
    assert (extractor.resolution, extractor.channels, extractor.dimensions) == (32, 1, 64)
    images = to_uint8(held_out["image"][:200])
    small = extractor.probabilities(resized(images, 28)).argmax(1)
    colour = extractor.probabilities(with_channels(images, 3)).argmax(1)
    plain = extractor.probabilities(images).argmax(1)
    np.testing.assert_array_equal(colour, plain)
    assert np.mean(small == plain) > 0.97
    assert extractor.features(images).shape == (200, 64)


def test_judges_have_different_digests() -> None:
    digests = {open_extractor(f"judge-{name}").digest for name in JUDGES}
    assert len(digests) == len(JUDGES)


def test_network_seeds_differ_and_repeat() -> None:
    first, again, other = (judge_network(1, 2, seed=seed).get_weights()[0] for seed in (1, 1, 2))
    assert np.array_equal(first, again) and not np.array_equal(first, other)


def test_luma_and_repetition() -> None:
    red = np.zeros((1, 2, 2, 3), np.uint8)
    red[..., 0] = 255
    assert with_channels(red, 1)[0, 0, 0, 0] == 76
    assert with_channels(with_channels(red, 1), 3).tolist() == np.full((1, 2, 2, 3), 76).tolist()
    np.testing.assert_array_equal(to_uint8(np.array([-2.0, -1, 0, 1, 2])), [0, 0, 128, 255, 255])
