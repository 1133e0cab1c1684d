"""The game of BiGAN and ALI: a discriminator of pairs (sample, code) against a generator and an encoder together."""

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from ganapps import losses
from ganapps.engine import inference
from ganapps.engine.model import Batch
from ganapps.engine.players import Player
from ganapps.engine.signature import Input, Signature
from ganapps.models.latent import EncodingModel
from ganapps.networks.dcgan import dcgan_features, init
from ganapps.networks.mlp import mlp


class JointModel(EncodingModel):
    """Matches the pairs ``(x, E(x))`` of data to the pairs ``(G(z), z)`` of the generator.

    One discriminator sees sample and code together. Generator and encoder are one player, which wants every pair to
    pass for the other kind; both players learn from the same pictures and the same latents. No term compares pixels:
    that E inverts G follows from the match.

    A subclass's constructor sets ``generator``, ``encoder`` and ``discriminator`` ([samples, codes] -> logits (B, 1)); its
    method ``codes`` says what the encoder's half of a pair is.

    Args:
        seed: fixes the noise drawn in training.
    """

    players = (
        Player("discriminator", trains=("discriminator",)),
        Player("generator_encoder", trains=("generator", "encoder")),
    )
    weight_decay: float = 0.0
    discriminator: keras.Model

    def codes(self, samples: Any, batch: Batch) -> Any:
        """``E(x)``, (B, latent_dim), in training."""
        raise NotImplementedError

    def draws(self, batch: Batch) -> Batch:
        """The step's noise, the same for both players."""
        return {"latent": self.latents(batch)}

    def judge(self, batch: Batch) -> tuple[Any, Any]:
        """The logits of the encoder's pairs and of the generator's, each kind in a pass of its own, as in BiGAN's code.

        ALI's code has one pass, and one normalisation, for both: on Fashion-MNIST that gave an FID of 32 instead of 8
        (1,500 steps at a rate of 2e-4).
        """
        real, latent = self.real(batch), batch["latent"]
        encoded = self.discriminator([real, self.codes(real, batch)], training=True)
        generated = self.discriminator([self.generator(latent, training=True), latent], training=True)
        return encoded, generated

    def discriminator_loss(self, batch: Batch) -> tuple:
        """``-log D(x, E(x)) - log(1 - D(G(z), z))``; hands the noise on."""
        drawn = self.draws(batch)
        encoded, generated = self.judge(batch | drawn)
        loss = losses.non_saturating_discriminator(encoded, generated)
        logs = {"real_logit": ops.mean(encoded), "fake_logit": ops.mean(generated)}
        return loss + self.decay(self.discriminator), logs, drawn

    def generator_encoder_loss(self, batch: Batch) -> tuple:
        """The same with the labels exchanged: ``-log(1 - D(x, E(x))) - log D(G(z), z)``."""
        encoded, generated = self.judge(batch)
        loss = losses.non_saturating_discriminator(generated, encoded)
        logs = {"real_logit": ops.mean(encoded), "fake_logit": ops.mean(generated)}
        return loss + self.decay(self.generator, self.encoder), logs

    def features_of(self, samples: np.ndarray) -> np.ndarray:
        """The encoder's last hidden layer (n, features), for a linear classifier."""
        coder = self.coder()
        hidden = keras.Model(coder.input, coder.layers[-1].input, name="features")
        end = Signature("features", hidden, {"sample": Input("image", ())}, "features", "vector")
        return inference.run(end, {"sample": samples})

    def decay(self, *networks: keras.Model) -> Any:
        """The weighted L2 penalty on the networks' kernels."""
        return self.weight_decay * losses.weight_decay(*networks) if self.weight_decay else 0.0


def joint_mlp(dimensions: int, latent_dim: int, features: int) -> keras.Model:
    """[points (B, dimensions), codes (B, latent_dim)] -> logits (B, 1): three ReLU layers on both side by side."""
    point, code = keras.Input((dimensions,), name="point"), keras.Input((latent_dim,), name="code")
    network = mlp(dimensions + latent_dim, (features,) * 3, 1, "pairs")
    logit = network(layers.Concatenate()([point, code]))
    return keras.Model([point, code], logit, name="discriminator")


def joint_conv(resolution: int, channels: int, latent_dim: int, features: int, kernel: int) -> keras.Model:
    """[pictures, codes] -> logits (B, 1): a layer on the DCGAN trunk, one on the code, one on both side by side.

    They start at He's deviations: with DCGAN's 0.02 the few numbers of the code drown in the many of the picture,
    and after 1,500 steps ALI's reconstructions of MNIST still showed other digits.
    """
    trunk, code = dcgan_features(resolution, channels, features, kernel), keras.Input((latent_dim,), name="code")
    full = lambda x: layers.LeakyReLU(0.2)(layers.Dense(16 * features, kernel_initializer="he_normal")(x))  # noqa: E731
    both = layers.Concatenate()([full(layers.Flatten()(trunk.output)), full(code)])
    logit = layers.Dense(1, kernel_initializer=init(), dtype="float32")(full(both))
    return keras.Model([trunk.input, code], logit, name="discriminator")
