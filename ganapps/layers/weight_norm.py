"""Weight normalisation."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable("ganapps")
class WeightNorm(keras.layers.Wrapper):
    """A linear layer with ``g v / ||v||`` for each output's weights, and a bias (Salimans, Kingma, 2016, eq. 2).

    The layer is linear, so its output is scaled instead of its weights. Statistics are float32 whatever the precision.

    Args:
        layer: ``Dense``, ``Conv2D`` or ``Conv2DTranspose``, without bias and activation.
        learn_gain: whether g is trained, or stays as ``initialize`` left it.
        deviation: standard deviation of each output after ``initialize``.
        kwargs: Keras' own.
    """

    def __init__(
        self, layer: keras.layers.Layer, learn_gain: bool = True, deviation: float = 1.0, **kwargs: Any
    ) -> None:
        super().__init__(layer, **kwargs)
        self.learn_gain, self.deviation = learn_gain, deviation
        self.autocast = False  # inside a network the kernel then comes as it is stored; the layer casts for itself

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Create the gain and the bias of each output."""
        super().build(shape)
        rank = len(self.layer.kernel.shape)
        outputs = rank - 2 if isinstance(self.layer, keras.layers.Conv2DTranspose) else rank - 1
        self.rest = tuple(axis for axis in range(rank) if axis != outputs)
        units = self.layer.kernel.shape[outputs]
        self.gain = self.add_weight(
            name="gain", shape=(units,), initializer="ones", autocast=False, trainable=self.learn_gain
        )
        self.bias = self.add_weight(name="bias", shape=(units,), initializer="zeros", autocast=False)

    def call(self, x: Any) -> Any:
        """The layer's output, each channel at its own length, and the bias."""
        norm = ops.sqrt(ops.sum(ops.square(ops.cast(self.layer.kernel, "float32")), axis=self.rest))
        y = ops.cast(self.layer(x), "float32") * (self.gain / norm) + self.bias
        return ops.cast(y, self.compute_dtype)

    def initialize(self, x: Any) -> None:
        """Set gain and bias so that each output has mean 0 and the wanted deviation on these inputs (section 3)."""
        y = ops.cast(self(x), "float32")
        mean, variance = ops.moments(y, axes=list(range(len(y.shape) - 1)))
        factor = self.deviation / ops.sqrt(variance + 1e-8)
        self.bias.assign((self.bias - mean) * factor)
        self.gain.assign(self.gain * factor)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "learn_gain": self.learn_gain, "deviation": self.deviation}
