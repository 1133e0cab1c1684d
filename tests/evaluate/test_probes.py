"""Probes on models whose abilities are known exactly."""

import keras
import numpy as np
import pytest

from ganapps.data import catalogue
from ganapps.data.pipeline import arrays
from ganapps.engine.signature import Input, Signature
from ganapps.errors import UsageError
from ganapps.evaluate.runner import evaluate


class Knowing:
    """Recognises every held-out digit by heart; its code is the picture itself, turned around."""

    name = "knowing"

    def __init__(self) -> None:
        rows = arrays(catalogue.open("digits", "test", 32))
        self.memory = {
            picture.tobytes(): int(label) for picture, label in zip(rows["image"], rows["label"], strict=True)
        }
        latent = keras.Input((4,))
        picture = keras.layers.Reshape((32, 32, 1))(keras.layers.Dense(1024)(latent))
        self.network = keras.Model(latent, picture)

    def signatures(self) -> dict[str, Signature]:
        return {"sample": Signature("sample", self.network, {"latent": Input("latent", (4,))}, "image")}

    def known(self, images: np.ndarray) -> np.ndarray:
        return np.array([self.memory[image.tobytes()] for image in images])

    def classify(self, images: np.ndarray) -> np.ndarray:
        return np.eye(10)[self.known(images)]

    def infer_codes(self, images: np.ndarray) -> dict[str, np.ndarray]:
        return {"label": np.eye(10)[(self.known(images) + 3) % 10]}

    def log_prob(self, images: np.ndarray) -> np.ndarray:
        return np.full(len(images), -1024 * np.log(4.0))

    def encode(self, images: np.ndarray) -> np.ndarray:
        return -images.reshape(len(images), -1)

    def features_of(self, images: np.ndarray) -> np.ndarray:
        return images.reshape(len(images), -1)

    def reconstruct(self, images: np.ndarray) -> np.ndarray:
        return np.minimum(images, 0.5)


@pytest.fixture(scope="module")
def knowing() -> Knowing:
    return Knowing()


def test_all_probes_of_a_model_that_knows(knowing):
    names = ["likelihood", "classification", "codes", "nearest-neighbour", "linear-probe", "reconstruction"]
    report = evaluate(knowing, "digits", names, n=500)
    assert report["bits-per-dim"].value == pytest.approx(2.0) and report["bits-per-dim"].name == "bits-per-dim_n500"
    assert report["nats"].value == pytest.approx(1024 * np.log(4.0))
    assert report["classification-error"].value == 0.0
    assert report["code-accuracy"].value == 1.0  # the classes are found under other numbers
    neighbour = report["nearest-neighbour-accuracy"]
    assert neighbour.value == pytest.approx(neighbour.baselines["pixels"]) and 0.9 < neighbour.value < 1.0
    linear = report["linear-probe-accuracy"]
    assert linear.value == linear.baselines["pixels"] and 0.8 < linear.value < 1.0
    assert 0 < report["reconstruction-l1"].value < 0.1 < report["reconstruction-l1"].baselines["mean picture"]
    assert report["label-kept"].value > 0.95


def test_errors_are_counted(knowing, monkeypatch):
    monkeypatch.setattr(knowing, "classify", lambda images: np.eye(10)[np.zeros(len(images), int)])
    report = evaluate(knowing, "digits", ["classification"], n=1000)
    assert report["classification-error"].value == pytest.approx(0.9)


def test_few_labels_do_not_starve_a_probe(knowing):
    full, few = (evaluate(knowing, spec, ["linear-probe"], n=200) for spec in ("digits", "digits:labels=10"))
    assert full["linear-probe-accuracy"].value == few["linear-probe-accuracy"].value


def test_a_probe_wants_the_ability_and_the_fields(knowing):
    class Plain:
        name, signatures = "plain", knowing.signatures

    with pytest.raises(UsageError, match="needs a model that can log_prob"):
        evaluate(Plain(), "digits", ["likelihood"])
    with pytest.raises(UsageError, match="asks a model of pictures"):
        evaluate(np.zeros((20, 32, 32, 1), "float32"), "digits", ["likelihood"])
    with pytest.raises(UsageError, match="Did you mean 'likelihood'"):
        evaluate(knowing, "digits", ["likelyhood"])
