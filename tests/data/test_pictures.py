"""Every kind of picture file that people have comes out upright, plain and square, or is refused with a reason."""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from ganapps.data import pictures
from ganapps.data.pictures import BadPicture, header, read

RED, BLUE = (255, 0, 0), (0, 0, 255)


def quarters(mode: str = "RGB", width: int = 64, height: int = 48) -> Image.Image:
    """White, but the upper left quarter is red (dark grey in grey modes)."""
    image = Image.new("RGB", (width, height), "white")
    image.paste(RED, (0, 0, width // 2, height // 2))
    return image.convert(mode)


def corners(array: np.ndarray) -> list[tuple[int, ...]]:
    """Upper left, upper right, lower left, lower right."""
    return [tuple(int(v) for v in array[y, x]) for y in (1, -2) for x in (1, -2)]


def is_red(colour) -> bool:
    return colour[0] > 220 and colour[1] < 40 and colour[2] < 40


def is_white(colour) -> bool:
    return min(colour) > 230


@pytest.mark.parametrize(
    "suffix", ["png", "jpg", "bmp", "gif", "tif", "webp", "ppm", "tga", "jp2", "avif", "ico", "pcx"]
)
def test_formats(tmp_path, suffix):
    path = tmp_path / f"x.{suffix}"
    quarters(width=48).save(path)
    seen = corners(read(path, 16, 3))
    assert is_red(seen[0]) and all(map(is_white, seen[1:]))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp"])
def test_camera_orientation_is_respected(tmp_path, orientation, suffix):
    upright = quarters(width=48)
    stored = {
        1: lambda p: p,
        2: lambda p: p.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: lambda p: p.transpose(Image.Transpose.ROTATE_180),
        4: lambda p: p.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: lambda p: p.transpose(Image.Transpose.TRANSPOSE),
        6: lambda p: p.transpose(Image.Transpose.ROTATE_90),
        7: lambda p: p.transpose(Image.Transpose.TRANSVERSE),
        8: lambda p: p.transpose(Image.Transpose.ROTATE_270),
    }[orientation](upright)
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / f"x.{suffix}"
    stored.save(path, exif=exif)
    seen = corners(read(path, 16, 3))
    assert is_red(seen[0]) and all(map(is_white, seen[1:]))


def test_damaged_camera_data_do_not_cost_the_picture(tmp_path):
    path = tmp_path / "x.jpg"
    quarters(width=48).save(path, exif=b"Exif\x00\x00II*\x00\xff\xff\xff\x7fgarbage")
    assert is_red(corners(read(path, 16, 3))[0])


def test_the_middle_square_is_cut_out(tmp_path):
    image = Image.new("RGB", (90, 30), RED)
    image.paste(BLUE, (30, 0, 60, 30))
    image.save(tmp_path / "x.png")
    np.testing.assert_array_equal(read(tmp_path / "x.png", 30, 3), np.broadcast_to(BLUE, (30, 30, 3)))


def test_shrinking_averages_instead_of_dropping_pixels(tmp_path):
    stripes = np.zeros((256, 256, 3), np.uint8)
    stripes[:, ::2] = 255
    Image.fromarray(stripes).save(tmp_path / "x.png")
    assert np.all(np.abs(read(tmp_path / "x.png", 32, 3).astype(int) - 127) < 12)


def test_a_large_jpeg_shrunk_by_its_decoder_looks_the_same(tmp_path):
    ramp = np.linspace(0, 255, 1024).astype(np.uint8)
    picture = np.stack([np.tile(ramp, (1024, 1)), np.tile(ramp[:, None], (1, 1024)), np.full((1024, 1024), 128)], -1)
    Image.fromarray(picture.astype(np.uint8)).save(tmp_path / "x.jpg", quality=95)
    Image.fromarray(picture.astype(np.uint8)).save(tmp_path / "x.png")
    difference = np.abs(read(tmp_path / "x.jpg", 32, 3).astype(int) - read(tmp_path / "x.png", 32, 3))
    assert difference.max() <= 6


def test_a_jpeg_is_not_shrunk_below_what_is_asked_for(tmp_path):
    checks = np.kron(np.indices((24, 24)).sum(0) % 2, np.ones((4, 4))).astype(np.uint8) * 255
    Image.fromarray(checks).save(tmp_path / "x.jpg", quality=95)
    Image.fromarray(checks).save(tmp_path / "x.png")
    difference = np.abs(read(tmp_path / "x.jpg", 48, 1).astype(int) - read(tmp_path / "x.png", 48, 1))
    assert difference.max() <= 12


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (1, 500)])
def test_tiny_pictures_are_enlarged(tmp_path, size):
    Image.new("RGB", size, BLUE).save(tmp_path / "x.png")
    np.testing.assert_array_equal(read(tmp_path / "x.png", 16, 3), np.broadcast_to(BLUE, (16, 16, 3)))


@pytest.mark.parametrize(
    ("mode", "suffix"), [("L", "png"), ("1", "png"), ("P", "png"), ("CMYK", "jpg"), ("CMYK", "tif"), ("YCbCr", "jpg")]
)
def test_modes_become_rgb(tmp_path, mode, suffix):
    path = tmp_path / f"x.{suffix}"
    quarters(mode, width=48).save(path)
    seen = corners(read(path, 16, 3))
    assert is_white(seen[1]) and not is_white(seen[0])
    if mode not in ("L", "1"):
        assert is_red(seen[0])
    assert header(path).grey == (mode in ("L", "1"))


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_sixteen_bits_are_scaled_not_clipped(tmp_path, suffix):
    values = np.full((20, 20), 32768, np.uint16)
    Image.fromarray(values).save(tmp_path / f"x.{suffix}")
    assert abs(int(read(tmp_path / f"x.{suffix}", 8, 1).mean()) - 128) <= 1
    assert header(tmp_path / f"x.{suffix}").grey


@pytest.mark.parametrize(("value", "grey"), [(0.5, 128), (128.0, 128), (32768.0, 128), (float("nan"), 0)])
def test_float_pictures_are_scaled_by_their_range(tmp_path, value, grey):
    values = np.full((9, 9), value, np.float32)
    Image.fromarray(values).save(tmp_path / "x.tif")
    assert abs(int(read(tmp_path / "x.tif", 4, 1).mean()) - grey) <= 1


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA", "P"])
def test_transparency_is_laid_on_white(tmp_path, mode):
    path = tmp_path / "x.png"
    black = Image.new("RGBA", (16, 16), (0, 0, 0, 255))
    black.paste((0, 0, 0, 0), (8, 0, 16, 16))
    if mode == "P":
        black.convert("RGB").quantize(2).save(path, transparency=0)
        assert np.all(read(path, 16, 3) == 255)
        return
    (black if mode == "RGBA" else black.convert("LA")).save(path)
    seen = read(path, 16, 3)
    assert seen[8, 2].max() < 10 and seen[8, 13].min() > 245


def test_half_transparency_is_mixed(tmp_path):
    Image.new("RGBA", (8, 8), (0, 0, 0, 128)).save(tmp_path / "x.png")
    assert abs(int(read(tmp_path / "x.png", 4, 3).mean()) - 127) <= 1


@pytest.mark.parametrize("suffix", ["gif", "webp", "png"])
def test_of_an_animation_the_first_frame_counts(tmp_path, suffix):
    first, second = Image.new("RGB", (16, 16), RED), Image.new("RGB", (16, 16), BLUE)
    first.save(tmp_path / f"x.{suffix}", save_all=True, append_images=[second])
    assert is_red(read(tmp_path / f"x.{suffix}", 8, 3)[4, 4])


def test_one_channel_is_luma(tmp_path):
    Image.new("RGB", (8, 8), (0, 255, 0)).save(tmp_path / "x.png")
    grey = read(tmp_path / "x.png", 8, 1)
    assert grey.shape == (8, 8, 1) and grey.dtype == np.uint8 and np.all(grey == 150)


def test_halves(tmp_path):
    image = Image.new("RGB", (128, 64), RED)
    image.paste(BLUE, (64, 0, 128, 64))
    for suffix in ("png", "jpg"):
        image.save(tmp_path / f"x.{suffix}", quality=95)
        assert is_red(read(tmp_path / f"x.{suffix}", 16, 3, "left")[8, 8])
        right = read(tmp_path / f"x.{suffix}", 16, 3, "right")
        assert right[8, 8, 2] > 240 and right[8, 1, 0] < 40


def bomb(path, side: int) -> None:
    """A PNG that says it is `side` pixels square, and holds almost nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b""))


@pytest.mark.parametrize("side", [8300, 12_000, 60_000])
def test_decompression_bombs_are_refused_before_decoding(tmp_path, side):
    bomb(tmp_path / "x.png", side)
    with pictures.bombs_unannounced():
        for look in (header, lambda path: read(path, 8, 3)):
            with pytest.raises(BadPicture, match="decompression bomb"):
                look(tmp_path / "x.png")


def test_bad_files_are_refused_with_a_reason(tmp_path):
    quarters().save(tmp_path / "whole.jpg")
    noise = np.random.default_rng(0).integers(0, 256, (200, 200, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "whole.png")
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "text.jpg").write_text("this is no picture")
    (tmp_path / "cut.jpg").write_bytes((tmp_path / "whole.jpg").read_bytes()[:700])
    (tmp_path / "cut.png").write_bytes((tmp_path / "whole.png").read_bytes()[:60_000])
    wrong = bytearray((tmp_path / "whole.png").read_bytes())
    wrong[50_000:52_000] = bytes(2000)
    (tmp_path / "wrong.png").write_bytes(wrong)
    reasons = {}
    for path in sorted(tmp_path.iterdir()):
        try:
            read(path, 16, 3)
        except BadPicture as error:
            reasons[path.name] = str(error)
    assert reasons.keys() == {"empty.jpg", "text.jpg", "cut.jpg", "cut.png", "wrong.png"}
    assert reasons["empty.jpg"] == "empty file"
    assert reasons["text.jpg"] == "not a picture that can be read"
    assert all(reasons[name].startswith("damaged (") for name in ("cut.jpg", "cut.png", "wrong.png"))
    assert all("\n" not in reason for reason in reasons.values())


def test_formats_that_run_programs_are_not_tried(tmp_path):
    (tmp_path / "x.eps").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\nshowpage\n")
    with pytest.raises(BadPicture, match="not a picture"):
        read(tmp_path / "x.eps", 8, 3)


def test_an_unreadable_file_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "x.png"
    quarters().save(path)

    def locked(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Image, "open", locked)
    with pytest.raises(BadPicture, match="no permission"):
        read(path, 8, 3)


def test_the_default_resolution():
    assert [pictures.default_resolution(native) for native in (28, 256, 1024, None)] == [28, 256, 64, 64]
