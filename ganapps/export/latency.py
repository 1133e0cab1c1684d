"""Median latency of a bundle's files on this machine, measured in a process that holds nothing else.

TensorFlow's thread pools slow every engine down that shares a process with them.
"""

import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from ganapps.edge import Runner, read_card

ROUNDS, SECONDS = 30, 10.0


def measure(folder: Path) -> dict[str, dict[str, float]]:
    """Milliseconds for one item, by file and by number of threads ("1", "2"), of the bundle in that folder."""
    command = [sys.executable, "-m", "ganapps.export.latency", str(folder.resolve())]
    root = Path(__file__).parents[2]
    result = subprocess.run(command, cwd=root, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(result.stdout.splitlines()[-1])


def machine() -> str:
    """The machine in words: ``"Linux x86_64, 2 cores"``."""
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"


def typical_inputs(card: dict[str, Any]) -> dict[str, np.ndarray]:
    """One item of seeded noise for every input of a card."""
    generator = np.random.default_rng(0)
    draw = {
        "image": lambda shape: generator.integers(0, 256, shape, np.uint8),
        "label": lambda shape: np.zeros(shape, np.int32),
        "latent": lambda shape: generator.standard_normal(shape, np.float32),
        "attributes": lambda shape: generator.integers(0, 2, shape).astype(np.float32),
    }
    return {name: draw[spec["kind"]](spec["shape"]) for name, spec in card["inputs"].items()}


def main(folder: Path) -> None:
    """Print the medians as JSON. Files and thread numbers take turns, so that a busy moment meets them all."""
    card = read_card(folder)
    inputs = typical_inputs(card)
    runners = {(file, threads): Runner(card, folder / file, threads) for file in card["files"] for threads in (1, 2)}
    for runner in runners.values():
        runner.run(**inputs)
    times: dict[tuple[str, int], list[float]] = {key: [] for key in runners}
    start = time.perf_counter()
    for turn in range(ROUNDS):
        for key, runner in runners.items():
            begin = time.perf_counter()
            runner.run(**inputs)
            times[key].append(1e3 * (time.perf_counter() - begin))
        if turn >= 4 and time.perf_counter() - start > SECONDS:
            break
    medians: dict[str, dict[str, float]] = {file: {} for file in card["files"]}
    for (file, threads), values in times.items():
        medians[file][str(threads)] = round(float(np.median(values)), 3)
    print(json.dumps(medians))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
