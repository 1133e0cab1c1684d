"""Glow: a density model that runs both ways (Kingma and Dhariwal, 2018)."""

from typing import Any, Literal

import keras
import numpy as np
from keras import layers, ops

from ganapps import losses
from ganapps.engine import inference, pictures
from ganapps.engine.model import Batch
from ganapps.engine.players import Player
from ganapps.engine.signature import Input, Signature
from ganapps.layers import Flow, Inverted
from ganapps.layers.levels import to_levels
from ganapps.models.latent import LatentModel
from ganapps.registry import register


@register("glow", title="Glow", paper="1807.03039", year=2018, chapter="reference")
class Glow(LatentModel):
    """A normalising flow: an invertible network between pictures and Gaussian latents of the same number of values.

    ``log p(x) = log N(f(x)) + log |det df/dx|`` (equation 6) is exact, and so is inference: ``f`` is the encoder, its inverse
    the generator. A step of flow is an activation normalisation with data-dependent first values, an invertible 1 x 1
    convolution that starts as a rotation, and a coupling that starts as the identity (table 1). Between levels 2 x 2
    pixels become channels, and half of the channels leave. Pictures are made continuous by uniform noise within a level
    of brightness.

    The defaults are those of the code for 32 pixels.

    Args:
        resolution: of the pictures, a multiple of ``2^levels``.
        channels: of the pictures.
        levels: of the multi-scale flow (paper: 3 at 32 pixels, 6 at 256).
        depth: steps of flow a level (paper: 32).
        features: channels inside the couplings (paper: 512).
        coupling: affine as in the paper's likelihoods, or additive, the code's default.
        bits: of brightness; the values have ``2^bits`` levels (paper: 8, and 5 for faces).
        learning_rate: of Adamax (paper: 1e-3; the small preset, for thousands of steps, has four times that).
        warmup: updates in which it rises linearly (paper: 10 epochs, which are these at batch 64 on CIFAR-10).
        seed: fixes the noise drawn in training.
    """

    players = (Player("flow", trains=("flow",)),)
    averaged = ("flow",)
    needs = ("image",)
    presets = {
        "paper": {},
        "small": {"resolution": 32, "levels": 3, "depth": 8, "features": 64, "learning_rate": 4e-3, "warmup": 200},
    }

    def __init__(
        self,
        resolution: int = 32,
        channels: int = 3,
        levels: int = 3,
        depth: int = 32,
        features: int = 512,
        coupling: Literal["affine", "additive"] = "affine",
        bits: int = 8,
        learning_rate: float = 1e-3,
        warmup: int = 7800,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.size = (resolution, resolution, channels)
        self.latent_dim, self.steps_of_grey = int(np.prod(self.size)), 2**bits
        self.learning_rate, self.warmup = learning_rate, warmup
        image = keras.Input(self.size, name="image", dtype="float32")
        flow = Flow(levels, depth, features, coupling == "affine", name="steps", dtype="float32")
        self.flow = keras.Model(image, flow(image), name="flow")

    def optimizers(self, steps: int | None) -> dict[str, keras.optimizers.Optimizer]:
        """Adamax with a linear warm-up."""
        first = self.learning_rate / self.warmup
        rate = keras.optimizers.schedules.PolynomialDecay(
            first, self.warmup, self.learning_rate
        )  # which here is a rise
        return {"flow": keras.optimizers.Adamax(rate)}

    def flow_loss(self, batch: Batch) -> tuple:
        """``-log2 p(x)`` a value (bits per dimension), x with noise within its level (equations 2 and 6)."""
        image = batch["image"]
        latents, log_determinant = self.flow(self.continuous(image, self.noise.uniform(image.shape)), training=True)
        nats = -ops.mean(self.log_density(latents, log_determinant))
        logs = {"nats": nats, "log_determinant": ops.mean(log_determinant)}
        return nats / (self.latent_dim * np.log(2.0)), logs

    def continuous(self, images: Any, noise: Any) -> Any:
        """Pictures in [-1, 1] as the flow takes them, in [-1/2, 1/2]: anywhere within the levels, by U(0, 1) noise."""
        return (ops.cast(to_levels(images, self.steps_of_grey), "float32") + noise) / self.steps_of_grey - 0.5

    def log_density(self, latents: Any, log_determinant: Any) -> Any:
        """``log p`` of pictures in levels, (B,): the density is spread over levels of width ``2^-bits``."""
        spread = self.latent_dim * np.log(self.steps_of_grey)
        return log_determinant[:, 0] - losses.gaussian_nll(latents, 0.0) - spread

    def adapt(self, batch: dict[str, np.ndarray]) -> None:
        """Data-dependent first values of the activation normalisations (section 3.1), with the noise in."""
        noise = np.random.default_rng(self.arguments["seed"]).uniform(size=batch["image"].shape)
        self.flow.get_layer("steps").start(self.continuous(batch["image"], noise.astype("float32")))

    def signatures(self) -> dict[str, Signature]:
        """``sample``: latent -> picture; ``encode``: picture -> latent, its exact inverse (but that pictures are clipped).

        The latents are laid out level by level, the finest first. Values between the levels are taken as they are.
        """
        flow, grey = self.trained("flow"), self.steps_of_grey
        to_flow, from_flow = (grey - 1) / (2 * grey), (2 * grey) / (grey - 1)  # the middle of each level
        image, latent = keras.Input(self.size, name="image"), keras.Input((self.latent_dim,), name="latent")
        code = flow(layers.Rescaling(to_flow, dtype="float32")(image))[0]
        x = Inverted(flow.get_layer("steps"), self.size)(latent)
        x = layers.Activation("hard_tanh", dtype="float32")(layers.Rescaling(from_flow, dtype="float32")(x))
        taken = {"image": Input("image", self.size)}
        return {
            "sample": Signature(
                "sample", keras.Model(latent, x), {"latent": Input("latent", (self.latent_dim,))}, "image"
            ),
            "encode": Signature("encode", keras.Model(image, code), taken, "latent", "vector"),
        }

    def generate(self, n: int, seed: int, temperature: float = 0.7, **conditions: Any) -> np.ndarray:
        """``n`` pictures (n, H, W, C) in [-1, 1]; drawn latents are multiplied by ``temperature`` (section 6)."""
        sample = self.signatures()["sample"]
        latents = inference.draw_inputs(sample, n, seed, **conditions)["latent"]
        return inference.run(sample, {"latent": latents if conditions else temperature * latents})

    def encode(self, images: np.ndarray) -> np.ndarray:
        """The latents (n, H * W * C) of pictures (n, H, W, C) in [-1, 1]."""
        return inference.run(self.signatures()["encode"], {"image": images})

    def reconstruct(self, images: np.ndarray) -> np.ndarray:
        """``decode(encode(x))``: x, unless it is so unlike the training pictures that its latents lose it in rounding."""
        return self.decode(self.encode(images))

    def edit(self, images: np.ndarray, having: np.ndarray, lacking: np.ndarray, amount: float = 1.0) -> np.ndarray:
        """Pictures moved towards what ``having`` have and ``lacking`` lack: along the difference of their mean latents.

        Args:
            images: (n, H, W, C) in [-1, 1].
            having: any number of pictures.
            lacking: any number of pictures.
            amount: of the difference; negative takes away (section 6).
        """
        direction = self.encode(having).mean(axis=0) - self.encode(lacking).mean(axis=0)
        return self.decode(self.encode(images) + amount * direction)

    def log_prob(self, images: np.ndarray, seed: int = 0) -> np.ndarray:
        """``log p(x)`` in nats, (n,), of pictures at ``2^bits`` levels, with one draw of the noise: a lower bound on average."""
        noise = np.random.default_rng(seed).uniform(size=images.shape).astype("float32")
        flow = self.trained("flow")
        both = keras.Model(flow.input, layers.Concatenate(dtype="float32")(flow.outputs))
        end = Signature("density", both, {"image": Input("image", self.size)}, "density", "vector")
        found = inference.run(end, {"image": ops.convert_to_numpy(self.continuous(images, noise))})
        return ops.convert_to_numpy(self.log_density(found[:, :-1], found[:, -1:]))

    def preview(self, batch: dict[str, np.ndarray], seed: int) -> np.ndarray:
        """Four rows from one real picture to another, through their latents; then four rows of samples."""
        codes = self.encode(batch["image"][:8])
        way = inference.between(codes[:4], codes[4:], 8).reshape(32, -1)
        return pictures.grid(np.concatenate([self.decode(way), self.generate(32, seed)]), columns=8)
