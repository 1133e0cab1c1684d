"""Every kind of bad or odd upload becomes an upright 8-bit picture or a friendly sentence."""

import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageCms

from ganapps.errors import GanappsError
from shared.uploads import MOST_BYTES, read

PHOTO = Image.fromarray(np.random.default_rng(0).integers(0, 256, (6, 9, 3), np.uint8))


def encoded(image, format="PNG", **options):
    buffer = BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def png_header(width, height):
    """A PNG that says it is that large, of a few bytes."""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")
    )


HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
PICTURE = encoded(PHOTO.resize((300, 200)))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", r"'x' is empty \(0 bytes\)"),
        (b"hello, I am no picture at all", "'x' is not a picture"),
        (b"%PDF-1.7 not a picture either", "'x' is not a picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "'x' is not a picture"),
        (HEIC, "HEIC picture.*save it as JPEG or PNG"),
        (png_header(50_000, 50_000), "far too many pixels; make it smaller than 50 megapixels"),
        (png_header(9_000, 9_000), "'x' is 9000 x 9000 pixels; make it smaller than 50 megapixels"),
        (PICTURE[: len(PICTURE) // 2], "'x' is damaged or cut off"),
        (PICTURE[:40], "'x' is not a picture"),
        (bytes(MOST_BYTES + 1), "'x' has 50 MB; pictures of up to 50 MB"),
    ],
)
def test_bad_files_get_a_sentence(data, sentence):
    with pytest.raises(GanappsError, match=sentence):
        read(data, "x")


def test_the_limit_is_the_pages():
    with pytest.raises(GanappsError, match="4000 x 4000 pixels; make it smaller than 12 megapixels"):
        read(png_header(4000, 4000), "x", megapixels=12)


def test_a_file_says_its_size_before_it_is_read():
    class Huge:
        size = 200_000_000

    with pytest.raises(GanappsError, match=r"'holiday\.tif' has 200 MB"):
        read(Huge(), "holiday.tif")


@pytest.mark.parametrize("format", ["PNG", "WEBP", "BMP", "TIFF", "JPEG2000", "PPM"])
def test_lossless_formats_come_as_they_are(format):
    options = {"lossless": True} if format == "WEBP" else {}
    image = read(BytesIO(encoded(PHOTO, format, **options)), "x")
    assert image.mode == "RGB"
    np.testing.assert_array_equal(np.asarray(image), np.asarray(PHOTO))


@pytest.mark.parametrize(
    ("mode", "becomes"),
    [("1", "L"), ("L", "L"), ("LA", "RGBA"), ("P", "RGB"), ("RGB", "RGB"), ("RGBA", "RGBA"), ("I;16", "L")],
)
def test_modes(mode, becomes):
    image = read(encoded(PHOTO.convert(mode)), "x")
    assert image.mode == becomes and image.size == PHOTO.size


def test_alpha_is_kept_also_of_palettes():
    clear = PHOTO.convert("P")
    clear.info["transparency"] = 0
    assert read(encoded(clear, transparency=clear.getpixel((0, 0))), "x").getpixel((0, 0))[3] == 0


def test_sixteen_bits_are_scaled():
    ramp = np.linspace(0, 65535, 256).astype(np.uint16)[None].repeat(4, 0)
    np.testing.assert_array_equal(np.asarray(read(encoded(Image.fromarray(ramp)), "x"))[0], np.arange(256))
    floats = Image.fromarray(np.linspace(0, 1, 256, dtype=np.float32)[None])
    np.testing.assert_array_equal(np.asarray(read(encoded(floats, "TIFF"), "x"))[0], np.arange(256))


def test_cmyk_with_and_without_a_profile():
    ink = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    assert np.abs(np.asarray(read(encoded(ink, "JPEG", quality=100), "x"))[0, 0] - np.array([255, 0, 0.0])).max() < 3
    damaged = read(encoded(ink, "JPEG", quality=100, icc_profile=b"no profile"), "x")
    assert damaged.mode == "RGB" and damaged.getpixel((0, 0))[0] > 250 and "icc_profile" not in damaged.info


def test_a_profile_and_exif_stay():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Maker"
    image = read(encoded(PHOTO, "JPEG", exif=exif, icc_profile=profile), "x")
    assert image.size == (6, 9) and image.info["icc_profile"] == profile
    kept = image.getexif()
    assert kept[0x010F] == "Maker" and 0x0112 not in kept


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG"])
def test_animations_give_their_first_frame(format):
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue", "green")]
    options = {"lossless": True} if format == "WEBP" else {}
    image = read(encoded(frames[0], format, save_all=True, append_images=frames[1:], **options), "x")
    assert image.convert("RGB").getpixel((0, 0)) == (255, 0, 0)
    assert image.info["note"] == "This is an animation: its first frame is used."
    assert "note" not in read(PICTURE, "x").info
