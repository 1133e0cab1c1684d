"""Named feature extractors: numbers from different ones are never comparable, so a score carries its extractor's name.

- ``judge-NAME``: a frozen judge (``ganapps.evaluate.judge``), pictures resized to 32 px (``judge-faces-64``: 64).
- ``efficientnet-lite0``: an ImageNet network whose weights a package carries, pictures resized to 224.
- ``inception-2015-12-05``: the network FID and IS are defined on; its weights are downloaded once.
- ``inception:PATH``: the same network with the weights of a file.
"""

import hashlib
from pathlib import Path

import keras
import numpy as np
from scipy.special import softmax

from ganapps.data.source import to_model_range
from ganapps.errors import UsageError, nearest
from ganapps.evaluate import frozen, inception
from ganapps.evaluate.inception_weights import SHA256, load_inception, published_weights
from ganapps.evaluate.judge import Judge, Reading, judge_names, load_judge
from ganapps.evaluate.pictures import resized, with_channels
from ganapps.networks import efficientnet

INCEPTION = "inception-2015-12-05"
EFFICIENTNET = "efficientnet-lite0"
BATCH = 64
JUDGE_OF = {"mnist": "digits", "stacked_digits": "digits", "digit_pairs": "digits"}


class Extractor:
    """What turns pictures into features and class probabilities.

    Attributes:
        name: as it stands in the name of a score.
        resolution: the side to which pictures are brought.
        channels: the channels to which they are brought (grey from colour by luma, colour from grey by repeating).
        dimensions: of the features.
        resize: how pictures are brought there.
        digest: of the weights.
        classes: what the probabilities are of; empty when there are none, or they have no names.
        attributes: names of the attributes it finds.
        score: what the inception score formula is called on its probabilities; "" when it has none.
    """

    name: str
    resolution: int
    channels: int
    dimensions: int
    resize: str
    digest: str
    classes: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    score: str

    def read(self, images: np.ndarray) -> Reading:
        """Everything about uint8 pictures (N, H, W, 1 or 3) of any size."""
        raise NotImplementedError

    def features(self, images: np.ndarray) -> np.ndarray:
        """(N, d) features of uint8 pictures."""
        return self.read(images).features

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """(N, K) probabilities of uint8 pictures."""
        return self.read(images).probabilities


class JudgeExtractor(Extractor):
    """A frozen judge as an extractor."""

    def __init__(self, judge: Judge):
        self.resolution = judge.resolution
        self.resize = f"bilinear, antialiased, to {judge.resolution}"
        self.judge = judge
        self.name = f"judge-{judge.name}"
        self.channels = judge.card["architecture"]["channels"]
        self.dimensions = judge.card["architecture"]["dimensions"]
        self.digest = judge.card["sha256"]
        self.classes = judge.classes
        self.attributes = judge.attributes
        self.score = "judge-score" if judge.classes else ""

    def read(self, images: np.ndarray) -> Reading:
        return self.judge.read(self.prepared(images))

    def maps(self, images: np.ndarray) -> list[np.ndarray]:
        """Feature maps (N, h, w, c) of uint8 pictures, the largest first."""
        return self.judge.maps(self.prepared(images))

    def prepared(self, images: np.ndarray) -> np.ndarray:
        """float32 pictures in [-1, 1] as the judge takes them."""
        return to_model_range(resized(with_channels(images, self.channels), self.resolution))


class ImageNetExtractor(Extractor):
    """A network of ImageNet classes that takes colour pictures in 0..255."""

    channels = 3

    def __init__(self, network: keras.Model, weights: Path):
        self.network = network
        self.digest = hashlib.sha256(weights.read_bytes()).hexdigest()

    def prepared(self, images: np.ndarray) -> np.ndarray:
        """uint8 colour pictures at the size that the network takes."""
        return resized(images, self.resolution)

    def read(self, images: np.ndarray) -> Reading:
        outs = []
        for start in range(0, len(images), BATCH):
            part = self.prepared(with_channels(images[start : start + BATCH], self.channels))
            outs.append(
                [keras.ops.convert_to_numpy(out) for out in self.network(part.astype(np.float32), training=False)]
            )
        features, logits = (np.concatenate(part) for part in zip(*outs, strict=True))
        return Reading(features, softmax(logits, axis=1), np.empty((len(features), 0), np.float32))


class InceptionExtractor(ImageNetExtractor):
    """Inception with the weights of a file; the published file gives it the published name. It resizes by itself."""

    resolution, dimensions = inception.SIDE, 2048
    resize = "bilinear, TensorFlow 1, to 299"
    score = "inception-score"

    def __init__(self, weights: Path):
        super().__init__(load_inception(weights), weights)
        self.name = INCEPTION if self.digest == SHA256 else f"inception-{self.digest[:8]}"

    def prepared(self, images: np.ndarray) -> np.ndarray:
        return images


class EfficientNetExtractor(ImageNetExtractor):
    """EfficientNet-Lite0; its score is nobody's Inception Score."""

    name = EFFICIENTNET
    resolution, dimensions = efficientnet.SIDE, 1280
    resize = "bilinear, antialiased, to 224"
    score = "judge-score"

    def __init__(self) -> None:
        weights = efficientnet.installed_weights()
        super().__init__(efficientnet.load_efficientnet(weights), weights)
        self._maps = efficientnet.fill(efficientnet.efficientnet_activations(efficientnet.JUDGE_BLOCKS), weights)

    def maps(self, images: np.ndarray) -> list[np.ndarray]:
        """Activations (N, h, w, c) of uint8 pictures at their own size, in blocks that no content loss sees."""
        return frozen.run(self._maps, with_channels(images, self.channels).astype(np.float32), BATCH)


def open_extractor(name: str) -> Extractor:
    """The extractor of that name, its weights loaded.

    Raises:
        UsageError: no such extractor. GanappsError: its weights are not to be had.
    """
    if name == INCEPTION:
        return InceptionExtractor(published_weights())
    if name == EFFICIENTNET:
        return EfficientNetExtractor()
    if name.startswith("inception:"):
        return InceptionExtractor(Path(name.removeprefix("inception:")).expanduser())
    if name not in extractor_names():
        known = extractor_names()
        raise UsageError(f"There is no extractor '{name}'.{nearest(name, known)} There are {', '.join(known)}.")
    return JudgeExtractor(load_judge(name.removeprefix("judge-")))


def extractor_names() -> list[str]:
    """What can be asked for here, besides ``inception:PATH``."""
    return [*(f"judge-{name}" for name in judge_names()), EFFICIENTNET, INCEPTION]


def usual_extractor(data: str) -> str:
    """The extractor where nobody named one: the judge of the data, else EfficientNet if installed, else Inception."""
    judge = f"judge-{JUDGE_OF.get(data, data)}"
    if judge in extractor_names():
        return judge
    return EFFICIENTNET if efficientnet.is_installed() else INCEPTION
