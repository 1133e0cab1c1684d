"""Where the weights of ``inception-2015-12-05`` come from, and how they get into the network.

The published file is a PyTorch state dictionary (the one that pytorch-fid and torch-fidelity use). It is downloaded
once into the user's cache, checked by its sha256, and read without PyTorch. A .npz with the same names works too.
"""

import hashlib
import shutil
import urllib.request
from pathlib import Path

import keras
import numpy as np

from ganapps.data.cache import cache_folder
from ganapps.errors import GanappsError
from ganapps.evaluate.inception import inception_network
from ganapps.networks.state_dict import State, copy_state
from ganapps.networks.torch_file import read_torch_file

FILE = "pt_inception-2015-12-05-6726825d.pth"
URL = f"https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights/{FILE}"
SHA256 = "6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2"
TIMEOUT = 60


def published_weights() -> Path:
    """The checked file in the cache, downloaded (96 MB) when it is not there yet.

    Raises:
        GanappsError: it cannot be fetched, or is not the published file.
    """
    path = cache_folder() / "extractors" / FILE
    if not path.exists():
        _download(path)
    return path


def load_inception(path: Path) -> keras.Model:
    """The network with the weights of a .npz or .pth file that follows the published names.

    Raises:
        GanappsError: the file is missing or holds something else.
    """
    if not path.is_file():
        raise GanappsError(f"There are no Inception weights at {path}; give the .pth or .npz file that holds them.")
    network = inception_network()
    state = dict(np.load(path)) if path.suffix == ".npz" else read_torch_file(path)
    copy_state(network, state, weights_of, f"{path} does not hold inception-2015-12-05")
    return network


def weights_of(layer: keras.Layer, state: State) -> list[np.ndarray]:
    """A layer's weights from the state dictionary.

    The network's batch norm has no scale. A state with one is folded exactly: ``g (w * x - m) = (g w) * x - g m``.
    """
    name = layer.name
    if isinstance(layer, keras.layers.Conv2D):
        scale = _scale(state, name.removesuffix("conv") + "bn")
        return [(state[f"{name}.weight"] * scale[:, None, None, None]).transpose(2, 3, 1, 0)]
    if isinstance(layer, keras.layers.BatchNormalization):
        mean = state[f"{name}.running_mean"] * _scale(state, name)
        return [state[f"{name}.bias"], mean, state[f"{name}.running_var"]]
    return [state["fc.weight"].T] if isinstance(layer, keras.layers.Dense) else []


def _scale(state: State, name: str) -> np.ndarray:
    return state[f"{name}.weight"] if f"{name}.weight" in state else np.ones_like(state[f"{name}.bias"])


def _download(path: Path) -> None:
    way_out = f"put it at {path}, or choose the extractor inception:PATH or a judge"
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".part")
    try:
        with urllib.request.urlopen(URL, timeout=TIMEOUT) as response, aside.open("wb") as file:
            shutil.copyfileobj(response, file)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise GanappsError(f"The Inception weights could not be fetched from {URL} ({error}); {way_out}.") from error
    if hashlib.sha256(aside.read_bytes()).hexdigest() != SHA256:
        aside.unlink()
        raise GanappsError(f"What {URL} gave is not the published file (its sha256 differs); {way_out}.")
    aside.replace(path)
