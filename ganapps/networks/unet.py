"""The generators of Pix2Pix (Isola et al., 2016, appendix 6.1), which DualGAN shares, and their noise: dropout."""

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from ganapps.layers import Conv2DTranspose, InstanceNorm
from ganapps.networks.dcgan import init, stages


def unet(
    resolution: int,
    channels: int,
    out_channels: int,
    features: int,
    name: str,
    skips: bool = True,
    dropout: float = 0.5,
    widest: int = 8,
) -> keras.Model:
    """Pictures (B, H, W, channels) in [-1, 1] -> (B, H, W, out_channels) in [-1, 1]; H and W multiples of ``resolution``.

    4 x 4 convolutions of stride 2 down to one pixel, doubling the width up to ``widest * features``, and as many transposed
    ones back; skip i joins the encoder's stage i to the decoder's stage of that size, before both activations. 256
    pixels and ``features=64`` are the paper's 8 levels.

    Each picture is normalised by its own statistics, with gain and offset. That is the paper's batch normalisation with
    the batch's statistics, at training and at test, for its batch of one; at other batch sizes too a translation then
    depends on nothing but its picture, and an exported file gives what Keras gives. The single pixel in the middle has
    no normalisation, which would leave nothing of it (the paper's errata), and no convolution before a normalisation has
    a bias.

    Args:
        resolution: a power of two from 8 up.
        channels: of the input.
        out_channels: of the output.
        features: width of the first stage.
        name: of the network.
        skips: False for the encoder-decoder of the paper's ablation.
        dropout: rate after the first decoder stages, those of full width: three at 256 and 128 pixels, two at 64, one
            below.
        widest: width of the widest stages, in multiples of ``features``; most weights are in these.
    """
    levels = stages(resolution) + 2
    widths = [features * min(2**level, widest) for level in range(levels)]
    image = keras.Input((None, None, channels), name="image")
    x: Any = image
    seen = []
    for level, width in enumerate(widths):
        x = layers.LeakyReLU(0.2)(x) if level else x
        x = layers.Conv2D(width, 4, 2, "same", use_bias=False, kernel_initializer=init())(x)
        x = _normalize(x) if 0 < level < levels - 1 else x
        seen.append(x)
    seen.pop()
    for stage, width in enumerate(reversed(widths[:-1])):
        x = _normalize(_up(width, use_bias=False)(layers.ReLU()(x)))
        if dropout and stage < max(1, min(3, levels - 4)):
            x = layers.Dropout(dropout)(x)
        x = layers.Concatenate()([x, seen.pop()]) if skips else x
    x = _up(out_channels, use_bias=True)(layers.ReLU()(x))
    return keras.Model(image, layers.Activation("tanh", dtype="float32")(x), name=name)


def with_noise(network: keras.Model, images: np.ndarray, n: int, seed: int, batch_size: int = 64) -> np.ndarray:
    """``n`` outputs for each picture with dropout on, as the paper keeps it at test time; no variable changes.

    Args:
        network: a ``unet``.
        images: float32 (pictures, H, W, channels) in [-1, 1].
        n: outputs for each.
        seed: fixes them.
        batch_size: pictures at a time.

    Returns:
        float32 (pictures, n, H, W, out_channels) in [-1, 1].
    """
    states = [layer.seed_generator.state for layer in network.layers if isinstance(layer, layers.Dropout)]
    rng = np.random.default_rng(seed)
    many = np.repeat(images, n, axis=0)
    parts = []
    for start in range(0, len(many), batch_size):
        draws = rng.integers(0, 2**31, (len(states), 2))
        seeds = [(state, ops.convert_to_tensor(draw, state.dtype)) for state, draw in zip(states, draws, strict=True)]
        with keras.StatelessScope(state_mapping=seeds):
            part = network(ops.convert_to_tensor(many[start : start + batch_size]), training=True)
        parts.append(ops.convert_to_numpy(part))
    return np.concatenate(parts).reshape(len(images), n, *parts[0].shape[1:])


def _normalize(x: Any) -> Any:
    return InstanceNorm(affine=True, gain_std=0.02)(x)


def _up(width: int, use_bias: bool) -> keras.layers.Layer:
    return Conv2DTranspose(width, 4, 2, "same", use_bias=use_bias, kernel_initializer=init())
