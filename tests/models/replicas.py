"""One game's comparison of one device and two: ``python -m tests.models.replicas MODULE CLASS``."""

import importlib
import sys

import tests.conftest  # noqa: F401  sets the environment before TensorFlow starts

if __name__ == "__main__":
    module, name = sys.argv[1:]
    getattr(importlib.import_module(module), name)().compare_replicas()
