"""Which metrics are taken: those asked for, if they fit, or those that say most about this kind of target."""

from ganapps.errors import UsageError
from ganapps.evaluate.bench import USES_EXTRACTOR, Bench
from ganapps.evaluate.extractors import INCEPTION, usual_extractor
from ganapps.evaluate.probes import PROBES
from ganapps.evaluate.tasks.catalogue import TASKS
from ganapps.metrics.catalogue import METRICS, Metric, find_metric

PAIRS = ("l1", "psnr", "ssim")
ENLARGED = ("psnr-y", "ssim-y")
SAMPLER = ("fid", "kid", "precision-recall", "density-coverage")
TRANSLATOR = ("fid", "kid")
DIGITS = 10


def usual_metrics(bench: Bench) -> list[Metric]:
    """The metrics for a target nobody named any for.

    Points: mode coverage. Stacked digits: modes. Translators: pixel distances where there are pairs (of luma too when they
    enlarge), then FID and KID, which are left out where pairs are all that can be had without Inception's weights.
    Samplers and pictures: FID, KID, precision and recall, density and coverage, the score, MS-SSIM. Conditions: whether
    the judge sees them fulfilled.

    Raises:
        UsageError: the target makes points and the data is no test-bed.
    """
    if not bench.takes:
        raise UsageError(f"Points are measured on a test-bed with known modes, which {bench.reference.name} is not.")
    if bench.target.points:
        return [METRICS["mode-coverage"]]
    if bench.stacked:
        return [METRICS["stacked-modes"]]
    names = list(PAIRS) if bench.paired else []
    if bench.target.signature == "upscale" and bench.target.shape[-1] == 3:
        names += ENLARGED
    if bench.asked or not bench.paired or usual_extractor(bench.reference.base) != INCEPTION:
        names += TRANSLATOR if bench.target.translates else SAMPLER
        names += [
            name
            for name, metric in METRICS.items()
            if metric.takes in ("probabilities", "labels", "attributes")
            and metric.takes in bench.takes
            and not (metric.takes == "probabilities" and bench.target.translates)
            and not misfit(metric, bench)
        ]
    return [METRICS[name] for name in [*names, *(() if bench.target.translates else ("ms-ssim",))]]


def chosen_metrics(bench: Bench, names: list[str]) -> list[Metric]:
    """The metrics asked for, each once.

    Raises:
        UsageError: an unknown name, or a metric that needs what is not there.
    """
    found = {metric.name: metric for metric in (find_metric(name, bench.takes, [*TASKS, *PROBES]) for name in names)}
    for name, metric in found.items():
        if metric.takes not in bench.takes:
            fitting = ", ".join(other.name for other in METRICS.values() if other.takes in bench.takes)
            raise UsageError(f"The metric '{name}' needs {metric.takes}, which are not here; what fits: {fitting}.")
        if metric.takes in USES_EXTRACTOR and (why := misfit(metric, bench)):
            raise UsageError(f"The metric '{name}' does not go with {bench.extractor.name}: {why}.")
    return list(found.values())


def misfit(metric: Metric, bench: Bench) -> str:
    """Why the extractor cannot give what the metric takes; empty when it can."""
    extractor, classes, attributes = bench.extractor, bench.reference.classes, bench.reference.attributes
    if metric.name in ("confidence", "collapse"):
        return "" if extractor.score else "it knows no classes"
    if metric.takes == "probabilities" and metric.name != extractor.score:
        return f"its probabilities give the {extractor.score}" if extractor.score else "it knows no classes"
    if metric.takes == "labels" and not extractor.classes == (classes or extractor.classes) != ():
        return f"its classes are not those of {bench.reference.name}"
    if metric.takes == "attributes" and not extractor.attributes == (attributes or extractor.attributes) != ():
        return f"its attributes are not those of {bench.reference.name}"
    if metric.takes == "channels" and len(extractor.classes) != DIGITS:
        return "it does not tell ten digits apart"
    return ""
