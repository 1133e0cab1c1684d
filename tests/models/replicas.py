"""The comparison of one device and two, each game in a process of its own.

Models that share a process share, and mix up, their collective reductions. The processes are forked from one that has
imported TensorFlow and not used it yet: importing it anew takes longer than most of the comparisons.
"""

import importlib
import multiprocessing
import sys
import traceback
from pathlib import Path

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.conftest", "tests.models.harness"])


def compare(module: str, name: str, log: Path) -> int:
    """Run a test class's ``compare_replicas``; 0 when it holds, else what went wrong stands in ``log``."""
    process = CONTEXT.Process(target=_compare, args=(module, name, log))
    process.start()
    process.join()
    return process.exitcode or 0


def _compare(module: str, name: str, log: Path) -> None:
    try:
        getattr(importlib.import_module(module), name)().compare_replicas()
    except BaseException:
        log.write_text(traceback.format_exc())
        sys.exit(1)
