"""The network of `inception-2015-12-05`, on whose pool_3 features FID and IS are defined (Heusel et al. 2017;
Salimans et al. 2016).

It is Inception v3 (Szegedy et al. 2015, arXiv 1512.00567) as its 2015 TensorFlow graph computes it, which today's
ImageNet ports do not: bilinear resizing to 299 without half-pixel centres and without antialiasing, inputs
(x - 128) / 128, average pools that leave the padding out, a max pool in the last block, batch norm without a scale,
1,008 outputs. Inception Score multiplies the features by the output matrix and leaves its bias out. Layers carry the
names of the published state dictionary, so that a name says which weight belongs to it.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import layers, ops

SIDE = 299
Branch = Callable[[Any], Any]


class LegacyResize(layers.Layer):
    """Bilinear resizing to ``side`` x ``side`` where output pixel i reads position ``i * old / new`` (TensorFlow 1's
    ``align_corners=False``); pictures (N, H, W, C) of any size."""

    def __init__(self, side: int = SIDE, **kwargs: Any):
        super().__init__(**kwargs)
        self.side = side

    def call(self, images: Any) -> Any:
        for axis in (1, 2):
            images = self._along(images, axis)
        return images

    def _along(self, images: Any, axis: int) -> Any:
        old = images.shape[axis]
        position = np.arange(self.side, dtype=np.float32) * np.float32(old / self.side)
        low = np.floor(position).astype("int32")
        share = (position - low).reshape((-1, 1, 1) if axis == 1 else (-1, 1))
        first = ops.take(images, low, axis=axis)
        return first + (ops.take(images, np.minimum(low + 1, old - 1), axis=axis) - first) * share

    def compute_output_shape(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return (shape[0], self.side, self.side, shape[3])


def inception_network() -> keras.Model:
    """The untrained network, from RGB pictures (N, H, W, 3), float32 in 0..255 of any size, to ``[pool_3 features
    (N, 2048), logits without bias (N, 1008)]``."""
    inputs = keras.Input((None, None, 3), name="image")
    x = LegacyResize(name="resize")(inputs)
    x = layers.Rescaling(1 / 128, -1, name="scale")(x)
    x = _conv("Conv2d_1a_3x3", 32, 3, 2, "valid")(x)
    x = _conv("Conv2d_2a_3x3", 32, 3, 1, "valid")(x)
    x = _conv("Conv2d_2b_3x3", 64, 3)(x)
    x = layers.MaxPooling2D(3, 2)(x)
    x = _conv("Conv2d_3b_1x1", 80, 1, 1, "valid")(x)
    x = _conv("Conv2d_4a_3x3", 192, 3, 1, "valid")(x)
    x = layers.MaxPooling2D(3, 2)(x)
    for name, pooled in (("Mixed_5b", 32), ("Mixed_5c", 64), ("Mixed_5d", 64)):
        x = _block_a(name, pooled)(x)
    x = _block_b("Mixed_6a")(x)
    for name, inner in (("Mixed_6b", 128), ("Mixed_6c", 160), ("Mixed_6d", 160), ("Mixed_6e", 192)):
        x = _block_c(name, inner)(x)
    x = _block_d("Mixed_7a")(x)
    x = _block_e("Mixed_7b", layers.AveragePooling2D(3, 1, "same"))(x)
    x = _block_e("Mixed_7c", layers.MaxPooling2D(3, 1, "same"))(x)
    features = layers.GlobalAveragePooling2D(name="pool_3")(x)
    logits = layers.Dense(1008, use_bias=False, name="fc")(features)
    return keras.Model(inputs, [features, logits], name="inception")


def _conv(name: str, filters: int, size: int | tuple[int, int], strides: int = 1, padding: str = "same") -> Branch:
    """Convolution without bias, batch norm without scale, ReLU."""
    parts = [
        layers.Conv2D(filters, size, strides, padding, use_bias=False, name=f"{name}.conv"),
        layers.BatchNormalization(epsilon=1e-3, scale=False, name=f"{name}.bn"),
        layers.ReLU(name=f"{name}.relu"),
    ]
    return _chain(*parts)


def _chain(*parts: Branch) -> Branch:
    def apply(x: Any) -> Any:
        for part in parts:
            x = part(x)
        return x

    return apply


def _side_by_side(*branches: Branch) -> Branch:
    """Every branch on the same input, channels joined in the order given."""
    return lambda x: layers.Concatenate()([branch(x) for branch in branches])


def _block_a(name: str, pooled: int) -> Branch:
    """35 x 35 grid."""
    return _side_by_side(
        _conv(f"{name}.branch1x1", 64, 1),
        _chain(_conv(f"{name}.branch5x5_1", 48, 1), _conv(f"{name}.branch5x5_2", 64, 5)),
        _chain(
            _conv(f"{name}.branch3x3dbl_1", 64, 1),
            _conv(f"{name}.branch3x3dbl_2", 96, 3),
            _conv(f"{name}.branch3x3dbl_3", 96, 3),
        ),
        _chain(layers.AveragePooling2D(3, 1, "same"), _conv(f"{name}.branch_pool", pooled, 1)),
    )


def _block_b(name: str) -> Branch:
    """From the 35 x 35 to the 17 x 17 grid."""
    return _side_by_side(
        _conv(f"{name}.branch3x3", 384, 3, 2, "valid"),
        _chain(
            _conv(f"{name}.branch3x3dbl_1", 64, 1),
            _conv(f"{name}.branch3x3dbl_2", 96, 3),
            _conv(f"{name}.branch3x3dbl_3", 96, 3, 2, "valid"),
        ),
        layers.MaxPooling2D(3, 2),
    )


def _block_c(name: str, inner: int) -> Branch:
    """17 x 17 grid, 7 x 7 windows factored into rows and columns."""
    return _side_by_side(
        _conv(f"{name}.branch1x1", 192, 1),
        _chain(
            _conv(f"{name}.branch7x7_1", inner, 1),
            _conv(f"{name}.branch7x7_2", inner, (1, 7)),
            _conv(f"{name}.branch7x7_3", 192, (7, 1)),
        ),
        _chain(
            _conv(f"{name}.branch7x7dbl_1", inner, 1),
            _conv(f"{name}.branch7x7dbl_2", inner, (7, 1)),
            _conv(f"{name}.branch7x7dbl_3", inner, (1, 7)),
            _conv(f"{name}.branch7x7dbl_4", inner, (7, 1)),
            _conv(f"{name}.branch7x7dbl_5", 192, (1, 7)),
        ),
        _chain(layers.AveragePooling2D(3, 1, "same"), _conv(f"{name}.branch_pool", 192, 1)),
    )


def _block_d(name: str) -> Branch:
    """From the 17 x 17 to the 8 x 8 grid."""
    return _side_by_side(
        _chain(_conv(f"{name}.branch3x3_1", 192, 1), _conv(f"{name}.branch3x3_2", 320, 3, 2, "valid")),
        _chain(
            _conv(f"{name}.branch7x7x3_1", 192, 1),
            _conv(f"{name}.branch7x7x3_2", 192, (1, 7)),
            _conv(f"{name}.branch7x7x3_3", 192, (7, 1)),
            _conv(f"{name}.branch7x7x3_4", 192, 3, 2, "valid"),
        ),
        layers.MaxPooling2D(3, 2),
    )


def _block_e(name: str, pool: Branch) -> Branch:
    """8 x 8 grid, branches that end in two; the pool differs between the two blocks of this kind."""
    return _side_by_side(
        _conv(f"{name}.branch1x1", 320, 1),
        _chain(
            _conv(f"{name}.branch3x3_1", 384, 1),
            _side_by_side(_conv(f"{name}.branch3x3_2a", 384, (1, 3)), _conv(f"{name}.branch3x3_2b", 384, (3, 1))),
        ),
        _chain(
            _conv(f"{name}.branch3x3dbl_1", 448, 1),
            _conv(f"{name}.branch3x3dbl_2", 384, 3),
            _side_by_side(_conv(f"{name}.branch3x3dbl_3a", 384, (1, 3)), _conv(f"{name}.branch3x3dbl_3b", 384, (3, 1))),
        ),
        _chain(pool, _conv(f"{name}.branch_pool", 192, 1)),
    )
