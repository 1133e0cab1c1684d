"""Segmenters read labels off pictures; a training that was killed ends as if it had not been."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from ganapps.data import catalogue
from ganapps.errors import UsageError
from ganapps.evaluate import segmenter, segmenter_training
from ganapps.evaluate.segmenter import SHIPPED, has_segmenter, load_segmenter, read_segmenter, segmenter_network
from ganapps.evaluate.segmenter_training import RECIPES, fit_segmenter, train_segmenter

COLOURS = np.array([(20, 20, 60), (200, 180, 90), (40, 140, 60)], np.uint8)
CARD = {
    "name": "patches",
    "data": "made",
    "domain": "image",
    "classes": ["sea", "sand", "wood"],
    "resolution": None,
    "recipe": {"data": "made here"},
}


def patches(n: int, seed: int) -> dict[str, np.ndarray]:
    """Squares of three colours with noise, 16 pixels."""
    rng = np.random.default_rng(seed)
    maps = np.kron(rng.integers(0, 3, (n, 4, 4)), np.ones((1, 4, 4), int)).astype(np.uint8)
    noise = rng.integers(-12, 13, (*maps.shape, 3))
    return {"image": (COLOURS[maps] + noise).clip(0, 255).astype(np.uint8), "segmentation": maps}


@pytest.mark.parametrize("name", RECIPES)
def test_shipped_files_are_small_and_the_cards_true(name: str) -> None:
    weights, recipe = SHIPPED / f"{name}.npz", RECIPES[name]
    card = json.loads((SHIPPED / f"{name}.json").read_text())
    assert weights.stat().st_size < 1_000_000
    assert card["sha256"] == hashlib.sha256(weights.read_bytes()).hexdigest()
    found = load_segmenter(card["data"], card["domain"])
    assert found.name == f"segmenter-{card['data']}" and found.card == card
    assert found.network.count_params() == card["architecture"]["weights"]
    assert (card["recipe"]["steps"], card["recipe"]["seed"]) == (recipe.steps, segmenter_training.SEED)
    accuracy = card["accuracy"][f"{recipe.test} test"]
    assert accuracy["pixel_accuracy"] > 0.9 and set(accuracy["classes"]) == set(card["classes"])
    assert len(card["classes"]) == {"earth": 4, "faces": 11}[card["data"]]


def test_classes_are_those_that_the_field_names() -> None:
    assert segmenter_training._classes("earth") == list(catalogue.describe("earth").classes)
    assert segmenter_training._classes("faces")[:3] == ["background", "skin", "hair"]


def test_any_size_fits_that_can_be_halved() -> None:
    network = segmenter_network(3, 4, (4, 6, 8))
    for side in (16, 40):
        assert network(np.zeros((2, side, side, 3), np.float32)).shape == (2, side, side, 4)


def test_a_killed_training_goes_on_and_ends_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segmenter_training, "WIDTHS", (8, 16))
    train, test = patches(64, 0), patches(20, 1)
    whole = fit_segmenter(CARD, train, {"test": test}, seed=1, steps=20, folder=tmp_path / "whole")
    assert whole.card["accuracy"]["test"]["pixel_accuracy"] > 0.8

    batch = segmenter_training._batch

    def killed(train: dict[str, np.ndarray], seed: int, step: int) -> tuple[np.ndarray, np.ndarray]:
        if step == 12:
            raise KeyboardInterrupt
        return batch(train, seed, step)

    monkeypatch.setattr(segmenter_training, "_batch", killed)
    with pytest.raises(KeyboardInterrupt):
        fit_segmenter(CARD, train, {}, seed=1, steps=20, folder=tmp_path / "killed")
    assert (tmp_path / "killed" / "patches.part.npz").exists()
    monkeypatch.setattr(segmenter_training, "_batch", batch)
    again = fit_segmenter(CARD, train, {"test": test}, seed=1, steps=20, folder=tmp_path / "killed")
    assert sorted(path.name for path in (tmp_path / "killed").iterdir()) == ["patches.json", "patches.npz"]
    for ours, theirs in zip(again.network.get_weights(), whole.network.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert again.card["accuracy"] == whole.card["accuracy"]

    # What is read back segments alike, and pictures of another size come to the one it knows, and back.
    read = read_segmenter(tmp_path / "whole", "patches")
    np.testing.assert_array_equal(read.segment(test["image"]), whole.segment(test["image"]))
    read.card["resolution"] = 16
    large = read.segment(test["image"].repeat(2, 1).repeat(2, 2))
    assert large.shape == (20, 32, 32) and np.mean(large[:, ::2, ::2] == test["segmentation"]) > 0.7
    assert [layer.shape[1:3] for layer in read.maps(test["image"])] == [(16, 16), (8, 8)]


def test_what_no_segmenter_reads_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segmenter, "SHIPPED", tmp_path)
    monkeypatch.setattr(segmenter, "trained_folder", lambda: tmp_path)
    with pytest.raises(UsageError, match="'map' of earth; there is one for nothing yet"):
        load_segmenter("earth", "map")
    assert not has_segmenter("earth", "satellite")
    with pytest.raises(UsageError, match="Did you mean 'earth-segmentation'"):
        train_segmenter("earth-segmentatio")
