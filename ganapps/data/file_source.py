"""Rows of picture files as a source: decoded once into memory when they fit, else each time they are asked for."""

import logging
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from ganapps.data.catalogue import DataSet
from ganapps.data.folder_layout import Row
from ganapps.data.pictures import BadPicture, bombs_unannounced, header, read
from ganapps.data.source import ArraySource, Rows, Source, hand_out, with_shapes
from ganapps.errors import GanappsError

MEMORY_BUDGET = 2 * 1024**3
CHUNK = 4096
log = logging.getLogger("ganapps")

Columns = dict[str, tuple[tuple[str, ...], list[Row]]]


class FileSource(Source):
    """A source that decodes when asked, for sets that do not fit into memory.

    Only the headers of the files are read at first. A file that then turns out to be damaged is replaced by the next
    whole one, always the same, so that a row stays a pure function of its number; it is named in ``skipped``.
    """

    def __init__(self, info: DataSet, columns: Columns, value: str | None, resolution: int, channels: int):
        self.rows = {stream: rows for stream, (_, rows) in columns.items()}
        self.names = {stream: names for stream, (names, _) in columns.items()}
        self.streams = {stream: len(rows) for stream, rows in self.rows.items()}
        self.value = value
        self.resolution, self.channels = resolution, channels
        self.bad: dict[str, str] = {}
        shapes = {name: (resolution, resolution, channels) for names in self.names.values() for name in names}
        first = next(iter(self.rows.values()))[0].value
        self.info = with_shapes(info, shapes | ({value: np.shape(first)} if value else {}))

    @property
    def skipped(self) -> Sequence[str]:  # type: ignore[override]  # it grows while files are read
        return tuple(f"{key}: {reason}" for key, reason in self.bad.items())

    def take(self, stream: str, indices: np.ndarray) -> Rows:
        rows = [self._whole(stream, int(index)) for index in indices]
        batch = {
            name: hand_out(np.stack([pictures[i] for _, pictures in rows]), self.info.fields[name])
            for i, name in enumerate(self.names[stream])
        }
        if self.value:
            batch[self.value] = np.array([row.value for row, _ in rows], self.info.fields[self.value].dtype)
        return batch

    def _whole(self, stream: str, index: int) -> tuple[Row, list[np.ndarray]]:
        rows = self.rows[stream]
        for offset in range(len(rows)):
            row = rows[(index + offset) % len(rows)]
            if row.key in self.bad:
                continue
            try:
                return row, decode(row, self.resolution, self.channels)
            except BadPicture as error:
                self.bad[row.key] = str(error)
                log.warning("%s: skipped %s: %s", self.info.name, row.key, error)
        raise GanappsError(f"{self.info.name} holds no picture that can be read.")


def open_files(
    info: DataSet, columns: Columns, value: str | None, resolution: int, channels: int, skipped: Sequence[str]
) -> Source:
    """Opens rows of files: in memory when all pictures together take at most ``MEMORY_BUDGET`` bytes.

    Args:
        info: the card.
        columns: for each stream the names of its picture fields, and its rows.
        value: the field that a row's value goes to, ``label`` or ``attributes``; None when rows have none.
        resolution, channels: of the pictures handed out.
        skipped: what was left out before.

    Raises:
        GanappsError: a stream has no row that can be read.
    """
    pictures = sum(len(names) * len(rows) for names, rows in columns.values())
    with bombs_unannounced(), ThreadPoolExecutor(os.cpu_count()) as pool:
        if pictures * resolution**2 * channels <= MEMORY_BUDGET:
            source: Source = _in_memory(pool, info, columns, value, resolution, channels, skipped)
        else:
            source = _on_demand(pool, info, columns, value, resolution, channels, skipped)
    total = sum(len(rows) for _, rows in columns.values()) + len(skipped)
    _report(info.name, source.skipped, total)
    return source


def decode(row: Row, resolution: int, channels: int) -> list[np.ndarray]:
    """The pictures of a row, uint8 (resolution, resolution, channels) each.

    Raises:
        BadPicture: one of them cannot be read.
    """
    return [read(path, resolution, channels, part) for path, part in row.pictures]


def _in_memory(
    pool: ThreadPoolExecutor,
    info: DataSet,
    columns: Columns,
    value: str | None,
    resolution: int,
    channels: int,
    skipped: Sequence[str],
) -> ArraySource:
    def attempt(row: Row) -> list[np.ndarray] | str:
        try:
            return decode(row, resolution, channels)
        except BadPicture as error:
            return f"{row.key}: {error}"

    arrays: dict[str, dict[str, np.ndarray]] = {}
    bad = list(skipped)
    for stream, (names, rows) in columns.items():
        kept: list[Row] = []
        images = np.empty((len(names), len(rows), resolution, resolution, channels), np.uint8)
        for start in range(0, len(rows), CHUNK):
            chunk = rows[start : start + CHUNK]
            for row, result in zip(chunk, pool.map(attempt, chunk)):
                if isinstance(result, str):
                    bad.append(result)
                else:
                    images[:, len(kept)] = result
                    kept.append(row)
        _require(info.name, stream, len(kept), bad)
        arrays[stream] = {name: images[i, : len(kept)] for i, name in enumerate(names)}
        if value:
            arrays[stream][value] = np.array([row.value for row in kept], info.fields[value].dtype)
    return ArraySource(info, arrays, bad)


def _on_demand(
    pool: ThreadPoolExecutor,
    info: DataSet,
    columns: Columns,
    value: str | None,
    resolution: int,
    channels: int,
    skipped: Sequence[str],
) -> FileSource:
    def problem(row: Row) -> str:
        try:
            for path, _ in row.pictures:
                header(path)
            return ""
        except BadPicture as error:
            return str(error)

    bad = dict(entry.split(": ", 1) for entry in skipped)
    kept: Columns = {}
    for stream, (names, rows) in columns.items():
        problems = [reason for start in range(0, len(rows), CHUNK) for reason in pool.map(problem, rows[start : start + CHUNK])]
        bad |= {row.key: reason for row, reason in zip(rows, problems) if reason}
        kept[stream] = (names, [row for row, reason in zip(rows, problems) if not reason])
        _require(info.name, stream, len(kept[stream][1]), [f"{key}: {reason}" for key, reason in bad.items()])
    source = FileSource(info, kept, value, resolution, channels)
    source.bad = bad
    for stream in source.streams:
        source.take(stream, np.zeros(1, np.int64))
    return source


def _require(name: str, stream: str, count: int, bad: Sequence[str]) -> None:
    if count:
        return
    where = name if stream == "main" else f"{name}, domain {stream},"
    why = f" ({len(bad)} files were skipped, first {bad[0]})" if bad else ""
    raise GanappsError(f"{where} holds no picture that can be read{why}.")


def _report(name: str, skipped: Sequence[str], total: int) -> None:
    if skipped:
        more = ", ..." if len(skipped) > 3 else ""
        log.warning("%s: skipped %d of %d files: %s%s", name, len(skipped), total, "; ".join(skipped[:3]), more)
