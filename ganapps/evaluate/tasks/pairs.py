"""Do two generators that share a latent make corresponding pictures? (Liu and Tuzel 2016, arXiv 1606.07536, section 4)"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ganapps.data import catalogue
from ganapps.data.digit_pairs import edges, negative
from ganapps.errors import UsageError
from ganapps.evaluate.bench import Bench
from ganapps.evaluate.extractors import JudgeExtractor
from ganapps.evaluate.pictures import to_uint8
from ganapps.evaluate.tasks.own_judges import DIGITS, digit_judge, own_accuracy
from ganapps.evaluate.tasks.task import Numbers, Taken

TRANSFORMS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "plain": lambda images: images,
    "edges": edges,
    "negative": negative,
}


def pairs(bench: Bench, n: int) -> Taken:
    """Share of pixels on the same side of mid-grey in the known transform of one picture and in the other, and share of
    pairs to which the judges of the two domains give the same label. Beside them real pairs, and pairs torn apart.

    Pixels are compared where one domain is plain and the way to the other is no matter of chance.

    Raises:
        UsageError: the target makes no pairs, or its data are not ``digit_pairs``.
    """
    model: Any = getattr(bench.target, "model", None)
    spec = bench.reference.name
    if not hasattr(model, "sample_pair") or bench.reference.base != DIGITS:
        raise UsageError(
            f"{bench.target.name} makes no pairs of digits: give a model that can sample_pair, on {DIGITS}."
        )
    shown = {name: str(catalogue.option(spec, name)) for name in "ab"}
    rows, _ = bench.reference.halves(n, bench.seed, {"a", "b"})
    made = [to_uint8(np.asarray(images)) for images in model.sample_pair(n, bench.seed)]
    judges = [JudgeExtractor(digit_judge(spec, shown[name], rows[name].shape[-1])) for name in "ab"]

    def score(a: np.ndarray, b: np.ndarray) -> Numbers:
        numbers = {"label-agreement": float(np.mean(_labels(judges[0], a) == _labels(judges[1], b)))}
        if "plain" in shown.values() and set(shown.values()) <= set(TRANSFORMS):
            # The transform of the domain that is not plain, applied to the plain picture.
            there, here = TRANSFORMS[shown["b"]](a), b
            if shown["a"] != "plain":
                there, here = TRANSFORMS[shown["a"]](b), a
            numbers["pixel-agreement"] = float(np.mean((there > 127) == (here > 127)))
        return numbers

    apart = np.roll(made[1], n // 2, axis=0)
    facts = {f"judge_of_{name}": own_accuracy(judge.judge) for name, judge in zip("ab", judges, strict=True)}
    torn = score(made[0], apart)
    return Taken(score(*made), score(rows["a"], rows["b"]), {"torn apart": torn}, n, "", facts)


def _labels(judge: JudgeExtractor, images: np.ndarray) -> np.ndarray:
    return judge.probabilities(images).argmax(1)
