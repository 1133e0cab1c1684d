"""BiGAN: the generator's inverse is learnt with it (Donahue, Krähenbühl, Darrell, 2016)."""

from typing import Any, Literal

import keras
import numpy as np
from keras import layers

from ganapps.engine.model import Batch
from ganapps.engine.schedules import HeldExponential
from ganapps.layers import batch_norm
from ganapps.models.encoders.joint import JointModel, joint_conv, joint_mlp
from ganapps.networks.dcgan import dcgan_features, dcgan_generator, init
from ganapps.networks.mlp import mlp
from ganapps.registry import register


@register("bigan", title="BiGAN", paper="1605.09782", year=2016, chapter="encoders")
class BiGAN(JointModel):
    """A GAN whose discriminator sees pairs, (x, E(x)) against (G(z), z), and whose encoder is deterministic.

    To fool an optimal discriminator the encoder must invert the generator (theorem 2), so it learns features without
    labels and without any reconstruction loss.

    The defaults are the fully connected MNIST networks of the authors' code, at 28 pixels; the DCGAN stacks are for other
    pictures; the small preset has them at 32 pixels. Points in the plane take ReLU networks.

    Args:
        architecture: of the networks for pictures.
        resolution: of the pictures, in pixels; for the DCGAN stacks a power of two from 8 up.
        channels: of the pictures.
        dimensions: 0 for pictures; else the samples are points in that many dimensions.
        latent_dim: length of the latent vector, uniform in [-1, 1] (paper: 50 for MNIST).
        features: units of a hidden layer (authors' code: 1024), or channels of the DCGAN stacks' stage at the picture.
        kernel: of the DCGAN stacks.
        weight_decay: L2 penalty on the kernels of both players.
        learning_rate: of Adam, both players.
        decay: whether the rate, constant for half of the run, then falls exponentially to a hundredth (appendix C). In a
            run of 1,500 steps that is too early: on Fashion-MNIST the FID was 19, without it 8, and 3.7 at the small
            preset's rate.
        beta_1: of Adam.
        seed: fixes the noise drawn in training.
    """

    distribution = "uniform"
    presets = {
        "paper": {},
        "small": {"architecture": "dcgan", "resolution": 32, "features": 32, "learning_rate": 5e-4, "decay": False},
        "bed": {"dimensions": 2, "latent_dim": 2, "features": 128, "learning_rate": 1e-3},
    }

    def __init__(
        self,
        architecture: Literal["mlp", "dcgan"] = "mlp",
        resolution: int = 28,
        channels: int = 1,
        dimensions: int = 0,
        latent_dim: int = 50,
        features: int = 1024,
        kernel: int = 4,
        weight_decay: float = 2.5e-5,
        learning_rate: float = 2e-4,
        decay: bool = True,
        beta_1: float = 0.5,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.dimensions, self.latent_dim, self.weight_decay = dimensions, latent_dim, weight_decay
        self.learning_rate, self.decays, self.beta_1 = learning_rate, decay, beta_1
        shape = (resolution, resolution, channels)
        if dimensions:
            self.generator = mlp(latent_dim, (features,) * 3, dimensions, "generator")
            self.encoder = mlp(dimensions, (features,) * 3, latent_dim, "encoder")
            self.discriminator = joint_mlp(dimensions, latent_dim, features)
        elif architecture == "mlp":
            self.generator = mlp_generator(shape, latent_dim, features)
            self.encoder = mlp_encoder(shape, latent_dim, features)
            self.discriminator = mlp_discriminator(shape, latent_dim, features)
        else:
            self.generator = dcgan_generator(resolution, channels, latent_dim, features, kernel)
            self.encoder = conv_encoder(shape, latent_dim, features, kernel)
            self.discriminator = joint_conv(resolution, channels, latent_dim, features, kernel)

    def optimizers(self, steps: int | None) -> dict[str, keras.optimizers.Optimizer]:
        """Adam for both (appendix C)."""
        rate = HeldExponential(self.learning_rate, steps) if self.decays else self.learning_rate
        return {player.name: keras.optimizers.Adam(rate, self.beta_1, 0.999) for player in self.players}

    def codes(self, samples: Any, batch: Batch) -> Any:
        """The encoder's output itself."""
        return self.encoder(samples, training=True)


def mlp_encoder(shape: tuple[int, int, int], latent_dim: int, units: int) -> keras.Model:
    """Pictures -> codes: two hidden layers, linear end, no biases."""
    image = keras.Input(shape, name="image")
    return keras.Model(image, dense(latent_dim, "float32")(hidden(image, units)), name="encoder")


def mlp_discriminator(shape: tuple[int, int, int], latent_dim: int, units: int) -> keras.Model:
    """[pictures, codes] -> logits: the code joins at the second hidden layer; the last weights start at 0."""
    image, code = keras.Input(shape, name="image"), keras.Input((latent_dim,), name="code")
    last = layers.Dense(1, use_bias=False, kernel_initializer="zeros", dtype="float32")
    return keras.Model([image, code], last(hidden(image, units, code)), name="discriminator")


def mlp_generator(shape: tuple[int, int, int], latent_dim: int, units: int) -> keras.Model:
    """Latent -> pictures in [-1, 1]: two hidden layers, of which the second sees the latent again, sigmoid pixels."""
    latent = keras.Input((latent_dim,), name="latent")
    x = layers.ReLU()(batch_norm(affine=False)(dense(units)(latent)))
    x = layers.Add()([dense(units)(x), dense(units)(latent)])
    x = dense(int(np.prod(shape)), "float32")(layers.ReLU()(batch_norm(affine=False)(x)))
    x = layers.Rescaling(2.0, -1.0, dtype="float32")(layers.Activation("sigmoid", dtype="float32")(x))
    return keras.Model(latent, layers.Reshape(shape, dtype="float32")(x), name="generator")


def hidden(image: Any, units: int, code: Any = None) -> Any:
    """The two hidden layers of encoder and discriminator; only the second is normalised, without gain and offset."""
    x = layers.LeakyReLU(0.2)(dense(units)(layers.Flatten()(layers.Rescaling(0.5, 0.5)(image))))
    x = dense(units)(x) if code is None else layers.Add()([dense(units)(x), dense(units)(code)])
    return layers.LeakyReLU(0.2)(batch_norm(affine=False)(x))


def dense(units: int, dtype: str | None = None) -> keras.layers.Layer:
    """A linear layer without bias."""
    return layers.Dense(units, use_bias=False, kernel_initializer=init(), dtype=dtype)


def conv_encoder(shape: tuple[int, int, int], latent_dim: int, features: int, kernel: int) -> keras.Model:
    """Pictures -> codes: the DCGAN discriminator's trunk with a linear end."""
    trunk = dcgan_features(shape[0], shape[2], features, kernel)
    code = layers.Dense(latent_dim, kernel_initializer=init(), dtype="float32")(layers.Flatten()(trunk.output))
    return keras.Model(trunk.input, code, name="encoder")
