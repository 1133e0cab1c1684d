"""Every metric that can be asked for by name: what it looks at, what it gives, and the protocol its name carries.

A metric compares the evidence read off real pictures with the evidence read off generated ones. The runner in
``ganapps.evaluate`` gathers the evidence; calling the same metric on two real sets gives the real-vs-real value.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from ganapps.errors import UsageError, nearest
from ganapps.metrics import modes, pixels
from ganapps.metrics.collapse import collapse
from ganapps.metrics.density_coverage import density_coverage
from ganapps.metrics.fid import fid
from ganapps.metrics.inception_score import inception_score
from ganapps.metrics.kid import kid
from ganapps.metrics.ms_ssim import diversity
from ganapps.metrics.prd import prd
from ganapps.metrics.precision_recall import precision_recall

if TYPE_CHECKING:
    from ganapps.data.beds import Bed

Better = Literal["higher", "lower", "real"]


def nothing() -> np.ndarray:
    """The default of an array that need not be there."""
    return np.empty(0)


@dataclass(frozen=True)
class Evidence:
    """What is known about one set of N samples; a metric reads what it needs, the rest stays empty.

    Args:
        pictures: uint8 (N, H, W, C).
        features: (N, d) of an extractor.
        probabilities: (N, K) it gives to classes.
        attributes: (N, A) probability that it gives to each attribute.
        labels: (N,) the classes that the samples were asked to be of.
        wanted: (N, A) the attributes, 0 or 1, that they were asked to have.
        channel_classes: (N, C) judged class of each channel.
        points: (N, 2).
        bed: where the points should come from.
        border: pixels a side of the pictures that super-resolution leaves out of the comparison: its scale.
    """

    pictures: np.ndarray = field(default_factory=nothing)
    features: np.ndarray = field(default_factory=nothing)
    probabilities: np.ndarray = field(default_factory=nothing)
    attributes: np.ndarray = field(default_factory=nothing)
    labels: np.ndarray = field(default_factory=nothing)
    wanted: np.ndarray = field(default_factory=nothing)
    channel_classes: np.ndarray = field(default_factory=nothing)
    points: np.ndarray = field(default_factory=nothing)
    bed: Bed | None = None
    border: int = 0


@dataclass(frozen=True)
class Value:
    """A measured number and, where the protocol repeats itself, the standard deviation over the repetitions."""

    value: float
    deviation: float | None = None


@dataclass(frozen=True)
class Metric:
    """One entry.

    Args:
        name: what a user types.
        takes: the kind of evidence it reads: "features", "probabilities", "labels", "pictures", "pairs" (the real
            picture i is the truth of the fake picture i), "attributes", "points" or "channels".
        better: for every number it gives, where good lies; "real": near the real value.
        compute: (real, fake, seed) -> numbers by name.
        protocol: the settings that belong into a number's name, given N.
        source: where it is defined.
    """

    name: str
    takes: str
    better: dict[str, Better]
    compute: Callable[[Evidence, Evidence, int], dict[str, Value]]
    protocol: Callable[[int], str]
    source: str


def _fid(real: Evidence, fake: Evidence, seed: int) -> dict[str, Value]:
    return {"fid": Value(fid(real.features, fake.features))}


def _kid(real: Evidence, fake: Evidence, seed: int) -> dict[str, Value]:
    return {"kid": Value(*kid(real.features, fake.features, seed=seed))}


def _precision_recall(real: Evidence, fake: Evidence, seed: int) -> dict[str, Value]:
    found = precision_recall(real.features, fake.features)
    return {"precision": Value(found.precision), "recall": Value(found.recall)}


def _density_coverage(real: Evidence, fake: Evidence, seed: int) -> dict[str, Value]:
    found = density_coverage(real.features, fake.features)
    return {"density": Value(found.density), "coverage": Value(found.coverage)}


def _prd(real: Evidence, fake: Evidence, seed: int) -> dict[str, Value]:
    found = prd(real.features, fake.features, seed=seed)
    return {"prd-f8": Value(found.f8), "prd-f1-8": Value(found.f1_8)}


def _score(name: str) -> Callable[[Evidence, Evidence, int], dict[str, Value]]:
    return lambda real, fake, seed: {name: Value(*inception_score(fake.probabilities, seed=seed))}


def _confidence(real: Evidence, fake: Evidence, seed: int) -> dict[str, Value]:
    sure = fake.probabilities.max(1) > 0.9
    classes = np.bincount(fake.probabilities.argmax(1)[sure], minlength=fake.probabilities.shape[1])
    rarest = float(classes.min() / max(sure.sum(), 1))
    return {"confident-share": Value(float(sure.mean())), "rarest-class": Value(rarest)}


def _collapse(real: Evidence, fake: Evidence, seed: int) -> dict[str, Value]:
    classes, real_classes = fake.probabilities.argmax(1), real.probabilities.argmax(1)
    found = collapse(fake.pictures, classes, real_classes, fake.probabilities.shape[1], seed)
    return {"class-kl": Value(found.class_kl), "within-class-distance": Value(found.within_class_distance)}


def _label_accuracy(real: Evidence, fake: Evidence, seed: int) -> dict[str, Value]:
    return {"label-accuracy": Value(float(np.mean(fake.probabilities.argmax(1) == fake.labels)))}


def _attribute_accuracy(real: Evidence, fake: Evidence, seed: int) -> dict[str, Value]:
    return {"attribute-accuracy": Value(float(np.mean((fake.attributes > 0.5) == (fake.wanted > 0.5))))}


def _diversity(real: Evidence, fake: Evidence, seed: int) -> dict[str, Value]:
    return {"ms-ssim": Value(*diversity(fake.pictures, fake.labels if len(fake.labels) else None, seed=seed))}


def _l1(real: Evidence, fake: Evidence, seed: int) -> dict[str, Value]:
    return {"l1": Value(pixels.l1(real.pictures, fake.pictures))}


def _psnr(real: Evidence, fake: Evidence, seed: int) -> dict[str, Value]:
    return {"psnr": Value(pixels.psnr(real.pictures, fake.pictures))}


def _ssim(real: Evidence, fake: Evidence, seed: int) -> dict[str, Value]:
    return {"ssim": Value(pixels.ssim(real.pictures, fake.pictures))}


def _psnr_y(real: Evidence, fake: Evidence, seed: int) -> dict[str, Value]:
    return {
        "psnr-y": Value(pixels.psnr(pixels.luma(real.pictures, real.border), pixels.luma(fake.pictures, real.border)))
    }


def _ssim_y(real: Evidence, fake: Evidence, seed: int) -> dict[str, Value]:
    return {
        "ssim-y": Value(pixels.ssim(pixels.luma(real.pictures, real.border), pixels.luma(fake.pictures, real.border)))
    }


def _sharpness(real: Evidence, fake: Evidence, seed: int) -> dict[str, Value]:
    return {"sharpness": Value(pixels.gradient_energy(fake.pictures) / pixels.gradient_energy(real.pictures))}


def _mode_coverage(real: Evidence, fake: Evidence, seed: int) -> dict[str, Value]:
    bed, points = real.bed, fake.points
    assert bed is not None  # the runner offers this metric only where there is one
    return {
        "modes": Value(modes.modes_covered(points, bed.centres, bed.sigma)),
        "high-quality": Value(modes.high_quality_share(points, bed.centres, bed.sigma)),
        "mode-kl": Value(modes.histogram_kl(modes.mode_counts(points, bed.centres), bed.weights)),
    }


def _stacked_modes(real: Evidence, fake: Evidence, seed: int) -> dict[str, Value]:
    counts = modes.stacked_counts(fake.channel_classes)
    return {"modes": Value(int((counts > 0).sum())), "mode-kl": Value(modes.histogram_kl(counts))}


def _plain(n: int) -> str:
    return ""


METRICS = {
    metric.name: metric
    for metric in (
        Metric("fid", "features", {"fid": "lower"}, _fid, _plain, "arXiv 1706.08500, equation 6"),
        Metric(
            "kid", "features", {"kid": "lower"}, _kid, lambda n: f"50x{min(n // 2, 1000)}",
            "arXiv 1801.01401, section 4",
        ),
        Metric(
            "precision-recall", "features", {"precision": "higher", "recall": "higher"}, _precision_recall,
            lambda n: "k3", "arXiv 1904.06991, equations 1 and 2",
        ),
        Metric(
            "density-coverage", "features", {"density": "higher", "coverage": "higher"}, _density_coverage,
            lambda n: "k5", "arXiv 2002.09797, equations 4 and 5",
        ),
        Metric(
            "prd", "features", {"prd-f8": "higher", "prd-f1-8": "higher"}, _prd,
            lambda n: "20x10", "arXiv 1806.00035, section 3.3",
        ),
        Metric(
            "inception-score", "probabilities", {"inception-score": "higher"}, _score("inception-score"),
            lambda n: "10splits", "arXiv 1606.03498, section 4",
        ),
        Metric(
            "judge-score", "probabilities", {"judge-score": "higher"}, _score("judge-score"),
            lambda n: "10splits", "the formula of arXiv 1606.03498, section 4, on a judge's probabilities",
        ),
        Metric(
            "confidence", "probabilities", {"confident-share": "higher", "rarest-class": "real"}, _confidence,
            lambda n: "p0.9", "share of samples a judge is sure of, and the rarest class's share among them",
        ),
        Metric(
            "collapse", "probabilities", {"class-kl": "lower", "within-class-distance": "real"}, _collapse,
            lambda n: "200pairs", "the survey's collapse between classes and within them",
        ),
        Metric(
            "label-accuracy", "labels", {"label-accuracy": "higher"}, _label_accuracy, _plain,
            "share of samples that a judge gives the class asked for",
        ),
        Metric(
            "attribute-accuracy", "attributes", {"attribute-accuracy": "higher"}, _attribute_accuracy, _plain,
            "share of attributes, over all samples, that a judge finds as asked for",
        ),
        Metric(
            "ms-ssim", "pictures", {"ms-ssim": "real"}, _diversity, lambda n: "100pairs",
            "arXiv 1610.09585, section 4.2",
        ),
        Metric("l1", "pairs", {"l1": "lower"}, _l1, _plain, "mean absolute difference over the value range"),
        Metric("psnr", "pairs", {"psnr": "higher"}, _psnr, _plain, "10 log10(255^2 / MSE), dB"),
        Metric("ssim", "pairs", {"ssim": "higher"}, _ssim, _plain, "IEEE TIP 13(4), 2004"),
        Metric(
            "psnr-y", "pairs", {"psnr-y": "higher"}, _psnr_y, lambda n: "cropped",
            "arXiv 1609.04802, section 3.1: luma, less a border as wide as the scale; 10 log10(255^2 / MSE), dB",
        ),
        Metric(
            "ssim-y", "pairs", {"ssim-y": "higher"}, _ssim_y, lambda n: "cropped",
            "arXiv 1609.04802, section 3.1: luma, less a border as wide as the scale",
        ),
        Metric(
            "sharpness", "pairs", {"sharpness": "real"}, _sharpness, _plain,
            "mean squared difference of neighbouring pixels, over that of the true pictures",
        ),
        Metric(
            "mode-coverage", "points", {"modes": "higher", "high-quality": "higher", "mode-kl": "lower"},
            _mode_coverage, _plain, "arXiv 1712.04086, section 4",
        ),
        Metric(
            "stacked-modes", "channels", {"modes": "higher", "mode-kl": "lower"}, _stacked_modes, _plain,
            "arXiv 1611.02163, section 3.3.1",
        ),
    )
}  # fmt: skip


def find_metric(name: str, takes: Collection[str] = (), also: Collection[str] = ()) -> Metric:
    """The metric of that name, or the one that gives a number of that name ("recall" is in "precision-recall").

    Args:
        name: of a metric or of a number.
        takes: kinds of evidence at hand; where two metrics give a number of that name, the one that fits is taken.
        also: what else could have been meant, for the error's sentence.

    Raises:
        UsageError: there is none; the nearest name is offered.
    """
    if name in METRICS:
        return METRICS[name]
    giving = [metric for metric in METRICS.values() if name in metric.better]
    if not giving:
        known = [*METRICS, *also, *(part for metric in METRICS.values() for part in metric.better)]
        raise UsageError(
            f"There is no metric '{name}'.{nearest(name, known)} There are {', '.join([*METRICS, *also])}."
        )
    return next((metric for metric in giving if metric.takes in takes), giving[0])
