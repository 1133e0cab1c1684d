"""SAGAN's networks: residual blocks under spectral normalisation with one self-attention block (Zhang et al., 2018)."""

from typing import Any

import keras
from keras import layers

from ganapps.layers import ConditionalBatchNorm, SelfAttention, SpectralNorm, Upsample, batch_norm
from ganapps.networks.dcgan import stages


def attention_generator(
    resolution: int, channels: int, classes: int, latent_dim: int, widths: tuple[int, ...], attention: int
) -> keras.Model:
    """[latent (B, latent_dim), label (B,)] -> pictures (B, resolution, resolution, channels) in [-1, 1].

    The blocks' convolutions have no biases: batch normalisation would take them away.

    Args:
        resolution: a power of two from 8 up.
        channels: of the pictures.
        classes: how many.
        latent_dim: length of the latent vector.
        widths: channels of the blocks; each doubles the size from 4 pixels on.
        attention: self-attention follows the block that ends at this size; none does where no block ends there.
    """
    latent = keras.Input((latent_dim,), name="latent")
    label = keras.Input((), dtype="int32", name="label")
    x = SpectralNorm(layers.Dense(4 * 4 * widths[0], use_bias=False))(latent)
    x = layers.Reshape((4, 4, widths[0]))(x)
    for width in widths:
        y = layers.ReLU()(ConditionalBatchNorm(classes)([x, label]))
        y = _conv(width, 3, use_bias=False)(Upsample()(y))
        y = _conv(width, 3, use_bias=False)(layers.ReLU()(ConditionalBatchNorm(classes)([y, label])))
        x = _attend(layers.Add()([y, _conv(width, 1, use_bias=False)(Upsample()(x))]), attention)
    x = _conv(channels, 3)(layers.ReLU()(batch_norm()(x)))
    return keras.Model([latent, label], layers.Activation("tanh", dtype="float32")(x), name="generator")


def attention_discriminator(
    resolution: int, channels: int, classes: int, widths: tuple[int, ...], attention: int
) -> keras.Model:
    """[pictures, label (B,)] -> ``linear(h) + <embedding(label), h>`` (B, 1), h the ReLU features summed over places.

    Args:
        resolution: of the pictures.
        channels: of the pictures.
        classes: how many.
        widths: channels of the blocks; each halves the size, and a plain block of the last width follows.
        attention: as in the generator.
    """
    image = keras.Input((resolution, resolution, channels), name="image")
    label = keras.Input((), dtype="int32", name="label")
    y = _conv(widths[0], 3)(layers.ReLU()(_conv(widths[0], 3)(image)))
    x = layers.Add()([_half(y), _conv(widths[0], 1)(_half(image))])
    for width in widths[1:]:
        x = _attend(x, attention)
        x = layers.Add()([_half(_residue(x, width)), _half(_conv(width, 1)(x))])
    x = layers.Add()([_residue(x, widths[-1]), x])
    places = layers.Rescaling(float(x.shape[1] * x.shape[2]), dtype="float32")
    h = places(layers.GlobalAveragePooling2D(dtype="float32")(layers.ReLU()(x)))
    table = layers.Embedding(classes, widths[-1], dtype="float32")
    wanted = SpectralNorm(table, use_bias=False, dtype="float32")(label)
    logit = layers.Add(dtype="float32")([_logit()(h), layers.Dot(axes=1, dtype="float32")([wanted, h])])
    return keras.Model([image, label], logit, name="discriminator")


def doubling(features: int, resolution: int) -> tuple[int, ...]:
    """Widths of as many blocks as lead from 4 pixels to ``resolution``: 64 at 128 pixels gives 64, 128, ... 1024."""
    return tuple(features * 2**i for i in range(stages(resolution)))


def spectral_mlp(inputs: int, widths: tuple[int, ...], name: str) -> keras.Model:
    """Points (B, inputs) -> logits (B, 1): ReLU layers of ``widths``, all under spectral normalisation."""
    point = x = keras.Input((inputs,), name="point")
    for width in widths:
        x = layers.ReLU()(SpectralNorm(layers.Dense(width, use_bias=False))(x))
    return keras.Model(point, _logit()(x), name=name)


def _residue(x: Any, width: int) -> Any:
    y = _conv(width, 3)(layers.ReLU()(x))
    return _conv(width, 3)(layers.ReLU()(y))


def _half(x: Any) -> Any:
    return layers.AveragePooling2D(2)(x)


def _attend(x: Any, attention: int) -> Any:
    return SelfAttention(name="attention")(x) if x.shape[1] == attention else x


def _conv(width: int, kernel: int, use_bias: bool = True) -> SpectralNorm:
    return SpectralNorm(layers.Conv2D(width, kernel, padding="same", use_bias=False), use_bias)


def _logit() -> SpectralNorm:
    return SpectralNorm(layers.Dense(1, use_bias=False, dtype="float32"), dtype="float32", name="logit")
