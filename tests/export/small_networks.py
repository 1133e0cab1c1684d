"""Small functional networks with the layers that the library's generators have, and real-looking inputs for them."""

import keras
import numpy as np
from keras import layers, ops

from ganapps.engine.signature import Input, Signature
from ganapps.export.bundle import export
from ganapps.export.card import Facts
from ganapps.export.subject import Subject
from ganapps.layers.instance_norm import InstanceNorm
from ganapps.layers.reflection_padding import ReflectionPadding

FACTS = Facts(
    name="test",
    model="dcgan",
    title="A test",
    description="Makes nothing out of noise.",
    training={"steps": 0, "seed": 1},
    data={"name": "none", "licence": "CC0-1.0", "credit": "nobody"},
    limits="Everything.",
)


@keras.saving.register_keras_serializable("tests")
class Noise(layers.Layer):
    """Draws inside the network, which no phone can."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seeds = keras.random.SeedGenerator(1)

    def call(self, x):
        return x + keras.random.normal(ops.shape(x), seed=self.seeds)


@keras.saving.register_keras_serializable("tests")
class Rank5(layers.Layer):
    """A channel shuffle by way of five dimensions."""

    def call(self, x):
        _, height, width, channels = x.shape
        x = ops.reshape(x, (-1, height, width, 2, channels // 2))
        return ops.reshape(ops.transpose(x, (0, 1, 2, 4, 3)), (-1, height, width, channels))


def trained(network, seed=0):
    """Move batch statistics and the last layer's contrast away from their start, as training does."""
    generator = np.random.default_rng(seed)
    for layer in network.layers:
        if isinstance(layer, layers.BatchNormalization):
            size = layer.gamma.shape[0]
            gamma, variance = generator.uniform(0.7, 1.3, size), generator.uniform(0.5, 1.5, size)
            layer.set_weights([gamma, generator.normal(0, 0.1, size), generator.normal(0, 0.1, size), variance])
    last = next(layer for layer in reversed(network.layers) if layer.weights)
    kernel, *rest = last.get_weights()
    last.set_weights([4 * kernel, *rest])
    return network


def dcgan():
    """Latent 16 -> picture 16x16x3: transposed convolutions, batch norm, ReLU, tanh."""
    keras.utils.set_random_seed(1)
    z = keras.Input((16,), name="z")
    x = layers.Dense(4 * 4 * 32, use_bias=False)(z)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Reshape((4, 4, 32))(x)
    x = layers.Conv2DTranspose(16, 4, 2, "same", use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.Conv2DTranspose(3, 4, 2, "same", activation="tanh")(x)
    return Signature("sample", trained(keras.Model(z, x)), {"latent": Input("latent", (16,))}, "image")


def points():
    """Latent 2 -> 2-D point: an MLP."""
    keras.utils.set_random_seed(2)
    z = keras.Input((2,))
    x = layers.Dense(32, "relu")(z)
    x = layers.Dense(2)(layers.Dense(32, "relu")(x))
    inputs = {"latent": Input("latent", (2,), distribution="uniform")}
    return Signature("sample", keras.Model(z, x), inputs, "point", "vector")


def conditional(embedding=True):
    """Latent 8 and label of three -> grey picture 8x8x1; the label goes through an embedding or one-hot."""
    keras.utils.set_random_seed(3)
    z, label = keras.Input((8,)), keras.Input((), dtype="int32")
    code = layers.Embedding(3, 4)(label) if embedding else ops.one_hot(label, 3)
    x = layers.Dense(4 * 4 * 16)(layers.Concatenate()([z, code]))
    x = layers.Reshape((4, 4, 16))(layers.LeakyReLU(0.2)(x))
    x = layers.Conv2DTranspose(1, 4, 2, "same", activation="tanh")(x)
    inputs = {"latent": Input("latent", (8,)), "label": Input("label", (), "int32", ("cat", "dog", "owl"))}
    return Signature("sample", trained(keras.Model([z, label], x)), inputs, "image")


def resnet(batch_norm=False):
    """RGB picture of any size -> picture: slice padding, a residual block, instance (or batch) norm."""
    keras.utils.set_random_seed(4)
    norm = layers.BatchNormalization if batch_norm else InstanceNorm
    picture = keras.Input((None, None, 3))
    x = layers.ReLU()(norm()(layers.Conv2D(8, 3)(ReflectionPadding(1)(picture))))
    y = layers.ReLU()(norm()(layers.Conv2D(16, 3, 2, "same")(x)))
    y = layers.Add()([y, norm()(layers.Conv2D(16, 3)(ReflectionPadding(1)(y)))])
    y = layers.ReLU()(norm()(layers.Conv2DTranspose(8, 3, 2, "same")(y)))
    x = layers.Conv2D(3, 3, activation="tanh")(ReflectionPadding(1)(y))
    inputs = {"image": Input("image", (None, None, 3))}
    return Signature("a_to_b", trained(keras.Model(picture, x)), inputs, "generated")


def attributes():
    """RGB picture 16x16 and two attributes -> picture, with no tanh at the end."""
    keras.utils.set_random_seed(5)
    picture, wanted = keras.Input((16, 16, 3)), keras.Input((2,))
    plane = layers.Reshape((16, 16, 1))(layers.Dense(256)(wanted))
    x = layers.Conv2D(8, 3, padding="same", activation="relu")(layers.Concatenate()([picture, plane]))
    x = layers.Conv2D(3, 3, padding="same")(x)
    inputs = {"image": Input("image", (16, 16, 3)), "attributes": Input("attributes", (2,), classes=("old", "hat"))}
    return Signature("edit", keras.Model([picture, wanted], x), inputs, "generated")


def real_inputs(signature, n, seed, size=16):
    """Inputs as the network takes them: smooth pictures on the 256 grey levels, latents, labels, attributes."""
    generator = np.random.default_rng(seed)
    batch = {}
    for name, spec in signature.inputs.items():
        if spec.kind == "image":
            coarse = generator.uniform(0, 255, (n, 4, 4, 3))
            smooth = np.asarray(ops.image.resize(coarse, (size, size), "bilinear"))
            batch[name] = (np.round(smooth) / 127.5 - 1).astype(np.float32)
        elif spec.kind == "latent":
            uniform = spec.distribution == "uniform"
            draw = generator.uniform(-1, 1, (n, *spec.shape)) if uniform else generator.normal(size=(n, *spec.shape))
            batch[name] = draw.astype(np.float32)
        elif spec.kind == "label":
            batch[name] = generator.integers(0, 3, n).astype(np.int32)
        else:
            batch[name] = generator.integers(0, 2, (n, *spec.shape)).astype(np.float32)
    return batch


def subject(signature, reference):
    """What the file makers take."""
    return Subject.of(signature, FACTS, reference)


def export_small(signature, folder, **options):
    """Export with 32 calibration inputs and 6 others to compare on."""
    calibration = [real_inputs(signature, 16, seed) for seed in (7, 8)]
    reference = real_inputs(signature, 6, 9)
    return export(signature, folder, facts=FACTS, calibration=calibration, reference=reference, **options)
