"""ACGAN: the discriminator also names the class (Odena, Olah, Shlens, 2016)."""

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from ganapps import losses
from ganapps.engine import inference, pictures
from ganapps.engine.model import AdversarialModel, Batch
from ganapps.engine.players import Player
from ganapps.engine.signature import Input, Signature
from ganapps.layers import Conv2DTranspose, batch_norm
from ganapps.networks.dcgan import init, stages
from ganapps.registry import register


@register("acgan", title="ACGAN", paper="1610.09585", year=2016, chapter="basics")
class ACGAN(AdversarialModel):
    """A class-conditional generator whose discriminator is not told the class but must find it.

    The discriminator has two heads on one trunk: real or generated, and which class. Both players want the class of
    real and generated pictures to be recognised, ``L_C``; they fight over the source, ``L_S`` (equations 2 and 3). A
    label of -1 means unknown: such a picture takes no part in the class term.

    Args:
        resolution: of the pictures, a power of two from 16 up.
        channels: of the pictures.
        classes: how many.
        latent_dim: noise beside the one-hot class (paper: 100).
        width: of the generator's 4 x 4 stage (768 at 128 pixels, 384 at 32); later stages halve it.
        features: of the discriminator's first layer (paper: 16); six layers, doubling.
        dropout: in the discriminator.
        activation_noise: standard deviation of the noise on the discriminator's layers (paper: 0 to 0.2).
        class_weight: of ``L_C``.
        learning_rate: of Adam, both players.
        beta_1: of Adam.
        seed: fixes the noise drawn in training.
    """

    players = (Player("discriminator", trains=("discriminator",)), Player("generator", trains=("generator",)))
    needs = ("image", "label")
    presets = {
        "paper": {},
        "small": {"resolution": 32, "width": 192, "features": 8, "dropout": 0.3, "learning_rate": 5e-4},
    }

    def __init__(
        self,
        resolution: int = 128,
        channels: int = 3,
        classes: int = 10,
        latent_dim: int = 100,
        width: int = 768,
        features: int = 16,
        dropout: float = 0.5,
        activation_noise: float = 0.0,
        class_weight: float = 1.0,
        learning_rate: float = 2e-4,
        beta_1: float = 0.5,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.classes, self.latent_dim, self.class_weight = classes, latent_dim, class_weight
        self.learning_rate, self.beta_1 = learning_rate, beta_1
        self.generator = generator(resolution, channels, classes, latent_dim, width)
        self.discriminator = discriminator(
            (resolution, resolution, channels), classes, features, dropout, activation_noise
        )

    def optimizers(self, steps: int | None) -> dict[str, keras.optimizers.Optimizer]:
        """Adam for both (table 1)."""
        return {player.name: keras.optimizers.Adam(self.learning_rate, self.beta_1, 0.999) for player in self.players}

    def discriminator_loss(self, batch: Batch) -> tuple:
        """Maximise ``L_S + L_C``: the class term on real and on generated pictures."""
        fake, labels = self.fakes(batch)
        real_logit, real_class = self.discriminator(batch["image"], training=True)
        fake_logit, fake_class = self.discriminator(ops.stop_gradient(fake), training=True)
        source = losses.non_saturating_discriminator(real_logit, fake_logit)
        real_term, fake_term = (
            losses.cross_entropy(batch["label"], real_class),
            losses.cross_entropy(labels, fake_class),
        )
        logs = {"real_logit": ops.mean(real_logit), "fake_logit": ops.mean(fake_logit)}
        logs |= {"source": source, "class_real": real_term, "class_fake": fake_term}
        return source + self.class_weight * (real_term + fake_term), logs

    def generator_loss(self, batch: Batch) -> tuple:
        """Maximise ``L_C - L_S`` on fresh latents and labels."""
        fake, labels = self.fakes(batch)
        fake_logit, fake_class = self.discriminator(fake, training=True)
        source, term = losses.non_saturating_generator(fake_logit), losses.cross_entropy(labels, fake_class)
        logs = {"fake_logit": ops.mean(fake_logit), "source": source, "class_fake": term}
        return source + self.class_weight * term, logs

    def fakes(self, batch: Batch) -> tuple[Any, Any]:
        """Generated pictures and the labels they were asked for, as many as there are real ones."""
        n = batch["image"].shape[0]
        labels = self.noise.integers((n,), self.classes)
        return self.generator([self.noise.normal((n, self.latent_dim)), labels], training=True), labels

    def signatures(self) -> dict[str, Signature]:
        """``sample``: latent and label -> picture."""
        names = tuple(str(i) for i in range(self.classes))
        inputs = {"latent": Input("latent", (self.latent_dim,)), "label": Input("label", (), "int32", names)}
        return {"sample": Signature("sample", self.trained("generator"), inputs, "image")}

    def classify(self, images: np.ndarray) -> np.ndarray:
        """Class probabilities (n, classes) of pictures (n, resolution, resolution, channels) in [-1, 1]."""
        head = keras.Model(self.discriminator.input, layers.Softmax()(self.discriminator.output[1]))
        signature = Signature("classify", head, {"image": Input("image", ())}, "probabilities", "vector")
        return inference.run(signature, {"image": images})

    def preview(self, batch: dict[str, np.ndarray], seed: int) -> np.ndarray:
        """One class a column, one latent a row."""
        columns = min(self.classes, 10)
        rng = np.random.default_rng(seed)
        latent = np.repeat(rng.standard_normal((8, self.latent_dim)), columns, axis=0)
        labels = np.tile(np.arange(columns), 8)
        images = inference.sample(self.signatures()["sample"], 8 * columns, seed, latent=latent, label=labels)
        return pictures.grid(images, columns=columns)


def generator(resolution: int, channels: int, classes: int, latent_dim: int, width: int) -> keras.Model:
    """[latent (B, latent_dim), label (B,)] -> pictures in [-1, 1]; 5 x 5 transposed convolutions of stride 2."""
    latent = keras.Input((latent_dim,), name="latent")
    label = keras.Input((), dtype="int32", name="label")
    one_hot = layers.CategoryEncoding(classes, output_mode="one_hot")(layers.Reshape((1,))(label))
    x = layers.Dense(4 * 4 * width, kernel_initializer=init())(layers.Concatenate()([latent, one_hot]))
    x = layers.ReLU()(layers.Reshape((4, 4, width))(x))
    for stage in range(1, stages(resolution)):
        x = Conv2DTranspose(width // 2**stage, 5, 2, "same", use_bias=False, kernel_initializer=init())(x)
        x = layers.ReLU()(batch_norm()(x))
    x = Conv2DTranspose(channels, 5, 2, "same", kernel_initializer=init())(x)
    return keras.Model([latent, label], layers.Activation("tanh", dtype="float32")(x), name="generator")


def discriminator(
    shape: tuple[int, int, int], classes: int, features: int, dropout: float, activation_noise: float
) -> keras.Model:
    """Pictures -> [source logit (B, 1), class logits (B, classes)]: 3 x 3 convolutions, strides 2, 1, 2, 1, 2, 1."""
    image = x = keras.Input(shape, name="image")
    for layer, stride in enumerate((2, 1, 2, 1, 2, 1)):
        x = layers.Conv2D(features * 2**layer, 3, stride, "same", use_bias=not layer, kernel_initializer=init())(x)
        x = batch_norm()(x) if layer else x
        x = layers.LeakyReLU(0.2)(x)
        x = layers.GaussianNoise(activation_noise)(x) if activation_noise else x
        x = layers.Dropout(dropout)(x) if dropout else x
    x = layers.Flatten()(x)
    source = layers.Dense(1, kernel_initializer=init(), dtype="float32", name="source")(x)
    logits = layers.Dense(classes, kernel_initializer=init(), dtype="float32", name="class")(x)
    return keras.Model(image, [source, logits], name="discriminator")
