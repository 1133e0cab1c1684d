"""WGAN-GP: a critic kept smooth by a penalty on its gradient (Gulrajani et al., 2017)."""

from typing import Any, Literal

import keras
from keras import ops

from ganapps import losses
from ganapps.engine.model import Batch
from ganapps.engine.players import Player
from ganapps.engine.schedules import LinearDecay
from ganapps.models.latent import LatentModel
from ganapps.networks.dcgan import dcgan_discriminator, dcgan_generator
from ganapps.networks.mlp import mlp
from ganapps.networks.residual import residual_critic, residual_generator
from ganapps.registry import register


@register("wgan-gp", title="WGAN-GP", paper="1704.00028", year=2017, chapter="mode collapse")
class WGANGP(LatentModel):
    """Wasserstein GAN without weight clipping: the critic's gradient norm is drawn to 1 between real and generated.

    The critic estimates the Wasserstein-1 distance and is updated five times a step (algorithm 1); the penalty is
    two-sided and taken per sample (equation 3), so the critic has no batch normalisation.

    Pictures take the residual networks of the CIFAR-10 code, or the DCGAN stacks (section 5.1) without normalisation in
    the critic; points in the plane take the ReLU networks of the toy code. The bed preset is for points, the small one
    (DCGAN stacks) for 32 pixels and thousands of steps, not a hundred thousand: five times the paper's rate gets it
    as far in a quarter of them.

    Args:
        architecture: of the networks for pictures.
        resolution: of the pictures, a power of two from 8 up.
        channels: of the pictures.
        dimensions: 0 for pictures; else the samples are points in that many dimensions.
        latent_dim: length of the latent vector (paper: 128).
        features: width of the residual blocks (paper: 128), of the DCGAN stacks' stage at the picture, or of the three
            ReLU layers (toy code: 512).
        critic_features: of the critic alone; None takes ``features``.
        kernel: of the DCGAN stacks (section 5.1: 5).
        penalty: weight of the gradient penalty (paper: 10; toy code: 0.1).
        critic_updates: critic updates a step, each on its own part of the batch (paper: 5).
        learning_rate: of Adam, both players.
        beta_1: of Adam (CIFAR-10 code: 0; toy code: 0.5).
        decay: whether the learning rate falls linearly to zero over the run, as in the CIFAR-10 code.
        seed: fixes the noise drawn in training.
    """

    players = (Player("critic", trains=("critic",), updates=5), Player("generator", trains=("generator",)))
    needs = ("image|point",)
    presets = {
        "paper": {},
        "small": {
            "architecture": "dcgan",
            "features": 32,
            "critic_features": 16,
            "kernel": 4,
            "learning_rate": 1e-3,
            "beta_1": 0.5,
        },
        "bed": {
            "dimensions": 2,
            "latent_dim": 2,
            "features": 128,
            "penalty": 0.1,
            "learning_rate": 1e-3,
            "beta_1": 0.5,
        },
    }

    def __init__(
        self,
        architecture: Literal["residual", "dcgan"] = "residual",
        resolution: int = 32,
        channels: int = 3,
        dimensions: int = 0,
        latent_dim: int = 128,
        features: int = 128,
        critic_features: int | None = None,
        kernel: int = 5,
        penalty: float = 10.0,
        critic_updates: int = 5,
        learning_rate: float = 2e-4,
        beta_1: float = 0.0,
        decay: bool = True,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.players = (Player("critic", ("critic",), updates=critic_updates), Player("generator", ("generator",)))
        self.latent_dim, self.dimensions, self.penalty, self.decay = latent_dim, dimensions, penalty, decay
        self.learning_rate, self.beta_1 = learning_rate, beta_1
        critic_features = critic_features or features
        if dimensions:
            self.generator = mlp(latent_dim, (features,) * 3, dimensions, "generator")
            self.critic = mlp(dimensions, (critic_features,) * 3, 1, "critic")
        elif architecture == "dcgan":
            self.generator = dcgan_generator(resolution, channels, latent_dim, features, kernel)
            self.critic = dcgan_discriminator(
                resolution, channels, critic_features, kernel, normalize=False, name="critic"
            )
        else:
            self.generator = residual_generator(resolution, channels, latent_dim, features)
            self.critic = residual_critic(resolution, channels, critic_features)

    def optimizers(self, steps: int | None) -> dict[str, keras.optimizers.Optimizer]:
        """Adam for both, decaying together (the critic makes more updates in the same time)."""
        rates = {
            p.name: LinearDecay(self.learning_rate, steps and steps * p.updates) if self.decay else self.learning_rate
            for p in self.players
        }
        return {name: keras.optimizers.Adam(rate, self.beta_1, 0.9) for name, rate in rates.items()}

    def critic_loss(self, batch: Batch) -> tuple:
        """The negative distance and the penalty (equation 3)."""
        real = self.real(batch)
        fake = ops.stop_gradient(self.fakes(batch))
        distance = losses.wasserstein(self.critic(real, training=True), self.critic(fake, training=True))
        mix = self.noise.uniform((real.shape[0],))
        penalty = losses.gradient_penalty(lambda x: self.critic(x, training=True), real, fake, mix)
        return self.penalty * penalty - distance, {"distance": distance, "penalty": penalty}

    def generator_loss(self, batch: Batch) -> tuple:
        """Raise the critic's value of fresh samples."""
        value = ops.mean(self.critic(self.fakes(batch), training=True))
        return -value, {"fake_value": value}
