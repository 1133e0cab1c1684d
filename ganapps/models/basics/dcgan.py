"""DCGAN: the convolutional recipe (Radford, Metz, Chintala, 2015)."""

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from ganapps import losses
from ganapps.engine import inference
from ganapps.engine.model import Batch
from ganapps.engine.players import Player
from ganapps.engine.signature import Input, Signature
from ganapps.models.latent import LatentModel
from ganapps.networks.dcgan import dcgan_discriminator, dcgan_generator
from ganapps.registry import register


@register("dcgan", title="DCGAN", paper="1511.06434", year=2015, chapter="basics")
class DCGAN(LatentModel):
    """The five rules that made convolutional GANs train (section 3).

    Strided convolutions instead of pooling; batch normalisation in both networks but at the generator's output and the
    discriminator's input; no hidden fully connected layers; ReLU in the generator with tanh at its end; LeakyReLU in the
    discriminator. Real and generated pictures pass the discriminator in separate batches. The losses are the GAN's.

    The paper preset has the widths of the authors' code (128 in both networks), the small preset is for 32 pixels.

    Args:
        resolution: of the pictures, a power of two from 8 up.
        channels: of the pictures.
        latent_dim: length of the latent vector, uniform in [-1, 1] as in the paper.
        features: width of the generator's last hidden stage and of the discriminator's first; each stage away from the
            picture doubles it.
        kernel: of all convolutions.
        learning_rate: of Adam, both players.
        beta_1: of Adam; the paper found 0.9 to oscillate.
        seed: fixes the noise drawn in training.
    """

    players = (Player("discriminator", trains=("discriminator",)), Player("generator", trains=("generator",)))
    needs = ("image",)
    distribution = "uniform"
    presets = {"paper": {}, "small": {"resolution": 32, "features": 32, "learning_rate": 5e-4}}

    def __init__(
        self,
        resolution: int = 64,
        channels: int = 3,
        latent_dim: int = 100,
        features: int = 128,
        kernel: int = 5,
        learning_rate: float = 2e-4,
        beta_1: float = 0.5,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.latent_dim, self.learning_rate, self.beta_1 = latent_dim, learning_rate, beta_1
        self.generator = dcgan_generator(resolution, channels, latent_dim, features, kernel)
        self.discriminator = dcgan_discriminator(resolution, channels, features, kernel)

    def optimizers(self, steps: int | None) -> dict[str, keras.optimizers.Optimizer]:
        """Adam for both (section 4)."""
        return {player.name: keras.optimizers.Adam(self.learning_rate, self.beta_1, 0.999) for player in self.players}

    def discriminator_loss(self, batch: Batch) -> tuple:
        """Real and generated pictures in two passes, each with its own batch statistics."""
        fake = self.fakes(batch)
        real_logit = self.discriminator(batch["image"], training=True)
        fake_logit = self.discriminator(ops.stop_gradient(fake), training=True)
        loss = losses.non_saturating_discriminator(real_logit, fake_logit)
        return loss, {"real_logit": ops.mean(real_logit), "fake_logit": ops.mean(fake_logit)}

    def generator_loss(self, batch: Batch) -> tuple:
        """The non-saturating loss on fresh latents."""
        fake_logit = self.discriminator(self.fakes(batch), training=True)
        return losses.non_saturating_generator(fake_logit), {"fake_logit": ops.mean(fake_logit)}

    def features_of(self, images: np.ndarray) -> np.ndarray:
        """The representation of section 5.1: all layers' activations, max-pooled to 4 x 4 and flattened.

        Args:
            images: float32 (n, resolution, resolution, channels) in [-1, 1].

        Returns:
            float32 (n, features), for a linear classifier.
        """
        network = self.discriminator
        stages = [layer.output for layer in network.layers if isinstance(layer, layers.LeakyReLU)]
        pooled = [layers.Flatten()(layers.MaxPooling2D(x.shape[1] // 4)(x)) for x in stages]
        probe = keras.Model(network.input, layers.Concatenate()(pooled))
        return inference.run(
            Signature("features", probe, {"image": Input("image", ())}, "features", "vector"), {"image": images}
        )
