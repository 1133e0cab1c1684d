"""Objectives as pure functions on logits and pictures. Every function returns what is to be minimised, a scalar; those
of `gaussian` one number a sample."""

from ganapps.losses.adversarial import (
    hinge_discriminator,
    hinge_generator,
    least_squares_discriminator,
    least_squares_generator,
    minimax_generator,
    non_saturating_discriminator,
    non_saturating_generator,
    smoothed_discriminator,
    wasserstein,
)
from ganapps.losses.classification import attribute_cross_entropy, cross_entropy, real_logit
from ganapps.losses.distances import half_distances, pair_distances
from ganapps.losses.features import feature_matching
from ganapps.losses.gaussian import bernoulli_nll, gaussian_nll, kl_to_prior, laplace_nll
from ganapps.losses.penalties import gradient_penalty, weight_decay
from ganapps.losses.reconstruction import gradient_difference, l1, l2, squared_norm, total_variation

__all__ = [
    "attribute_cross_entropy",
    "bernoulli_nll",
    "cross_entropy",
    "feature_matching",
    "gaussian_nll",
    "gradient_difference",
    "gradient_penalty",
    "half_distances",
    "hinge_discriminator",
    "hinge_generator",
    "kl_to_prior",
    "l1",
    "l2",
    "laplace_nll",
    "least_squares_discriminator",
    "least_squares_generator",
    "minimax_generator",
    "non_saturating_discriminator",
    "non_saturating_generator",
    "pair_distances",
    "real_logit",
    "smoothed_discriminator",
    "squared_norm",
    "total_variation",
    "wasserstein",
    "weight_decay",
]
