"""Several data sets with different attributes as one: what each does not know is 0, and `dataset_id` tells them apart.

``mixed:faces:know=hair+faces:know=face,seed=1`` mixes two sets of faces, ``mixed:folder:ONE+folder:TWO`` your own. A set's
specification may hold commas; a plus sign separates sets where the name of one follows it.
"""

import re
from dataclasses import replace
from itertools import accumulate

import numpy as np

from ganapps.data import catalogue
from ganapps.data.catalogue import DataSet, Field
from ganapps.data.source import ArraySource, Rows, Source
from ganapps.errors import UsageError

FIELDS = ("image", "attributes")

MIXED = DataSet(
    name="mixed",
    title="Data sets with different attributes, as one",
    kind="mixed",
    fields={
        "image": Field((None, None, 3), "float32", "a picture of one of the sets"),
        "attributes": Field((None,), "float32", "multi-hot, set after set; 0 where the row's set does not know it"),
        "dataset_id": Field((), "int32", "which set the row comes from, counted from 0"),
    },
    sizes={"train": 0, "test": 0},
    licence="those of the sets",
    credit="those of the sets",
    how_to_get="write mixed:SPEC+SPEC, such as mixed:faces:know=hair+faces:know=face,seed=1",
    opener="ganapps.data.mixed:open_mixed",
    describer="ganapps.data.mixed:describe_mixed",
)


def describe_mixed(specs: str) -> DataSet:
    """The card of the mixture; ``specs`` are joined by plus signs.

    Raises:
        UsageError: fewer than two sets, one without pictures or attributes, or an attribute that two of them name.
    """
    cards = [catalogue.describe(spec) for spec in parts(specs)]
    if len(cards) < 2:
        raise UsageError(f"mixed:{specs} names one data set; write mixed:SPEC+SPEC.")
    for card in cards:
        if missing := [name for name in FIELDS if name not in card.fields]:
            raise UsageError(f"'{card.name}' cannot be mixed: it has no '{missing[0]}'.")
    names = [name for card in cards for name in card.attributes]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise UsageError(f"Two of the mixed sets have an attribute '{twice}': rename it in one of them.")
    sides = {card.resolution for card in cards}
    return replace(
        MIXED,
        fields=MIXED.fields | {"attributes": replace(MIXED.fields["attributes"], shape=(len(names),))},
        sizes={part: sum(card.sizes[part] for card in cards) for part in MIXED.sizes},
        licence="; ".join(dict.fromkeys(card.licence for card in cards)),
        credit="; ".join(dict.fromkeys(card.credit for card in cards)),
        attributes=tuple(names),
        vocabularies=tuple(len(card.attributes) for card in cards),
        channels=max(card.channels for card in cards),
        resolution=sides.pop() if len(sides) == 1 else None,
    )


def parts(specs: str) -> list[str]:
    """The specifications of a sum: cut at each plus sign that a data set's name follows."""
    return re.split(rf"\+(?=(?:{'|'.join(catalogue.CARDS)})(?:[:+]|$))", specs)


class MixedSource(Source):
    """The rows of one set after those of another."""

    def __init__(self, card: DataSet, sources: list[Source]):
        self.sources = [s.only(FIELDS) if isinstance(s, ArraySource) else s for s in sources]
        self.ends = list(accumulate(source.streams["main"] for source in sources))
        self.places = list(accumulate(card.vocabularies, initial=0))
        self.streams = {"main": self.ends[-1]}
        self.skipped = [reason for source in sources for reason in source.skipped]
        self.shape = self.sources[0].take("main", np.zeros(1, np.int64))["image"].shape[1:]
        image = replace(card.fields["image"], shape=self.shape)
        side, _, channels = self.shape
        self.info = replace(card, fields=card.fields | {"image": image}, resolution=side, channels=channels)

    def take(self, stream: str, indices: np.ndarray) -> Rows:
        origin = np.searchsorted(self.ends, indices, side="right").astype(np.int32)
        count = len(indices)
        rows = {
            "image": np.zeros((count, *self.shape), np.float32),
            "attributes": np.zeros((count, self.places[-1]), np.float32),
        }
        for number, source in enumerate(self.sources):
            mine = origin == number
            found = source.take(stream, indices[mine] - (self.ends[number] - source.streams[stream]))
            rows["image"][mine] = found["image"]
            rows["attributes"][mine, self.places[number] : self.places[number + 1]] = found["attributes"]
        return rows | {"dataset_id": origin}


def open_mixed(split: str, resolution: int | None, channels: int | None, specs: str) -> MixedSource:
    """All sets, at one size and number of channels (default: their own where they agree, else 64 pixels, the most channels).

    Raises:
        UsageError: as ``describe_mixed``; or a set whose pictures and attributes are not drawn together.
    """
    card = describe_mixed(specs)
    side, depth = resolution or card.resolution or 64, channels or card.channels
    sources = [catalogue.open(spec, split, side, depth) for spec in parts(specs)]
    for source in sources:
        if "main" not in source.streams:
            raise UsageError(f"'{source.info.name}' cannot be mixed: its fields are drawn apart.")
    return MixedSource(card, sources)
