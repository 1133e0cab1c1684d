"""CGAN: both players are told a condition (Mirza and Osindero, 2014)."""

from typing import Any, Literal

import keras
import numpy as np
from keras import layers, ops

from ganapps import losses
from ganapps.engine import pictures
from ganapps.engine.model import AdversarialModel, Batch
from ganapps.engine.players import Player
from ganapps.engine.schedules import DividedRate, RampedSGD
from ganapps.engine.signature import Input, Signature
from ganapps.layers import Maxout
from ganapps.networks.dcgan import dcgan_discriminator, dcgan_generator
from ganapps.registry import register


@register("cgan", title="CGAN", paper="1411.1784", year=2014, chapter="basics")
class CGAN(AdversarialModel):
    """The GAN in which generator and discriminator get a condition as a further input (equation 2).

    The discriminator scores the pair of a picture and a condition: real pictures with their own, generated ones with the
    very condition that they were made from. Nothing else asks the generator to obey; a picture that does not fit its
    condition is found out because real pairs look different.

    Pictures take the paper's MNIST networks (ReLU generator, maxout discriminator, dropout in both), or the DCGAN stacks,
    where the discriminator sees the condition as further channels of the picture. The small preset has the latter.

    Args:
        condition: the batch field that both players are given: the class (as one-hot), a vector (attributes, or any
            embedding under that name), or a picture (`a`) of the same size.
        architecture: fully connected as in the paper, or DCGAN stacks.
        resolution: of the pictures, in pixels; for DCGAN stacks a power of two from 8 up.
        channels: of the pictures.
        classes: how many; for conditions that are classes.
        attributes: length of the condition that is a vector.
        latent_dim: length of the latent vector, uniform as in the paper (100).
        features: channels of the DCGAN stacks' stage at the picture.
        kernel: of the DCGAN stacks' convolutions.
        dropout: in the fully connected networks, after every hidden layer.
        optimizer: the paper's SGD (0.1 divided by 1.00004 an update, momentum 0.5 to 0.7), or Adam.
        learning_rate: of Adam.
        beta_1: of Adam.
        seed: fixes the noise drawn in training.
    """

    players = (Player("discriminator", trains=("discriminator",)), Player("generator", trains=("generator",)))
    needs = ("image", "label|attributes|a")
    presets = {
        "paper": {},
        "small": {
            "architecture": "dcgan", "resolution": 32, "features": 32, "kernel": 4, "optimizer": "adam",
            "learning_rate": 5e-4,
        },
    }  # fmt: skip

    def __init__(
        self,
        condition: Literal["label", "attributes", "a"] = "label",
        architecture: Literal["mlp", "dcgan"] = "mlp",
        resolution: int = 28,
        channels: int = 1,
        classes: int = 10,
        attributes: int = 0,
        latent_dim: int = 100,
        features: int = 64,
        kernel: int = 5,
        dropout: float = 0.5,
        optimizer: Literal["sgd", "adam"] = "sgd",
        learning_rate: float = 2e-4,
        beta_1: float = 0.5,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.latent_dim, self.optimizer_name = latent_dim, optimizer
        self.learning_rate, self.beta_1 = learning_rate, beta_1
        shape = (resolution, resolution, channels)
        kinds = {
            "label": Input("label", (), "int32", tuple(str(i) for i in range(classes))),
            "attributes": Input("attributes", (attributes,)),
            "a": Input("image", shape),
        }
        self.condition, self.given = condition, kinds[condition]
        if architecture == "mlp":
            self.generator = mlp_generator(shape, self.given, latent_dim, dropout)
            self.discriminator = mlp_discriminator(shape, self.given, dropout)
        else:
            self.generator = conv_generator(shape, self.given, latent_dim, features, kernel)
            self.discriminator = conv_discriminator(shape, self.given, features, kernel)

    def optimizers(self, steps: int | None) -> dict[str, keras.optimizers.Optimizer]:
        """The same kind for both players."""
        if self.optimizer_name == "sgd":
            return {player.name: RampedSGD(DividedRate(divisor=1.00004)) for player in self.players}
        return {player.name: keras.optimizers.Adam(self.learning_rate, self.beta_1, 0.999) for player in self.players}

    def discriminator_loss(self, batch: Batch) -> tuple:
        """Equation 2, maximised over D: real pairs against generated ones under the same conditions."""
        fake = ops.stop_gradient(self.fakes(batch))
        real_logit = self.judge(batch["image"], batch)
        fake_logit = self.judge(fake, batch)
        loss = losses.non_saturating_discriminator(real_logit, fake_logit)
        return loss, {"real_logit": ops.mean(real_logit), "fake_logit": ops.mean(fake_logit)}

    def generator_loss(self, batch: Batch) -> tuple:
        """``-log D(G(z|y)|y)`` on fresh latents."""
        fake_logit = self.judge(self.fakes(batch), batch)
        return losses.non_saturating_generator(fake_logit), {"fake_logit": ops.mean(fake_logit)}

    def fakes(self, batch: Batch) -> Any:
        """A generated picture for each condition of the batch."""
        latents = self.noise.uniform((batch["image"].shape[0], self.latent_dim), -1.0, 1.0)
        return self.generator([latents, batch[self.condition]], training=True)

    def judge(self, images: Any, batch: Batch) -> Any:
        """The discriminator's logits (B, 1) of pictures with the batch's conditions."""
        return self.discriminator([images, batch[self.condition]], training=True)

    def signatures(self) -> dict[str, Signature]:
        """``sample``: latent and condition -> picture."""
        latent = Input("latent", (self.latent_dim,), distribution="uniform")
        inputs = {"latent": latent, self.condition: self.given}
        return {"sample": Signature("sample", self.trained("generator"), inputs, "image")}

    def sample_grid(self, conditions: np.ndarray, columns: int = 8, seed: int = 0) -> np.ndarray:
        """Pictures (k * columns, H, W, C) in [-1, 1]: one condition (k, ...) a row, one latent a column."""
        latent = np.random.default_rng(seed).uniform(-1.0, 1.0, (columns, self.latent_dim))
        wanted = np.repeat(conditions, columns, axis=0)
        latents = np.tile(latent, (len(conditions), 1))
        return self.generate(len(wanted), seed, latent=latents, **{self.condition: wanted})

    def preview(self, batch: dict[str, np.ndarray], seed: int) -> np.ndarray:
        """One condition a row (the first ten classes, or those of the first real pictures), one latent a column."""
        classes = np.arange(len(self.given.classes))[:10]
        conditions = classes if self.condition == "label" else batch[self.condition][:8]
        return pictures.grid(self.sample_grid(conditions, 10, seed), columns=10)


def condition_of(given: Input) -> tuple[Any, Any]:
    """The Keras input of a condition, and the condition as the networks use it: one-hot where it is a class."""
    start = keras.Input(given.shape, dtype=given.dtype, name="condition")
    if given.kind != "label":
        return start, start
    return start, layers.CategoryEncoding(len(given.classes), output_mode="one_hot")(layers.Reshape((1,))(start))


def mlp_generator(shape: tuple[int, int, int], given: Input, latent_dim: int, dropout: float) -> keras.Model:
    """[latent in [-1, 1], condition] -> pictures: 200 and 1000 ReLU units, jointly 1200, sigmoid pixels (section 4.1)."""

    def hidden(units: int, x: Any) -> Any:
        uniform = keras.initializers.RandomUniform(-0.05, 0.05)
        return layers.Dropout(dropout)(layers.Dense(units, activation="relu", kernel_initializer=uniform)(x))

    latent = keras.Input((latent_dim,), name="latent")
    start, condition = condition_of(given)
    z = hidden(200, layers.Rescaling(0.5, 0.5)(latent))  # the paper's noise lies in the unit hypercube
    y = hidden(1000, layers.Flatten()(condition))
    x = layers.Dense(int(np.prod(shape)), dtype="float32")(hidden(1200, layers.Concatenate()([z, y])))
    x = layers.Rescaling(2.0, -1.0, dtype="float32")(layers.Activation("sigmoid", dtype="float32")(x))
    return keras.Model([latent, start], layers.Reshape(shape)(x), name="generator")


def mlp_discriminator(shape: tuple[int, int, int], given: Input, dropout: float) -> keras.Model:
    """[pictures, condition] -> logit: maxout layers of 240 and 50 units with 5 pieces, jointly 240 with 4 (section 4.1)."""

    def hidden(units: int, pieces: int, x: Any) -> Any:
        uniform = keras.initializers.RandomUniform(-0.005, 0.005)
        return layers.Dropout(dropout)(Maxout(units, pieces, kernel_initializer=uniform)(x))

    image = keras.Input(shape, name="image")
    start, condition = condition_of(given)
    x = hidden(240, 5, layers.Flatten()(layers.Rescaling(0.5, 0.5)(image)))
    y = hidden(50, 5, layers.Flatten()(condition))
    x = hidden(240, 4, layers.Concatenate()([x, y]))
    return keras.Model([image, start], layers.Dense(1, dtype="float32")(x), name="discriminator")


def conv_generator(
    shape: tuple[int, int, int], given: Input, latent_dim: int, features: int, kernel: int
) -> keras.Model:
    """[latent, condition] -> pictures: the condition's embedding, as long as the latent, joins it before the DCGAN stack."""
    latent = keras.Input((latent_dim,), name="latent")
    start, condition = condition_of(given)
    y = layers.Dense(latent_dim, activation="relu")(layers.Flatten()(condition))
    stack = dcgan_generator(shape[0], shape[2], 2 * latent_dim, features, kernel)
    return keras.Model([latent, start], stack(layers.Concatenate()([latent, y])), name="generator")


def conv_discriminator(shape: tuple[int, int, int], given: Input, features: int, kernel: int) -> keras.Model:
    """[pictures, condition] -> logit: a vector stands in every pixel as further channels, a picture joins as it is."""
    image = keras.Input(shape, name="image")
    start, condition = condition_of(given)
    if given.kind != "image":
        size = condition.shape[-1]
        condition = layers.Reshape((*shape[:2], size))(layers.RepeatVector(shape[0] * shape[1])(condition))
    stack = dcgan_discriminator(shape[0], shape[2] + condition.shape[-1], features, kernel)
    return keras.Model([image, start], stack(layers.Concatenate()([image, condition])), name="discriminator")
