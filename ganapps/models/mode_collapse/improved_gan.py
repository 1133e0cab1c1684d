"""Improved GAN: a set of remedies, each of which can be had alone (Salimans et al., 2016)."""

from typing import Any, Literal

import keras
import numpy as np
from keras import ops
from scipy.special import expit, logsumexp, softmax

from ganapps import losses
from ganapps.engine import inference
from ganapps.engine.model import Batch
from ganapps.engine.players import Player
from ganapps.engine.schedules import LinearDecay
from ganapps.engine.signature import Input, Signature
from ganapps.errors import GanappsError
from ganapps.layers import HistoricalAverage
from ganapps.models.latent import LatentModel
from ganapps.networks.improved import improved_discriminator, improved_generator, initialize
from ganapps.networks.improved_dcgan import improved_dcgan
from ganapps.networks.improved_dense import dense_discriminator, dense_generator
from ganapps.registry import register


@register("improved-gan", title="Improved GAN", paper="1606.03498", year=2016, chapter="mode collapse")
class ImprovedGAN(LatentModel):
    """Six remedies as independent switches, on the networks of the paper's code, on DCGAN's, or on points.

    Feature matching (``objective``, section 3.1): the generator matches the mean features of real samples. Minibatch
    discrimination (``kernels``, 3.2): the discriminator sees how alike a batch is, so a collapsed generator gives itself
    away. Historical averaging (``historical``, 3.3). One-sided label smoothing (``smoothing``, 3.4). Virtual batch
    normalisation in the generator (``reference``, 3.5). Semi-supervised learning (``classes``, section 5): K class logits,
    the generated class's fixed at 0, so ``D(x) = Z / (Z + 1)`` with Z the sum of their exponentials; with one logit that
    is the usual discriminator. K comes from the data in the presets that do not name it.

    Rows labelled -1 have no class term. Where the data give ``image_u``, a draw without labels, the unlabelled terms and
    feature matching see that. The paper preset is the code's classifier for CIFAR-10 (evaluate it with ``ema=0.9999``),
    ``classifier`` that for MNIST; ``samples`` holds what gave the best pictures.

    Args:
        architecture: of the networks for pictures: the CIFAR-10 code's, DCGAN's (section 6.4), or the fully connected ones of
            the MNIST code (the last two know no ``reference``, ``dropout`` and ``input_dropout``).
        objective: of the generator: match features; ``log(1 - D(G(z)))`` as the code with minibatch discrimination; or
            ``-log D(G(z))``.
        classes: K, class logits; 1 learns no classes.
        kernels: of minibatch discrimination (code: 100); 0 is off.
        historical: weight of ``||theta - mean theta||^2`` for both players; 0 is off.
        smoothing: the discriminator's target for real samples (paper: 0.9); 1 is off.
        reference: rows of the reference batch of virtual batch normalisation; 0 is off.
        resolution: of the pictures, a power of two from 16 up (dense: any).
        channels: of the pictures.
        dimensions: 0 for pictures; else the samples are points in that many dimensions.
        latent_dim: length of the latent vector (code: 100).
        features: channels of the generator's last hidden stage (code: 128), or units of its layers (MNIST: 500).
        discriminator_features: channels of the discriminator's first layers (code: 96), or units (MNIST: 1000).
        dropout: in the discriminator.
        input_dropout: of the discriminator's pixels (code: 0.2, none with minibatch discrimination).
        input_noise: standard deviation of noise on them (code: 0.2 with minibatch discrimination).
        generator_updates: generator updates a step (code: 3 with minibatch discrimination).
        learning_rate: of Adam, both players; falls linearly to zero in the run's last third.
        beta_1: of Adam.
        seed: fixes the noise drawn in training.
    """

    players = (Player("discriminator", trains=("discriminator",)), Player("generator", trains=("generator",)))
    needs = ("image|point", "label|image|point", "image_u|image|point")  # the latter two where the data have them
    averaged = ("generator", "discriminator")
    distribution = "uniform"
    presets = {
        "paper": {},
        "samples": {
            "classes": 1, "objective": "minimax", "kernels": 100, "smoothing": 0.9, "reference": 100,
            "input_dropout": 0.0, "input_noise": 0.2, "generator_updates": 3,
        },
        "small": {
            "architecture": "dcgan", "classes": 1, "objective": "non-saturating", "kernels": 50, "smoothing": 0.9,
            "features": 32, "discriminator_features": 32, "learning_rate": 5e-4,
        },
        "classifier": {
            "architecture": "dense", "resolution": 28, "features": 500, "discriminator_features": 1000,
            "input_noise": 0.6, "learning_rate": 3e-3,
        },
        "bed": {
            "dimensions": 2, "latent_dim": 2, "objective": "non-saturating", "kernels": 8, "discriminator_features": 128,
            "learning_rate": 1e-3,
        },
    }  # fmt: skip

    def __init__(
        self,
        architecture: Literal["convolutional", "dcgan", "dense"] = "convolutional",
        objective: Literal["features", "minimax", "non-saturating"] = "features",
        classes: int = 1,
        kernels: int = 0,
        historical: float = 0.0,
        smoothing: float = 1.0,
        reference: int = 0,
        resolution: int = 32,
        channels: int = 3,
        dimensions: int = 0,
        latent_dim: int = 100,
        features: int = 128,
        discriminator_features: int = 96,
        dropout: float = 0.5,
        input_dropout: float = 0.2,
        input_noise: float = 0.0,
        generator_updates: int = 1,
        learning_rate: float = 3e-4,
        beta_1: float = 0.5,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.players = (self.players[0], Player("generator", ("generator",), updates=generator_updates))
        self.objective, self.classes, self.historical, self.smoothing = objective, classes, historical, smoothing
        self.latent_dim, self.dimensions = latent_dim, dimensions
        self.learning_rate, self.beta_1 = learning_rate, beta_1
        heads, shape = (discriminator_features, classes, kernels), (resolution, channels)
        if dimensions or architecture == "convolutional":
            noise = (dropout, input_dropout, input_noise)
            self.generator = improved_generator(dimensions, *shape, latent_dim, features, reference)
            self.discriminator = improved_discriminator(dimensions, *shape, *heads, *noise)
        elif architecture == "dcgan":
            self.generator, self.discriminator = improved_dcgan(*shape, latent_dim, features, *heads, input_noise)
        else:
            self.generator = dense_generator(*shape, latent_dim, features)
            self.discriminator = dense_discriminator(*shape, *heads, input_noise)
        if historical:
            self.pasts = {p.name: HistoricalAverage([v.shape for v in self.variables_of(p)]) for p in self.players}

    def optimizers(self, steps: int | None) -> dict[str, keras.optimizers.Optimizer]:
        """Adam, constant for two thirds of the run as in the code's 1,200 epochs."""
        rates = {p.name: LinearDecay(self.learning_rate, steps and steps * p.updates, hold=2 / 3) for p in self.players}
        return {name: keras.optimizers.Adam(rate, self.beta_1, 0.999) for name, rate in rates.items()}

    def adapt(self, batch: dict[str, np.ndarray]) -> None:
        """Data-dependent initial values, as in the code. Not for points: their kernels would see no other mode."""
        if not self.dimensions:
            initialize(self.discriminator, self.unlabelled(batch))

    def before_step(self) -> None:
        """Take both players' weights into their past."""
        for player in self.players if self.historical else ():
            self.pasts[player.name].follow(self.variables_of(player), self.optimizer.iterations)

    def discriminator_loss(self, batch: Batch) -> tuple:
        """Real or generated, halved beside the class term (the code's weights); three separate batches."""
        _, logits = self.discriminator(self.real(batch), training=True)
        _, fake_logits = self.discriminator(ops.stop_gradient(self.fakes(batch)), training=True)
        real = self.discriminator(batch["image_u"], training=True)[1] if "image_u" in batch else logits
        loss = losses.smoothed_discriminator(losses.real_logit(real), losses.real_logit(fake_logits), self.smoothing)
        logs = {
            "real_logit": ops.mean(losses.real_logit(real)),
            "fake_logit": ops.mean(losses.real_logit(fake_logits)),
            "source": loss,
        }
        if self.classes > 1:
            logs["class"] = losses.cross_entropy(batch["label"], logits)
            loss = logs["class"] + 0.5 * loss
        return loss + self.drift(0), logs

    def generator_loss(self, batch: Batch) -> tuple:
        """Match features, or pass for real; the discriminator is in training mode for both."""
        features, logits = self.discriminator(self.fakes(batch), training=True)
        if self.objective == "features":
            real_features, _ = self.discriminator(self.unlabelled(batch), training=True)
            loss = losses.feature_matching(real_features, features)
        elif self.objective == "minimax":
            loss = losses.minimax_generator(losses.real_logit(logits))
        else:
            loss = losses.non_saturating_generator(losses.real_logit(logits))
        return loss + self.drift(1), {"fake_logit": ops.mean(losses.real_logit(logits)), "objective": loss}

    def drift(self, number: int) -> Any:
        """The historical term of player ``number``."""
        player = self.players[number]
        return self.historical * self.pasts[player.name].distance(self.variables_of(player)) if self.historical else 0.0

    def unlabelled(self, batch: Batch) -> Any:
        """Real samples that need no label."""
        return batch["image_u"] if "image_u" in batch else self.real(batch)

    def classify(self, images: np.ndarray) -> np.ndarray:
        """Class probabilities (n, classes), given that they are real, of pictures (n, H, W, C) in [-1, 1].

        Raises:
            GanappsError: the model learned no classes.
        """
        if self.classes == 1:
            raise GanappsError("This model was trained without classes; train it on labelled data with --classes K.")
        return softmax(self._logits(images), axis=1)

    def discriminate(self, samples: np.ndarray) -> np.ndarray:
        """The probability (n,) that pictures or points are real."""
        return expit(logsumexp(self._logits(samples), axis=1))

    def _logits(self, samples: np.ndarray) -> np.ndarray:
        network = self.trained("discriminator")
        end = Signature("logits", keras.Model(network.input, network.outputs[1]), {"x": Input("image", ())}, "logits")
        return inference.run(end, {"x": samples})
