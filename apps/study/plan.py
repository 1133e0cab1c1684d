"""A study as it is decided before anyone takes part, and kept: its rules and its pictures, by name."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from ganapps.edge import Bundle, fit_picture
from ganapps.errors import GanappsError
from study.pictures import (
    Folder,
    Made,
    Shape,
    Source,
    Uploads,
    choose,
    common_shape,
    flat,
    look,
    same_names,
    takes_pictures,
)
from study.protocol import CHECK, Pairing, Rules, Trial, obvious_fake, trials

Load = Callable[[str], Bundle]


@dataclass(frozen=True)
class Plan:
    """A study.

    Args:
        title: what its participants read.
        rules: how many pairs, for how long.
        real: where the real pictures come from: {"from": "folder", "path"} or {"from": "uploads"}; with "names".
        fake: the same, or {"from": "bundle", "bundle", "attributes", "inputs": path or None}; with "names".
        paired: whether the pictures at the same place of both lists of names belong together.
        shape: height, width and channels on the screen.
        seed: of everything that is drawn.
    """

    title: str
    rules: Rules
    real: Mapping[str, Any]
    fake: Mapping[str, Any]
    paired: bool
    shape: Shape
    seed: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Plan":
        """From what ``as_dict`` gave, also by way of JSON."""
        return cls(**{**kept, "rules": Rules(**kept["rules"]), "shape": tuple(kept["shape"])})

    def trials(self, participant: int) -> list[Trial]:
        """What that participant sees."""
        pairing = Pairing(self.real["names"], self.fake["names"], self.paired)
        return trials(self.rules, pairing, self.seed, participant)

    def sources(self, load: Load, uploads: Mapping[str, Image.Image]) -> tuple[Source, Source]:
        """The real pictures and the fakes. ``uploads``: the study's, for one that has them."""
        real = _source(self.real, uploads)
        if self.fake["from"] != "bundle":
            return real, _source(self.fake, uploads)
        bundle, path = load(self.fake["bundle"]), self.fake["inputs"]
        inputs = None
        if takes_pictures(bundle.card):
            inputs = real if path is None else Folder(Path(path), self.fake["names"])
        return real, Made(bundle, self.seed, inputs, self.fake["attributes"], self.fake["names"])

    def pair(self, trial: Trial, load: Load, uploads: Mapping[str, Image.Image]) -> tuple[np.ndarray, np.ndarray]:
        """The pictures on the left and on the right: uint8 of ``shape``."""
        source, fakes = self.sources(load, uploads)
        real = fit_picture(flat(source.open(trial.real)), self.shape)
        if trial.kind == CHECK:
            fake = obvious_fake(real, self.seed + trial.number)
        else:
            fake = fit_picture(flat(fakes.open(trial.fake)), self.shape)
        return (real, fake) if trial.real_left else (fake, real)


def draft(
    title: str,
    rules: Rules,
    real: Source,
    fake: Mapping[str, Any],
    load: Load,
    seed: int,
    by_name: bool = False,
    done: Callable[[float], object] = lambda share: None,
) -> tuple[Plan, list[str]]:
    """A plan, and sentences about pictures that were left out because they cannot be read.

    Of each kind 100 pictures are drawn when there are more, and each is looked at once.

    Args:
        title: of the study.
        rules: the study's.
        real: a Folder, or Uploads.
        fake: {"from": "folder", "path"} or {"from": "bundle", "bundle", "attributes", "inputs"}, without names.
        load: gives the bundle of a name.
        seed: of all draws.
        by_name: whether pictures of the same name are shown together.
        done: told which share of the work is done.

    Raises:
        GanappsError: the study cannot be: a folder without pictures, a bundle that makes none, no equal names, ...
    """
    if not title.strip():
        raise GanappsError("The study has no title yet: give it one that its participants may read.")
    where = {"from": "uploads"} if isinstance(real, Uploads) else {"from": "folder", "path": str(real.path)}
    plan = Plan(
        title.strip(), rules, where | {"names": list(real.names)}, _named(fake, real, load), False, (8, 8, 1), seed
    )
    plan = _pooled(plan, by_name or _enlarges(fake, load))
    source, fakes = plan.sources(load, real.pictures if isinstance(real, Uploads) else {})
    count, opened = len(source.names) + len(fakes.names), 0

    def one() -> None:
        nonlocal opened
        opened += 1
        done(opened / count)

    (good_real, bad_real), (good_fake, bad_fake) = look(source, one), look(fakes, one)
    if good_fake:
        fakes.open(next(iter(good_fake)))  # a bundle must work, not just have a card
    if not good_real or not good_fake:
        raise GanappsError(
            f"None of the {'fake' if good_real else 'real'} pictures can be read. {(bad_real + bad_fake)[0]}"
        )
    names = list(zip(source.names, fakes.names, strict=False)) if plan.paired else []
    names = [pair for pair in names if pair[0] in good_real and pair[1] in good_fake]
    if plan.paired and not names:
        raise GanappsError("Of no pair both pictures can be read; choose other folders.")
    plan = replace(
        plan,
        real={**plan.real, "names": [pair[0] for pair in names] or list(good_real)},
        fake={**plan.fake, "names": [pair[1] for pair in names] or list(good_fake)},
        shape=common_shape(good_real.values(), good_fake.values()),
    )
    return plan, list(dict.fromkeys(bad_real + bad_fake))


def _source(where: Mapping[str, Any], uploads: Mapping[str, Image.Image]) -> Source:
    return Uploads(uploads) if where["from"] == "uploads" else Folder(Path(where["path"]), where["names"])


def _enlarges(fake: Mapping[str, Any], load: Load) -> bool:
    return fake["from"] == "bundle" and fake["inputs"] is None and load(fake["bundle"]).card["signature"] == "upscale"


def _named(fake: Mapping[str, Any], real: Source, load: Load) -> dict[str, Any]:
    """``fake`` with the names of all its pictures."""
    if fake["from"] == "folder":
        folder = Folder.at(fake["path"])
        return {**fake, "path": str(folder.path), "names": folder.names}
    if not takes_pictures(load(fake["bundle"]).card):
        return {**fake, "names": Made(load(fake["bundle"]), 0).names}
    if fake["inputs"] is None:
        return {**fake, "names": list(real.names)}
    folder = Folder.at(fake["inputs"])
    return {**fake, "inputs": str(folder.path), "names": folder.names}


def _pooled(plan: Plan, by_name: bool) -> Plan:
    """The plan with no more names than a study chooses from."""
    if by_name:
        pairs = same_names(plan.real["names"], plan.fake["names"])
        if not pairs:
            raise GanappsError("No real picture and fake are called the same: name them so, or do not pair by name.")
        chosen = [pairs[int(i)] for i in choose([str(i) for i in range(len(pairs))], plan.seed)]
        real, fake = [pair[0] for pair in chosen], [pair[1] for pair in chosen]
    else:
        real, fake = choose(plan.real["names"], plan.seed), choose(plan.fake["names"], plan.seed + 1)
    return replace(plan, real={**plan.real, "names": real}, fake={**plan.fake, "names": fake}, paired=by_name)
