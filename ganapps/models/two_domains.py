"""What all translators between two domains share: two networks, ``a_to_b`` and ``b_to_a``, and how they are shown."""

from typing import Any

import keras
import numpy as np
from keras import ops

from ganapps import losses
from ganapps.engine import pictures
from ganapps.engine.model import AdversarialModel
from ganapps.engine.signature import Input, Signature
from ganapps.layers import ImagePool


class TwoDomains(AdversarialModel):
    """Pictures of domain A to domain B and back, learnt without pairs.

    A paper's class builds ``a_to_b`` and ``b_to_a`` (pictures in [-1, 1] -> pictures in [-1, 1]) and sets
    ``resolution`` and ``channels``; where it builds only one of the two, ``averaged`` names that one.
    """

    needs = ("a", "b")
    averaged: tuple[str, ...] = ("a_to_b", "b_to_a")
    resolution: int
    channels: int

    def signatures(self) -> dict[str, Signature]:
        """``a_to_b`` and ``b_to_a``, as far as they are there: picture -> picture."""
        inputs = {"image": Input("image", (self.resolution, self.resolution, self.channels))}
        return {way: Signature(way, self.trained(way), inputs, "generated") for way in self.averaged}

    def preview(self, batch: dict[str, np.ndarray], seed: int) -> np.ndarray:
        """Columns of eight: a, its translation, and back; b, its translation, and back."""
        sheet = []
        for way in self.averaged:
            start = batch[way[0]][:8]
            sheet += [start, self.translate(start, way)]
            if (back := f"{way[-1]}_to_{way[0]}") in self.averaged:
                sheet.append(self.translate(sheet[-1], back))
        return pictures.rows(sheet)

    def judge(self, network: keras.Model, pool: ImagePool, real: Any, fake: Any) -> tuple[Any, dict[str, Any]]:
        """One discriminator's least-squares loss, halved, with fakes from its pool (CycleGAN, section 4)."""
        n = real.shape[0]
        coins, places = self.noise.uniform((n,)), self.noise.integers((n,), max(pool.size, 1))
        real_logit = network(real, training=True)
        fake_logit = network(pool.exchange(fake, coins, places), training=True)
        loss = losses.least_squares_discriminator(real_logit, fake_logit) / 2
        return loss, {"real_logit": ops.mean(real_logit), "fake_logit": ops.mean(fake_logit)}
