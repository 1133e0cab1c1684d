"""The networks of StarGAN (Choi et al., 2017, tables 4 and 5; sizes as in the authors' code)."""

from typing import Any, Literal

import keras
from keras import layers, ops

from ganapps.layers import Conv2DTranspose, InstanceNorm, Tiled


def star_generator(channels: int, labels: int, features: int, blocks: int) -> keras.Model:
    """[pictures (B, H, W, channels) in [-1, 1], labels (B, labels)] -> pictures; H and W any multiples of 4.

    The label stands in every pixel; 7 x 7, two 4 x 4 of stride 2, residual blocks, two transposed 4 x 4, 7 x 7;
    instance normalisation with gain and offset, no biases, zero padding.
    """
    image = keras.Input((None, None, channels), name="image")
    label = keras.Input((labels,), name="attributes")
    x = _normal(_conv(features, 7)(Tiled()([image, label])))
    for width in (2 * features, 4 * features):
        x = _normal(_conv(width, 4, 2)(x))
    for _ in range(blocks):
        y = _normal(_conv(4 * features, 3)(x))
        x = layers.Add()([x, _norm(_conv(4 * features, 3)(y))])
    for width in (2 * features, features):
        up = Conv2DTranspose(width, 4, 2, "same", use_bias=False, kernel_initializer=_init())
        x = _normal(up(x))
    x = layers.Activation("tanh", dtype="float32")(_conv(channels, 7)(x))
    return keras.Model([image, label], x, name="generator")


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
        x = _normal(_conv(width, 4, 2)(x))
    for _ in range(blocks):
        y = _normal(_conv(widths[-1], 3)(x), label)
        x = layers.Add()([x, _norm(_conv(widths[-1], 3)(y), label)])
    for width, stage in zip((*widths[-2::-1], features // 2), reversed(stages), strict=True):
        x = layers.Concatenate()([layers.UpSampling2D(interpolation="bilinear")(x), stage])
        x = _normal(_conv(width, 3)(x), label)
    maps = _conv(channels + 1, 3, dtype="float32")(x)
    drawn, mask = ops.tanh(maps[..., :channels]), ops.sigmoid(maps[..., channels:])
    return keras.Model([image, label] if labels else image, image + mask * (drawn - image), name=name)


def star_critic(
    resolution: int,
    channels: int,
    labels: int,
    features: int,
    depth: int,
    widest: int = 2048,
    start: Literal["paper", "he"] = "paper",
) -> keras.Model:
    """Pictures -> [values of patches (B, h, w, 1), logits (B, labels)].

    ``depth`` 4 x 4 convolutions of stride 2, doubling up to ``widest``, LeakyReLU 0.01; nothing is normalised, or the
    gradient penalty would see other pictures of the batch. The class head is one convolution over all that is left of the
    picture. With the paper's initial kernels each layer gives values less than half as large as it is given, and learning
    starts slowly; those of He et al. (arXiv 1502.01852, equation 10) keep their size.
    """
    if resolution % 2**depth:
        raise ValueError(
            f"{depth} layers halve the picture {depth} times: resolution must be a multiple of {2**depth}."
        )
    image = x = keras.Input((resolution, resolution, channels), name="image")
    for stage in range(depth):
        kernel = _init() if start == "paper" else keras.initializers.HeNormal()
        x = _conv(min(features * 2**stage, widest), 4, 2, use_bias=True, kernel_initializer=kernel)(x)
        x = layers.LeakyReLU(0.01)(x)
    value = _conv(1, 3, dtype="float32", name="patches")(x)
    classes = _conv(labels, resolution // 2**depth, padding="valid", dtype="float32", name="classes")(x)
    return keras.Model(image, [value, layers.Reshape((labels,), dtype="float32")(classes)], name="critic")


def _conv(width: int, kernel: int, strides: int = 1, **options: Any) -> keras.layers.Layer:
    options = {"padding": "same", "use_bias": False, "kernel_initializer": _init()} | options
    return layers.Conv2D(width, kernel, strides, **options)


def _init() -> keras.initializers.Initializer:
    """PyTorch's own, which the authors' code leaves as it is: U(-1, 1) / sqrt(fan in)."""
    return keras.initializers.VarianceScaling(1.0 / 3.0, "fan_in", "uniform")


def _norm(x: Any, label: Any = None) -> Any:
    """Instance normalisation; with a label (B, k), its gain and offset are linear in that."""
    if label is None:
        return InstanceNorm(affine=True)(x)
    width = x.shape[-1]
    gain, offset = (
        layers.Reshape((1, 1, width))(layers.Dense(width, kernel_initializer=_init(), bias_initializer=start)(label))
        for start in ("ones", "zeros")
    )
    return InstanceNorm()(x) * gain + offset


def _normal(x: Any, label: Any = None) -> Any:
    return layers.ReLU()(_norm(x, label))
