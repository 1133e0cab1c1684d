"""What a model knows beside how to sample: likelihoods, classes, codes, reconstructions, features, on held-out pictures.

A probe asks a trained model for an ability (``log_prob``, ``classify``, ``encode`` ...) where a metric compares sets of
pictures. Its baseline, where there is one, is the same number without the model.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ganapps.data import catalogue
from ganapps.data.pipeline import arrays
from ganapps.errors import UsageError
from ganapps.evaluate import medical_probe, video_probe
from ganapps.evaluate.extractors import open_extractor, usual_extractor
from ganapps.evaluate.pictures import to_uint8
from ganapps.evaluate.report import Score
from ganapps.metrics.codes import matched_accuracy
from ganapps.metrics.neighbours import nearest

TRAINING_ROWS = 10_000
LABELLED = ("image", "label")
Numbers = dict[str, float]


@dataclass(frozen=True)
class Task:
    """Real rows for a probe.

    Args:
        data: the catalogue spec.
        resolution, channels: as the model takes pictures.
        n: held-out rows.
        seed: of their draw.
    """

    data: str
    resolution: int
    channels: int
    n: int
    seed: int

    def rows(self, split: str, n: int) -> dict[str, np.ndarray]:
        """At most ``n`` rows: pictures float32 (n, H, W, C) in [-1, 1], labels int32."""
        # With few labels the training split would have few rows; a probe's own training does not count as the model's.
        name, _, words = self.data.partition(":")
        kept = [word for word in words.split(",") if word and not word.startswith(("labels=", "draw="))]
        spec = f"{name}:{','.join(kept)}" if kept else name
        source = catalogue.open(spec, split, self.resolution, self.channels)
        return arrays(source, min(n, source.streams["main"]), seed=self.seed)

    def held(self) -> dict[str, np.ndarray]:
        """The held-out rows."""
        return self.rows("test", self.n)

    def training(self) -> dict[str, np.ndarray]:
        """Training rows with their labels, for probes that learn or look up."""
        return self.rows("train", TRAINING_ROWS)


@dataclass(frozen=True)
class Probe:
    """One entry: the method and the fields it needs, where good lies, how it is taken (numbers and baselines), whence."""

    name: str
    ability: str
    reads: tuple[str, ...]
    better: dict[str, str]
    take: Callable[[Any, Task], tuple[Numbers, Numbers]]
    source: str


def _likelihood(model: Any, task: Task) -> tuple[Numbers, Numbers]:
    images = task.held()["image"]
    nats = model.log_prob(images)
    return {"bits-per-dim": float(-nats.mean() / (images[0].size * np.log(2.0))), "nats": float(-nats.mean())}, {}


def _classes(model: Any, task: Task) -> tuple[Numbers, Numbers]:
    held = task.held()
    return {"classification-error": float(np.mean(model.classify(held["image"]).argmax(1) != held["label"]))}, {}


def _neighbours(model: Any, task: Task) -> tuple[Numbers, Numbers]:
    held, known = task.held(), task.training()

    def accuracy(read: Callable[[np.ndarray], np.ndarray]) -> float:
        found = nearest(read(held["image"]), read(known["image"]))
        return float(np.mean(known["label"][found] == held["label"]))

    return (
        {"nearest-neighbour-accuracy": accuracy(model.encode)},
        {"pixels": accuracy(lambda images: images.reshape(len(images), -1))},
    )


def _reconstruction(model: Any, task: Task) -> tuple[Numbers, Numbers]:
    held = task.held()
    again = model.reconstruct(held["image"])
    judge = open_extractor(usual_extractor(task.data.partition(":")[0]))
    judged = judge.read(to_uint8(again)).probabilities.argmax(1)
    numbers = {"reconstruction-l1": float(np.abs(again - held["image"]).mean())}
    if judge.classes:
        numbers["label-kept"] = float(np.mean(judged == held["label"]))
    mean = np.broadcast_to(task.training()["image"].mean(0), again.shape)
    return numbers, {"mean picture": float(np.abs(mean - held["image"]).mean())}


def _codes(model: Any, task: Task) -> tuple[Numbers, Numbers]:
    held = task.held()
    found = model.infer_codes(held["image"])["label"]
    return {"code-accuracy": matched_accuracy(found.argmax(1), held["label"])}, {}


def _linear(model: Any, task: Task) -> tuple[Numbers, Numbers]:
    from sklearn.linear_model import RidgeClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    held, known = task.held(), task.training()

    def accuracy(read: Callable[[np.ndarray], np.ndarray]) -> float:
        probe = make_pipeline(StandardScaler(), RidgeClassifier(alpha=100.0))
        probe.fit(read(known["image"]), known["label"])
        return float(probe.score(read(held["image"]), held["label"]))

    return (
        {"linear-probe-accuracy": accuracy(model.features_of)},
        {"pixels": accuracy(lambda images: images.reshape(len(images), -1))},
    )


def _association(model: Any, task: Task) -> tuple[Numbers, Numbers]:
    held = task.held()
    a, b, other = held["a"], held["b"], np.roll(held["b"], 1, axis=0)
    apart = (b != other).any(axis=(1, 2, 3))
    right = [model.association(a[apart], b[apart]) > 0.5, model.association(a[apart], other[apart]) < 0.5]
    return {"association-accuracy": float(np.mean(right))}, {}


PROBES = {
    probe.name: probe
    for probe in (
        Probe("likelihood", "log_prob", ("image",), {"bits-per-dim": "lower", "nats": "lower"}, _likelihood,
              "-log p / (dimensions ln 2), and -log p; a bound for models that have only a bound"),
        Probe("classification", "classify", LABELLED, {"classification-error": "lower"}, _classes, "of held-out pictures"),
        Probe("nearest-neighbour", "encode", LABELLED, {"nearest-neighbour-accuracy": "higher"}, _neighbours,
              "arXiv 1605.09782, section 4.2: the class of the nearest of 10,000 training codes"),
        Probe("reconstruction", "reconstruct", LABELLED, {"reconstruction-l1": "lower", "label-kept": "higher"}, _reconstruction,
              "G(E(x)) beside x, values in [-1, 1]; share of pictures that the judge still gives their class"),
        Probe("codes", "infer_codes", LABELLED, {"code-accuracy": "higher"}, _codes,
              "arXiv 1606.03657, section 7.2: the categorical code as a classifier, best one-to-one matching"),
        Probe("linear-probe", "features_of", LABELLED, {"linear-probe-accuracy": "higher"}, _linear,
              "arXiv 1511.06434, section 5.1: a linear (ridge) classifier on 10,000 training pictures' features"),
        Probe("association", "association", ("a", "b"), {"association-accuracy": "higher"}, _association,
              "arXiv 1603.07442: real pairs, as many taken for pairs as torn apart for none"),
        Probe("next-frame", "predict_frames", ("frames", "positions"), video_probe.BETTER, video_probe.next_frame,
              video_probe.SOURCE),
        Probe("lesions", "translate", ("a", "b", "mask", "lesion"), medical_probe.BETTER, medical_probe.lesions,
              medical_probe.SOURCE),
    )
}  # fmt: skip


def measure(probe: Probe, model: Any, name: str, task: Task) -> list[Score]:
    """A probe's scores.

    Raises:
        UsageError: the model has not the ability, or the data have not the fields.
    """
    if not hasattr(model, probe.ability):
        raise UsageError(f"The metric '{probe.name}' needs a model that can {probe.ability}, which {name} cannot.")
    known = catalogue.describe(task.data).fields
    if not set(probe.reads) <= set(known):  # unpaired sets have more in their test split
        known = catalogue.open(task.data, "test").info.fields
    missing = [field for field in probe.reads if field not in known]
    if missing:
        raise UsageError(f"The metric '{probe.name}' reads '{missing[0]}', which {task.data} does not have.")
    numbers, baselines = probe.take(model, task)
    protocol = {"n": task.n, "data": task.data, "split": "test", "seed": task.seed, "source": probe.source}
    first = next(iter(numbers))
    return [
        Score(
            name=f"{metric}_n{task.n}",
            metric=metric,
            value=value,
            deviation=None,
            real_vs_real=None,
            better=probe.better[metric],
            baselines=baselines if metric == first else {},
            protocol=protocol,
        )
        for metric, value in numbers.items()
    ]
