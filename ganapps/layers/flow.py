"""A multi-scale normalising flow: from pictures to latents and back, with the logarithm of its volume."""

from typing import Any

import keras
import numpy as np
from keras import ops

from ganapps.layers.actnorm import ActNorm
from ganapps.layers.coupling import Coupling, SplitPrior
from ganapps.layers.invertible_conv import InvertibleConv


@keras.saving.register_keras_serializable("ganapps")
class FlowStep(keras.layers.Layer):
    """One step of flow: activation normalisation, invertible 1 x 1 convolution, coupling (arXiv 1807.03039, figure 2a).

    Args:
        features: channels inside the coupling.
        affine: the coupling's kind.
        kwargs: Keras' own.
    """

    def __init__(self, features: int, affine: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.features, self.affine = features, affine
        policy = self.dtype_policy
        self.norm, self.conv = ActNorm(dtype=policy), InvertibleConv(dtype=policy)
        self.coupling = Coupling(features, affine, dtype=policy)

    def build(self, shape: tuple[Any, ...]) -> None:
        """Build the three."""
        for layer in (self.norm, self.conv, self.coupling):
            layer.build(shape)

    def call(self, x: Any) -> tuple[Any, Any]:
        """y, and the log-determinant (B,)."""
        total: Any = 0.0
        for layer in (self.norm, self.conv, self.coupling):
            x, part = layer(x)
            total = total + part
        return x, total

    def inverse(self, y: Any) -> Any:
        """x of y."""
        return self.norm.inverse(self.conv.inverse(self.coupling.inverse(y)))

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "features": self.features, "affine": self.affine}


@keras.saving.register_keras_serializable("ganapps")
class Flow(keras.layers.Layer):
    """Pictures (B, H, W, C) -> [latents (B, H * W * C), log-determinant (B, 1)] (arXiv 1807.03039, figure 2b).

    Each level squeezes 2 x 2 pixels into channels, makes ``depth`` steps, and (but for the last level) splits off half of
    the channels. The latents are what was split off, level by level, then what is left; all are N(0, 1) under the model.

    Args:
        levels: H and W are multiples of ``2^levels``.
        depth: steps a level.
        features: channels inside the couplings.
        affine: the couplings' kind.
        kwargs: Keras' own.
    """

    def __init__(self, levels: int, depth: int, features: int, affine: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.levels, self.depth, self.features, self.affine = levels, depth, features, affine
        policy = self.dtype_policy
        self.steps = [FlowStep(features, affine, dtype=policy) for _ in range(levels * depth)]
        self.splits = [SplitPrior(dtype=policy) for _ in range(levels - 1)]

    def build(self, shape: tuple[Any, ...]) -> None:
        """Build every step for the shape that it meets."""
        _, height, width, channels = shape
        if height % 2**self.levels or width % 2**self.levels:
            raise ValueError(f"Pictures of {height} x {width} cannot be halved {self.levels} times; take fewer levels.")
        self.parts: list[tuple[int, int, int]] = []  # shapes of the latents' parts
        for level in range(self.levels):
            height, width, channels = height // 2, width // 2, channels * 4
            for step in self.steps_of(level):
                step.build((None, height, width, channels))
            if level < self.levels - 1:
                self.splits[level].build((None, height, width, channels))
                channels //= 2
            self.parts.append((height, width, channels))

    def steps_of(self, level: int) -> list[FlowStep]:
        """The steps of one level (a list of lists would not be saved)."""
        return self.steps[level * self.depth : (level + 1) * self.depth]

    def call(self, x: Any) -> list[Any]:
        """Latents and log-determinant."""
        gone: list[Any] = []
        total: Any = 0.0
        for level in range(self.levels):
            x = squeezed(x)
            for step in self.steps_of(level):
                x, part = step(x)
                total = total + part
            if level < self.levels - 1:
                x, left, part = self.splits[level](x)
                gone.append(left)
                total = total + part
        flat = [ops.reshape(part, (-1, int(np.prod(part.shape[1:])))) for part in (*gone, x)]
        return [ops.concatenate(flat, axis=-1), total[:, None]]

    def inverse(self, latents: Any) -> Any:
        """Pictures of latents."""
        ends = np.cumsum([int(np.prod(part)) for part in self.parts])
        flat = [latents[:, end - int(np.prod(part)) : end] for part, end in zip(self.parts, ends, strict=True)]
        *gone, x = (ops.reshape(values, (-1, *part)) for values, part in zip(flat, self.parts, strict=True))
        for level in reversed(range(self.levels)):
            if level < self.levels - 1:
                x = self.splits[level].inverse(x, gone[level])
            for step in reversed(self.steps_of(level)):
                x = step.inverse(x)
            x = unsqueezed(x)
        return x

    def start(self, x: Any) -> None:
        """Data-dependent first values: every step's normalisation from what the steps before it make of pictures x."""
        for level in range(self.levels):
            x = squeezed(x)
            for step in self.steps_of(level):
                step.norm.start(x)
                x, _ = step(x)
            if level < self.levels - 1:
                x = self.splits[level](x)[0]

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        own = {"levels": self.levels, "depth": self.depth, "features": self.features, "affine": self.affine}
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable("ganapps")
class Inverted(keras.layers.Layer):
    """Another layer backwards, with that layer's weights.

    Args:
        layer: built, and with a method ``inverse``.
        shape: of what comes out, without the batch.
        kwargs: Keras' own.
    """

    def __init__(self, layer: keras.layers.Layer, shape: tuple[int, ...], **kwargs: Any) -> None:
        super().__init__(**{"dtype": layer.dtype_policy, **kwargs})
        self.layer, self.shape = layer, tuple(shape)

    def compute_output_shape(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """As told."""
        return (shape[0], *self.shape)

    def call(self, y: Any) -> Any:
        """x of y."""
        return self.layer.inverse(y)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        layer = keras.saving.serialize_keras_object(self.layer)
        return {**super().get_config(), "layer": layer, "shape": self.shape}


def squeezed(x: Any) -> Any:
    """(B, H, W, C) -> (B, H / 2, W / 2, 4 C): each 2 x 2 pixels side by side, by slices, which every phone has."""
    return ops.concatenate([x[:, i::2, j::2] for i in (0, 1) for j in (0, 1)], axis=-1)


def unsqueezed(y: Any) -> Any:
    """The reverse of ``squeezed``, at rank 4 throughout."""
    _, height, width, channels = y.shape
    rows = []
    for row in ops.split(y, 2, axis=-1):  # the two columns of a row are neighbours in memory, and so are pixels
        rows.append(ops.reshape(row, (-1, height, 2 * width, channels // 4)))
    return ops.reshape(ops.concatenate(rows, axis=2), (-1, 2 * height, 2 * width, channels // 4))
