"""What a user can name as the thing to measure: a run, a model file, an edge bundle, a folder of pictures, arrays."""

from pathlib import Path
from typing import Any

import numpy as np

from ganapps.data.pictures import SUFFIXES, BadPicture, header, read
from ganapps.errors import GanappsError
from ganapps.evaluate.network_targets import Bundle, Model
from ganapps.evaluate.pictures import given
from ganapps.evaluate.targets import Given, Target


def open_target(target: Any, signature: str | None) -> Target:
    """Open what is to be measured.

    Args:
        target: a run folder, a ``.keras`` file, an edge bundle's folder, a folder of pictures, a model, an opened
            bundle, pictures (N, H, W, C) as uint8 or floats in [-1, 1], or points (N, 2).
        signature: of a model with several.

    Raises:
        GanappsError: there is nothing of these kinds.
    """
    if isinstance(target, np.ndarray):
        return Given(given(target) if target.ndim != 2 else target, "arrays")
    if isinstance(target, (str, Path)):
        return _at(Path(target), signature)
    return Bundle(target) if hasattr(target, "card") else Model(target, signature, target.name)


def _at(path: Path, signature: str | None) -> Target:
    if (path / "card.json").is_file():
        from ganapps import edge

        return Bundle(edge.Bundle(path))
    if (path / "run.json").is_file():
        from ganapps.engine import checkpoint
        from ganapps.engine.run import RunFolder, load

        run = RunFolder.open(path)
        step = run.settings.steps if run.model.exists() else max(checkpoint.steps(run.checkpoints), default=None)
        return Model(load(path), signature, path.name, run.settings.data, step)
    if path.suffix == ".keras":
        from ganapps.engine.run import load

        return Model(load(path), signature, path.stem)
    if path.is_dir():
        return Given(read_pictures(path), path.name)
    raise GanappsError(
        f"There is nothing to measure at {path}; give a run, a .keras file, a bundle or a picture folder."
    )


def read_pictures(folder: Path) -> np.ndarray:
    """Every picture of a folder and its subfolders, in the order of their paths, uint8 (N, side, side, C).

    Raises:
        GanappsError: there are none, one cannot be read, or their sizes differ: measured pictures must all count.
    """
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    if not paths:
        raise GanappsError(f"{folder} holds no pictures, no run and no bundle, so there is nothing to measure.")
    try:
        heads = {path: header(path) for path in paths}
        sizes = {(head.width, head.height) for head in heads.values()}
        if len(sizes) > 1:
            raise GanappsError(f"The pictures in {folder} have {len(sizes)} sizes; bring them to one before measuring.")
        channels = 1 if all(head.grey for head in heads.values()) else 3
        return np.stack([read(path, min(*next(iter(sizes))), channels) for path in paths])
    except BadPicture as error:
        raise GanappsError(f"A picture in {folder} cannot be read ({error}); remove it or save it again.") from error
