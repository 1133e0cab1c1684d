"""`ganapps predict`: the last four frames, in their order, and predictions fed back."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ganapps import edge, workflow
from ganapps.engine.signature import Input, Signature

NAMES = [f"frame_{number}" for number in range(1, 5)]


class Film:
    """Brighter by 10 grey levels than the frame before; remembers what it was shown."""

    title = "Film"

    def signatures(self) -> dict[str, Signature]:
        return {"next_frame": Signature("next_frame", None, {n: Input("image", (6, 4, 1)) for n in NAMES}, "generated")}

    def predict_frames(self, frames: np.ndarray, steps: int) -> np.ndarray:
        self.shown = np.rint((frames[0, :, 0, 0, 0] + 1) * 127.5)
        return np.stack([frames[:, -1] + 10 * step / 127.5 for step in range(1, steps + 1)], axis=1)


@pytest.fixture
def film(monkeypatch, a_run) -> Film:
    film = Film()
    monkeypatch.setattr(workflow, "load", lambda source: film)
    return film


@pytest.fixture
def frames(here: Path) -> Path:
    """Five frames, of which the first is too old to count."""
    (here / "frames").mkdir()
    for number in range(5):
        Image.new("L", (4, 6), 20 * number).save(here / "frames" / f"{number}.png")
    return here / "frames"


def levels(folder: Path) -> list[int]:
    return [int(np.asarray(Image.open(file)).ravel()[0]) for file in sorted(folder.iterdir())]


def test_a_run_goes_on_from_the_last_four(call, film, frames, here):
    output = call("predict one frames --steps 3 --out next").output
    assert "3 frames in next" in output
    assert [file.name for file in sorted((here / "next").iterdir())] == ["next-001.png", "next-002.png", "next-003.png"]
    assert levels(here / "next") == [90, 100, 110]
    np.testing.assert_array_equal(film.shown, [20, 40, 60, 80])


def test_the_files_are_told_to_programs(call, film, frames):
    told = json.loads(call("predict one frames --out next --json").output)
    assert [Path(file).name for file in told["files"]] == ["next-001.png"]


def test_too_few_frames_are_counted(call, film, frames):
    assert "goes on from 4 frames; 2 were given" in call("predict one frames/0.png frames/1.png --out x", 2).output


def test_other_verbs_point_here(call, film, frames):
    assert "`ganapps predict" in call("sample one", 2).output
    assert "`ganapps predict" in call("translate one frames --out x", 2).output


def test_a_bundle_is_fed_with_its_own_frames(call, monkeypatch, a_bundle, frames, here):
    card = json.loads((a_bundle / "card.json").read_text())
    assert "predicts no frames" in call("predict bundle frames --out x", 2).output
    spec = {"kind": "image", "shape": [6, 4, 1], "dtype": "uint8", "classes": []}
    card |= {"signature": "next_frame", "inputs": dict.fromkeys(NAMES, spec)}
    (a_bundle / "card.json").write_text(json.dumps(card))

    def run(self, **inputs):
        oldest, *_, newest = inputs.values()
        assert list(inputs) == NAMES and oldest.shape == (6, 4, 1)
        return newest + (newest - oldest) // 3

    monkeypatch.setattr(edge.Bundle, "run", run)
    call("predict bundle frames --steps 2 --out next")
    assert levels(here / "next") == [100, 120]
    assert "goes on from 4" in call("predict bundle frames/0.png --out x", 2).output
