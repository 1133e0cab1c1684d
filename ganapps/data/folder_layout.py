"""How a folder of pictures is understood. The rules, first match wins; an option sets the answer instead:

1. Only ``train`` and ``test`` (or ``val``, ``valid``, ``validation``) as subfolders: those are the splits, and the
   rules below hold inside each. In every other layout a hash of its name decides which tenth of the rows is held out.
2. Two domains: ``trainA`` and ``trainB`` (with ``testA`` and ``testB``, if there), or ``A`` and ``B``, in any case of
   letters. They are unpaired, unless a file called ``paired`` lies beside them (option ``pairs``): then files of the
   same name, whatever their suffix, belong together.
3. A table of attributes in the folder (option ``attributes=FILE``): see ``attribute_table``.
4. No picture in the folder itself, but files in two subfolders or more: one class a subfolder, in order of name
   (option ``classes``).
5. Otherwise all pictures in the folder and below it, without labels (option ``flat``).

Pictures that show two domains side by side look like any other: only option ``side_by_side`` tells them apart. Hidden
files are passed over.
"""

import hashlib
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ganapps.data.attribute_table import NAMES, read_table
from ganapps.data.pictures import SUFFIXES
from ganapps.errors import GanappsError

TRAIN = ("train",)
TEST = ("test", "val", "valid", "validation")
MARKER = "paired"
HELD_OUT = 0.1
KINDS = ("flat", "classes", "attributes", "unpaired", "pairs", "side_by_side")


@dataclass(frozen=True)
class Row:
    """One row: ``key`` names it, ``pictures`` are files with the part to use, ``value`` is its label or attributes."""

    key: str
    pictures: tuple[tuple[Path, str], ...]
    value: int | tuple[int, ...] | None = None


@dataclass
class Layout:
    """What a folder holds: its kind, the rows of each stream, and the names behind labels or attributes."""

    kind: str
    rows: dict[str, list[Row]]
    classes: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    skipped: list[str] = field(default_factory=list)


def find_layout(root: Path, split: str, kind: str | None = None, table: str | None = None) -> Layout:
    """Applies the rules to the folder ``root`` for one split.

    Args:
        root: the folder.
        split: "train" or "test".
        kind: one of ``KINDS`` to set the answer, None to find it.
        table: path of the attribute table, from ``root`` or absolute; for ``kind`` "attributes", None to find it.

    Raises:
        GanappsError: there is no such folder, or it does not have the layout that ``kind`` says.
    """
    if not root.is_dir():
        raise GanappsError(f"{root} is not a folder.")
    base, held = _base(root, split)
    domains = _domains(base, split)
    if kind in (None, "unpaired", "pairs") and domains:
        marked = (base / MARKER).exists() or (root / MARKER).exists()
        layout = _two_domains(*domains, kind or ("pairs" if marked else "unpaired"))
        held = held or _has_test_domains(base)
    elif kind in ("unpaired", "pairs"):
        raise GanappsError(f"{root} has no folders A and B (or trainA and trainB) to be the two domains.")
    elif kind == "side_by_side":
        layout = Layout(kind, {"main": [Row(key, ((path, "left"), (path, "right"))) for key, path in _files(base)]})
    elif kind == "attributes" or (kind is None and _table(base, root)):
        layout = _attributes(base, root, table)
    elif kind == "classes" or (kind is None and _looks_like_classes(base)):
        layout = _classes(base, _base(root, "train")[0])
    else:
        layout = Layout("flat", {"main": [Row(key, ((path, "whole"),)) for key, path in _files(base)]})
    if not held:
        layout.rows = {stream: carve(rows, split) for stream, rows in layout.rows.items()}
    return layout


def carve(rows: list[Row], split: str) -> list[Row]:
    """The rows of one split: those whose hashed key falls into the lowest tenth are the test split.

    A row never changes sides when others come or go; only where a split would be empty is one row moved there.
    """
    scores = {row.key: _score(row.key) for row in rows}
    limit = HELD_OUT
    if len(rows) > 1:
        ordered = sorted(scores.values())
        limit = min(max(limit, math.nextafter(ordered[0], 1.0)), ordered[-1])
    return [row for row in rows if (scores[row.key] < limit) == (split == "test")]


def _score(key: str) -> float:
    digest = hashlib.blake2b(os.fsencode(key), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def _folders(folder: Path) -> list[Path]:
    try:
        return sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith((".", "__MACOSX")))
    except OSError as error:
        raise GanappsError(f"{folder} cannot be read ({error.strerror}).") from error


def _named(folder: Path, names: Sequence[str]) -> Path | None:
    found = {path.name.lower(): path for path in _folders(folder)}
    return next((found[name] for name in names if name in found), None)


def _files(folder: Path) -> list[tuple[str, Path]]:
    """All visible files under a folder with their names from there, in the same order on every machine."""
    found = []
    for place, inner, names in os.walk(folder):
        inner[:] = [name for name in inner if not name.startswith((".", "__MACOSX"))]
        paths = [Path(place, name) for name in names if not name.startswith(".")]
        found += [(path.relative_to(folder).as_posix(), path) for path in paths if path.is_file()]
    return sorted(found)


def _base(root: Path, split: str) -> tuple[Path, bool]:
    """The folder in which a split lies, and whether the other split lies elsewhere."""
    names = [path.name.lower() for path in _folders(root)]
    if "train" not in names or not set(names) <= {*TRAIN, *TEST}:
        return root, False
    test = _named(root, TEST)
    train = _named(root, TRAIN)
    return (test if split == "test" and test else train or root), test is not None


def _domains(base: Path, split: str) -> tuple[Path, Path] | None:
    prefixes = (TEST if split == "test" else ()) + TRAIN + ("",)
    pairs = ((_named(base, [f"{prefix}a"]), _named(base, [f"{prefix}b"])) for prefix in prefixes)
    return next(((a, b) for a, b in pairs if a and b), None)


def _has_test_domains(base: Path) -> bool:
    return any(_named(base, [f"{name}a"]) and _named(base, [f"{name}b"]) for name in TEST)


def _two_domains(a: Path, b: Path, kind: str) -> Layout:
    files = {"a": _files(a), "b": _files(b)}
    if kind == "unpaired":
        alone = {side: [Row(key, ((path, "whole"),)) for key, path in found] for side, found in files.items()}
        return Layout(kind, alone)
    stems = {side: {os.path.splitext(key)[0]: path for key, path in found} for side, found in files.items()}
    both = sorted(stems["a"].keys() & stems["b"].keys())
    unmatched = [
        f"{folder.name}/{stems[side][stem].relative_to(folder).as_posix()}: no partner in {other.name}"
        for side, folder, other in (("a", a, b), ("b", b, a))
        for stem in sorted(stems[side].keys() - set(both))
    ]
    rows = [Row(stem, ((stems["a"][stem], "whole"), (stems["b"][stem], "whole"))) for stem in both]
    return Layout(kind, {"main": rows}, skipped=unmatched)


def _table(base: Path, root: Path) -> Path | None:
    return next((folder / name for folder in (base, root) for name in NAMES if (folder / name).is_file()), None)


def _attributes(base: Path, root: Path, named: str | None) -> Layout:
    path = root / Path(named).expanduser() if named else _table(base, root)
    if path is None or not path.is_file():
        raise GanappsError(f"{root} has no table of attributes; call it {NAMES[0]} or write attributes=FILE.")
    table = read_table(path)
    files = {key: file for key, file in _files(base) if file != path and file.name not in NAMES}
    by_name = {file.name: key for key, file in files.items()}
    rows, unlisted, missing = [], set(files), []
    for name, values in table.rows.items():
        key = name if name in files else by_name.get(name)
        if key is None:
            missing.append(f"{name}: in {path.name}, but no such file")
        else:
            unlisted.discard(key)
            rows.append(Row(key, ((files[key], "whole"),), values))
    skipped = [*table.problems, *missing, *(f"{key}: not in {path.name}" for key in sorted(unlisted))]
    return Layout("attributes", {"main": sorted(rows, key=lambda row: row.key)}, (), table.attributes, skipped)


def _looks_like_classes(base: Path) -> bool:
    if any(path.suffix.lower() in SUFFIXES for path in base.iterdir() if path.is_file()):
        return False
    return sum(bool(_files(folder)) for folder in _folders(base)) >= 2


def _classes(base: Path, train: Path) -> Layout:
    names = tuple(folder.name for folder in _folders(train) if _files(folder))
    rows = []
    for label, name in enumerate(names):
        rows += [Row(f"{name}/{key}", ((path, "whole"),), label) for key, path in _files(base / name)]
    strange = [f"{folder.name}: no such class in {train.name}" for folder in _folders(base) if folder.name not in names]
    return Layout("classes", {"main": rows}, names, skipped=strange)
