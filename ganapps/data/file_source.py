"""Rows of picture files as a source: decoded once into memory when they fit, else each time they are asked for."""

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from ganapps.data.catalogue import DataSet
from ganapps.data.folder_layout import Row
from ganapps.data.pictures import BadPicture, bombs_unannounced, header, read, read_stored
from ganapps.data.source import ArraySource, Rows, Source, hand_out, with_shapes
from ganapps.errors import GanappsError

MEMORY_BUDGET = 2 * 1024**3
CHUNK = 4096
log = logging.getLogger("ganapps")
Result = TypeVar("Result")


@dataclass(frozen=True)
class FileRows:
    """What is to be read: for each stream its rows of files, and the names of the fields their pictures go to.

    ``value`` is the field for the rows' values, ``label`` or ``attributes``, None when they have none. Pictures come
    out at ``resolution`` pixels a side with ``channels`` channels, or, ``stored``, as the grey files' own 16-bit numbers.
    ``skipped`` lists what was left out before.
    """

    info: DataSet
    names: dict[str, tuple[str, ...]]
    rows: dict[str, list[Row]]
    value: str | None
    resolution: int
    channels: int
    skipped: Sequence[str] = ()
    stored: bool = False

    @property
    def dtype(self) -> np.dtype:
        """Of the decoded pictures."""
        return np.dtype(np.uint16 if self.stored else np.uint8)

    def decode(self, row: Row) -> list[np.ndarray]:
        """The pictures of a row; BadPicture when one of them cannot be read."""
        if self.stored:
            return [read_stored(path, self.resolution, part) for path, part in row.pictures]
        return [read(path, self.resolution, self.channels, part) for path, part in row.pictures]

    def values(self, rows: list[Row]) -> Rows:
        """The field of the rows' values, when they have any."""
        if self.value is None:
            return {}
        return {self.value: np.array([row.value for row in rows], self.info.fields[self.value].dtype)}

    def bytes(self) -> int:
        """The memory that all pictures together take."""
        pictures = sum(len(self.names[stream]) * len(rows) for stream, rows in self.rows.items())
        return pictures * self.resolution**2 * self.channels * self.dtype.itemsize


class FileSource(Source):
    """A source that decodes when asked, for sets that do not fit into memory.

    Only the headers of its files have been read. One that turns out to be damaged is replaced by the next whole one,
    always the same, so that a row stays a pure function of its number; it is then named in ``skipped``.
    """

    def __init__(self, files: FileRows):
        self.files = files
        self.streams = {stream: len(rows) for stream, rows in files.rows.items()}
        self.skipped: list[str] = list(files.skipped)
        self.bad: set[tuple[str, str]] = set()
        self.info = files.info
        examples = {stream: self.take(stream, np.zeros(1, np.int64)) for stream in self.streams}
        shapes = {name: value.shape[1:] for example in examples.values() for name, value in example.items()}
        self.info = with_shapes(files.info, shapes)

    def take(self, stream: str, indices: np.ndarray) -> Rows:
        found = [self._whole(stream, int(index)) for index in indices]
        pictures = {
            name: hand_out(np.stack([images[i] for _, images in found]), self.info.fields[name])
            for i, name in enumerate(self.files.names[stream])
        }
        return pictures | self.files.values([row for row, _ in found])

    def _whole(self, stream: str, index: int) -> tuple[Row, list[np.ndarray]]:
        rows = self.files.rows[stream]
        for offset in range(len(rows)):
            row = rows[(index + offset) % len(rows)]
            if (stream, row.key) in self.bad:
                continue
            try:
                return row, self.files.decode(row)
            except BadPicture as error:
                self.bad.add((stream, row.key))
                self.skipped.append(_entry(stream, row, error))
                log.warning("%s: skipped %s", self.info.name, self.skipped[-1])
        raise _nothing(self.info, stream, self.skipped)


def open_files(files: FileRows) -> Source:
    """Opens rows of files, decoded into memory when all pictures together take at most ``MEMORY_BUDGET`` bytes.

    Raises:
        GanappsError: a stream has no row that can be read.
    """
    with bombs_unannounced(), ThreadPoolExecutor(os.cpu_count()) as pool:
        source = _in_memory(files, pool) if files.bytes() <= MEMORY_BUDGET else _on_demand(files, pool)
    if source.skipped:
        total = sum(map(len, files.rows.values())) + len(files.skipped)
        first = "; ".join(source.skipped[:3]) + ("; ..." if len(source.skipped) > 3 else "")
        log.warning("%s: skipped %d of %d files: %s", files.info.name, len(source.skipped), total, first)
    return source


def _in_memory(files: FileRows, pool: ThreadPoolExecutor) -> ArraySource:
    arrays: dict[str, Rows] = {}
    skipped = list(files.skipped)
    for stream, rows in files.rows.items():
        names = files.names[stream]
        images = np.empty((len(names), len(rows), files.resolution, files.resolution, files.channels), files.dtype)
        kept: list[Row] = []
        for row, result in _attempts(pool, files.decode, rows):
            if isinstance(result, BadPicture):
                skipped.append(_entry(stream, row, result))
            else:
                images[:, len(kept)] = result
                kept.append(row)
        if not kept:
            raise _nothing(files.info, stream, skipped)
        arrays[stream] = dict(zip(names, images[:, : len(kept)], strict=True)) | files.values(kept)
    return ArraySource(files.info, arrays, skipped)


def _on_demand(files: FileRows, pool: ThreadPoolExecutor) -> FileSource:
    def look(row: Row) -> None:
        for path, _ in row.pictures:
            header(path)

    kept: dict[str, list[Row]] = {}
    skipped = list(files.skipped)
    for stream, rows in files.rows.items():
        kept[stream] = []
        for row, result in _attempts(pool, look, rows):
            if isinstance(result, BadPicture):
                skipped.append(_entry(stream, row, result))
            else:
                kept[stream].append(row)
        if not kept[stream]:
            raise _nothing(files.info, stream, skipped)
    return FileSource(replace(files, rows=kept, skipped=skipped))


def _attempts(
    pool: ThreadPoolExecutor, work: Callable[[Row], Result], rows: list[Row]
) -> Iterator[tuple[Row, Result | BadPicture]]:
    """Each row with what ``work`` made of it, in order; by the chunk, so that not all results wait in memory."""

    def attempt(row: Row) -> Result | BadPicture:
        try:
            return work(row)
        except BadPicture as error:
            return error

    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        yield from zip(chunk, pool.map(attempt, chunk), strict=True)


def _entry(stream: str, row: Row, error: BadPicture) -> str:
    """A line of ``skipped``; names that are no valid text are shown with their bytes escaped."""
    name = row.key if stream == "main" else f"{stream}/{row.key}"
    return f"{os.fsencode(name).decode('utf-8', 'backslashreplace')}: {error}"


def _nothing(info: DataSet, stream: str, skipped: Sequence[str]) -> GanappsError:
    where = info.name if stream == "main" else f"{info.name}, domain {stream},"
    why = f" ({len(skipped)} files were skipped, first {skipped[0]})" if skipped else ""
    return GanappsError(f"{where} holds no picture that can be read{why}.")
