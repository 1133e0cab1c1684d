"""VAE/GAN: auto-encoding beyond pixels with a learned similarity metric (Larsen et al., 2015)."""

from typing import Any, Literal

import keras
import numpy as np
from keras import ops

from ganapps import losses
from ganapps.engine import backend, inference
from ganapps.engine.model import Batch
from ganapps.engine.players import Player
from ganapps.engine.schedules import PowerAnneal
from ganapps.engine.signature import Input, Signature
from ganapps.models.latent import EncodingModel
from ganapps.networks.gaussian import draw
from ganapps.networks.vae_gan import decoder, discriminator, encoder
from ganapps.registry import register


@register("vae-gan", title="VAE/GAN", paper="1512.09300", year=2015, chapter="encoders")
class VAEGAN(EncodingModel):
    """A VAE whose decoder is a GAN's generator and whose reconstruction error is taken in the discriminator's features.

    The encoder minimises the divergence from the prior and the error in features, and hears nothing of real or
    generated; the decoder minimises that error, lightly weighted, and fools the discriminator with reconstructions and
    with samples; the discriminator learns to tell both from data, and never sees the error (algorithm 1). An update of
    the discriminator or of the decoder is skipped while that player is too far ahead.

    The defaults are the authors' code for CelebA at 64 pixels. The small preset is for 32 pixels and some 1,500 updates,
    which the authors' rates end in noise: it weighs both kinds of pictures alike, its decoder climbs ``log D`` (with the
    minimax form it perfects what already passes and gives its samples up), and it learns by Adam. RMSProp's memory of ten
    steps leaves a weave of bright and dark lines in the samples. Its discriminator is slower than the others: codes say
    next to nothing after a hundred updates, and with a discriminator that is ahead by then they may never do again (at
    5e-4 one of three runs on MNIST drew noise).

    Args:
        resolution: of the pictures, a multiple of 8; networks halve it three times.
        channels: of the pictures.
        latent_dim: length of the code (paper: 128).
        features: width of the encoder's first layer (paper: 64); all widths are multiples of its half.
        reconstruction_weight: of the error in features in the decoder's loss; the adversarial term has the rest to 1.
        objective: of the decoder's adversarial term: the paper's "minimax", or "non-saturating".
        real_weight: of real pictures in the discriminator's loss; reconstructions and samples share the rest.
        equilibrium: the cost of real and of generated pictures at which the game is even (log 2).
        margin: the discriminator waits while a cost is below the equilibrium by more, the decoder while one is above by
            more; a large margin lets nobody wait.
        weight_decay: L2 penalty on the kernels of all players.
        optimizer: RMSProp with a falling rate, or Adam (beta 0.5) with a constant one; of all players.
        learning_rate: at the start.
        final_rate: RMSProp's at the end of the run.
        discriminator_rate: of the discriminator's Adam; None takes ``learning_rate``.
        seed: fixes the noise drawn in training.
    """

    players = (
        Player("discriminator", trains=("discriminator",)),
        Player("encoder", trains=("encoder",)),
        Player("decoder", trains=("generator",)),
    )
    needs = ("image",)
    presets = {
        "paper": {},
        "small": {
            "resolution": 32,
            "features": 16,
            "reconstruction_weight": 3e-3,
            "objective": "non-saturating",
            "real_weight": 0.5,
            "optimizer": "adam",
            "learning_rate": 5e-4,
            "discriminator_rate": 2e-4,
        },
    }

    def __init__(
        self,
        resolution: int = 64,
        channels: int = 3,
        latent_dim: int = 128,
        features: int = 64,
        reconstruction_weight: float = 1e-5,
        objective: Literal["minimax", "non-saturating"] = "minimax",
        real_weight: float = 0.66,
        equilibrium: float = 0.68,
        margin: float = 0.35,
        weight_decay: float = 1e-5,
        optimizer: Literal["rmsprop", "adam"] = "rmsprop",
        learning_rate: float = 3.125e-4,
        final_rate: float = 1.5625e-7,
        discriminator_rate: float | None = None,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.latent_dim, self.reconstruction_weight, self.real_weight = latent_dim, reconstruction_weight, real_weight
        self.fool = {"minimax": losses.minimax_generator, "non-saturating": losses.non_saturating_generator}[objective]
        self.equilibrium, self.margin, self.weight_decay = equilibrium, margin, weight_decay
        self.optimizer_name, self.learning_rate, self.final_rate = optimizer, learning_rate, final_rate
        slow = discriminator_rate or learning_rate
        self.rates = {"discriminator": slow, "encoder": learning_rate, "decoder": learning_rate}
        self.encoder = encoder(resolution, channels, latent_dim, features)
        self.generator = decoder(resolution, channels, latent_dim, features)
        self.discriminator = discriminator(resolution, channels, features)
        self.feature_layer = keras.Model(self.discriminator.input, self.discriminator.outputs[0], name="feature_layer")

    def optimizers(self, steps: int | None) -> dict[str, keras.optimizers.Optimizer]:
        """RMSProp for all three (authors' code: 0.02 / 64 to 0.00001 / 64), or Adam."""
        if self.optimizer_name == "adam":
            return {name: keras.optimizers.Adam(rate, 0.5, 0.999) for name, rate in self.rates.items()}
        rate = PowerAnneal(self.learning_rate, self.final_rate, steps)
        return {player.name: keras.optimizers.RMSprop(rate, rho=0.9, epsilon=1e-12) for player in self.players}

    def discriminator_loss(self, batch: Batch) -> tuple:
        """``L_GAN`` on three kinds of pictures; hands on the codes, and whether the decoder may move."""
        image, prior = batch["image"], self.latents(batch)
        noise = self.noise.normal((image.shape[0], self.latent_dim))
        mean, log_variance = self.encoder(image, training=True)
        code = ops.stop_gradient(draw(mean, log_variance, noise))
        again, sample = (ops.stop_gradient(self.generator(z, training=True)) for z in (code, prior))
        _, real_logit = self.discriminator(image, training=True)
        _, again_logit = self.discriminator(again, training=True)
        _, sample_logit = self.discriminator(sample, training=True)
        real = ops.mean(ops.softplus(-real_logit))
        fake = (ops.mean(ops.softplus(again_logit)) + ops.mean(ops.softplus(sample_logit))) / 2.0
        loss = self.real_weight * real + (1.0 - self.real_weight) * fake
        logs = {"real_logit": ops.mean(real_logit), "fake_logit": (ops.mean(again_logit) + ops.mean(sample_logit)) / 2}
        logs["gate"], decoder = self.gates(real, fake)
        handed = {"noise": noise, "code": code, "prior": prior, "decoder": decoder}
        return loss + self.weight_decay * losses.weight_decay(self.discriminator), logs, handed

    def encoder_loss(self, batch: Batch) -> tuple:
        """``L_prior + L_llike``: no term of real or generated."""
        mean, log_variance = self.encoder(batch["image"], training=True)
        again = self.generator(draw(mean, log_variance, batch["noise"]), training=True)
        divergence = ops.mean(losses.kl_to_prior(mean, log_variance))
        error = self.feature_error(batch["image"], again)
        loss = divergence + error + self.weight_decay * losses.weight_decay(self.encoder)
        return loss, {"kl": divergence, "error": error}

    def decoder_loss(self, batch: Batch) -> tuple:
        """``gamma L_llike - L_GAN`` on reconstructions and samples; the codes come without a way back to the encoder."""
        again, sample = (self.generator(batch[name], training=True) for name in ("code", "prior"))
        error = self.feature_error(batch["image"], again)
        logits = [self.discriminator(x, training=True)[1] for x in (again, sample)]
        fool = self.fool(logits[0]) + self.fool(logits[1])
        loss = self.reconstruction_weight * error + (1.0 - self.reconstruction_weight) * fool
        logs = {"error": error, "adversarial": fool, "gate": batch["decoder"]}
        return loss + self.weight_decay * losses.weight_decay(self.generator), logs

    def feature_error(self, x: Any, y: Any) -> Any:
        """``1/2 ||D_l(x) - D_l(y)||^2`` (equation 8 but for a constant), summed over features, averaged over pictures.

        Both go through the discriminator in one pass, so that one normalisation measures both.
        """
        found = ops.cast(self.feature_layer(ops.concatenate([x, y]), training=True), "float32")
        return 0.5 * ops.sum(ops.square(found[: x.shape[0]] - found[x.shape[0] :])) / x.shape[0]

    def gates(self, real: Any, fake: Any) -> tuple[Any, Any]:
        """Whether discriminator and decoder may move, from the costs of real and generated pictures; one always may."""
        real, fake = (ops.mean(backend.gather(ops.reshape(cost, (1,)))) for cost in (real, fake))
        discriminator = ops.minimum(real, fake) >= self.equilibrium - self.margin
        decoder = ops.maximum(real, fake) <= self.equilibrium + self.margin
        neither = ops.logical_not(ops.logical_or(discriminator, decoder))
        return ops.logical_or(discriminator, neither), ops.logical_or(decoder, neither)

    def attribute_vector(self, images: np.ndarray, has: np.ndarray) -> np.ndarray:
        """The mean code of pictures with an attribute less that of pictures without; ``has`` is bool (n,)."""
        codes = self.encode(images)
        return codes[has].mean(axis=0) - codes[~has].mean(axis=0)

    def edit(self, images: np.ndarray, vector: np.ndarray, strength: float = 1.0) -> np.ndarray:
        """Reconstructions with ``strength`` times an attribute's vector added to their codes."""
        return self.decode(self.encode(images) + strength * vector)

    def similarity(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """``-1/2 ||D_l(x) - D_l(y)||^2``, (n,): 0 for equal pictures, negative else."""
        end = Signature("features", self.feature_layer, {"image": Input("image", ())}, "features", "vector")
        difference = inference.run(end, {"image": x}) - inference.run(end, {"image": y})
        return -0.5 * np.square(difference).sum(axis=(1, 2, 3))
