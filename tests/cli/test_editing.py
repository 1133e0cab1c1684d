"""`ganapps translate --set`: attributes by name, of a run and of a bundle, of pictures that lie on their side."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ganapps import workflow
from ganapps.cli import using
from ganapps.engine.signature import Input, Signature

NAMES = ("black hair", "blond hair", "glasses")


class Editor:
    """A trained model of 6 x 4 pixels that remembers what it was asked, and gives the picture back."""

    def __init__(self) -> None:
        self.asked: list[dict[str, bool]] = []
        self.seen: list[np.ndarray] = []

    def signatures(self) -> dict[str, Signature]:
        image = Input("image", (6, 4, 3))
        inputs = {"image": image, "attributes": Input("attributes", (3,), classes=NAMES)}
        return {
            "edit": Signature("edit", None, inputs, "generated"),
            "attributes": Signature("attributes", None, {"image": image}, "likely", "vector"),
        }

    def domains(self) -> tuple[str, ...]:
        return NAMES

    def edit(self, images: np.ndarray, changes: dict[str, bool]) -> np.ndarray:
        self.asked.append(changes)
        self.seen.append(images[0])
        return images


@pytest.fixture
def model(monkeypatch, a_run) -> Editor:
    editor = Editor()
    monkeypatch.setattr(workflow, "load", lambda source: editor)
    return editor


@pytest.fixture
def picture(here) -> Path:
    Image.new("RGB", (4, 6), (255, 0, 0)).save(here / "me.png")
    return here / "me.png"


def test_set_and_to_name_attributes(call, model, picture, here):
    call("translate one me.png --out out --set hair=blonde,glasses=on")
    call("translate one me.png --out out --set hair=black --set glasses=off")
    call("translate one me.png --out out --to glasses")
    assert model.asked == [
        {"blond hair": True, "glasses": True},
        {"black hair": True, "glasses": False},
        {"glasses": True},
    ]
    assert Image.open(here / "out" / "me.png").getpixel((0, 0)) == (255, 0, 0)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("--set galsses=on", "There is no attribute 'galsses'. Did you mean 'glasses'?"),
        ("--set hair=blnd", "There is no hair=blnd. Did you mean 'blond'?"),
        ("--to hat", "There is no attribute 'hat'."),
        ("--set glasses", "--set wants key=value, not 'glasses'"),
        ("", "Say what to change, such as --set 'black hair=on'."),
    ],
)
def test_what_is_not_known_is_answered(call, model, picture, options, told):
    assert told in call(f"translate one me.png --out out {options}", 2).stderr


def test_a_model_without_attributes_takes_no_settings(call, model, picture, monkeypatch):
    image = {"image": Input("image", (6, 4, 3))}
    monkeypatch.setattr(model, "signatures", lambda: {"a_to_b": Signature("a_to_b", None, image, "generated")})
    assert "edits no attributes" in call("translate one me.png --out out --set glasses=on", 2).stderr


def test_to_names_the_domain_of_a_model_of_two(call, model, picture, monkeypatch):
    image = {"image": Input("image", (6, 4, 3))}
    ways = {name: Signature(name, None, image, "generated") for name in ("a_to_b", "b_to_a")}
    monkeypatch.setattr(model, "signatures", lambda: ways)
    taken = []
    monkeypatch.setattr(model, "translate", lambda images, name: taken.append(name) or images, raising=False)
    call("translate one me.png --out out --to B")
    call("translate one me.png --out out --to a")
    call("translate one me.png --out out --signature b_to_a --to a")
    assert taken == ["a_to_b", "b_to_a", "b_to_a"]
    assert "a domain that it reaches" in call("translate one me.png --out out --to c", 2).stderr
    assert "a domain that it reaches" in call("translate one me.png --out out --signature a_to_b --to a", 2).stderr


def test_a_photograph_is_turned_upright(call, model, here):
    """Its pixels lie on their side, and say so (EXIF orientation 6: turn clockwise by a quarter)."""
    stored = Image.new("RGB", (6, 4), (0, 0, 255))
    stored.paste((255, 0, 0), (0, 0, 2, 4))  # left as stored is the top when it is looked at
    mark = Image.Exif()
    mark[0x0112] = 6
    stored.save(here / "phone.jpg", exif=mark, quality=100, subsampling=0)
    call("translate one phone.jpg --out out --to glasses")
    (seen,) = model.seen
    assert seen.shape == (6, 4, 3)
    assert (seen[0, :, 0] > 0.8).all() and (seen[-1, :, 2] > 0.8).all(), "red above, blue below"


@pytest.fixture
def bundles(monkeypatch, here):
    """Cards of a bundle that edits and, beside it, of one that reads; running them is left to `asked`."""
    asked: list[np.ndarray] = []

    class Bundle:
        def __init__(self, path: Path) -> None:
            self.card = json.loads((Path(path) / "card.json").read_text())

        def translate(self, image: Image.Image, **inputs: np.ndarray) -> np.ndarray:
            if self.card["signature"] == "attributes":
                return np.array([0.9, 0.3, 0.2], np.float32)
            asked.append(inputs["attributes"])
            return np.asarray(image)

    edits = {"image": {}, "attributes": {"kind": "attributes", "shape": [3], "classes": list(NAMES)}}
    for name, inputs in (("edit", edits), ("attributes", {"image": {}})):
        folder = here / "export" / name
        folder.mkdir(parents=True)
        card = {"format": 1, "name": f"stargan-faces-{name}", "signature": name, "inputs": inputs}
        (folder / "card.json").write_text(json.dumps(card))
    monkeypatch.setattr(using, "Bundle", Bundle)
    monkeypatch.setattr(workflow, "load", None)
    return asked


def test_a_bundle_reads_the_rest_off_the_picture_with_the_one_beside_it(call, bundles, picture):
    call("translate export/edit me.png --out out --set glasses=on")
    call("translate export/edit me.png --out out --set hair=blond")
    np.testing.assert_array_equal(bundles, [[1, 0, 1], [0, 1, 0]])


def test_a_bundle_alone_takes_the_rest_as_off(call, bundles, picture, here):
    (here / "export" / "edit").rename(here / "alone")
    call("translate alone me.png --out out --set glasses=on")
    np.testing.assert_array_equal(bundles, [[0, 0, 1]])
    assert "Did you mean 'glasses'?" in call("translate alone me.png --out out --set glases=on", 2).stderr
