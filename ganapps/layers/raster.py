"""Drawing pictures from an autoregressive model: from noise, value by value, in raster order."""

from typing import Any

import keras
from keras import ops

from ganapps.engine import backend
from ganapps.layers.levels import from_levels


def joined(values: list[Any]) -> Any:
    """As Keras' functional networks take inputs: a single one without a list around it."""
    return values if len(values) > 1 else values[0]


class Raster(keras.layers.Layer):
    """[noise (B, H * W * C) in [-1, 1], label?] -> pictures (B, H, W, C) in [-1, 1].

    Each value is drawn from its distribution given all values before it, which are final by then: rows from the top,
    pixels from the left, channels in their order. One number of the noise decides each draw. What a row must know of the
    rows above is computed once a row, so a picture costs about H passes of the whole network, not H * W * C.

    It is made from the trained network when it is asked for, and never saved.

    Args:
        above: [picture, label?] -> for each layer what a row knows of the rows above it, (B, H, W, n).
        row: [row (B, 1, W, C), that row's part of each of these, label?] -> logits (B, 1, W, C * levels).
        levels: grey levels.
    """

    def __init__(self, above: keras.Model, row: keras.Model, levels: int) -> None:
        super().__init__(dtype="float32")
        self.above, self.row, self.levels = above, row, levels
        self.size = tuple(above.inputs[0].shape[1:])
        self.compiled_draw = backend.compiled(self.draw)

    def compute_output_shape(self, shapes: list[tuple[int | None, ...]]) -> tuple[int | None, ...]:
        """That of the pictures."""
        return (shapes[0][0], *self.size)

    def call(self, inputs: list[Any]) -> Any:
        """Draw whole pictures."""
        noise, *label = inputs
        nothing = ops.zeros((ops.shape(noise)[0], *self.size))
        return self.compiled_draw(noise, label, nothing, nothing)

    def draw(self, noise: Any, label: list[Any], known: Any, mask: Any) -> Any:
        """Draw where ``mask`` is 0, and leave what is ``known`` where it is 1; both (B, H, W, C)."""
        n, (height, width, channels) = ops.shape(noise)[0], self.size
        values = width * channels
        start = ops.cast(known, "float32") * ops.cast(mask, "float32")
        noise, mask = (ops.reshape(x, (n, height, values)) for x in (noise, mask))

        def draw_row(y: Any, picture: Any) -> Any:
            above = self.above(joined([picture, *label]), training=False)
            above = [ops.slice(a, (0, y, 0, 0), (n, 1, width, a.shape[-1])) for a in above]
            chance, given = (ops.slice(x, (0, y, 0), (n, 1, values))[:, 0] for x in (noise, mask))
            row = ops.slice(picture, (0, y, 0, 0), (n, 1, width, channels))

            def draw_value(i: Any, row: Any) -> Any:
                logits = self.row([ops.reshape(row, (n, 1, width, channels)), *above, *label], training=False)
                logits = ops.slice(ops.reshape(logits, (n, values, self.levels)), (0, i, 0), (n, 1, self.levels))
                share = ops.cumsum(ops.softmax(logits[:, 0]), axis=-1)
                below = ops.sum(ops.cast(share < (ops.slice(chance, (0, i), (n, 1)) + 1.0) / 2.0, "int32"), axis=-1)
                drawn = from_levels(ops.minimum(below, self.levels - 1), self.levels)
                due = ops.logical_and(ops.arange(values) == i, given < 0.5)
                return ops.where(due, drawn[:, None], row)

            row = ops.fori_loop(0, values, draw_value, ops.reshape(row, (n, values)))
            return ops.slice_update(picture, (0, y, 0, 0), ops.reshape(row, (n, 1, width, channels)))

        return ops.fori_loop(0, height, draw_row, start)
