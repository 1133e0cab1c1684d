"""DistanceGAN: one-sided unsupervised domain mapping (Benaim and Wolf, 2017)."""

from typing import Any, Literal

import keras
import numpy as np
from keras import ops

from ganapps import losses
from ganapps.engine.model import Batch
from ganapps.engine.players import Player
from ganapps.engine.schedules import LinearDecay
from ganapps.layers import ImagePool
from ganapps.models.two_domains import TwoDomains
from ganapps.networks.translation import patchgan, residual_translator
from ganapps.registry import register


@register("distancegan", title="DistanceGAN", paper="1706.00826", year=2017, chapter="unsupervised image-to-image")
class DistanceGAN(TwoDomains):
    """What was far apart in A is far apart in B: a translator from A to B that needs none from B to A.

    The distance of two pictures is their mean absolute difference, less the mean and divided by the deviation that
    distances have in their domain. A generator keeps it: to the least-squares game on patches comes the mean change of
    this number over all pairs of the batch, or over the two halves of each picture, which works for single pictures too.

    Means and deviations are taken once, before the first step, over all pairs (or all halves) of the examples that the
    run hands in, up to 256 (the code takes up to 900); they are weights, so they are kept with the run. Networks, pool
    and optimiser are CycleGAN's, and so is the size of the small preset.

    Args:
        sides: from A to B only, or both ways.
        compare: all pairs of a batch, of 2 pictures or more, or the upper with the lower half of each picture.
        resolution: of the pictures, in pixels, a multiple of 4.
        channels: of both domains.
        features: width of the generators' and discriminators' first layer.
        blocks: residual blocks of a generator (9 at 256 pixels, 6 at 128).
        depth: stride-2 layers of a discriminator; 3 sees 70-pixel patches, 2 sees 34.
        distance_weight: of the change of distances.
        cycle_weight: of CycleGAN's L1 cycle losses, which need both sides (code, where it has them: 10); 0 for none.
        pool_size: fakes remembered for each discriminator.
        learning_rate: of Adam, both players.
        beta_1: of Adam.
        seed: fixes the noise drawn in training.
    """

    players = (Player("generators", trains=("a_to_b",)), Player("discriminators", trains=("judge_b",)))
    presets = {"paper": {}, "small": {"resolution": 64, "features": 24, "blocks": 4, "depth": 2}}

    def __init__(
        self,
        sides: Literal["one", "both"] = "one",
        compare: Literal["pairs", "halves"] = "pairs",
        resolution: int = 256,
        channels: int = 3,
        features: int = 64,
        blocks: int = 9,
        depth: int = 3,
        distance_weight: float = 1.0,
        cycle_weight: float = 0.0,
        pool_size: int = 50,
        learning_rate: float = 2e-4,
        beta_1: float = 0.5,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        if cycle_weight and sides == "one":
            raise ValueError("A cycle needs both sides: set --sides both, or --cycle-weight 0.")
        self.resolution, self.channels = resolution, channels
        self.distances = losses.pair_distances if compare == "pairs" else losses.half_distances
        self.distance_weight, self.cycle_weight = distance_weight, cycle_weight
        self.learning_rate, self.beta_1 = learning_rate, beta_1
        self.averaged = ("a_to_b", "b_to_a") if sides == "both" else ("a_to_b",)
        judges = tuple(f"judge_{way[-1]}" for way in self.averaged)
        self.players = (Player("generators", trains=self.averaged), Player("discriminators", trains=judges))
        for way, judge in zip(self.averaged, judges, strict=True):
            setattr(self, way, residual_translator(channels, channels, features, blocks, way))
            setattr(self, judge, patchgan(channels, features, depth, judge))
        self.pools = {
            way[-1]: ImagePool(pool_size, (resolution, resolution, channels), name=f"pool_{way[-1]}")
            for way in self.averaged
        }
        self.means, self.deviations = (
            {d: self.add_weight((), start, "float32", trainable=False, name=f"{name}_{d}") for d in ("a", "b")}
            for name, start in (("mean", "zeros"), ("deviation", "ones"))
        )

    def adapt(self, batch: dict[str, np.ndarray]) -> None:
        """Take both domains' mean and deviation of distances, before the first step."""
        for domain, mean in self.means.items():
            found = ops.convert_to_numpy(self.distances(ops.convert_to_tensor(batch[domain])))
            mean.assign(found.mean())
            self.deviations[domain].assign(found.std())

    def normalized(self, images: Any, domain: str) -> Any:
        """Distances of pictures that are, or should be, of ``domain``: those of the real ones have mean 0, deviation 1."""
        return (self.distances(images) - self.means[domain].value) / self.deviations[domain].value

    def optimizers(self, steps: int | None) -> dict[str, keras.optimizers.Optimizer]:
        """Adam for both, constant, then linearly to zero."""
        rate = LinearDecay(self.learning_rate, steps, hold=0.5)
        return {player.name: keras.optimizers.Adam(rate, self.beta_1, 0.999) for player in self.players}

    def generators_loss(self, batch: Batch) -> tuple:
        """Fool, keep distances, and come back where there is a cycle; hands the fakes to the discriminators."""
        ways = [self.terms(way, batch) for way in self.averaged]
        logs = {name: sum(terms[name] for terms, _ in ways) for name in ways[0][0]}
        loss = logs["adversarial"] + self.distance_weight * logs["distance"]
        if self.cycle_weight:
            loss += self.cycle_weight * logs["cycle"]
        fakes = zip(self.averaged, ways, strict=True)
        return loss, logs, {f"fake_{way[-1]}": ops.stop_gradient(fake) for way, (_, fake) in fakes}

    def terms(self, way: str, batch: Batch) -> tuple[dict[str, Any], Any]:
        """What one way costs, term by term, and its fakes."""
        start, goal = way[0], way[-1]
        fake = getattr(self, way)(batch[start], training=True)
        logits = getattr(self, f"judge_{goal}")(fake, training=True)
        terms = {
            "adversarial": losses.least_squares_generator(logits),
            "distance": losses.l1(self.normalized(batch[start], start), self.normalized(fake, goal)),
            "fake_logit": ops.mean(logits) / len(self.averaged),
        }
        if self.cycle_weight:
            terms["cycle"] = losses.l1(getattr(self, f"{goal}_to_{start}")(fake, training=True), batch[start])
        return terms, fake

    def discriminators_loss(self, batch: Batch) -> tuple:
        """Least squares, halved, on real pictures and on fakes from the pools; only of the domains that are reached."""
        domains = [way[-1] for way in self.averaged]
        judged = [self.judge(getattr(self, f"judge_{d}"), self.pools[d], batch[d], batch[f"fake_{d}"]) for d in domains]
        logs = {name: sum(logs[name] for _, logs in judged) / len(judged) for name in ("real_logit", "fake_logit")}
        return sum(loss for loss, _ in judged), logs
