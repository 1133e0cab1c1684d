"""Which int8 file to ship: fully quantised where the metric survives it, else dynamic range; both are measured."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ganapps.edge import Runner
from ganapps.errors import GanappsError
from ganapps.export import verify
from ganapps.export.subject import Subject

FILE = "model_int8.tflite"


@dataclass(frozen=True)
class Metric:
    """A score that every file of the bundle gets, and that decides which int8 file is shipped.

    Args:
        name: what stands on the card: ``"FID, 2000 samples"``.
        score: gives the number for one loaded file (``runner.sample(n, seed)``, ``runner.translate(picture)``).
        better: which direction is.
        slack: the share of the float32 file's score that an int8 file may lose.
    """

    name: str
    score: Callable[[Runner], float]
    better: Literal["lower", "higher"]
    slack: float = 0.05

    def kept(self, value: float, base: float) -> bool:
        """Whether a file with this score loses at most the slack against the float32 file's score."""
        loss = value - base if self.better == "lower" else base - value
        return loss <= self.slack * abs(base)

    def of(self, subject: Subject, file: str, model: bytes) -> float:
        """The score of a file's bytes."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / file
            path.write_bytes(model)
            return float(self.score(Runner(subject.card.note(), path)))


def int8(
    full: bytes, dynamic: bytes, subject: Subject, metric: Metric | None, base: float | None
) -> tuple[bytes, dict[str, Any]]:
    """Measure both files and take the fully quantised one if it survives.

    Args:
        full: the fully quantised .tflite.
        dynamic: the dynamic-range one.
        subject: what they were made from.
        metric: decides which survives; without it the PSNR to Keras does.
        base: the float32 file's score.

    Returns:
        The file to ship, and its record for the card: scheme, reason, score and the numbers of both candidates.

    Raises:
        GanappsError: neither survives.
    """
    whole = _measured("full", full, verify.FULL_PSNR, subject, metric, base)
    weights = _measured("dynamic", dynamic, verify.DYNAMIC_PSNR, subject, metric, base)
    if not (whole.good or weights.good):
        raise GanappsError(
            f"{FILE}: neither full int8 ({whole.verdict}) nor dynamic range ({weights.verdict}) is good enough; "
            "export without int8."
        )
    chosen, reason = whole, f"full int8: {whole.verdict}"
    if not whole.good:
        chosen, reason = weights, f"dynamic range: {weights.verdict} (full int8: {whole.verdict})"
    record = {"scheme": chosen.scheme, "reason": reason, "score": chosen.numbers["score"]}
    candidates = {candidate.scheme: candidate.numbers for candidate in (whole, weights)}
    return chosen.model, record | {"candidates": candidates}


@dataclass(frozen=True)
class _Candidate:
    scheme: str
    model: bytes
    good: bool
    verdict: str
    numbers: dict[str, Any]


def _measured(
    scheme: str, model: bytes, floor: float, subject: Subject, metric: Metric | None, base: float | None
) -> _Candidate:
    name, output = subject.signature.name, subject.signature.output
    difference = verify.Difference.between(subject.shown, verify.run_tflite(model, name, subject.real, output))
    numbers: dict[str, Any] = {"bytes": len(model), **difference.record(), "score": None}
    good, verdict = difference.psnr >= floor, f"PSNR to Keras {difference.psnr:.1f} dB where {floor:g} is asked"
    if metric is not None and base is not None:
        score = numbers["score"] = metric.of(subject, FILE, model)
        good, verdict = metric.kept(score, base), f"{metric.name} {score:.4g} where float32 has {base:.4g}"
    if scheme == "full":
        apart = numbers["apart"] = verify.apart(model, name, subject.real, output)
        good = good and apart["threads"] == 0 and apart["kernels_mean"] <= verify.GREY_LEVELS
        verdict += f", kernels {apart['kernels_mean']:.2g} grey levels apart on average"
    return _Candidate(scheme, model, good, verdict, numbers)
