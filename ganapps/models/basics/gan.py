"""GAN: the game that started it (Goodfellow et al., 2014)."""

from typing import Any, Literal

import keras
import numpy as np
from keras import layers, ops

from ganapps import losses
from ganapps.engine.model import Batch
from ganapps.engine.players import Player
from ganapps.engine.schedules import DividedRate, RampedSGD
from ganapps.layers import Maxout
from ganapps.models.latent import LatentModel
from ganapps.networks.mlp import mlp
from ganapps.registry import register


@register("gan", title="GAN", paper="1406.2661", year=2014, chapter="basics")
class GAN(LatentModel):
    """A generator against a discriminator, both fully connected: the minimax game and its non-saturating form.

    The discriminator learns to tell real samples from generated ones; at its optimum ``D = p_data / (p_data + p_g)`` and
    the generator then minimises twice the Jensen-Shannon divergence less log 4. The paper trains the generator on
    ``-log D(G(z))`` because ``log(1 - D(G(z)))`` saturates while the discriminator is ahead; both are here.

    Pictures take the paper's MNIST networks (ReLU generator, maxout discriminator with dropout); points in the plane take
    two ReLU networks. Pictures up to 28 pixels; for larger ones see DCGAN.

    Args:
        objective: what the generator minimises.
        resolution: of the pictures, in pixels.
        channels: of the pictures.
        dimensions: 0 for pictures; else the samples are points in that many dimensions.
        latent_dim: length of the latent vector (paper: 100).
        units: width of the hidden layers (paper: 1200 for pictures).
        optimizer: the paper's SGD (0.1 divided by 1.000004 an update, momentum 0.5 to 0.7), or Adam.
        learning_rate: of Adam.
        beta_1: of Adam.
        seed: fixes the noise drawn in training.
    """

    players = (Player("discriminator", trains=("discriminator",)), Player("generator", trains=("generator",)))
    needs = ("image|point",)
    presets = {
        "paper": {},
        "small": {"units": 512, "optimizer": "adam"},
        "bed": {"dimensions": 2, "latent_dim": 2, "units": 128, "optimizer": "adam", "learning_rate": 1e-3},
    }

    def __init__(
        self,
        objective: Literal["non-saturating", "minimax"] = "non-saturating",
        resolution: int = 28,
        channels: int = 1,
        dimensions: int = 0,
        latent_dim: int = 100,
        units: int = 1200,
        optimizer: Literal["sgd", "adam"] = "sgd",
        learning_rate: float = 2e-4,
        beta_1: float = 0.5,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.objective, self.latent_dim, self.dimensions = objective, latent_dim, dimensions
        self.optimizer_name, self.learning_rate, self.beta_1 = optimizer, learning_rate, beta_1
        if dimensions:
            self.generator = mlp(latent_dim, (units,) * 3, dimensions, "generator")
            self.discriminator = mlp(dimensions, (units,) * 3, 1, "discriminator")
        else:
            shape = (resolution, resolution, channels)
            self.generator = picture_generator(latent_dim, units, shape)
            self.discriminator = maxout_discriminator(shape)

    def optimizers(self, steps: int | None) -> dict[str, keras.optimizers.Optimizer]:
        """The same kind for both players."""
        if self.optimizer_name == "sgd":
            return {player.name: RampedSGD(DividedRate()) for player in self.players}
        return {player.name: keras.optimizers.Adam(self.learning_rate, self.beta_1, 0.999) for player in self.players}

    def discriminator_loss(self, batch: Batch) -> tuple:
        """Equation 1, maximised over D; equally many real and generated samples."""
        fake = self.fakes(batch)
        real_logit = self.discriminator(self.real(batch), training=True)
        fake_logit = self.discriminator(ops.stop_gradient(fake), training=True)
        loss = losses.non_saturating_discriminator(real_logit, fake_logit)
        return loss, {"real_logit": ops.mean(real_logit), "fake_logit": ops.mean(fake_logit)}

    def generator_loss(self, batch: Batch) -> tuple:
        """Equation 1, minimised over G, or its non-saturating form (section 3)."""
        fake_logit = self.discriminator(self.fakes(batch), training=True)
        saturating = self.objective == "minimax"
        loss = losses.minimax_generator(fake_logit) if saturating else losses.non_saturating_generator(fake_logit)
        return loss, {"fake_logit": ops.mean(fake_logit)}

    def adapt(self, batch: dict[str, np.ndarray]) -> None:
        """Start the generator's output at the mean picture, as the paper's code does."""
        if not self.dimensions:
            marginals = np.clip((batch["image"].mean(axis=0).ravel() + 1.0) / 2.0, 0.02, 0.98)
            self.generator.get_layer("pixels").bias.assign(np.log(marginals / (1.0 - marginals)))


def picture_generator(latent_dim: int, units: int, shape: tuple[int, int, int]) -> keras.Model:
    """Latent (B, latent_dim) -> two ReLU layers -> sigmoid pixels, rescaled to [-1, 1]; weights start in U(-0.05, 0.05)."""
    uniform = keras.initializers.RandomUniform(-0.05, 0.05)
    latent = x = keras.Input((latent_dim,), name="latent")
    for _ in range(2):
        x = layers.Dense(units, activation="relu", kernel_initializer=uniform)(x)
    pixels = layers.Dense(int(np.prod(shape)), kernel_initializer=uniform, name="pixels", dtype="float32")(x)
    x = layers.Rescaling(2.0, -1.0, dtype="float32")(layers.Activation("sigmoid", dtype="float32")(pixels))
    return keras.Model(latent, layers.Reshape(shape)(x), name="generator")


def maxout_discriminator(shape: tuple[int, int, int]) -> keras.Model:
    """Pictures in [-1, 1] -> logit: two maxout layers of 240 units and 5 pieces; dropout keeps 0.8, then half."""
    uniform = keras.initializers.RandomUniform(-0.005, 0.005)
    image = keras.Input(shape, name="image")
    x = layers.Dropout(0.2)(layers.Flatten()(layers.Rescaling(0.5, 0.5)(image)))
    for _ in range(2):
        x = layers.Dropout(0.5)(Maxout(240, 5, kernel_initializer=uniform)(x))
    return keras.Model(image, layers.Dense(1, kernel_initializer=uniform, dtype="float32")(x), name="discriminator")
