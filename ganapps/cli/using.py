"""Using what was trained, whether it is a run or a model (through Keras) or an edge bundle (without)."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from ganapps.cli.places import trained, use_backend
from ganapps.edge import Bundle, fit_picture
from ganapps.engine.pictures import to_uint8
from ganapps.errors import GanappsError, UsageError, nearest

Option = str | None


def sample(source: Path, count: int, seed: int, label: Option) -> np.ndarray:
    """``count`` samples of one class or of all in turn: uint8 or float pictures (n, H, W, C), or points (n, d).

    Raises:
        GanappsError: it translates pictures and has nothing to draw, or takes no such label.
    """
    if trained(source) == "bundle":
        bundle = Bundle(source)
        return bundle.sample(count, seed, label=_class(label, bundle.card["inputs"]))
    model = _model(source)
    offered = model.signatures().get("sample")
    if offered is None:
        raise UsageError(
            f"{source} turns pictures into pictures: use `ganapps translate {source} PICTURE... --out DIR`."
        )
    number = _class(label, {name: asdict(given) for name, given in offered.inputs.items()})
    return model.generate(count, seed, **({} if number is None else {"label": number}))


def translate(source: Path, paths: Iterable[Path], signature: Option) -> Iterator[tuple[Path, np.ndarray]]:
    """Each path with its picture's translation, uint8 (H, W, C).

    Raises:
        GanappsError: a file that is no picture, or a signature that the model does not have.
    """
    if trained(source) == "bundle":
        bundle = Bundle(source)
        for path in paths:
            yield path, bundle.translate(open_picture(path))
        return
    model = _model(source)
    takers = {
        name: one for name, one in model.signatures().items() if "image" in one.inputs and one.output_kind == "image"
    }
    if not takers:
        raise UsageError(f"{source} takes no pictures: use `ganapps sample {source}`.")
    name = signature or next(iter(takers))
    if name not in takers:
        raise UsageError(f"{source} has no signature '{name}'.{nearest(name, takers)} It has {', '.join(takers)}.")
    for path in paths:
        picture = open_picture(path)
        height, width, channels = takers[name].inputs["image"].shape
        pixels = fit_picture(picture, (height or picture.height, width or picture.width, channels or 3))
        yield path, to_uint8(model.translate(pixels[None].astype(np.float32) / 127.5 - 1.0, name))[0]


def _model(source: Path) -> Any:
    use_backend(None)
    from ganapps import workflow

    return workflow.load(source)


def open_picture(path: Path) -> Image.Image:
    """The file as a loaded picture. Raises GanappsError when it is none."""
    try:
        with Image.open(path) as image:
            image.load()
            return image
    except (UnidentifiedImageError, OSError) as error:
        raise GanappsError(f"{path} cannot be read as a picture ({error}).") from None


def _class(label: Option, inputs: dict[str, Any]) -> int | None:
    """A class's number from its name or number.

    Raises:
        UsageError: the model has no labels, or not this one.
    """
    if label is None:
        return None
    if "label" not in inputs:
        raise UsageError("This model draws without labels: leave out --label.")
    classes = list(inputs["label"]["classes"])
    if label in classes:
        return classes.index(label)
    if label.isdigit() and (not classes or int(label) < len(classes)):
        return int(label)
    raise UsageError(f"There is no class '{label}'.{nearest(label, classes)} There are {', '.join(classes)}.")
