"""Batch normalisation with a gain and an offset for each class."""

from typing import Any

import keras
from keras import ops

from ganapps.layers.normalization import batch_norm


@keras.saving.register_keras_serializable("ganapps")
class ConditionalBatchNorm(keras.layers.Layer):
    """[pictures (B, H, W, C), label (B,)] -> (B, H, W, C) (Dumoulin et al., 2017, eq. 5; Zhang et al., 2018, section 4).

    Plain batch normalisation, then the class's own gain and offset per channel.

    Args:
        classes: how many.
        kwargs: Keras' own.
    """

    def __init__(self, classes: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.classes = classes
        self.norm = batch_norm(affine=False)

    def build(self, shapes: list[tuple[int | None, ...]]) -> None:
        """Create the tables; classes start alike."""
        self.channels = shapes[0][-1]
        self.norm.build(shapes[0])
        table = (self.classes, self.channels)
        self.gains = self.add_weight(name="gains", shape=table, initializer="ones")
        self.offsets = self.add_weight(name="offsets", shape=table, initializer="zeros")

    def call(self, inputs: list[Any], training: bool = False) -> Any:
        """Normalise, then scale and shift by class."""
        x, label = inputs
        gain, offset = (
            ops.reshape(ops.take(t, label, axis=0), (-1, 1, 1, self.channels)) for t in (self.gains, self.offsets)
        )
        return self.norm(x, training=training) * gain + offset

    def compute_output_shape(self, shapes: list[tuple[int | None, ...]]) -> tuple[int | None, ...]:
        """The pictures' own shape."""
        return shapes[0]

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "classes": self.classes}
