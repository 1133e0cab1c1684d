"""DiscoGAN: discovering cross-domain relations (Kim, Cha, Kim, Lee, Kim, 2017)."""

import math
from typing import Any, Literal

import keras
import numpy as np
from keras import ops

from ganapps import losses
from ganapps.engine import inference, pictures
from ganapps.engine.model import Batch
from ganapps.engine.players import Player
from ganapps.engine.signature import Input, Signature
from ganapps.models.two_domains import TwoDomains
from ganapps.networks.disco import disco_judge, disco_translator, point_judge
from ganapps.networks.mlp import mlp
from ganapps.registry import register


@register("discogan", title="DiscoGAN", paper="1703.05192", year=2017, chapter="unsupervised image-to-image")
class DiscoGAN(TwoDomains):
    """Two GANs, A to B and B to A, coupled by the demand that both ways round lead back to the start.

    One GAN alone may send many of A's modes to one of B's; with one reconstruction B's other modes may stay unused; with
    both, each domain must reach all of the other (figure 2, and the toy domains of 5 and 10 modes in the plane). The
    generators have no skips, so that shape need not be copied.

    The defaults are the authors' code. A generator minimises ``(1 - r) (0.1 adversarial + 0.9 features) + r error``: the
    features are the batch means of all layers of the discriminator but the first, as in Improved GAN, and ``r`` is small
    until the game has found its feet. The paper has the plain sum, which is ``--adversarial-weight 1 --feature-weight 0
    --early-rate 0.5``. Of three of the code's iterations, one is the discriminators' and two are the generators'; here
    those three are one step. Pictures are in [-1, 1] with tanh where the code has [0, 1] with a sigmoid, and their error
    is taken on the code's scale.

    The small preset has a quarter of the width, for 64-pixel pictures on 2 cores.

    Args:
        game: DiscoGAN, or the two it is compared with, which only have the GAN from A to B: one without the error of a,
            b_to_a and back ("gan"), one with it ("reconstruction").
        resolution: of the pictures, a power of two from 8 up.
        channels: of both domains.
        dimensions: 0 for pictures; else both domains are points in that many dimensions.
        features: width of the first layer of all networks; units of the ReLU layers for points.
        bottleneck: numbers between a generator's halves (code, for angles: 100); 0 for none.
        distance: of a reconstruction: mean squared or absolute error.
        adversarial_weight: of the cross-entropy.
        feature_weight: of the matching of features.
        early_rate: r in the first steps.
        late_rate: r after them.
        early_steps: how many those are (code: 10,000 iterations).
        weight_decay: L2 penalty on the kernels of all networks.
        learning_rate: of Adam, both players.
        beta_1: of Adam.
        seed: fixes the noise drawn in training.
    """

    players = (
        Player("discriminators", trains=("judge_a", "judge_b")),
        Player("generators", trains=("a_to_b", "b_to_a"), updates=2),
    )
    presets = {"paper": {}, "small": {"resolution": 64, "features": 16, "early_steps": 200}}

    def __init__(
        self,
        game: Literal["disco", "reconstruction", "gan"] = "disco",
        resolution: int = 64,
        channels: int = 3,
        dimensions: int = 0,
        features: int = 64,
        bottleneck: int = 0,
        distance: Literal["l2", "l1"] = "l2",
        adversarial_weight: float = 0.1,
        feature_weight: float = 0.9,
        early_rate: float = 0.01,
        late_rate: float = 0.5,
        early_steps: int = 3333,
        weight_decay: float = 1e-5,
        learning_rate: float = 2e-4,
        beta_1: float = 0.5,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.resolution, self.channels, self.dimensions = resolution, channels, dimensions
        self.distance = losses.l2 if distance == "l2" else losses.l1
        self.adversarial_weight, self.feature_weight = adversarial_weight, feature_weight
        self.early_rate, self.late_rate, self.early_steps = early_rate, late_rate, early_steps
        self.weight_decay, self.learning_rate, self.beta_1 = weight_decay, learning_rate, beta_1
        self.judged = ("a_to_b", "b_to_a") if game == "disco" else ("a_to_b",)
        self.averaged = ("a_to_b",) if game == "gan" else ("a_to_b", "b_to_a")
        for way in self.averaged:
            points = mlp(dimensions, (features,) * 3, dimensions, way) if dimensions else None
            setattr(self, way, points or disco_translator(resolution, channels, features, bottleneck, way))
        for name in self.judges():
            points = point_judge(dimensions, features, name) if dimensions else None
            setattr(self, name, points or disco_judge(resolution, channels, features, name))
        self.players = (
            Player("discriminators", trains=self.judges()),
            Player("generators", trains=self.averaged, updates=2),
        )

    def judges(self) -> tuple[str, ...]:
        """The names of the discriminators: of the domains that a generator is to reach."""
        return tuple(f"judge_{way[-1]}" for way in self.judged)

    def optimizers(self, steps: int | None) -> dict[str, keras.optimizers.Optimizer]:
        """Adam for both, constant."""
        return {player.name: keras.optimizers.Adam(self.learning_rate, self.beta_1, 0.999) for player in self.players}

    def decay(self, names: tuple[str, ...]) -> Any:
        """The L2 penalty on the networks of these names."""
        return self.weight_decay * losses.weight_decay(*(getattr(self, name) for name in names))

    def discriminators_loss(self, batch: Batch) -> tuple:
        """Cross-entropy, halved; real and translated pass separately, each normalised by its own statistics."""
        loss, logs = self.decay(self.judges()), {"real_logit": 0.0, "fake_logit": 0.0}
        for way in self.judged:
            judge = getattr(self, f"judge_{way[-1]}")
            fake = ops.stop_gradient(getattr(self, way)(batch[way[0]], training=True))
            real_logit, fake_logit = (judge(x, training=True)[-1] for x in (batch[way[-1]], fake))
            loss += losses.non_saturating_discriminator(real_logit, fake_logit) / 2
            logs["real_logit"] += ops.mean(real_logit) / len(self.judged)
            logs["fake_logit"] += ops.mean(fake_logit) / len(self.judged)
        return loss, logs

    def generators_loss(self, batch: Batch) -> tuple:
        """The code's sum over both ways; without reconstruction, what is left of it at r = 0."""
        ways = [self.terms(way, batch) for way in self.judged]
        logs = {name: sum(terms[name] for terms in ways) for name in ways[0]}
        loss = self.adversarial_weight * logs["adversarial"] + self.feature_weight * logs["features"]
        if "reconstruction" in logs:
            rate = ops.where(self.optimizer.iterations < self.early_steps, self.early_rate, self.late_rate)
            loss = (1.0 - rate) * loss + rate * logs["reconstruction"]
        return loss + self.decay(self.averaged), logs

    def terms(self, way: str, batch: Batch) -> dict[str, Any]:
        """What one way costs, term by term; the discriminator normalises by the batch at hand, as it does in training."""
        start, goal = batch[way[0]], batch[way[-1]]
        judge = getattr(self, f"judge_{way[-1]}")
        fake = getattr(self, way)(start, training=True)
        *real_features, _ = judge(goal, training=True)
        *fake_features, logit = judge(fake, training=True)
        pairs = zip(real_features, fake_features, strict=True)
        terms = {
            "adversarial": losses.non_saturating_generator(logit),
            "features": sum(losses.feature_matching(r, f) / math.prod(r.shape[1:]) for r, f in pairs),
            "fake_logit": ops.mean(logit) / len(self.judged),
        }
        if "b_to_a" in self.averaged:
            scale = 1.0 if self.dimensions else 0.5  # from [-1, 1] to the width of the code's [0, 1]
            again = getattr(self, f"{way[-1]}_to_{way[0]}")(fake, training=True)
            terms["reconstruction"] = self.distance(scale * again, scale * start)
        return terms

    def signatures(self) -> dict[str, Signature]:
        """The ways there are: picture -> picture, or point -> point."""
        if not self.dimensions:
            return super().signatures()
        inputs = {"point": Input("latent", (self.dimensions,))}
        return {way: Signature(way, self.trained(way), inputs, "point", "vector") for way in self.averaged}

    def preview(self, batch: dict[str, np.ndarray], seed: int) -> np.ndarray:
        """Pictures as in every game of two domains; points over those of the domain they should reach."""
        if not self.dimensions:
            return super().preview(batch, seed)
        ends = self.signatures()
        reached = {way: inference.run(ends[way], {"point": batch[way[0]]}) for way in ends}
        return np.concatenate([pictures.scatter(reached[way], batch[way[-1]]) for way in ends], axis=1)
