"""ganapps: the GANs of the image-synthesis literature, to read, train, measure and ship.

Importing the package costs nothing: TensorFlow and Keras come in with the first name that needs them.
"""

from importlib import import_module, metadata
from typing import Any

try:
    __version__ = metadata.version("ganapps")
except metadata.PackageNotFoundError:  # run from a checkout that was never installed
    __version__ = "0.0.0"

__all__ = ["Bundle", "fit", "load"]
HOMES = {"fit": "ganapps.workflow", "load": "ganapps.workflow", "Bundle": "ganapps.edge"}


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(f"module 'ganapps' has no attribute '{name}'")
    return getattr(import_module(HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *HOMES])
