"""Bundles of untrained networks, one for each thing that a page can do: ``python -m tests.apps.tiny FOLDER``.

What they do is chosen so that a test can see it: a digit's class is its brightness, an attribute adds its own colour.
"""

import sys
from pathlib import Path

import keras
import numpy as np
from keras import layers, ops

from ganapps.engine.signature import Input, Signature
from ganapps.export.bundle import export
from ganapps.export.card import Facts
from ganapps.layers import PixelShuffle

ATTRIBUTES = ("black hair", "blond hair", "brown hair", "glasses", "beard", "hat", "smile")
COLOURS = np.random.default_rng(3).uniform(-0.5, 0.5, (len(ATTRIBUTES), 3)).astype(np.float32)
DIGITS = tuple("0123456789")
DATA = {"name": "made up", "licence": "CC0-1.0", "credit": "nobody"}


def facts(name: str, title: str, description: str) -> Facts:
    return Facts(name, "dcgan", title, description, {"steps": 0, "minutes": 0.1}, DATA, "Untrained: a test.")


def sampler(side: int, channels: int, latent: int, distribution: str, classes: tuple[str, ...] = ()) -> Signature:
    """Latent, and a class that sets the brightness -> picture."""
    keras.utils.set_random_seed(1)
    z, label = keras.Input((latent,)), keras.Input((), dtype="int32")
    x = layers.Reshape((4, 4, 8))(layers.Dense(128)(z))
    x = layers.Conv2DTranspose(channels, side // 2, side // 4, "same")(x)
    inputs = {"latent": Input("latent", (latent,), distribution=distribution)}
    if classes:
        levels = np.linspace(-1, 1, len(classes), dtype=np.float32)[:, None]
        brightness = ops.matmul(ops.one_hot(label, len(classes)), ops.convert_to_tensor(levels))
        x = layers.Add()([0.3 * x, layers.Reshape((1, 1, 1))(brightness)])
        inputs["label"] = Input("label", (), "int32", classes)
    given = [z, label] if classes else z
    return Signature("sample", keras.Model(given, layers.Activation("tanh")(x)), inputs, "image")


def editor() -> Signature:
    """Picture and attributes -> the picture with the colours of the attributes added."""
    picture, wanted = keras.Input((32, 32, 3)), keras.Input((len(ATTRIBUTES),))
    shift = ops.reshape(ops.matmul(wanted, ops.convert_to_tensor(COLOURS)), (-1, 1, 1, 3))
    same = layers.Conv2D(3, 1, use_bias=False)
    network = keras.Model([picture, wanted], ops.clip(same(picture) + shift, -1.0, 1.0))
    same.set_weights([np.eye(3, dtype=np.float32)[None, None]])
    inputs = {
        "image": Input("image", (32, 32, 3)),
        "attributes": Input("attributes", (len(ATTRIBUTES),), classes=ATTRIBUTES),
    }
    return Signature("edit", network, inputs, "generated")


def reader() -> Signature:
    """Picture -> how likely each attribute is."""
    keras.utils.set_random_seed(2)
    picture = keras.Input((32, 32, 3))
    x = layers.Dense(len(ATTRIBUTES), "sigmoid")(layers.GlobalAveragePooling2D()(layers.Conv2D(8, 3)(picture)))
    return Signature("attributes", keras.Model(picture, x), {"image": Input("image", (32, 32, 3))}, "likely", "vector")


def enlarger() -> Signature:
    """Picture of any size -> the same, four times as large: every pixel becomes 4x4, and a little noise of weights."""
    keras.utils.set_random_seed(3)
    picture = keras.Input((None, None, 3))
    wide = layers.Conv2D(48, 3, padding="same")
    network = keras.Model(picture, ops.clip(PixelShuffle(4)(wide(picture)), -1.0, 1.0))
    kernel, bias = wide.get_weights()
    kernel *= 0.1
    kernel[1, 1] += np.repeat(np.eye(3), 16, axis=0).reshape(3, 16, 3).transpose(2, 0, 1).reshape(3, 48)
    wide.set_weights([kernel, bias])
    return Signature("upscale", network, {"image": Input("image", (None, None, 3))}, "generated", tile=32)


def translator(seed: int) -> Signature:
    """Picture -> picture of the same size, in other colours."""
    keras.utils.set_random_seed(seed)
    picture = keras.Input((64, 64, 3))
    x = layers.Conv2D(3, 3, padding="same", activation="tanh")(layers.Conv2D(8, 3, padding="same")(picture))
    return Signature("a_to_b", keras.Model(picture, x), {"image": Input("image", (64, 64, 3))}, "generated")


def inputs_of(signature: Signature, n: int, seed: int) -> dict[str, np.ndarray]:
    """n inputs as the network takes them."""
    generator, batch = np.random.default_rng(seed), {}
    for name, spec in signature.inputs.items():
        shape = (n, *(side or signature.tile for side in spec.shape))
        if spec.kind == "image":
            coarse = generator.uniform(0, 255, (n, 4, 4, 3))
            smooth = np.asarray(ops.image.resize(coarse, shape[1:3], "bilinear"))
            batch[name] = (np.round(smooth) / 127.5 - 1).astype(np.float32)
        elif spec.kind == "latent":
            draw = generator.uniform(-1, 1, shape) if spec.distribution == "uniform" else generator.normal(size=shape)
            batch[name] = draw.astype(np.float32)
        elif spec.kind == "label":
            batch[name] = generator.integers(0, len(spec.classes), n).astype(np.int32)
        else:
            batch[name] = generator.integers(0, 2, shape).astype(np.float32)
    return batch


def make(folder: Path) -> None:
    """Write all of them below ``folder``, under the names that the shipped ones have."""
    bundles = {
        "digits": (sampler(16, 1, 8, "uniform", DIGITS), "Digits", "Draws a digit."),
        "faces": (sampler(32, 3, 16, "normal"), "Faces", "Draws a face."),
        "face-editing/edit": (editor(), "Face editing", "Changes a face."),
        "face-editing/attributes": (reader(), "Attributes", "Reads what a face has."),
        "super-resolution": (enlarger(), "Super-resolution x4", "Enlarges a photograph."),
        "sketch-to-photo": (translator(4), "Sketch to photo", "Turns a drawing into a photograph."),
        "line-art-to-face": (translator(5), "Line art to face", "Turns line art into a face."),
    }
    for name, (signature, title, description) in bundles.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        calibration, reference = [inputs_of(signature, 32, 7)], inputs_of(signature, 4, 9)
        told = facts(name.replace("/", "-"), title, description)
        export(signature, folder / name, facts=told, calibration=calibration, reference=reference)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
