"""Runs an edge bundle with LiteRT or ONNX Runtime, the way a phone would: no TensorFlow, no Keras.

A bundle is the folder that ``ganapps export`` writes: model files and ``card.json``, which describes them.

    bundle = Bundle("exports/digits-dcgan")
    pictures = bundle.sample(16, seed=1)                  # uint8 (16, height, width, channels)
    picture = bundle.translate(Image.open("photo.jpg"))   # uint8 (height, width, channels)
"""

import hashlib
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps

from ganapps.errors import GanappsError, nearest

FORMAT, PRECISIONS = 1, ("float32", "float16", "int8")


def read_card(folder: Path) -> dict[str, Any]:
    """The bundle's ``card.json``. Raises GanappsError when the folder holds none that this version can read."""
    path = folder / "card.json"
    if not path.is_file():
        raise GanappsError(f"'{folder}' is no edge bundle: it has no card.json; write one with ganapps export.")
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise GanappsError(f"'{path}' is damaged ({error}); copy or export the bundle again.") from error
    if card.get("format") != FORMAT:
        raise GanappsError(f"'{path}' has format {card.get('format')}, this version reads {FORMAT}; export it again.")
    return card


def fit_picture(image: Image.Image | np.ndarray, shape: tuple[int, int, int]) -> np.ndarray:
    """Turn a picture upright, crop it around its centre to the shape's aspect and resize it (bicubic).

    ``image`` is a PIL image of any mode and size, or a uint8 array (H, W), (H, W, 1), (H, W, 3) or (H, W, 4); the
    result is uint8 of ``shape``, (height, width, 1 or 3). GanappsError for an array that is no picture.
    """
    height, width, channels = shape
    if isinstance(image, np.ndarray):
        if image.dtype != np.uint8 or image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] not in (1, 3, 4)):
            raise GanappsError(f"A picture is a uint8 array (H, W[, 1, 3 or 4]); got {image.dtype} {image.shape}.")
        image = Image.fromarray(image[..., 0] if image.ndim == 3 and image.shape[2] == 1 else image)
    upright = ImageOps.exif_transpose(image).convert("L" if channels == 1 else "RGB")
    return np.asarray(ImageOps.fit(upright, (width, height), Image.Resampling.BICUBIC)).reshape(shape)


def draw_latents(card: dict[str, Any], n: int, seed: int, truncation: float = 1.0) -> dict[str, np.ndarray]:
    """n latents, times ``truncation``, for each latent input of a card: float32 (n, ...), by name; a seed fixes them."""
    generator, drawn = np.random.default_rng(seed), {}
    for name, spec in card["inputs"].items():
        if spec["kind"] == "latent":
            shape, uniform = (n, *spec["shape"]), spec["distribution"] == "uniform"
            draw = generator.uniform(-1, 1, shape) if uniform else generator.standard_normal(shape)
            drawn[name] = (truncation * draw).astype(np.float32)
    return drawn


def litert(model: Path, signature: str, threads: int) -> Callable[..., dict[str, np.ndarray]]:
    """The signature of a .tflite as a function of named arrays that gives named arrays."""
    from ai_edge_litert.interpreter import Interpreter

    return Interpreter(model_path=str(model), num_threads=threads).get_signature_runner(signature)


def onnx(model: Path, threads: int) -> Callable[..., dict[str, np.ndarray]]:
    """An ONNX file as a function of named arrays that gives named arrays."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # others need the cores meanwhile
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return lambda **inputs: dict(zip(names, session.run(names, inputs), strict=True))


class Runner:
    """One ``.tflite`` or ``.onnx`` file of a bundle, loaded, on so many CPU threads.

    Safe to call from several threads: the calls wait for one another.
    """

    def __init__(self, card: dict[str, Any], model: Path, threads: int = 1) -> None:
        self.card = card
        self._call = onnx(model, threads) if model.suffix == ".onnx" else litert(model, card["signature"], threads)
        self._lock = threading.Lock()

    def run(self, **inputs: Any) -> np.ndarray:
        """Run on inputs given by the card's names, shapes and types; returns the card's output.

        Each input is one item, or a batch with a leading axis; then the output is a batch too, and single items go
        with every item of it. GanappsError for an input that is missing, unknown or not of the card's shape and type.
        """
        specs = self.card["inputs"]
        for name in inputs.keys() - specs.keys():
            raise GanappsError(f"The bundle has no input '{name}'.{nearest(name, specs)}")
        arrays = {name: _checked(name, spec, inputs) for name, spec in specs.items()}
        batched = {name: array for name, array in arrays.items() if array.ndim > len(specs[name]["shape"])}
        if len({len(array) for array in batched.values()}) > 1:
            raise GanappsError("The inputs are batches of different sizes.")
        outputs = []
        for i in range(len(next(iter(batched.values()))) if batched else 1):
            item = arrays | {name: array[i] for name, array in batched.items()}
            with self._lock:
                result = self._call(**{name: array[None] for name, array in item.items()})
            outputs.append(result[self.card["output"]["name"]][0])
        return np.stack(outputs) if batched else outputs[0]

    def sample(self, n: int, seed: int, label: Any = None, truncation: float = 1.0, **inputs: Any) -> np.ndarray:
        """Draw n latents (the same for the same seed, on every machine) and run them.

        ``label`` is a class number, a class name, or n numbers; None goes through the classes in turn. ``truncation``, in
        (0, 1], multiplies the latents: below 1 gives more typical, less varied pictures.

        Returns uint8 (n, height, width, channels) in [0, 255], or float32 (n, ...) where the output is a vector.
        """
        if n < 1 or not 0 < truncation <= 1:
            raise GanappsError(f"n is at least 1 and truncation lies in (0, 1]; got {n} and {truncation}.")
        specs = self.card["inputs"].items()
        labels = {name: _labels(n, label, spec["classes"]) for name, spec in specs if spec["kind"] == "label"}
        return self.run(**inputs, **draw_latents(self.card, n, seed, truncation), **labels)

    def translate(self, image: Image.Image | np.ndarray, **inputs: Any) -> np.ndarray:
        """Fit a picture (see fit_picture) to the bundle's size and run it; other inputs go by name."""
        for name, spec in self.card["inputs"].items():
            if spec["kind"] == "image":
                return self.run(**{name: fit_picture(image, tuple(spec["shape"]))}, **inputs)
        raise GanappsError(f"'{self.card['name']}' takes no picture; draw from it with sample.")


class Bundle:
    """An edge bundle: its card and its files, each checked against its SHA-256 and loaded when first used.

    ``run``, ``sample`` and ``translate`` are Runner's, and take ``precision`` ("float32", "float16", "int8"; without one
    the card's first, the widest) and ``runtime`` ("litert", "onnx") too. ``path`` is its folder, ``threads`` how many CPU
    threads a call uses. GanappsError for a missing or damaged bundle.
    """

    def __init__(self, path: str | Path, threads: int = 1) -> None:
        self.path, self.threads, self.card = Path(path), threads, read_card(Path(path))
        self._runners: dict[str, Runner] = {}
        self._lock = threading.Lock()

    def runner(self, precision: str = "", runtime: str = "litert") -> Runner:
        """The loaded file of that precision and runtime."""
        files = {(told["precision"], told["runtime"]): name for name, told in self.card["files"].items()}
        precision = precision or next((one for one, where in files if where == runtime), "float32")
        if (name := files.get((precision, runtime))) is None:
            have = ", ".join(map(" ".join, files))
            raise GanappsError(f"The bundle '{self.path}' has no {precision} {runtime} file, only {have}.")
        with self._lock:
            if name not in self._runners:
                model = self.path / name
                digest = hashlib.sha256(model.read_bytes()).hexdigest() if model.is_file() else None
                if digest != self.card["files"][name]["sha256"]:
                    state = "damaged (its SHA-256 is not the card's)" if digest else "missing"
                    raise GanappsError(f"'{model}' is {state}; copy or export the bundle again.")
                self._runners[name] = Runner(self.card, model, self.threads)
            return self._runners[name]

    def run(self, precision: str = "", runtime: str = "litert", **inputs: Any) -> np.ndarray:
        return self.runner(precision, runtime).run(**inputs)

    def sample(self, n: int, seed: int, precision: str = "", runtime: str = "litert", **more: Any) -> np.ndarray:
        return self.runner(precision, runtime).sample(n, seed, **more)

    def translate(self, image: Any, precision: str = "", runtime: str = "litert", **inputs: Any) -> np.ndarray:
        return self.runner(precision, runtime).translate(image, **inputs)


def _checked(name: str, spec: dict[str, Any], inputs: dict[str, Any]) -> np.ndarray:
    if name not in inputs:
        raise GanappsError(f"The bundle needs the input '{name}': {spec['dtype']} {spec['shape']}.")
    array, shape = np.asarray(inputs[name]), tuple(spec["shape"])
    if shape not in (array.shape, array.shape[1:]) or 0 in array.shape:
        raise GanappsError(f"The input '{name}' has shape {shape}, or (n, ...) for a batch; got {array.shape}.")
    if not np.can_cast(array.dtype, spec["dtype"], "same_kind"):
        raise GanappsError(f"The input '{name}' is {spec['dtype']}; got {array.dtype}.")
    classes = len(spec["classes"])
    if spec["kind"] == "label" and classes and not 0 <= array.min() <= array.max() < classes:
        raise GanappsError(f"The input '{name}' is a class number from 0 to {classes - 1}; got {array.tolist()}.")
    return array.astype(spec["dtype"])


def _labels(n: int, label: Any, classes: list[str]) -> Any:
    if isinstance(label, str) and label in classes:
        return classes.index(label)
    if isinstance(label, str):
        raise GanappsError(f"The bundle has no class '{label}'.{nearest(label, classes)}")
    if label is None and not classes:
        raise GanappsError("The bundle's card names no classes; give the class number as label.")
    return np.arange(n) % len(classes) if label is None else label
