"""The verbs on codes: encode, reconstruct, interpolate, arithmetic, classify, log-prob."""

import json

import keras
import numpy as np
import pytest
from PIL import Image

from ganapps import workflow
from ganapps.engine import inference
from ganapps.models.latent import EncodingModel


class Copier(EncodingModel):
    """Its code is the picture of 4 x 4 pixels itself."""

    title = "Copier"

    def __init__(self) -> None:
        super().__init__(0)
        self.latent_dim = 16
        image, latent = keras.Input((4, 4, 1)), keras.Input((16,))
        self.encoder = keras.Model(image, keras.layers.Flatten()(image))
        self.generator = keras.Model(latent, keras.layers.Reshape((4, 4, 1))(latent))

    def classify(self, images: np.ndarray) -> np.ndarray:
        return np.eye(10)[(images.mean((1, 2, 3)) > 0).astype(int)] * 0.75

    def log_prob(self, images: np.ndarray) -> np.ndarray:
        return np.full(len(images), -16 * np.log(8.0))


@pytest.fixture
def model(monkeypatch, a_run) -> Copier:
    copier = Copier()
    monkeypatch.setattr(workflow, "load", lambda source: copier)
    monkeypatch.setattr("ganapps.cli.abilities.use_backend", lambda name, run: None)
    return copier


@pytest.fixture
def pictures(here):
    for name, grey in (("black", 0), ("white", 255)):
        Image.new("L", (8, 8), grey).save(here / f"{name}.png")
    return here


def test_encode_writes_a_row_a_picture(call, model, pictures):
    assert "2 codes of 16 numbers: codes.npy" in call("encode one black.png white.png").output
    codes = np.load(pictures / "codes.npy")
    np.testing.assert_allclose(codes, [[-1.0] * 16, [1.0] * 16], atol=1e-6)
    told = json.loads(call("encode one black.png --out there.npy --json").stdout)
    assert told["shape"] == [1, 16] and (pictures / "there.npy").exists()


def test_reconstruct_draws_inputs_over_results_or_files(call, model, pictures):
    assert "L1 0.000" in call("reconstruct one black.png white.png").output
    sheet = np.asarray(Image.open(pictures / "reconstructions.png").convert("L"))
    assert (sheet[2:6] == sheet[8:12]).all() and {0, 255} <= set(sheet[2:6].ravel())
    call("reconstruct one white.png --out again")
    assert np.asarray(Image.open(pictures / "again" / "white.png")).min() == 255


def test_interpolate_between_samples_and_between_pictures(call, model, pictures):
    call("interpolate one --rows 3 --steps 5 --seed 2")
    assert Image.open(pictures / "interpolation.png").size == (5 * 6 + 2, 3 * 6 + 2)
    # Antiparallel codes have no one circle; a grey picture lies off the line through the other two.
    Image.fromarray(np.tile(np.array([0, 255], np.uint8), (8, 4))).save(pictures / "stripes.png")
    call("interpolate one --between white.png stripes.png --steps 3 --out way.png")
    way = np.asarray(Image.open(pictures / "way.png").convert("L"))
    assert (way[2:6, 2:6] == 255).all() and way.shape == (8, 20)


def test_arithmetic_is_the_sum_of_latents(call, model, here):
    call("arithmetic one --seed 5 --plus 0,1 --minus 2 --base 3,4 --out sum.png")
    latents = inference.draw_inputs(model.signatures()["sample"], 5, 5)["latent"]
    wanted = latents[3:] - latents[2] + latents[:2].mean(0)
    sheet = np.asarray(Image.open(here / "sum.png").convert("L"))
    expected = np.rint((np.clip(wanted[0].reshape(4, 4), -1, 1) + 1) * 127.5)
    np.testing.assert_allclose(sheet[8:12, 2:6], expected, atol=1)
    assert "no list of sample numbers" in call("arithmetic one --plus a --minus 2 --base 3", 2).output


def test_classify_names_the_class_of_the_data(call, model, pictures):
    rows = json.loads(call("classify one black.png white.png --json").stdout)
    assert [(row["class"], row["probability"]) for row in rows] == [("0", 0.75), ("1", 0.75)]
    assert "white.png" in call("classify one white.png").output


def test_log_prob_in_nats_and_bits(call, model, pictures):
    (row,) = json.loads(call("log-prob one white.png --json").stdout)
    assert row["bits_per_dimension"] == 3.0 and row["nats"] == pytest.approx(-16 * np.log(8.0), abs=1e-3)


def test_a_model_without_the_ability_says_which_have_it(call, monkeypatch, a_run, pictures):
    class Plain:
        title = "GAN"

    monkeypatch.setattr(workflow, "load", lambda source: Plain())
    monkeypatch.setattr("ganapps.cli.abilities.use_backend", lambda name, run: None)
    error = call("classify one white.png", 2).stderr
    assert "GAN cannot classify. These can: " in error and "acgan" in error


def test_a_bundle_is_sent_back_to_its_run(call, a_bundle, pictures):
    assert "give the run" in call("encode bundle white.png", 2).stderr


def test_the_way_between_latents():
    a, b = np.array([[3.0, 0.0]]), np.array([[0.0, 3.0]])
    way = inference.between(a, b, 3)
    np.testing.assert_allclose(way[0], [[3, 0], [3 * 0.5**0.5] * 2, [0, 3]], atol=1e-6)
    np.testing.assert_allclose(inference.between(a, b, 3, "uniform")[0, 1], [1.5, 1.5])
    np.testing.assert_allclose(inference.between(a, 2 * a, 3)[0, 1], [4.5, 0.0])
