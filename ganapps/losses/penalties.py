"""Penalties on a critic's gradients."""

from collections.abc import Callable
from typing import Any

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
