"""StarGAN: one generator for all attributes (Choi, Choi, Kim, Ha, Kim, Choo, 2017)."""

from typing import Any, ClassVar, Literal

import keras
from keras import ops

from ganapps import losses
from ganapps.engine.model import Batch
from ganapps.engine.players import Player
from ganapps.engine.schedules import LinearDecay
from ganapps.errors import UsageError, nearest
from ganapps.models.editing import EditingModel
from ganapps.networks.blending import blending_generator
from ganapps.networks.stargan import star_critic, star_generator
from ganapps.registry import register


@register("stargan", title="StarGAN", paper="1711.09020", year=2017, chapter="multi-domain image-to-image")
class StarGAN(EditingModel):
    """One generator that is given a picture and the attributes it is to have, and a critic that also reads attributes.

    The critic learns the attributes of real pictures (equation 2); the generator makes its pictures read as asked for
    (equation 3), and must find the first picture again when it is asked for the attributes that this had (equation 4).
    What is asked for are the attributes of another picture of the batch, so only combinations that occur are learnt.
    Realism is the Wasserstein game with gradient penalty (equation 8). The learning rate falls linearly to zero over
    the second half of the run.

    The defaults are the authors' code for CelebA at 128 pixels. The small preset is for 64 pixels and 2 cores.

    Args:
        resolution: of the pictures, in pixels, a multiple of 4 (blending: of 2 to the power of ``generator_depth``) and of 2
            to the power of ``depth``.
        channels: of the pictures.
        attributes: names of the data's attributes, in their order.
        edits: those that are learnt (none named: all of them).
        features: width of the generator's first layer.
        critic_features: width of the critic's first layer, which doubles with each; none: as the generator's.
        critic_widest: where that doubling ends (in the paper it never does).
        critic_start: initial kernels of the critic: "paper" or "he" (see ``networks.stargan``).
        blocks: residual blocks of the generator.
        depth: stride-2 layers of the critic (6 at 128 pixels, 5 at 64, 4 at 32).
        architecture: of the generator; "blending" is one for short training (see ``networks.blending``).
        generator_depth: stride-2 layers of a blending generator (as much of a face is seen with 3 at 64 pixels as with 4 at
            128).
        adversarial_weight: of the critic's values and the gradient penalty together (paper: 1). The penalty is of the sum
            over patches, the values are their mean, so of n patches the generator sees slopes near 1/n.
        class_weight: of the attribute terms, which are summed over attributes.
        cycle_weight: of the L1 distance to the picture found again.
        penalty: weight of the gradient penalty.
        critic_updates: critic updates a step, each on its own part of the batch.
        learning_rate: of Adam, both players.
        beta_1: of Adam.
        seed: fixes the noise drawn in training.
    """

    players = (Player("critic", trains=("critic",), updates=5), Player("generator", trains=("generator",)))
    needs: ClassVar[tuple[str, ...]] = ("image", "attributes")
    presets = {
        "paper": {},
        "small": {
            "resolution": 64,
            "features": 16,
            "critic_features": 24,
            "blocks": 3,
            "depth": 5,
            "learning_rate": 2e-4,
        },
    }

    def __init__(
        self,
        resolution: int = 128,
        channels: int = 3,
        attributes: tuple[str, ...] = ("Black_Hair", "Blond_Hair", "Brown_Hair", "Male", "Young"),
        edits: tuple[str, ...] = (),
        features: int = 64,
        critic_features: int | None = None,
        critic_widest: int = 2048,
        critic_start: Literal["paper", "he"] = "paper",
        blocks: int = 6,
        depth: int = 6,
        architecture: Literal["paper", "blending"] = "paper",
        generator_depth: int = 3,
        adversarial_weight: float = 1.0,
        class_weight: float = 1.0,
        cycle_weight: float = 10.0,
        penalty: float = 10.0,
        critic_updates: int = 5,
        learning_rate: float = 1e-4,
        beta_1: float = 0.5,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        for name in edits:
            if name not in attributes:
                raise UsageError(f"The data have no attribute '{name}'.{nearest(name, attributes)}")
        self.players = (Player("critic", ("critic",), updates=critic_updates), Player("generator", ("generator",)))
        self.shape = (resolution, resolution, channels)
        self.places = tuple(place for place, name in enumerate(attributes) if not edits or name in edits)
        self.names = tuple(attributes[place] for place in self.places)
        self.adversarial_weight, self.class_weight = adversarial_weight, class_weight
        self.cycle_weight, self.penalty = cycle_weight, penalty
        self.learning_rate, self.beta_1 = learning_rate, beta_1
        network = (channels, self.told_length(), features, blocks)
        self.generator = (
            star_generator(*network) if architecture == "paper" else blending_generator(*network, generator_depth)
        )
        self.critic = star_critic(
            resolution, channels, len(self.names), critic_features or features, depth, critic_widest, critic_start
        )

    def optimizers(self, steps: int | None) -> dict[str, keras.optimizers.Optimizer]:
        """Adam for both, constant, then linearly to zero (section 5.3)."""
        rates = {p.name: LinearDecay(self.learning_rate, steps and steps * p.updates, hold=0.5) for p in self.players}
        return {name: keras.optimizers.Adam(rate, self.beta_1, 0.999) for name, rate in rates.items()}

    def critic_loss(self, batch: Batch) -> tuple:
        """``f(fake) - f(x) + GP + L_cls(x, own)``: attributes are learnt from real pictures only."""
        image, own = batch["image"], self.labels(batch)
        fake = ops.stop_gradient(self.generator([image, self.told(self.targets(batch), batch)], training=True))
        real_value, logits = self.critic(image, training=True)
        fake_value, _ = self.critic(fake, training=True)
        distance = losses.wasserstein(real_value, fake_value)
        # Of the sum over patches, as in the authors' code.
        mix = self.noise.uniform((image.shape[0],))
        penalty = losses.gradient_penalty(lambda x: self.critic(x, training=True)[0], image, fake, mix)
        classes = losses.attribute_cross_entropy(own, logits, self.known(batch))
        loss = self.adversarial_weight * (self.penalty * penalty - distance) + self.class_weight * classes
        return loss, {"distance": distance, "penalty": penalty, "classes": classes}

    def generator_loss(self, batch: Batch) -> tuple:
        """``-f(fake) + L_cls(fake, wanted) + |x - G(fake, own)|``."""
        image, own, wanted = batch["image"], self.labels(batch), self.targets(batch)
        fake = self.generator([image, self.told(wanted, batch)], training=True)
        value, logits = self.critic(fake, training=True)
        classes = losses.attribute_cross_entropy(wanted, logits, self.known(batch))
        cycle = losses.l1(self.generator([fake, self.told(own, batch)], training=True), image)
        loss = self.class_weight * classes + self.cycle_weight * cycle - self.adversarial_weight * ops.mean(value)
        return loss, {"fake_value": ops.mean(value), "classes": classes, "cycle": cycle}

    def labels(self, batch: Batch) -> Any:
        """The learnt attributes of the batch's pictures, (B, k)."""
        return ops.take(batch["attributes"], self.places, axis=1)

    def targets(self, batch: Batch) -> Any:
        """What each picture is turned into: the labels of the batch's pictures, in random order."""
        return self.noise.permuted(self.labels(batch), self.origin(batch))

    def origin(self, batch: Batch) -> Any:
        """The data set of each picture, whole numbers (B,); here there is one."""
        return ops.zeros((batch["image"].shape[0],), "int32")

    def known(self, batch: Batch) -> Any:
        """1 where a label is known, 0 where not; here all are."""
        return 1.0

    def told(self, labels: Any, batch: Batch) -> Any:
        """What the generator is given beside the picture, (B, ``told_length``)."""
        return labels

    def told_length(self) -> int:
        """How many numbers the generator is given beside the picture."""
        return len(self.names)
