"""UNIT: unsupervised image-to-image translation networks (Liu, Breuel, Kautz, 2017)."""

from functools import reduce
from typing import Any

import keras
import numpy as np
from keras import ops

from ganapps import losses
from ganapps.engine import inference, pictures
from ganapps.engine.model import Batch
from ganapps.engine.players import Player
from ganapps.engine.signature import Input, Signature
from ganapps.models.two_domains import TwoDomains
from ganapps.networks.unit import encoder, generator, judges, shared
from ganapps.registry import register


@register("unit", title="UNIT", paper="1703.00848", year=2017, chapter="unsupervised image-to-image")
class UNIT(TwoDomains):
    """Two domains that share one latent space: a picture's code is the same, whichever domain it is seen in.

    An encoder and a generator for each domain make two VAEs whose code is ``N(mean(x), I)``. The encoders' last and the
    generators' first residual blocks are one network for both, so that codes mean the same; a code of A through B's
    generator is the translation, and a discriminator a domain judges translations. A translation, translated back, must
    give the original, under the same two terms as in a VAE (equations 3 to 5). Training decodes noisy codes, translation
    their means. Weights are the paper's, on means over pixels and code elements; networks and optimiser are those of the
    authors' code of 2018. The small preset is for digits of 32 pixels.

    Args:
        resolution: of the pictures, in pixels, a multiple of 4.
        channels: of both domains.
        features: width of the encoders' first layer.
        blocks: residual blocks in an encoder, and in a generator.
        shared_blocks: how many of them are shared: the encoders' last, the generators' first.
        judge_features: width of the discriminators' first layer.
        depth: stride-2 layers of a discriminator.
        scales: sizes at which a discriminator looks, each half the one before; their losses are averaged.
        adversarial_weight: of the game (paper: lambda 0).
        kl_weight: of the codes' divergence from N(0, I) (lambda 1).
        reconstruction_weight: of the L1 distance to the reconstruction in the same domain (lambda 2).
        cycle_kl_weight: of the divergence of the codes on the way there and back (lambda 3).
        cycle_weight: of the L1 distance to the picture translated there and back (lambda 4).
        weight_decay: L2 penalty on the kernels of both players.
        learning_rate: of Adam, both players, at the start.
        half_life: updates after which it is halved, again and again.
        beta_1: of Adam.
        seed: fixes the noise drawn in training.
    """

    players = (
        Player(
            "translators",
            trains=("encoder_a", "encoder_b", "shared_encoder", "shared_generator", "generator_a", "generator_b"),
        ),
        Player("discriminators", trains=("judges_a", "judges_b")),
    )
    averaged = players[0].trains
    presets = {"paper": {}, "small": {"resolution": 32, "features": 24, "blocks": 2, "depth": 3, "scales": 2}}

    def __init__(
        self,
        resolution: int = 256,
        channels: int = 3,
        features: int = 64,
        blocks: int = 4,
        shared_blocks: int = 1,
        judge_features: int = 64,
        depth: int = 4,
        scales: int = 3,
        adversarial_weight: float = 10.0,
        kl_weight: float = 0.1,
        reconstruction_weight: float = 100.0,
        cycle_kl_weight: float = 0.1,
        cycle_weight: float = 100.0,
        weight_decay: float = 1e-4,
        learning_rate: float = 1e-4,
        half_life: int = 100_000,
        beta_1: float = 0.5,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.resolution, self.channels = resolution, channels
        self.picture = {"image": Input("image", (resolution, resolution, channels))}
        self.code_shape = (resolution // 4, resolution // 4, 4 * features)
        self.weights_of = {"adversarial": adversarial_weight, "kl": kl_weight, "reconstruction": reconstruction_weight}
        self.weights_of |= {"cycle_kl": cycle_kl_weight, "cycle": cycle_weight}
        self.learning_rate, self.half_life, self.beta_1 = learning_rate, half_life, beta_1
        self.weight_decay, own = weight_decay, blocks - shared_blocks
        self.shared_encoder = shared(self.code_shape, shared_blocks, "shared_encoder")
        self.shared_generator = shared(self.code_shape, shared_blocks, "shared_generator")
        for x in "ab":
            setattr(self, f"encoder_{x}", encoder(resolution, channels, features, own, f"encoder_{x}"))
            setattr(self, f"generator_{x}", generator(self.code_shape, channels, own, f"generator_{x}"))
            setattr(self, f"judges_{x}", judges(channels, judge_features, depth, scales, f"judges_{x}"))

    def optimizers(self, steps: int | None) -> dict[str, keras.optimizers.Optimizer]:
        """Adam for both, halved at intervals (authors' code)."""
        rate = keras.optimizers.schedules.ExponentialDecay(self.learning_rate, self.half_life, 0.5, staircase=True)
        return {player.name: keras.optimizers.Adam(rate, self.beta_1, 0.999) for player in self.players}

    def mean(self, x: Any, domain: str) -> Any:
        """The mean of ``q(z|x)``, float32 (B, *code_shape)."""
        own = getattr(self, f"encoder_{domain}")
        return ops.cast(self.shared_encoder(own(x, training=True), training=True), "float32")

    def drawn(self, mean: Any) -> Any:
        """A draw from ``N(mean, I)``."""
        return mean + self.noise.normal(mean.shape)

    def shown(self, code: Any, domain: str) -> Any:
        """The code's picture in a domain."""
        return getattr(self, f"generator_{domain}")(self.shared_generator(code, training=True), training=True)

    def translators_loss(self, batch: Batch) -> tuple:
        """Equation 2 over both domains; hands the translations to the discriminators."""
        terms = {name: ops.zeros(()) for name in self.weights_of}
        fakes = {}
        for here, there in ("ab", "ba"):
            x, judge = batch[here], getattr(self, f"judges_{there}")
            mean = self.mean(x, here)
            code = self.drawn(mean)
            fake = self.shown(code, there)
            fake_mean = self.mean(fake, there)
            here_kl, there_kl = (ops.mean(ops.square(m)) / 2.0 for m in (mean, fake_mean))  # of N(m, I) from N(0, I)
            terms["kl"] += here_kl
            terms["reconstruction"] += losses.l1(self.shown(code, here), x)
            terms["cycle_kl"] += here_kl + there_kl
            terms["cycle"] += losses.l1(self.shown(self.drawn(fake_mean), here), x)
            terms["adversarial"] += average(losses.non_saturating_generator, judge(fake, training=True))
            fakes[f"fake_{there}"] = ops.stop_gradient(fake)
        loss = sum(self.weights_of[name] * term for name, term in terms.items())
        decay = losses.weight_decay(*(getattr(self, part) for part in self.averaged))
        return loss + self.weight_decay * decay, terms, fakes

    def discriminators_loss(self, batch: Batch) -> tuple:
        """Each tells pictures of its domain from translations into it."""
        game, logs = ops.zeros(()), {"real_logit": ops.zeros(()), "fake_logit": ops.zeros(())}
        for domain in "ab":
            judge = getattr(self, f"judges_{domain}")
            real, fake = (judge(batch[name], training=True) for name in (domain, f"fake_{domain}"))
            game += average(losses.non_saturating_discriminator, real, fake)
            logs["real_logit"] += average(ops.mean, real) / 2.0
            logs["fake_logit"] += average(ops.mean, fake) / 2.0
        decay = losses.weight_decay(self.judges_a, self.judges_b)
        return self.weights_of["adversarial"] * game + self.weight_decay * decay, logs

    def signatures(self) -> dict[str, Signature]:
        """``a_to_b`` and ``b_to_a``: picture -> picture, through the mean of its code."""
        ways = {"a_to_b": ("encoder_a", "generator_b"), "b_to_a": ("encoder_b", "generator_a")}
        parts = {name: (first, "shared_encoder", "shared_generator", last) for name, (first, last) in ways.items()}
        return {n: Signature(n, self.chain(n, *way), self.picture, "generated") for n, way in parts.items()}

    def chain(self, name: str, *parts: str) -> keras.Model:
        """Trained parts, one after the other."""
        first, *others = (self.trained(part) for part in parts)
        return keras.Model(first.input, reduce(lambda x, part: part(x), others, first.output), name=name)

    def encode(self, images: np.ndarray, domain: str = "a") -> np.ndarray:
        """Mean codes (n, H / 4, W / 4, 4 features) of pictures (n, H, W, C) in [-1, 1] of a domain."""
        network = self.chain("encode", f"encoder_{domain}", "shared_encoder")
        return inference.run(Signature("encode", network, self.picture, "latent", "vector"), {"image": images})

    def decode(self, codes: np.ndarray, domain: str = "a") -> np.ndarray:
        """Pictures (n, H, W, C) in [-1, 1] of codes (n, H / 4, W / 4, 4 features), in a domain."""
        network = self.chain("decode", "shared_generator", f"generator_{domain}")
        end = Signature("decode", network, {"latent": Input("latent", self.code_shape)}, "generated")
        return inference.run(end, {"latent": codes})

    def reconstruct(self, images: np.ndarray, domain: str = "a") -> np.ndarray:
        """Pictures of a domain through their codes and back."""
        return self.decode(self.encode(images, domain), domain)

    def sample_pair(self, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """``n`` codes from N(0, I), as A and as B shows them (section 2): hardly pictures, for the paper's weights hold codes
        there with 0.1 against 100 on pixels. A picture's code through both generators makes a pair."""
        codes = np.random.default_rng(seed).standard_normal((n, *self.code_shape), "float32")
        return self.decode(codes, "a"), self.decode(codes, "b")

    def interpolate(self, a: np.ndarray, b: np.ndarray, steps: int) -> tuple[np.ndarray, ...]:
        """From pictures of A straight to pictures of B, (n, H, W, C) each; the way (n, steps, H, W, C) in A, and in B."""
        start, end = self.encode(a, "a").reshape(len(a), -1), self.encode(b, "b").reshape(len(b), -1)
        way = inference.between(start, end, steps, "uniform").reshape(-1, *self.code_shape)
        return tuple(self.decode(way, domain).reshape(len(a), steps, *a.shape[1:]) for domain in "ab")

    def preview(self, batch: dict[str, np.ndarray], seed: int) -> np.ndarray:
        """Columns of eight: a, its code in b and in a; b, its code in a and in b."""
        a, b = batch["a"][:8], batch["b"][:8]
        there, back = [a, self.translate(a, "a_to_b")], [b, self.translate(b, "b_to_a")]
        return pictures.rows([*there, self.reconstruct(a, "a"), *back, self.reconstruct(b, "b")])


def average(loss: Any, *logits: Any) -> Any:
    """A loss, its mean over the scales (of a single one Keras gives no list)."""
    scales = [keras.tree.flatten(found) for found in logits]
    return sum(map(loss, *scales)) / len(scales[0])
