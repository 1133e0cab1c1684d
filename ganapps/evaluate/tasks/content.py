"""Is what a picture shows still there after translation, and does it look like the other domain? Frozen judges that
learnt from real pictures say so."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ganapps.errors import UsageError
from ganapps.evaluate.bench import Bench
from ganapps.evaluate.extractors import JudgeExtractor
from ganapps.evaluate.reference import Rows
from ganapps.evaluate.segmenter import load_segmenter
from ganapps.evaluate.tasks.own_judges import DIGITS, digit_judge, domain_judge, own_accuracy
from ganapps.evaluate.tasks.task import Numbers, Taken, shows, translated
from ganapps.metrics.segmentation import confusion, fcn_score

Scoring = Callable[[np.ndarray, Rows], Numbers]


def fcn(bench: Bench, n: int) -> Taken:
    """FCN-score: what a segmenter of the target domain finds in the outputs, beside the true label maps.

    Raises:
        UsageError: the data have no label maps, or no segmenter reads this domain.
    """
    score, network, facts = _segmentation(bench)
    return translated(bench, n, lambda images, rows: _renamed("fcn-", score(images, rows)), network, facts)


def content(bench: Bench, n: int) -> Taken:
    """Share of digits that still show their label; on other data the share of pixels that keep their class.

    Raises:
        UsageError: nothing is known about the content of these pictures.
    """
    if bench.reference.base != DIGITS:
        score, network, facts = _segmentation(bench)
        return translated(
            bench, n, lambda images, rows: {"content-kept": score(images, rows)["pixel-accuracy"]}, network, facts
        )
    domain = shows(bench)
    judge = JudgeExtractor(digit_judge(bench.reference.name, domain, bench.target.shape[-1] or 1))

    def kept(images: np.ndarray, rows: Rows) -> Numbers:
        return {"content-kept": float(np.mean(judge.probabilities(images).argmax(1) == rows["label"]))}

    return translated(bench, n, kept, f"judge-{domain}-digits", own_accuracy(judge.judge))


def domain(bench: Bench, n: int) -> Taken:
    """Share of outputs that a judge of the two domains takes for the one they should reach. The value of real pictures
    and of the identity baseline are that judge's own hits and false alarms.

    Raises:
        UsageError: the data are no named set with two domains.
    """
    judge = JudgeExtractor(domain_judge(bench))
    wanted = judge.classes.index(bench.domain)

    def reached(images: np.ndarray, rows: Rows) -> Numbers:
        return {"domain-reached": float(np.mean(judge.probabilities(images).argmax(1) == wanted))}

    return translated(bench, n, reached, "judge-of-domains", own_accuracy(judge.judge))


def _segmentation(bench: Bench) -> tuple[Scoring, str, dict[str, Any]]:
    """How label maps are scored, by which network, and what is known of it."""
    if "segmentation" not in bench.reference.fields:
        raise UsageError(f"{bench.reference.name} has no field 'segmentation' to hold the outputs against.")
    segmenter = load_segmenter(bench.reference.base, shows(bench))

    def score(images: np.ndarray, rows: Rows) -> Numbers:
        counts = confusion(rows["segmentation"], segmenter.segment(images), len(segmenter.card["classes"]))
        return {name.replace("_", "-"): value for name, value in fcn_score(counts)._asdict().items()}

    facts = {"segmenter_sha256": segmenter.card["sha256"], "segmenter_accuracy": segmenter.card["accuracy"]}
    return score, segmenter.name, facts


def _renamed(prefix: str, numbers: Numbers) -> Numbers:
    return {f"{prefix}{name}": value for name, value in numbers.items()}
