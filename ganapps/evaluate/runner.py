"""Measure a model, a bundle or pictures against real data: ``evaluate(target, against) -> Report``.

What holds for every number: N is equal on both sides and part of the name, the seed fixes the real rows and the noise,
fakes are rounded to uint8 first, and beside a score stands the same number with reals in the place of the fakes, from
a half of the data set that the score did not use.
"""

import time
from typing import Any

from ganapps.errors import UsageError
from ganapps.evaluate.baselines import baselines
from ganapps.evaluate.bench import USES_EXTRACTOR, Bench, Gathered
from ganapps.evaluate.choice import chosen_metrics, usual_metrics
from ganapps.evaluate.network_targets import Model
from ganapps.evaluate.open_target import open_target
from ganapps.evaluate.probes import PROBES, Task, measure
from ganapps.evaluate.reference import open_reference
from ganapps.evaluate.report import Report, Score
from ganapps.evaluate.tasks.catalogue import TASKS
from ganapps.evaluate.tasks.task import measure_task
from ganapps.metrics.catalogue import Evidence, Metric, Value

Values = dict[str, Value]


def evaluate(
    target: Any,
    against: Any = None,
    metrics: list[str] | None = None,
    n: int | None = None,
    seed: int = 0,
    extractor: str | None = None,
    split: str = "test",
    signature: str | None = None,
    resolution: int | None = None,
) -> Report:
    """Measure ``target`` against real data.

    Args:
        target: a run folder, a ``.keras`` file, a bundle's folder, a folder of pictures, a model, an opened bundle, or
            arrays (pictures (N, H, W, C), uint8 or floats in [-1, 1]; points (N, 2)).
        against: a catalogue spec, an open source, or arrays; None takes the data the target was trained on.
        metrics: names, also of tasks (``ganapps.evaluate.tasks``) and probes (``ganapps.evaluate.probes``); None takes
            the metrics that fit the target.
        n: outputs made, and reals drawn; at most half of the reals where features are compared, because the other half
            gives real-vs-real. None: 2,000 pictures, 2,500 points, 26,000 stacked digits.
        seed: of the draw of reals and of all noise.
        extractor: a name of ``extractors``; None takes the judge of the data set, else EfficientNet-Lite0
            where it is installed, else Inception.
        split: of the real data.
        signature: of a model with several; None takes sampling, else the first that makes pictures.
        resolution: of the pictures, for a network that takes any size.

    Raises:
        UsageError: an unknown metric, extractor or signature, or one that does not fit. GanappsError: nothing to
            measure, or too little.
    """
    began = time.monotonic()
    generated = open_target(target, signature)
    against = generated.data if against is None else against
    if against is None:
        raise UsageError(
            f"{generated.name} does not say what it was trained on: name the real data to measure against."
        )
    probes = [PROBES[name] for name in metrics or () if name in PROBES]
    tasks = [TASKS[name] for name in metrics or () if name in TASKS]
    metrics = [name for name in metrics or () if name not in PROBES and name not in TASKS]
    side, channels = (None, None) if generated.points else (generated.shape[0] or resolution, generated.channels)
    bench = Bench(generated, open_reference(against, split, side, channels), extractor, seed)
    chosen = chosen_metrics(bench, metrics) if metrics or probes or tasks else usual_metrics(bench)
    scores: list[Score] = []
    if chosen:
        gathered = bench.gather({metric.takes for metric in chosen}, n or bench.usual_n)
        scores += [score for metric in chosen for score in _measure(metric, bench, gathered)]
    scores += [score for task in tasks for score in measure_task(task, bench, n or bench.usual_n)]
    for probe in probes:
        if not isinstance(generated, Model) or not isinstance(against, str) or generated.points:
            raise UsageError(f"The metric '{probe.name}' asks a model of pictures, about a named data set.")
        most = min(n or bench.usual_n, bench.reference.size)
        task = Task(against, int(generated.shape[0] or 0), int(generated.shape[-1] or 0), most, seed)
        scores += measure(probe, generated.model, generated.name, task)
    return Report(generated.name, bench.reference.name, tuple(scores), generated.step, time.monotonic() - began)


def _measure(metric: Metric, bench: Bench, found: Gathered) -> list[Score]:
    began = time.monotonic()
    reals: Values = {}
    without: dict[str, Values] = {}
    if metric.takes == "pairs":
        values = metric.compute(found.truth, found.fake, bench.seed)
        if "real" in metric.better.values():
            reals = metric.compute(found.truth, found.truth, bench.seed)
        for name, pictures in baselines(found.inputs, found.truth.pictures).items():
            without[name] = metric.compute(found.truth, Evidence(pictures=pictures), bench.seed)
    else:
        values = metric.compute(found.real, found.fake, bench.seed)
        reals = metric.compute(found.real, found.held, bench.seed)
    n = max(len(found.fake.pictures), len(found.fake.points))
    protocol = _protocol(metric, bench, n)
    seconds = round(time.monotonic() - began, 3)
    return [
        Score(
            name=_name(part, metric, bench, n),
            metric=part,
            value=value.value,
            deviation=value.deviation,
            real_vs_real=reals[part].value if part in reals else None,
            better=metric.better[part],
            baselines={name: other[part].value for name, other in without.items()},
            protocol=protocol,
            seconds=seconds,
        )
        for part, value in values.items()
    ]


def _name(part: str, metric: Metric, bench: Bench, n: int) -> str:
    """``kid-50x1000_judge-digits_n2000``: the number, its settings, the extractor if there is one, N."""
    settings = metric.protocol(n)
    read = [bench.extractor.name] if metric.takes in USES_EXTRACTOR else []
    return "_".join([f"{part}-{settings}" if settings else part, *read, f"n{n}"])


def _protocol(metric: Metric, bench: Bench, n: int) -> dict[str, Any]:
    protocol = {
        "n": n,
        "settings": metric.protocol(n),
        "source": metric.source,
        "data": bench.reference.name,
        "split": bench.reference.split,
        "field": bench.domain,
        "signature": bench.target.signature,
        "seed": bench.seed,
    }
    if metric.takes in USES_EXTRACTOR:
        protocol |= {
            "extractor": bench.extractor.name,
            "extractor_sha256": bench.extractor.digest,
            "resize": bench.extractor.resize,
            "dimensions": bench.extractor.dimensions,
        }
    return protocol
