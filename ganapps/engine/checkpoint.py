"""Checkpoints: everything the next step depends on, in one file that is whole or absent.

The data's position and the step's noise are functions of the seed and the step, so the step stands for both.
"""

import re
import zipfile
from pathlib import Path
from typing import Any

import keras
import numpy as np

from ganapps.engine.files import write_atomic
from ganapps.errors import GanappsError

KEEP = 2  # the newest, and the one before it in case the newest is damaged


def state(model: Any) -> dict[str, keras.Variable]:
    """All variables of a compiled model by their place: weights, averages, pools, seeds, all optimisers, the step.

    Not by name: Keras numbers names on through a process, so a model built second has others.
    """
    variables = [*model.variables, *model.optimizer.variables]
    return {f"{i:04d}": v for i, v in enumerate(variables)}


def save(folder: Path, model: Any, step: int) -> Path:
    """Write ``step-<n>.npz`` and drop all but the newest two."""
    model.sync()
    arrays = {name: keras.ops.convert_to_numpy(v.value) for name, v in state(model).items()}
    path = folder / f"step-{step:08d}.npz"

    def write(aside: Path) -> None:
        with open(aside, "wb") as file:
            np.savez(file, **arrays)

    write_atomic(path, write)
    for old in steps(folder)[:-KEEP]:
        (folder / f"step-{old:08d}.npz").unlink()
    return path


def steps(folder: Path) -> list[int]:
    """The steps of which there is a checkpoint, ascending."""
    found = (re.fullmatch(r"step-(\d+)\.npz", path.name) for path in folder.glob("step-*.npz"))
    return sorted(int(match[1]) for match in found if match)


def restore(folder: Path, model: Any) -> tuple[int, list[str]]:
    """Load the newest checkpoint that is whole.

    Returns:
        Its step, and a sentence for each damaged one that was passed over.

    Raises:
        GanappsError: when there are checkpoints but none can be read, or they belong to another model.
    """
    damaged: list[str] = []
    for step in reversed(steps(folder)):
        path = folder / f"step-{step:08d}.npz"
        try:
            with np.load(path) as file:
                arrays = {name: file[name] for name in file.files}  # reading checks each array's CRC
        except (zipfile.BadZipFile, ValueError, EOFError, OSError, KeyError):
            damaged.append(f"The checkpoint {path} is damaged; going on from the one before it.")
            continue
        _assign(path, state(model), arrays)
        return step, damaged
    if damaged:
        raise GanappsError(
            f"No checkpoint in {folder} can be read: all are damaged. Start the run again under another name."
        )
    return 0, []


def _assign(path: Path, variables: dict[str, keras.Variable], arrays: dict[str, np.ndarray]) -> None:
    shapes = {name: tuple(v.shape) for name, v in variables.items()}
    if shapes != {name: array.shape for name, array in arrays.items()}:
        raise GanappsError(
            f"The checkpoint {path} belongs to a model of other sizes than run.json says; one of them was changed."
        )
    for name, variable in variables.items():
        variable.assign(arrays[name])
