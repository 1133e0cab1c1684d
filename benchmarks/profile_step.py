"""Where the time of a training step goes on TensorFlow: the ops of a few profiled steps, by their share.

    python benchmarks/profile_step.py dcgan-64        # into benchmarks/results/profile_dcgan-64.json

Ops run on several threads, so the times add up to more than the step takes; the shares are what counts.
"""

import argparse
import datetime
import json
import os
import tempfile
from collections import Counter
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # as ``import ganapps`` does, which here comes after TensorFlow

import keras
import numpy as np
import tensorflow as tf
from tensorflow.tsl.profiler.protobuf import xplane_pb2
from train_speed import MODELS

from ganapps import registry

WARM = 3
RESULTS = Path(__file__).parent / "results"


def profile(model: str, steps: int) -> Counter[str]:
    """Nanoseconds of each kind of op over ``steps`` steps of ``fit``."""
    setting = MODELS[model]
    keras.utils.set_random_seed(0)
    entry = registry.get(setting["model"])
    game = entry.load()(**setting["options"])
    game.compile(jit_compile=False)
    side = setting["options"]["resolution"]
    shape = (setting["batch_size"], side, side, 3)
    rng = np.random.default_rng(0)
    batch = {name: rng.uniform(-1, 1, shape).astype(np.float32) for name in entry.needs}
    data = tf.data.Dataset.from_tensors(batch).repeat()
    game.fit(data, steps_per_epoch=WARM, shuffle=False, verbose=0)
    with tempfile.TemporaryDirectory() as folder:
        tf.profiler.experimental.start(folder)
        game.fit(data, steps_per_epoch=steps, shuffle=False, verbose=0)
        tf.profiler.experimental.stop()
        (file,) = Path(folder).rglob("*.xplane.pb")
        space = xplane_pb2.XSpace.FromString(file.read_bytes())
    return ops_of(space)


def ops_of(space: xplane_pb2.XSpace) -> Counter[str]:
    """Time by the op's type, from the host's executor threads: events named ``name:Type`` (``A::B`` are the executor's)."""
    spent: Counter[str] = Counter()
    for plane in space.planes:
        if plane.name != "/host:CPU":
            continue
        names = {key: value.name for key, value in plane.event_metadata.items()}
        for line in plane.lines:
            for event in line.events:
                name = names[event.metadata_id]
                kind = name.rpartition(":")[2]
                if (
                    ":" in name
                    and "::" not in name
                    and kind.isidentifier()
                    and kind[0] in "_ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                ):
                    spent[kind.removeprefix("_Mkl").removeprefix("_Fused").removeprefix("_")] += (
                        event.duration_ps // 1000
                    )
    return spent


def main() -> None:
    """Profile, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", choices=list(MODELS))
    parser.add_argument("--steps", type=int, default=5)
    options = parser.parse_args()
    spent = profile(options.model, options.steps)
    total = sum(spent.values())
    rows = {kind: round(time / total, 4) for kind, time in spent.most_common(15)}
    for kind, share in rows.items():
        print(f"{kind:32}{share:8.1%}")
    record = {
        "name": f"profile_{options.model}",
        "command": f"python benchmarks/profile_step.py {options.model}",
        "date": datetime.date.today().isoformat(),
        "steps": options.steps,
        "shares": rows,
    }
    (RESULTS / f"profile_{options.model}.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
