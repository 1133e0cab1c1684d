"""MDGAN: the manifold first, then the density on it (Che, Li, Jacob, Bengio, Li, 2016, section 3.4)."""

from typing import Any

import keras
from keras import ops

from ganapps import losses
from ganapps.engine.model import Batch
from ganapps.engine.players import Player
from ganapps.models.mode_collapse.mrgan import MRGAN
from ganapps.registry import register


@register("mdgan", title="MDGAN", paper="1612.02136", year=2016, chapter="mode collapse")
class MDGAN(MRGAN):
    """MRGAN's training parted into two alternating steps, each with a discriminator of its own.

    The manifold step brings reconstructions near the data: D1 tells ``x`` from ``G(E(x))``, and generator and encoder
    minimise ``||x - G(E(x))||^2 - lambda log D1(G(E(x)))`` (appendix A: lambda weighs the discriminator's part, a
    hundredth, not the distance; the other way about, one mode of eight on a ring is all that was found). The diffusion
    step spreads the samples over that manifold: D2 tells ``G(E(x))``, which counts as real, from ``G(z)``. Both lie on the
    generator's manifold, so D2 cannot win by telling pictures from noise.

    Args:
        geometric: weight of the squared distance in the manifold step (paper: 1).
        mode: weight of ``-log D1(G(E(x)))`` in it (the paper's lambda).
    """

    players: tuple[Player, ...] = (
        Player("manifold_discriminator", trains=("discriminator",)),
        Player("manifold", trains=("generator", "encoder")),
        Player("diffusion_discriminator", trains=("diffusion",)),
        Player("generator", trains=("generator",)),
    )
    presets = {
        "paper": {},
        "small": {"resolution": 32, "features": 32, "learning_rate": 5e-4},
        "bed": {"dimensions": 2, "latent_dim": 2, "features": 128, "learning_rate": 1e-3},
    }

    def __init__(self, geometric: float = 1.0, mode: float = 1e-2, **kwargs: Any) -> None:
        super().__init__(geometric=geometric, mode=mode, **kwargs)
        self.diffusion = keras.models.clone_model(self.discriminator)

    def manifold_discriminator_loss(self, batch: Batch) -> tuple:
        """D1: data against reconstructions."""
        return self.judge(self.discriminator, self.real(batch), self.again_and_fake(batch)[0])

    def manifold_loss(self, batch: Batch) -> tuple:
        """Reconstruct, and pass for data."""
        return self.regularizer(batch, self.again_and_fake(batch)[0])

    def diffusion_discriminator_loss(self, batch: Batch) -> tuple:
        """D2: reconstructions against samples."""
        again, fake = self.again_and_fake(batch)
        return self.judge(self.diffusion, ops.stop_gradient(again), fake)

    def generator_loss(self, batch: Batch) -> tuple:
        """Samples pass for reconstructions."""
        fake_logit = self.diffusion(self.again_and_fake(batch)[1], training=True)
        return losses.non_saturating_generator(fake_logit), {"fake_logit": ops.mean(fake_logit)}
