"""A player whose gate is shut does not move: neither its weights nor anything its optimiser remembers."""

import json
import os
import subprocess
import sys

import pytest

from tests.engine.gated import walks


def held(found: dict[str, list[list[str]]]) -> None:
    for name, (gated, without) in found.items():
        assert len(gated) >= 5, "weights, step count, learning rate, slots"
        assert gated == without, f"{name}: the shut batches left a trace"


def test_a_shut_gate_leaves_no_trace():
    held(walks())


def test_a_shut_gate_leaves_no_trace_on_jax():
    pytest.importorskip("jax")
    done = subprocess.run(
        [sys.executable, "-m", "tests.engine.gated"],
        env={**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    held(json.loads(done.stdout.splitlines()[-1]))
