"""The playground shows what the bundle gives for the seed, truncation and class that are set."""

from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from playing.sheets import sheet
from shared import bundles as shared
from shared.compare import as_image
from tests.apps.screen import opened

PAGE = Path(__file__).parents[2] / "apps" / "views" / "playground.py"


def captions(app):
    return [image.captions[0] for image in app.image]


def test_samples(app):
    assert captions(app) == ["24 samples of seed 1, truncation 1"]
    app.number_input(key="seed").set_value(9).run()
    app.slider(key="truncation").set_value(0.5).run()
    app.select_slider(key="count").set_value(8).run()
    assert captions(app) == ["8 samples of seed 9, truncation 0.5"] and not app.exception and not app.error


def test_rolling_gives_another_seed(app):
    app.button(key="seed_roll").click().run()
    app.button(key="seed_roll").click().run()
    assert f"seed {app.number_input(key='seed').value}," in captions(app)[0] and not app.exception


def test_between_two(app):
    app.segmented_control(key="mode").set_value("Between two").run()
    app.slider(key="place").set_value(0.25).run()
    assert captions(app) == ["25% of the way", "There and back", "From seed 1 to seed 2, in a straight line"]
    app.selectbox(key="generator").set_value("faces").run()
    assert captions(app)[2] == "From seed 1 to seed 2, along the sphere" and not app.exception


def test_one_knob(app):
    app.segmented_control(key="mode").set_value("One knob").run()
    app.slider(key="coordinate").set_value(8).run()
    assert captions(app) == ["Number 8 of 8 goes from -1 to 1; four samples of seed 1"] and not app.exception


def test_classes(app):
    pills = app.pills[0]
    assert list(pills.options) == ["All in turn", *"0123456789"]
    pills.set_value("7").run()
    assert not app.exception and not app.error
    app.segmented_control(key="mode").set_value("One knob").run()
    assert list(app.pills[0].options) == list("0123456789")


def test_without_bundles_it_says_how_to_make_one(tmp_path, monkeypatch):
    monkeypatch.setenv("GANAPPS_EXPORTS", str(tmp_path))
    assert "make quickstart" in opened(PAGE).info[0].value


def test_a_damaged_file_is_a_sentence(bundles, tmp_path, monkeypatch):
    import shutil

    monkeypatch.setenv("GANAPPS_EXPORTS", str(tmp_path))
    (shutil.copytree(bundles / "digits", tmp_path / "mine") / "model_float32.tflite").write_bytes(b"damaged")
    app = opened(PAGE)
    assert "is damaged" in app.error[0].value


def test_the_download_is_what_the_bundle_gives(server, page):
    page.goto(f"{server}/playground")
    seed = page.get_by_label("Seed", exact=True)
    seed.fill("5")
    seed.press("Enter")
    page.get_by_text("24 samples of seed 5").wait_for()
    page.get_by_role("radio", name="3", exact=True).click()
    page.wait_for_timeout(1500)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download PNG").click()
    bundle = shared.load("digits")
    wanted = as_image(sheet(bundle.sample(24, seed=5, label="3"), 8, 960))
    found = Image.open(BytesIO(Path(waiting.value.path()).read_bytes()))
    np.testing.assert_array_equal(np.asarray(found), np.asarray(wanted))
    assert waiting.value.suggested_filename == "digits-5.png"
