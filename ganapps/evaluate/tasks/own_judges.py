"""Judges that learn from the very data a translator is measured on, once, and are kept in the cache: which domain a
picture belongs to, and which digit it shows. No model ever trains against them."""

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np

from ganapps.data import catalogue
from ganapps.data.cache import cache_folder
from ganapps.errors import UsageError
from ganapps.evaluate.bench import Bench
from ganapps.evaluate.judge import Judge, load_judge, read_judge
from ganapps.evaluate.judge_training import Pictures, fit_judge
from ganapps.evaluate.reference import Rows, take_uint8

SEED = 20263
MOST = {"train": 4000, "test": 500}
EPOCHS = {"domains": 8, "digits": 20}
DIGITS = "digit_pairs"


def domain_judge(bench: Bench) -> Judge:
    """Knows the field the translator reads from the field it should make: classes "a" and "b".

    Raises:
        UsageError: the data are no named set with two domains.
    """
    spec, domains = bench.reference.name, ("a", "b")
    if {bench.source, bench.domain} != set(domains) or spec == "arrays":
        raise UsageError(f"{bench.reference.name} is no named data set of two domains to tell apart.")
    height, channels = bench.target.shape[0], bench.target.shape[-1]

    def pictures(split: str) -> Pictures:
        found = _rows(spec, split, height, channels, set(domains))
        truth = np.repeat([0, 1], [len(found[name]) for name in domains])
        return Pictures(np.concatenate([found[name] for name in domains]), truth[:, None].astype(np.float32))

    return _once(f"domains of {spec}, {height} px, {channels} channels", domains, pictures, EPOCHS["domains"])


def digit_judge(spec: str, domain: str, channels: int) -> Judge:
    """Reads what one domain of digit_pairs shows: a shipped judge for plain pictures, else one that learnt from labelled
    pictures of that domain."""
    of = str(catalogue.option(spec, "of"))
    if domain == "plain":
        return load_judge("fashion_mnist" if of == "fashion_mnist" else "digits")
    path = catalogue.option(spec, "path")
    labelled = f"{DIGITS}:a={domain},of={of}" + (f",path={path}" if path else "")

    def pictures(split: str) -> Pictures:
        found = _rows(labelled, split, 32, channels, {"a", "label"})
        return Pictures(found["a"], found["label"][:, None].astype(np.float32))

    return _once(f"{labelled}, {channels} channels", catalogue.describe(spec).classes, pictures, EPOCHS["digits"])


def own_accuracy(judge: Judge) -> dict[str, Any]:
    """For the protocol: which file judged, and how often it is right about held-out reals."""
    return {"judge": judge.name, "judge_sha256": judge.card["sha256"], "judge_accuracy": judge.card["accuracy"]}


def _once(title: str, classes: tuple[str, ...], pictures: Callable[[str], Pictures], epochs: int) -> Judge:
    """The judge of that title from the cache, or trained now."""
    folder = cache_folder() / "judges-of-data"
    name = hashlib.sha256(f"{title}, {epochs} epochs".encode()).hexdigest()[:16]
    if (folder / f"{name}.json").exists():
        return read_judge(folder, name)
    card = {"name": name, "classes": list(classes), "attributes": [], "recipe": {"data": title, "split": "train"}}
    return fit_judge(card, pictures("train"), {"held out": pictures("test")}, SEED, epochs, folder, verbose=0)


def _rows(spec: str, split: str, side: int | None, channels: int | None, fields: set[str]) -> Rows:
    """A seeded draw of every stream, at most as many rows as ``MOST`` says."""
    source = catalogue.open(spec, split, side, channels)
    found: Rows = {}
    for number, (stream, size) in enumerate(sorted(source.streams.items())):
        order = np.random.default_rng((SEED, number)).permutation(size)[: MOST[split]]
        found |= take_uint8(source, stream, order, fields)
    return found
