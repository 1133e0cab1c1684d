"""ganapps: the GANs of the image-synthesis literature, to read, train, measure and ship.

Importing the package costs nothing: TensorFlow and Keras come in with the first name that needs them.
"""

import os
from importlib import import_module
from typing import Any

# TensorFlow takes oneDNN's kernels by itself only where a processor has AVX-512; with AVX2 alone a step of DCGAN is
# twice as fast with them (docs/distribute.md). TensorFlow reads this when it is imported.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

__all__ = ["Bundle", "__version__", "fit", "load"]
HOMES = {"fit": "ganapps.workflow", "load": "ganapps.workflow", "Bundle": "ganapps.edge"}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return _version()
    if name not in HOMES:
        raise AttributeError(f"module 'ganapps' has no attribute '{name}'")
    return getattr(import_module(HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])


def _version() -> str:
    """The installed version. Reading it takes as long as the rest of `ganapps --help`, so nothing does until asked."""
    from importlib import metadata

    try:
        return metadata.version("ganapps")
    except metadata.PackageNotFoundError:  # run from a checkout that was never installed
        return "0.0.0"
