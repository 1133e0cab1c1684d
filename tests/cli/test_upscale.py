"""`ganapps upscale`: tiles without seams, any mode and size, little memory, folders in and out."""

import json
import subprocess
import sys
import tracemalloc
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps

from ganapps.cli import using
from ganapps.png import write_png
from ganapps.tiles import Enlarger, starts, weights

RNG = np.random.default_rng


def blocks(scale):
    """A network that makes every pixel a block."""
    return lambda square: square.repeat(scale, 0).repeat(scale, 1)


def blurring(reach, scale=2):
    """A network that sees ``reach`` pixels around each pixel, with zeros outside its picture as convolutions have."""
    from scipy.ndimage import uniform_filter

    def run(square):
        seen = uniform_filter(square.astype(np.float32), (2 * reach + 1, 2 * reach + 1, 0), mode="constant")
        return np.rint(blocks(scale)((seen + square) / 2)).astype(np.uint8)

    return run


@pytest.fixture
def enlarger(monkeypatch, a_bundle):
    """What the command line finds behind every bundle."""
    found = Enlarger(blocks(4), 32, 4)
    monkeypatch.setattr(using, "enlarger", lambda source, threads: found)
    return found


def saved(path: Path, picture: np.ndarray, **how) -> Path:
    path.parent.mkdir(exist_ok=True)
    Image.fromarray(picture).save(path, **how)
    return path


@pytest.mark.parametrize("size", [1, 31, 32, 33, 56, 57, 200])
def test_tiles_cover_every_pixel_with_weights_that_sum_to_one(size):
    begins = starts(size, 32, 8)
    assert begins[0] == 0 and begins[-1] == max(0, size - 32)
    assert all(b - a <= 24 for a, b in pairwise(begins))
    total = np.zeros(max(size, 32))
    for begin, weight in zip(begins, weights(begins, 32, 8), strict=True):
        total[begin : begin + 32] += weight
        assert begin == 0 or (weight[:2] == 0).all(), "what lacks its surroundings does not count"
    np.testing.assert_allclose(total, 1, atol=1e-6)


@pytest.mark.parametrize("shape", [(100, 75), (32, 32), (10, 90), (65, 33)])
def test_no_seam_where_the_network_sees_no_further_than_the_margin(shape):
    """Equal to the whole picture at once, up to the rounding of a mean of two equal tiles."""
    picture = RNG(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    run, done = blurring(2), []
    enlarger = Enlarger(run, 32, 2)
    whole = (
        run(picture)
        if min(shape) >= 32
        else run(np.pad(picture, [(0, max(0, 32 - s)) for s in shape] + [(0, 0)], "edge"))
    )
    made = np.concatenate(list(enlarger.strips(picture, lambda: done.append(1))))
    np.testing.assert_array_equal(made, whole[: 2 * shape[0], : 2 * shape[1]])
    assert len(done) == enlarger.count(shape[1], shape[0])


def test_no_visible_seam_where_it_sees_further():
    """The darkness that zeros around a tile bring in fades: 2 grey levels from the whole, where hard tiles are 70 off."""
    y, x = np.mgrid[:200, :200]
    picture = np.stack([128 + 100 * np.sin(x / 30) * np.cos(y / 40)] * 3, -1).astype(np.uint8)
    run = blurring(5)
    whole, made = run(picture).astype(int), Enlarger(run, 64, 2).enlarge(picture)
    hard = np.concatenate([run(picture[:, left : left + 50]) for left in range(0, 200, 50)], axis=1)
    assert abs(made - whole).max() <= 2 and abs(hard - whole).max() > 50


def test_memory_does_not_grow_with_the_height(tmp_path):
    """A picture twice as high takes no more; what is written is a whole PNG."""
    peaks = []
    for height in (200, 400):
        picture = Image.fromarray(np.zeros((height, 300, 3), np.uint8))
        tracemalloc.start()
        Enlarger(blocks(4), 64, 4).save(picture, tmp_path / "large.png")
        peaks.append(tracemalloc.get_traced_memory()[1] - height * 300 * 3)
        tracemalloc.stop()
        assert np.asarray(Image.open(tmp_path / "large.png")).shape == (4 * height, 1200, 3)
    assert peaks[1] < 1.1 * peaks[0] + 50_000


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_strips_become_a_png(tmp_path, channels):
    picture = RNG(0).integers(0, 256, (40, 30, channels), dtype=np.uint8)
    write_png(tmp_path / "a.png", picture.shape, iter(np.split(picture, [7, 8, 31])))
    with Image.open(tmp_path / "a.png") as image:
        np.testing.assert_array_equal(np.asarray(image).reshape(picture.shape), picture)
        assert image.info["Software"].startswith("ganapps")


def test_transparency_is_kept(call, enlarger, here):
    picture = RNG(0).integers(0, 256, (50, 70, 4), dtype=np.uint8)
    saved(here / "in" / "logo.png", picture)
    call("upscale bundle in/logo.png --out out")
    with Image.open(here / "out" / "logo.png") as image:
        assert image.mode == "RGBA" and image.size == (280, 200)
        made = np.asarray(image)
    np.testing.assert_array_equal(made[..., :3], blocks(4)(picture[..., :3]))
    alpha = Image.fromarray(picture[..., 3])
    for size in ((280, 50), (280, 200)):
        alpha = alpha.resize(size, Image.Resampling.BICUBIC)
    np.testing.assert_array_equal(made[..., 3], np.asarray(alpha))


def test_pictures_are_turned_upright(call, enlarger, here):
    exif = Image.Exif()
    exif[0x0112] = 6
    path = saved(here / "in" / "turned.jpg", RNG(0).integers(0, 256, (20, 30, 3), dtype=np.uint8), exif=exif)
    call("upscale bundle in/turned.jpg --out out")
    with Image.open(path) as image:
        upright = np.asarray(ImageOps.exif_transpose(image))
    assert upright.shape == (30, 20, 3)
    made = Image.open(here / "out" / "turned.png")
    np.testing.assert_array_equal(np.asarray(made), blocks(4)(upright))
    assert made.getexif().get(0x0112) == 1


def test_exif_goes_along_and_tells_of_the_new_picture(tmp_path):
    """Maker, time and place stay; orientation and size are the result's; what a TIFF says of its rows is left out."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112], exif[0x0111] = "A maker", 6, 1234  # Make, Orientation, StripOffsets
    exif.get_ifd(0x8769).update({0x9003: "2026:11:23 12:00:00", 0xA002: 30, 0xA003: 20})
    exif.get_ifd(0x8825).update({1: "N", 2: (50.0, 30.0, 0.0)})
    Image.fromarray(RNG(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)).save(tmp_path / "a.jpg", exif=exif)
    with Image.open(tmp_path / "a.jpg") as image:
        Enlarger(blocks(2), 16, 2).save(image, buffer := BytesIO())
        assert image.getexif()[0x0112] == 6, "the picture that was given stays as it is"
    made = Image.open(buffer)
    kept = made.getexif()
    assert made.size == (40, 60) and kept[0x0112] == 1 and kept[0x010F] == "A maker" and 0x0111 not in kept
    inner, place = kept.get_ifd(0x8769), kept.get_ifd(0x8825)
    assert (inner[0x9003], inner[0xA002], inner[0xA003]) == ("2026:11:23 12:00:00", 40, 60)
    assert place[1] == "N" and place[2] == (50.0, 30.0, 0.0)


@pytest.mark.parametrize("exif", [b"", b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff"])
def test_exif_that_cannot_be_read_does_no_harm(exif):
    picture = Image.fromarray(RNG(0).integers(0, 256, (9, 9, 3), dtype=np.uint8))
    picture.info["exif"] = exif
    Enlarger(blocks(2), 16, 2).save(picture, buffer := BytesIO())
    assert not Image.open(buffer).getexif()


@pytest.mark.parametrize(
    "box", [(0, 0, 100, 75), (10, 5, 40, 30), (70, 44, 100, 75), (33, 20, 34, 21), (0, 30, 97, 61)]
)
def test_a_window_is_the_part_of_the_whole(box):
    """To the last bit, and of few tiles."""
    picture = RNG(0).integers(0, 256, (75, 100, 3), dtype=np.uint8)
    calls = []
    enlarger = Enlarger(lambda square: calls.append(1) or blurring(5)(square), 32, 2)
    left, top, right, bottom = (2 * side for side in box)
    whole = enlarger.enlarge(picture)
    calls.clear()
    np.testing.assert_array_equal(enlarger.window(picture, box), whole[top:bottom, left:right])
    assert len(calls) <= (-(-(box[2] - box[0]) // 24) + 1) * (-(-(box[3] - box[1]) // 24) + 1)


def test_a_window_of_a_picture_smaller_than_a_tile():
    picture = RNG(0).integers(0, 256, (10, 20, 3), dtype=np.uint8)
    enlarger = Enlarger(blurring(2), 32, 2)
    np.testing.assert_array_equal(enlarger.window(picture, (3, 2, 20, 9)), enlarger.enlarge(picture)[4:18, 6:40])


@pytest.mark.parametrize(
    ("mode", "kept"), [("L", "L"), ("1", "L"), ("P", "RGB"), ("LA", "LA"), ("CMYK", "RGB"), ("I;16", "L")]
)
def test_every_mode(call, enlarger, here, mode, kept):
    grey = np.full((20, 20), 200, np.uint8)
    if mode == "I;16":
        image = Image.fromarray(grey.astype(np.uint16) * 257)
    else:
        image = Image.fromarray(grey).convert("RGB" if mode in ("P", "CMYK") else "L").convert(mode)
    image.save(here / "a.tif" if mode in ("CMYK", "I;16") else here / "a.png")
    call(f"upscale bundle a.{'tif' if mode in ('CMYK', 'I;16') else 'png'} --out out")
    with Image.open(here / "out" / "a.png") as made:
        assert made.mode == kept and made.size == (80, 80)
        expected = 200 if mode == "I;16" else np.asarray(image.convert("L")).mean()
        assert np.asarray(made.convert("L")).mean() == pytest.approx(expected, abs=1)


def test_a_colour_profile_goes_along(call, enlarger, here):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    saved(here / "a.png", np.zeros((8, 8, 3), np.uint8), icc_profile=profile)
    call("upscale bundle a.png --out out")
    assert Image.open(here / "out" / "a.png").info["icc_profile"] == profile


def test_folders_in_and_out_with_progress(call, enlarger, here):
    for name in ("b.jpg", "a.png"):
        saved(here / "in" / name, np.zeros((8, 9, 3), np.uint8))
    (here / "in" / "notes.txt").write_text("no picture")
    result = call("upscale bundle in --out large/here --json")
    assert json.loads(result.stdout) == {"files": ["large/here/a.png", "large/here/b.png"], "scale": 4}
    assert "b.jpg (2 of 2)" in result.stderr
    assert Image.open(here / "large" / "here" / "b.png").size == (36, 32)
    assert "2 pictures, 4 times as large, in out" in call("upscale bundle in --out out").stdout


def test_one_broken_picture_does_not_stop_the_others(call, enlarger, here):
    for name in ("a.png", "c.png"):
        saved(here / "in" / name, np.zeros((8, 9, 3), np.uint8))
    (here / "in" / "b.png").write_text("no")
    result = call("upscale bundle in --out out --json", 1)
    assert json.loads(result.stdout)["files"] == ["out/a.png", "out/c.png"]
    assert "in/b.png cannot be read as a picture" in result.stderr and "The other 2 are in out." in result.stderr


@pytest.mark.parametrize(
    ("line", "code", "sentence"),
    [
        ("upscale bundle a.png --out .", 1, "would be overwritten by its own result"),
        ("upscale bundle bad.png --out out", 1, "bad.png cannot be read as a picture"),
        ("upscale bundle a.png", 2, "Missing option '--out'"),
    ],
)
def test_what_cannot_be_enlarged_is_said(call, enlarger, here, line, code, sentence):
    saved(here / "a.png", np.zeros((8, 8, 3), np.uint8))
    (here / "bad.png").write_text("no")
    assert sentence in call(line, code).stderr


def test_a_bundle_that_does_something_else_is_refused(call, a_bundle, here):
    saved(here / "a.png", np.zeros((8, 8, 3), np.uint8))
    assert "does not enlarge pictures: its signature is sample" in call("upscale bundle a.png --out out", 2).stderr


def test_a_run_enlarges_with_its_network(call, monkeypatch, a_run, here):
    import keras

    from ganapps import workflow
    from ganapps.engine import inference
    from ganapps.engine.signature import Input, Signature

    image = keras.Input((None, None, 3))
    network = keras.Model(image, keras.layers.UpSampling2D(2)(image))
    signature = Signature("upscale", network, {"image": Input("image", (None, None, 3))}, "generated", tile=16)

    class Model:
        def signatures(self):
            return {"upscale": signature}

        def translate(self, images, name):
            return inference.run(signature, {"image": images})

    monkeypatch.setattr(workflow, "load", lambda source: Model())
    picture = RNG(0).integers(0, 256, (20, 37, 3), dtype=np.uint8)
    saved(here / "a.png", picture)
    call("upscale one a.png --out out")
    np.testing.assert_array_equal(np.asarray(Image.open(here / "out" / "a.png")), blocks(2)(picture))

    monkeypatch.setattr(Model, "signatures", lambda self: {})
    assert "does not enlarge pictures: train srresnet or srgan" in call("upscale one a.png --out out", 2).stderr


def test_a_bundle_needs_no_tensorflow(here):
    code = (
        "import sys, ganapps.cli.upscale, ganapps.cli.using, ganapps.tiles, ganapps.edge;"
        "print([m for m in ('tensorflow', 'keras', 'jax') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
