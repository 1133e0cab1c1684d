"""Editing faces one attribute at a time, beside the face drawn again with that attribute changed: the exact truth.

Every number can be bought with another (a model that changes nothing keeps everything), so they are read together.
"""

import hashlib
from typing import Any

import numpy as np

from ganapps.data import catalogue
from ganapps.data.cache import cache_folder, cached_arrays
from ganapps.data.faces.render import render_attributes
from ganapps.data.faces.vocabulary import ATTRIBUTES, attributes_of, with_attribute
from ganapps.errors import UsageError
from ganapps.evaluate.bench import Bench
from ganapps.evaluate.extractors import open_extractor
from ganapps.evaluate.network_targets import CHUNK, Network
from ganapps.evaluate.pictures import to_uint8, with_channels
from ganapps.evaluate.reference import Rows
from ganapps.evaluate.tasks.task import Numbers, Taken

SAME = 2  # grey levels that a redrawn pixel may differ by and still be outside the changed parts


def judge_of(side: int) -> str:
    """The judge for pictures of that side: what has fewer than 64 pixels looks blurred to the one that reads 64."""
    return "judge-faces-64" if side >= 64 else "judge-faces"


class Edits:
    """One attribute turned around in each of n faces, in turns; edits that leave a face as it is are left out.

    Args:
        rows: faces with ``image``, ``choices`` and ``identity``.
        names: attributes to edit.
    """

    def __init__(self, rows: Rows, names: tuple[str, ...]):
        self.index: list[int] = []
        chosen: list[tuple[int, np.ndarray]] = []
        for row, choices in enumerate(rows["choices"]):
            name = names[row % len(names)]
            own = attributes_of(choices)
            edited = with_attribute(choices, name, not own[ATTRIBUTES.index(name)])
            if attributes_of(edited)[ATTRIBUTES.index(name)] != own[ATTRIBUTES.index(name)]:
                chosen.append((row, edited))
                self.index.append(ATTRIBUTES.index(name))
        self.rows = np.array([row for row, _ in chosen])
        self.choices = np.stack([edited for _, edited in chosen])
        self.before = np.stack([attributes_of(rows["choices"][row]) for row in self.rows])
        self.after = np.stack([attributes_of(edited) for edited in self.choices])
        self.images = rows["image"][self.rows]
        self.identity = rows["identity"][self.rows]

    def truth(self) -> np.ndarray:
        """The faces drawn again as edited, uint8 like the images; kept in the cache."""
        side = self.images.shape[1]
        key = hashlib.sha256(self.choices.tobytes() + self.identity.tobytes()).hexdigest()[:16]

        def draw() -> dict[str, np.ndarray]:
            pairs = zip(self.choices, self.identity, strict=True)
            return {
                "edited": to_uint8(np.stack([render_attributes(choices, int(who), side) for choices, who in pairs]))
            }

        drawn = cached_arrays(cache_folder() / "edits" / f"{key}-{side}px", ("edited",), draw)["edited"]
        return with_channels(np.asarray(drawn), self.images.shape[-1])


def editing(bench: Bench, n: int) -> Taken:
    """Flip error, untouched attributes kept, change outside the changed parts, distance to the truth, identity.

    A translator from faces without one attribute to faces with it is measured on the first; identity is that of an edit
    that asks for what a face has, so it has none.

    Raises:
        UsageError: the target does not edit faces by their attributes, or the faces are of another style than the judge's.
    """
    target = bench.target
    if bench.reference.base == "faces" and (field := catalogue.option(bench.reference.name, "image")) != "image":
        raise UsageError(
            f"Edits are judged on rendered faces alone, not on image={field}: measure them --against faces."
        )
    if bench.reference.base == "faces" and len(bench.reference.attributes) == 1 and target.signature == "a_to_b":
        return _one_attribute(bench, n)
    if bench.reference.base != "faces" or not isinstance(target, Network) or target.conditions != {"attributes"}:
        raise UsageError(f"{target.name} does not edit the attributes of faces.")
    asked, spec = next((name, spec) for name, spec in target.inputs.items() if spec.kind == "attributes")
    image = next(name for name, spec in target.inputs.items() if spec.kind == "image")
    names = tuple(spec.classes) or bench.reference.attributes
    edits = Edits(bench.reference.halves(n, bench.seed, {"image", "choices", "identity"})[0], names)
    known = [ATTRIBUTES.index(name) for name in names]

    def generated(wanted: np.ndarray) -> np.ndarray:
        parts = np.split(np.arange(len(wanted)), range(CHUNK, len(wanted), CHUNK))
        given = [{image: edits.images[part], asked: wanted[part][:, known]} for part in parts]
        return np.concatenate(
            [target.chunk(len(one[image]), number, bench.seed, one) for number, one in enumerate(given)]
        )

    truth = edits.truth()
    made, unchanged = generated(edits.after), generated(edits.before)
    values, errors = scores(edits, made, unchanged, truth)
    reals, _ = scores(edits, truth, edits.images, truth)
    identity, _ = scores(edits, edits.images, edits.images, truth)
    judge = open_extractor(judge_of(truth.shape[1]))
    facts = {"flip_error": errors, "judge_sha256": judge.digest, "edits": len(edits.rows)}
    return Taken(values, reals, {"identity": identity}, len(edits.rows), judge.name, facts)


def _one_attribute(bench: Bench, n: int) -> Taken:
    """The same of a translator between the domains of one attribute: of the faces that lack it."""
    rows, made = bench.translations(n)
    edits = Edits(rows | {"image": rows["a"]}, bench.reference.attributes)
    images, truth = made.outputs[edits.rows], rows["b"][edits.rows]
    judge = open_extractor(judge_of(truth.shape[1]))
    found = [scores(edits, given, edits.images, truth) for given in (images, truth, edits.images)]
    (values, errors), (reals, _), (identity, _) = [(_but_identity(numbers), told) for numbers, told in found]
    facts = {"flip_error": errors, "judge_sha256": judge.digest, "edits": len(edits.rows)}
    return Taken(values, reals, {"identity": identity}, len(edits.rows), judge.name, facts)


def _but_identity(numbers: Numbers) -> Numbers:
    return {name: number for name, number in numbers.items() if name != "identity-kept"}


def scores(
    edits: Edits, made: np.ndarray, unchanged: np.ndarray, truth: np.ndarray
) -> tuple[Numbers, dict[str, float]]:
    """All numbers of edited pictures, and the flip error of every attribute.

    Args:
        edits: what was asked for.
        made: uint8 pictures, edited.
        unchanged: the same faces after the edit that asks for the attributes they have.
        truth: the faces drawn again.
    """
    judge = open_extractor(judge_of(made.shape[1]))
    seen = judge.read(made).attributes > 0.5
    which = np.arange(len(made))
    index = np.array(edits.index)
    wrong = seen[which, index] != (edits.after[which, index] > 0.5)
    untouched = edits.before == edits.after
    kept = (seen == (edits.after > 0.5))[untouched].mean()
    outside = (np.abs(truth.astype(np.int16) - edits.images).max(-1, keepdims=True) <= SAME).repeat(made.shape[-1], -1)
    change = np.abs(made.astype(np.int16) - edits.images)
    numbers = {
        "flip-error": float(wrong.mean()),
        "untouched-kept": float(kept),
        "background-l1": float(change[outside].mean() / 255),
        "edit-l1": float(np.abs(made.astype(np.int16) - truth).mean() / 255),
        "identity-kept": _cosine(judge.features(unchanged), judge.features(edits.images)),
    }
    errors = {ATTRIBUTES[one]: round(float(wrong[index == one].mean()), 4) for one in np.unique(index)}
    return numbers, errors


def _cosine(a: np.ndarray, b: np.ndarray) -> float:
    """Mean cosine of the rows."""
    lengths: Any = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    return float(np.mean((a * b).sum(1) / lengths))
