"""Frozen judges: small classifiers that measure generated pictures and are never trained against.

A judge gives features (for FID, KID, precision ...), class probabilities (for the judge score, label accuracy, mode
counts) and feature maps (for a perceptual distance). Its numbers mean something only beside the real-vs-real value.
"""

from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np
from scipy.special import expit, softmax

from ganapps.data.cache import cache_folder
from ganapps.errors import GanappsError, nearest
from ganapps.evaluate import frozen

SHIPPED = Path(__file__).parent / "judges"
RESOLUTION = 32
BATCH = 256
MOMENTUM = 0.9  # so that a few hundred steps are enough for the averages that a frozen judge uses


class Reading(NamedTuple):
    """What an extractor reads off N pictures, float32: ``features`` (N, d), ``probabilities`` (N, K) of K classes (rows
    sum to 1), and ``attributes`` (N, A), the probability of each attribute by itself. K and A may be 0."""

    features: np.ndarray
    probabilities: np.ndarray
    attributes: np.ndarray


def judge_network(
    channels: int,
    outputs: int,
    widths: tuple[int, ...] = (16, 32, 64, 96),
    dimensions: int = 64,
    seed: int = 0,
    resolution: int = RESOLUTION,
) -> keras.Model:
    """Convolutions with batch norm and swish, each after the first halving the picture; one dense feature layer.

    Args:
        channels: 1 or 3, of a float32 input (N, resolution, resolution, channels) in [-1, 1].
        outputs: logits: of the classes, then of the attributes.
        widths: channels of the convolutions.
        dimensions: size of the feature layer.
        seed: of the initial weights.
        resolution: of the input, in pixels.

    Returns:
        A functional model from pictures to ``[features (N, dimensions), logits (N, outputs)]``.
    """
    start = iter(range(seed * 1000, seed * 1000 + 1000))
    x = inputs = keras.Input((resolution, resolution, channels), name="image")
    for index, width in enumerate(widths):
        initial = keras.initializers.HeNormal(seed=next(start))
        x = keras.layers.Conv2D(
            width, 3, 2 if index else 1, "same", use_bias=False, kernel_initializer=initial, name=f"conv{index}"
        )(x)
        x = keras.layers.BatchNormalization(momentum=MOMENTUM, name=f"norm{index}")(x)
        x = keras.layers.Activation("swish", name=f"map{index}")(x)
    x = keras.layers.Flatten(name="flat")(x)
    initial = keras.initializers.HeNormal(seed=next(start))
    features = keras.layers.Dense(dimensions, "swish", kernel_initializer=initial, name="features")(x)
    initial = keras.initializers.GlorotUniform(seed=next(start))
    logits = keras.layers.Dense(outputs, kernel_initializer=initial, name="logits")(features)
    return keras.Model(inputs, [features, logits], name="judge")


class Judge:
    """A trained judge network with its card (classes, attributes, architecture, recipe, accuracy).

    It may know classes, one a picture, and attributes, any number of which may hold. The card's ``feature_scale``
    divides the features, so that over real pictures their mean variance is 1: distances of different judges then have
    the same size, and FID of two equal sets is about ``(d^2 / 4 + d) (2 / N)``.
    """

    def __init__(self, network: keras.Model, card: dict[str, Any]):
        self.network = network
        self.card = card
        layers = [layer for layer in network.layers if layer.name.startswith("map")]
        self._maps = keras.Model(network.input, [layer.output for layer in layers])

    @property
    def name(self) -> str:
        return self.card["name"]

    @property
    def resolution(self) -> int:
        """The side of the pictures it reads; most judges read 32 pixels."""
        return self.card["architecture"]["resolution"]

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(self.card["classes"])

    @property
    def attributes(self) -> tuple[str, ...]:
        return tuple(self.card["attributes"])

    def read(self, images: np.ndarray) -> Reading:
        """Everything about pictures (N, resolution, resolution, C), float32 in [-1, 1], in one pass."""
        features, logits = self._run(self.network, images)
        features = features / np.float32(self.card["feature_scale"])
        classes, attributes = np.split(logits, [len(self.classes)], axis=1)
        return Reading(features, softmax(classes, axis=1) if self.classes else classes, expit(attributes))

    def features(self, images: np.ndarray) -> np.ndarray:
        """(N, d) activations of the feature layer for the same pictures."""
        return self.read(images).features

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """(N, K) class probabilities, for the same pictures."""
        return self.read(images).probabilities

    def maps(self, images: np.ndarray) -> list[np.ndarray]:
        """The (N, H, W, C) feature map of every convolution, for a perceptual distance."""
        return self._run(self._maps, images)

    def save(self, folder: Path) -> None:
        """Write ``NAME.npz`` (kernels as float16) and ``NAME.json`` (the card, with the .npz file's sha256)."""
        frozen.write(self.network, self.card, folder)

    @staticmethod
    def _run(network: keras.Model, images: np.ndarray) -> list[np.ndarray]:
        return frozen.run(network, images, BATCH)


def load_judge(name: str) -> Judge:
    """The judge shipped with the package, or one trained here with ``train_judge``.

    Raises:
        GanappsError: there is no judge of that name.
    """
    for folder in (SHIPPED, trained_folder()):
        if (folder / f"{name}.json").exists():
            return read_judge(folder, name)
    raise GanappsError(
        f"There is no judge '{name}' (known: {', '.join(judge_names())}).{nearest(name, judge_names())} "
        f"Train one from labelled data with ganapps.evaluate.judge_training.train_judge('{name}')."
    )


def read_judge(folder: Path, name: str) -> Judge:
    """Rebuild a judge from its two files in ``folder``."""
    card = frozen.read_card(folder, name)
    shape = card["architecture"]
    outputs = len(card["classes"]) + len(card["attributes"])
    network = judge_network(
        shape["channels"], outputs, tuple(shape["widths"]), shape["dimensions"], resolution=shape["resolution"]
    )
    frozen.restore(network, folder, name)
    return Judge(network, card)


def judge_names() -> list[str]:
    """Judges that can be loaded here."""
    return sorted({path.stem for folder in (SHIPPED, trained_folder()) for path in folder.glob("*.json")})


def trained_folder() -> Path:
    """Where ``train_judge`` keeps the judges it makes for the user."""
    return cache_folder() / "judges"
