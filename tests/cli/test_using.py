"""`ganapps sample` and `ganapps translate`: from Keras models and from edge bundles, into every kind of file."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from ganapps import workflow
from ganapps.cli import using
from ganapps.engine.signature import Input, Signature


class Drawer:
    """A trained model that draws one grey level a class, and remembers what it was asked."""

    def __init__(self, shape: tuple[int, ...] = (8, 8, 1), classes: tuple[str, ...] = ("cat", "dog", "cow")) -> None:
        self.shape, self.asked = shape, []
        inputs = {"latent": Input("latent", (4,)), "label": Input("label", (), "int32", classes)}
        self.offered = {"sample": Signature("sample", None, inputs, "image")}

    def signatures(self) -> dict[str, Signature]:
        return self.offered

    def generate(self, n: int, seed: int, **conditions: object) -> np.ndarray:
        self.asked.append((n, seed, conditions))
        return np.full((n, *self.shape), 1.0, np.float32)


class Translator:
    """A trained model that inverts pictures of 6 x 4 pixels one way, and leaves them the other way."""

    def signatures(self) -> dict[str, Signature]:
        spec = {"image": Input("image", (6, 4, 3))}
        return {name: Signature(name, None, spec, "generated") for name in ("a_to_b", "b_to_a")}

    def translate(self, images: np.ndarray, signature: str) -> np.ndarray:
        assert images.shape == (1, 6, 4, 3) and images.dtype == np.float32 and abs(images).max() <= 1
        return -images if signature == "a_to_b" else images


@pytest.fixture
def model(monkeypatch, a_run) -> Drawer:
    drawer = Drawer()
    monkeypatch.setattr(workflow, "load", lambda source: drawer)
    return drawer


def paint(path: Path, colour: tuple[int, int, int], size: tuple[int, int] = (4, 6)) -> Path:
    path.parent.mkdir(exist_ok=True)
    Image.new("RGB", size, colour).save(path)
    return path


def test_a_sheet_is_the_usual_result(call, model, here):
    output = call("sample one --seed 3").output
    assert model.asked == [(64, 3, {})] and "64 samples: samples.png" in output
    assert Image.open(here / "samples.png").size == (82, 82)


@pytest.mark.parametrize(("label", "number"), [("dog", 1), ("2", 2)])
def test_a_label_goes_by_name_or_number(call, model, label, number):
    call(f"sample one -n 4 --label {label}")
    assert model.asked == [(4, 0, {"label": number})]


def test_an_unknown_label_is_answered_with_the_nearest(call, model):
    assert (
        "There is no class 'dogg'. Did you mean 'dog'? There are cat, dog, cow."
        in call("sample one --label dogg", 2).stderr
    )
    assert "There is no class '3'." in call("sample one --label 3", 2).stderr


def test_a_label_for_a_model_without_labels_is_refused(call, model):
    del model.offered["sample"].inputs["label"]
    assert "draws without labels" in call("sample one --label 3", 2).stderr


def test_a_folder_gets_a_file_each(call, model, here):
    told = json.loads(call("sample one -n 11 --out fakes --json").stdout)
    assert told == {"files": [f"fakes/{index:02d}.png" for index in range(11)], "count": 11, "seed": 0}
    picture = Image.open(here / "fakes" / "10.png")
    assert picture.mode == "L" and picture.size == (8, 8) and picture.getpixel((0, 0)) == 255


def test_npy_holds_the_numbers(call, model, here):
    call("sample one -n 3 --out some/numbers.npy")
    assert np.load(here / "some" / "numbers.npy").shape == (3, 8, 8, 1)


def test_points_become_a_plot(call, model, here):
    model.shape = (2,)
    call("sample one --out points.png")
    assert Image.open(here / "points.png").size == (400, 400)


def test_a_bundle_is_drawn_from_without_keras(call, monkeypatch, a_bundle, here):
    inputs = {"latent": {}, "label": {"classes": ["no", "yes"]}}
    asked = []

    def bundle(path: Path) -> SimpleNamespace:
        def sample(n: int, seed: int, label: int | None) -> np.ndarray:
            asked.append((path, n, seed, label))
            return np.full((n, 8, 8, 3), 7, np.uint8)

        return SimpleNamespace(card={"inputs": inputs}, sample=sample)

    monkeypatch.setattr(using, "Bundle", bundle)
    monkeypatch.setattr(workflow, "load", None)
    call("sample bundle -n 2 --label yes --out two")
    assert asked == [(Path("bundle"), 2, 0, 1)]
    assert Image.open(here / "two" / "0.png").getpixel((3, 3)) == (7, 7, 7), "uint8 pictures arrive unchanged"


def test_coupled_generators_draw_pairs_side_by_side(call, monkeypatch, a_run, here):
    halves = np.zeros((2, 8, 6, 3), np.uint8), np.full((2, 8, 6, 3), 255, np.uint8)
    coupled = SimpleNamespace(sample_pair=lambda count, seed: halves)
    monkeypatch.setattr(workflow, "load", lambda source: coupled)
    call("sample one -n 2 --out pairs")
    pair = Image.open(here / "pairs" / "1.png")
    assert pair.size == (12, 8)
    assert pair.getpixel((5, 4)) == (0, 0, 0) and pair.getpixel((6, 4)) == (255, 255, 255)
    assert "draws without labels" in call("sample one --label yes", 2).stderr


def test_several_bundles_are_listed(call, here):
    for name in ("a_to_b", "b_to_a"):
        (here / "export" / name).mkdir(parents=True)
        (here / "export" / name / "card.json").write_text("{}")
    assert "choose one of export/a_to_b, export/b_to_a" in call("sample export", 1).stderr


def test_pictures_are_translated_under_their_names(call, monkeypatch, a_run, here):
    monkeypatch.setattr(workflow, "load", lambda source: Translator())
    paint(here / "in" / "night.jpg", (0, 0, 0), (40, 60))
    paint(here / "in" / "day.png", (255, 255, 255))
    (here / "in" / "notes.txt").write_text("not a picture")
    assert json.loads(call("translate one in --out out --json").stdout)["files"] == ["out/day.png", "out/night.png"]
    assert Image.open(here / "out" / "day.png").getpixel((0, 0)) == (0, 0, 0), "the first signature inverts"
    assert Image.open(here / "out" / "night.png").size == (4, 6), "at the size of the model"
    call("translate one in/day.png --out out --signature b_to_a")
    assert Image.open(here / "out" / "day.png").getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("line", "code", "sentence"),
    [
        ("translate one in/day.png --out out --signature a_to_c", 2, "no signature 'a_to_c'. Did you mean 'a_to_b'?"),
        ("translate one in/bad.png --out out", 1, "in/bad.png cannot be read as a picture"),
        ("translate one empty --out out", 1, "There are no pictures in empty."),
        ("translate one in --out out", 1, "The other 1 is in out."),
        ("translate one in/day.png --out in", 1, "in/day.png would be overwritten by its own result"),
        ("translate one in/day.png more/day.jpg --out out", 1, "would both become day.png"),
        ("translate one missing.png --out out", 2, "'missing.png' does not exist"),
        ("translate one in/day.png", 2, "Missing option '--out'"),
        ("sample one", 2, "use `ganapps translate runs/one PICTURE... --out DIR`"),
    ],
)
def test_what_cannot_be_translated_is_said(call, monkeypatch, a_run, here, line, code, sentence):
    monkeypatch.setattr(workflow, "load", lambda source: Translator())
    paint(here / "in" / "day.png", (9, 9, 9))
    paint(here / "more" / "day.jpg", (9, 9, 9))
    (here / "empty").mkdir()
    (here / "in" / "bad.png").write_text("no")
    assert sentence in call(line, code).stderr


def test_a_model_that_takes_no_pictures_says_what_it_does(call, model, here):
    paint(here / "in" / "day.png", (9, 9, 9))
    assert "use `ganapps sample runs/one`" in call("translate one in --out out", 2).stderr


def test_a_bundle_translates(call, monkeypatch, a_bundle, here):
    inverter = SimpleNamespace(
        card={"signature": "invert", "inputs": {"image": {}}}, translate=lambda image: 255 - np.asarray(image)
    )
    monkeypatch.setattr(using, "Bundle", lambda path: inverter)
    paint(here / "in" / "day.png", (255, 0, 10))
    call("translate bundle in/day.png --out out")
    assert Image.open(here / "out" / "day.png").getpixel((0, 0)) == (0, 255, 245)
