"""CoGAN for domain adaptation: labels of one domain, a classifier for the other (Liu and Tuzel, 2016, section 5)."""

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from ganapps import losses
from ganapps.engine import inference
from ganapps.engine.model import Batch
from ganapps.engine.players import Player
from ganapps.engine.signature import Input, Signature
from ganapps.models.unsupervised.cogan import CoGAN
from ganapps.registry import register


@register(
    "cogan-adaptation",
    title="CoGAN, domain adaptation",
    paper="1606.07536",
    year=2016,
    chapter="unsupervised image-to-image",
)
class CoGANAdaptation(CoGAN):
    """CoGAN whose discriminators also classify: labels are known in domain A, and needed in domain B.

    The classifier stands on the layers that the discriminators share, and learns from A alone. Because the two halves of
    a generated pair show the same thing, their features are drawn together; then what the classifier learnt of A holds
    for B.

    Args:
        classes: of the labels of domain A.
        class_weight: of the classifier's cross-entropy, in the discriminators' loss.
        agreement_weight: of the squared distance between the features of a generated pair, in the same loss.
    """

    players = (Player("discriminator", trains=("discriminator", "classifier")), *CoGAN.players[1:])
    needs = ("a", "b", "label")

    def __init__(
        self, classes: int = 10, class_weight: float = 10.0, agreement_weight: float = 0.01, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.class_weight, self.agreement_weight = class_weight, agreement_weight
        self.classifier = keras.Sequential(
            [keras.Input(self.discriminator.outputs[2].shape[1:]), layers.Dense(classes, dtype="float32")],
            name="classifier",
        )

    def discriminator_loss(self, batch: Batch) -> tuple:
        """The game, the labels of A, and the agreement within generated pairs (authors' code)."""
        loss, logs, (real_a, _), (fake_a, fake_b) = self.judged(batch)
        label = losses.cross_entropy(batch["label"], self.classifier(real_a, training=True))
        apart = ops.square(ops.cast(fake_a, "float32") - ops.cast(fake_b, "float32"))
        agreement = ops.mean(ops.sum(apart, axis=-1))
        loss += self.class_weight * label + self.agreement_weight * agreement
        return loss, logs | {"class": label, "agreement": agreement}

    def classify(self, images: np.ndarray, domain: str = "b") -> np.ndarray:
        """Class probabilities (n, classes) of pictures (n, H, W, C) in [-1, 1] of a domain."""
        number = "ab".index(domain)
        judge = self.discriminator
        read = layers.Softmax()(self.classifier(judge.outputs[2 + number]))
        head = keras.Model(judge.inputs[number], read)
        return inference.run(
            Signature("classify", head, {"image": Input("image", ())}, "probabilities", "vector"), {"image": images}
        )

    def classify_b(self, images: np.ndarray) -> np.ndarray:
        """Class probabilities (n, classes) in the domain whose labels were never seen."""
        return self.classify(images, "b")
