"""Finding what the user points at: a run folder, a model file, an edge bundle."""

import os
from pathlib import Path
from typing import Any, Literal

import click

from ganapps.errors import GanappsError, UsageError, nearest

Kind = Literal["run", "model", "bundle", "pictures"]


class Place(click.ParamType):
    """A path, or the bare name of a run in `runs/`. Something must be there."""

    name = "path"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        if isinstance(value, Path) or Path(value).exists():
            return Path(value)
        if (run := Path("runs") / value).exists():
            return run
        near = [str(path) for path in (*Path("runs").glob("*"), *(Path(value).parent.glob("*")))]
        close = nearest(value, near) or nearest(str(run), near)
        raise click.UsageError(f"There is nothing at '{value}'.{close}", ctx)


PLACE = Place()


def kind(path: Path) -> Kind:
    """What stands at a path: a run folder (run.json), a ``.keras`` model, an edge bundle (card.json), or other files.

    Raises:
        GanappsError: an export folder that holds several bundles.
    """
    if path.suffix == ".keras":
        return "model"
    for file, what in (("run.json", "run"), ("card.json", "bundle")):
        if (path / file).is_file():
            return what  # type: ignore[return-value]
    inside = sorted(str(card.parent) for card in path.glob("*/card.json"))
    if inside:
        raise GanappsError(f"{path} holds {len(inside)} bundles: choose one of {', '.join(inside)}.")
    return "pictures"


def trained(path: Path) -> Kind:
    """`kind` of a path that must hold a model.

    Raises:
        UsageError: it holds none.
    """
    found = kind(path)
    if found == "pictures":
        raise UsageError(f"{path} is neither a run (run.json), a .keras model nor an edge bundle (card.json).")
    return found


def use_backend(name: str | None, run: Path | None = None) -> None:
    """Choose the Keras backend before Keras is imported: the one asked for, else that of the run, else what is set.

    Raises:
        GanappsError: JAX is asked for and not installed.
    """
    if name is None and run is not None and (run / "run.json").is_file():
        from ganapps.engine.report import read_settings

        name = read_settings(run)["backend"]
    name = name or os.environ.get("KERAS_BACKEND", "tensorflow")
    if name == "jax":
        from importlib.util import find_spec

        if find_spec("jax") is None:
            raise GanappsError("JAX is not installed: pip install 'ganapps[jax]', or choose --backend tensorflow.")
    os.environ["KERAS_BACKEND"] = name


def listed(inputs: tuple[Path, ...], out: Path | None = None) -> list[Path]:
    """The files themselves, and those in the folders that have a picture's suffix; their results may go to a folder ``out``.

    Raises:
        GanappsError: there are none, or two would be written to one name, or one to where it lies itself.
    """
    from ganapps.data.pictures import SUFFIXES

    found: list[Path] = []
    for path in inputs:
        inside = sorted(path.iterdir()) if path.is_dir() else []
        found += [file for file in inside if file.suffix.lower() in SUFFIXES] if path.is_dir() else [path]
    if not found:
        raise GanappsError(f"There are no pictures in {', '.join(map(str, inputs))}.")
    names: dict[str, Path] = {}
    for file in found:
        if file.stem in names:
            raise GanappsError(f"{file} and {names[file.stem]} would both become {file.stem}.png: do them apart.")
        if out and (out / f"{file.stem}.png").resolve() == file.resolve():
            raise GanappsError(f"{file} would be overwritten by its own result: give another folder with --out.")
        names[file.stem] = file
    return found
