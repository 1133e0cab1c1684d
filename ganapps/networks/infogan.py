"""The InfoGAN networks for MNIST, at any size (Chen et al., 2016, appendix C.1, and its code)."""

import keras
from keras import layers

from ganapps.engine.signature import Input
from ganapps.layers import Conv2DTranspose, batch_norm
from ganapps.networks.dcgan import init


def halvings(resolution: int) -> int:
    """How often ``resolution`` is halved until at most 8 pixels remain, at least once: 28 to 7, 32 to 8."""
    count, side = 0, resolution
    while side % 2 == 0 and (side > 8 or not count):
        count, side = count + 1, side // 2
    if count == 0 or side > 8:
        raise ValueError(f"The resolution must be 5 to 8 doubled a few times (28, 32, 64), not {resolution}.")
    return count


def code_generator(resolution: int, channels: int, inputs: dict[str, Input], features: int, units: int) -> keras.Model:
    """Noise and codes, in the order of ``inputs``, -> pictures (B, resolution, resolution, channels) in [-1, 1].

    Class codes as one-hot, all joined; two full layers, then transposed convolutions of stride 2, with batch
    normalisation and ReLU between them; sigmoid, rescaled. The stage at the picture has ``features`` channels.
    """
    count = halvings(resolution)
    side, width = resolution // 2**count, features * 2 ** (count - 1)
    starts = [keras.Input(spec.shape, dtype=spec.dtype, name=name) for name, spec in inputs.items()]
    joined = []
    for start, spec in zip(starts, inputs.values(), strict=True):
        one_hot = layers.CategoryEncoding(len(spec.classes), output_mode="one_hot") if spec.classes else None
        joined.append(one_hot(layers.Reshape((1,))(start)) if one_hot else start)
    x = layers.Concatenate()(joined) if len(joined) > 1 else joined[0]
    for size in (units, side * side * width):
        x = layers.Dense(size, use_bias=False, kernel_initializer=init())(x)
        x = layers.ReLU()(batch_norm()(x))
    x = layers.Reshape((side, side, width))(x)
    for stage in reversed(range(count - 1)):
        x = Conv2DTranspose(features * 2**stage, 4, 2, "same", use_bias=False, kernel_initializer=init())(x)
        x = layers.ReLU()(batch_norm()(x))
    x = Conv2DTranspose(channels, 4, 2, "same", kernel_initializer=init(), dtype="float32")(x)
    x = layers.Rescaling(2.0, -1.0, dtype="float32")(layers.Activation("sigmoid", dtype="float32")(x))
    return keras.Model(starts, x, name="generator")


def code_discriminator(
    resolution: int, channels: int, parameters: dict[str, int], features: int, units: int, slope: float = 0.1
) -> keras.Model:
    """Pictures in [-1, 1] -> [logit (B, 1), then for each code the numbers of its distribution (B, parameters)].

    The trunk is the generator's mirror image, with batch normalisation but in its first layer; on it stand the logit and
    Q, which has a full layer of 128 units of its own.

    Args:
        resolution: of the pictures.
        channels: of the pictures.
        parameters: code's name -> how many numbers.
        features: channels of the first layer.
        units: of the trunk's full layer.
        slope: of the leaky ReLU: 0.1 in the paper, 0.01 in the code.
    """
    image = keras.Input((resolution, resolution, channels), name="image")
    x = layers.Rescaling(0.5, 0.5)(image)
    for stage in range(halvings(resolution)):
        x = layers.Conv2D(features * 2**stage, 4, 2, "same", use_bias=not stage, kernel_initializer=init())(x)
        x = layers.LeakyReLU(slope)(batch_norm()(x) if stage else x)
    x = layers.Dense(units, use_bias=False, kernel_initializer=init())(layers.Flatten()(x))
    x = layers.LeakyReLU(slope)(batch_norm()(x))
    logit = layers.Dense(1, kernel_initializer=init(), dtype="float32", name="logit")(x)
    y = layers.Dense(128, use_bias=False, kernel_initializer=init(), name="q")(x)
    y = layers.LeakyReLU(slope)(batch_norm()(y))
    read = [
        layers.Dense(size, kernel_initializer=init(), dtype="float32", name=f"q_{name}")(y)
        for name, size in parameters.items()
    ]
    return keras.Model(image, [logit, *read], name="discriminator")
