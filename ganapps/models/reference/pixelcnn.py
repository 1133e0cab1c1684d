"""PixelCNN: one value after the other (van den Oord et al., 2016), gated and conditional."""

from typing import Any, Literal

import keras
import numpy as np
from keras import ops
from scipy.special import logsumexp, softmax

from ganapps.engine import inference, pictures
from ganapps.engine.model import AdversarialModel, Batch
from ganapps.engine.players import Player
from ganapps.engine.schedules import LinearDecay
from ganapps.engine.signature import Input, Signature
from ganapps.errors import GanappsError
from ganapps.layers import Raster
from ganapps.layers.levels import from_levels, to_levels
from ganapps.layers.raster import joined
from ganapps.networks.pixelcnn import pixelcnn, views
from ganapps.registry import register


@register("pixelcnn", title="PixelCNN", paper="1606.05328", year=2016, chapter="reference")
class PixelCNN(AdversarialModel):
    """A density model without latents: each value of a picture is drawn given all that come before it.

    ``p(x) = prod p(x_i | x_1 .. x_(i-1))`` (equation 1), over rows from the top, pixels from the left, and red, green,
    blue within a pixel; each factor is a softmax over grey levels. Masked convolutions give all factors of a known picture
    in one pass, so likelihoods are exact and training is fast. Drawing has to go value by value.

    The gated form has two stacks of convolutions and no blind spot, and takes a class as condition in every gate
    (equation 4). The plain form is that of arXiv 1601.06759. The defaults are the paper's network for 32-pixel ImageNet;
    the small preset draws digits in 8 grey levels (3,000 steps of 64 take 34 CPU minutes).

    Args:
        architecture: gated, or plain residual blocks (without condition).
        resolution: of the pictures, in pixels.
        channels: of the pictures.
        levels: grey levels of a value (paper: 256).
        classes: how many, for conditional pictures; 0 for unconditional ones.
        features: channels of the layers (paper: 384).
        depth: layers (paper: 20).
        kernel: size of the layers but the first, which has 7 (paper: 5).
        optimizer: RMSProp (arXiv 1601.06759), or Adam.
        learning_rate: at the start; it falls linearly to zero over the run.
        seed: fixes the draws.
    """

    players = (Player("network", trains=("network",)),)
    averaged = ("network",)
    needs = ("image", "label|image")  # the label where the data have one
    presets = {
        "paper": {},
        "small": {
            "resolution": 28,
            "levels": 8,
            "features": 32,
            "depth": 6,
            "kernel": 3,
            "optimizer": "adam",
        },
    }

    def __init__(
        self,
        architecture: Literal["gated", "plain"] = "gated",
        resolution: int = 32,
        channels: int = 3,
        levels: int = 256,
        classes: int = 0,
        features: int = 384,
        depth: int = 20,
        kernel: int = 5,
        optimizer: Literal["rmsprop", "adam"] = "rmsprop",
        learning_rate: float = 1e-3,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(seed=seed, **kwargs)
        gated = architecture == "gated"
        self.levels, self.classes, self.size = levels, classes if gated else 0, (resolution, resolution, channels)
        self.optimizer_name, self.learning_rate = optimizer, learning_rate
        self.network = pixelcnn(self.size, levels, self.classes, features, depth, kernel // 2, gated)

    def optimizers(self, steps: int | None) -> dict[str, keras.optimizers.Optimizer]:
        """RMSProp or Adam, decaying to zero."""
        rate = LinearDecay(self.learning_rate, steps)
        kind = keras.optimizers.RMSprop if self.optimizer_name == "rmsprop" else keras.optimizers.Adam
        return {"network": kind(rate)}

    def network_loss(self, batch: Batch) -> tuple:
        """``-log2 p(x)`` a value (bits per dimension), of the pictures in so many grey levels."""
        nats = ops.mean(self.nll(self.network, batch["image"], self.labels_of(batch), training=True))
        return nats / (np.prod(self.size) * np.log(2.0)), {"nats": nats}

    def nll(self, network: keras.Model, images: Any, labels: list[Any], training: bool = False) -> Any:
        """``-log p(x)``, or given labels ``-log p(x|y)``, in nats: (B,)."""
        numbers = to_levels(images, self.levels)
        logits = network(joined([from_levels(numbers, self.levels), *labels]), training=training)
        logits = ops.reshape(logits, (-1, *self.size, self.levels))
        return ops.sum(ops.sparse_categorical_crossentropy(numbers, logits, from_logits=True), axis=(1, 2, 3))

    def labels_of(self, batch: dict[str, Any]) -> list[Any]:
        """The network's inputs beside the picture."""
        return [batch["label"]] if self.classes else []

    def signatures(self) -> dict[str, Signature]:
        """``sample``: noise (and label) -> picture, value by value; ``logits``: picture (and label) -> all factors at once.

        ``logits`` has for every value its log-probabilities, up to a constant, of all levels: (H, W, C * levels).
        """
        network = self.trained("network")
        noise = Input("latent", (int(np.prod(self.size)),), distribution="uniform")
        names = tuple(str(i) for i in range(self.classes))
        label = {"label": Input("label", (), "int32", names)} if self.classes else {}
        starts = [keras.Input(noise.shape, name="latent"), *network.inputs[1:]]
        sample = keras.Model(joined(starts), Raster(*views(network), self.levels)(starts), name="sample")
        return {
            "sample": Signature("sample", sample, {"latent": noise, **label}, "image", portable=False),
            "logits": Signature("logits", network, {"image": Input("image", self.size), **label}, "logits", "vector"),
        }

    def log_prob(self, images: np.ndarray, labels: np.ndarray | None = None) -> np.ndarray:
        """Exact ``log p(x)`` in nats, (n,), of pictures (n, H, W, C) in [-1, 1] at the model's grey levels.

        With labels (n,) ``log p(x|y)``; a conditional model without labels averages p over its classes.
        """
        if self.classes and labels is None:
            return logsumexp(self.log_prob_each(images), axis=1) - np.log(self.classes)
        network, found = self.trained("network"), []
        for i in range(0, len(images), 64):
            given = [] if labels is None else [ops.convert_to_tensor(labels[i : i + 64], "int32")]
            found.append(ops.convert_to_numpy(-self.nll(network, images[i : i + 64], given)))
        return np.concatenate(found)

    def log_prob_each(self, images: np.ndarray) -> np.ndarray:
        """``log p(x|y)`` of every class, (n, classes)."""
        return np.stack([self.log_prob(images, np.full(len(images), y)) for y in range(self.classes)], axis=1)

    def classify(self, images: np.ndarray) -> np.ndarray:
        """Probabilities (n, classes) by Bayes' rule, all classes being equally likely before.

        Raises:
            GanappsError: the model knows no classes.
        """
        if not self.classes:
            raise GanappsError("This PixelCNN was trained without classes, so it cannot classify.")
        return softmax(self.log_prob_each(images), axis=1)

    def complete(self, images: np.ndarray, mask: np.ndarray, seed: int = 0, **conditions: Any) -> np.ndarray:
        """Draw what is missing, in raster order, so given what comes before it (not what comes after).

        Args:
            images: (n, H, W, C) in [-1, 1].
            mask: (n, H, W, 1) or of the images' shape; 1 where a value is known.
            seed: of the draws.
            conditions: ``label``, as for ``generate``.

        Returns:
            float32 (n, H, W, C): the known values at the model's grey levels, and drawn ones.
        """
        inputs = inference.draw_inputs(self.signatures()["sample"], len(images), seed, **conditions)
        noise, *labels = (ops.convert_to_tensor(value) for value in inputs.values())
        known = from_levels(to_levels(images, self.levels), self.levels)
        mask = ops.convert_to_tensor(np.broadcast_to(mask, images.shape).astype("float32"))
        return ops.convert_to_numpy(
            Raster(*views(self.trained("network")), self.levels).compiled_draw(noise, labels, known, mask)
        )

    def preview(self, batch: dict[str, np.ndarray], seed: int) -> np.ndarray:
        """Real pictures over what the model makes of their upper halves, over samples."""
        real = batch["image"][:8]
        mask = np.zeros((16, *self.size), "float32")
        mask[:8, : self.size[0] // 2] = 1.0
        label = np.concatenate([batch["label"][:8], np.arange(8) % self.classes]) if self.classes else None
        conditions = {} if label is None else {"label": label}
        made = self.complete(np.concatenate([real, real]), mask, seed, **conditions)
        return pictures.rows([real, made[:8], made[8:]])
