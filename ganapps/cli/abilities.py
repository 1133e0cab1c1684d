"""What the verbs on codes share: a model that can do what is asked, and pictures at the size it takes."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ganapps.cli.places import trained, use_backend
from ganapps.cli.using import open_picture
from ganapps.edge import fit_picture
from ganapps.errors import UsageError


def able(source: Path, ability: str) -> Any:
    """The trained model of a run or ``.keras`` file, which has the method ``ability``.

    Raises:
        UsageError: it is a bundle, or a model of another kind; the sentence names models that can.
    """
    if trained(source) == "bundle":
        raise UsageError(f"{source} is a bundle, which does one thing: give the run it was exported from.")
    use_backend(None, source)
    from ganapps import registry, workflow

    model = workflow.load(source)
    if not hasattr(model, ability):
        can = [name for name, entry in registry.entries().items() if hasattr(entry.load(), ability)]
        raise UsageError(f"{model.title} cannot {ability.replace('_', '-')}. These can: {', '.join(can)}.")
    return model


def pictures_for(model: Any, paths: Sequence[Path]) -> np.ndarray:
    """The files as the model takes pictures: float32 (n, H, W, C) in [-1, 1], upright, cropped and resized.

    Raises:
        UsageError: the model is one of points. GanappsError: a file that is no picture.
    """
    ends = model.signatures().values()
    taken = [spec.shape for one in ends for spec in one.inputs.values() if spec.kind == "image"]
    shape = taken[0] if taken else next(iter(ends)).network.output_shape[1:]
    if len(shape) != 3:
        raise UsageError("This model was trained on points, not on pictures.")
    pixels = np.stack([fit_picture(open_picture(path), shape) for path in paths])
    return pixels.astype(np.float32) / 127.5 - 1.0


def names_of_classes(source: Path, count: int) -> list[str]:
    """What a run's data call their classes; numbers for a ``.keras`` file."""
    if not (source / "run.json").is_file():
        return [str(number) for number in range(count)]
    from ganapps.data import catalogue
    from ganapps.engine.report import read_settings

    return list(catalogue.describe(read_settings(source)["data"]).classes)
