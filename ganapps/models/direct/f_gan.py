"""f-GAN: the game for any f-divergence (Nowozin, Cseke, Tomioka, 2016)."""

from typing import Any, Literal

import keras
import numpy as np
from keras import layers, ops

from ganapps.engine import inference
from ganapps.engine.model import Batch
from ganapps.engine.players import Player
from ganapps.engine.signature import Input, Signature
from ganapps.layers import batch_norm
from ganapps.losses.divergences import DIVERGENCES
from ganapps.models.latent import LatentModel
from ganapps.networks.plain import plain_discriminator, plain_generator
from ganapps.registry import register


@register("f-gan", title="f-GAN", paper="1606.00709", year=2016, chapter="direct")
class FGAN(LatentModel):
    """A GAN that minimises an f-divergence of one's choice between data and samples, ``E_q f(p / q)``.

    The critic's unbounded output ``V(x)`` gives, through the divergence's activation ``g_f``, a lower bound of the
    divergence: ``F = E g_f(V(x)) - E f*(g_f(V(G(z))))`` (equation 6). The critic raises it, the generator lowers it. All
    divergences share this one file; they differ in a row of a table. The paper updates both players from one backward
    pass (algorithm 1); here they take turns.

    Pictures take the paper's MNIST networks or the DCGAN stacks, as in the paper for LSUN; points in the plane take
    ReLU layers. The small preset has DCGAN stacks at 32 pixels.

    Args:
        divergence: between data and samples; "jensen-shannon" is twice the usual one, "gan" that less log 4.
        objective: the generator lowers ``F`` as it stands (minimax), or raises ``E g_f(V(G(z)))``, which has a gradient
            where the critic is sure (section 3.2).
        architecture: of the networks for pictures.
        resolution: of the pictures, in pixels; for DCGAN stacks a power of two from 8 up.
        channels: of the pictures.
        dimensions: 0 for pictures; else the samples are points in that many dimensions.
        latent_dim: length of the latent vector, uniform in [-1, 1] (paper: 100).
        units: of the MNIST generator's layers (paper: 1200); the critic has a fifth.
        features: channels of the DCGAN stacks' stage at the picture; units of the layers for points.
        kernel: of the DCGAN stacks' convolutions.
        clip: largest norm of a player's gradient.
        learning_rate: of Adam, both players (the small preset, for thousands of steps, has two and a half times that).
        beta_1: of Adam.
        seed: fixes the noise drawn in training.
    """

    players = (Player("critic", trains=("critic",)), Player("generator", trains=("generator",)))
    needs = ("image|point",)
    distribution = "uniform"
    presets = {
        "paper": {},
        "small": {"architecture": "dcgan", "resolution": 32, "features": 32, "kernel": 4, "learning_rate": 5e-4},
        "bed": {"dimensions": 2, "latent_dim": 2, "features": 128, "learning_rate": 1e-3},
    }

    def __init__(
        self,
        divergence: Literal["kl", "reverse-kl", "pearson", "hellinger", "jensen-shannon", "gan"] = "gan",
        objective: Literal["minimax", "non-saturating"] = "non-saturating",
        architecture: Literal["mlp", "dcgan"] = "mlp",
        resolution: int = 28,
        channels: int = 1,
        dimensions: int = 0,
        latent_dim: int = 100,
        units: int = 1200,
        features: int = 64,
        kernel: int = 5,
        clip: float = 10.0,
        learning_rate: float = 2e-4,
        beta_1: float = 0.5,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.divergence, self.objective = DIVERGENCES[divergence], objective
        self.latent_dim, self.dimensions = latent_dim, dimensions
        self.clip, self.learning_rate, self.beta_1 = clip, learning_rate, beta_1
        if dimensions or architecture == "dcgan":
            self.generator = plain_generator(dimensions, resolution, channels, latent_dim, features, kernel)
            self.critic = plain_discriminator(dimensions, resolution, channels, features, kernel, name="critic")
        else:
            shape = (resolution, resolution, channels)
            self.generator = mlp_generator(latent_dim, units, shape)
            self.critic = mlp_critic(units // 5, shape)

    def optimizers(self, steps: int | None) -> dict[str, keras.optimizers.Optimizer]:
        """Adam for both, with their gradients' norms clipped (section 3.2)."""
        options = {"beta_1": self.beta_1, "beta_2": 0.999, "global_clipnorm": self.clip}
        return {player.name: keras.optimizers.Adam(self.learning_rate, **options) for player in self.players}

    def critic_loss(self, batch: Batch) -> tuple:
        """The negative bound (equation 6); recorded are the bound, and how often real and fake fall on their side of f'(1)."""
        real = self.critic(self.real(batch), training=True)
        fake = self.critic(ops.stop_gradient(self.fakes(batch)), training=True)
        bound = self.divergence.bound(real, fake)
        right = ops.concatenate([self.found_real(real), ops.logical_not(self.found_real(fake))])
        logs = {"divergence": bound, "accuracy": ops.mean(ops.cast(right, "float32"))}
        return -bound, {**logs, "real_value": ops.mean(real), "fake_value": ops.mean(fake)}

    def generator_loss(self, batch: Batch) -> tuple:
        """The bound's part that depends on the generator, or its non-saturating form."""
        fake = self.critic(self.fakes(batch), training=True)
        term = self.divergence.of_fake if self.objective == "minimax" else self.divergence.of_real
        return -ops.mean(term(fake)), {"fake_value": ops.mean(fake)}

    def found_real(self, values: Any) -> Any:
        """Whether ``g_f(V)`` lies above f'(1), which says that the sample is likelier under the data."""
        return self.divergence.of_real(values) > self.divergence.threshold

    def divergence_estimate(self, samples: np.ndarray, seed: int = 0) -> float:
        """The bound of the divergence from real samples to as many generated ones, in nats.

        Args:
            samples: pictures (n, H, W, C) in [-1, 1], or points (n, dimensions).
            seed: of the latents.
        """
        end = Signature("value", self.critic, {"sample": Input("image", ())}, "value", "vector")
        real, fake = (inference.run(end, {"sample": x}) for x in (samples, self.generate(len(samples), seed)))
        return float(self.divergence.bound(real, fake))


def mlp_generator(latent_dim: int, units: int, shape: tuple[int, int, int]) -> keras.Model:
    """Latent -> pictures: two layers with batch normalisation and ReLU, sigmoid pixels (section 4.1)."""
    latent = x = keras.Input((latent_dim,), name="latent")
    for _ in range(2):
        start = keras.initializers.RandomUniform(-0.05, 0.05)
        x = layers.ReLU()(batch_norm()(layers.Dense(units, use_bias=False, kernel_initializer=start)(x)))
    x = layers.Dense(int(np.prod(shape)), dtype="float32")(x)
    x = layers.Rescaling(2.0, -1.0, dtype="float32")(layers.Activation("sigmoid", dtype="float32")(x))
    return keras.Model(latent, layers.Reshape(shape)(x), name="generator")


def mlp_critic(units: int, shape: tuple[int, int, int]) -> keras.Model:
    """Pictures -> unbounded values (B, 1): two ELU layers (section 4.1)."""
    image = keras.Input(shape, name="image")
    x = layers.Flatten()(layers.Rescaling(0.5, 0.5)(image))
    for _ in range(2):
        start = keras.initializers.RandomUniform(-0.005, 0.005)
        x = layers.Dense(units, activation="elu", kernel_initializer=start)(x)
    return keras.Model(image, layers.Dense(1, dtype="float32")(x), name="critic")
