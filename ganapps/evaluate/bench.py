"""One target beside one set of real data: what can be measured there, and the evidence for it."""

from dataclasses import dataclass, replace

import numpy as np

from ganapps.errors import GanappsError, UsageError
from ganapps.evaluate.extractors import Extractor, open_extractor, usual_extractor
from ganapps.evaluate.judge import Reading
from ganapps.evaluate.pictures import with_channels
from ganapps.evaluate.readings import cached_reading
from ganapps.evaluate.reference import Reference, Rows
from ganapps.evaluate.targets import Made, Target
from ganapps.metrics.catalogue import Evidence, nothing

USES_EXTRACTOR = frozenset({"features", "probabilities", "labels", "attributes", "channels"})
LEAST = 10


@dataclass(frozen=True)
class Gathered:
    """The evidence of one evaluation, N rows each.

    Args:
        fake: what the target made.
        real: reals that the target did not see in this evaluation.
        held: other reals, which take the place of the fakes in real-vs-real.
        truth: the real picture that belongs to each fake, where there are pairs.
        inputs: uint8 pictures the fakes were made from; empty for samplers.
    """

    fake: Evidence
    real: Evidence
    held: Evidence
    truth: Evidence
    inputs: np.ndarray


class Bench:
    """Knows which fields are compared and which extractor fits.

    Args:
        target: what is measured.
        reference: the real data.
        extractor: a name, or None for the one that fits the data.
        seed: of the draw of reals and of all noise.
    """

    def __init__(self, target: Target, reference: Reference, extractor: str | None, seed: int):
        self.target, self.reference, self.seed = target, reference, seed
        target.attributes = reference.attributes
        self.source, self.domain, self.derived = target.domains(reference.fields)
        for field in {self.source, self.domain} - {"", *reference.fields}:
            has = ", ".join(sorted(reference.fields))
            raise UsageError(f"{target.name} is measured on '{field}', which {reference.name} lacks (it has {has}).")
        self.paired = target.translates and (reference.paired or self.derived)
        self.stacked = reference.base == "stacked_digits" and not target.translates
        self.asked = extractor
        self._extractor: Extractor | None = None
        self._translations: dict[int, tuple[Rows, Made]] = {}

    @property
    def takes(self) -> set[str]:
        """The kinds of evidence there can be."""
        if self.target.points:
            return {"points"} if self.reference.bed else set()
        asked = self.target.conditions & self.reference.fields
        return (
            {"features", "probabilities", "pictures"}
            | ({"pairs"} if self.paired else set())
            | ({"channels"} if self.stacked else set())
            | {{"label": "labels", "attributes": "attributes"}[condition] for condition in asked}
        )

    @property
    def usual_n(self) -> int:
        """The N of the protocols: 2,500 points, 26,000 stacked digits, 2,000 pictures."""
        return 2500 if self.target.points else 26000 if self.stacked else 2000

    @property
    def extractor(self) -> Extractor:
        """Loaded when it is first needed."""
        if self._extractor is None:
            self._extractor = open_extractor(self.asked or usual_extractor(self.reference.base))
        return self._extractor

    def gather(self, needs: set[str], n: int) -> Gathered:
        """Make the outputs once and read everything once; N is what both sides can give, at most ``n``.

        Args:
            needs: the kinds of evidence that the metrics take.
            n: outputs wanted.

        Raises:
            GanappsError: fewer than 10 rows are there.
        """
        two = "features" in needs
        n = self.target.most(min(n, self.reference.size // 2 if two else self.reference.size))
        if n < LEAST:
            raise GanappsError(f"{self.target.name} against {self.reference.name} has {n} rows; {LEAST} are the least.")
        fields = {self.source, self.domain, *self.target.reads}
        rows, others = self._halves(n, fields)
        made = self.target.make(n, self.seed, rows, self.source)
        fake = self._read(replace(self._shown(made.outputs), labels=made.labels, wanted=made.wanted), needs, False)
        held = self._read(self._real(rows, made), needs, True)
        real = self._read(self._real(others, made), needs, True) if two else held
        truth = Evidence(pictures=rows[self.domain], border=self._border(made)) if self.paired else Evidence()
        return Gathered(fake, real, held, truth, made.inputs)

    def translations(self, n: int) -> tuple[Rows, Made]:
        """All fields of n rows, and what the target made of them; made once."""
        if n not in self._translations:
            rows, _ = self._halves(n, self.reference.fields)
            self._translations[n] = rows, self.target.make(n, self.seed, rows, self.source)
        return self._translations[n]

    def _halves(self, n: int, fields: set[str]) -> tuple[Rows, Rows]:
        """Two draws of rows; where inputs have more channels than outputs, the truth is brought to those of outputs."""
        halves = self.reference.halves(n, self.seed, fields)
        if self.source not in ("", self.domain) and self.target.shape[-1]:
            for rows in halves:
                rows[self.domain] = with_channels(rows[self.domain], self.target.shape[-1])
        return halves

    def _real(self, rows: Rows, made: Made) -> Evidence:
        """Reals count as labelled only where the fakes are, or the two would not be measured alike."""
        return replace(
            self._shown(rows[self.domain]),
            labels=rows["label"] if len(made.labels) else nothing(),
            wanted=rows["attributes"] if len(made.wanted) else nothing(),
        )

    @staticmethod
    def _border(made: Made) -> int:
        """How many times larger the outputs are than the inputs, 0 where they are not."""
        scale = made.outputs.shape[1] // made.inputs.shape[1]
        return scale if scale > 1 else 0

    def _shown(self, outputs: np.ndarray) -> Evidence:
        return Evidence(points=outputs, bed=self.reference.bed) if self.target.points else Evidence(pictures=outputs)

    def _read(self, shown: Evidence, needs: set[str], real: bool) -> Evidence:
        """Add what the extractor reads, where a metric needs it."""
        if "channels" in needs:
            # The channels of a stacked picture are pictures of their own.
            planes = np.concatenate(np.split(shown.pictures, shown.pictures.shape[-1], axis=-1))
            classes = self._reading(planes, real).probabilities.argmax(1)
            shown = replace(shown, channel_classes=classes.reshape(-1, len(shown.pictures)).T)
        if needs & (USES_EXTRACTOR - {"channels"}):
            reading = self._reading(shown.pictures, real)
            shown = replace(shown, **reading._asdict())
        return shown

    def _reading(self, pictures: np.ndarray, real: bool) -> Reading:
        if not real:
            return self.extractor.read(pictures)
        about = {"data": self.reference.name, "split": self.reference.split, "seed": self.seed, "field": self.domain}
        return cached_reading(self.extractor, pictures, about)
