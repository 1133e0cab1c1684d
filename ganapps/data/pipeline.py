"""Batches that are a pure function of (seed, step), so that a resumed run sees what the unbroken run would have seen.

Row positions run on without end: batch k covers positions k * batch_size and following. Position p of a stream of n
rows is place p % n in the permutation of epoch p // n. That permutation is computed place by place from (seed, stream,
epoch) (``index_shuffle``), so nothing has to be replayed to start at step k, and every epoch sees every row once.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

import numpy as np

from ganapps.data.catalogue import Field
from ganapps.data.negatives import NAME as NEGATIVE
from ganapps.data.negatives import Negatives
from ganapps.data.source import ArraySource, Source, is_picture

if TYPE_CHECKING:
    import tensorflow as tf

    Tensors = dict[str, tf.Tensor]

IN_GRAPH_BYTES = 512 * 1024**2
LAST_STEP = 2**62
#: batches made at a time, and batches kept ready
PARALLEL = 4
BOXES = ("box", "boxes")


def batches(
    source: Source,
    batch_size: int,
    seed: int,
    start_step: int = 0,
    flip: bool = False,
    fields: Collection[str] | None = None,
) -> tf.data.Dataset:
    """Endless batches, from batch number ``start_step`` on; batch k does not depend on where one started.

    Args:
        source: what to draw from. Each stream is shuffled by itself, so unpaired domains are independent.
        batch_size: rows a batch; always full, an epoch's end falls inside a batch when it must.
        seed: determines the order and the flips.
        start_step: the number of the first batch, counted from 0.
        flip: mirror each row left to right with probability 1/2: all its pictures together, and with them its
            segmentation, boxes, key points and normals.
        fields: the fields to hand out, None for all but ``b_neg``. Of a set that knows much about each row, only these
            are read.

    Returns:
        A ``tf.data.Dataset`` of dictionaries: the fields of all streams, images float32 [-1, 1] NHWC.
    """
    import tensorflow as tf

    source, negatives = _narrowed(source, seed, fields)
    gather = {stream: _gatherer(source, stream) for stream in source.streams}

    def at(step: tf.Tensor) -> Tensors:
        batch: Tensors = {}
        for stream, size in source.streams.items():
            key = _key(seed, stream)
            numbers = _rows(key, size, batch_size, step)
            rows = gather[stream](numbers)
            if negatives and stream == "main":
                others = tf.numpy_function(negatives.draw, [numbers, step], tf.int64)
                rows[NEGATIVE] = gather[stream](tf.ensure_shape(others, [batch_size]))["b"]
            batch |= _flipped(rows, source.info.fields, key, step) if flip else rows
        return _chosen(batch, fields)

    # An iterator's end waits for the thread that tunes it, which sleeps for up to a minute: so would each run that ends.
    options = tf.data.Options()
    options.autotune.enabled = False
    steps = tf.data.Dataset.range(start_step, LAST_STEP).with_options(options)
    return steps.map(at, num_parallel_calls=PARALLEL, deterministic=True).prefetch(PARALLEL)


def arrays(
    source: Source, n: int | None = None, seed: int | None = None, fields: Collection[str] | None = None
) -> dict[str, np.ndarray]:
    """Fields as arrays, for metrics: the first ``n`` rows of each stream, or with ``seed`` a draw without repetition.

    At most ``n`` rows: a shorter stream gives all it has. None gives every row. ``fields`` as in ``batches``.
    """
    source, negatives = _narrowed(source, seed or 0, fields)
    found: dict[str, np.ndarray] = {}
    for stream, size in source.streams.items():
        order = np.arange(size)
        if seed is not None:
            order = np.random.default_rng([seed, zlib.crc32(stream.encode())]).permutation(size)
        found |= source.take(stream, order[:n])
        if negatives and stream == "main":
            found[NEGATIVE] = source.take(stream, negatives.draw(order[:n], 0))["b"]
    return _chosen(found, fields)


def _narrowed(source: Source, seed: int, fields: Collection[str] | None) -> tuple[Source, Negatives | None]:
    """The source with what ``fields`` need and nothing else, and who draws its negatives when they are among them."""
    fields = None if fields is None else {name for name in fields if name in source.info.fields}
    negatives = Negatives(source, seed) if fields and NEGATIVE in fields else None
    if fields is not None and isinstance(source, ArraySource):
        source = source.only(fields | {"b"} if negatives else fields)
    return source, negatives


def _chosen(rows: dict[str, Any], fields: Collection[str] | None) -> dict[str, Any]:
    return rows if fields is None else {name: value for name, value in rows.items() if name in fields}


def _key(seed: int, stream: str) -> int:
    """One number for (seed, stream): streams with equal seeds must not run in step."""
    return (seed % 2**31) << 32 | zlib.crc32(stream.encode())


def _rows(key: int, size: int, batch_size: int, step: tf.Tensor) -> tf.Tensor:
    import tensorflow as tf

    positions = step * batch_size + tf.range(batch_size, dtype=tf.int64)
    halves = [tf.fill([batch_size], tf.constant(part, tf.int64)) for part in divmod(key, 2**32)]
    seeds = tf.stack([*halves, positions // size], axis=1)
    # The op behind tf.random.experimental.index_shuffle, whose wrapper takes one seed for all rows only.
    rows = tf.raw_ops.RandomIndexShuffle(index=positions % size, seed=seeds, max_index=tf.constant(size - 1, tf.int64))
    return tf.ensure_shape(rows, [batch_size])


def _gatherer(source: Source, stream: str) -> Callable[[Any], Any]:
    """How rows of a stream are fetched inside the graph: from constants when they are small, else through Python."""
    import tensorflow as tf

    if isinstance(source, ArraySource):
        columns = source.columns[stream]
        if sum(array.nbytes for array in columns.values()) <= IN_GRAPH_BYTES:
            return _from_constants(columns, source.info.fields)

    example = source.take(stream, np.zeros(1, np.int64))
    dtypes = [tf.as_dtype("string" if array.dtype == object else array.dtype) for array in example.values()]

    def take(rows: tf.Tensor) -> Tensors:
        fetched = tf.numpy_function(lambda indices: list(source.take(stream, indices).values()), [rows], dtypes)
        shapes = [[*rows.shape, *array.shape[1:]] for array in example.values()]
        return {
            name: tf.ensure_shape(value, shape) for name, value, shape in zip(example, fetched, shapes, strict=True)
        }

    return take


def _from_constants(columns: dict[str, np.ndarray], fields: dict[str, Field]) -> Callable[[Any], Any]:
    import tensorflow as tf

    # On a machine with a GPU the constants would else take its memory; the gathering happens on the host.
    with tf.device("CPU:0"):
        tensors = {name: tf.constant(np.asarray(array)) for name, array in columns.items()}

    def take(rows: tf.Tensor) -> Tensors:
        batch = {}
        for name, tensor in tensors.items():
            value, window = tf.gather(tensor, rows), fields[name].window
            if is_picture(columns[name], fields[name]):
                batch[name] = tf.cast(value, tf.float32) / 127.5 - 1.0
            elif window is not None:
                scaled = (tf.cast(value, tf.float32) + (window.intercept - window.level)) * (2.0 / window.width)
                batch[name] = tf.clip_by_value(scaled, -1.0, 1.0)
            else:
                batch[name] = value if value.dtype == tf.string else tf.cast(value, fields[name].dtype)
        return batch

    return take


def _flipped(rows: Tensors, fields: dict[str, Field], key: int, step: tf.Tensor) -> Tensors:
    import tensorflow as tf

    count = next(iter(rows.values())).shape[0]
    seeds = tf.stack([tf.constant(key, tf.int64), step])
    coins = tf.random.stateless_uniform([count], seed=seeds) < 0.5
    flipped = {}
    for name, value in rows.items():
        chosen = tf.reshape(coins, [count] + [1] * (value.shape.rank - 1))
        flipped[name] = tf.where(chosen, mirrored(name, value, fields[name]), value)
    return flipped


def mirrored(name: str, value: tf.Tensor, field: Field) -> tf.Tensor:
    """A field of a batch as it is when every picture of the batch is seen in a mirror.

    Boxes are (x, y, width, height), key points and positions (x, y, ...) in [0, 1]; the x component of normals changes
    its sign. Films (rows of rank 4) are mirrored as their frames are.
    """
    import tensorflow as tf

    if name in BOXES:
        x, y, width, height = tf.unstack(value, axis=-1)
        return tf.stack([1.0 - x - width, y, width, height], axis=-1)
    if name == "keypoints":
        parts = tf.gather(value, field.mirror, axis=1)
        return tf.concat([1.0 - parts[..., :1], parts[..., 1:]], axis=-1)
    if name == "positions":
        return tf.concat([1.0 - value[..., :1], value[..., 1:]], axis=-1)
    if name == "normals":
        return tf.reverse(value, [2]) * tf.constant([-1.0, 1.0, 1.0])
    pictorial = value.shape.rank >= 4 or name == "segmentation"
    return tf.reverse(value, [3 if value.shape.rank == 5 else 2]) if pictorial else value
