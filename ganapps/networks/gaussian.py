"""Encoders that give a Gaussian over codes instead of a code."""

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from ganapps.engine import inference
from ganapps.engine.signature import Input, Signature


def gaussian_heads(x: Any, size: int) -> list[Any]:
    """Features (B, n) -> [mean, log variance], each (B, size), float32 whatever the precision."""
    return [layers.Dense(size, dtype="float32", name=name)(x) for name in ("mean", "log_variance")]


def draw(mean: Any, log_variance: Any, noise: Any) -> Any:
    """``mean + deviation * noise``: a draw that gradients pass (Kingma and Welling, 2013, section 2.4).

    Args:
        mean: (B, d).
        log_variance: (B, d).
        noise: N(0, 1), (B, d).
    """
    return mean + ops.exp(0.5 * log_variance) * noise


def posterior(encoder: keras.Model, samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both outputs, (n, d) each, of an encoder with two of them, on any number of samples."""
    both = keras.Model(encoder.input, layers.Concatenate(dtype="float32")(encoder.outputs))
    end = Signature("posterior", both, {"sample": Input("image", ())}, "latent", "vector")
    mean, spread = np.split(inference.run(end, {"sample": samples}), 2, axis=1)
    return mean, spread
