"""PixelCNN's network, gated and plain, and the two views of it that drawing needs."""

from typing import Any

import keras
from keras import layers

from ganapps.layers import CausalRow, ConvAbove, ConvBefore, GatedUnit
from ganapps.layers.raster import joined

FIRST_REACH = 3  # the first layer is 7 x 7 in both papers


def pixelcnn(
    shape: tuple[int, int, int], levels: int, classes: int, features: int, depth: int, reach: int, gated: bool
) -> keras.Model:
    """[pictures (B, H, W, C) in [-1, 1], labels (B,) where there are classes] -> logits (B, H, W, C * levels).

    The logits of a value (row, column, channel) depend on the values before it in raster order only; the channels of a
    pixel have ``levels`` logits each, one after the other.

    Gated (arXiv 1606.05328, figure 2): a vertical stack knows the rows above, and feeds through 1 x 1 convolutions a
    horizontal one that knows the row so far; so nothing before a pixel stays unseen. Plain (arXiv 1601.06759): one stack
    of masked convolutions, which is blind to a part of what lies above to the right.

    Args:
        shape: of the pictures.
        levels: grey levels.
        classes: 0 for none; a label of -1 is no condition.
        features: channels of all layers.
        depth: layers, the first one of 7 x 7 among them.
        reach: of the others, to each side: 1 for 3 x 3.
        gated: or plain.
    """
    image = x = v = keras.Input(shape, name="image")
    labels = [keras.Input((), dtype="int32", name="label")] if classes else []
    condition = one_hot(labels, classes)
    for number in range(depth):
        mask, size = ("B", reach) if number else ("A", FIRST_REACH)
        if gated:
            v = ConvAbove(2 * features, size, own_row=number > 0)(v)
            above = layers.Conv2D(2 * features, 1, name=f"above_{number}")(v)
            v = GatedUnit()([v, *condition])
        else:
            above = ConvAbove(features, size, name=f"above_{number}")(layers.ReLU()(x) if number else x)
        x = CausalRow(features, size, mask, shape[-1], gated, name=f"row_{number}")([x, above, *condition])
    x = ConvBefore(features, 0, "B", shape[-1], name="mix")(layers.ReLU()(x))
    x = ConvBefore(shape[-1] * levels, 0, "B", shape[-1], dtype="float32", name="logits")(layers.ReLU()(x))
    return keras.Model(joined([image, *labels]), x, name="network")


def one_hot(labels: list[Any], classes: int) -> list[Any]:
    """The condition: each label's one-hot, all zeros for -1."""
    encode = layers.CategoryEncoding(classes, output_mode="one_hot") if labels else None
    return [encode(layers.Reshape((1,))(label)) for label in labels] if encode else []


def views(network: keras.Model) -> tuple[keras.Model, keras.Model]:
    """What ``Raster`` takes, sharing the network's weights: what rows know of the rows above, and a row given that."""
    names = {layer.name for layer in network.layers}
    depth = sum(name.startswith("row_") for name in names)
    known_above = [network.get_layer(f"above_{i}").output for i in range(depth)]
    above = keras.Model(joined(network.inputs), known_above, name="above")
    image, *labels = network.inputs
    row = x = keras.Input((1, *image.shape[2:]), name="row")
    known = [keras.Input((1, *tensor.shape[2:])) for tensor in above.outputs]
    given = [keras.Input((), dtype="int32", name="label") for _ in labels]
    classes = next((x.num_tokens for x in network.layers if isinstance(x, layers.CategoryEncoding)), 0)
    condition = one_hot(given, classes)
    for number, tensor in enumerate(known):
        x = network.get_layer(f"row_{number}")([x, tensor, *condition])
    for name in ("mix", "logits"):
        x = network.get_layer(name)(layers.ReLU()(x))
    return above, keras.Model([row, *known, *given], x, name="row")
