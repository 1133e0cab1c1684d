"""The Inception network against its 2015 graph, written out as a table, with the same random weights.

The reference is built from TensorFlow's own convolutions and pools, an average that counts what is not padding, and a
resize written out as two loops. It shares nothing with the Keras network but the names of the published state.
"""

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganapps.errors import GanappsError
from ganapps.evaluate import inception_weights
from ganapps.evaluate.extractors import open_extractor
from ganapps.evaluate.inception import LegacyResize, inception_network
from ganapps.evaluate.inception_weights import load_inception, published_weights, weights_of
from ganapps.networks.state_dict import copy_state

State = dict[str, np.ndarray]


def pair(size) -> tuple[int, int]:
    return size if isinstance(size, tuple) else (size, size)


class Unit:
    """Convolution without bias, batch normalisation, ReLU; sizes and names as PyTorch has them."""

    def __init__(self, inputs, outputs, size, stride=1, padding=0):
        self.shape, self.stride, self.padding = (outputs, inputs, *pair(size)), stride, pair(padding)

    def state(self, name: str, rng: np.random.Generator) -> State:
        """Values that keep activations their size through 94 layers, with every term of the normalisation in play."""
        outputs = self.shape[0]
        return {
            f"{name}.conv.weight": rng.normal(0, np.sqrt(2 / np.prod(self.shape[1:])), self.shape).astype("float32"),
            f"{name}.bn.weight": rng.uniform(0.7, 1.3, outputs).astype("float32"),
            f"{name}.bn.bias": rng.normal(0, 0.2, outputs).astype("float32"),
            f"{name}.bn.running_mean": rng.normal(0, 0.2, outputs).astype("float32"),
            f"{name}.bn.running_var": rng.uniform(0.7, 1.3, outputs).astype("float32"),
        }

    def __call__(self, state: State, name: str, x: tf.Tensor) -> tf.Tensor:
        high, wide = self.padding
        x = tf.pad(x, ((0, 0), (high, high), (wide, wide), (0, 0)))
        x = tf.nn.conv2d(x, state[f"{name}.conv.weight"].transpose(2, 3, 1, 0), self.stride, "VALID")
        parts = (state[f"{name}.bn.{part}"] for part in ("running_mean", "running_var", "bias", "weight"))
        return tf.nn.relu(tf.nn.batch_normalization(x, *parts, 0.001))


def average(x: tf.Tensor) -> tf.Tensor:
    """Over 3 x 3, of what is there: padding is not counted."""
    framed, there = (tf.pad(y, ((0, 0), (1, 1), (1, 1), (0, 0))) for y in (x, tf.ones_like(x)))
    return tf.nn.avg_pool2d(framed, 3, 1, "VALID") / tf.nn.avg_pool2d(there, 3, 1, "VALID")


def halving(x: tf.Tensor) -> tf.Tensor:
    return tf.nn.max_pool2d(x, 3, 2, "VALID")


def largest(x: tf.Tensor) -> tf.Tensor:
    return tf.nn.max_pool2d(x, 3, 1, "SAME")


class Block:
    """``rows``: name, inputs, outputs, kernel, stride, padding; ``wiring``: chains of names, a nested list forks."""

    def __init__(self, rows, wiring):
        self.units = {name: Unit(*shape) for name, *shape in rows}
        self.wiring = wiring

    def state(self, name: str, rng: np.random.Generator) -> State:
        found: State = {}
        for part, unit in self.units.items():
            found |= unit.state(f"{name}.{part}", rng)
        return found

    def __call__(self, state: State, name: str, x: tf.Tensor) -> tf.Tensor:
        def unit(part: str, y: tf.Tensor) -> tf.Tensor:
            return self.units[part](state, f"{name}.{part}", y)

        ends = []
        for chain in self.wiring:
            y = x
            for step in chain:
                if isinstance(step, list):
                    y = tf.concat([unit(part, y) for part in step], -1)
                else:
                    y = step(y) if callable(step) else unit(step, y)
            ends.append(y)
        return tf.concat(ends, -1)


def block_35(n, pooled):
    return Block(
        [("branch1x1", n, 64, 1), ("branch5x5_1", n, 48, 1), ("branch5x5_2", 48, 64, 5, 1, 2),
         ("branch3x3dbl_1", n, 64, 1), ("branch3x3dbl_2", 64, 96, 3, 1, 1), ("branch3x3dbl_3", 96, 96, 3, 1, 1),
         ("branch_pool", n, pooled, 1)],
        [["branch1x1"], ["branch5x5_1", "branch5x5_2"], ["branch3x3dbl_1", "branch3x3dbl_2", "branch3x3dbl_3"],
         [average, "branch_pool"]],
    )  # fmt: skip


def block_to_17(n):
    return Block(
        [("branch3x3", n, 384, 3, 2), ("branch3x3dbl_1", n, 64, 1), ("branch3x3dbl_2", 64, 96, 3, 1, 1),
         ("branch3x3dbl_3", 96, 96, 3, 2)],
        [["branch3x3"], ["branch3x3dbl_1", "branch3x3dbl_2", "branch3x3dbl_3"], [halving]],
    )  # fmt: skip


def block_17(k):
    row, column = ((1, 7), 1, (0, 3)), ((7, 1), 1, (3, 0))
    return Block(
        [("branch1x1", 768, 192, 1), ("branch7x7_1", 768, k, 1), ("branch7x7_2", k, k, *row),
         ("branch7x7_3", k, 192, *column), ("branch7x7dbl_1", 768, k, 1), ("branch7x7dbl_2", k, k, *column),
         ("branch7x7dbl_3", k, k, *row), ("branch7x7dbl_4", k, k, *column), ("branch7x7dbl_5", k, 192, *row),
         ("branch_pool", 768, 192, 1)],
        [["branch1x1"], ["branch7x7_1", "branch7x7_2", "branch7x7_3"],
         [f"branch7x7dbl_{i}" for i in range(1, 6)], [average, "branch_pool"]],
    )  # fmt: skip


def block_to_8():
    return Block(
        [("branch3x3_1", 768, 192, 1), ("branch3x3_2", 192, 320, 3, 2), ("branch7x7x3_1", 768, 192, 1),
         ("branch7x7x3_2", 192, 192, (1, 7), 1, (0, 3)), ("branch7x7x3_3", 192, 192, (7, 1), 1, (3, 0)),
         ("branch7x7x3_4", 192, 192, 3, 2)],
        [["branch3x3_1", "branch3x3_2"], [f"branch7x7x3_{i}" for i in range(1, 5)], [halving]],
    )  # fmt: skip


def block_8(n, pool):
    row, column = ((1, 3), 1, (0, 1)), ((3, 1), 1, (1, 0))
    return Block(
        [("branch1x1", n, 320, 1), ("branch3x3_1", n, 384, 1), ("branch3x3_2a", 384, 384, *row),
         ("branch3x3_2b", 384, 384, *column), ("branch3x3dbl_1", n, 448, 1), ("branch3x3dbl_2", 448, 384, 3, 1, 1),
         ("branch3x3dbl_3a", 384, 384, *row), ("branch3x3dbl_3b", 384, 384, *column), ("branch_pool", n, 192, 1)],
        [["branch1x1"], ["branch3x3_1", ["branch3x3_2a", "branch3x3_2b"]],
         ["branch3x3dbl_1", "branch3x3dbl_2", ["branch3x3dbl_3a", "branch3x3dbl_3b"]], [pool, "branch_pool"]],
    )  # fmt: skip


#: the whole graph, between the pictures and the mean over places
PARTS = {
    "Conv2d_1a_3x3": Unit(3, 32, 3, 2), "Conv2d_2a_3x3": Unit(32, 32, 3), "Conv2d_2b_3x3": Unit(32, 64, 3, 1, 1),
    "first pool": halving,
    "Conv2d_3b_1x1": Unit(64, 80, 1), "Conv2d_4a_3x3": Unit(80, 192, 3),
    "second pool": halving,
    "Mixed_5b": block_35(192, 32), "Mixed_5c": block_35(256, 64), "Mixed_5d": block_35(288, 64),
    "Mixed_6a": block_to_17(288),
    "Mixed_6b": block_17(128), "Mixed_6c": block_17(160), "Mixed_6d": block_17(160), "Mixed_6e": block_17(192),
    "Mixed_7a": block_to_8(),
    "Mixed_7b": block_8(1280, average), "Mixed_7c": block_8(2048, largest),
}  # fmt: skip
LAYERS = {name: part for name, part in PARTS.items() if isinstance(part, Unit | Block)}


def reference(state: State, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Features (N, 2048) and logits without their bias (N, 1008) of pictures (N, 299, 299, 3) in 0..255."""
    y = tf.constant((x - 128) / 128, "float32")
    for name, part in PARTS.items():
        y = part(state, name, y) if name in LAYERS else part(y)
    features = tf.reduce_mean(y, (1, 2)).numpy()
    return features, features @ state["fc.weight"].T


def resize_by_loops(image: np.ndarray, side: int) -> np.ndarray:
    """TensorFlow 1's bilinear resize of one (H, W, C) picture, pixel by pixel."""
    height, width, _ = image.shape
    out = np.empty((side, side, image.shape[2]), np.float64)
    for i in range(side):
        for j in range(side):
            y, x = i * height / side, j * width / side
            top, left = int(y), int(x)
            bottom, right = min(top + 1, height - 1), min(left + 1, width - 1)
            upper = image[top, left] + (image[top, right] - image[top, left]) * (x - left)
            lower = image[bottom, left] + (image[bottom, right] - image[bottom, left]) * (x - left)
            out[i, j] = upper + (lower - upper) * (y - top)
    return out


@pytest.fixture(scope="module")
def state() -> State:
    rng = np.random.default_rng(3)
    found: State = {
        "fc.weight": rng.uniform(-0.02, 0.02, (1008, 2048)).astype("float32"),
        "fc.bias": rng.uniform(-0.02, 0.02, 1008).astype("float32"),
    }
    for name, part in LAYERS.items():
        found |= part.state(name, rng)
    return found


@pytest.fixture(scope="module")
def network(state, tmp_path_factory) -> keras.Model:
    path = tmp_path_factory.mktemp("weights") / "random.npz"
    np.savez(path, **state)
    return load_inception(path)


@pytest.fixture(scope="module")
def pictures() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (3, 37, 53, 3)).astype(np.float32)


def test_pool_features_and_logits_are_those_of_the_reference(state, network, pictures) -> None:
    features, logits = reference(
        state, np.stack([resize_by_loops(picture.astype(np.float64), 299) for picture in pictures])
    )
    ours = [keras.ops.convert_to_numpy(out) for out in network(pictures, training=False)]
    assert ours[0].shape == (3, 2048) and ours[1].shape == (3, 1008)
    scale = np.abs(features).max()
    assert features.std(0).max() > 0.01 * scale  # pictures differ, so an input that is ignored would be seen
    np.testing.assert_allclose(ours[0] / scale, features / scale, atol=1e-4)
    np.testing.assert_allclose(ours[1] / scale, logits / scale, atol=1e-4)


def test_parameter_count_is_the_reference_less_scales_and_output_bias(state, network) -> None:
    ours = sum(int(np.prod(weight.shape)) for weight in network.trainable_weights)
    left_out = ("bn.weight", "bn.running_mean", "bn.running_var", "fc.bias")
    assert ours == sum(value.size for name, value in state.items() if not name.endswith(left_out))
    assert ours == 23_832_736


def test_features_do_not_depend_on_the_batch(network, pictures) -> None:
    together = keras.ops.convert_to_numpy(network(pictures, training=False)[0])
    alone = keras.ops.convert_to_numpy(network(pictures[1:2], training=False)[0])
    np.testing.assert_allclose(together[1:2], alone, atol=1e-4 * np.abs(alone).max())


def test_resize_is_tensorflow_ones(pictures) -> None:
    ours = keras.ops.convert_to_numpy(LegacyResize(299)(pictures))
    theirs = tf.compat.v1.image.resize_bilinear(pictures, (299, 299), align_corners=False).numpy()
    np.testing.assert_allclose(ours, theirs, atol=2e-3)
    half_pixel = tf.image.resize(pictures, (299, 299)).numpy()
    assert np.abs(ours - half_pixel).max() > 1


def test_average_pools_leave_the_padding_out() -> None:
    network = inception_network()
    pools = [layer for layer in network.layers if isinstance(layer, keras.layers.AveragePooling2D)]
    assert len(pools) == 8
    np.testing.assert_allclose(pools[0](np.ones((1, 5, 5, 1), np.float32)), 1, atol=1e-6)


def test_a_state_without_scales_loads(state) -> None:
    network = inception_network()
    copy_state(
        network, {name: value for name, value in state.items() if not name.endswith("bn.weight")}, weights_of, "bare"
    )
    np.testing.assert_array_equal(
        network.get_layer("Mixed_7c.branch_pool.bn").get_weights()[1], state["Mixed_7c.branch_pool.bn.running_mean"]
    )


def test_a_pth_loads_like_an_npz(state, network, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    torch.save({name: torch.tensor(value) for name, value in state.items()}, tmp_path / "random.pth")
    for ours, theirs in zip(load_inception(tmp_path / "random.pth").get_weights(), network.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_wrong_files_are_named(state, tmp_path: Path) -> None:
    with pytest.raises(GanappsError, match=r"no Inception weights at .*nowhere.pth"):
        load_inception(tmp_path / "nowhere.pth")
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    with pytest.raises(GanappsError, match=r"other.npz does not hold .* missing"):
        load_inception(tmp_path / "other.npz")
    np.savez(tmp_path / "seven.npz", **(state | {"fc.weight": np.zeros((7, 2048))}))
    with pytest.raises(GanappsError, match=r"fc has another shape"):
        load_inception(tmp_path / "seven.npz")


def test_download_checks_the_sum_and_says_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANAPPS_CACHE", str(tmp_path / "cache"))
    served = tmp_path / "served.pth"
    served.write_bytes(b"not the weights")
    monkeypatch.setattr(inception_weights, "URL", served.as_uri())
    with pytest.raises(GanappsError, match=r"sha256 differs.*put it at"):
        published_weights()
    monkeypatch.setattr(inception_weights, "URL", (tmp_path / "absent.pth").as_uri())
    with pytest.raises(GanappsError, match=r"could not be fetched.*inception:PATH"):
        published_weights()
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    served.write_bytes(b"the weights")
    monkeypatch.setattr(inception_weights, "URL", served.as_uri())
    monkeypatch.setattr(inception_weights, "SHA256", inception_weights.hashlib.sha256(b"the weights").hexdigest())
    assert published_weights().read_bytes() == b"the weights"


def test_as_an_extractor_it_takes_any_picture_and_carries_the_sum_of_its_weights(state, network, tmp_path) -> None:
    path = tmp_path / "random.npz"
    np.savez(path, **state)
    extractor = open_extractor(f"inception:{path}")
    assert extractor.name == f"inception-{extractor.digest[:8]}" and extractor.score == "inception-score"
    grey = np.random.default_rng(0).integers(0, 256, (2, 28, 28, 1), np.uint8)
    reading = extractor.read(grey)
    expected = keras.ops.convert_to_numpy(network(np.repeat(grey, 3, axis=-1).astype(np.float32), training=False)[0])
    np.testing.assert_allclose(reading.features, expected, atol=1e-4 * np.abs(expected).max())
    assert reading.probabilities.shape == (2, 1008)
    np.testing.assert_allclose(reading.probabilities.sum(1), 1, atol=1e-5)
