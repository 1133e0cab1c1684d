"""What the zoo says of files: from the card, and measured."""

import json
import time

import numpy as np
import pytest
from PIL import Image

from ganapps.edge import PRECISIONS
from measuring import files, inputs
from shared import bundles as shared


def test_overview_and_table_tell_what_the_cards_tell(bundles):
    cards = shared.cards()
    rows = {row["Bundle"]: row for row in files.overview(cards)}
    assert list(rows) == list(cards)
    for name, card in cards.items():
        sizes = {
            record["precision"]: record["bytes"] for record in card["files"].values() if record["runtime"] != "onnx"
        }
        assert [rows[name][f"{p}, MB"] for p in PRECISIONS] == [sizes[p] / 1e6 for p in PRECISIONS]
        assert [row["File"] for row in files.table(card)] == list(card["files"])
    assert rows["digits"]["Makes"] == "16 x 16 grey" and rows["face-editing/attributes"]["Makes"] == "7 numbers"
    assert files.ends(cards["face-editing/edit"])[0] == "image 32 x 32 RGB, attributes 7 numbers"
    assert files.ends(cards["digits"])[0] == "latent 8 numbers, label one number"
    json.dumps(files.overview(cards))


def test_files_are_held_against_the_widest_there_is(bundles):
    card = shared.cards()["digits"]
    assert files.widest(card) == ("float32", "litert")
    narrow = card | {"files": {name: record for name, record in card["files"].items() if record["precision"] == "int8"}}
    assert files.widest(narrow) == ("int8", "litert")
    assert files.overview({"narrow": narrow})[0]["Score"] == narrow["files"]["model_int8.tflite"]["score"]


def test_difference_is_amplified_and_stays_a_picture():
    a, b = np.zeros((2, 2, 1), np.uint8), np.array([[[0], [3]], [[100], [255]]], np.uint8)
    np.testing.assert_array_equal(files.difference(a, b, 8)[..., 0], [[0, 24], [255, 255]])
    np.testing.assert_array_equal(files.difference(b, a, 1), b)
    assert files.apart(a, b) == (255.0, 89.5)
    assert [files.visible(a, np.full_like(a, level), (1, 8, 64)) for level in (0, 3, 4, 255)] == [64, 64, 8, 1]


def test_latency_is_a_median_of_several_runs_within_its_time():
    median, runs = files.latency(lambda: time.sleep(0.01))
    assert 10 <= median < 30 and runs == 15
    assert files.latency(lambda: time.sleep(0.05), seconds=0.05)[1] == 3


@pytest.mark.parametrize(
    "name", ["digits", "faces", "face-editing/edit", "face-editing/attributes", "super-resolution"]
)
def test_every_bundle_can_be_fed(bundles, name):
    bundle = shared.load(name)
    given = inputs.inputs(bundle.card, inputs.test_picture(), 4, [])
    assert list(bundle.run(**given).shape) == bundle.card["output"]["shape"]


def test_choices_reach_the_bundle(bundles):
    edit = inputs.inputs(shared.load("face-editing/edit").card, Image.new("L", (9, 5)), 0, ["hat", "smile"])
    np.testing.assert_array_equal(edit["attributes"], [0, 0, 0, 0, 0, 1, 1])
    card = shared.load("digits").card
    assert inputs.inputs(card, None, 1, ["7"])["label"] == 7 and inputs.inputs(card, None, 12, [])["label"] == 2


def test_samples_come_from_the_pages(tmp_path):
    for name in (
        "b/samples/two-cats.png",
        "b/samples/dog.jpg",
        "b/samples/ant.png",
        "a/samples/LICENCE.md",
        "a/samples/x.png",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert list(inputs.samples(tmp_path)) == ["X", "Ant", "Dog"]
