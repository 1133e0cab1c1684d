"""PLDT: pixel-level domain transfer (Yoo, Kim, Park, Paek, Kweon, 2016), also called PixelDTGAN."""

from typing import Any, Literal

import keras
import numpy as np
from keras import layers, ops

from ganapps import losses
from ganapps.engine import inference, pictures
from ganapps.engine.model import AdversarialModel, Batch
from ganapps.engine.players import Player
from ganapps.engine.signature import Input, Signature
from ganapps.errors import UsageError
from ganapps.layers import batch_norm
from ganapps.networks.dcgan import dcgan_discriminator, dcgan_features, dcgan_generator, init
from ganapps.registry import register


@register("pldt", title="PLDT", paper="1603.07442", year=2016, chapter="supervised image-to-image")
class PLDT(AdversarialModel):
    """A picture becomes another one of the same thing in another shape: a dressed person the garment on its own.

    No pixel of the one says where a pixel of the other is, so no distance between pictures is minimised. Two
    discriminators teach the converter: one tells real pictures of domain B from converted ones, the other, the domain
    discriminator, tells pairs that belong together from pairs that do not. To the second a converted picture and a real
    picture of another thing are both wrong, so it must look at the source as well.

    The defaults are the paper's; widths and kernels are those of the code by F. Xia.

    Args:
        resolution: of the pictures, a power of two from 8 up.
        channels: of both domains.
        features: width of the first layer of the converter and of both discriminators.
        code_dim: length of the code between the converter's halves (paper: 64).
        realism_weight: of the discriminator in the converter's loss (paper: 1/2; its baseline without the other: 1); with
            none there is no such network.
        association_weight: of the domain discriminator in it (paper: 1/2); with none there is no such network.
        pixel_weight: of the squared error of the pixels (paper: 0; its baseline with nothing else: 1; section 6).
        optimizer: SGD as in the paper, or the code's option Adam (beta 0.5).
        learning_rate: of all players.
        momentum: of SGD.
        seed: fixes the noise drawn in training.
    """

    players: tuple[Player, ...] = (
        Player("discriminator", trains=("discriminator",)),
        Player("domain", trains=("domain_discriminator",)),
        Player("converter", trains=("converter",)),
    )
    needs = ("a", "b", "b_neg")
    paired = True
    averaged = ("converter",)
    presets = {"paper": {}, "small": {"features": 32, "optimizer": "adam"}}

    def __init__(
        self,
        resolution: int = 64,
        channels: int = 3,
        features: int = 96,
        code_dim: int = 64,
        realism_weight: float = 0.5,
        association_weight: float = 0.5,
        pixel_weight: float = 0.0,
        optimizer: Literal["sgd", "adam"] = "sgd",
        learning_rate: float = 2e-4,
        momentum: float = 0.5,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.realism_weight, self.association_weight, self.pixel_weight = (
            realism_weight,
            association_weight,
            pixel_weight,
        )
        self.optimizer_name, self.learning_rate, self.momentum = optimizer, learning_rate, momentum
        self.converter = converter(resolution, channels, features, code_dim)
        if realism_weight:
            self.discriminator = dcgan_discriminator(resolution, channels, features, kernel=4)
        if association_weight:
            self.domain_discriminator = dcgan_discriminator(
                resolution, 2 * channels, features, kernel=4, name="domain_discriminator"
            )
        self.players = tuple(player for player in PLDT.players if hasattr(self, player.trains[0]))

    def optimizers(self, steps: int | None) -> dict[str, keras.optimizers.Optimizer]:
        """SGD with momentum for all players."""
        if self.optimizer_name == "adam":
            return {player.name: keras.optimizers.Adam(self.learning_rate, 0.5, 0.999) for player in self.players}
        return {player.name: keras.optimizers.SGD(self.learning_rate, self.momentum) for player in self.players}

    def discriminator_loss(self, batch: Batch) -> tuple:
        """Two real pictures, the source's own and another, and the converted one; hands that one on."""
        fake = ops.stop_gradient(self.converter(batch["a"], training=True))
        own, other, converted = together(self.discriminator, batch["b"], batch["b_neg"], fake)
        loss = (called_true(own) + called_true(other) + called_false(converted)) / 3.0
        real = (ops.mean(own) + ops.mean(other)) / 2.0
        return loss, {"real_logit": real, "fake_logit": ops.mean(converted)}, {"converted": fake}

    def domain_loss(self, batch: Batch) -> tuple:
        """Only the source and its own target belong together."""
        handed = batch.get("converted")
        fake = ops.stop_gradient(self.converter(batch["a"], training=True)) if handed is None else handed
        own, other, converted = self.judge_pairs(batch, fake)
        loss = (called_true(own) + called_false(other) + called_false(converted)) / 3.0
        logs = {"own_logit": ops.mean(own), "other_logit": ops.mean(other), "fake_logit": ops.mean(converted)}
        return loss, logs

    def converter_loss(self, batch: Batch) -> tuple:
        """The converted picture shall pass for real, and for the source's own; the paper's gives its pixels no distance."""
        fake = self.converter(batch["a"], training=True)
        terms = {"pixels": losses.l2(fake, batch["b"])}
        loss = self.pixel_weight * terms["pixels"]
        if self.realism_weight:
            terms["realism"] = called_true(together(self.discriminator, batch["b"], batch["b_neg"], fake)[2])
            loss += self.realism_weight * terms["realism"]
        if self.association_weight:
            terms["association"] = called_true(self.judge_pairs(batch, fake)[2])
            loss += self.association_weight * terms["association"]
        return loss, terms

    def judge_pairs(self, batch: Batch, converted: Any) -> list[Any]:
        """The domain discriminator's logits of the source with its own target, with another, with the converted picture."""
        targets = (batch["b"], batch["b_neg"], converted)
        return together(self.domain_discriminator, *(ops.concatenate([batch["a"], x], axis=-1) for x in targets))

    def signatures(self) -> dict[str, Signature]:
        """``a_to_b``: the converter."""
        network = self.trained("converter")
        inputs = {"image": Input("image", tuple(network.input.shape[1:]))}
        return {"a_to_b": Signature("a_to_b", network, inputs, "generated")}

    def association(self, sources: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """The probability (n,) that each target shows what its source shows; pictures (n, H, W, C) in [-1, 1].

        To be compared, not held against 1/2: where the converter is good, half is all that the own target gets.

        Raises:
            UsageError: the model was trained without a domain discriminator.
        """
        if not self.association_weight:
            raise UsageError("This PLDT has association_weight 0, so it has no domain discriminator to ask.")
        end = Signature("association", self.domain_discriminator, {"pair": Input("image", ())}, "logit", "vector")
        logits = inference.run(end, {"pair": np.concatenate([sources, targets], axis=-1)})
        return 1.0 / (1.0 + np.exp(-logits[:, 0]))

    def preview(self, batch: dict[str, np.ndarray], seed: int) -> np.ndarray:
        """Sources over converted pictures over true targets, sixteen of each."""
        source = batch["a"][:16]
        return pictures.rows([source, self.translate(source, "a_to_b"), batch["b"][:16]])


def together(network: keras.Model, *kinds: Any) -> list[Any]:
    """The logits (B, 1) of each kind of input, all found in one pass.

    The paper draws what a discriminator sees from all kinds with equal probability (section 4). Where a kind is normalised on
    its own, its mean is gone, and that is what tells it from the others: held-out pairs were then told apart by chance.
    """
    return ops.split(network(ops.concatenate(kinds), training=True), len(kinds))


def called_true(logits: Any) -> Any:
    """The mean cross-entropy of logits against 1."""
    return ops.mean(ops.softplus(-ops.cast(logits, "float32")))


def called_false(logits: Any) -> Any:
    """The mean cross-entropy of logits against 0."""
    return ops.mean(ops.softplus(ops.cast(logits, "float32")))


def converter(resolution: int, channels: int, features: int, code_dim: int) -> keras.Model:
    """Pictures -> a code, and nothing besides it -> pictures in [-1, 1]: the DCGAN stacks around a 4 x 4 convolution."""
    trunk = dcgan_features(resolution, channels, features, kernel=4)
    x = layers.Conv2D(code_dim, 4, use_bias=False, kernel_initializer=init(), name="code")(trunk.output)
    x = layers.LeakyReLU(0.2)(batch_norm(gain_std=0.02)(x))
    decoder = dcgan_generator(resolution, channels, code_dim, features, kernel=4)
    return keras.Model(trunk.input, decoder(layers.Flatten()(x)), name="converter")
