"""SRGAN: photographs enlarged so that they look like photographs (Ledig et al., 2017)."""

from typing import Any

import keras
import numpy as np
from keras import ops

from ganapps import losses
from ganapps.engine.model import Batch
from ganapps.engine.players import Player
from ganapps.engine.run import load
from ganapps.errors import UsageError
from ganapps.layers import bicubic_shrink
from ganapps.models.applications.srresnet import SRResNet, psnr
from ganapps.networks.content import content_distance, content_network, load_content
from ganapps.networks.super_resolution import sr_discriminator
from ganapps.registry import register


@register("srgan", title="SRGAN", paper="1609.04802", year=2016, chapter="applications")
class SRGAN(SRResNet):
    """SRResNet against a discriminator, its distance to the truth taken in the features of an ImageNet network.

    First the generator learns to minimise the squared error alone, as SRResNet; then the perceptual loss takes over: a
    content loss on VGG19's features and a thousandth of the adversarial loss (equation 3). VGG19's weights must be given;
    without them the features are those of two blocks of EfficientNet-Lite0, which a package carries. Scores that use other
    blocks of the same network are kinder to this model than strangers would be.

    The defaults are the paper's (section 3.2): a million steps on squared error, then 200,000, the second half of them at
    a tenth of the rate, in batches of 16. The small preset is of a size for 2 cores.

    Args:
        pretrain_steps: first steps, on squared error alone; none where ``start`` is given.
        start: path of an SRResNet run or .keras file of the same size, whose generator this one begins with.
        pixels: take the content loss on pixels (SRGAN-MSE) instead of features.
        vgg: path of a Keras weights file of VGG19 without its top; without it EfficientNet-Lite0 gives the features.
        vgg_layer: of VGG19: block5_conv4 is the paper's phi 5,4, block2_conv2 its phi 2,2.
        adversarial_weight: of the adversarial loss.
        final_rate: of Adam in the second half of the steps after ``pretrain_steps``.
    """

    players = (Player("generator", trains=("generator",)), Player("discriminator", trains=("discriminator",)))
    presets = {
        "paper": {},
        "small": {
            "resolution": 64,
            "features": 32,
            "blocks": 6,
            "learning_rate": 5e-4,
            "final_rate": 5e-5,
            "pretrain_steps": 2000,
        },
    }

    def __init__(
        self,
        pretrain_steps: int = 1_000_000,
        start: str | None = None,
        pixels: bool = False,
        vgg: str | None = None,
        vgg_layer: str = "block5_conv4",
        adversarial_weight: float = 1e-3,
        final_rate: float = 1e-5,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.pretrain_steps = 0 if start else pretrain_steps
        self.pretraining = self.pretrain_steps > 0
        self.start, self.pixels, self.vgg, self.vgg_layer = start, pixels, vgg, vgg_layer
        self.adversarial_weight, self.final_rate = adversarial_weight, final_rate
        self.discriminator = sr_discriminator(self.resolution, self.channels, self.features)
        if not pixels:
            self.content = content_network(self.channels, vgg_layer if vgg else None)

    def adapt(self, batch: dict[str, np.ndarray]) -> None:
        """Load the weights that the run begins with: the feature network's, and the generator's where ``start`` names it."""
        if not self.pixels:
            load_content(self.content, self.vgg, self.vgg_layer)
        if self.start:
            first = load(self.start)
            sizes = [w.shape for w in first.generator.weights] if isinstance(first, SRResNet) else []
            if sizes != [w.shape for w in self.generator.weights]:
                raise UsageError(f"{self.start} is no SRResNet of this scale, features, blocks and channels.")
            self.generator.set_weights(first.trained("generator").get_weights())

    def optimizers(self, steps: int | None) -> dict[str, keras.optimizers.Optimizer]:
        """Adam; after the pre-training one rate, and from the middle of what is left the final one."""
        if steps is not None and steps <= self.pretrain_steps:
            raise UsageError(
                f"All {steps} steps would be pre-training: give more than {self.pretrain_steps} with --steps, or fewer with "
                "--pretrain-steps."
            )
        rates: dict[str, Any] = {player.name: self.learning_rate for player in self.players}
        if steps is not None:
            half = (steps - self.pretrain_steps) // 2
            values = [self.learning_rate, self.final_rate]
            for name, begin in (("generator", self.pretrain_steps), ("discriminator", 0)):
                rates[name] = keras.optimizers.schedules.PiecewiseConstantDecay([begin + half], values)
        return {name: keras.optimizers.Adam(rate, self.beta_1, 0.999) for name, rate in rates.items()}

    def grow(self, step: int) -> bool:
        """Whether the pre-training ends here; the step that follows is another one."""
        before, self.pretraining = self.pretraining, step < self.pretrain_steps
        return before != self.pretraining

    def generator_loss(self, batch: Batch) -> tuple:
        """Equation 3; equation 4 alone in pre-training. Hands the enlarged pictures to the discriminator."""
        image = batch["image"]
        made = self.generator(bicubic_shrink(image, self.scale), training=True)
        error = losses.l2(made, image)
        logs = {"psnr": psnr(error), "content": error, "adversarial": ops.zeros(())}
        if self.pretraining:
            return error, logs
        content = error if self.pixels else content_distance(self.content, image, made)
        fool = losses.non_saturating_generator(self.discriminator(made, training=True))
        logs |= {"content": content, "adversarial": fool}
        return content + self.adversarial_weight * fool, logs, {"made": ops.stop_gradient(made)}

    def discriminator_loss(self, batch: Batch) -> tuple:
        """Photographs from enlarged pictures (equation 2); it waits while the generator is in pre-training."""
        if self.pretraining:
            nothing = ops.zeros(())
            return nothing, {"real_logit": nothing, "fake_logit": nothing, "gate": ops.convert_to_tensor(False)}
        real_logit = self.discriminator(batch["image"], training=True)
        fake_logit = self.discriminator(batch["made"], training=True)
        loss = losses.non_saturating_discriminator(real_logit, fake_logit)
        return loss, {"real_logit": ops.mean(real_logit), "fake_logit": ops.mean(fake_logit)}
