"""DualGAN: unsupervised dual learning for image-to-image translation (Yi, Zhang, Tan, Gong, 2017)."""

from typing import Any, Literal

import keras
import numpy as np
from keras import ops

from ganapps import losses
from ganapps.engine import backend
from ganapps.engine.model import Batch
from ganapps.engine.players import Player
from ganapps.models.two_domains import TwoDomains
from ganapps.networks.translation import patchgan
from ganapps.networks.unet import unet, with_noise
from ganapps.registry import register


@register("dualgan", title="DualGAN", paper="1704.02510", year=2017, chapter="unsupervised image-to-image")
class DualGAN(TwoDomains):
    """Two U-Nets learn from each other as two translators of a language do: what comes back should be what was sent.

    The reconstruction error is L1, heavily weighted (equation 4). The critics are Wasserstein's, on patches, their
    weights clipped (section 3.1); they are updated several times a step, on fresh data each time. Noise is dropout in
    the decoders, which the paper keeps on at test: ``variants`` does, signatures and exported files are without.
    Normalisation as in Pix2Pix.

    The paper names ranges, not numbers: the defaults are those at which the adversarial term weighs most. The authors'
    released code plays another game, the preset ``code``: cross-entropy, weights of 20, one update of the discriminators
    before two of the generators. The small preset is for 64 pixels.

    Args:
        resolution: of the pictures, a power of two from 8 up.
        channels: of both domains.
        features: width of the networks' first layers.
        dropout: rate in the decoders, the noise.
        depth: stride-2 layers of a critic; 3 sees 70-pixel patches, 2 sees 34.
        adversarial: Wasserstein's distance with clipping (paper), or cross-entropy (released code).
        weight_a: of the reconstruction of a (paper: 100 to 1000, smaller where a are photographs and b are not).
        weight_b: of the reconstruction of b.
        clip: bound of the Wasserstein critics' weights (paper: 0.01 to 0.1).
        critic_updates: critic updates a step, each on its own part of the batch (paper: 2 to 4).
        generator_updates: generator updates a step, likewise.
        learning_rate: of RMSProp, both players.
        seed: fixes the noise drawn in training.
    """

    players = (
        Player("critics", trains=("critic_a", "critic_b"), updates=3),
        Player("generators", trains=("a_to_b", "b_to_a")),
    )
    presets = {
        "paper": {},
        "code": {
            "adversarial": "bce",
            "weight_a": 20.0,
            "weight_b": 20.0,
            "critic_updates": 1,
            "generator_updates": 2,
        },
        "small": {"resolution": 64, "features": 32, "depth": 2, "learning_rate": 2e-4},
    }

    def __init__(
        self,
        resolution: int = 256,
        channels: int = 3,
        features: int = 64,
        dropout: float = 0.5,
        depth: int = 3,
        adversarial: Literal["wgan", "bce"] = "wgan",
        weight_a: float = 100.0,
        weight_b: float = 100.0,
        clip: float = 0.1,
        critic_updates: int = 3,
        generator_updates: int = 1,
        learning_rate: float = 5e-5,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.players = (
            Player("critics", ("critic_a", "critic_b"), updates=critic_updates),
            Player("generators", ("a_to_b", "b_to_a"), updates=generator_updates),
        )
        self.resolution, self.channels, self.adversarial = resolution, channels, adversarial
        self.weight_a, self.weight_b, self.clip, self.learning_rate = weight_a, weight_b, clip, learning_rate
        self.a_to_b = unet(resolution, channels, channels, features, "a_to_b", dropout=dropout)
        self.b_to_a = unet(resolution, channels, channels, features, "b_to_a", dropout=dropout)
        self.critic_a = patchgan(channels, features, depth, "critic_a", "batch")
        self.critic_b = patchgan(channels, features, depth, "critic_b", "batch")

    def optimizers(self, steps: int | None) -> dict[str, keras.optimizers.Optimizer]:
        """RMSProp for both: a critic under a moving target wants no momentum."""
        # The epsilon stands under the root, and a clipped critic's gradients are small.
        rate = self.learning_rate
        return {p.name: keras.optimizers.RMSprop(rate, rho=0.9, epsilon=1e-16) for p in self.players}

    def critics_loss(self, batch: Batch) -> tuple:
        """Equations 1 and 2: each critic on real pictures and on fakes of its domain, in two passes."""
        a, b = batch["a"], batch["b"]
        fake_b, fake_a = (ops.stop_gradient(x) for x in (self.a_to_b(a, training=True), self.b_to_a(b, training=True)))
        real = [self.critic_a(a, training=True), self.critic_b(b, training=True)]
        fake = [self.critic_a(fake_a, training=True), self.critic_b(fake_b, training=True)]
        distance = sum(losses.wasserstein(r, f) for r, f in zip(real, fake, strict=True))
        loss = -distance
        if self.adversarial == "bce":
            loss = sum(losses.non_saturating_discriminator(r, f) for r, f in zip(real, fake, strict=True))
        logs = {"real_logit": sum(map(ops.mean, real)) / 2, "fake_logit": sum(map(ops.mean, fake)) / 2}
        return loss, {"distance": distance, **logs}

    def generators_loss(self, batch: Batch) -> tuple:
        """Equation 4, both generators: what comes back is what was sent, and the critics are content."""
        a, b = batch["a"], batch["b"]
        fake_b, fake_a = self.a_to_b(a, training=True), self.b_to_a(b, training=True)
        error_a, error_b = (
            losses.l1(self.b_to_a(fake_b, training=True), a),
            losses.l1(self.a_to_b(fake_a, training=True), b),
        )
        logits = [self.critic_a(fake_a, training=True), self.critic_b(fake_b, training=True)]
        fool = -sum(map(ops.mean, logits))
        if self.adversarial == "bce":
            fool = sum(map(losses.non_saturating_generator, logits))
        loss = fool + self.weight_a * error_a + self.weight_b * error_b
        return loss, {"adversarial": fool, "error_a": error_a, "error_b": error_b}

    def update(self, player: Player, batch: Batch) -> tuple[dict[str, Any], Batch]:
        """Clip every critic weight after its update (algorithm 1), gains of normalisation among them."""
        found = super().update(player, batch)
        if player.name == "critics" and self.adversarial == "wgan":
            for variable in self.variables_of(player):
                backend.assign(variable, ops.clip(variable.value, -self.clip, self.clip))
        return found

    def variants(self, images: np.ndarray, signature: str, n: int, seed: int = 0) -> np.ndarray:
        """``n`` translations of each picture with the noise on: (pictures, n, H, W, channels), all in [-1, 1]."""
        return with_noise(self.trained(signature), images, n, seed)
