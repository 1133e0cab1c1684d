"""The zoo shows every bundle's card, and its files against each other."""

import shutil
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from shared import bundles as shared
from shared.guard import plain
from tests.apps.screen import opened

PAGE = Path(__file__).parents[2] / "apps" / "views" / "zoo.py"


def metrics(app):
    return {metric.label: metric.value for metric in app.metric}


def png(colour):
    buffer = BytesIO()
    Image.new("RGB", (50, 40), colour).save(buffer, "PNG")
    return buffer.getvalue()


def test_the_overview_has_every_bundle(app):
    table = app.dataframe[0].value
    assert list(table["Bundle"]) == list(shared.every())
    assert (table["Latency, ms"] > 0).all() and (table["int8, MB"] < 0.1).all()


@pytest.mark.parametrize(
    "name", ["digits", "faces", "face-editing/edit", "face-editing/attributes", "super-resolution", "sketch-to-photo"]
)
def test_every_bundle_opens(app, name):
    app.selectbox(key="bundle").set_value(name).run()
    assert not app.exception and not app.error
    assert app.subheader[0].value == plain(shared.cards()[name]["title"])
    assert list(app.dataframe[1].value["File"]) == list(shared.cards()[name]["files"])
    assert metrics(app)["Time"].endswith(" ms")


def test_precisions_and_runtimes(app):
    app.selectbox(key="bundle").set_value("faces").run()
    sizes = {}
    for precision in ("float32", "float16", "int8"):
        app.segmented_control(key="precision_litert").set_value(precision).run()
        sizes[precision] = metrics(app)["Size"]
        same = [info.value for info in app.info if "No pixel differs" in info.value]
        assert bool(same) == (metrics(app)["Largest difference"] == "0"), precision
    files = shared.cards()["faces"]["files"]
    assert sizes["int8"] == f"{files['model_int8.tflite']['bytes'] / 1e6:.2f} MB" and len(sizes) == 3
    app.segmented_control(key="runtime").set_value("onnx").run()
    assert list(app.segmented_control(key="precision_onnx").options) == ["float32"]
    assert float(metrics(app)["Largest difference"]) <= 1 and not app.exception


def test_an_upload_and_attributes_reach_the_bundle(app):
    app.selectbox(key="bundle").set_value("face-editing/edit").run()
    app.file_uploader(key="zoo_picture").set_value(("a.png", png("gray"), "image/png")).run()
    app.pills[0].set_value(["hat"]).run()
    assert not app.exception and not app.error
    app.file_uploader(key="zoo_picture").set_value(("b.png", b"nothing", "image/png")).run()
    assert "'b.png' is" in app.error[0].value.replace("\\", "") and not app.metric


def test_without_bundles_it_says_how_to_make_one(tmp_path, monkeypatch):
    monkeypatch.setenv("GANAPPS_EXPORTS", str(tmp_path))
    assert "make quickstart" in opened(PAGE).info[0].value


def test_a_missing_file_is_a_sentence(bundles, tmp_path, monkeypatch):
    monkeypatch.setenv("GANAPPS_EXPORTS", str(tmp_path))
    (shutil.copytree(bundles / "digits", tmp_path / "mine") / "model_int8.tflite").unlink()
    app = opened(PAGE)
    assert "is missing" in app.error[0].value.replace("\\", "")
    app.segmented_control(key="precision_litert").set_value("float16").run()
    assert not app.error and app.metric


def test_a_row_of_the_table_can_be_clicked_and_the_result_downloaded(server, page):
    page.goto(f"{server}/zoo")
    table = page.locator("[data-testid=stDataFrame]").first
    table.wait_for()
    page.wait_for_timeout(1000)
    table.click(position={"x": 20, "y": 35 * 4 + 17})  # the fourth row's box
    page.locator("h3", has_text="Faces").wait_for()
    page.get_by_role("radio", name="float16").click()
    page.wait_for_timeout(1500)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download PNG").click()
    found = np.asarray(Image.open(BytesIO(Path(waiting.value.path()).read_bytes())))
    np.testing.assert_array_equal(found, shared.load("faces").sample(1, seed=1, precision="float16")[0])
    assert waiting.value.suggested_filename == "faces-float16-litert.png"
