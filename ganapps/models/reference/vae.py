"""VAE: the variational auto-encoder (Kingma and Welling, 2013)."""

from typing import Any, Literal

import keras
import numpy as np
from keras import layers, ops
from scipy.special import logsumexp

from ganapps import losses
from ganapps.engine import inference
from ganapps.engine.model import Batch
from ganapps.engine.players import Player
from ganapps.engine.signature import Input, Signature
from ganapps.layers import Conv2DTranspose
from ganapps.models.latent import EncodingModel
from ganapps.networks.dcgan import stages
from ganapps.networks.gaussian import draw, gaussian_heads, posterior
from ganapps.registry import register


@register("vae", title="VAE", paper="1312.6114", year=2013, chapter="reference")
class VAE(EncodingModel):
    """A density model without an adversary: the encoder and the decoder raise a lower bound of ``log p(x)`` together.

    The encoder gives a Gaussian ``q(z|x)``, the decoder (here called the generator) a likelihood ``p(x|z)``. The bound
    is the expected log-likelihood, summed over pixels, less ``KL(q(z|x) || N(0, I))``, which has a closed form. The
    gradient reaches the encoder because a draw is written as ``mean + deviation * noise``.

    The defaults are the paper's fully connected MNIST networks and AdaGrad. The small preset has convolutions and Adam,
    for 32 pixels.

    Args:
        likelihood: of a pixel given the code. A Bernoulli sees pictures as brightness in [0, 1]; Gaussian and Laplace
            (whose logarithm is the L1 distance) see them in [-1, 1].
        scale: deviation of the Gaussian or scale of the Laplace, in units of [-1, 1].
        binarize: draw each pixel black or white with its brightness as probability, in training and in likelihoods;
            published MNIST likelihoods are those of such pictures.
        beta: weight of the divergence; 1 makes the loss a bound.
        architecture: one hidden layer, or convolutions of stride 2 (ours).
        resolution: of the pictures, in pixels; for convolutions a power of two from 8 up.
        channels: of the pictures.
        latent_dim: length of the code (paper: 3 to 200).
        units: of the hidden layers (paper: 500 for MNIST).
        features: channels of the convolutions' stage at the picture; each stage away from it doubles them.
        optimizer: the paper's AdaGrad, or Adam.
        learning_rate: of either (paper: 0.01, 0.02 or 0.1).
        seed: fixes the noise drawn in training.
    """

    players = (Player("autoencoder", trains=("encoder", "generator")),)
    needs = ("image",)
    presets = {
        "paper": {},
        "small": {
            "architecture": "conv",
            "resolution": 32,
            "latent_dim": 32,
            "units": 256,
            "optimizer": "adam",
            "learning_rate": 1e-3,
        },
    }

    def __init__(
        self,
        likelihood: Literal["bernoulli", "gaussian", "laplace"] = "bernoulli",
        scale: float = 0.2,
        binarize: bool = False,
        beta: float = 1.0,
        architecture: Literal["mlp", "conv"] = "mlp",
        resolution: int = 28,
        channels: int = 1,
        latent_dim: int = 20,
        units: int = 500,
        features: int = 32,
        optimizer: Literal["adagrad", "adam"] = "adagrad",
        learning_rate: float = 0.01,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.likelihood, self.scale, self.binarize, self.beta = likelihood, scale, binarize, beta
        self.latent_dim, self.optimizer_name, self.learning_rate = latent_dim, optimizer, learning_rate
        if architecture == "mlp":
            self.encoder = mlp_encoder((resolution, resolution, channels), latent_dim, units)
            self.generator = mlp_generator((resolution, resolution, channels), latent_dim, units)
        else:
            self.encoder = conv_encoder(resolution, channels, latent_dim, units, features)
            self.generator = conv_generator(resolution, channels, latent_dim, units, features)
        self.pixels = before_sigmoid(self.generator)

    def optimizers(self, steps: int | None) -> dict[str, keras.optimizers.Optimizer]:
        """AdaGrad from an empty history (section 5), or Adam."""
        if self.optimizer_name == "adagrad":
            return {"autoencoder": keras.optimizers.Adagrad(self.learning_rate, initial_accumulator_value=0.0)}
        return {"autoencoder": keras.optimizers.Adam(self.learning_rate)}

    def autoencoder_loss(self, batch: Batch) -> tuple:
        """The negative of equation 10 with one draw: summed over pixels and codes, averaged over pictures."""
        image = batch["image"]
        if self.binarize:
            image = black_and_white(image, self.noise.uniform(tuple(image.shape)))
        mean, log_variance = self.encoder(image, training=True)
        code = draw(mean, log_variance, self.noise.normal((image.shape[0], self.latent_dim)))
        nll = ops.mean(self.nll(image, self.pixels(code, training=True)))
        divergence = ops.mean(losses.kl_to_prior(mean, log_variance))
        return nll + self.beta * divergence, {"nll": nll, "kl": divergence}

    def nll(self, image: Any, pixels: Any) -> Any:
        """``-log p(x|z)`` in nats, (B,); ``pixels`` is what the generator has before its sigmoid."""
        if self.likelihood == "bernoulli":
            return losses.bernoulli_nll((image + 1.0) / 2.0, pixels)
        distance = losses.gaussian_nll if self.likelihood == "gaussian" else losses.laplace_nll
        return distance(image, 2.0 * ops.sigmoid(pixels) - 1.0, self.scale)

    def log_prob(self, images: np.ndarray, seed: int = 0) -> np.ndarray:
        """A lower bound of ``log p(x)`` in nats, (n,), of pictures in [-1, 1]: the bound itself, with one draw."""
        nll, _, divergence = self.terms(images, 1, seed)
        return -nll[0] - divergence

    def iwae(self, images: np.ndarray, k: int = 64, seed: int = 0) -> np.ndarray:
        """A tighter bound, (n,): ``log mean p(x, z) / q(z|x)`` over ``k`` codes (Burda et al., 2015, equation 8)."""
        nll, ratio, _ = self.terms(images, k, seed)
        return logsumexp(-nll - ratio, axis=0) - np.log(k)

    def terms(self, images: np.ndarray, draws: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """``-log p(x|z)`` and ``log q(z|x) - log p(z)`` of drawn codes, (draws, n) each; the divergence, (n,)."""
        rng = np.random.default_rng(seed)
        if self.binarize:
            images = ops.convert_to_numpy(black_and_white(images, rng.uniform(size=images.shape)))
        mean, log_variance = posterior(self.trained("encoder"), images)
        pixels, deviation = before_sigmoid(self.trained("generator")), np.exp(0.5 * log_variance)
        decode = Signature("pixels", pixels, {"latent": Input("latent", ())}, "pixels", "vector")
        nll, ratio = [], []
        for _ in range(draws):
            code = (mean + deviation * rng.standard_normal(mean.shape)).astype("float32")
            nll.append(ops.convert_to_numpy(self.nll(images, inference.run(decode, {"latent": code}))))
            log_q, log_p = -losses.gaussian_nll(code, mean, deviation), -losses.gaussian_nll(code, 0.0)
            ratio.append(ops.convert_to_numpy(log_q - log_p))
        return np.stack(nll), np.stack(ratio), ops.convert_to_numpy(losses.kl_to_prior(mean, log_variance))


def black_and_white(image: Any, uniform: Any) -> Any:
    """-1 or 1 by chance, 1 with the pixel's brightness as probability; ``uniform`` is U(0, 1) of the same shape."""
    return ops.where(uniform < (image + 1.0) / 2.0, 1.0, -1.0)


def before_sigmoid(generator: keras.Model) -> keras.Model:
    """Code -> the generator's pixels before the sigmoid: the Bernoulli's logits."""
    return keras.Model(generator.input, generator.get_layer("pixels").output, name="pixels")


def mlp_encoder(shape: tuple[int, int, int], latent_dim: int, units: int) -> keras.Model:
    """Pictures -> [mean, log variance]: one tanh layer (appendix C)."""
    image = keras.Input(shape, name="image")
    x = layers.Dense(units, activation="tanh")(layers.Flatten()(layers.Rescaling(0.5, 0.5)(image)))
    return keras.Model(image, gaussian_heads(x, latent_dim), name="encoder")


def mlp_generator(shape: tuple[int, int, int], latent_dim: int, units: int) -> keras.Model:
    """Latent -> pictures in [-1, 1]: one tanh layer, sigmoid pixels (appendix C)."""
    latent = keras.Input((latent_dim,), name="latent")
    x = layers.Dense(units, activation="tanh")(latent)
    x = layers.Dense(int(np.prod(shape)), dtype="float32")(x)
    return finish(latent, layers.Reshape(shape, dtype="float32", name="pixels")(x))


def conv_encoder(resolution: int, channels: int, latent_dim: int, units: int, features: int) -> keras.Model:
    """Pictures -> [mean, log variance]: 4 x 4 convolutions of stride 2 down to 4 pixels, one full layer, ReLU."""
    image = x = keras.Input((resolution, resolution, channels), name="image")
    for stage in range(stages(resolution)):
        x = layers.Conv2D(features * 2**stage, 4, strides=2, padding="same", activation="relu")(x)
    x = layers.Dense(units, activation="relu")(layers.Flatten()(x))
    return keras.Model(image, gaussian_heads(x, latent_dim), name="encoder")


def conv_generator(resolution: int, channels: int, latent_dim: int, units: int, features: int) -> keras.Model:
    """Latent -> pictures in [-1, 1]: the encoder's mirror image."""
    latent = keras.Input((latent_dim,), name="latent")
    width = features * 2 ** (stages(resolution) - 1)
    x = layers.Dense(units, activation="relu")(latent)
    x = layers.Reshape((4, 4, width))(layers.Dense(4 * 4 * width, activation="relu")(x))
    for stage in reversed(range(stages(resolution) - 1)):
        x = Conv2DTranspose(features * 2**stage, 4, strides=2, padding="same", activation="relu")(x)
    last = Conv2DTranspose(channels, 4, strides=2, padding="same", dtype="float32", name="pixels")
    return finish(latent, last(x))


def finish(latent: Any, pixels: Any) -> keras.Model:
    """The generator that ends with ``pixels``, brought to [-1, 1] by a sigmoid."""
    x = layers.Activation("sigmoid", dtype="float32")(pixels)
    return keras.Model(latent, layers.Rescaling(2.0, -1.0, dtype="float32")(x), name="generator")
