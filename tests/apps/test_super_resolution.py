"""Super-resolution: the zoomed part is a part of the whole, the download is what the tiles give, with its EXIF."""

import shutil
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from enlarging.finder import place
from enlarging.job import Clock, amount, duration, enlarge, resident
from enlarging.region import SAMPLES, around, bicubic, samples, widths
from ganapps.edge import Bundle
from ganapps.tiles import Enlarger
from tests.apps.screen import opened

PAGE = Path(__file__).parents[2] / "apps" / "views" / "super_resolution.py"


AT_ONCE = 2  # as the page has it


def blocks(square):
    return square.repeat(2, 0).repeat(2, 1)


def picture(width=90, height=60, seed=0):
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8))


def jpeg():
    """A photograph that lies on its side, as phones write them."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "A maker", 6
    exif.get_ifd(0x8825).update({1: "N", 2: (50.0, 30.0, 0.0)})
    picture(240, 160).save(buffer := BytesIO(), "JPEG", quality=95, exif=exif)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("x", "y", "width", "size", "box"),
    [
        (0.5, 0.5, 40, (400, 300), (180, 135, 220, 165)),
        (0.0, 0.0, 40, (400, 300), (0, 0, 40, 30)),
        (1.0, 1.0, 40, (400, 300), (360, 270, 400, 300)),
        (0.5, 0.5, 256, (100, 300), (0, 54, 100, 246)),
        (0.9, 0.1, 64, (1, 1), (0, 0, 1, 1)),
        (0.5, 0.5, 1, (9, 9), (4, 4, 5, 5)),
    ],
)
def test_the_box_lies_inside(x, y, width, size, box):
    assert around(x, y, width, size) == box


@pytest.mark.parametrize(
    ("size", "offered"),
    [
        ((4000, 3000), [32, 64, 96, 128, 192, 256]),
        ((100, 50), [32, 64, 96, 100]),
        ((40, 90), [32, 64, 96, 120]),
        ((9, 9), [12]),
    ],
)
def test_widths_end_with_the_whole_of_a_small_picture(size, offered):
    assert widths(size) == offered
    if offered[-1] < 256:
        assert around(0.2, 0.9, offered[-1], size) == (0, 0, *size)


def test_bicubic_sees_the_surroundings():
    image = picture()
    whole = np.asarray(image.resize((360, 240), Image.Resampling.BICUBIC)).astype(int)
    part = np.asarray(bicubic(image, (20, 10, 50, 40), 4)).astype(int)
    assert abs(part - whole[40:160, 80:200]).max() <= 1


def test_a_job_tells_how_far_it_is_and_what_it_took(monkeypatch):
    monkeypatch.setattr("enlarging.job.time.perf_counter", iter(np.arange(0, 1000, 0.5)).__next__)
    told, clock = [], Clock(Enlarger(blocks, 32, 2))
    result = enlarge(clock.enlarger, picture(), lambda share, text: told.append((share, text)))
    assert np.array_equal(np.asarray(Image.open(BytesIO(result.file))), blocks(np.asarray(picture())))
    assert result.size == (180, 120) and result.tiles == len(told) == 12 and clock.seconds == 0.5
    assert told[0][0] == pytest.approx(1 / 12) and told[-1][0] == 1.0
    assert told[0][1].startswith("Tile 1 of 12, ") and told[0][1].endswith(" left")
    assert result.seconds > 5 and (result.memory is None or result.memory >= 0)


def test_a_job_ends_when_the_bar_is_gone():
    def gone(share, text):
        raise RuntimeError("the person left")

    def slow(square):
        import time

        time.sleep(0.25)
        return blocks(square)

    with pytest.raises(RuntimeError, match="left"):
        enlarge(Enlarger(slow, 32, 2), picture(), gone)


def test_memory_of_this_process_is_known_on_linux(monkeypatch):
    if Path("/proc/self/statm").is_file():
        assert resident() > 10_000_000
    monkeypatch.setattr("enlarging.job.STATM", Path("/nowhere"))
    assert resident() is None
    assert enlarge(Enlarger(blocks, 32, 2), picture(), lambda *told: None).memory is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.2, "under a second"),
        (1, "1 second"),
        (12.4, "12 seconds"),
        (100, "about 2 minutes"),
        (3000, "about 50 minutes"),
        (7000, "about 2 hours"),
    ],
)
def test_lengths_of_time(seconds, text):
    assert duration(seconds) == text


def test_amounts():
    assert [amount(size) for size in (340_000, 12e6, 1.23e9)] == ["340 kB", "12 MB", "1.2 GB"]


def test_samples_are_small_and_their_licences_are_told():
    found, licence = samples(), (SAMPLES / "LICENCE.md").read_text()
    assert next(iter(found)) == "Cat" and all(f"`{name.lower()}.jpg`" in licence for name in found)
    assert all(path.stat().st_size < 100_000 for path in SAMPLES.glob("*.jpg"))


def upload(app, data, name="photo.jpg"):
    app.file_uploader(key="photo").set_value((name, data, "image/jpeg")).run()
    assert not app.exception
    return app


def closely(app):
    """The part that is shown, and its box."""
    (_, box), made = app.session_state["photo_near"]
    return made, box


def test_the_part_is_a_part_of_the_whole(app, bundles):
    enlarger = Enlarger.of(Bundle(bundles / "super-resolution"))
    whole = enlarger.enlarge(np.asarray(samples()["Cat"]))
    made, (left, top, right, bottom) = closely(app)
    assert (right - left, bottom - top) == (128, 96)
    np.testing.assert_array_equal(made, whole[4 * top : 4 * bottom, 4 * left : 4 * right])
    app.select_slider(key="photo_1_zoom").set_value(64).run()
    made, (left, top, right, bottom) = closely(app)
    assert (right - left, bottom - top) == (64, 48)
    np.testing.assert_array_equal(made, whole[4 * top : 4 * bottom, 4 * left : 4 * right])


def test_the_whole_picture_with_time_and_memory(app, bundles):
    upload(app, jpeg())
    assert "160 x 240 pixels become **640 x 960**" in " ".join(text.value for text in app.markdown)
    app.button(key="enlarge").click().run()
    name, result = app.session_state["photo_large"]
    assert name == "super-resolution" and not app.exception
    told = {metric.label: metric.value for metric in app.metric}
    assert list(told) == ["Time", "Size", "File", "Memory"] and told["Size"] == "0.6 Mpx"
    check_file(result.file, bundles)
    app.button(key="photo_sample_1").click().run()
    assert "photo_large" not in app.session_state, "the result of another picture is let go"


def check_file(file, bundles):
    """What the tiles give of the upright photograph; its EXIF tells that it stands."""
    with Image.open(BytesIO(jpeg())) as image:
        given = np.asarray(image.transpose(Image.Transpose.ROTATE_270))
    made = Image.open(BytesIO(file))
    np.testing.assert_array_equal(np.asarray(made), Enlarger.of(Bundle(bundles / "super-resolution")).enlarge(given))
    exif = made.getexif()
    assert exif[0x0112] == 1 and exif[0x010F] == "A maker" and exif.get_ifd(0x8825)[1] == "N"


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "P", "1", "CMYK"])
def test_every_kind_of_picture(app, mode):
    data, kind = BytesIO(), "TIFF" if mode == "CMYK" else "PNG"
    base = {"LA": "LA", "RGBA": "RGBA"}.get(mode, "RGB")
    picture(40, 30).convert(base).convert(mode).save(data, kind)
    upload(app, data.getvalue(), f"photo.{kind.lower()}")
    app.button(key="enlarge").click().run()
    assert not app.exception and not app.error
    made = Image.open(BytesIO(app.session_state["photo_large"][1].file))
    assert made.size == (160, 120) and made.mode in ("L", "RGB", "RGBA")


def test_two_models_are_offered_with_their_facts(bundles, tmp_path, monkeypatch):
    for name in ("one", "two"):
        shutil.copytree(bundles / "super-resolution", tmp_path / name)
    monkeypatch.setenv("GANAPPS_EXPORTS", str(tmp_path))
    app = opened(PAGE)
    assert len(set(app.radio(key="enlarger").options)) == 2, "told apart although their titles are the same"
    app.button(key="enlarge").click().run()
    assert app.metric
    app.radio(key="enlarger").set_value("two").run()
    assert not app.metric and not app.button(key="enlarge").disabled and not app.exception


@pytest.mark.parametrize(("size", "taken"), [((4000, 3000), True), ((4001, 3000), False)])
def test_twelve_megapixels_are_taken_and_more_are_a_sentence(app, size, taken):
    Image.new("L", size, 128).save(data := BytesIO(), "PNG")
    upload(app, data.getvalue(), "large.png")
    if taken:
        assert "16,000 x 12,000" in " ".join(text.value for text in app.markdown) and not app.error
    else:
        assert "12 megapixels" in app.error[0].value


def test_without_bundles_it_says_how_to_make_one(tmp_path, monkeypatch):
    monkeypatch.setenv("GANAPPS_EXPORTS", str(tmp_path))
    app = opened(PAGE)
    assert "no bundle that enlarges" in app.info[0].value and "ganapps fit srresnet" in app.code[0].value


@pytest.mark.parametrize("told", [{}, {"at": None}, {"at": [0.1]}, {"at": ["a", 1]}, {"at": [7, -3]}])
def test_a_frame_that_tells_nonsense_does_no_harm(monkeypatch, told):
    monkeypatch.setattr("enlarging.finder.st.session_state", {"key": told})
    assert all(0 <= value <= 1 for value in place("key"))


def test_upload_zoom_enlarge_and_download(server, bundles, page):
    check_in_a_browser(server, bundles, page)


def test_the_same_on_a_phone(server, bundles, phone):
    check_in_a_browser(server, bundles, phone)


def check_in_a_browser(server, bundles, page):
    page.goto(f"{server}/super_resolution")
    page.get_by_role("button", name="Enlarge").wait_for()
    settle(page)
    page.locator("input[type=file]").set_input_files({"name": "p.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})
    page.get_by_text("160 x 240 pixels become").wait_for()
    settle(page)
    slider = page.get_by_role("slider", name="Bicubic | Network")
    first = slider.locator("img.left").get_attribute("src")
    frame = page.get_by_label("Where to zoom in")
    frame.scroll_into_view_if_needed()
    place = frame.bounding_box()
    page.mouse.move(place["x"] + 5, place["y"] + 5)
    page.mouse.down()
    page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] - 5, steps=5)
    page.mouse.up()
    settle(page)
    second = slider.locator("img.left").get_attribute("src")
    assert first != second, "the slider shows what the frame was dragged to"
    frame.focus()
    frame.press("ArrowUp")
    page.wait_for_timeout(500)
    settle(page)
    assert slider.locator("img.left").get_attribute("src") not in (first, second)
    page.get_by_role("button", name="Enlarge").click()
    page.get_by_role("button", name="Download").wait_for()
    settle(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download").click()
    assert waiting.value.suggested_filename == "enlarged.png"
    check_file(Path(waiting.value.path()).read_bytes(), bundles)


def settle(page):
    """Until the page has taken in what was done last."""
    page.wait_for_timeout(700)
    page.locator('[data-testid=stApp][data-test-script-state="notRunning"]').wait_for()
    page.wait_for_timeout(300)


def test_stop_ends_the_work_and_lets_others_in(server, page):
    """More often than there are turns, so that a turn that was not given back would show."""
    Image.new("L", (4000, 3000), 128).save(data := BytesIO(), "PNG")
    page.goto(f"{server}/super_resolution")
    page.get_by_role("button", name="Enlarge").wait_for()
    settle(page)
    file = {"name": "large.png", "mimeType": "image/png", "buffer": data.getvalue()}
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_text("16,000 x 12,000").wait_for()
    settle(page)
    for _ in range(AT_ONCE + 1):
        page.get_by_role("button", name="Enlarge").click()
        page.get_by_text("left", exact=False).filter(has_text="Tile ").wait_for()
        page.get_by_role("button", name="Stop").click()
        page.get_by_role("button", name="Stop").wait_for(state="detached")
        settle(page)
    assert page.get_by_role("button", name="Download").count() == 0
