"""Frozen segmenters: small fully convolutional networks that were trained on real pictures and say what each pixel of a
generated one shows (Long et al. 2015, arXiv 1411.4038; the FCN-score of Isola et al. 2017, arXiv 1611.07004, section 4).

They are never trained against. Their feature maps also serve a perceptual distance.
"""

import itertools
from pathlib import Path
from typing import Any

import keras
import numpy as np
from PIL import Image

from ganapps.data.cache import cache_folder
from ganapps.data.source import to_model_range
from ganapps.errors import UsageError
from ganapps.evaluate import frozen
from ganapps.evaluate.pictures import resized, with_channels

SHIPPED = Path(__file__).parent / "segmenters"
WIDTHS = (8, 16, 32, 64)
BATCH = 32
MOMENTUM = 0.95


def segmenter_network(channels: int, classes: int, widths: tuple[int, ...] = WIDTHS, seed: int = 0) -> keras.Model:
    """Convolutions with batch norm and swish that halve the picture and come back, each level joined to its equal.

    Args:
        channels: of a float32 input (N, H, W, channels) in [-1, 1], sides multiples of ``2 ** (len(widths) - 1)``.
        classes: how many a pixel can have.
        widths: channels at each size, the largest first.
        seed: of the initial weights.

    Returns:
        A functional model from pictures to logits (N, H, W, classes).
    """
    start = itertools.count(seed * 1000)

    def block(x: Any, width: int, stride: int, name: str) -> Any:
        initial = keras.initializers.HeNormal(seed=next(start))
        x = keras.layers.Conv2D(
            width, 3, stride, "same", use_bias=False, kernel_initializer=initial, name=f"{name}_conv"
        )(x)
        x = keras.layers.BatchNormalization(momentum=MOMENTUM, name=f"{name}_norm")(x)
        return keras.layers.Activation("swish", name=f"{name}_map")(x)

    x = inputs = keras.Input((None, None, channels), name="image")
    levels = []
    for level, width in enumerate(widths):
        x = block(x, width, 2 if level else 1, f"down{level}")
        levels.append(x)
    x = block(x, widths[-1], 1, "middle")
    for level in reversed(range(len(widths) - 1)):
        x = keras.layers.Concatenate()([keras.layers.UpSampling2D(2)(x), levels[level]])
        x = block(x, widths[level], 1, f"up{level}")
    initial = keras.initializers.GlorotUniform(seed=next(start))
    return keras.Model(inputs, keras.layers.Conv2D(classes, 1, kernel_initializer=initial, name="logits")(x))


class Segmenter:
    """A trained network with its card: ``name``, ``data`` and ``domain`` (which pictures of which set it reads),
    ``classes``, ``resolution`` (to which pictures are brought; None reads them as they are), architecture, recipe,
    accuracy."""

    def __init__(self, network: keras.Model, card: dict[str, Any]):
        self.network = network
        self.card = card
        layers = [layer for layer in network.layers if layer.name.startswith("down") and layer.name.endswith("_map")]
        self._maps = keras.Model(network.input, [layer.output for layer in layers])

    @property
    def name(self) -> str:
        """As it stands in the name of a score."""
        return f"segmenter-{self.card['data']}"

    def segment(self, images: np.ndarray) -> np.ndarray:
        """The class of each pixel, uint8 (N, H, W), of uint8 pictures (N, H, W, 1 or 3)."""
        size = images.shape[1]
        parts = [
            frozen.run(self.network, self._prepared(images[start : start + BATCH]), BATCH)[0].argmax(-1)
            for start in range(0, len(images), BATCH)
        ]
        return _nearest(np.concatenate(parts).astype(np.uint8), size)

    def maps(self, images: np.ndarray) -> list[np.ndarray]:
        """Feature maps (N, h, w, c) of every size, of uint8 pictures."""
        return frozen.run(self._maps, self._prepared(images), BATCH)

    def save(self, folder: Path) -> None:
        """Write its two files."""
        frozen.write(self.network, self.card, folder)

    def _prepared(self, images: np.ndarray) -> np.ndarray:
        coloured = with_channels(images, self.card["architecture"]["channels"])
        return to_model_range(resized(coloured, self.card["resolution"] or images.shape[1]))


def read_segmenter(folder: Path, name: str) -> Segmenter:
    """Rebuild a segmenter from its two files."""
    card = frozen.read_card(folder, name)
    shape = card["architecture"]
    network = segmenter_network(shape["channels"], len(card["classes"]), tuple(shape["widths"]))
    frozen.restore(network, folder, name)
    return Segmenter(network, card)


def load_segmenter(data: str, domain: str) -> Segmenter:
    """The segmenter, shipped or trained here, of one kind of picture of a data set.

    Raises:
        UsageError: there is none.
    """
    for folder, card in _cards():
        if (card["data"], card["domain"]) == (data, domain):
            return read_segmenter(folder, card["name"])
    known = ", ".join(f"{card['domain']} of {card['data']}" for _, card in _cards()) or "nothing yet"
    raise UsageError(f"No segmenter reads the pictures '{domain}' of {data}; there is one for {known}.")


def has_segmenter(data: str, domain: str) -> bool:
    """Whether ``load_segmenter`` would find one."""
    return (data, domain) in [(card["data"], card["domain"]) for _, card in _cards()]


def trained_folder() -> Path:
    """Where the segmenters that are trained here are kept, when not in the package."""
    return cache_folder() / "segmenters"


def _cards() -> list[tuple[Path, dict[str, Any]]]:
    """The cards that are here, each with its folder."""
    folders = (SHIPPED, trained_folder())
    return [
        (folder, frozen.read_card(folder, path.stem)) for folder in folders for path in sorted(folder.glob("*.json"))
    ]


def _nearest(maps: np.ndarray, size: int) -> np.ndarray:
    """Label maps (N, h, h) at ``size`` without mixing labels."""
    if maps.shape[1] == size:
        return maps
    return np.stack([np.asarray(Image.fromarray(one).resize((size, size), Image.Resampling.NEAREST)) for one in maps])
