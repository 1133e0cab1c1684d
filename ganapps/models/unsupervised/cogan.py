"""CoGAN: coupled generative adversarial networks (Liu and Tuzel, 2016)."""

from functools import partial
from typing import Any, ClassVar

import keras
import numpy as np
from keras import layers, ops

from ganapps import losses
from ganapps.engine import inference, inversion, pictures
from ganapps.engine.model import Batch
from ganapps.engine.players import Player
from ganapps.engine.signature import Input, Search, Signature
from ganapps.layers import Conv2DTranspose, batch_norm
from ganapps.models.latent import LatentModel
from ganapps.networks.dcgan import stages
from ganapps.registry import register

SAMPLERS = {"a": "sample", "b": "sample_b"}


@register("cogan", title="CoGAN", paper="1606.07536", year=2016, chapter="unsupervised image-to-image")
class CoGAN(LatentModel):
    """Two GANs, one for each domain, that share weights, and so learn which pictures of the two belong together.

    One latent feeds both generators. They share their first layers, which decide what is drawn, and differ in the last,
    which decide how; the discriminators share their last layers and differ in the first (section 3). That alone makes
    ``(G_A(z), G_B(z))`` a pair: no pair is ever shown. To translate a picture, its latent is looked for (section 5).

    The defaults are the authors' code for digits of 28 pixels. Other sizes, powers of two, have the same layers and as
    many more as it takes.

    Args:
        resolution: of the pictures: 28, or a power of two from 8 up.
        channels: of both domains.
        latent_dim: length of the latent.
        features: width of the generators' last shared layer; each before it is twice as wide, up to eight times.
        judge_features: width of the discriminators' own first layer; the shared ones have 2.5, 5, 10 ... times as many.
        units: of the discriminators' full layer.
        share: False leaves two GANs with nothing but the latent in common, to compare with.
        weight_decay: L2 penalty on the kernels of both players.
        learning_rate: of Adam, both players.
        beta_1: of Adam.
        seed: fixes the noise drawn in training.
    """

    players = (Player("discriminator", trains=("discriminator",)), Player("generator", trains=("generator",)))
    needs: ClassVar[tuple[str, ...]] = ("a", "b")
    presets = {"paper": {}, "small": {"resolution": 32, "features": 16, "learning_rate": 5e-4}}

    def __init__(
        self,
        resolution: int = 28,
        channels: int = 1,
        latent_dim: int = 100,
        features: int = 128,
        judge_features: int = 20,
        units: int = 500,
        share: bool = True,
        weight_decay: float = 5e-4,
        learning_rate: float = 2e-4,
        beta_1: float = 0.5,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.latent_dim, self.weight_decay = latent_dim, weight_decay
        self.learning_rate, self.beta_1 = learning_rate, beta_1
        self.generator = generators(resolution, channels, latent_dim, features, share)
        self.discriminator = discriminators(resolution, channels, judge_features, units, share)

    def optimizers(self, steps: int | None) -> dict[str, keras.optimizers.Optimizer]:
        """Adam for both (authors' code)."""
        return {player.name: keras.optimizers.Adam(self.learning_rate, self.beta_1, 0.999) for player in self.players}

    def real(self, batch: Batch) -> Any:
        """The rows that fakes are counted by."""
        return batch["a"]

    def discriminator_loss(self, batch: Batch) -> tuple:
        """Equation 2, each discriminator on its own domain."""
        loss, logs, *_ = self.judged(batch)
        return loss, logs

    def judged(self, batch: Batch) -> tuple[Any, dict[str, Any], list[Any], list[Any]]:
        """The discriminators' loss and logs, and their shared features of the real and of the generated pictures."""
        fakes = [ops.stop_gradient(fake) for fake in self.fakes(batch)]
        *real_logits, real_a, real_b = self.discriminator([batch["a"], batch["b"]], training=True)
        *fake_logits, fake_a, fake_b = self.discriminator(fakes, training=True)
        game = sum(map(losses.non_saturating_discriminator, real_logits, fake_logits))
        logs = {"real_logit": ops.mean(ops.stack(real_logits)), "fake_logit": ops.mean(ops.stack(fake_logits))}
        loss = game + self.weight_decay * losses.weight_decay(self.discriminator)
        return loss, logs | {"adversarial": game}, [real_a, real_b], [fake_a, fake_b]

    def generator_loss(self, batch: Batch) -> tuple:
        """``-log D_A(G_A(z)) - log D_B(G_B(z))`` on fresh latents."""
        logit_a, logit_b, *_ = self.discriminator(self.fakes(batch), training=True)
        fool = losses.non_saturating_generator(logit_a) + losses.non_saturating_generator(logit_b)
        logs = {"fake_logit": (ops.mean(logit_a) + ops.mean(logit_b)) / 2.0, "adversarial": fool}
        return fool + self.weight_decay * losses.weight_decay(self.generator), logs

    def signatures(self) -> dict[str, Signature]:
        """``sample``: latent -> picture of domain A; ``sample_b``: of domain B. The same latent gives a pair.

        ``a_to_b`` and ``b_to_a`` look for the latent of a picture, and draw the other half of its pair.
        """
        network, inputs = self.trained("generator"), {"latent": Input("latent", (self.latent_dim,))}
        samplers = [
            Signature(name, keras.Model(network.input, output, name=name), inputs, domain)
            for (domain, name), output in zip(SAMPLERS.items(), network.outputs, strict=True)
        ]
        image = {"image": Input("image", tuple(network.output_shape[0][1:]))}
        searches = [
            Search(f"{a.output}_to_{b.output}", b.network, image, b.output, find=partial(self.partner, a.output, b))
            for a, b in (samplers, samplers[::-1])
        ]
        return {one.name: one for one in (*samplers, *searches)}

    def pair(self, latents: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Corresponding pictures of A and B, (n, H, W, C) each in [-1, 1], of latents (n, latent_dim)."""
        a, b = (inference.run(self.signatures()[name], {"latent": latents}) for name in SAMPLERS.values())
        return a, b

    def sample_pair(self, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """``n`` new pairs."""
        return self.pair(inference.draw_inputs(self.signatures()["sample"], n, seed)["latent"])

    def invert(
        self, images: np.ndarray, domain: str = "a", steps: int = 300, starts: int = 4, seed: int = 0
    ) -> np.ndarray:
        """Latents (n, latent_dim) whose pictures of ``domain`` come nearest to ``images`` (section 5, cross-domain
        transformation); see ``engine.inversion``."""
        return inversion.invert(self.signatures()[SAMPLERS[domain]].network, images, steps, starts, seed=seed)

    def partner(self, domain: str, other: Signature, images: np.ndarray) -> np.ndarray:
        """What the ``other`` domain's sampler draws at the latents of ``images``, pictures of ``domain``."""
        return inference.run(other, {"latent": self.invert(images, domain)})

    def preview(self, batch: dict[str, np.ndarray], seed: int) -> np.ndarray:
        """Pairs, A over B."""
        return pictures.rows(self.sample_pair(32, seed), columns=16)


def generators(resolution: int, channels: int, latent_dim: int, features: int, share: bool) -> keras.Model:
    """Latent (B, latent_dim) -> [pictures of A, pictures of B] in [-1, 1]."""
    latent = keras.Input((latent_dim,), name="latent")
    drawn = hidden(latent, resolution, features)
    return keras.Model(
        latent,
        [shown(x, resolution, channels) for x in (drawn, drawn if share else hidden(latent, resolution, features))],
        name="generator",
    )


def hidden(latent: Any, resolution: int, features: int) -> Any:
    """The generator's layers up to its last: 4 x 4, then transposed convolutions; sides 4, 7, 13, 25 towards 28 pixels."""
    odd = resolution == 28
    count = 3 if odd else stages(resolution)
    width = features * min(2**count, 8)
    x = layers.Reshape((4, 4, width))(layers.Dense(16 * width, use_bias=False)(latent))
    x = prelu(batch_norm(affine=False)(x))
    for stage in reversed(range(count)):
        width = features * min(2**stage, 8)
        x = Conv2DTranspose(width, 3, 2, "same", output_padding=0 if odd else 1, use_bias=False)(x)
        x = prelu(batch_norm(affine=False)(x))
    return x


def shown(x: Any, resolution: int, channels: int) -> Any:
    """The generator's last layer, a domain's own: a 6 x 6 convolution that also fills 25 pixels up to 28."""
    margin = resolution + 5 - x.shape[1]
    x = layers.ZeroPadding2D(((margin // 2, margin - margin // 2),) * 2)(x)
    return layers.Activation("tanh", dtype="float32")(layers.Conv2D(channels, 6)(x))


def discriminators(resolution: int, channels: int, features: int, units: int, share: bool) -> keras.Model:
    """[pictures of A, pictures of B] -> [logits of A, logits of B (B, 1), features of A, features of B (B, units)]."""
    images = [keras.Input((resolution, resolution, channels), name=name) for name in "ab"]
    seen = [layers.MaxPooling2D()(layers.Conv2D(features, 5)(image)) for image in images]
    first = verdict(seen[0].shape[1], features, units, "verdict")
    judges = [first, first if share else verdict(seen[0].shape[1], features, units, "verdict_b")]
    found = [judge(x) for judge, x in zip(judges, seen, strict=True)]
    return keras.Model(images, [logits for logits, _ in found] + [x for _, x in found], name="discriminator")


def verdict(side: int, features: int, units: int, name: str) -> keras.Model:
    """The discriminator's layers after its first: (B, side, side, features) -> [logits (B, 1), features (B, units)]."""
    start = x = keras.Input((side, side, features))
    width = 5 * features // 2
    while x.shape[1] > 6:
        x = layers.MaxPooling2D()(layers.Conv2D(width, 5)(x))
        width *= 2
    x = prelu(layers.Dense(units)(layers.Flatten()(x)))
    return keras.Model(start, [layers.Dense(1, dtype="float32")(x), x], name=name)


def prelu(x: Any) -> Any:
    """A leaky ReLU whose one slope is learnt."""
    return layers.PReLU(keras.initializers.Constant(0.25), shared_axes=list(range(1, len(x.shape))))(x)
