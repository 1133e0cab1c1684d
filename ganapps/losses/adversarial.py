"""The two sides' objectives on logits (before any sigmoid), any shape; means over all elements."""

from typing import Any

from keras import ops


def non_saturating_discriminator(real: Any, fake: Any) -> Any:
    """``-log D(x) - log(1 - D(G(z)))``, the discriminator of both forms of the GAN (Goodfellow et al., 2014, eq. 1).

    Args:
        real: logits of real samples.
        fake: logits of generated samples.
    """
    return ops.mean(ops.softplus(-_f32(real))) + ops.mean(ops.softplus(_f32(fake)))


def non_saturating_generator(fake: Any) -> Any:
    """``-log D(G(z))`` (Goodfellow et al., 2014, section 3): strong gradients where D is sure of itself."""
    return ops.mean(ops.softplus(-_f32(fake)))


def minimax_generator(fake: Any) -> Any:
    """``log(1 - D(G(z)))`` (Goodfellow et al., 2014, eq. 1): vanishing gradients where D is sure of itself."""
    return -ops.mean(ops.softplus(_f32(fake)))


def smoothed_discriminator(real: Any, fake: Any, target: float) -> Any:
    """``non_saturating_discriminator`` with ``target`` for real samples instead of 1: one-sided label smoothing.

    Salimans et al. (2016), section 3.4. Generated samples keep 0, or the optimum would not be where it was.
    """
    # The cross-entropy is linear in its target, with slope -a at the logit a.
    return non_saturating_discriminator(real, fake) + (1.0 - target) * ops.mean(_f32(real))


def hinge_discriminator(real: Any, fake: Any) -> Any:
    """``max(0, 1 - f(x)) + max(0, 1 + f(G(z)))`` (Zhang et al., 2018, eq. 4)."""
    return ops.mean(ops.relu(1.0 - _f32(real))) + ops.mean(ops.relu(1.0 + _f32(fake)))


def hinge_generator(fake: Any) -> Any:
    """``-f(G(z))`` (Zhang et al., 2018, eq. 4): the margin is the discriminator's alone."""
    return -ops.mean(_f32(fake))


def least_squares_discriminator(real: Any, fake: Any) -> Any:
    """``(D(x) - 1)^2 + D(G(z))^2`` (Mao et al., 2017, eq. 9 without its factor 1/2)."""
    return ops.mean(ops.square(_f32(real) - 1.0)) + ops.mean(ops.square(_f32(fake)))


def least_squares_generator(fake: Any) -> Any:
    """``(D(G(z)) - 1)^2`` (Mao et al., 2017, eq. 9 without its factor 1/2)."""
    return ops.mean(ops.square(_f32(fake) - 1.0))


def wasserstein(real: Any, fake: Any) -> Any:
    """``E f(x) - E f(G(z))``: the critic's estimate of the Wasserstein-1 distance (Arjovsky et al., 2017, eq. 3).

    The critic minimises its negative.
    """
    return ops.mean(_f32(real)) - ops.mean(_f32(fake))


def _f32(logits: Any) -> Any:
    return ops.cast(logits, "float32")  # half precision rounds a mean over a batch
