"""Files of the small networks that measure: ``NAME.npz`` (kernels as float16) and ``NAME.json``, the card that says what
they were trained on and how often they are right."""

import hashlib
import json
from pathlib import Path
from typing import Any

import keras
import numpy as np


def write(network: keras.Model, card: dict[str, Any], folder: Path) -> None:
    """Write the two files; the card gets the .npz file's sha256."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays = {weight.path: _stored(keras.ops.convert_to_numpy(weight)) for weight in network.weights}
    np.savez_compressed(folder / f"{card['name']}.npz", **arrays)  # type: ignore[arg-type]
    full = card | {"sha256": hashlib.sha256((folder / f"{card['name']}.npz").read_bytes()).hexdigest()}
    (folder / f"{card['name']}.json").write_text(json.dumps(full, indent=2) + "\n")


def read_card(folder: Path, name: str) -> dict[str, Any]:
    """The card of ``NAME``."""
    return json.loads((folder / f"{name}.json").read_text())


def restore(network: keras.Model, folder: Path, name: str) -> None:
    """Give ``network`` the weights of ``NAME.npz``."""
    with np.load(folder / f"{name}.npz") as stored:
        network.set_weights([stored[weight.path].astype(np.float32) for weight in network.weights])


def run(network: keras.Model, images: np.ndarray, batch: int) -> list[np.ndarray]:
    """Every output of a network on pictures (N, H, W, C), ``batch`` at a time."""
    parts = []
    for start in range(0, len(images), batch):
        outs = network(images[start : start + batch], training=False)
        parts.append([keras.ops.convert_to_numpy(out) for out in (outs if isinstance(outs, list) else [outs])])
    return [np.concatenate(outs) for outs in zip(*parts, strict=True)]


def _stored(array: np.ndarray) -> np.ndarray:
    """Kernels as float16; the few vectors stay float32."""
    return array.astype(np.float16) if array.ndim > 1 else array
