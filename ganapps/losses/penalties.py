"""Penalties on a critic's gradients and on the size of weights."""

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from ganapps.engine import backend


def gradient_penalty(critic: Callable[[Any], Any], real: Any, fake: Any, mix: Any, target: float = 1.0) -> Any:
    """``E (||grad f(x)||_2 - target)^2`` at ``x = mix * real + (1 - mix) * fake`` (Gulrajani et al., 2017, eq. 3).

    Args:
        critic: samples -> one value a sample.
        real, fake: samples, (batch, ...).
        mix: U(0, 1), one a sample, (batch,).
        target: the norm that costs nothing.

    Returns:
        The penalty without its weight, a scalar.
    """
    mix = ops.reshape(mix, (-1, *(1 for _ in real.shape[1:])))
    between = mix * real + (1.0 - mix) * fake
    slope = ops.cast(backend.input_gradient(critic, between), "float32")
    squares = ops.sum(ops.square(slope), axis=tuple(range(1, len(real.shape))))
    return ops.mean(ops.square(ops.sqrt(squares + 1e-12) - target))  # 1e-12: the root has no slope at 0


def weight_decay(*networks: keras.Model) -> Any:
    """Half the sum of squares of all kernels: its gradient is the weights, the L2 decay of optimisers before AdamW.

    Variables with fewer than two axes, biases and gains, are left out.
    """
    variables = [v for network in networks for v in network.trainable_variables if len(v.shape) > 1]
    return 0.5 * sum(ops.sum(ops.square(_f32(v))) for v in variables)


def _f32(values: Any) -> Any:
    return ops.cast(values, "float32")
