"""Keeps the start-up talk of native libraries from the user, and nothing else.

TensorFlow, XLA, LiteRT and ONNX Runtime write to file descriptor 2 from C++, in part before any of their settings is
read, so no setting silences them. From the first import of one of them on, that descriptor leads through a small
process that drops lines known to be talk. It is a process, not a thread, so that the last words of a crash still
arrive. Python's own `sys.stderr` keeps the terminal: progress bars and messages do not pass through here.
"""

import os
import re
import sys
from collections.abc import Sequence
from types import ModuleType

NATIVE = {"tensorflow", "jax", "ai_edge_litert", "onnxruntime"}
TALK = re.compile(
    rb"""
    WARNING:\ All\ log\ messages\ before\ absl::InitializeLog   # and what follows it:
    | [IW]\d{4}\ \d\d:\d\d:\d                                   # I0000 00:00:1700000000.5 1234 port.cc:153] ...
    | E\d{4}\ .*Unable\ to\ register\ cu                        # cuBLAS, cuDNN, cuFFT: registered twice, harmless
    | E\d{4}\ .*failed\ call\ to\ cuInit                        # there is no GPU
    | \d{4}-\d\d-\d\d\ \d\d:\d\d:\d\d\.\d+:\ [IW]\ tensorflow
    | To\ enable\ the\ following\ instructions
    | INFO:\ Created\ TensorFlow\ Lite\ XNNPACK
    | '[+-][\w.-]+'\ is\ not\ a\ recognized\ feature            # LLVM on processors newer than itself
    | (\x1b\[[\d;]*m)?[\d\- :.]*\[[IW]:onnxruntime
    """,
    re.VERBOSE,
)


def on_first_import() -> None:
    """Start the filter when the first native library is imported, so that cheap commands do not pay for it."""
    sys.meta_path.insert(0, Watch())


class Watch:
    """A finder for `sys.meta_path` that sees every import and finds nothing itself."""

    def find_spec(self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> None:
        if fullname in NATIVE:
            sys.meta_path.remove(self)
            start()


def start() -> None:
    """Lead descriptor 2 through the filter; `sys.stderr` keeps what it had."""
    import subprocess

    sys.stderr.flush()
    terminal = os.dup(2)
    command = [sys.executable, "-I", "-S", __file__]
    # Its own session: Ctrl-C must stop the training, not the filter that still has to pass on what it says.
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True)
    assert process.stdin is not None
    os.dup2(process.stdin.fileno(), 2)
    process.stdin.close()
    sys.stderr = os.fdopen(terminal, "w", buffering=1, encoding=sys.stderr.encoding, errors="backslashreplace")


if __name__ == "__main__":
    for line in sys.stdin.buffer:
        if not TALK.match(line):
            os.write(2, line)
