"""DTN: unsupervised cross-domain image generation (Taigman, Polyak, Wolf, 2016)."""

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from ganapps import losses
from ganapps.engine import inference, pictures
from ganapps.engine.model import AdversarialModel, Batch
from ganapps.engine.players import Player
from ganapps.engine.signature import Input, Signature
from ganapps.errors import UsageError
from ganapps.networks.dtn import decoder, discriminator, extractor
from ganapps.registry import register

FROM_SOURCE, FROM_TARGET, REAL = range(3)  # what the discriminator tells apart: G(source), G(target), target


@register("dtn", title="DTN", paper="1611.02200", year=2016, chapter="unsupervised image-to-image")
class DTN(AdversarialModel):
    """Pictures of A as pictures of B that a fixed function f cannot tell from the originals: ``G(x) = g(f(x))``.

    f is what a classifier of A, trained on labels or on attributes, knows of a picture. Nothing says which pictures belong
    together: f of the output must be f of the input (equation 5), pictures of B must come back as they were (equation 6),
    and a discriminator of three classes must take all outputs for pictures of B (equations 3 and 4).

    A run has two phases. For the first ``warm_up`` steps the classifier alone is trained. Then f stays as it is, to the
    bit, its normalisation included, and the game of g and the discriminator begins.

    The defaults are the paper's weights for digits (SVHN to MNIST), on networks of the sizes in the code by Y. Choi, whose
    discriminator has two classes and whose f goes on learning; here both are the paper's. The faces preset has the
    paper's weights for faces.

    The code updates g ten times while the discriminator learns from three batches. Here each has one update a step, and
    the small preset slows the discriminator down instead: at equal rates it is far ahead after a hundred updates, its
    gradients drown those of the other terms, and pictures of B do not come back.

    Args:
        resolution: of the pictures, a power of two from 8 up.
        channels: of the pictures as they come, of both domains.
        target_channels: of the generated pictures: 1 where domain B is grey (f sees it three times), else as ``channels``.
        classes: of domain A, for the classifier.
        attributes: names of domain A's attributes; where it has some, the classifier learns those and no classes, so that f
            must know more of a picture than its class.
        features: width of f's first layer; g and the discriminator have twice as much at that place.
        code_dim: length of f's output.
        warm_up: steps of the classifier before the game (code: 20,000).
        alpha: weight of f's constancy (paper: 15 for digits, 100 for faces).
        beta: weight of the identity on domain B (paper: 15 for digits, 1 for faces).
        gamma: weight of generated pictures' mean total variation (paper: 0 for digits; for faces 0.05 of the sum, here 200).
        learning_rate: of Adam, the classifier and g (code: 3e-4).
        discriminator_rate: of the discriminator's (code: 3e-4).
        beta_1: of Adam, all players (code: 0.9).
        seed: fixes the noise drawn in training.
    """

    players = (
        Player("classifier", trains=("f", "head")),
        Player("discriminator", trains=("discriminator",)),
        Player("generator", trains=("g",)),
    )
    needs = ("a", "b", "label|attributes")
    averaged = ("g",)
    presets = {
        "paper": {},
        "faces": {"resolution": 64, "target_channels": 3, "alpha": 100.0, "beta": 1.0, "gamma": 200.0},
        "small": {"features": 16, "warm_up": 1000, "learning_rate": 5e-4, "discriminator_rate": 1e-4, "beta_1": 0.5},
    }

    def __init__(
        self,
        resolution: int = 32,
        channels: int = 3,
        target_channels: int = 1,
        classes: int = 10,
        attributes: tuple[str, ...] = (),
        features: int = 64,
        code_dim: int = 128,
        warm_up: int = 20_000,
        alpha: float = 15.0,
        beta: float = 15.0,
        gamma: float = 0.0,
        learning_rate: float = 3e-4,
        discriminator_rate: float = 3e-4,
        beta_1: float = 0.9,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        if target_channels not in (1, channels):
            raise ValueError(f"target_channels is 1 or as many as channels ({channels}), not {target_channels}.")
        self.resolution, self.channels, self.target_channels = resolution, channels, target_channels
        self.alpha, self.beta, self.gamma, self.beta_1 = alpha, beta, gamma, beta_1
        self.rates = {"classifier": learning_rate, "discriminator": discriminator_rate, "generator": learning_rate}
        self.warm_up, self.ready = warm_up, warm_up == 0
        self.attributes = attributes
        self.f = extractor(resolution, channels, features, code_dim)
        self.head = keras.Sequential(
            [keras.Input((code_dim,)), layers.Dense(len(attributes) or classes, dtype="float32")], name="head"
        )
        self.g = decoder(resolution, target_channels, 2 * features, code_dim)
        self.discriminator = discriminator(resolution, target_channels, 2 * features)

    def optimizers(self, steps: int | None) -> dict[str, keras.optimizers.Optimizer]:
        """Adam for all.

        Raises:
            UsageError: the run ends before the game begins.
        """
        if steps is not None and steps <= self.warm_up:
            raise UsageError(
                f"dtn trains its classifier for {self.warm_up} steps, and the game begins after them: "
                f"{steps} steps are too few. Give more --steps, or a smaller --warm-up."
            )
        return {name: keras.optimizers.Adam(rate, self.beta_1) for name, rate in self.rates.items()}

    def adapt(self, batch: dict[str, np.ndarray]) -> None:
        """See that pictures of B are grey where grey ones are to be generated.

        Raises:
            UsageError: they have colours.
        """
        if self.target_channels == 1 and np.ptp(batch["b"], axis=-1).max() > 0:
            raise UsageError(f"Domain b is in colour: add --target-channels {self.channels}, or --preset faces.")

    def grow(self, step: int) -> bool:
        """The game begins after ``warm_up`` steps."""
        before, self.ready = self.ready, step >= self.warm_up
        return self.ready != before

    def playing(self) -> tuple[Player, ...]:
        """First the classifier alone, then the other two."""
        return self.players[1:] if self.ready else self.players[:1]

    def classifier_loss(self, batch: Batch) -> tuple:
        """Cross-entropy of the labels of domain A, or of its attributes."""
        logits = self.head(self.f(batch["a"], training=True))
        if self.attributes:
            loss = losses.attribute_cross_entropy(batch["attributes"], logits)
            right = ops.equal(logits > 0, batch["attributes"] > 0.5)
        else:
            loss = losses.cross_entropy(batch["label"], logits)
            right = ops.equal(ops.cast(ops.argmax(logits, axis=-1), "int32"), batch["label"])
        return loss, {"accuracy": ops.mean(ops.cast(right, "float32"))}

    def discriminator_loss(self, batch: Batch) -> tuple:
        """Equation 3: three classes; hands on the codes of both domains, and the targets."""
        target = batch["b"][..., : self.target_channels]
        codes = [ops.stop_gradient(self.f(x, training=False)) for x in (batch["a"], self.in_colour(target))]
        shown = [*(ops.stop_gradient(self.g(code, training=True)) for code in codes), target]
        logits = [self.discriminator(x, training=True) for x in shown]
        terms = [is_class(kind, x) for kind, x in zip((FROM_SOURCE, FROM_TARGET, REAL), logits, strict=True)]
        logs = dict(zip(("from_source", "from_target", "real"), terms, strict=True))
        return sum(terms), logs, {"code_a": codes[0], "code_b": codes[1], "target": target}

    def generator_loss(self, batch: Batch) -> tuple:
        """Equations 4 to 7: both kinds of outputs pass for real, f stays constant on A, B stays as it is."""
        made, again = (self.g(batch[name], training=True) for name in ("code_a", "code_b"))
        fool = sum(is_class(REAL, self.discriminator(x, training=True)) for x in (made, again))
        constancy = losses.l2(batch["code_a"], self.f(self.in_colour(made), training=False))
        identity = losses.l2(batch["target"], again)
        loss = fool + self.alpha * constancy + self.beta * identity
        logs = {"adversarial": fool, "constancy": constancy, "identity": identity}
        if self.gamma:
            logs["variation"] = (losses.total_variation(made) + losses.total_variation(again)) / 2.0
            loss += self.gamma * logs["variation"]
        return loss, logs

    def in_colour(self, images: Any) -> Any:
        """Pictures with f's number of channels: grey ones are repeated."""
        return ops.repeat(images, self.channels // images.shape[-1], axis=-1)

    def signatures(self) -> dict[str, Signature]:
        """``a_to_b``: G; ``features``: f."""
        image = {"image": Input("image", (self.resolution, self.resolution, self.channels))}
        whole = keras.Model(self.f.input, self.trained("g")(self.f.output), name="a_to_b")
        return {
            "a_to_b": Signature("a_to_b", whole, image, "generated"),
            "features": Signature("features", self.f, image, "features", "vector"),
        }

    def transfer(self, images: np.ndarray) -> np.ndarray:
        """``G(x)``: pictures (n, H, W, channels) of either domain in [-1, 1] -> (n, H, W, target_channels)."""
        return self.translate(images, "a_to_b")

    def features(self, images: np.ndarray) -> np.ndarray:
        """``f(x)``: pictures (n, H, W, channels) in [-1, 1] -> codes (n, code_dim) in [-1, 1]."""
        return inference.run(self.signatures()["features"], {"image": images})

    def preview(self, batch: dict[str, np.ndarray], seed: int) -> np.ndarray:
        """Columns of eight: a and what it becomes; b and what it becomes."""
        a, b = batch["a"][:8], batch["b"][:8]
        return pictures.rows([a, self.transfer(a), b, self.transfer(b)])


def is_class(kind: int, logits: Any) -> Any:
    """``-E log D_kind`` of logits (B, 3)."""
    return -ops.mean(ops.log_softmax(ops.cast(logits, "float32"))[:, kind])
