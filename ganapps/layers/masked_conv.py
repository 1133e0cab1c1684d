"""The masked convolutions of PixelCNN, as the parts that the mask leaves: the rows above, and the row so far.

A k x k convolution under mask A or B (van den Oord et al., 2016, arXiv 1601.06759, figure 2) is the sum of ``ConvAbove``
and ``ConvBefore`` with reach k // 2. Apart, they are the two stacks of the gated form (arXiv 1606.05328, figure 2), and
nothing is spent on weights that are masked out.
"""

from typing import Any

import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable("ganapps")
class ConvAbove(keras.layers.Layer):
    """(B, H, W, n) -> (B, H, W, filters): each pixel sees ``reach`` rows above it, and columns ``reach`` to both sides.

    Args:
        filters: channels of the output.
        reach: rows and columns.
        own_row: it sees its own row as well. That is right where a row of the input tells of the rows above only.
        kwargs: Keras' own.
    """

    def __init__(self, filters: int, reach: int, own_row: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.filters, self.reach, self.own_row = filters, reach, own_row

    def build(self, shape: tuple[Any, ...]) -> None:
        """Create kernel and bias."""
        size = (self.reach + self.own_row, 2 * self.reach + 1, shape[-1], self.filters)
        self.kernel = self.add_weight(name="kernel", shape=size)
        self.bias = self.add_weight(name="bias", shape=(self.filters,), initializer="zeros")

    def call(self, x: Any) -> Any:
        """Convolve the rows above, empty ones before the first."""
        x = x if self.own_row else x[:, :-1]
        x = ops.pad(x, ((0, 0), (self.reach, 0), (self.reach, self.reach), (0, 0)))
        return ops.conv(x, ops.convert_to_tensor(self.kernel)) + self.bias

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "filters": self.filters, "reach": self.reach, "own_row": self.own_row}


@keras.saving.register_keras_serializable("ganapps")
class ConvBefore(keras.layers.Layer):
    """(B, H, W, n) -> (B, H, W, filters): each pixel sees the ``reach`` pixels before it in its row, and part of itself.

    Within a pixel the channels follow each other, as red, green, blue: channels of features belong to them in equal
    shares, in that order. Mask A shows a share those before it, mask B also itself. A picture of one channel has one
    share: A hides the pixel, B shows it.

    Args:
        filters: channels of the output.
        reach: pixels to the left.
        mask: within the pixel.
        channels: of the picture: how many shares.
        parts: the output is that many blocks of channels, each shared out by itself (2 for a gate's two halves).
        kwargs: Keras' own.
    """

    def __init__(self, filters: int, reach: int, mask: str, channels: int, parts: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.filters, self.reach, self.mask, self.channels, self.parts = filters, reach, mask, channels, parts

    def build(self, shape: tuple[Any, ...]) -> None:
        """Create kernel and bias, and the mask."""
        size = (1, self.reach + 1, shape[-1], self.filters)
        self.kernel = self.add_weight(name="kernel", shape=size)
        self.bias = self.add_weight(name="bias", shape=(self.filters,), initializer="zeros")
        block = self.filters // self.parts
        owner_in = np.arange(shape[-1]) * self.channels // shape[-1]
        owner_out = np.arange(self.filters) % block * self.channels // block
        self.shown = np.ones(size, "float32")
        within = np.less if self.mask == "A" else np.less_equal
        self.shown[0, -1] = within(owner_in[:, None], owner_out[None, :])

    def call(self, x: Any) -> Any:
        """Convolve with what the mask shows."""
        x = ops.pad(x, ((0, 0), (0, 0), (self.reach, 0), (0, 0)))
        return ops.conv(x, self.kernel * ops.cast(self.shown, self.compute_dtype)) + self.bias

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        own = {"filters": self.filters, "reach": self.reach, "mask": self.mask}
        return {**super().get_config(), **own, "channels": self.channels, "parts": self.parts}
