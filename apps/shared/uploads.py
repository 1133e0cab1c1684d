"""The one way in for people's pictures: whatever is given becomes an upright 8-bit picture, or a friendly sentence."""

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

import numpy as np
import streamlit as st
from PIL import Image, ImageCms, ImageOps

from ganapps.errors import GanappsError
from shared.guard import plain, tell

# No format that runs a program or reads other files (EPS, for one) is ever tried.
FORMATS = ("AVIF", "BMP", "GIF", "ICO", "JPEG", "JPEG2000", "PNG", "PPM", "TIFF", "WEBP")
HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
MOST_BYTES = 50_000_000
THUMBNAIL = 68

Sample = Image.Image | Callable[[], Image.Image]


def read(file_or_bytes: Any, name: str, megapixels: float = 50) -> Image.Image:
    """Decode a picture in memory: upright, of mode L, RGB or RGBA, 8 bit, its EXIF and colour profile in ``info``.

    Of an animation the first frame is taken; ``info["note"]`` then says so. CMYK becomes RGB (by its own profile when
    it has one), 16 bits become 8. Nothing is decoded before its size is known to be allowed.

    Args:
        file_or_bytes: bytes, or a binary file as Streamlit's uploader gives it.
        name: what the person calls the file; for the sentences.
        megapixels: the largest picture that the page can use.

    Raises:
        GanappsError: with a sentence for the person.
    """
    size = len(file_or_bytes) if isinstance(file_or_bytes, bytes) else getattr(file_or_bytes, "size", 0)
    if size > MOST_BYTES:
        raise GanappsError(f"'{name}' has {size / 1e6:.0f} MB; pictures of up to {MOST_BYTES // 10**6} MB are taken.")
    data = file_or_bytes if isinstance(file_or_bytes, bytes) else file_or_bytes.read(MOST_BYTES + 1)
    if not data:
        raise GanappsError(f"'{name}' is empty (0 bytes); choose another file.")
    if data[4:8] == b"ftyp" and data[8:12] in HEIC:
        raise GanappsError(f"'{name}' is a HEIC picture, which cannot be read here; save it as JPEG or PNG first.")
    try:
        image = Image.open(BytesIO(data), formats=FORMATS)
        if image.width * image.height > megapixels * 1e6:
            raise GanappsError(
                f"'{name}' is {image.width} x {image.height} pixels; make it smaller than {megapixels:g} megapixels."
            )
        animated = getattr(image, "n_frames", 1) > 1 and image.format != "MPO"
        image.load()
        result = _eight_bit(ImageOps.exif_transpose(image))
    except GanappsError:
        raise
    except Image.DecompressionBombError as error:
        raise GanappsError(
            f"'{name}' has far too many pixels; make it smaller than {megapixels:g} megapixels."
        ) from error
    except Image.UnidentifiedImageError as error:
        raise GanappsError(f"'{name}' is not a picture that can be read here; choose a JPEG or PNG file.") from error
    except Exception as error:  # what a decoder raises for a damaged file can be anything
        raise GanappsError(f"'{name}' is damaged or cut off; save the picture again, or choose another.") from error
    if animated:
        result.info["note"] = "This is an animation: its first frame is used."
    return result


def pick(
    label: str, key: str, samples: Mapping[str, Sample] | None = None, megapixels: float = 50
) -> Image.Image | None:
    """An uploader, and under it samples to start from; the picture that was chosen last, or the first sample.

    Shows the sentence where a file cannot be used, and returns None then.

    Args:
        label: what to ask for.
        key: of the widget; ``{key}_...`` in the session's state is used as well.
        samples: by name, pictures or functions that make one.
    """
    state, samples = st.session_state, samples or {}

    def choose(name: str | None) -> None:
        state[f"{key}_sample"] = name

    file = st.file_uploader(label, key=key, on_change=choose, args=(None,))
    told = st.container()  # what is wrong with the file, next to where it was given and not under the samples
    chosen = state.get(f"{key}_sample")
    if samples:
        st.caption("Or start from a sample")
        with st.container(horizontal=True, gap="small", key=f"{key}_samples"):
            for number, (name, sample) in enumerate(samples.items()):
                with st.container(width=THUMBNAIL + 8, gap="xxsmall", horizontal_alignment="center"):
                    picture = sample() if callable(sample) else sample
                    st.image(ImageOps.fit(picture, (2 * THUMBNAIL, 2 * THUMBNAIL)), width=THUMBNAIL)
                    st.button(name, key=f"{key}_sample_{number}", on_click=choose, args=(name,), type="tertiary")
    if file is None or chosen in samples:
        sample = samples.get(chosen, next(iter(samples.values()), None))
        return sample() if callable(sample) else sample
    with told:
        return _read_once(file, f"{key}_read", megapixels)


def _read_once(file: Any, key: str, megapixels: float) -> Image.Image | None:
    """Decode an upload on the first of a session's reruns only."""
    known = st.session_state.get(key)
    if known is None or known[0] != file.file_id:
        try:
            result: Image.Image | GanappsError = read(file.getvalue(), file.name[-80:], megapixels)
        except GanappsError as error:
            result = error
        known = st.session_state[key] = (file.file_id, result)
    if isinstance(known[1], GanappsError):
        tell(known[1])
        return None
    if "note" in known[1].info:
        st.caption(plain(known[1].info["note"]))
    return known[1]


def _eight_bit(image: Image.Image) -> Image.Image:
    """L, RGB or RGBA of any mode of Pillow; keeps ``info``."""
    if image.mode.startswith(("I", "F")):
        values = np.asarray(image).astype(np.float64)
        top = 65535.0 if image.mode.startswith("I;16") else _top(values)
        grey = Image.fromarray(np.uint8(np.rint(np.clip(np.nan_to_num(values) / top, 0, 1) * 255)))
        grey.info = {name: value for name, value in image.info.items() if name != "transparency"}
        return grey
    if image.mode == "CMYK":
        return _from_cmyk(image)
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image.convert("L") if image.mode in ("1", "L") else image.convert("RGB")


def _top(values: np.ndarray) -> float:
    """What counts as white among numbers that do not say: 1, 255 or 65535, else the largest."""
    largest = float(np.nanmax(values, initial=0.0))
    return next((top for top in (1.0, 255.0, 65535.0) if largest <= top), largest)


def _from_cmyk(image: Image.Image) -> Image.Image:
    profile = image.info.pop("icc_profile", None)
    if profile:
        try:
            srgb = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(image, BytesIO(profile), srgb, outputMode="RGB")
            converted.info.pop("icc_profile", None)
            return converted
        except (ImageCms.PyCMSError, OSError):  # a broken profile: do without
            pass
    return image.convert("RGB")
