"""A run is a folder: what was asked for, how it went, and what came out."""

import json
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras
from filelock import FileLock, Timeout

from ganapps import registry
from ganapps.engine.files import write_text
from ganapps.engine.strategy import is_chief
from ganapps.errors import GanappsError, nearest


@dataclass
class Settings:
    """What ``run.json`` holds: everything that makes the run again."""

    model: str
    config: dict[str, Any]
    data: str
    steps: int
    batch_size: int
    preset: str = "paper"
    seed: int = 0
    ema: float = 0.0
    flip: bool = False
    precision: str = "float32"
    strategy: str = "one"
    jit: bool = False
    backend: str = "tensorflow"
    sample_every: int = 0
    checkpoint_every: int = 0
    command: str = ""
    created: str = ""
    versions: dict[str, str] = field(default_factory=dict)


class RunFolder:
    """Names the files of a run. ``create`` makes a new one, ``open`` finds one that exists."""

    def __init__(self, path: Path, settings: Settings) -> None:
        self.path, self.settings = path, settings
        self.checkpoints, self.samples = path / "checkpoints", path / "samples"
        self.metrics, self.model = path / "metrics.jsonl", path / "model.keras"

    @classmethod
    def create(cls, path: Path, settings: Settings) -> "RunFolder":
        """Make the folder and write ``run.json``.

        Raises:
            GanappsError: when a run of that name exists, or the folder cannot be made.
        """
        # Of several machines only the first writes. The others may find its run.json, but no checkpoint before they join.
        chief = is_chief()
        if (path / ("run.json" if chief else "checkpoints")).exists():
            raise GanappsError(
                f"There is a run in {path} already. Go on with `ganapps resume {path}`, or choose another --name."
            )
        if chief:
            write_text(path / "run.json", json.dumps(asdict(settings), indent=2) + "\n")
        return cls(path, settings)

    @classmethod
    def open(cls, path: Path) -> "RunFolder":
        """The run in a folder.

        Raises:
            GanappsError: when there is none, or ``run.json`` cannot be read; near names are offered.
        """
        file = path / "run.json"
        if not file.exists():
            others = [str(other.parent) for other in path.parent.glob("*/run.json")]
            raise GanappsError(f"{path} is no run: it has no run.json.{nearest(str(path), others)}")
        try:
            return cls(path, Settings(**json.loads(file.read_text(encoding="utf-8"))))
        except (ValueError, TypeError) as error:
            raise GanappsError(f"{file} is damaged ({error}); it must be the JSON that `ganapps fit` wrote.") from None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other processes from training here, which would mix both runs' files; a kill lets go too.

        Raises:
            GanappsError: when another process trains here.
        """
        lock = FileLock(self.path / ".lock")
        try:
            lock.acquire(blocking=False)
        except Timeout:
            raise GanappsError(f"Another process is training in {self.path}: let it end, or stop it.") from None
        try:
            yield
        finally:
            lock.release()

    def log(self, row: dict[str, Any]) -> None:
        """Append a line to ``metrics.jsonl``."""
        with open(self.metrics, "a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")

    def rows(self) -> list[dict[str, Any]]:
        """The lines of ``metrics.jsonl``; one that a kill cut short is left out."""
        if not self.metrics.exists():
            return []
        rows = []
        for line in self.metrics.read_text(encoding="utf-8").splitlines():
            try:
                rows.append(json.loads(line))
            except ValueError:
                continue
        return rows

    def rewind(self, step: int) -> dict[str, float]:
        """Forget what was recorded after ``step`` and what a kill left half written; returns the last record left."""
        for aside in (*self.path.glob(".*.keras"), *self.checkpoints.glob(".*.npz")):
            aside.unlink()
        rows = [row for row in self.rows() if row["step"] <= step]
        write_text(self.metrics, "".join(json.dumps(row) + "\n" for row in rows))
        return rows[-1] if rows else {}


def versions() -> dict[str, str]:
    """What the run was made with."""
    packages = {name: version(name) for name in ("ganapps", "keras", "tensorflow", "numpy")}
    if keras.backend.backend() == "jax":
        packages["jax"] = version("jax")
    return {"python": platform.python_version(), **packages}


def load(path: str | Path) -> Any:
    """The trained model of a run folder, or of a ``.keras`` file.

    An unfinished run gives the model of its newest checkpoint.

    Raises:
        GanappsError: when there is nothing to load, or the file is damaged.
    """
    path = Path(path)
    cure = ""
    if path.is_dir():
        run = RunFolder.open(path)
        registry.get(run.settings.model).load()
        if not run.model.exists():
            return from_checkpoint(run)
        cure = f" `ganapps resume {path}` writes it anew from the last checkpoint."
        path = run.model
    elif not path.exists():
        raise GanappsError(f"There is no {path}: give a run folder (runs/NAME) or a .keras file.")
    else:
        for entry in registry.entries().values():
            entry.load()  # the classes must be known before Keras can build one
    try:
        return keras.models.load_model(path)
    except Exception as error:  # Keras raises whatever its readers raise
        raise GanappsError(
            f"{path} cannot be loaded ({type(error).__name__}: {str(error).splitlines()[0]}); is it damaged?{cure}"
        ) from error


def from_checkpoint(run: RunFolder) -> Any:
    """The model of an unfinished run, at its newest checkpoint."""
    from ganapps.engine import checkpoint

    if not checkpoint.steps(run.checkpoints):
        raise GanappsError(f"{run.path} has no model yet: go on with `ganapps resume {run.path}`.")
    model = registry.get(run.settings.model).load()(**run.settings.config)
    model.compile(steps=run.settings.steps, ema=run.settings.ema)
    checkpoint.restore(run.checkpoints, model)
    return model
