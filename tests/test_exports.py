"""The bundles under exports/ come from named experiments, are whole, and were measured file by file."""

import hashlib
import json
from pathlib import Path

import pytest

from ganapps.reproduce.experiments import EXPERIMENTS, names
from ganapps.reproduce.shipped import SHIPPED

EXPORTS = Path(__file__).parent.parent / "exports"
CARDS = {path.parent.name: json.loads(path.read_text()) for path in sorted(EXPORTS.glob("*/card.json"))}


def test_every_bundle_can_be_made_again():
    assert CARDS.keys() <= SHIPPED.keys()
    assert {one.experiment for one in SHIPPED.values()} <= EXPERIMENTS.keys()
    assert {f"export-{name}" for name in SHIPPED} <= set(names())


def test_they_are_small():
    files = [path for path in EXPORTS.rglob("*") if path.is_file() and "vendor" not in path.parts]
    assert sum(path.stat().st_size for path in files) <= 60e6
    assert max((path.stat().st_size for path in files if path.suffix in (".tflite", ".onnx")), default=0) <= 20e6


@pytest.mark.parametrize("name", CARDS)
def test_it_is_the_run_that_its_card_tells_of(name):
    card, one = CARDS[name], SHIPPED[name]
    experiment, training = EXPERIMENTS[one.experiment], CARDS[name]["training"]
    assert (card["model"], card["signature"]) == (experiment.model, one.signature)
    for key in ("steps", "batch_size", "preset", "ema", "precision"):
        assert training[key] == getattr(experiment, key), key
    assert card["data"]["spec"] == experiment.data
    assert card["data"]["licence"] and card["data"]["credit"] and card["limits"] and "synthetic" in card["notice"]


@pytest.mark.parametrize("name", CARDS)
def test_its_files_are_whole_and_measured(name):
    card = CARDS[name]
    have = {(one["precision"], one["runtime"]) for one in card["files"].values()}
    one = SHIPPED[name]
    assert have == {(precision, "litert") for precision in one.precisions} | (
        {("float32", "onnx")} if one.onnx else set()
    )
    whole = card["files"].get("model_float32.tflite", {}).get("score")
    for file, told in card["files"].items():
        content = (EXPORTS / name / file).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (told["bytes"], told["sha256"]), file
        assert told["score"] is not None and told["latency_ms"]["1"] > 0, file
        if whole is None:  # what is shipped as int8 alone tells of float32 in its reason
            assert "float32 has" in told["reason"]
            continue
        lost = (told["score"] - whole) * (1 if card["metric"]["better"] == "lower" else -1)
        assert lost <= 0.02 * abs(whole) or (told["precision"] == "int8" and told["reason"]), file
