"""The before/after slider by mouse, keys and touch."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from shared import compare
from tests.apps.conftest import serving

SCRIPT = Path(__file__).parent / "scripts" / "comparing.py"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with serving(SCRIPT, tmp_path_factory.mktemp("comparing")) as address:
        yield address


def opened(page, address):
    page.goto(address)
    frame = page.locator("[role=slider]")
    frame.wait_for()
    page.wait_for_function(
        "[...document.querySelectorAll('*')].some(e => e.shadowRoot?.querySelector('.left')?.naturalWidth)"
    )
    return frame


def red_part(frame):
    """The share of the frame's width that is red, along a line in its lower half."""
    picture = np.asarray(Image.open(BytesIO(frame.screenshot())).convert("RGB")).astype(int)
    line = picture[int(0.8 * len(picture))]
    return float((line[:, 0] > line[:, 2] + 100).mean())


def test_mouse_and_keys(page, address):
    frame = opened(page, address)
    box = frame.bounding_box()
    assert box["width"] > 600 and box["width"] / box["height"] == pytest.approx(80 / 60, abs=0.01)
    assert red_part(frame) == pytest.approx(0.5, abs=0.01)
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 60, steps=5)
    page.mouse.up()
    page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + 60)  # a mouse that is not pressed moves nothing
    assert red_part(frame) == pytest.approx(0.25, abs=0.01)
    page.keyboard.press("ArrowRight")
    assert red_part(frame) == pytest.approx(0.3, abs=0.01)
    page.keyboard.press("End")
    assert red_part(frame) > 0.98 and frame.get_attribute("aria-valuenow") == "100"
    page.keyboard.press("ArrowLeft")
    page.locator("label", has_text="Darker").first.click()  # new pictures leave the handle where it is
    page.wait_for_timeout(1000)
    assert red_part(frame) == pytest.approx(0.95, abs=0.01)


def test_touch(phone, address):
    frame = opened(phone, address)
    box = frame.bounding_box()
    assert 300 < box["width"] <= 390
    phone.touchscreen.tap(box["x"] + 0.75 * box["width"], box["y"] + 0.5 * box["height"])
    assert red_part(frame) == pytest.approx(0.75, abs=0.02)


def test_png_keeps_every_pixel():
    picture = np.random.default_rng(0).integers(0, 256, (5, 7, 1), np.uint8)
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    back = Image.open(BytesIO(compare.png(picture, exif.tobytes())))
    np.testing.assert_array_equal(np.asarray(back), picture[..., 0])
    assert back.getexif()[0x010F] == "Maker"


def test_large_pictures_are_sent_small():
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (2000, 3000, 3), np.uint8))
    assert len(compare._url(noise)) < 3_000_000 and noise.size == (3000, 2000)
