"""A generator for edits and short training: what is drawn is mixed into the picture by a mask."""

from typing import Any

import keras
from keras import layers, ops

from ganapps.layers import InstanceNorm
from ganapps.networks.stargan import convolution, initial


def blending_generator(
    channels: int, labels: int, features: int, blocks: int, depth: int = 3, name: str = "generator"
) -> keras.Model:
    """[pictures (B, H, W, channels) in [-1, 1], labels (B, labels)] -> pictures; H and W any multiples of 2^depth.

    What a short training needs; with no labels, pictures alone are taken. ``depth`` 4 x 4 convolutions of stride 2, so that
    the residual blocks see as much of a face in a large picture as in a small one. The label sets the gains and offsets of
    the normalisations (Dumoulin et al., arXiv 1610.07629, equation 5), because of a label in every pixel the first
    normalisation leaves nothing but its trace at the border. What is drawn is mixed with the input by a mask, so what is not
    edited stays (GANimation, arXiv 1807.09251, equation 1). Bilinear enlargement and 3 x 3 take the place of transposed
    convolutions, whose checks take long to unlearn (Odena et al., Deconvolution and Checkerboard Artifacts, 2016). Each
    enlargement is joined by the encoder's map of its size, the last by the picture itself (U-Net, arXiv 1505.04597, figure
    1), so edges stay where they are.
    """
    image = keras.Input((None, None, channels), name="image")
    label = keras.Input((labels,), name="attributes") if labels else None
    x, stages = image, []
    widths = [features * 2**stage for stage in range(depth)]
    for width in widths:
        stages.append(x)
        x = _normal(convolution(width, 4, 2)(x))
    for _ in range(blocks):
        y = _normal(convolution(widths[-1], 3)(x), label)
        x = layers.Add()([x, _norm(convolution(widths[-1], 3)(y), label)])
    for width, stage in zip((*widths[-2::-1], features // 2), reversed(stages), strict=True):
        x = layers.Concatenate()([layers.UpSampling2D(interpolation="bilinear")(x), stage])
        x = _normal(convolution(width, 3)(x), label)
    maps = convolution(channels + 1, 3, dtype="float32")(x)
    drawn, mask = ops.tanh(maps[..., :channels]), ops.sigmoid(maps[..., channels:])
    return keras.Model([image, label] if labels else image, image + mask * (drawn - image), name=name)


def _norm(x: Any, label: Any = None) -> Any:
    """Instance normalisation; with a label (B, k), its gain and offset are linear in that."""
    if label is None:
        return InstanceNorm(affine=True)(x)
    width = x.shape[-1]
    gain, offset = (
        layers.Reshape((1, 1, width))(layers.Dense(width, kernel_initializer=initial(), bias_initializer=start)(label))
        for start in ("ones", "zeros")
    )
    return InstanceNorm()(x) * gain + offset


def _normal(x: Any, label: Any = None) -> Any:
    return layers.ReLU()(_norm(x, label))
