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
