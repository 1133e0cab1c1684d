"""The page Sketch to photo: by AppTest, and in a browser by mouse, by touch and with an upload."""

import json
import os
import shutil
import time
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from ganapps.data.earth import COLOURS
from ganapps.edge import Bundle
from sketching import papers
from tests.apps.conftest import APPS, serving
from tests.apps.test_sketching import EARTH, colours_of, pencil_map

PAGE = str(APPS / "views/sketch_to_photo.py")
WAIT = 60


@pytest.fixture(scope="module")
def drawings(bundles, tmp_path_factory):
    """A folder of three bundles, whose cards tell of a mask, of line art, and of nothing."""
    folder = tmp_path_factory.mktemp("drawings")
    for name, spec in (("sketch-to-photo", "earth:a=mask,b=satellite"), ("line-art-to-face", "faces:a=sketch,b=image")):
        shutil.copytree(bundles / name, folder / name)
        place = folder / name / "card.json"
        told = json.loads(place.read_text())
        told["data"]["spec"] = spec
        if name == "sketch-to-photo":
            told["inputs"]["image"]["palette"] = {kind: list(colour) for kind, colour in COLOURS["mask"].items()}
        place.write_text(json.dumps(told))
    return folder


@pytest.fixture
def app(drawings, monkeypatch):
    monkeypatch.setenv("GANAPPS_EXPORTS", str(drawings))
    return AppTest.from_file(PAGE, default_timeout=WAIT).run()


def test_page_without_bundles(tmp_path, monkeypatch):
    monkeypatch.setenv("GANAPPS_EXPORTS", str(tmp_path))
    app = AppTest.from_file(PAGE, default_timeout=WAIT).run()
    assert not app.exception and len(app.info) == 2
    assert "ganapps fit pix2pix --data earth:a=mask,b=satellite" in app.code[0].value


def test_page_of_an_unknown_card(bundles, monkeypatch):
    monkeypatch.setenv("GANAPPS_EXPORTS", str(bundles))
    app = AppTest.from_file(PAGE, default_timeout=WAIT).run()
    assert not app.exception and not app.error
    assert papers.FREE in [caption.value for caption in app.caption]


def test_templates_and_uploads_on_the_page(app):
    assert not app.exception and not app.error
    assert papers.NO_RELIEF in [caption.value for caption in app.caption]
    app.button_group(key="classes-start").set_value("Archipelago").run()
    assert not app.exception and not app.error
    app.button_group(key="classes-start").set_value("My own sketch").run()
    buffer = BytesIO()
    pencil_map().save(buffer, "PNG")
    app.file_uploader(key="classes-upload").set_value(("map.png", buffer.getvalue(), "image/png")).run()
    assert not app.exception and not app.error
    assert app.slider(key="classes-darkness").value == 30
    app.file_uploader(key="classes-upload").set_value(("map.png", b"no picture", "image/png")).run()
    assert not app.exception and len(app.error) == 1


# In the browser.


@pytest.fixture(scope="module")
def address(drawings, tmp_path_factory):
    before = os.environ.get("GANAPPS_EXPORTS")
    os.environ["GANAPPS_EXPORTS"] = str(drawings)
    with serving(APPS / "app.py", tmp_path_factory.mktemp("server")) as found:
        yield found
    os.environ["GANAPPS_EXPORTS"] = before or ""


def opened(page, address):
    """The page, with its canvas ready to be drawn on; gives the canvas's box."""
    page.goto(f"{address}/sketch_to_photo")
    canvas = page.locator("canvas.upper-canvas:visible").first
    canvas.wait_for()
    settled(page)
    canvas.scroll_into_view_if_needed()
    return canvas.bounding_box()


def settled(page):
    """Wait until a stroke has gone to the server and its answer is there."""
    page.wait_for_timeout(800)
    page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')", timeout=1000 * WAIT)
    page.wait_for_timeout(400)


def line(box, start, end, n=8):
    """Points of the screen from one place of the canvas to another, both in [0, 1]."""
    for i in range(n + 1):
        x, y = (a + (b - a) * i / n for a, b in zip(start, end, strict=True))
        yield box["x"] + x * box["width"], box["y"] + y * box["height"]


def mouse(page, box, start, end):
    points = list(line(box, start, end))
    page.mouse.move(*points[0])
    page.mouse.down()
    for x, y in points:
        page.mouse.move(x, y)
        page.wait_for_timeout(50)
    page.mouse.up()
    settled(page)


def finger(page, box, start, end):
    session = page.context.new_cdp_session(page)
    points = [{"x": x, "y": y} for x, y in line(box, start, end)]
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points[:1]})
    for point in points:
        session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
        time.sleep(0.05)
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    settled(page)


def got(page, name):
    """A download as an array."""
    with page.expect_download() as download:
        page.locator(f".st-key-classes-{name} button:visible").click()
    return np.asarray(Image.open(Path(download.value.path())))


def choose(page, text):
    page.get_by_text(text, exact=True).locator("visible=true").first.click()
    settled(page)


def test_mouse(page, address, drawings):
    box = opened(page, address)
    before = got(page, "drawing")
    assert colours_of(before) == set(EARTH.brushes.values())
    choose(page, "Lake")
    mouse(page, box, (0.05, 0.06), (0.8, 0.06))
    drawn = got(page, "drawing")
    assert drawn.shape == (64, 64, 3) and colours_of(drawn) <= set(EARTH.brushes.values())
    assert (drawn[4, 8:48] == EARTH.brushes["lake"]).all() and (drawn[12:] == before[12:]).all()
    expected = Bundle(drawings / "sketch-to-photo").run(image=drawn)
    np.testing.assert_array_equal(got(page, "picture"), expected)

    choose(page, "Eraser")
    mouse(page, box, (0.4, 0.02), (0.4, 0.12))
    rubbed = got(page, "drawing")
    assert (rubbed[4, 25] == before[4, 25]).all() and (rubbed[4, 12] == EARTH.brushes["lake"]).all()
    for expected in (drawn, before):
        page.locator(".st-key-classes-sketch-to-photo-undo button").click()
        settled(page)
        np.testing.assert_array_equal(got(page, "drawing"), expected)

    choose(page, "River")
    mouse(page, box, (0.1, 0.9), (0.9, 0.95))
    assert (got(page, "drawing") == EARTH.brushes["river"]).all(-1).sum() > (before == EARTH.brushes["river"]).all(
        -1
    ).sum()
    page.locator(".st-key-classes-sketch-to-photo-clear button").click()
    settled(page)
    np.testing.assert_array_equal(got(page, "drawing"), before)
    choose(page, "Empty")
    assert colours_of(got(page, "drawing")) == {EARTH.ground}


def test_touch_on_a_phone(phone, address, drawings):
    box = opened(phone, address)
    assert 300 < box["width"] < 375 and box["x"] >= 0 and box["x"] + box["width"] <= 390
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    choose(phone, "Empty")
    choose(phone, "Land")
    box = phone.locator("canvas.upper-canvas:visible").first.bounding_box()
    finger(phone, box, (0.2, 0.5), (0.8, 0.5))
    drawn = got(phone, "drawing")
    assert colours_of(drawn) == {EARTH.brushes["sea"], EARTH.brushes["land"]}
    assert (drawn[32, 14:50] == EARTH.brushes["land"]).all() and (drawn[:26] == EARTH.ground).all()
    expected = Bundle(drawings / "sketch-to-photo").run(image=drawn)
    np.testing.assert_array_equal(got(phone, "picture"), expected)


def test_a_scan_and_the_slider(page, address, tmp_path):
    opened(page, address)
    pencil_map().convert("RGB").save(tmp_path / "map.jpg", quality=85)
    choose(page, "My own sketch")
    page.locator("input[type=file]").first.set_input_files(tmp_path / "map.jpg")
    settled(page)
    assert colours_of(got(page, "drawing")) == set(EARTH.brushes.values())
    choose(page, "Compare")
    page.locator('[role="slider"][aria-label*="Drawing"]').wait_for()
