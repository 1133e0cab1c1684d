"""Where decoded and rendered data sets are kept between runs, and how a file gets there whole or not at all."""

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ganapps.errors import GanappsError


def cache_folder() -> Path:
    """The cache: ``$GANAPPS_CACHE`` when set, else ``ganapps`` in the platform's per-user cache folder."""
    chosen = os.environ.get("GANAPPS_CACHE")
    if chosen:
        return Path(chosen).expanduser()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "ganapps"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "ganapps"
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "ganapps"


def save_arrays(folder: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write ``arrays`` as ``folder/<name>.npy``; each file appears complete or not at all (write aside, rename).

    Raises:
        GanappsError: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, array in arrays.items():
            descriptor, aside = tempfile.mkstemp(dir=folder, prefix=f"{name}-", suffix=".part")
            with os.fdopen(descriptor, "wb") as file:
                np.save(file, array)
            os.replace(aside, folder / f"{name}.npy")
    except OSError as error:
        raise GanappsError(
            f"The cache folder {folder} cannot be written ({error.strerror}); set GANAPPS_CACHE to a folder that can."
        ) from error


def cached_arrays(
    folder: Path, names: tuple[str, ...], build: Callable[[], dict[str, np.ndarray]]
) -> dict[str, np.ndarray]:
    """The arrays ``names`` of ``folder``, memory-mapped; ``build()`` makes and stores them when one is missing."""
    if not all((folder / f"{name}.npy").exists() for name in names):
        save_arrays(folder, build())
    return {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in names}
