"""What every opened data set is: numbered rows that can be asked for in any order."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from ganapps.data.catalogue import DataSet, Field

Rows = dict[str, np.ndarray]


def to_model_range(images: np.ndarray) -> np.ndarray:
    """uint8 pictures, 0 to 255, as the float32 in [-1, 1] that every model trains on; the shape stays."""
    return images.astype(np.float32) / np.float32(127.5) - np.float32(1)


def from_model_range(images: np.ndarray) -> np.ndarray:
    """float32 pictures in [-1, 1] as uint8, rounded; values outside the range are clipped."""
    return np.clip(np.rint((np.asarray(images, np.float32) + 1) * 127.5), 0, 255).astype(np.uint8)


class Source:
    """A data set opened at one split, resolution and number of channels.

    ``info`` is the catalogue card with the field shapes as they really come; ``streams`` gives the number of rows of
    each stream. The fields of one stream belong together row by row; two streams (the domains of an unpaired set)
    have nothing to do with each other and are drawn independently. ``skipped`` names what could not be used, and why.
    Row i is the same row in every process, whatever was asked for before: resumed runs rest on that.

    Pairs have the field ``b_neg`` on their card, the ``b`` of another item; no row holds it, the pipeline draws it.
    ``items`` gives each row of ``main`` a number, equal where their ``b`` show the same item; None: each shows its own.
    """

    info: DataSet
    streams: dict[str, int]
    skipped: Sequence[str] = ()
    items: np.ndarray | None = None

    def take(self, stream: str, indices: np.ndarray) -> Rows:
        """The rows ``indices`` (n,) of ``stream``: images float32 [-1, 1] NHWC, labels int32, each with n rows."""
        raise NotImplementedError


class ArraySource(Source):
    """A source whose rows lie in memory, pictures as uint8.

    Args:
        info: the card; its fields declare the dtype in which each array is handed out.
        columns: for each stream its fields, arrays of equal length. A uint8 array (n, height, width, channels) of a
            field declared float32 is a picture, one (n, time, height, width, channels) a film: they come out scaled to
            [-1, 1]. A uint16 array of a field with a window comes out through it. Any other array comes out in the
            declared dtype with its values unchanged.
        skipped: what could not be used, by name, each with its reason.
        items: see ``Source``.

    ``info`` then lists the fields that are there, with their real shapes.
    """

    def __init__(
        self,
        info: DataSet,
        columns: Mapping[str, Mapping[str, np.ndarray]],
        skipped: Sequence[str] = (),
        items: np.ndarray | None = None,
    ):
        self.columns = {stream: dict(fields) for stream, fields in columns.items()}
        self.streams = {stream: len(next(iter(fields.values()))) for stream, fields in self.columns.items()}
        self.skipped = tuple(skipped)
        self.items = items
        shapes = {name: array.shape[1:] for fields in self.columns.values() for name, array in fields.items()}
        self.info = with_shapes(info, shapes)

    def only(self, fields: Collection[str]) -> ArraySource:
        """The same rows with these fields alone, and without the streams that have none of them; nothing is copied."""
        kept = {stream: {f: a for f, a in columns.items() if f in fields} for stream, columns in self.columns.items()}
        columns = {stream: columns for stream, columns in kept.items() if columns}
        return ArraySource(self.info, columns, self.skipped, self.items)

    def take(self, stream: str, indices: np.ndarray) -> Rows:
        rows = {name: array[indices] for name, array in self.columns[stream].items()}
        return {name: hand_out(array, self.info.fields[name]) for name, array in rows.items()}


def with_shapes(info: DataSet, shapes: Mapping[str, tuple[int, ...]]) -> DataSet:
    """The card reduced to the fields in ``shapes``, each with the shape given there; of pairs also ``b_neg``."""
    if info.paired and "b_neg" in info.fields and "b" in shapes:
        shapes = {**shapes, "b_neg": shapes["b"]}
    return replace(info, fields={name: replace(info.fields[name], shape=shape) for name, shape in shapes.items()})


def is_picture(array: np.ndarray, field: Field) -> bool:
    """Whether rows of this array are pictures or films kept as uint8, to be scaled when they are handed out."""
    return array.dtype == np.uint8 and array.ndim >= 4 and field.dtype == "float32"


def hand_out(rows: np.ndarray, field: Field) -> np.ndarray:
    """Stored rows in the dtype and range of a batch."""
    if is_picture(rows, field):
        return to_model_range(rows)
    if field.window is not None:
        return field.window.to_model(rows)
    return rows.astype(object if field.dtype == "string" else field.dtype)
