"""Pix2Pix: image-to-image translation with conditional adversarial networks (Isola, Zhu, Zhou, Efros, 2016)."""

from typing import Any, Literal

import keras
import numpy as np
from keras import ops

from ganapps import losses
from ganapps.engine import pictures
from ganapps.engine.model import AdversarialModel, Batch
from ganapps.engine.players import Player
from ganapps.engine.schedules import LinearDecay
from ganapps.engine.signature import Input, Signature
from ganapps.networks.translation import patchgan
from ganapps.networks.unet import unet, with_noise
from ganapps.registry import register


@register("pix2pix", title="Pix2Pix", paper="1611.07004", year=2016, chapter="supervised image-to-image")
class Pix2Pix(AdversarialModel):
    """A U-Net learns from pairs what b belongs to an a; a conditional GAN is the part of its loss that one need not write.

    The L1 distance to the true b (equation 3) gets the coarse structure right and blurs the rest; the discriminator sees
    a and b together, one overlapping patch at a time, and so judges texture that fits (sections 3.1 and 3.2). Noise is
    dropout in the decoder and nothing else. The paper keeps it on at test: ``variants`` does; the signature ``a_to_b``
    and exported files are without. Normalisation uses the statistics of the picture at hand in training and at test, as
    the paper's does at its batch of one (``ganapps.networks.unet`` says more).

    The paper's ablation (table 1): L1 alone is ``adversarial_weight=0``, GAN and cGAN are ``l1_weight=0``, GAN and L1+GAN
    are ``conditional=False``. For b to a, exchange the two in the data.

    The defaults are the paper's for 256 pixels; the small preset is for 64.

    Args:
        resolution: of the pictures, a power of two from 8 up.
        channels: of both domains.
        features: width of the networks' first layers.
        widest: width of the generator's widest layers, in multiples of ``features``.
        generator: the U-Net, or the same without its skips (section 4.3).
        dropout: rate in the decoder, the noise.
        depth: stride-2 layers of the discriminator: 0 sees single pixels, 1 patches of 16, 2 of 34, 3 of 70, 5 of 286.
        conditional: the discriminator sees a beside b.
        adversarial_weight: of the adversarial term in the generator's loss; 0 plays without a discriminator.
        l1_weight: of the L1 distance to the true b.
        learning_rate: of Adam, both players.
        beta_1: of Adam.
        decay: the learning rate falls linearly to zero over the second half of the run (the authors' later code).
        seed: fixes the noise drawn in training.
    """

    players: tuple[Player, ...] = (
        Player("generator", trains=("generator",)),
        Player("discriminator", trains=("discriminator",)),
    )
    needs = ("a", "b")
    paired = True
    presets = {"paper": {}, "small": {"resolution": 64, "features": 32, "depth": 2}}

    def __init__(
        self,
        resolution: int = 256,
        channels: int = 3,
        features: int = 64,
        widest: int = 8,
        generator: Literal["unet", "encoder-decoder"] = "unet",
        dropout: float = 0.5,
        depth: int = 3,
        conditional: bool = True,
        adversarial_weight: float = 1.0,
        l1_weight: float = 100.0,
        learning_rate: float = 2e-4,
        beta_1: float = 0.5,
        decay: bool = False,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.resolution, self.channels, self.conditional = resolution, channels, conditional
        self.adversarial_weight, self.l1_weight = adversarial_weight, l1_weight
        self.learning_rate, self.beta_1, self.decay = learning_rate, beta_1, decay
        sizes = (resolution, channels, channels, features)
        self.generator = unet(*sizes, "generator", generator == "unet", dropout, widest)
        if adversarial_weight:
            seen = 2 * channels if conditional else channels
            self.discriminator = patchgan(seen, features, depth, "discriminator", "batch")
        else:
            self.players = self.players[:1]

    def optimizers(self, steps: int | None) -> dict[str, keras.optimizers.Optimizer]:
        """Adam for both (section 3.3)."""
        rate = LinearDecay(self.learning_rate, steps, hold=0.5) if self.decay else self.learning_rate
        return {player.name: keras.optimizers.Adam(rate, self.beta_1, 0.999) for player in self.players}

    def generator_loss(self, batch: Batch) -> tuple:
        """Equation 4, in the form that maximises log D (section 3.3); hands the fakes to the discriminator."""
        a, b = batch["a"], batch["b"]
        fake = self.generator(a, training=True)
        distance = losses.l1(fake, b)
        loss, logs = self.l1_weight * distance, {"l1": distance}
        if self.adversarial_weight:
            logits = self.judge(a, fake)
            logs |= {"adversarial": losses.non_saturating_generator(logits), "fake_logit": ops.mean(logits)}
            loss += self.adversarial_weight * logs["adversarial"]
        return loss, logs, {"fake": ops.stop_gradient(fake)}

    def discriminator_loss(self, batch: Batch) -> tuple:
        """Real pairs and made ones in two passes, the sum halved to slow the discriminator down (section 3.3)."""
        real, fake = self.judge(batch["a"], batch["b"]), self.judge(batch["a"], batch["fake"])
        loss = losses.non_saturating_discriminator(real, fake) / 2
        return loss, {"real_logit": ops.mean(real), "fake_logit": ops.mean(fake)}

    def judge(self, a: Any, b: Any) -> Any:
        """The logits (B, h, w, 1) of ``b`` as what belongs to ``a``, one a patch."""
        seen = ops.concatenate([a, b], axis=-1) if self.conditional else b
        return self.discriminator(seen, training=True)

    def signatures(self) -> dict[str, Signature]:
        """``a_to_b``: picture -> picture, without noise."""
        image = Input("image", (self.resolution, self.resolution, self.channels))
        return {"a_to_b": Signature("a_to_b", self.trained("generator"), {"image": image}, "generated")}

    def variants(self, images: np.ndarray, n: int, seed: int = 0) -> np.ndarray:
        """``n`` translations of each picture with the noise on: (pictures, n, H, W, channels), all in [-1, 1]."""
        return with_noise(self.trained("generator"), images, n, seed)

    def preview(self, batch: dict[str, np.ndarray], seed: int) -> np.ndarray:
        """Columns of eight: a, its translation without noise and with, and the true b."""
        a, b = batch["a"][:8], batch["b"][:8]
        return pictures.rows([a, self.translate(a, "a_to_b"), self.variants(a, 1, seed)[:, 0], b])
