"""Sets of faces drawn once, by as many processes as there are cores, and kept in the cache."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

import ganapps
from ganapps.data.cache import cache_folder
from ganapps.data.faces.vocabulary import draw_choices
from ganapps.data.faces.worker import FACES, draw, draw_rows
from ganapps.errors import GanappsError

# Part of the name of the cache folder: to be raised when the same numbers draw other pictures.
EDITION = 1
ROWS_WORTH_A_PROCESS = 150


def draw_people(count: int, tests: int, seed: int) -> dict[str, dict[str, np.ndarray]]:
    """Who is in the splits: ``choices`` int32 (n, 12), all different, and ``identity`` int32 (n,)."""
    everyone = count + tests
    choices = draw_choices(everyone, seed)
    identities = np.random.default_rng([seed, 1]).integers(2**31, size=everyone)
    people = {"choices": choices, "identity": identities.astype(np.int32)}
    return {
        "train": {name: values[:count] for name, values in people.items()},
        "test": {name: values[count:] for name, values in people.items()},
    }


def drawn(kind: str, people: dict[str, np.ndarray], side: int, name: str) -> dict[str, np.ndarray]:
    """The arrays of ``kind`` (see ``worker.draw``) for these people, memory-mapped; drawn when the cache lacks them.

    Args:
        kind: "faces" or the name of a second style.
        people: as from ``draw_people``.
        side: of the pictures, in pixels.
        name: of the set within the cache, the same for the same people.

    Raises:
        GanappsError: the cache cannot be written, or a process that draws fails.
    """
    folder = cache_folder() / f"faces-{EDITION}" / name / f"{kind}-{side}px"
    if not folder.exists():
        _build(folder, kind, people, side)
    return {path.stem: np.load(path, mmap_mode="r") for path in sorted(folder.glob("*.npy"))}


def _build(folder: Path, kind: str, people: dict[str, np.ndarray], side: int) -> None:
    """Everything is drawn into a folder aside; it gets its name when it is complete."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f"{folder.name}-", suffix=".part"))
    except OSError as error:
        raise GanappsError(
            f"The cache folder {folder.parent} cannot be written ({error.strerror}); set GANAPPS_CACHE to one that can."
        ) from error
    try:
        count = len(people["choices"])
        for name, values in people.items():
            np.save(aside / f"{name}.npy", values)
        example = draw(kind, people["choices"][0], int(people["identity"][0]), side)
        for name, value in example.items():
            shape = (count, *value.shape)
            np.lib.format.open_memmap(aside / f"{name}.npy", mode="w+", dtype=value.dtype, shape=shape)
        _draw_all(aside, kind, side, count)
        _check(aside, "image" if kind == FACES else kind)
        if not folder.exists():
            aside.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _draw_all(aside: Path, kind: str, side: int, count: int) -> None:
    processes = min(os.cpu_count() or 1, count // ROWS_WORTH_A_PROCESS)
    report = _progress(f"faces: {kind} at {side} px", count)
    if processes > 1:
        _in_processes(aside, kind, side, processes, report)
    else:
        draw_rows(aside, kind, side, 0, 1, report)


def _progress(what: str, count: int) -> Callable[[int], None]:
    """Takes news of rows done; a line that counts up on a terminal, a line for every tenth elsewhere."""
    terminal = sys.stderr.isatty()
    done = 0

    def report(rows: int) -> None:
        nonlocal done
        tenths, done = 10 * done // count, done + rows
        line = f"{what}, {done:,} of {count:,} drawn"
        if terminal:
            print(f"\r{line}", end="\n" if done == count else "", file=sys.stderr, flush=True)
        elif 10 * done // count > tenths:
            print(line, file=sys.stderr, flush=True)

    return report


def _in_processes(aside: Path, kind: str, side: int, processes: int, report: Callable[[int], None]) -> None:
    """Interpreters of their own rather than forks: TensorFlow may be running here, and a script need have no main."""
    source = str(Path(ganapps.__file__).parents[1])
    paths = os.pathsep.join([source, *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = os.environ | {"PYTHONPATH": paths, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "ganapps.data.faces.worker", str(aside), kind, str(side)]
    reading, writing = os.pipe()
    workers: list[subprocess.Popen[bytes]] = []
    with os.fdopen(reading) as lines, tempfile.TemporaryFile() as complaints:
        try:
            for first in range(processes):
                numbers = [str(first), str(processes)]
                workers.append(
                    subprocess.Popen([*command, *numbers], stdout=writing, stderr=complaints, env=environment)
                )
            os.close(writing)
            for line in lines:
                report(int(line))
            failed = any([worker.wait() for worker in workers])
        finally:
            for worker in workers:
                worker.kill()
                worker.wait()
        if failed:
            complaints.seek(0)
            said = complaints.read().decode(errors="replace").strip().splitlines() or ["it was killed"]
            raise GanappsError(f"A process that draws the faces failed: {said[-1]}.")


def _check(aside: Path, picture: str) -> None:
    """Pictures that are all alike mean that resvg was misled, which it does not report."""
    first = np.load(aside / f"{picture}.npy", mmap_mode="r")[:64]
    if len(np.unique(first.reshape(len(first), -1), axis=0)) < len(first):
        raise GanappsError(
            f"Different faces were drawn alike in '{picture}': resvg 0.2 is needed, pip install 'resvg<0.3'."
        )
