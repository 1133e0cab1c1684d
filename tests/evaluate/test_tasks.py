"""Measures of tasks on translators, editors and coupled generators whose results are known."""

from dataclasses import replace
from typing import Any

import keras
import numpy as np
import pytest

from ganapps.data import catalogue
from ganapps.data.digit_pairs import edges
from ganapps.data.earth import INFO as EARTH
from ganapps.data.earth import PALETTE
from ganapps.data.faces.build import draw_people
from ganapps.data.faces.dataset import INFO as FACES
from ganapps.data.faces.render import render_attributes
from ganapps.data.faces.vocabulary import ATTRIBUTES, attributes_of, garments_of
from ganapps.data.pipeline import arrays
from ganapps.data.source import ArraySource
from ganapps.engine.signature import Input, Signature
from ganapps.errors import UsageError
from ganapps.evaluate.pictures import to_uint8
from ganapps.evaluate.runner import evaluate
from ganapps.evaluate.tasks import content, editing, own_judges

PLAIN = "digit_pairs:a=negative,b=plain,unpaired"


class Palette:
    """Reads a pixel's class off its colour."""

    name = "segmenter-earth"
    card = {"classes": ["sea", "land", "lake", "river"], "sha256": "0", "accuracy": {"test": {"pixel_accuracy": 1.0}}}

    def segment(self, images: np.ndarray) -> np.ndarray:
        return np.abs(images[..., None, :].astype(int) - PALETTE).sum(-1).argmin(-1)


@pytest.fixture
def tiles(monkeypatch: pytest.MonkeyPatch) -> ArraySource:
    """Tiles whose a is their b with the channels turned round."""
    monkeypatch.setattr(content, "load_segmenter", lambda data, domain: Palette())
    maps = np.kron(np.random.default_rng(0).integers(0, 4, (40, 4, 4)), np.ones((1, 4, 4), int)).astype(np.uint8)
    b = PALETTE[maps]
    return ArraySource(EARTH, {"main": {"a": b[..., ::-1], "b": b, "segmentation": maps}})


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_judges, "MOST", {"train": 500, "test": 100})
    monkeypatch.setattr(own_judges, "EPOCHS", {"domains": 4, "digits": 12})


# Segmentation


def test_the_fcn_score_stands_beside_that_of_real_pictures(tiles, translator) -> None:
    turned = translator(lambda image: image[..., ::-1], (16, 16, 3))
    report = evaluate(turned, tiles, ["fcn-score", "content-kept"])
    score = report["fcn-pixel-accuracy"]
    assert score.name == "fcn-pixel-accuracy_segmenter-earth_n40" and score.value == score.real_vs_real == 1
    assert report["fcn-class-iou"].value == 1 and report["content-kept"].value == 1
    assert score.protocol["segmenter_accuracy"]["test"]["pixel_accuracy"] == 1.0

    half = translator(
        lambda image: keras.ops.concatenate([image[:, :8, :, ::-1], 0 * image[:, 8:] - 1], 1), (16, 16, 3)
    )
    rows = arrays(tiles)
    found = evaluate(half, tiles, ["fcn-score", "content-kept"])
    lower = (rows["segmentation"][:, 8:] == Palette().segment(np.zeros((1, 1, 1, 3)))).mean()
    assert found["fcn-pixel-accuracy"].value == pytest.approx((1 + lower) / 2)
    assert found["content-kept"].value == found["fcn-pixel-accuracy"].value
    assert set(score.baselines) == {"identity", "colour-statistics", "constant-colour"}


def test_the_segmenter_is_that_of_the_layer_shown(tiles, translator, monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(content, "load_segmenter", lambda data, domain: asked.append((data, domain)) or Palette())
    monkeypatch.setattr(tiles, "info", replace(tiles.info, name="earth:b=relief"))
    evaluate(translator(lambda image: image * 1.0, (16, 16, 3)), tiles, ["fcn-score"])
    assert asked == [("earth", "relief")]


# Digits


def test_content_and_domain_of_digits(quick, translator, monkeypatch) -> None:
    negate = translator(lambda image: -image, (32, 32, 1))
    report = evaluate(negate, PLAIN, ["content-kept", "domain-reached", "distances-kept", "l1"], n=100)
    kept, reached = report["content-kept"], report["domain-reached"]
    assert kept.name == "content-kept_judge-plain-digits_n100" and kept.value == kept.real_vs_real > 0.95
    assert kept.baselines["identity"] < 0.5
    assert reached.value == reached.real_vs_real > 0.95 > 0.05 > reached.baselines["identity"]
    assert reached.protocol["judge_accuracy"]["held out"]["classes, framed"] > 0.95
    assert report["distances-kept"].value == pytest.approx(1) and report["l1"].value == 0
    assert report["distances-kept"].baselines["constant-colour"] == 0

    # The judge of domains is trained once, and it is not fooled by a picture that shows what it should in the wrong domain.
    monkeypatch.setattr(own_judges, "fit_judge", lambda *_, **__: pytest.fail("trained twice"))
    same = evaluate(translator(lambda image: image * 1.0, (32, 32, 1)), PLAIN, ["domain-reached"], n=100)
    assert same["domain-reached"].value == reached.baselines["identity"]


def test_outputs_may_have_fewer_channels_than_inputs(translator) -> None:
    grey = translator(lambda image: keras.ops.mean(image, -1, keepdims=True), (32, 32, 3))
    report = evaluate(grey, "digit_pairs:a=noisy,b=plain,unpaired", ["content-kept", "l1"], n=60)
    assert report["content-kept"].real_vs_real > 0.9 > report["content-kept"].value
    assert report["l1"].value > 0.1


class Coupled:
    """Pairs learnt by heart, or torn apart."""

    name = "coupled"

    def __init__(self, a: np.ndarray, b: np.ndarray, apart: int = 0):
        self.pair = a, np.roll(b, apart, axis=0)
        latent = keras.Input((2,))
        picture = keras.layers.Reshape((32, 32, 1))(keras.layers.Dense(1024)(latent))
        self.network = keras.Model(latent, picture)

    def signatures(self) -> dict[str, Signature]:
        return {"sample": Signature("sample", self.network, {"latent": Input("latent", (2,))}, "a")}

    def sample_pair(self, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
        return self.pair[0][:n], self.pair[1][:n]


def test_pairs_agree_in_pixels_and_labels(quick) -> None:
    plain = arrays(catalogue.open("digits", "test", 32), 200, seed=0)["image"]
    outline = edges(to_uint8(plain)) / np.float32(127.5) - 1
    report = evaluate(Coupled(plain, outline), "digit_pairs:a=plain,b=edges,unpaired", ["pair-agreement"], n=200)
    pixels, labels = report["pixel-agreement"], report["label-agreement"]
    assert pixels.value == pixels.real_vs_real == 1 and pixels.baselines["torn apart"] < 0.95
    assert labels.value > 0.4 > 0.25 > labels.baselines["torn apart"]
    assert labels.protocol["judge_of_b"]["judge_accuracy"]["held out"]["pictures"] == 100

    swapped = evaluate(Coupled(outline, plain, 1), "digit_pairs:a=edges,b=plain", ["pair-agreement"], n=100)
    assert swapped["pixel-agreement"].value < 0.95 < swapped["pixel-agreement"].real_vs_real


def test_an_associate_is_asked_about_pairs_that_are_torn_apart_too() -> None:
    class Associate(Coupled):
        def association(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
            return np.isclose(a, -b, atol=1e-2).all((1, 2, 3)).astype("float32")

    nothing = np.zeros((2, 32, 32, 1), "float32")
    assert evaluate(Associate(nothing, nothing), PLAIN, ["association"], n=50)["association-accuracy"].value == 1
    trusting = Associate(nothing, nothing)
    trusting.association = lambda a, b: np.ones(len(a))
    assert evaluate(trusting, PLAIN, ["association"], n=50)["association-accuracy"].value == 0.5


# Faces


@pytest.fixture(scope="module")
def faces() -> ArraySource:
    """36 faces of 32 pixels, and of garments flat squares of a colour of their own."""
    people = draw_people(36, 0, 5)["train"]
    drawn = [render_attributes(one, int(who), 32) for one, who in zip(*people.values(), strict=True)]
    attributes = np.stack([attributes_of(one) for one in people["choices"]])
    kinds = garments_of(people["choices"])
    garments = np.stack([np.full((32, 32, 3), (kind * 4, 200 - kind * 2, 90), np.uint8) for kind in kinds])
    image = to_uint8(np.stack(drawn))
    columns = people | {"image": image, "attributes": attributes, "a": image, "b": garments}
    return ArraySource(replace(FACES, name="faces:a=image,b=garment"), {"main": columns})


def test_edits_have_their_truth(faces) -> None:
    rows = faces.columns["main"]
    edits = editing.Edits(rows, ATTRIBUTES)
    assert 25 < len(edits.rows) <= 36 and set(edits.index) <= set(range(18))
    for row, index, before, after in zip(edits.rows, edits.index, edits.before, edits.after, strict=True):
        assert index == row % 18 and before[index] != after[index]
        np.testing.assert_array_equal(before, rows["attributes"][row])
    truth = edits.truth()
    good, each = editing.scores(edits, truth, edits.images, truth)
    assert good["flip-error"] < 0.3 and good["untouched-kept"] > 0.9 and set(each) <= set(ATTRIBUTES)
    assert good["background-l1"] < 0.01 and good["edit-l1"] == 0 and good["identity-kept"] == pytest.approx(1)
    lazy, _ = editing.scores(edits, edits.images, edits.images, truth)
    assert lazy["flip-error"] > 0.7 and lazy["background-l1"] == 0 < lazy["edit-l1"] and lazy["untouched-kept"] > 0.9
    inverted, _ = editing.scores(edits, 255 - edits.images, 255 - edits.images, truth)
    assert inverted["background-l1"] > 0.2 and inverted["identity-kept"] < 0.9


def test_edits_are_judged_at_their_own_size() -> None:
    assert [editing.judge_of(side) for side in (32, 48, 64, 128)] == ["judge-faces"] * 2 + ["judge-faces-64"] * 2


def editor(function: Any, names: tuple[str, ...]) -> Any:
    image, wanted = keras.Input((32, 32, 3)), keras.Input((len(names),))
    inputs = {"image": Input("image", (32, 32, 3)), "attributes": Input("attributes", (len(names),), classes=names)}
    network = keras.Model([image, wanted], function(image, wanted))

    class Editor:
        name = "editor"

        def signatures(self) -> dict[str, Signature]:
            return {"edit": Signature("edit", network, inputs, "generated")}

    return Editor()


def test_an_editor_is_asked_for_its_own_attributes(faces) -> None:
    # It shows what it is asked for: the top row is as bright as glasses are wanted.
    def show(image: Any, wanted: Any) -> Any:
        return keras.ops.concatenate([0 * image[:, :1] + 2 * wanted[:, None, None, :1] - 1, image[:, 1:]], axis=1)

    report = evaluate(editor(show, ("glasses", "beard")), faces, ["editing"])
    flip = report["flip-error"]
    assert flip.name.startswith("flip-error_judge-faces_n3") and flip.value == pytest.approx(
        flip.baselines["identity"], abs=0.1
    )
    assert flip.real_vs_real < 0.2 and set(flip.protocol["flip_error"]) == {"glasses", "beard"}
    assert 0 < report["background-l1"].value < 1 / 32 + 0.01
    assert report["edit-l1"].better == "lower" and report["identity-kept"].baselines["identity"] == pytest.approx(1)


def test_a_translator_to_one_attribute_is_measured_as_an_editor(translator) -> None:
    data = "faces:n=150,attribute=glasses"
    same, dark = (
        translator(change, (32, 32, 3)) for change in (lambda image: image * 1.0, lambda image: image * 0.5 - 0.5)
    )
    report, spoilt = (evaluate(model, data, ["editing", "l1"]) for model in (same, dark))
    flip = report["flip-error"]
    assert flip.value == flip.baselines["identity"] > 0.7 and flip.real_vs_real < 0.3
    assert set(flip.protocol["flip_error"]) == {"glasses"}
    assert report["background-l1"].value == 0 < report["edit-l1"].value == pytest.approx(report["l1"].value, rel=1e-3)
    assert spoilt["background-l1"].value > 0.1 and "identity-kept" not in {score.metric for score in report.scores}


def test_garments_are_found_among_garments(faces, translator) -> None:
    model = translator(lambda image: image * 1.0, (32, 32, 3))
    report = evaluate(model, faces, ["retrieval"], n=30)
    top1, top5 = report["retrieval-top1"], report["retrieval-top5"]
    assert top1.real_vs_real == top5.real_vs_real == 1
    assert top1.baselines["constant-colour"] <= 0.2 and top1.value <= top5.value < 0.7


def test_the_perceptual_distance_names_its_network(translator) -> None:
    report = evaluate(translator(lambda image: -image, (32, 32, 1)), PLAIN, ["perceptual"], n=40)
    score = report["perceptual"]
    assert score.name == "perceptual_judge-digits_n40" and score.value == score.real_vs_real == 0
    assert score.baselines["identity"] > score.baselines["colour-statistics"] > 0
    with pytest.raises(UsageError, match="inception:x does not compare single pictures"):
        evaluate(translator(lambda image: -image, (32, 32, 1)), PLAIN, ["perceptual"], n=40, extractor="inception:x")


# Who cannot be asked


def test_what_does_not_fit_is_said(tiles, faces, translator) -> None:
    model = translator(lambda image: image * 1.0, (32, 32, 1))
    for name, message in (
        ("fcn-score", "no field 'segmentation'"),
        ("editing", "does not edit"),
        ("pair-agreement", "can sample_pair"),
        ("retrieval", "garments of faces"),
        ("contents-kept", "Did you mean 'content-kept'"),
    ):
        with pytest.raises(UsageError, match=message):
            evaluate(model, PLAIN, [name], n=20)
    with pytest.raises(UsageError, match="rendered faces alone, not on image=style_b"):
        evaluate(editor(lambda image, wanted: image, ("glasses",)), "faces:n=20,image=style_b", ["editing"], n=4)
    digits = arrays(catalogue.open("digits", "test", 32), 40)["image"]
    with pytest.raises(UsageError, match="no translations"):
        evaluate(digits, "digits", ["distances-kept"])
    with pytest.raises(UsageError, match="two domains to tell apart"):
        evaluate(translator(lambda image: image * 1.0, (32, 32, 1), "reconstruct"), "digits", ["domain-reached"], n=20)
