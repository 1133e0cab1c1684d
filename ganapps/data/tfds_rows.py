"""The rows of a prepared set of TensorFlow Datasets: which of its splits to read, and reading them into arrays."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from ganapps.data.cache import cache_folder, save_arrays
from ganapps.data.file_source import MEMORY_BUDGET
from ganapps.data.pictures import fit, to_plain
from ganapps.errors import GanappsError

if TYPE_CHECKING:
    from tensorflow_datasets.core import DatasetBuilder

TEST_NAMES = ("test", "validation", "val")
TWO_DOMAINS = ("cycle_gan",)


@dataclass(frozen=True)
class Roles:
    """Which feature of a set plays which part; None where it has none."""

    image: str
    label: str | None
    attributes: str | None


def parts_of(builder: DatasetBuilder, split: str) -> dict[str, str]:
    """For each stream the part of the set that is this split, in the slicing notation of TensorFlow Datasets.

    Raises:
        GanappsError: the set has nothing called "train".
    """
    if builder.name in TWO_DOMAINS:
        return {stream: _part(builder, split, stream.upper()) for stream in "ab"}
    return {"main": _part(builder, split, "")}


def size_of(builder: DatasetBuilder, split: str) -> int:
    """The rows of a split, of the shorter domain where there are two; for a prepared set."""
    return min(int(builder.info.splits[part].num_examples) for part in parts_of(builder, split).values())


def _part(builder: DatasetBuilder, split: str, domain: str) -> str:
    train = f"train{domain}"
    if train not in builder.info.splits:
        raise GanappsError(f"tfds:{builder.name} has no split '{train}', only {', '.join(builder.info.splits)}.")
    test = next((f"{name}{domain}" for name in TEST_NAMES if f"{name}{domain}" in builder.info.splits), None)
    if split == "train":
        return train if test else f"{train}[:90%]"
    return test or f"{train}[90%:]"


@dataclass(frozen=True)
class Reader:
    """Reads splits of a prepared set into arrays, the pictures at one size."""

    builder: DatasetBuilder
    roles: Roles
    resolution: int
    channels: int

    def read(self, part: str) -> dict[str, np.ndarray]:
        """The fields of a split, or of a part of one in the slicing notation of TensorFlow Datasets."""
        rows = self.builder.as_dataset(split=part, shuffle_files=False)
        shape = (int(rows.cardinality()), self.resolution, self.resolution, self.channels)
        if np.prod(shape, dtype=np.int64) <= MEMORY_BUDGET:
            images = np.empty(shape, np.uint8)
            return {"image": images} | self._fill(images, rows)
        folder = cache_folder() / "tfds" / self.builder.info.full_name.replace("/", "-") / self._key(part)
        whole = folder / "image.npy"
        if not whole.exists():
            folder.mkdir(parents=True, exist_ok=True)
            aside = folder / f"image-{os.getpid()}.part"
            laid_out = np.lib.format.open_memmap(aside, mode="w+", dtype=np.uint8, shape=shape)
            save_arrays(folder, self._fill(laid_out, rows))
            laid_out.flush()
            os.replace(aside, whole)
        return {path.stem: np.load(path, mmap_mode="r") for path in sorted(folder.glob("*.npy"))}

    def _fill(self, images: np.ndarray, rows: Any) -> dict[str, np.ndarray]:
        """Writes the pictures into ``images``; returns the other fields."""
        import tensorflow_datasets as tfds

        labels, attributes = [], []
        for i, row in enumerate(tfds.as_numpy(rows)):
            picture = row[self.roles.image]
            plain = to_plain(Image.fromarray(picture[..., 0] if picture.shape[-1] == 1 else picture))
            images[i] = fit(plain, self.resolution, self.channels)
            if self.roles.label:
                labels.append(row[self.roles.label])
            if self.roles.attributes:
                attributes.append(list(row[self.roles.attributes].values()))
        found = {"label": np.array(labels, np.int32), "attributes": np.array(attributes, np.float32)}
        return {name: column for name, column in found.items() if len(column)}

    def _key(self, part: str) -> str:
        kept = "".join(sign if sign.isalnum() else "_" for sign in part)
        return f"{kept}-{self.roles.image}-{self.roles.label}-{self.resolution}-{self.channels}"
