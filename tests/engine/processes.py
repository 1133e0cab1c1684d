"""Real `ganapps` processes for the tests of resuming and of several machines."""

import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import h5py
import numpy as np

PATIENCE = 400.0  # seconds, on a busy machine

TINY = {
    "gan": "--data ring --preset bed --units 16 --batch-size 8",
    "wgan-gp": "--data ring --preset bed --features 16 --batch-size 8",
    "dcgan": "--data digits --resolution 16 --features 4 --batch-size 4",
    "acgan": "--data digits --resolution 16 --width 8 --features 2 --batch-size 4",
    "cyclegan": "--data earth:a=map,b=satellite,unpaired --resolution 32 --features 4 --blocks 1 --depth 1"
    " --pool-size 4 --batch-size 1",
}


def start(*arguments: str, **environment: str) -> subprocess.Popen:
    """``python -m ganapps`` with both outputs in one pipe."""
    variables = {**os.environ, "CUDA_VISIBLE_DEVICES": "", **environment}
    command = [sys.executable, "-m", "ganapps", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=variables)


def fit(game: str, run: Path, *more: str, **environment: str) -> subprocess.Popen:
    """``ganapps fit`` of a tiny game; samples only at both ends."""
    return start("fit", game, *TINY[game].split(), "--sample-every", "100", "--name", str(run), *more, **environment)


def ended(process: subprocess.Popen) -> str:
    """Wait for the process; its words. It must have ended well."""
    try:
        words, _ = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        raise AssertionError(f"Not done after {PATIENCE} s: {process.communicate()[0]}") from None
    assert process.returncode == 0, words
    return words


def wait_for(condition: Callable[[], bool], process: subprocess.Popen) -> None:
    """Until it holds; the process must live that long."""
    limit = time.monotonic() + PATIENCE
    while not condition():
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < limit
        time.sleep(0.002)


def newest(run: Path) -> dict[str, np.ndarray]:
    """The arrays of the newest checkpoint."""
    with np.load(max((run / "checkpoints").glob("step-*.npz"))) as file:
        return {name: file[name] for name in file.files}


def saved_weights(run: Path) -> dict[str, np.ndarray]:
    """Every array in ``model.keras``: weights, averages, optimisers."""
    found: dict[str, np.ndarray] = {}
    with zipfile.ZipFile(run / "model.keras") as archive, h5py.File(BytesIO(archive.read("model.weights.h5"))) as file:
        file.visititems(lambda name, item: found.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None)
    return found


def rows(run: Path) -> list[dict]:
    """The lines of ``metrics.jsonl`` without the clock."""
    found = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    return [{name: value for name, value in row.items() if "seconds" not in name} for row in found]


def assert_same_arrays(one: dict[str, np.ndarray], two: dict[str, np.ndarray], atol: float = 0.0) -> None:
    """Bit for bit, or to ``atol``."""
    assert one and one.keys() == two.keys()
    for name, array in one.items():
        if atol:
            np.testing.assert_allclose(array, two[name], rtol=0, atol=atol, err_msg=name)
        else:
            assert array.tobytes() == two[name].tobytes(), name
