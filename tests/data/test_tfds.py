"""Sets of TensorFlow Datasets, with made-up rows in place of downloads."""

import contextlib

import numpy as np
import pytest

from ganapps.data import catalogue, tfds_rows
from ganapps.data.pipeline import batches
from ganapps.errors import GanappsError, UsageError

tfds = pytest.importorskip("tensorflow_datasets")
ROWS = 10


@pytest.fixture
def prepared(monkeypatch, tmp_path):
    """A machine on which sets with the given splits are already prepared; which part was asked for is noted."""
    asked: list[str] = []
    monkeypatch.setenv("GANAPPS_CACHE", str(tmp_path / "cache"))

    @contextlib.contextmanager
    def machine(splits: str, rows=None):
        known = tfds.core.splits.SplitDict([split_info(name) for name in splits.split()])
        monkeypatch.setattr(tfds.core.DatasetInfo, "splits", property(lambda self: known))
        with tfds.testing.mock_data(num_examples=ROWS, as_dataset_fn=rows and made_up(rows)):
            inner = tfds.core.DatasetBuilder.as_dataset

            def note(self, **how):
                asked.append(how["split"])
                return inner(self, **how)

            monkeypatch.setattr(tfds.core.DatasetBuilder, "as_dataset", note)
            yield asked

    return machine


def split_info(name):
    template = tfds.core.ShardedFileTemplate(
        data_dir="/nowhere", dataset_name="made_up", split=name, filetype_suffix="tfrecord"
    )
    return tfds.core.splits.SplitInfo(name=name, shard_lengths=[ROWS], num_bytes=1, filename_template=template)


def made_up(row):
    """A stand-in for reading a set: row i is ``row(i)``."""

    def as_dataset(self, *args, **kwargs):
        import tensorflow as tf

        features = self.info.features
        data = tf.data.Dataset.from_generator(
            lambda: (row(i) for i in range(ROWS)), output_types=features.dtype, output_shapes=features.shape
        )
        return data.apply(tf.data.experimental.assert_cardinality(ROWS))

    return as_dataset


def test_cifar10_gives_pictures_and_labels(prepared):
    def row(i):
        return {"id": str(i), "image": np.full((32, 32, 3), 10 * i, np.uint8), "label": i}

    with prepared("train test", row) as asked:
        card = catalogue.describe("tfds:cifar10")
        source = catalogue.open("tfds:cifar10")
    assert asked == ["train"] and card.sizes == {"train": ROWS, "test": ROWS}
    assert source.streams == {"main": ROWS} and len(source.info.classes) == 10
    rows = source.take("main", np.arange(ROWS))
    assert rows["image"].shape == (ROWS, 32, 32, 3) and list(rows["label"]) == list(range(ROWS))
    np.testing.assert_allclose((rows["image"][:, 0, 0, 0] + 1) * 127.5, 10 * np.arange(ROWS), atol=1e-4)
    assert next(batches(source, 2, seed=0).as_numpy_iterator())["image"].shape == (2, 32, 32, 3)


def test_celeba_gives_its_forty_attributes(prepared):
    with prepared("train validation test") as asked:
        names = list(tfds.builder("celeb_a").info.features["attributes"])
        source = catalogue.open("tfds:celeb_a", "test", resolution=32)
        read = list(tfds.as_numpy(tfds.load("celeb_a", split="test")))
    assert asked[0] == "test" and source.info.attributes == tuple(names) and len(names) == 40
    attributes = source.take("main", np.arange(ROWS))["attributes"]
    assert attributes.shape == (ROWS, 40) and attributes.dtype == np.float32
    np.testing.assert_array_equal(attributes, [[row["attributes"][name] for name in names] for row in read])
    assert source.info.resolution is None and source.info.fields["image"].shape == (32, 32, 3)


def test_cycle_gan_sets_are_two_unpaired_domains(prepared):
    with prepared("trainA trainB testA testB") as asked:
        card = catalogue.describe("tfds:cycle_gan/horse2zebra")
        source = catalogue.open("tfds:cycle_gan/horse2zebra", "test", resolution=16)
    assert card.paired is False and set(card.fields) == {"a", "b"}
    assert asked == ["testA", "testB"] and source.streams == {"a": ROWS, "b": ROWS}
    assert source.take("b", np.arange(2))["b"].shape == (2, 16, 16, 3)


@pytest.mark.parametrize(
    ("splits", "parts"),
    [
        ("train test validation", ["train", "test"]),
        ("train validation", ["train", "validation"]),
        ("train", ["train[:90%]", "train[90%:]"]),
    ],
)
def test_a_test_split_is_found_or_cut_off(prepared, splits, parts):
    with prepared(splits) as asked:
        for split in ("train", "test"):
            catalogue.open("tfds:oxford_flowers102", split, resolution=8)
        sizes = catalogue.describe("tfds:oxford_flowers102").sizes
    assert asked == parts
    assert sizes == ({"train": 9, "test": 1} if parts[0] != "train" else {"train": ROWS, "test": ROWS})


def test_a_set_without_train_split_is_explained(prepared):
    with prepared("test other"), pytest.raises(GanappsError, match="has no split 'train', only test, other"):
        catalogue.open("tfds:cifar10")


def test_a_feature_may_be_chosen(prepared):
    with prepared("train test"):
        assert len(catalogue.describe("tfds:cifar100").classes) == 100
        coarse = catalogue.open("tfds:cifar100,label=coarse_label")
        assert len(coarse.info.classes) == 20 and coarse.take("main", np.arange(2))["label"].max() < 20
        with pytest.raises(UsageError, match="several features for the image, lr and hr: write image=NAME"):
            catalogue.describe("tfds:div2k/bicubic_x4")
        assert set(catalogue.describe("tfds:div2k/bicubic_x4,image=hr").fields) == {"image"}
        with pytest.raises(UsageError, match=r"no feature 'lable' .*Did you mean 'label'"):
            catalogue.describe("tfds:cifar10,label=lable")


def test_a_set_without_pictures_is_explained():
    with pytest.raises(GanappsError, match="tfds:ag_news_subset has no pictures"):
        catalogue.describe("tfds:ag_news_subset")


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("tfds:cifar11", "no set 'cifar11'.* Did you mean 'cifar10'?"),
        ("tfds:cycle_gan/horse2cow", "cannot build 'cycle_gan/horse2cow'"),
    ],
)
def test_an_unknown_set_is_explained(spec, message):
    with pytest.raises(UsageError, match=message):
        catalogue.describe(spec)


def test_what_cannot_be_downloaded_is_explained(monkeypatch, tmp_path, caplog):
    def no_internet(self, *args, **kwargs):
        raise ConnectionError("host not found\nand more")

    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(tfds.core.DatasetBuilder, "download_and_prepare", no_internet)
    with pytest.raises(GanappsError) as raised:
        catalogue.open("tfds:cifar10")
    message = str(raised.value)
    assert "host not found; on a machine with internet run `tfds build cifar10`" in message and "\n" not in message
    assert "not on this machine yet" in caplog.text
    with pytest.raises(GanappsError, match="mnist is not on this machine: put the four idx files"):
        monkeypatch.delenv("GANAPPS_DATA", raising=False)
        catalogue.open("mnist")


def test_mnist_comes_through_tfds_when_there_are_no_files(prepared, monkeypatch):
    monkeypatch.delenv("GANAPPS_DATA", raising=False)

    def row(i):
        return {"image": np.full((28, 28, 1), 10 * i, np.uint8), "label": i}

    with prepared("train test", row):
        source = catalogue.open("mnist", "test", resolution=32)
    assert source.info.name == "mnist" and list(source.columns["main"]["label"]) == list(range(ROWS))
    assert list(source.columns["main"]["image"][:, 16, 16, 0]) == [10 * i for i in range(ROWS)]


def test_what_exceeds_the_memory_is_laid_once_into_the_cache(prepared, monkeypatch, tmp_path):
    with prepared("train test") as asked:
        kept = catalogue.open("tfds:celeb_a", resolution=8)
        monkeypatch.setattr(tfds_rows, "MEMORY_BUDGET", 0)
        mapped = catalogue.open("tfds:celeb_a", resolution=8)
        with monkeypatch.context() as patch:
            patch.setattr(tfds_rows.Reader, "_fill", None)
            again = catalogue.open("tfds:celeb_a", resolution=8)
    assert asked == ["train"] * 3
    rows = np.array([3, 1, 1])
    for source in (mapped, again):
        assert isinstance(source.columns["main"]["image"], np.memmap)
        for name, values in kept.take("main", rows).items():
            np.testing.assert_array_equal(source.take("main", rows)[name], values)
    assert not list((tmp_path / "cache").rglob("*.part"))
