"""Objectives as pure functions on logits and pictures. Every function returns what is to be minimised, a scalar."""

from ganapps.losses.adversarial import (
    least_squares_discriminator,
    least_squares_generator,
    minimax_generator,
    non_saturating_discriminator,
    non_saturating_generator,
    wasserstein,
)
from ganapps.losses.classification import cross_entropy
from ganapps.losses.penalties import gradient_penalty
from ganapps.losses.reconstruction import l1

__all__ = [
    "cross_entropy",
    "gradient_penalty",
    "l1",
    "least_squares_discriminator",
    "least_squares_generator",
    "minimax_generator",
    "non_saturating_discriminator",
    "non_saturating_generator",
    "wasserstein",
]
