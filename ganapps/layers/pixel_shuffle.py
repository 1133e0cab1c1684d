"""Sub-pixel upsampling (Shi et al., 2016, arXiv 1609.05158): channels become pixels, one DEPTH_TO_SPACE on a phone."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("ganapps")
class PixelShuffle(keras.layers.Layer):
    """(B, H, W, scale^2 C) -> (B, scale H, scale W, C), any height and width; the inverse of space-to-depth.

    Channel ``(scale dy + dx) C + c`` of a pixel becomes channel c of the pixel (dy, dx) of its block.

    Args:
        scale: side of the block that a pixel becomes.
        kwargs: Keras' own.
    """

    def __init__(self, scale: int = 2, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scale = scale

    def call(self, x: Any) -> Any:
        """Rearrange."""
        return ops.depth_to_space(x, self.scale)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """The shape after it."""
        batch, height, width, channels = input_shape
        sides = (None if side is None else side * self.scale for side in (height, width))
        return (batch, *sides, channels // self.scale**2)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "scale": self.scale}
