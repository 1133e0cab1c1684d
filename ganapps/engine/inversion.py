"""From a picture back to a latent: descent on the input of a fixed generator."""

from typing import Any

import keras
import numpy as np
from keras import ops

from ganapps.engine import backend


def invert(
    generator: keras.Model,
    images: np.ndarray,
    steps: int = 300,
    starts: int = 4,
    learning_rate: float = 0.1,
    seed: int = 0,
    batch_size: int = 64,
) -> np.ndarray:
    """Latents whose pictures come nearest to given ones: ``min_z mean (x - G(z))^2``, by Adam from N(0, 1).

    The error has many valleys, so each picture starts from several latents and keeps the one that ends lowest.

    Args:
        generator: latents (B, d) -> pictures; run in evaluation mode, its weights stay.
        images: (n, H, W, C) in [-1, 1].
        steps: updates of each latent.
        starts: latents tried for each picture.
        learning_rate: of Adam.
        seed: of the starts.
        batch_size: latents moved at once.

    Returns:
        float32 (n, d).
    """
    size = generator.input_shape[-1]
    first = np.random.default_rng(seed).standard_normal((len(images), starts, size)).astype("float32")
    each = max(1, batch_size // starts)
    parts = [slice(row, row + each) for row in range(0, len(images), each)]
    return np.concatenate([_descend(generator, images[p], first[p], steps, learning_rate) for p in parts])


def _descend(generator: keras.Model, images: np.ndarray, first: np.ndarray, steps: int, rate: float) -> np.ndarray:
    """The best of ``first`` (n, starts, d) for each of n pictures after ``steps`` updates."""
    n, starts, size = first.shape
    latents = keras.Variable(first.reshape(-1, size))
    wanted = ops.convert_to_tensor(np.repeat(images, starts, axis=0))
    optimizer = keras.optimizers.Adam(rate)
    optimizer.build([latents])

    def errors() -> Any:
        made = generator(ops.convert_to_tensor(latents), training=False)
        return ops.mean(ops.square(wanted - made), axis=(1, 2, 3))

    def step() -> Any:
        # A sum, so that no latent's step depends on the others.
        loss, _, gradients = backend.value_and_grad(lambda: (ops.sum(errors()), ()), [latents])
        backend.apply_gradients(optimizer, gradients, [latents])
        return loss

    once = backend.compiled(step)
    for _ in range(steps):
        once()
    best = ops.convert_to_numpy(errors()).reshape(n, starts).argmin(axis=1)
    return ops.convert_to_numpy(latents.value).reshape(n, starts, size)[np.arange(n), best]
