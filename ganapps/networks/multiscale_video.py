"""The networks of multi-scale video prediction (Mathieu et al., 2015, table 1): a generator and a discriminator a scale."""

from typing import Any

import keras
from keras import layers, ops

from ganapps.layers import Upsample

PAST = 4
SCALES = 4
#: (width as a multiple of ``features``, kernel) of the convolutions at each scale, coarse to fine (paper, table 1)
GENERATOR = (
    (((1, 3), (2, 3), (1, 3)), 3),
    (((1, 5), (2, 3), (1, 3)), 5),
    (((1, 5), (2, 3), (4, 3), (2, 3), (1, 3)), 5),
    (((1, 7), (2, 5), (4, 5), (2, 5), (1, 5)), 7),
)
DISCRIMINATOR = (
    (((0.5, 3),), (4, 2)),
    (((0.5, 3), (1, 3), (1, 3)), (8, 4)),
    (((1, 5), (2, 5), (2, 5)), (8, 4)),
    (((1, 7), (2, 7), (4, 5), (1, 5)), (8, 4)),
)


def pyramid(x: Any) -> list[Any]:
    """Pictures (B, H, W, c) at an eighth, a quarter, a half and the whole of their size: means over blocks."""
    levels = [x]
    for _ in range(SCALES - 1):
        levels.insert(0, ops.average_pool(levels[0], 2, 2))
    return levels


def sequences(past: list[Any], candidates: list[Any]) -> list[Any]:
    """The past and a candidate, one behind the other in the channels, at every scale."""
    return [ops.concatenate([x, ops.cast(y, x.dtype)], axis=-1) for x, y in zip(past, candidates, strict=True)]


def multiscale_generator(resolution: int, channels: int, features: int) -> keras.Model:
    """[Four frames (B, H, W, C)] -> [their continuation at an eighth, a quarter, a half, the whole of the size].

    ``y_k = u(y_k-1) + G_k(X_k, u(y_k-1))`` with tanh at the end of ``G_k``: sums may leave [-1, 1] a little.
    """
    if resolution % 2 ** (SCALES - 1) or resolution < 32:
        raise ValueError(f"The resolution must be a multiple of 8 from 32 up, not {resolution}.")
    frames = [keras.Input((resolution, resolution, channels), name=f"frame_{t}") for t in range(1, PAST + 1)]
    levels = [layers.Concatenate()(frames)]
    for _ in range(SCALES - 1):
        levels.insert(0, layers.AveragePooling2D(2)(levels[0]))
    found: list[Any] = []
    for level, (convolutions, last) in zip(levels, GENERATOR, strict=True):
        below = Upsample(dtype="float32")(found[-1]) if found else None
        x = level if below is None else layers.Concatenate()([level, below])
        for width, kernel in convolutions:
            x = layers.Conv2D(width * features, kernel, padding="same", activation="relu")(x)
        y = layers.Conv2D(channels, last, padding="same", activation="tanh", dtype="float32")(x)
        found.append(y if below is None else layers.Add(dtype="float32")([below, y]))
    return keras.Model(frames, found, name="generator")


def multiscale_discriminator(resolution: int, channels: int, features: int) -> keras.Model:
    """[Five frames in the channels (B, h, w, 5 C) at every scale, coarse to fine] -> [logit (B, 1) of every scale].

    Convolutions without padding, 2 x 2 max pooling, three linear layers, ReLU between them (paper, table 1).
    """
    ends = []
    for scale, (convolutions, dense) in enumerate(DISCRIMINATOR):
        side = resolution // 2 ** (SCALES - 1 - scale)
        sequence = x = keras.Input((side, side, (PAST + 1) * channels), name=f"sequence_{side}")
        for width, kernel in convolutions:
            x = layers.Conv2D(int(width * features), kernel, activation="relu")(x)
        x = layers.Flatten()(layers.MaxPooling2D(2)(x))
        for width in dense:
            x = layers.Dense(width * features, activation="relu")(x)
        ends.append((sequence, layers.Dense(1, dtype="float32")(x)))
    return keras.Model([one for one, _ in ends], [logit for _, logit in ends], name="discriminator")
