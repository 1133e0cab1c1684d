"""What the models that turn a latent into a picture (or a point) have in common: noise, abilities, the sheet of samples."""

from typing import Any, ClassVar

import keras
import numpy as np

from ganapps.engine import inference, pictures
from ganapps.engine.model import AdversarialModel, Batch
from ganapps.engine.signature import Input, Signature


class LatentModel(AdversarialModel):
    """A model with a network from latents to samples.

    A subclass's constructor sets ``latent_dim``, ``generator``, and ``dimensions`` where its samples are points.

    Args:
        seed: fixes the noise drawn in training.
    """

    needs: ClassVar[tuple[str, ...]] = ("image|point",)
    #: of the latent: ``normal`` is N(0, 1), ``uniform`` is U(-1, 1)
    distribution: ClassVar[str] = "normal"
    latent_dim: int
    dimensions: int = 0  # of the points; 0 for pictures
    generator: keras.Model

    def real(self, batch: Batch) -> Any:
        """The batch's real samples: pictures or points."""
        return batch["point"] if self.dimensions else batch["image"]

    def latents(self, batch: Batch) -> Any:
        """Fresh noise, one vector a real sample."""
        shape = (self.real(batch).shape[0], self.latent_dim)
        return self.noise.uniform(shape, -1.0, 1.0) if self.distribution == "uniform" else self.noise.normal(shape)

    def fakes(self, batch: Batch) -> Any:
        """Generated samples, as many as there are real ones."""
        return self.generator(self.latents(batch), training=True)

    def signatures(self) -> dict[str, Signature]:
        """``sample``: latent -> picture or point."""
        output, kind = ("point", "vector") if self.dimensions else ("image", "image")
        inputs = {"latent": Input("latent", (self.latent_dim,), distribution=self.distribution)}
        return {"sample": Signature("sample", self.trained("generator"), inputs, output, kind)}

    def decode(self, latents: np.ndarray) -> np.ndarray:
        """Samples of the latents (n, latent_dim): pictures (n, H, W, C) in [-1, 1], or points (n, dimensions)."""
        return inference.run(self.signatures()["sample"], {"latent": np.asarray(latents, "float32")})

    def arithmetic(self, plus: np.ndarray, minus: np.ndarray, base: np.ndarray) -> np.ndarray:
        """Samples of ``base - mean(minus) + mean(plus)`` (arXiv 1511.06434, section 6.3.2), latents (n, latent_dim) each."""
        return self.decode(base + plus.mean(axis=0, keepdims=True) - minus.mean(axis=0, keepdims=True))

    def preview(self, batch: dict[str, np.ndarray], seed: int) -> np.ndarray:
        """64 samples in a grid, or 2,000 points over real ones."""
        if self.dimensions:
            return pictures.scatter(self.generate(2000, seed), batch["point"])
        return pictures.grid(self.generate(64, seed))


class EncodingModel(LatentModel):
    """A model that also goes from samples to latents.

    A subclass's constructor sets ``encoder``: samples -> codes (B, latent_dim), or -> [means, ...] of their distribution.
    """

    averaged = ("generator", "encoder")
    encoder: keras.Model

    def signatures(self) -> dict[str, Signature]:
        """``sample``; of pictures also ``encode`` (to the code, or to its mean) and ``reconstruct``."""
        found = super().signatures()
        if self.dimensions:
            return found
        code = self.coder()
        image = {"image": Input("image", tuple(code.input.shape[1:]))}
        again = keras.Model(code.input, self.trained("generator")(code.output), name="reconstruct")
        return found | {
            "encode": Signature("encode", code, image, "latent", "vector"),
            "reconstruct": Signature("reconstruct", again, image, "generated"),
        }

    def coder(self) -> keras.Model:
        """The encoder's deterministic part: samples -> codes or mean codes."""
        encoder = self.trained("encoder")
        outputs = encoder.outputs
        return encoder if len(outputs) == 1 else keras.Model(encoder.input, outputs[0], name="encode")

    def encode(self, samples: np.ndarray) -> np.ndarray:
        """Codes (n, latent_dim), or their means, of pictures (n, H, W, C) in [-1, 1] or of points."""
        end = Signature("encode", self.coder(), {"sample": Input("image", ())}, "latent", "vector")
        return inference.run(end, {"sample": samples})

    def reconstruct(self, samples: np.ndarray) -> np.ndarray:
        """``G(E(x))``, of the samples' own shape."""
        return self.decode(self.encode(samples))

    def preview(self, batch: dict[str, np.ndarray], seed: int) -> np.ndarray:
        """Real pictures over their reconstructions over samples; or points."""
        if self.dimensions:
            return super().preview(batch, seed)
        real = batch["image"][:16]
        return pictures.rows([real, self.reconstruct(real), self.generate(len(real), seed)])
