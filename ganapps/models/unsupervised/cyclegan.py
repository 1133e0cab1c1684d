"""CycleGAN: translation between two domains without pairs (Zhu, Park, Isola, Efros, 2017)."""

from functools import partial
from typing import Any, Literal

import keras
from keras import ops

from ganapps import losses
from ganapps.engine.model import Batch
from ganapps.engine.players import Player
from ganapps.engine.schedules import LinearDecay
from ganapps.layers import ImagePool
from ganapps.models.two_domains import TwoDomains
from ganapps.networks.blending import blending_generator
from ganapps.networks.translation import patchgan, residual_translator
from ganapps.registry import register


@register("cyclegan", title="CycleGAN", paper="1703.10593", year=2017, chapter="unsupervised image-to-image")
class CycleGAN(TwoDomains):
    """Two generators, two discriminators, and the demand that there and back again is where one started.

    Least-squares adversarial losses on overlapping patches, L1 cycle losses both ways (equation 2), an optional
    identity loss (section 5.2), and discriminators that also see a history of 50 fakes (section 4). The learning rate
    falls linearly to zero over the second half of the run.

    The defaults are the official code's for 256 pixels (use 6 blocks at 128). The small preset is for 64 pixels.

    Args:
        resolution: of the pictures, in pixels, a multiple of 4 (blending: of 8).
        channels: of both domains.
        features: width of the generators' and discriminators' first layer.
        blocks: residual blocks of a generator (9 at 256 pixels, 6 at 128).
        depth: stride-2 layers of a discriminator; 3 sees 70-pixel patches, 2 sees 34.
        architecture: of the generators; "blending" is one for edits and short training, which mixes what it draws with the
            picture by a mask (see ``networks.blending``); it has three stride-2 layers.
        cycle_weight: of the two cycle losses.
        identity_weight: of the identity losses, relative to the cycle's; 0 leaves them out.
        pool_size: fakes remembered for each discriminator.
        learning_rate: of Adam, both players.
        beta_1: of Adam.
        seed: fixes the noise drawn in training.
    """

    players = (
        Player("generators", trains=("a_to_b", "b_to_a")),
        Player("discriminators", trains=("judge_a", "judge_b")),
    )
    presets = {"paper": {}, "small": {"resolution": 64, "features": 24, "blocks": 4, "depth": 2}}

    def __init__(
        self,
        resolution: int = 256,
        channels: int = 3,
        features: int = 64,
        blocks: int = 9,
        depth: int = 3,
        architecture: Literal["paper", "blending"] = "paper",
        cycle_weight: float = 10.0,
        identity_weight: float = 0.5,
        pool_size: int = 50,
        learning_rate: float = 2e-4,
        beta_1: float = 0.5,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.resolution, self.channels = resolution, channels
        self.cycle_weight, self.identity_weight = cycle_weight, identity_weight
        self.learning_rate, self.beta_1 = learning_rate, beta_1
        networks = {
            "paper": partial(residual_translator, channels, channels, features, blocks),
            "blending": partial(blending_generator, channels, 0, features, blocks),
        }
        self.a_to_b, self.b_to_a = (networks[architecture](name=name) for name in ("a_to_b", "b_to_a"))
        self.judge_a = patchgan(channels, features, depth, "judge_a")
        self.judge_b = patchgan(channels, features, depth, "judge_b")
        self.pool_a = ImagePool(pool_size, (resolution, resolution, channels), name="pool_a")
        self.pool_b = ImagePool(pool_size, (resolution, resolution, channels), name="pool_b")

    def optimizers(self, steps: int | None) -> dict[str, keras.optimizers.Optimizer]:
        """Adam for both, constant, then linearly to zero (section 4)."""
        rate = LinearDecay(self.learning_rate, steps, hold=0.5)
        return {player.name: keras.optimizers.Adam(rate, self.beta_1, 0.999) for player in self.players}

    def generators_loss(self, batch: Batch) -> tuple:
        """Equation 3 over both generators; hands the fakes to the discriminators."""
        a, b = batch["a"], batch["b"]
        fake_b, fake_a = self.a_to_b(a, training=True), self.b_to_a(b, training=True)
        logits_a, logits_b = self.judge_a(fake_a, training=True), self.judge_b(fake_b, training=True)
        fool = losses.least_squares_generator(logits_a) + losses.least_squares_generator(logits_b)
        cycle = losses.l1(self.b_to_a(fake_b, training=True), a) + losses.l1(self.a_to_b(fake_a, training=True), b)
        loss = fool + self.cycle_weight * cycle
        logs = {"adversarial": fool, "cycle": cycle, "fake_logit": (ops.mean(logits_a) + ops.mean(logits_b)) / 2}
        if self.identity_weight:
            identity = losses.l1(self.a_to_b(b, training=True), b) + losses.l1(self.b_to_a(a, training=True), a)
            loss += self.identity_weight * self.cycle_weight * identity
            logs["identity"] = identity
        return loss, logs, {"fake_a": ops.stop_gradient(fake_a), "fake_b": ops.stop_gradient(fake_b)}

    def discriminators_loss(self, batch: Batch) -> tuple:
        """Least squares, halved, on real pictures and on fakes from the pools."""
        loss_a, logs_a = self.judge(self.judge_a, self.pool_a, batch["a"], batch["fake_a"])
        loss_b, logs_b = self.judge(self.judge_b, self.pool_b, batch["b"], batch["fake_b"])
        logs = {name: (logs_a[name] + logs_b[name]) / 2 for name in logs_a}
        return loss_a + loss_b, {"a": loss_a, "b": loss_b, **logs}
