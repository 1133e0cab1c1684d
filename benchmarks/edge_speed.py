"""How fast a phone's files run beside Keras: one item at a time, each engine in a process of its own, in turns.

    python benchmarks/edge_speed.py                                  # the list below, about half an hour on 2 cores
    python benchmarks/edge_speed.py dcgan:small cyclegan:small       # some models
    python benchmarks/edge_speed.py --rounds 2 --seconds 1 gan:paper

Each model is built with random weights (they do not change the time), exported as a bundle, and run by Keras
(``predict_on_batch``), LiteRT (float32, float16, int8) and ONNX Runtime on 1 and 2 threads. A round starts one process
for each engine; rounds begin with another engine each time, so that a busy minute of the machine meets them all. The
median over all rounds goes to ``benchmarks/results/edge_speed.json`` and to a table, with the ratio to LiteRT float32
on 1 thread, the file's size and its largest difference from Keras in grey levels (of 255ths of the range for points).
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

MODELS = ("gan:paper", "dcgan:paper", "acgan:paper", "wgan-gp:paper", "cyclegan:small", "cyclegan:paper")
FILES = {
    "LiteRT float32": "model_float32.tflite",
    "LiteRT float16": "model_float16.tflite",
    "LiteRT int8": "model_int8.tflite",
    "ONNX Runtime": "model.onnx",
}
ENGINES = [(engine, threads) for engine in ("Keras predict", *FILES) for threads in (1, 2)]
BASE = ("LiteRT float32", 1)
PACKAGES = ("keras", "tensorflow", "ai-edge-litert", "onnxruntime")
RESULTS = Path(__file__).parent / "results" / "edge_speed.json"


def build(model: str, preset: str, folder: Path) -> dict[str, Any]:
    """Export a freshly initialised model's first signature into ``folder``, with its Keras network beside it."""
    import keras

    from ganapps import registry
    from ganapps.engine import inference
    from ganapps.export.bundle import export
    from ganapps.export.card import Facts

    keras.utils.set_random_seed(0)
    entry = registry.get(model)
    signature = next(iter(entry.load()(**entry.presets[preset]).signatures().values()))

    def inputs(n: int, seed: int) -> dict[str, np.ndarray]:
        generator = np.random.default_rng(seed)
        pictures = {
            name: generator.integers(0, 256, (n, *spec.shape)).astype(np.float32) / 127.5 - 1
            for name, spec in signature.inputs.items()
            if spec.kind == "image"
        }
        return inference.draw_inputs(signature, n, seed, **pictures)

    facts = Facts(model, model, entry.title, "For timing only.", {}, {"name": "none"}, "Random weights.")
    export(signature, folder, facts=facts, calibration=[inputs(8, 1)], reference=inputs(2, 2))
    signature.network.save(folder / "network.keras")
    return {"preset": preset, "signature": signature.name, "parameters": signature.network.count_params()}


def work(model: str, engine: str, threads: int, folder: Path, seconds: float) -> list[float]:
    """Milliseconds of each call of one engine, for so many seconds and at least five calls, after two that warm up."""
    from ganapps.edge import Runner, read_card
    from ganapps.export.latency import typical_inputs

    card = read_card(folder)
    inputs = typical_inputs(card)
    if engine == "Keras predict":
        call = keras_call(model, threads, folder, card, inputs)
    else:
        runner = Runner(card, folder / FILES[engine], threads)

        def call() -> None:
            runner.run(**inputs)

    for _ in range(2):
        call()
    times: list[float] = []
    start = time.perf_counter()
    while len(times) < 5 or time.perf_counter() - start < seconds:
        begin = time.perf_counter()
        call()
        times.append(1e3 * (time.perf_counter() - begin))
    return times


def keras_call(model: str, threads: int, folder: Path, card: dict[str, Any], inputs: dict[str, np.ndarray]) -> Any:
    """One ``predict_on_batch`` of the saved network, on what it takes: pictures in [-1, 1]."""
    import keras
    import tensorflow as tf

    from ganapps import registry

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    registry.get(model).load()  # its layers must be known before the network can be read
    network = keras.models.load_model(folder / "network.keras", compile=False)
    batch = [
        inputs[name][None].astype(np.float32) / 127.5 - 1 if spec["kind"] == "image" else inputs[name][None]
        for name, spec in card["inputs"].items()
    ]
    return lambda: network.predict_on_batch(batch if len(batch) > 1 else batch[0])


def measure(model: str, folder: Path, rounds: int, seconds: float) -> dict[str, dict[str, Any]]:
    """All engines on one bundle, in turns."""
    times: dict[tuple[str, int], list[float]] = {engine: [] for engine in ENGINES}
    for turn in range(rounds):
        for engine, threads in ENGINES[turn % len(ENGINES) :] + ENGINES[: turn % len(ENGINES)]:
            command = [sys.executable, __file__, "--work", model, engine, str(threads), str(folder), str(seconds)]
            result = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            times[engine, threads] += json.loads(result.stdout.splitlines()[-1])
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    base = float(np.median(times[BASE]))
    rows = {}
    for (engine, threads), values in times.items():
        record = card["files"].get(FILES.get(engine, ""), {})
        rows[f"{engine}, {threads} thread{'s' * (threads > 1)}"] = {
            "median_ms": round(float(np.median(values)), 3),
            "fastest_ms": round(min(values), 3),
            "calls": len(values),
            "ratio": round(float(np.median(values)) / base, 3),
            "bytes": record.get("bytes"),
            "max_difference": record.get("max_difference"),
            "psnr": record.get("psnr"),
            "scheme": record.get("scheme"),
        }
    return rows


def show(name: str, facts: dict[str, Any], rows: dict[str, dict[str, Any]]) -> None:
    """Print one model's table."""
    print(f"\n{name}, {facts['signature']}, {facts['parameters'] / 1e6:.2f} M parameters")
    print(f"{'':27}{'median ms':>11}{'fastest':>10}{'ratio':>8}{'MB':>9}{'max diff':>10}")
    for engine, row in rows.items():
        size = f"{row['bytes'] / 1e6:.2f}" if row["bytes"] else ""
        apart = f"{row['max_difference']:.3g}" if row["max_difference"] is not None else ""
        scheme = f"  {row['scheme']}" if row["scheme"] else ""
        print(
            f"{engine:27}{row['median_ms']:11.2f}{row['fastest_ms']:10.2f}{row['ratio']:8.2f}{size:>9}{apart:>10}{scheme}"
        )


def main() -> None:
    """Read the command line, measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", default=MODELS, metavar="MODEL:PRESET")
    parser.add_argument("--rounds", type=int, default=3, help="processes for each engine [3]")
    parser.add_argument("--seconds", type=float, default=3.0, help="of calls in each process [3]")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    from ganapps.errors import GanappsError

    report: dict[str, Any] = {
        "command": " ".join(["python", "benchmarks/edge_speed.py", *sys.argv[1:]]),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "versions": {"python": platform.python_version()} | {name: version(name) for name in PACKAGES},
        "weights": "random",
        "models": {},
        "refused": {},
    }
    for name in options.models:
        model, _, preset = name.partition(":")
        with tempfile.TemporaryDirectory() as folder:
            bundle = Path(folder) / "bundle"
            try:
                facts = build(model, preset or "paper", bundle)
            except GanappsError as error:
                report["refused"][name] = str(error)
                print(f"\n{name}: {error}")
            else:
                rows = measure(model, bundle, options.rounds, options.seconds)
                report["models"][name] = {**facts, "engines": rows}
                show(name, facts, rows)
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--work"]:
        _model, _engine, _threads, _folder, _seconds = sys.argv[2:]
        print(json.dumps(work(_model, _engine, int(_threads), Path(_folder), float(_seconds))))
    else:
        main()
