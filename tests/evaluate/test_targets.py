"""Runs, model files and edge bundles as targets: what is measured is what they make."""

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from ganapps import registry
from ganapps.data.beds import ring
from ganapps.errors import UsageError
from ganapps.evaluate.network_targets import CHUNK, Bundle, Model
from ganapps.evaluate.open_target import open_target
from ganapps.evaluate.runner import evaluate


class LoadedFile:
    """A file of an edge bundle as the runtime shows it, answering with what it was asked."""

    def __init__(self, card: dict[str, Any], answer: Any):
        self.card, self.answer, self.calls = card, answer, []

    def sample(self, n: int, seed: int, **inputs: Any) -> np.ndarray:
        self.calls.append((n, seed, inputs))
        return self.answer(n, seed, **inputs)

    def run(self, **inputs: Any) -> np.ndarray:
        return self.answer(**inputs)


def card(inputs: dict[str, Any], output: list[int], signature: str = "sample") -> dict[str, Any]:
    specs = {"dtype": "uint8", "classes": []}
    return {
        "format": 1, "name": "fake", "signature": signature, "training": {"steps": 70}, "data": {"name": "ring"},
        "inputs": {name: {**specs, **spec} for name, spec in inputs.items()},
        "output": {"name": "image", "kind": "image", "shape": output, "dtype": "uint8"},
    }  # fmt: skip


def test_a_bundle_of_points_is_measured_on_its_data() -> None:
    about = card({"latent": {"kind": "latent", "shape": [4]}}, [2])
    file = LoadedFile(about, lambda n, seed: ring().draw(n, seed))
    report = evaluate(file, n=600)
    assert (report.target, report.against, report.step) == ("fake", "ring", 70)
    assert report["modes"].value == 8
    assert [call[0] for call in file.calls] == [CHUNK, CHUNK, 600 - 2 * CHUNK]
    assert len({call[1] for call in file.calls}) == 3  # no chunk repeats another's noise


def test_a_bundle_gets_uint8_pictures_and_other_inputs_by_name() -> None:
    inputs = {"image": {"kind": "image", "shape": [16, 16, 3]}, "attributes": {"kind": "attributes", "shape": [2]}}
    seen = {}

    def answer(image: np.ndarray, attributes: np.ndarray) -> np.ndarray:
        seen.update(image=image, attributes=attributes)
        return 255 - image

    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (40, 16, 16, 3), np.uint8)
    wanted = np.eye(2, dtype=np.float32)[rng.integers(0, 2, 40)]
    target = Bundle(LoadedFile(card(inputs, [16, 16, 3], "translate"), answer))
    made = target.make(40, 0, {"image": pictures, "attributes": wanted}, "image")
    np.testing.assert_array_equal(made.outputs, 255 - pictures)
    np.testing.assert_array_equal(made.inputs, pictures)
    assert seen["image"].dtype == np.uint8
    np.testing.assert_array_equal(made.wanted, seen["attributes"])
    assert not np.array_equal(made.wanted, wanted)  # of other rows
    np.testing.assert_array_equal(np.sort(made.wanted, 0), np.sort(wanted, 0))


def test_a_bundle_on_disk_is_found_by_its_card(tmp_path: Path, memory) -> None:
    bundles = pytest.importorskip("ganapps.export.bundle")
    cards = pytest.importorskip("ganapps.export.card")
    black_and_white = np.stack([np.full((16, 16, 1), value, np.float32) for value in (-1, 1)])
    facts = cards.Facts("dots", "gan", "Dots", "Makes dots.", {"steps": 5}, {"name": "digits"}, "Everything.")
    signature = memory(black_and_white, labelled=True).signatures()["sample"]
    rng = np.random.default_rng(0)
    batch = {"latent": rng.standard_normal((6, 4)).astype(np.float32), "label": np.arange(6, dtype=np.int32) % 2}
    bundles.export(
        signature, tmp_path / "dots", facts=facts, calibration=[batch], reference=batch, precisions=("float32",),
        onnx=False,
    )  # fmt: skip
    target = open_target(tmp_path / "dots", None)
    assert target.name == "dots" and target.data == "digits" and target.shape == (16, 16, 1)
    outputs = target.make(12, 0, {"label": np.arange(12) % 2}, "").outputs
    np.testing.assert_array_equal(outputs.mean((1, 2, 3)), np.arange(12) % 2 * 255)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder with an untrained GAN for the ring."""
    folder = tmp_path_factory.mktemp("runs") / "ring-gan"
    folder.mkdir()
    config = {"dimensions": 2, "latent_dim": 16, "units": 16, "optimizer": "adam", "seed": 3}
    keras.utils.set_random_seed(0)
    model = registry.get("gan").load()(**config)
    model.compile(steps=10)
    model.save(folder / "model.keras")
    settings = {"model": "gan", "config": config, "data": "ring", "steps": 10, "batch_size": 8}
    (folder / "run.json").write_text(json.dumps(settings))
    return folder


def test_a_run_is_measured_on_the_data_it_was_trained_on(trained: Path) -> None:
    report = evaluate(trained, n=500)
    assert (report.target, report.against, report.step) == ("ring-gan", "ring", 10)
    assert report["modes"].value < report["modes"].real_vs_real == 8
    assert report["high-quality"].value < 0.1 and report["mode-kl"].value > 0.3
    assert report.lines()[0]["step"] == 10


def test_a_model_file_needs_the_data_named_and_scores_like_its_run(trained: Path) -> None:
    with pytest.raises(UsageError, match="model does not say what it was trained on"):
        evaluate(trained / "model.keras")
    alone = evaluate(trained / "model.keras", "ring", n=500)
    assert alone["mode-kl"].value == evaluate(trained, n=500)["mode-kl"].value


def test_input_pictures_are_fitted_to_the_input_and_labels_go_with_them(translator) -> None:
    model = translator(lambda image: keras.ops.image.resize(image, (32, 32)), (8, 8, 3), "upscale")
    target = Model(model, None, "upscaler")
    assert target.translates and target.domains({"image"}) == ("image", "image", True)
    made = target.make(5, 0, {"image": np.full((5, 32, 32, 3), 77, np.uint8)}, "image")
    assert made.inputs.shape == (5, 8, 8, 3) and made.outputs.shape == (5, 32, 32, 3)
    assert np.abs(made.outputs.astype(int) - 77).max() <= 1


def test_domains_follow_the_name_of_the_signature(translator) -> None:
    forth = Model(translator(lambda image: image * 1.0, (8, 8, 3), "a_to_b"), None, "m")
    back = Model(translator(lambda image: image * 1.0, (8, 8, 3), "b_to_a"), None, "m")
    assert forth.domains({"a", "b", "image"}) == ("a", "b", False)
    assert back.domains({"a", "b"}) == ("b", "a", False)
    again = Model(translator(lambda image: image * 1.0, (8, 8, 3), "reconstruct"), None, "m")
    for fields in ({"image", "label"}, {"image", "a", "b"}):
        assert again.domains(fields) == ("image", "image", True)
    assert again.domains({"a", "b"}) == ("a", "b", False)
    edit = card(
        {"image": {"kind": "image", "shape": [8, 8, 3]}, "label": {"kind": "label", "shape": []}}, [8, 8, 3], "edit"
    )
    assert Bundle(LoadedFile(edit, None)).domains({"image", "a", "b", "label"}) == ("image", "image", False)


def test_domains_of_a_sampler_follow_the_name_of_its_output() -> None:
    sampler = card({"latent": {"kind": "latent", "shape": [2]}}, [8, 8, 3])
    assert Bundle(LoadedFile(sampler, None)).domains({"image", "a", "b"}) == ("", "image", False)
    assert Bundle(LoadedFile(sampler, None)).domains({"a", "b"}) == ("", "b", False)
    sampler["output"]["name"] = "a"
    assert Bundle(LoadedFile(sampler, None)).domains({"a", "b"}) == ("", "a", False)
