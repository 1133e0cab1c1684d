"""Read a PyTorch state dictionary without PyTorch, and without running anything that a pickle may ask for.

Both layouts of ``torch.save`` are known: the zip archive (``data.pkl`` and one file a storage) and the older stream of
pickles followed by the storages.
"""

import io
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from ganapps.errors import GanappsError

LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
DTYPES = {
    "DoubleStorage": "<f8", "FloatStorage": "<f4", "HalfStorage": "<f2", "LongStorage": "<i8", "IntStorage": "<i4",
    "ShortStorage": "<i2", "CharStorage": "i1", "ByteStorage": "u1", "BoolStorage": "?",
}  # fmt: skip


def read_torch_file(path: Path) -> dict[str, np.ndarray]:
    """The tensors of a state dictionary by name.

    Raises:
        GanappsError: the file is no state dictionary in either layout.
    """
    try:
        if zipfile.is_zipfile(path):
            return _from_zip(path)
        with path.open("rb") as file:
            return _from_stream(file)
    except (pickle.UnpicklingError, zipfile.BadZipFile, EOFError, KeyError, ValueError, AttributeError) as error:
        raise GanappsError(f"{path} is not a PyTorch state dictionary that can be read safely ({error}).") from error


class _Storage(NamedTuple):
    dtype: str
    key: str


class _View(NamedTuple):
    """A tensor as the pickle describes it: a strided window into a storage, all counted in elements."""

    storage: _Storage
    offset: int
    size: tuple[int, ...]
    stride: tuple[int, ...]

    def of(self, buffers: dict[str, bytes]) -> np.ndarray:
        dtype = np.dtype(self.storage.dtype)
        buffer = buffers[self.storage.key]
        if not buffer and 0 not in self.size:  # numpy takes an empty buffer for no buffer at all
            raise ValueError("a storage is cut short")
        strides = [step * dtype.itemsize for step in self.stride]
        # This constructor, unlike as_strided, refuses a window that leaves the buffer.
        return np.ndarray(self.size, dtype, buffer, self.offset * dtype.itemsize, strides).copy()


class _Pickle(pickle.Unpickler):
    """Builds views where torch would build tensors; any other class in the file is an error."""

    def find_class(self, module: str, name: str) -> Any:
        if module == "torch" and name in DTYPES:
            return DTYPES[name]
        known = {
            ("collections", "OrderedDict"): OrderedDict,
            ("torch._utils", "_rebuild_tensor_v2"): lambda storage, offset, size, stride, *_: _View(
                storage, offset, size, stride
            ),
            ("torch._utils", "_rebuild_parameter"): lambda data, *_: data,
        }
        if (module, name) not in known:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}")
        return known[module, name]

    def persistent_load(self, pid: Any) -> _Storage:
        _, dtype, key, *_ = pid
        return _Storage(dtype, key)


def _from_zip(path: Path) -> dict[str, np.ndarray]:
    with zipfile.ZipFile(path) as archive:
        index = next(name for name in archive.namelist() if name.endswith("data.pkl"))
        root = index.removesuffix("data.pkl")
        views = _views(_Pickle(io.BytesIO(archive.read(index))).load())
        keys = {view.storage.key for view in views.values()}
        buffers = {key: archive.read(f"{root}data/{key}") for key in keys}
    return {name: view.of(buffers) for name, view in views.items()}


def _from_stream(file: BinaryIO) -> dict[str, np.ndarray]:
    if _Pickle(file).load() != LEGACY_MAGIC:
        raise pickle.UnpicklingError("it does not begin as torch.save begins")
    for _ in ("protocol", "machine"):
        _Pickle(file).load()
    views = _views(_Pickle(file).load())
    dtypes = {view.storage.key: np.dtype(view.storage.dtype) for view in views.values()}
    buffers = {}
    for key in _Pickle(file).load():
        count = int.from_bytes(file.read(8), "little")
        buffers[key] = file.read(count * dtypes[key].itemsize)
    return {name: view.of(buffers) for name, view in views.items()}


def _views(loaded: Any) -> dict[str, _View]:
    return {name: value for name, value in loaded.items() if isinstance(value, _View)}
