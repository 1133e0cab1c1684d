"""InfoGAN: codes that the pictures must tell of (Chen et al., 2016)."""

import math
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from ganapps import losses
from ganapps.engine import inference, pictures
from ganapps.engine.model import AdversarialModel, Batch
from ganapps.engine.players import Player
from ganapps.engine.signature import Input, Signature
from ganapps.networks.infogan import code_discriminator, code_generator
from ganapps.registry import register


@register("infogan", title="InfoGAN", paper="1606.03657", year=2016, chapter="direct")
class InfoGAN(AdversarialModel):
    """A GAN whose input has a part with structure, and whose pictures must let that part be read again.

    The input is noise and codes: categorical ones, uniform ones, Gaussian ones. ``Q``, a second head on the
    discriminator's trunk, gives for each picture a distribution of every code. Both players raise
    ``L_I = E log Q(c|G(z, c)) + H(c)``, a lower bound of the mutual information between codes and pictures (equations 5
    and 6): so each code comes to mean one visible thing, without any labels. The noise is in no such term.

    The defaults are the MNIST networks (appendix C.1). The small preset has half their channels, for 32 pixels, and all of
    their full layers' units: with 512 the codes are learnt before the digits: noise after 400 steps, where 1,024 draw.

    Args:
        resolution: of the pictures; halved until at most 8 pixels remain (paper: 28, to 7).
        channels: of the pictures.
        categorical: how many values each categorical code has (paper: one code of 10). The first is called `label`.
        continuous: uniform codes in [-1, 1] (paper: 2), called `code`.
        gaussian: N(0, 1) codes, called `gaussian_code`.
        latent_dim: incompressible noise, uniform in [-1, 1] (paper: 62).
        features: channels of the stage at the picture; each stage away from it doubles them (paper: 64).
        units: of the full layer in both networks (paper: 1024).
        learned_deviation: Q gives each continuous code a deviation of its own (bounded); else it is 1, as in the code.
        categorical_weight: of the categorical codes' information (paper: 1).
        continuous_weight: of the other codes' information (paper: 1 for MNIST; 0.1 where they weigh too much).
        learning_rate: of the discriminator's Adam.
        generator_rate: of the generator's Adam.
        beta_1: of Adam, both players.
        seed: fixes the noise drawn in training.
    """

    players = (Player("discriminator", trains=("discriminator",)), Player("generator", trains=("generator",)))
    needs = ("image",)
    presets = {"paper": {}, "small": {"resolution": 32, "features": 32}}

    def __init__(
        self,
        resolution: int = 28,
        channels: int = 1,
        categorical: tuple[int, ...] = (10,),
        continuous: int = 2,
        gaussian: int = 0,
        latent_dim: int = 62,
        features: int = 64,
        units: int = 1024,
        learned_deviation: bool = False,
        categorical_weight: float = 1.0,
        continuous_weight: float = 1.0,
        learning_rate: float = 2e-4,
        generator_rate: float = 1e-3,
        beta_1: float = 0.5,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        self.rates, self.beta_1 = {"discriminator": learning_rate, "generator": generator_rate}, beta_1
        self.weights_of = {"categorical": categorical_weight, "continuous": continuous_weight}
        self.learned_deviation = learned_deviation
        self.inputs_of = {"latent": Input("latent", (latent_dim,), distribution="uniform")}
        for number, size in enumerate(categorical, start=1):
            values = tuple(str(i) for i in range(size))
            self.inputs_of["label" if number == 1 else f"label_{number}"] = Input("label", (), "int32", values)
        if continuous:
            self.inputs_of["code"] = Input("latent", (continuous,), distribution="uniform")
        if gaussian:
            self.inputs_of["gaussian_code"] = Input("latent", (gaussian,))
        self.codes = {name: spec for name, spec in self.inputs_of.items() if name != "latent"}
        each = 2 if learned_deviation else 1
        read = {name: len(spec.classes) or each * spec.shape[0] for name, spec in self.codes.items()}
        self.generator = code_generator(resolution, channels, self.inputs_of, features, units)
        self.discriminator = code_discriminator(resolution, channels, read, features, units)

    def optimizers(self, steps: int | None) -> dict[str, keras.optimizers.Optimizer]:
        """Adam, the generator's five times as fast (appendix C.1)."""
        return {name: keras.optimizers.Adam(rate, self.beta_1, 0.999) for name, rate in self.rates.items()}

    def discriminator_loss(self, batch: Batch) -> tuple:
        """The GAN's loss less the information that Q finds in the generated pictures: so Q learns to read them."""
        fake, codes = self.fakes(batch)
        real_logit, *_ = self.discriminator(batch["image"], training=True)
        fake_logit, *read = self.discriminator(ops.stop_gradient(fake), training=True)
        bound, logs = self.information(codes, read)
        logs |= {"real_logit": ops.mean(real_logit), "fake_logit": ops.mean(fake_logit)}
        return losses.non_saturating_discriminator(real_logit, fake_logit) - bound, logs

    def generator_loss(self, batch: Batch) -> tuple:
        """The non-saturating loss less the same information: so the generator learns to show its codes."""
        fake, codes = self.fakes(batch)
        fake_logit, *read = self.discriminator(fake, training=True)
        bound, logs = self.information(codes, read)
        return losses.non_saturating_generator(fake_logit) - bound, {**logs, "fake_logit": ops.mean(fake_logit)}

    def fakes(self, batch: Batch) -> tuple[Any, dict[str, Any]]:
        """Generated pictures, as many as there are real ones, and the codes they were made from."""
        n = batch["image"].shape[0]
        drawn = {}
        for name, spec in self.inputs_of.items():
            if spec.kind == "label":
                drawn[name] = self.noise.integers((n,), len(spec.classes))
            elif spec.distribution == "uniform":
                drawn[name] = self.noise.uniform((n, *spec.shape), -1.0, 1.0)
            else:
                drawn[name] = self.noise.normal((n, *spec.shape))
        codes = {name: drawn[name] for name in self.codes}
        return self.generator(list(drawn.values()), training=True), codes

    def information(self, codes: dict[str, Any], read: list[Any]) -> tuple[Any, dict[str, Any]]:
        """The weighted ``L_I`` (equation 5) of codes under what Q read, and its parts in nats."""
        parts = {"categorical": ops.zeros(()), "continuous": ops.zeros(())}
        for (name, spec), numbers in zip(self.codes.items(), read, strict=True):
            if spec.kind == "label":
                parts["categorical"] += math.log(len(spec.classes)) - losses.cross_entropy(codes[name], numbers)
            else:
                entropy = math.log(2.0) if spec.distribution == "uniform" else 0.5 * math.log(2.0 * math.pi * math.e)
                mean, deviation = self.distribution_of(numbers)
                nll = ops.mean(losses.gaussian_nll(codes[name], mean, deviation))
                parts["continuous"] += spec.shape[0] * entropy - nll
        bound = sum(self.weights_of[kind] * value for kind, value in parts.items())
        return bound, {f"{kind}_information": value for kind, value in parts.items()}

    def distribution_of(self, numbers: Any) -> tuple[Any, Any]:
        """Means and deviations (B, d) that Q gives; log variances are kept within [-5, 5]."""
        if not self.learned_deviation:
            return numbers, 1.0
        mean, spread = ops.split(numbers, 2, axis=-1)
        return mean, ops.exp(2.5 * ops.tanh(spread / 5.0))

    def signatures(self) -> dict[str, Signature]:
        """``sample``: noise and codes -> picture."""
        return {"sample": Signature("sample", self.trained("generator"), self.inputs_of, "image")}

    def infer_codes(self, images: np.ndarray) -> dict[str, np.ndarray]:
        """What Q reads in pictures (n, H, W, C) in [-1, 1].

        Returns:
            Code's name -> probabilities (n, values) of a categorical one, means (n, d) of the others.
        """
        found = {}
        for (name, spec), x in zip(self.codes.items(), self.discriminator.outputs[1:], strict=True):
            y = layers.Softmax()(x) if spec.kind == "label" else x
            end = Signature(
                name, keras.Model(self.discriminator.input, y), {"image": Input("image", ())}, name, "vector"
            )
            found[name] = inference.run(end, {"image": images})[:, : len(spec.classes) or spec.shape[0]]
        return found

    def traverse(self, code: str, values: Any, place: int = 0, rows: int = 1, seed: int = 0) -> np.ndarray:
        """Pictures that differ in one code alone (section 7.2).

        Args:
            code: its name.
            values: of the code, one a column.
            place: which number of a continuous code takes them; the others are 0.
            rows: how many draws of all the rest.
            seed: of these draws.

        Returns:
            float32 (rows, columns, H, W, C) in [-1, 1].
        """
        drawn = inference.draw_inputs(self.signatures()["sample"], rows, seed)
        inputs = {name: value.repeat(len(values), axis=0) for name, value in drawn.items()}
        if self.codes[code].kind == "label":
            inputs[code][:] = np.tile(values, rows)
        else:
            inputs[code][:] = 0.0
            inputs[code][:, place] = np.tile(values, rows)
        images = inference.run(self.signatures()["sample"], inputs)
        return images.reshape(rows, len(values), *images.shape[1:])

    def preview(self, batch: dict[str, np.ndarray], seed: int) -> np.ndarray:
        """One code a block of three rows: a categorical one through its values, the others from -2 to 2 (figure 2)."""
        blocks = []
        for name, spec in self.codes.items():
            values = np.arange(10) % len(spec.classes) if spec.kind == "label" else np.linspace(-2.0, 2.0, 10)
            places = spec.shape[0] if spec.shape else 1
            blocks += [self.traverse(name, values, place, 3, seed) for place in range(places)]
        images = np.concatenate(blocks)
        return pictures.grid(images.reshape(-1, *images.shape[2:]), columns=10)
