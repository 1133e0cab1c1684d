"""Likelihoods and the divergence of latent-variable models: one number a sample, in nats, summed over its dimensions."""

import math
from typing import Any

from keras import ops


def kl_to_prior(mean: Any, log_variance: Any) -> Any:
    """``KL(N(mean, variance) || N(0, I))`` (Kingma and Welling, 2013, appendix B).

    Args:
        mean: (batch, d).
        log_variance: the logarithm of the variance, not of the deviation; (batch, d).

    Returns:
        (batch,), never negative.
    """
    mean, log_variance = _f32(mean), _f32(log_variance)
    return 0.5 * ops.sum(ops.square(mean) + ops.exp(log_variance) - log_variance - 1.0, axis=-1)


def bernoulli_nll(x: Any, logits: Any) -> Any:
    """``-log p(x)`` where each element is 1 with probability ``sigmoid(logit)``; (batch,).

    Args:
        x: in [0, 1], (batch, ...); between the ends it is the expectation over draws of 0 and 1.
        logits: of the same shape.
    """
    return _total(ops.softplus(_f32(logits)) - _f32(x) * _f32(logits))


def gaussian_nll(x: Any, mean: Any, deviation: Any = 1.0) -> Any:
    """``sum (x - mean)^2 / (2 s^2) + log s + log(2 pi) / 2``; (batch,). All shapes broadcast to that of ``x``."""
    distance = (_f32(x) - _f32(mean)) / deviation
    return _total(0.5 * ops.square(distance) + ops.log(_f32(deviation)) + 0.5 * math.log(2.0 * math.pi))


def laplace_nll(x: Any, mean: Any, scale: Any = 1.0) -> Any:
    """``sum |x - mean| / s + log(2 s)``; (batch,). All shapes broadcast to that of ``x``."""
    return _total(ops.abs(_f32(x) - _f32(mean)) / scale + ops.log(2.0 * _f32(scale)))


def _f32(values: Any) -> Any:
    return ops.cast(values, "float32")


def _total(values: Any) -> Any:
    return ops.sum(values, axis=tuple(range(1, len(values.shape))))
