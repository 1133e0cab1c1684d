"""WGAN: the critic estimates a distance instead of telling real from generated (Arjovsky, Chintala, Bottou, 2017)."""

from typing import Any, Literal

import keras
import numpy as np
from keras import layers, ops

from ganapps import losses
from ganapps.engine import backend, inference
from ganapps.engine.model import Batch
from ganapps.engine.players import Player
from ganapps.engine.signature import Input, Signature
from ganapps.models.latent import LatentModel
from ganapps.networks.dcgan import dcgan_generator
from ganapps.networks.mlp import mlp
from ganapps.networks.plain import plain_discriminator
from ganapps.registry import register


@register("wgan", title="WGAN", paper="1701.07875", year=2017, chapter="mode collapse")
class WGAN(LatentModel):
    """The Wasserstein-1 distance in place of the Jensen-Shannon divergence: it falls smoothly as the samples improve.

    The critic is a function without sigmoid or logarithm (equation 2). It is kept Lipschitz by clipping all its weights,
    the gains and offsets of batch normalisation among them, so what it estimates is the distance times an unknown
    constant. It must be nearly optimal: it is updated several times a step, and as it changes under a moving target,
    the optimiser has no momentum (section 4).

    In the authors' code the critic has 100 updates before each of the generator's first 25 updates and before every 500th.
    Such a long round takes 20 steps here: in all but the last the generator rests, so that every critic update sees
    fresh data. The first 25 generator updates are 500 steps.

    Args:
        architecture: of the generator for pictures: the DCGAN stacks, the same without batch normalisation, or three
            ReLU layers (section 4.3).
        critic_architecture: of the critic for pictures.
        resolution: of the pictures, a power of two from 8 up.
        channels: of the pictures.
        dimensions: 0 for pictures; else the samples are points in that many dimensions.
        latent_dim: length of the latent vector (paper: 100).
        features: channels of the DCGAN stacks' stage at the picture (paper: 64); units of the ReLU layers for points.
        units: of the ReLU layers for pictures (paper: 512).
        kernel: of the DCGAN stacks (code: 4).
        clip: bound of the critic's weights (paper: 0.01).
        critic_updates: critic updates a step, each on its own part of the batch (paper: 5).
        catch_up: critic updates in a long round, in whole steps; 0 for no long rounds (code: 100).
        catch_up_first: so many of the generator's first updates follow a long round (code: 25).
        catch_up_every: and later one of so many (code: 500).
        optimizer: RMSProp, or the code's option Adam (beta 0.5), which the paper found unstable.
        learning_rate: of both players (paper: 5e-5; the small preset, for thousands of steps, has six times that).
        seed: fixes the noise drawn in training.
    """

    players = (Player("critic", trains=("critic",), updates=5), Player("generator", trains=("generator",)))
    presets = {
        "paper": {},
        "small": {"resolution": 32, "features": 32, "learning_rate": 3e-4},
        "bed": {"dimensions": 2, "latent_dim": 2, "features": 128, "clip": 0.1, "learning_rate": 5e-4},
    }

    def __init__(
        self,
        architecture: Literal["dcgan", "plain", "mlp"] = "dcgan",
        critic_architecture: Literal["dcgan", "mlp"] = "dcgan",
        resolution: int = 64,
        channels: int = 3,
        dimensions: int = 0,
        latent_dim: int = 100,
        features: int = 64,
        units: int = 512,
        kernel: int = 4,
        clip: float = 0.01,
        critic_updates: int = 5,
        catch_up: int = 100,
        catch_up_first: int = 25,
        catch_up_every: int = 500,
        optimizer: Literal["rmsprop", "adam"] = "rmsprop",
        learning_rate: float = 5e-5,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.players = (Player("critic", ("critic",), updates=critic_updates), Player("generator", ("generator",)))
        self.latent_dim, self.dimensions, self.clip = latent_dim, dimensions, clip
        self.long, self.first, self.every = max(1, catch_up // critic_updates), catch_up_first, catch_up_every
        self.optimizer_name, self.learning_rate = optimizer, learning_rate
        shape = (resolution, resolution, channels)
        if dimensions:
            self.generator = mlp(latent_dim, (features,) * 3, dimensions, "generator")
        elif architecture == "mlp":
            self.generator = flat_generator(shape, latent_dim, units)
        else:
            normalize = architecture == "dcgan"
            self.generator = dcgan_generator(resolution, channels, latent_dim, features, kernel, normalize)
        if critic_architecture == "mlp" and not dimensions:
            self.critic = flat_critic(shape, units)
        else:
            self.critic = plain_discriminator(dimensions, resolution, channels, features, kernel, name="critic")

    def optimizers(self, steps: int | None) -> dict[str, keras.optimizers.Optimizer]:
        """RMSProp as the authors' code has it, for both players."""
        if self.optimizer_name == "adam":
            return {p.name: keras.optimizers.Adam(self.learning_rate, 0.5, 0.999) for p in self.players}
        # Keras adds epsilon under the root: 1e-16 there is the code's 1e-8 outside. A clipped critic's gradients are small.
        return {p.name: keras.optimizers.RMSprop(self.learning_rate, 0.99, epsilon=1e-16) for p in self.players}

    def critic_loss(self, batch: Batch) -> tuple:
        """The negative distance (equation 3); real and generated samples in two passes."""
        fake = ops.stop_gradient(self.fakes(batch))
        distance = losses.wasserstein(self.critic(self.real(batch), training=True), self.critic(fake, training=True))
        return -distance, {"distance": distance}

    def generator_loss(self, batch: Batch) -> tuple:
        """Raise the critic's value of fresh samples; the gate is shut while the critic has a long round."""
        value = ops.mean(self.critic(self.fakes(batch), training=True))
        return -value, {"fake_value": value, "gate": self.moves(self.optimizer.iterations)}

    def update(self, player: Player, batch: Batch) -> tuple[dict[str, Any], Batch]:
        """Clip around the critic's update, as algorithm 1 (after) and the code (before)."""
        if player.name == "generator":
            return super().update(player, batch)
        self.clip_weights()
        found = super().update(player, batch)
        self.clip_weights()
        return found

    def clip_weights(self) -> None:
        """Every critic weight into [-clip, clip]."""
        for variable in self.critic.trainable_variables:
            backend.assign(variable, ops.clip(variable.value, -self.clip, self.clip))

    def moves(self, step: Any) -> Any:
        """Whether the generator is updated in step number ``step``: always, but in the last step of a long round only."""
        begun = self.first * self.long  # the step after the first long rounds
        cycle = (step - begun + self.first - self.every) % (self.every + self.long - 1)
        return ops.where(step < begun, step % self.long == self.long - 1, cycle >= self.long - 1)

    def values(self, samples: np.ndarray) -> np.ndarray:
        """The critic's value (n,) of pictures (n, H, W, C) in [-1, 1] or points."""
        end = Signature("critic", self.critic, {"sample": Input("image", ())}, "value", "vector")
        return inference.run(end, {"sample": samples})[:, 0]

    def distance_estimate(self, samples: np.ndarray, seed: int = 0) -> float:
        """``E f(x) - E f(G(z))`` on these real samples and as many generated ones: the distance up to a constant."""
        return float(self.values(samples).mean() - self.values(self.generate(len(samples), seed)).mean())


def flat_generator(shape: tuple[int, int, int], latent_dim: int, units: int) -> keras.Model:
    """Latent (B, latent_dim) -> three ReLU layers -> pictures in [-1, 1]."""
    latent = x = keras.Input((latent_dim,), name="latent")
    for _ in range(3):
        x = layers.Dense(units, activation="relu", kernel_initializer="he_normal")(x)
    x = layers.Activation("tanh", dtype="float32")(layers.Dense(int(np.prod(shape)))(x))
    return keras.Model(latent, layers.Reshape(shape)(x), name="generator")


def flat_critic(shape: tuple[int, int, int], units: int) -> keras.Model:
    """Pictures in [-1, 1] -> three ReLU layers -> values (B, 1)."""
    image = keras.Input(shape, name="image")
    x = layers.Flatten()(image)
    for _ in range(3):
        x = layers.Dense(units, activation="relu", kernel_initializer="he_normal")(x)
    return keras.Model(image, layers.Dense(1, dtype="float32", name="critic_output")(x), name="critic")
