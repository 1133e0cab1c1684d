"""``evaluate`` on targets whose scores are known before they are measured."""

import json
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from ganapps.data import catalogue
from ganapps.data.beds import ring
from ganapps.data.pipeline import arrays
from ganapps.engine.signature import Input, Signature
from ganapps.errors import GanappsError, UsageError
from ganapps.evaluate import bench
from ganapps.evaluate.runner import evaluate


@pytest.fixture(scope="module")
def digits() -> dict[str, np.ndarray]:
    return arrays(catalogue.open("digits", "train", 32))


@pytest.fixture(scope="module")
def scenes() -> dict[str, np.ndarray]:
    """Pairs of pictures: b is a with its channels in another order, and darker."""
    rng = np.random.default_rng(0)
    a = np.kron(rng.integers(0, 256, (60, 4, 4, 3)), np.ones((1, 8, 8, 1))).astype(np.uint8)
    return {"a": a, "b": (a[..., ::-1] * 0.5).astype(np.uint8)}


# Samplers


def test_real_digits_score_like_reals_and_every_default_is_there(digits) -> None:
    report = evaluate(digits["image"], "digits")
    assert [score.metric for score in report.scores] == [
        *("fid", "kid", "precision", "recall", "density", "coverage", "judge-score"),
        *("confident-share", "rarest-class", "class-kl", "within-class-distance", "ms-ssim"),
    ]
    fid = report["fid"]
    assert fid.name == "fid_judge-digits_n500" and fid.protocol["n"] == 500
    assert 0 < fid.value < 1.5 * fid.real_vs_real
    assert abs(report["kid"].value) < 3 * report["kid"].deviation
    assert report["precision"].value > 0.8 and report["precision"].real_vs_real > 0.8
    assert 8 < report["judge-score"].value <= 10
    assert report["confident-share"].value > 0.9 and 0.05 < report["rarest-class"].value <= 0.1


def test_collapse_keeps_precision_and_loses_recall(digits, memory) -> None:
    report = evaluate(memory(digits["image"][:1]), "digits", ["recall", "fid", "ms-ssim", "coverage"], n=200)
    assert report["recall"].value < 0.05 < report["recall"].real_vs_real
    assert report["fid"].value > 10 * report["fid"].real_vs_real
    assert report["ms-ssim"].value == pytest.approx(1)
    assert report["coverage"].value < 0.2


def test_noise_scores_worse_than_blurred_digits_than_digits(digits) -> None:
    images = digits["image"][::8]
    noise = np.random.default_rng(0).uniform(-1, 1, images.shape)
    blurred = (images + np.roll(images, 2, 1) + np.roll(images, 2, 2) + np.roll(images, 4, 2)) / 4
    fids = [evaluate(target, "digits", ["fid"], n=250)["fid"].value for target in (images, blurred, noise)]
    assert fids[0] < 0.2 * fids[1] < 0.2 * fids[2]


def test_a_conditional_sampler_is_asked_for_the_labels_of_the_reals(digits, memory) -> None:
    first = np.stack([digits["image"][digits["label"] == digit][0] for digit in range(10)])
    obedient = evaluate(memory(first, labelled=True), "digits", n=100)
    assert obedient["label-accuracy"].name == "label-accuracy_judge-digits_n100"
    assert obedient["label-accuracy"].value == 1 and obedient["label-accuracy"].real_vs_real > 0.97
    swapped = evaluate(memory(np.roll(first, 1, axis=0), labelled=True), "digits", ["label-accuracy"], n=100)
    assert swapped["label-accuracy"].value == 0
    assert obedient["ms-ssim"].value == pytest.approx(1)  # within a class always the same picture


def test_perceptual_diversity_lies_within_the_classes(digits, memory) -> None:
    taken = ["perceptual-diversity"]
    first = np.stack([digits["image"][digits["label"] == digit][0] for digit in range(10)])
    alike = evaluate(memory(first, labelled=True), "digits", taken, n=100)["perceptual-diversity"]
    assert alike.name == "perceptual-diversity-100pairs_judge-digits_n100" and alike.better == "real"
    assert alike.value == pytest.approx(0, abs=1e-9) and alike.real_vs_real > 0.1
    whole = evaluate(memory(first), "digits", taken, n=100)["perceptual-diversity"]
    assert 0.5 * whole.real_vs_real < whole.value < whole.real_vs_real, "ten pictures, any two of them"
    assert whole.real_vs_real > 1.2 * alike.real_vs_real, "without labels the pairs are of all classes"
    with pytest.raises(UsageError, match="between pictures, not points"):
        evaluate(ring().centres, "ring", taken)


def test_the_seed_fixes_everything(digits, memory) -> None:
    model = memory(digits["image"][:50])
    scores = [evaluate(model, "digits", ["fid", "kid"], n=100, seed=seed) for seed in (0, 0, 1)]
    assert scores[0]["fid"].value == scores[1]["fid"].value != scores[2]["fid"].value
    assert scores[0]["kid"].value == scores[1]["kid"].value


def test_the_batches_in_which_outputs_are_read_do_not_matter(digits, monkeypatch) -> None:
    from ganapps.evaluate import judge

    whole = evaluate(digits["image"], "digits", ["fid"], n=200)["fid"].value
    monkeypatch.setattr(judge, "BATCH", 17)
    assert evaluate(digits["image"], "digits", ["fid"], n=200)["fid"].value == pytest.approx(whole, rel=1e-4)


def test_fakes_are_rounded_to_uint8_before_they_are_measured(digits) -> None:
    images = digits["image"][:300]
    nudged = images + np.random.default_rng(0).uniform(-0.4, 0.4, images.shape).astype(np.float32) / 127.5
    values = [evaluate(target, "digits", ["fid"], n=200)["fid"].value for target in (images, nudged)]
    assert values[0] == values[1]


def test_n_is_equal_on_both_sides_and_halved_for_real_against_real(digits) -> None:
    assert evaluate(digits["image"], "digits", ["fid"], n=5000)["fid"].protocol["n"] == 500  # of 1,000 held out
    assert evaluate(digits["image"][:70], "digits", ["fid"])["fid"].protocol["n"] == 70
    assert evaluate(digits["image"], "digits", ["ms-ssim"], n=5000)["ms-ssim"].protocol["n"] == 1000


def test_real_statistics_are_read_once(digits, monkeypatch) -> None:
    extractor = bench.open_extractor("judge-digits")
    counted = []
    read = type(extractor).read
    monkeypatch.setattr(type(extractor), "read", lambda self, images: counted.append(len(images)) or read(self, images))
    for _ in range(2):
        evaluate(digits["image"], "digits", ["fid"], n=123, seed=9)
    assert counted == [123, 123, 123, 123]  # fakes, two real halves; then fakes only


# Test-beds


def test_a_bed_gets_the_mode_metrics(points) -> None:
    bed = ring()
    report = evaluate(points(bed.centres, bed.sigma), "ring")
    assert [score.name for score in report.scores] == ["modes_n2500", "high-quality_n2500", "mode-kl_n2500"]
    assert report["modes"].value == report["modes"].real_vs_real == 8
    assert report["high-quality"].value == pytest.approx(0.989, abs=0.01)
    assert report["mode-kl"].value < 0.01
    collapsed = evaluate(points(bed.centres[:3], bed.sigma), "ring")
    assert collapsed["modes"].value == 3 and collapsed["mode-kl"].value == pytest.approx(np.log(8 / 3), abs=0.02)
    assert evaluate(points(bed.centres, bed.sigma), "ring", ["modes"])["modes"].value == 8


def test_stacked_digits_get_judged_modes(digits) -> None:
    source = catalogue.open("stacked_digits", "train", 32)
    images = source.take("main", np.arange(600))["image"]
    full = evaluate(images, "stacked_digits", n=600)
    one_mode = evaluate(np.repeat(images[:1], 600, axis=0), "stacked_digits", n=600)
    assert full["modes"].name == "modes_judge-digits_n600"
    assert 400 < full["modes"].value <= 600 and abs(full["modes"].value - full["modes"].real_vs_real) < 60
    assert one_mode["modes"].value == 1 and one_mode["mode-kl"].value == pytest.approx(np.log(1000))


def test_points_without_a_bed_and_pictures_with_one_are_errors(digits, points) -> None:
    with pytest.raises(UsageError, match="test-bed"):
        evaluate(np.zeros((50, 2)), np.zeros((50, 2)))
    with pytest.raises(UsageError, match="'image', which ring lacks"):
        evaluate(digits["image"], "ring")
    with pytest.raises(UsageError, match="'point', which digits lacks"):
        evaluate(np.zeros((50, 2)), "digits")


# Translators


def test_a_paired_translator_stands_beside_its_baselines(scenes, translator) -> None:
    perfect = translator(lambda image: (image[..., ::-1] + 1) * 0.5 - 1, (32, 32, 3))
    report = evaluate(perfect, scenes)
    assert [score.metric for score in report.scores] == ["l1", "psnr", "ssim"]
    assert report["l1"].value < 0.003 and report["psnr"].value > 45 and report["ssim"].value > 0.99
    assert set(report["l1"].baselines) == {"identity", "colour-statistics", "constant-colour"}
    assert report["l1"].value < min(report["l1"].baselines.values()) / 10
    assert report["l1"].baselines["identity"] > report["l1"].baselines["colour-statistics"]
    assert report["l1"].real_vs_real is None


def test_a_translator_that_does_nothing_is_the_identity_baseline(scenes, translator) -> None:
    report = evaluate(translator(lambda image: image * 1.0, (32, 32, 3)), scenes)
    for score in report.scores:
        assert score.value == pytest.approx(score.baselines["identity"])


def test_the_best_constant_is_the_constant_baseline(scenes, translator) -> None:
    median = np.median(scenes["b"].reshape(-1, 3), axis=0) / 127.5 - 1
    report = evaluate(translator(lambda image: 0 * image + median.astype("float32"), (32, 32, 3)), scenes, ["l1"])
    assert report["l1"].value == pytest.approx(report["l1"].baselines["constant-colour"], abs=0.005)


def test_b_to_a_is_measured_the_other_way_round(scenes, translator) -> None:
    back = translator(lambda image: keras.ops.clip((image[..., ::-1] + 1) * 2 - 1, -1, 1), (None, None, 3), "b_to_a")
    report = evaluate(back, scenes, ["l1"], signature="b_to_a", resolution=32)
    assert report["l1"].value < 0.01 and report["l1"].protocol["field"] == "a"


def test_super_resolution_gets_smaller_pictures_of_the_same_rows(scenes, translator) -> None:
    enlarge = translator(lambda image: keras.ops.image.resize(image, (32, 32), "bicubic"), (16, 16, 3), "upscale")
    report = evaluate(enlarge, {"image": scenes["a"]})
    assert report["psnr"].value == pytest.approx(report["psnr"].baselines["identity"], abs=1.5)
    assert report["psnr"].value > report["psnr"].baselines["constant-colour"]


def test_super_resolution_of_any_size_gets_its_scale_from_the_network(scenes, translator) -> None:
    def enlarge(image):
        return keras.layers.UpSampling2D(4)(image)

    report = evaluate(
        translator(enlarge, (None, None, 3), "upscale"),
        {"image": scenes["a"]},
        ["psnr-y", "ssim-y", "sharpness"],
        resolution=32,
    )
    psnr, sharpness = report["psnr-y"], report["sharpness"]
    assert psnr.name == "psnr-y-cropped_n60" and psnr.baselines["identity"] > psnr.baselines["constant-colour"]
    assert sharpness.value > 0 and sharpness.real_vs_real == 1 and sharpness.baselines["constant-colour"] == 0


def test_the_next_frame_stands_beside_the_last(scenes) -> None:
    past = {f"frame_{number}": scenes["a"] // (4 - number) for number in (1, 2, 3)}
    frames = [keras.Input((32, 32, 3), name=name) for name in past]
    network = keras.Model(frames, 2 * frames[-1] - frames[-2])
    inputs = {name: Input("image", (32, 32, 3)) for name in past}

    class Foresight:
        name = "foresight"

        def signatures(self):
            return {"next_frame": Signature("next_frame", network, inputs, "generated")}

    truth = (2 * (past["frame_3"].astype(float)) - past["frame_2"]).clip(0, 255).astype(np.uint8)
    report = evaluate(Foresight(), past | {"image": truth}, ["l1"])
    assert report["l1"].value < 0.01
    copied = np.abs(truth.astype(float) - past["frame_3"]).mean() / 255
    assert report["l1"].baselines["identity"] == pytest.approx(copied)


def test_unpaired_domains_have_no_pixel_metrics(scenes, translator, digits) -> None:
    model = translator(lambda image: image * 1.0, (32, 32, 1))
    a, b = digits["image"][:200], digits["image"][200:]
    report = evaluate(model, {"a": a, "b": b[:150]}, extractor="judge-digits")
    assert [score.metric for score in report.scores] == ["fid", "kid"]
    assert report["fid"].protocol["field"] == "b"
    with pytest.raises(UsageError, match="'l1' needs pairs"):
        evaluate(model, {"a": a, "b": b[:150]}, ["l1"])


# Folders, files, errors


def test_a_folder_of_pictures(digits, tmp_path: Path) -> None:
    for index, image in enumerate(digits["image"][:60]):
        Image.fromarray(np.rint((image[..., 0] + 1) * 127.5).astype(np.uint8)).save(tmp_path / f"{index:03}.png")
    from_files = evaluate(tmp_path, "digits", ["fid"])["fid"]
    assert from_files.value == evaluate(digits["image"][:60], "digits", ["fid"])["fid"].value
    assert from_files.protocol["n"] == 60
    Image.new("L", (8, 8)).save(tmp_path / "small.png")
    with pytest.raises(GanappsError, match="2 sizes"):
        evaluate(tmp_path, "digits")
    (tmp_path / "small.png").write_bytes(b"no picture")
    with pytest.raises(GanappsError, match="cannot be read"):
        evaluate(tmp_path, "digits")


def test_what_is_not_there_is_said(digits, memory, tmp_path: Path) -> None:
    with pytest.raises(GanappsError, match=r"nothing to measure at .*nowhere"):
        evaluate(tmp_path / "nowhere", "digits")
    with pytest.raises(GanappsError, match="no pictures"):
        evaluate(tmp_path, "digits")
    with pytest.raises(UsageError, match="does not say what it was trained on"):
        evaluate(digits["image"])
    with pytest.raises(UsageError, match=r"no metric 'fidd'.*'fid'"):
        evaluate(digits["image"], "digits", ["fidd"])
    with pytest.raises(UsageError, match=r"no extractor 'judge-digit'.*'judge-digits'"):
        evaluate(digits["image"], "digits", extractor="judge-digit")
    with pytest.raises(UsageError, match=r"no signature 'a_to_c'"):
        evaluate(memory(digits["image"][:2]), "digits", signature="a_to_c")
    with pytest.raises(UsageError, match="judge-score"):
        evaluate(digits["image"], "digits", ["inception-score"])
    with pytest.raises(UsageError, match="its classes are not those of digits"):
        evaluate(memory(digits["image"][:10], True), "digits", ["label-accuracy"], extractor="judge-fashion_mnist")
    for wrong in (digits["image"][:20] * 255, digits["image"][:20, ..., 0], np.full((20, 8, 8, 1), np.nan)):
        with pytest.raises(GanappsError, match="Pictures are"):
            evaluate(wrong, "digits")
        with pytest.raises(GanappsError, match="Pictures are"):
            evaluate(digits["image"], {"image": wrong[:]} if wrong.ndim == 4 else wrong)
    with pytest.raises(GanappsError, match="3 rows; 10 are the least"):
        evaluate(digits["image"][:3], "digits")


def test_outputs_that_are_not_finite_are_an_error(translator, scenes, memory, digits) -> None:
    with pytest.raises(GanappsError, match="not finite"):
        evaluate(translator(lambda image: image / 0.0 * 0.0, (32, 32, 3)), scenes)
    with pytest.raises(GanappsError, match="not finite"):
        evaluate(memory(np.full_like(digits["image"][:2], np.nan)), "digits")


def test_a_report_is_json_lines_and_a_table(scenes, translator, tmp_path: Path) -> None:
    equal = {"a": scenes["a"], "b": scenes["a"]}
    report = evaluate(translator(lambda image: image * 1.0, (32, 32, 3)), equal)
    assert report["psnr"].value == float("inf")
    text = json.dumps(report.to_json(), allow_nan=False)
    assert json.loads(text)["scores"][1]["value"] is None
    report.append(tmp_path / "scores.jsonl")
    report.append(tmp_path / "scores.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "scores.jsonl").read_text().splitlines()]
    assert len(lines) == 6 and {"step", "metric", "value", "real_vs_real"} <= set(lines[0])
    assert lines[0]["metric"] == "l1_n60" and "psnr" in report and "fid" not in report
    assert "constant-colour" in report.table() and "l1_n60" in report.table()
    with pytest.raises(KeyError):
        report["fid"]
