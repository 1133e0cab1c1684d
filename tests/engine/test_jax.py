"""The games on JAX: the same numbers as on TensorFlow, and runs that TensorFlow reads."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from tests.engine.first_losses import GAMES
from tests.engine.processes import PATIENCE, ended, fit

pytest.importorskip("jax")
#: three steps do not pay for good machine code
QUICK = {"XLA_FLAGS": "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"}


@pytest.fixture(scope="module")
def recorded() -> dict[str, dict]:
    """Backend -> what its process printed."""
    command = [sys.executable, "-m", "tests.engine.first_losses"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    processes = {
        backend: subprocess.Popen(
            command, env={**os.environ, **QUICK, "KERAS_BACKEND": backend, "JAX_PLATFORMS": "cpu"}, **pipes
        )
        for backend in ("tensorflow", "jax")
    }
    found = {}
    for backend, process in processes.items():
        out, err = process.communicate(timeout=2 * PATIENCE)
        assert process.returncode == 0, err
        found[backend] = json.loads(out.splitlines()[-1])
    return found


@pytest.mark.parametrize("game", GAMES)
def test_both_backends_record_the_same(recorded, game):
    ours, theirs = recorded["tensorflow"][game], recorded["jax"][game]
    assert len(ours) == len(theirs) == 3
    for step, tolerance in ((0, 1e-4), (2, 5e-3)):
        assert ours[step].keys() == theirs[step].keys()
        for name in ours[step]:
            if name.endswith("/loss"):
                np.testing.assert_allclose(
                    theirs[step][name], ours[step][name], rtol=tolerance, err_msg=f"{name} {step}"
                )
    assert ours[0] != ours[2], "nothing was trained"


def test_a_run_on_jax_is_read_by_tensorflow(tmp_path):
    run = tmp_path / "run"
    ended(fit("dcgan", run, "--backend", "jax", "--steps", "4", "--ema", "0.9", JAX_PLATFORMS="cpu"))
    assert json.loads((run / "run.json").read_text())["backend"] == "jax"
    from ganapps.engine.run import load

    model = load(run)
    assert int(model.optimizer.iterations) == 4
    images = model.generate(4, seed=0)
    assert images.shape == (4, 16, 16, 1) and np.isfinite(images).all() and images.std() > 0


def test_transposed_convolutions_have_the_gradients_that_jax_finds():
    """First and second ones, for odd and even kernels, strides and every padding."""
    command = [sys.executable, "-m", "tests.engine.transposed"]
    environment = {**os.environ, **QUICK, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert len(found) == 18 and max(found.values()) < 1e-5, found
