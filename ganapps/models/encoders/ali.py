"""ALI: adversarially learned inference (Dumoulin et al., 2016)."""

from typing import Any, Literal

import keras
import numpy as np
from keras import layers, ops

from ganapps.engine.model import Batch
from ganapps.layers import Conv2DTranspose, PixelBias, batch_norm
from ganapps.models.encoders.joint import JointModel, joint_conv, joint_mlp
from ganapps.networks.dcgan import dcgan_features, dcgan_generator, stages
from ganapps.networks.gaussian import posterior
from ganapps.networks.mlp import mlp
from ganapps.registry import register


@register("ali", title="ALI", paper="1606.00704", year=2016, chapter="encoders")
class ALI(JointModel):
    """BiGAN's game with a stochastic encoder: the joint q(x) q(z|x) is matched to p(z) p(x|z).

    The encoder gives the mean and the logarithm of the deviation of a Gaussian; what the discriminator sees beside the
    picture is a draw from it. Reconstructions keep what a picture shows rather than its pixels.

    The defaults are the paper's CIFAR-10 networks (table 3): convolutions without padding, maxout and dropout in the
    discriminator. Each doubling of 32 pixels adds one convolution of stride 2 (ours). The small preset has the
    DCGAN stacks of BiGAN's, so that little but the encoder sets the two apart; the paper's discriminator,
    unnormalised and from weights near 0, takes far more steps. Points in the plane take ReLU networks.

    Args:
        architecture: of the networks for pictures.
        resolution: of the pictures, a power of two from 32 up (DCGAN stacks: from 8).
        channels: of the pictures.
        dimensions: 0 for pictures; else the samples are points in that many dimensions.
        latent_dim: length of the latent vector (paper: 64).
        features: width of the first layers (paper: 32), of the DCGAN stacks' stage at the picture, or of the ReLU layers.
        kernel: of the DCGAN stacks.
        input_dropout: of the picture and the code that the paper's discriminator sees.
        dropout: inside it.
        learning_rate: of Adam, both players (paper: 1e-4; the small preset, for thousands of steps, has five times that).
        beta_1: of Adam.
        seed: fixes the noise drawn in training.
    """

    presets = {
        "paper": {},
        "small": {"architecture": "dcgan", "learning_rate": 5e-4},
        "bed": {"dimensions": 2, "latent_dim": 2, "features": 128, "learning_rate": 1e-3},
    }

    def __init__(
        self,
        architecture: Literal["valid", "dcgan"] = "valid",
        resolution: int = 32,
        channels: int = 3,
        dimensions: int = 0,
        latent_dim: int = 64,
        features: int = 32,
        kernel: int = 4,
        input_dropout: float = 0.2,
        dropout: float = 0.5,
        learning_rate: float = 1e-4,
        beta_1: float = 0.5,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.dimensions, self.latent_dim = dimensions, latent_dim
        self.learning_rate, self.beta_1 = learning_rate, beta_1
        if dimensions:
            self.generator = mlp(latent_dim, (features,) * 3, dimensions, "generator")
            trunk = mlp(dimensions, (features,) * 2, features, "encoder")
            self.encoder = gaussian(trunk.input, layers.ReLU()(trunk.output), latent_dim)
            self.discriminator = joint_mlp(dimensions, latent_dim, features)
        elif architecture == "dcgan":
            trunk = dcgan_features(resolution, channels, features, kernel)
            self.generator = dcgan_generator(resolution, channels, latent_dim, features, kernel)
            self.encoder = gaussian(trunk.input, layers.Flatten()(trunk.output), latent_dim)
            self.discriminator = joint_conv(resolution, channels, latent_dim, features, kernel)
        else:
            plan = convolutions(resolution, features)
            shape = (resolution, resolution, channels)
            self.generator = generator(plan, channels, latent_dim)
            self.encoder = encoder(plan, shape, latent_dim)
            self.discriminator = discriminator(plan, shape, latent_dim, input_dropout, dropout)

    def optimizers(self, steps: int | None) -> dict[str, keras.optimizers.Optimizer]:
        """Adam for both (table 3)."""
        rate, beta_1 = self.learning_rate, self.beta_1
        return {player.name: keras.optimizers.Adam(rate, beta_1, 0.999, epsilon=1e-8) for player in self.players}

    def draws(self, batch: Batch) -> Batch:
        """Latents, and the noise of the encoder's draws."""
        latents = super().draws(batch)
        return latents | {"noise": self.noise.normal(tuple(latents["latent"].shape))}

    def codes(self, samples: Any, batch: Batch) -> Any:
        """A draw from the encoder's Gaussian (section 2.2)."""
        mean, log_deviation = self.encoder(samples, training=True)
        return mean + ops.exp(log_deviation) * batch["noise"]

    def encode(self, samples: np.ndarray, sample: bool = False, seed: int = 0) -> np.ndarray:
        """The means of the codes (n, latent_dim), or, where ``sample`` is set, draws fixed by ``seed``."""
        mean, log_deviation = posterior(self.trained("encoder"), samples)
        noise = np.random.default_rng(seed).standard_normal(mean.shape).astype("float32")
        return mean + np.exp(log_deviation) * noise if sample else mean

    def adapt(self, batch: dict[str, np.ndarray]) -> None:
        """Start the generator's output at the mean picture, as the authors' code does with the paper's networks."""
        if "pixels" in (layer.name for layer in self.generator.layers):
            marginals = np.clip((batch["image"].mean(axis=0) + 1.0) / 2.0, 0.01, 0.99)
            self.generator.get_layer("pixels").bias.assign(np.log(marginals / (1.0 - marginals)))


def convolutions(resolution: int, features: int) -> list[tuple[int, int, int]]:
    """(kernel, stride, width) of the convolutions that lead from ``resolution`` to one pixel without padding."""
    extra = stages(resolution) - stages(32)
    if extra < 0:
        raise ValueError(f"The resolution must be a power of two from 32 up, not {resolution}.")
    widths = [features * factor for factor in (2, 4, 8, 16)]
    more = [(5, 2, 2 * features)] * extra
    return [(5, 1, features), (4, 2, widths[0]), *more, (4, 1, widths[1]), (4, 2, widths[2]), (4, 1, widths[3])]


def encoder(plan: list[tuple[int, int, int]], shape: tuple[int, int, int], latent_dim: int) -> keras.Model:
    """Pictures -> [mean, log deviation]: LeakyReLU 0.1 and batch normalisation throughout."""
    image = x = keras.Input(shape, name="image")
    for kernel, stride, width in [*plan, (1, 1, plan[-1][2])]:
        x = layers.Conv2D(width, kernel, stride, use_bias=False, kernel_initializer=init())(x)
        x = layers.LeakyReLU(0.1)(batch_norm()(x))
    return gaussian(image, layers.Flatten()(x), latent_dim)


def gaussian(start: Any, x: Any, latent_dim: int) -> keras.Model:
    """``x`` -> [mean, log deviation]; the latter is bent to stay within 5, for nothing else holds the deviation down."""
    head = lambda: layers.Dense(latent_dim, kernel_initializer=init(), dtype="float32")(x)  # noqa: E731
    fifth = layers.Activation("tanh", dtype="float32")(layers.Rescaling(0.2, dtype="float32")(head()))
    return keras.Model(start, [head(), layers.Rescaling(5.0, dtype="float32")(fifth)], name="encoder")


def generator(plan: list[tuple[int, int, int]], channels: int, latent_dim: int) -> keras.Model:
    """Latent -> pictures in [-1, 1]: the encoder's convolutions transposed; each pixel has its own bias."""
    latent = keras.Input((latent_dim,), name="latent")
    x = layers.Reshape((1, 1, latent_dim))(latent)
    widths = [plan[0][2], *(width for _, _, width in plan[:-1])]
    for (kernel, stride, _), width in zip(reversed(plan), reversed(widths), strict=True):
        x = Conv2DTranspose(width, kernel, stride, use_bias=False, kernel_initializer=init())(x)
        x = layers.LeakyReLU(0.1)(batch_norm()(x))
    x = layers.Conv2D(plan[0][2], 1, use_bias=False, kernel_initializer=init())(x)
    x = layers.Conv2D(channels, 1, use_bias=False, kernel_initializer=init())(layers.LeakyReLU(0.1)(batch_norm()(x)))
    x = layers.Activation("sigmoid", dtype="float32")(PixelBias(dtype="float32", name="pixels")(x))
    return keras.Model(latent, layers.Rescaling(2.0, -1.0, dtype="float32")(x), name="generator")


def discriminator(
    plan: list[tuple[int, int, int]], shape: tuple[int, int, int], latent_dim: int, input_dropout: float, dropout: float
) -> keras.Model:
    """[pictures, codes] -> logits (B, 1): D_x, D_z and the layers on both, all maxout with two pieces, unnormalised."""
    image, code = keras.Input(shape, name="image"), keras.Input((latent_dim,), name="code")
    x: Any = image
    for i, (kernel, stride, width) in enumerate(plan):
        x = layers.Dropout(dropout if i else input_dropout)(x)
        pieces = [
            layers.Conv2D(width // 2, kernel, stride, use_bias=not i, kernel_initializer=init()) for _ in range(2)
        ]
        x = layers.Maximum()([piece(x) for piece in pieces])
    z = maxout(maxout(code, plan[-1][2], input_dropout, False), plan[-1][2], dropout, False)
    both = layers.Concatenate()([layers.Flatten()(x), z])
    for _ in range(2):
        both = maxout(both, 2 * plan[-1][2], dropout, True)
    last = layers.Dense(1, kernel_initializer=init(), dtype="float32")
    return keras.Model([image, code], last(layers.Dropout(dropout)(both)), name="discriminator")


def maxout(x: Any, units: int, dropout: float, bias: bool) -> Any:
    """Dropout, then ``units / 2`` maxima of two linear pieces."""
    x = layers.Dropout(dropout)(x)
    return layers.Maximum()([layers.Dense(units // 2, use_bias=bias, kernel_initializer=init())(x) for _ in range(2)])


def init() -> keras.initializers.Initializer:
    """N(0, 0.01), a new one for each layer."""
    return keras.initializers.RandomNormal(0.0, 0.01)
