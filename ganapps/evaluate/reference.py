"""The real side of an evaluation: two disjoint halves of a data set, drawn by seed, pictures as uint8."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ganapps.data import catalogue
from ganapps.data.source import Source, from_model_range
from ganapps.errors import GanappsError
from ganapps.evaluate.pictures import given

Rows = dict[str, np.ndarray]
CHUNK = 256


@dataclass(frozen=True)
class Reference:
    """A data set opened for measuring.

    Args:
        name: the spec, or "arrays".
        split: which part of the data set.
        source: rows by number; of arrays, a mapping of fields, whose rows belong together when they are equally many.
        paired: whether row i of ``a`` and of ``b`` show the same thing.
        bed: the truth of a 2-D bed, else None.
    """

    name: str
    split: str
    source: Source | Rows
    paired: bool
    bed: Any

    @property
    def streams(self) -> dict[str, int]:
        if isinstance(self.source, Source):
            return self.source.streams
        sizes = {name: len(array) for name, array in self.source.items()}
        return sizes if len(set(sizes.values())) > 1 else {"main": next(iter(sizes.values()))}

    @property
    def size(self) -> int:
        """Rows of the smallest stream."""
        return min(self.streams.values())

    @property
    def fields(self) -> set[str]:
        return set(self.source.info.fields if isinstance(self.source, Source) else self.source)

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes; empty for arrays."""
        return self.source.info.classes if isinstance(self.source, Source) else ()

    @property
    def attributes(self) -> tuple[str, ...]:
        """Names of the attributes; empty for arrays."""
        return self.source.info.attributes if isinstance(self.source, Source) else ()

    @property
    def base(self) -> str:
        """The data set's name without options."""
        return self.name.partition(":")[0]

    def halves(self, n: int, seed: int, fields: set[str]) -> tuple[Rows, Rows]:
        """Two disjoint draws of n rows each; the second has what is left when there are fewer than 2 n.

        The same seed draws the same rows, so scores of different models are measured on the same reals. Only
        ``fields`` are given, as far as they are there.
        """
        first: Rows = {}
        second: Rows = {}
        for number, (stream, size) in enumerate(sorted(self.streams.items())):
            order = np.random.default_rng((seed, 1 + number)).permutation(size)
            first |= self._take(stream, order[:n], fields)
            second |= self._take(stream, order[n : 2 * n], fields)
        return first, second

    def _take(self, stream: str, rows: np.ndarray, fields: set[str]) -> Rows:
        if isinstance(self.source, Source):
            return take_uint8(self.source, stream, rows, fields)
        chosen = {name: array for name, array in self.source.items() if stream in (name, "main") and name in fields}
        return {name: array[rows] for name, array in chosen.items()}


def take_uint8(source: Source, stream: str, rows: np.ndarray, fields: set[str]) -> Rows:
    """Some fields of some rows, pictures as uint8; chunk by chunk, because as floats they take four times as much."""
    parts: dict[str, list[np.ndarray]] = {}
    for chunk in np.split(rows, range(CHUNK, len(rows), CHUNK)):
        for name, array in source.take(stream, chunk).items():
            if name in fields:
                picture = array.ndim == 4 and array.dtype == np.float32
                parts.setdefault(name, []).append(from_model_range(array) if picture else array)
    return {name: np.concatenate(part) for name, part in parts.items()}


def open_reference(
    against: str | Source | np.ndarray | Rows, split: str, resolution: int | None, channels: int | None
) -> Reference:
    """Open what is real.

    Args:
        against: a catalogue spec, an open source, uint8 or [-1, 1] pictures (N, H, W, C), points (N, 2), or fields by
            name (``image``, ``a``, ``b``, ``label`` ...), where ``a`` and ``b`` of equal length are pairs.
        split: of a catalogue spec.
        resolution: to which its pictures are brought; None leaves them.
        channels: likewise.

    Raises:
        GanappsError: nothing to measure against.
    """
    if isinstance(against, str):
        points = "point" in catalogue.describe(against).fields
        asked = (None, None) if points else (resolution, channels)
        return _of_source(catalogue.open(against, split, *asked), against, split)
    if isinstance(against, Source):
        return _of_source(against, against.info.name, split)
    fields = against if isinstance(against, dict) else {"point" if against.ndim == 2 else "image": against}
    if not all(len(array) for array in fields.values()):
        raise GanappsError("The real arrays are empty; give pictures or points to measure against.")
    pictures = {name: given(array) if array.ndim > 2 else array for name, array in fields.items()}
    paired = {"a", "b"} <= set(pictures) and len(pictures["a"]) == len(pictures["b"])
    return Reference("arrays", split, pictures, paired, None)


def _of_source(source: Source, name: str, split: str) -> Reference:
    paired = {"a", "b"} <= set(source.info.fields) and len(source.streams) == 1
    return Reference(name, split, source, paired, getattr(source, "bed", None))
