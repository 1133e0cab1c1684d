"""The Inception network against an independent PyTorch implementation with the same random weights.

The reference is built from a table of the 2015 graph: torch's own convolutions, batch norms and pools with
``count_include_pad=False``, and a resize written out as two loops. It shares nothing with the Keras network but names.
"""

from pathlib import Path

import keras
import numpy as np
import pytest

from ganapps.errors import GanappsError
from ganapps.evaluate import inception_weights
from ganapps.evaluate.extractors import open_extractor
from ganapps.evaluate.inception import LegacyResize, inception_network
from ganapps.evaluate.inception_weights import load_inception, published_weights, weights_of
from ganapps.networks.state_dict import copy_state

torch = pytest.importorskip("torch")
nn, functional = torch.nn, torch.nn.functional


class Unit(nn.Module):
    def __init__(self, inputs, outputs, size, stride=1, padding=0):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, size, stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(outputs, eps=0.001)

    def forward(self, x):
        return functional.relu(self.bn(self.conv(x)))


def average(x):
    return functional.avg_pool2d(x, 3, 1, 1, count_include_pad=False)


def halving(x):
    return functional.max_pool2d(x, 3, 2)


class Block(nn.Module):
    """``rows``: name, inputs, outputs, kernel, stride, padding; ``wiring``: chains of names, a nested list forks."""

    def __init__(self, rows, wiring):
        super().__init__()
        for name, *shape in rows:
            setattr(self, name, Unit(*shape))
        self.wiring = wiring

    def forward(self, x):
        return torch.cat([self.follow(x, chain) for chain in self.wiring], 1)

    def follow(self, x, chain):
        for step in chain:
            if isinstance(step, list):
                x = torch.cat([getattr(self, name)(x) for name in step], 1)
            else:
                x = step(x) if callable(step) else getattr(self, step)(x)
        return x


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


class Reference(nn.Module):
    def __init__(self):
        super().__init__()
        self.Conv2d_1a_3x3 = Unit(3, 32, 3, 2)
        self.Conv2d_2a_3x3 = Unit(32, 32, 3)
        self.Conv2d_2b_3x3 = Unit(32, 64, 3, 1, 1)
        self.Conv2d_3b_1x1 = Unit(64, 80, 1)
        self.Conv2d_4a_3x3 = Unit(80, 192, 3)
        self.Mixed_5b, self.Mixed_5c, self.Mixed_5d = block_35(192, 32), block_35(256, 64), block_35(288, 64)
        self.Mixed_6a = block_to_17(288)
        self.Mixed_6b, self.Mixed_6c = block_17(128), block_17(160)
        self.Mixed_6d, self.Mixed_6e = block_17(160), block_17(192)
        self.Mixed_7a = block_to_8()
        self.Mixed_7b = block_8(1280, average)
        self.Mixed_7c = block_8(2048, lambda x: functional.max_pool2d(x, 3, 1, 1))
        self.fc = nn.Linear(2048, 1008)

    def forward(self, x):
        x = (x - 128) / 128
        for part in (self.Conv2d_1a_3x3, self.Conv2d_2a_3x3, self.Conv2d_2b_3x3, halving, self.Conv2d_3b_1x1,
                     self.Conv2d_4a_3x3, halving, self.Mixed_5b, self.Mixed_5c, self.Mixed_5d, self.Mixed_6a,
                     self.Mixed_6b, self.Mixed_6c, self.Mixed_6d, self.Mixed_6e, self.Mixed_7a, self.Mixed_7b,
                     self.Mixed_7c):  # fmt: skip
            x = part(x)
        features = x.mean((2, 3))
        return features, features @ self.fc.weight.T


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
def reference():
    """A reference whose activations keep their size through 94 layers, with every batch-norm term in play."""
    torch.manual_seed(3)
    model = Reference()
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.7, 1.3)
            nn.init.normal_(module.bias, 0, 0.2)
            nn.init.normal_(module.running_mean, 0, 0.2)
            nn.init.uniform_(module.running_var, 0.7, 1.3)
    return model.eval()


@pytest.fixture(scope="module")
def network(reference, tmp_path_factory) -> keras.Model:
    path = tmp_path_factory.mktemp("weights") / "random.pth"
    torch.save(reference.state_dict(), path)
    return load_inception(path)


@pytest.fixture(scope="module")
def pictures() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (3, 37, 53, 3)).astype(np.float32)


def test_pool_features_and_logits_are_those_of_the_reference(reference, network, pictures) -> None:
    resized = np.stack([resize_by_loops(picture.astype(np.float64), 299) for picture in pictures])
    with torch.no_grad():
        features, logits = reference(torch.tensor(resized.transpose(0, 3, 1, 2), dtype=torch.float32))
    ours = [keras.ops.convert_to_numpy(out) for out in network(pictures, training=False)]
    assert ours[0].shape == (3, 2048) and ours[1].shape == (3, 1008)
    scale = features.abs().max().item()
    assert features.std(0).max() > 0.01 * scale  # pictures differ, so an input that is ignored would be seen
    np.testing.assert_allclose(ours[0] / scale, features.numpy() / scale, atol=1e-4)
    np.testing.assert_allclose(ours[1] / scale, logits.numpy() / scale, atol=1e-4)


def test_parameter_count_is_the_reference_less_scales_and_output_bias(reference, network) -> None:
    ours = sum(int(np.prod(weight.shape)) for weight in network.trainable_weights)
    scales = sum(module.weight.numel() for module in reference.modules() if isinstance(module, nn.BatchNorm2d))
    assert ours == sum(p.numel() for p in reference.parameters()) - scales - reference.fc.bias.numel()
    assert ours == 23_832_736


def test_features_do_not_depend_on_the_batch(network, pictures) -> None:
    together = keras.ops.convert_to_numpy(network(pictures, training=False)[0])
    alone = keras.ops.convert_to_numpy(network(pictures[1:2], training=False)[0])
    np.testing.assert_allclose(together[1:2], alone, atol=1e-4 * np.abs(alone).max())


def test_resize_is_tensorflow_ones(pictures) -> None:
    tf = pytest.importorskip("tensorflow")
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


def test_a_state_without_scales_and_an_npz_load_alike(reference, network, pictures, tmp_path: Path) -> None:
    state = {name: value.numpy() for name, value in reference.state_dict().items()}
    np.savez(tmp_path / "weights.npz", **state)
    again = load_inception(tmp_path / "weights.npz")
    for ours, theirs in zip(again.get_weights(), network.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    bare = {name: value for name, value in state.items() if not name.endswith("bn.weight")}
    copy_state(again, bare, weights_of, "bare")
    np.testing.assert_array_equal(again.get_layer("Mixed_7c.branch_pool.bn").get_weights()[1],
                                  state["Mixed_7c.branch_pool.bn.running_mean"])  # fmt: skip


def test_wrong_files_are_named(reference, tmp_path: Path) -> None:
    with pytest.raises(GanappsError, match=r"no Inception weights at .*nowhere.pth"):
        load_inception(tmp_path / "nowhere.pth")
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    with pytest.raises(GanappsError, match=r"other.npz does not hold .* missing"):
        load_inception(tmp_path / "other.npz")
    state = {name: value.numpy() for name, value in reference.state_dict().items()} | {"fc.weight": np.zeros((7, 2048))}
    np.savez(tmp_path / "seven.npz", **state)
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


def test_as_an_extractor_it_takes_any_picture_and_carries_the_sum_of_its_weights(reference, network, tmp_path) -> None:
    path = tmp_path / "random.pth"
    torch.save(reference.state_dict(), path)
    extractor = open_extractor(f"inception:{path}")
    assert extractor.name == f"inception-{extractor.digest[:8]}" and extractor.score == "inception-score"
    grey = np.random.default_rng(0).integers(0, 256, (2, 28, 28, 1), np.uint8)
    reading = extractor.read(grey)
    expected = keras.ops.convert_to_numpy(network(np.repeat(grey, 3, axis=-1).astype(np.float32), training=False)[0])
    np.testing.assert_allclose(reading.features, expected, atol=1e-4 * np.abs(expected).max())
    assert reading.probabilities.shape == (2, 1008)
    np.testing.assert_allclose(reading.probabilities.sum(1), 1, atol=1e-5)
