"""One layer of PixelCNN, as far as it happens within a row."""

from typing import Any

import keras
from keras import ops

from ganapps.layers.gated_unit import GatedUnit
from ganapps.layers.masked_conv import ConvBefore


@keras.saving.register_keras_serializable("ganapps")
class CausalRow(keras.layers.Layer):
    """[x (B, H, W, n), what is known from the rows above, condition?] -> (B, H, W, features), row by row.

    Gated: the horizontal stack of arXiv 1606.05328, figure 2. Plain: a residual block of a masked and a 1 x 1
    convolution with ReLU before them (arXiv 1601.06759, section 3.4). Under mask A, which is the first layer's, nothing is
    added to what comes in, because that would show each pixel to itself.

    Args:
        features: channels of the output.
        reach: pixels to the left.
        mask: "A" or "B"; see ``ConvBefore``.
        channels: of the picture.
        gated: or plain.
        kwargs: Keras' own.
    """

    def __init__(self, features: int, reach: int, mask: str, channels: int, gated: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.features, self.reach, self.mask, self.channels, self.gated = features, reach, mask, channels, gated
        parts, policy = 2 if gated else 1, self.dtype_policy
        self.before = ConvBefore(parts * features, reach, mask, channels, parts, dtype=policy)
        self.gate = GatedUnit(dtype=policy)
        self.mix = ConvBefore(features, 0, "B", channels, dtype=policy)

    def build(self, shapes: list[tuple[int | None, ...]]) -> None:
        """Build what is inside."""
        x, above, *condition = shapes
        self.before.build(x)
        if self.gated:
            self.gate.build([above, *condition])
        self.mix.build((*x[:-1], self.features))

    def call(self, inputs: list[Any]) -> Any:
        """The layer's output for as many rows as there are."""
        x, above, *condition = inputs
        if self.gated:
            y = self.mix(self.gate([self.before(x) + above, *condition]))
        else:
            y = self.mix(ops.relu(self.before(ops.relu(x) if self.mask == "B" else x) + above))
        return x + y if self.mask == "B" else y

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        own = {"features": self.features, "reach": self.reach, "mask": self.mask}
        return {**super().get_config(), **own, "channels": self.channels, "gated": self.gated}
