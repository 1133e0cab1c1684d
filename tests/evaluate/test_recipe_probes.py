"""The probes of the video and of the medical recipe, on models whose answers are known."""

import keras
import numpy as np
import pytest
from scipy import ndimage

from ganapps.data import catalogue
from ganapps.engine.signature import Input, Signature
from ganapps.errors import GanappsError, UsageError
from ganapps.evaluate.runner import evaluate


class Film:
    """Copies the last frame, or knows the film by heart."""

    name = "film"

    def __init__(self, knows: bool) -> None:
        source = catalogue.open("moving", "test")
        films = source.take("main", np.arange(source.streams["main"]))["frames"]
        self.memory = {film[:4].tobytes(): film[4:] for film in films} if knows else {}
        frames = [keras.Input((32, 32, 3), name=f"frame_{number}") for number in range(1, 5)]
        network = keras.Model(frames, keras.layers.Activation("linear")(frames[-1]))
        inputs = {frame.name: Input("image", (32, 32, 3)) for frame in frames}
        self.end = Signature("next_frame", network, inputs, "generated")

    def signatures(self) -> dict[str, Signature]:
        return {"next_frame": self.end}

    def predict_frames(self, frames: np.ndarray, steps: int) -> np.ndarray:
        if self.memory:
            found = np.stack([self.memory[film.tobytes()][:steps] for film in frames])
            return ndimage.gaussian_filter(found, (0, 0, 0.4, 0.4, 0))
        return np.repeat(frames[:, -1:], steps, axis=1)


def test_copying_the_last_frame_is_the_baseline():
    report = evaluate(Film(knows=False), "moving", ["next-frame"], n=60)
    psnr = report["next-frame-psnr"]
    assert psnr.name == "next-frame-psnr_n60" and psnr.baselines["last frame"] == pytest.approx(psnr.value)
    assert 1 < report["position-error-1"].value < 2.6 and 3.5 < report["position-error-4"].value < 8


def test_a_model_that_knows_the_film_beats_it():
    report = evaluate(Film(knows=True), "moving", ["next-frame"], n=60)
    psnr = report["next-frame-psnr"]
    assert psnr.value > psnr.baselines["last frame"] + 2
    assert report["position-error-1"].value < 0.2 and report["position-error-4"].value < 0.2
    assert report["next-frame-sharpness"].value > 16


def test_pixel_metrics_know_the_next_frame_too():
    report = evaluate(Film(knows=False), "moving", ["psnr"], n=60)
    assert report["psnr"].value == pytest.approx(report["psnr"].baselines["identity"])


class Scanner:
    """Translates mr to ct with what it remembers, after ``change`` has had its say."""

    name = "scanner"

    def __init__(self, change) -> None:
        source = catalogue.open("phantoms", "test")
        self.rows = source.take("main", np.arange(source.streams["main"]))
        self.places = {a.tobytes(): row for row, a in enumerate(self.rows["a"])}
        self.change = change
        image = keras.Input((None, None, 1))
        self.network = keras.Model(image, keras.layers.Activation("linear")(image))

    def signatures(self) -> dict[str, Signature]:
        return {"a_to_b": Signature("a_to_b", self.network, {"image": Input("image", (64, 64, 1))}, "generated")}

    def translate(self, images: np.ndarray, signature: str) -> np.ndarray:
        found = [self.places[image.tobytes()] for image in images]
        return self.change({name: values[found] for name, values in self.rows.items()})


def measured(change, n=400):
    return evaluate(Scanner(change), "phantoms", ["lesions"], n=n)


def test_the_truth_keeps_every_lesion_and_invents_none():
    report = measured(lambda rows: np.clip(rows["b"] + 0.04, -1, 1))
    assert report["lesions-kept"].value == 1.0 and report["lesions-invented"].value == 0.0
    error = report["masked-mae"]
    assert 8 < error.value <= 10.01 < error.baselines["one value"]  # 0.04 of half a window of 500 Hounsfield units
    assert error.name == "masked-mae_n400" and 25 < report["masked-psnr"].value < 40


def test_a_translator_that_takes_lesions_away_is_found_out():
    report = measured(lambda rows: np.where(rows["lesion"] > 0, np.float32(0.1), rows["b"]))
    assert report["lesions-kept"].value < 0.2 and report["lesions-invented"].value == 0.0
    assert report["masked-mae"].value < 5, "the mean error hardly tells"


def test_a_translator_that_adds_lesions_is_found_out():
    y, x = np.mgrid[:64, :64]

    def planted(rows):
        """A spot in each slice, where soft tissue (muscle or organ) is widest."""
        made = rows["b"].copy()
        for slice_, body in zip(made[..., 0], rows["mask"][..., 0] > 0, strict=True):
            soft = body & (slice_ > -0.25) & (slice_ < 0.6)
            row, column = np.unravel_index(ndimage.distance_transform_edt(soft).argmax(), soft.shape)
            slice_ += np.float32(0.5) * ((y - row) ** 2 + (x - column) ** 2 <= 10)
        return np.clip(made, -1, 1)

    report = measured(planted)
    assert report["lesions-invented"].value > 0.9
    assert report["masked-mae"].value < 5


def test_unpaired_phantoms_are_measured_on_their_test_split():
    report = evaluate(Scanner(lambda rows: rows["b"]), "phantoms:unpaired", ["lesions"], n=100)
    assert report["lesions-kept"].value == 1.0 and report["lesions-invented"].value == 0.0
    assert report["masked-mae"].value == 0.0


def test_too_few_rows_and_other_signatures_are_explained():
    with pytest.raises(GanappsError, match="not enough for slices with and without"):
        measured(lambda rows: rows["b"], n=2)
    model = Scanner(lambda rows: rows["b"])
    ends = {"b_to_a": model.signatures()["a_to_b"]}
    model.signatures = lambda: ends
    with pytest.raises(UsageError, match="translates a to b"):
        evaluate(model, "phantoms", ["lesions"], n=50)
