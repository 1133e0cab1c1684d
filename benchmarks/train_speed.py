"""How fast a GAN trains here, beside a plain PyTorch loop of the same networks and losses.

    python benchmarks/train_speed.py                                          # both models, all engines
    python benchmarks/train_speed.py --models dcgan-64 --engines tensorflow pytorch --steps 3 --rounds 1

The registry's models are trained by Keras' own ``fit`` on a constant synthetic batch; PyTorch runs torch_loops.py in both
memory layouts, of which the faster is the yardstick. Each
engine has a process of its own; a round starts one for each, and rounds begin with another engine each time, so that a
busy minute of the machine meets them all. The median time of a step over all rounds, images a second and the ratio to
PyTorch (above 1: faster) go to ``benchmarks/results/train_speed.json``. Engines must agree on the number of weights.
"""

import argparse
import datetime
import importlib.util
import json
import os
import platform
import subprocess
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

import ganapps  # noqa: F401  - before TensorFlow, as every user of it has it

MODELS: dict[str, dict[str, Any]] = {
    "dcgan-64": {"model": "dcgan", "batch_size": 64, "options": {"resolution": 64, "features": 64, "kernel": 4}},
    "cyclegan-128": {"model": "cyclegan", "batch_size": 1, "options": {"resolution": 128, "features": 64, "blocks": 6}},
}
ENGINES = {
    "tensorflow": "tensorflow",
    "tensorflow-xla": "tensorflow",
    "jax": "jax",
    "pytorch": "torch",
    "pytorch-contiguous": "torch",
}  # -> its package
LAYOUTS = {"pytorch": "channels_last", "pytorch-contiguous": "contiguous_format"}
PACKAGES = ("ganapps", "keras", "tensorflow", "jax", "torch", "numpy")
WARM = 2  # steps left out: the first ones compile
RESULTS = Path(__file__).parent / "results" / "train_speed.json"


def ours(model: str, jit: bool, steps: int) -> tuple[list[float], int]:
    """Seconds of each step of ``fit`` on the backend of this process, and the number of trained weights."""
    import keras
    import tensorflow as tf

    from ganapps import registry

    setting = MODELS[model]
    keras.utils.set_random_seed(0)
    entry = registry.get(setting["model"])
    game = entry.load()(**setting["options"])
    game.compile(jit_compile=jit)
    side = setting["options"]["resolution"]
    generator = np.random.default_rng(0)
    shape = (setting["batch_size"], side, side, 3)
    batch = {name: generator.uniform(-1, 1, shape).astype(np.float32) for name in entry.needs}
    ends: list[float] = []

    def end(step: int, logs: dict[str, Any]) -> None:
        float(next(iter(logs.values())))  # waits for the step where the backend runs ahead
        ends.append(time.perf_counter())

    clock = keras.callbacks.LambdaCallback(on_train_batch_end=end)
    data = tf.data.Dataset.from_tensors(batch).repeat()
    game.fit(data, epochs=1, steps_per_epoch=WARM + steps, shuffle=False, verbose=0, callbacks=[clock])
    weights = sum(int(np.prod(v.shape)) for player in game.players for v in game.variables_of(player))
    return list(np.diff(ends)[WARM - 1 :]), weights


def theirs(model: str, layout: str, steps: int) -> tuple[list[float], int]:
    """Seconds of each step of the PyTorch loop, and the number of trained weights."""
    import torch
    import torch_loops

    setting = MODELS[model]
    sizes = {key: value for key, value in setting["options"].items() if key != "kernel"}
    loop = getattr(torch_loops, setting["model"])
    step, weights = loop(**sizes, batch_size=setting["batch_size"], layout=getattr(torch, layout))
    ends = []
    for _ in range(WARM + steps):
        step()
        ends.append(time.perf_counter())
    return list(np.diff(ends)[WARM - 1 :]), weights


def work(model: str, engine: str, steps: int) -> dict[str, Any]:
    """What one process measures."""
    if engine in LAYOUTS:
        seconds, weights = theirs(model, LAYOUTS[engine], steps)
    else:
        seconds, weights = ours(model, engine != "tensorflow", steps)
    return {"seconds": seconds, "weights": weights}


def measure(model: str, engines: list[str], steps: int, rounds: int) -> dict[str, Any]:
    """All engines on one model, in turns."""
    seconds: dict[str, list[float]] = {engine: [] for engine in engines}
    weights: dict[str, int] = {}
    for turn in range(rounds):
        start = turn % len(engines)
        for engine in engines[start:] + engines[:start]:
            environment = os.environ | {"KERAS_BACKEND": ENGINES[engine], "TF_CPP_MIN_LOG_LEVEL": "3"}
            command = [sys.executable, __file__, "--work", model, engine, str(steps)]
            result = subprocess.run(command, capture_output=True, text=True, env=environment)
            if result.returncode:
                raise SystemExit(f"{model} on {engine} failed:\n{result.stderr[-4000:]}")
            found = json.loads(result.stdout.splitlines()[-1])
            seconds[engine] += found["seconds"]
            weights[engine] = found["weights"]
    if len(set(weights.values())) > 1:
        raise SystemExit(f"{model}: the engines do not train the same networks: {weights}.")
    base = min((float(np.median(seconds[engine])) for engine in LAYOUTS if engine in seconds), default=None)
    rows = {}
    for engine, times in seconds.items():
        median = float(np.median(times))
        rows[engine] = {
            "median_ms": round(1e3 * median, 2),
            "fastest_ms": round(1e3 * min(times), 2),
            "images_per_second": round(MODELS[model]["batch_size"] / median, 3),
            "ratio_to_pytorch": round(base / median, 3) if base else None,
            "steps": len(times),
        }
    return {**MODELS[model], "weights": next(iter(weights.values())), "engines": rows}


def show(model: str, record: dict[str, Any]) -> None:
    """Print one model's table."""
    print(f"\n{model}, batch {record['batch_size']}, {record['weights'] / 1e6:.2f} M weights trained")
    print(f"{'':20}{'median ms':>11}{'fastest':>10}{'images/s':>10}{'to PyTorch':>12}")
    for engine, row in record["engines"].items():
        ratio = f"{row['ratio_to_pytorch']:12.2f}" if row["ratio_to_pytorch"] else ""
        print(f"{engine:20}{row['median_ms']:11.1f}{row['fastest_ms']:10.1f}{row['images_per_second']:10.2f}{ratio}")


def versions() -> dict[str, str]:
    """Of what is installed of the packages that matter."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def main() -> None:
    """Read the command line, measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", nargs="+", default=list(MODELS), choices=list(MODELS))
    parser.add_argument("--engines", nargs="+", default=list(ENGINES), choices=list(ENGINES))
    parser.add_argument("--steps", type=int, default=15, help="measured in each process [15]")
    parser.add_argument("--rounds", type=int, default=3, help="processes for each engine [3]")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    skipped = {}
    for engine in options.engines:
        if importlib.util.find_spec(ENGINES[engine]) is None:
            skipped[engine] = f"the package {ENGINES[engine]} is not installed"
            print(f"Skipping {engine}: {skipped[engine]}.")
    engines = [engine for engine in options.engines if engine not in skipped]
    report: dict[str, Any] = {
        "name": "train_speed",
        "command": " ".join(["python", "benchmarks/train_speed.py", *sys.argv[1:]]),
        "date": datetime.date.today().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "load_before": round(os.getloadavg()[0], 2),  # a busy machine makes the ratios worthless
        "threads": len(os.sched_getaffinity(0)),  # what every engine takes by default
        "versions": versions(),
        "warm_up_steps": WARM,
        "yardstick": "the faster of the PyTorch layouts",
        "rounds": options.rounds,
        "skipped": skipped,
        "models": {},
    }
    for model in options.models:
        report["models"][model] = record = measure(model, engines, options.steps, options.rounds)
        show(model, record)
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--work"]:
        _model, _engine, _steps = sys.argv[2:]
        print(json.dumps(work(_model, _engine, int(_steps))))
    else:
        main()
