"""Attributes by name: what a user asks for, and which combinations cannot be.

Names are compared in small letters, with spaces for underscores and hyphens, in one spelling (blond, grey). Some names
constrain each other, and only the names say so:

- colours of one thing exclude each other ("black hair", "Blond_Hair"); a hat hides the colour of the hair, a bald head
  has none;
- one of a kind implies the kind ("sunglasses" are "glasses").
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ganapps.errors import UsageError, nearest

ON, OFF = ("on", "yes", "true", "1"), ("off", "no", "false", "0", "none")
SPELLINGS = {"blonde": "blond", "gray": "grey"}
COLOURS = (
    *("black", "brown", "red", "auburn", "blond", "golden", "grey", "silver", "white", "pink", "purple", "blue"),
    *("green", "yellow", "orange"),
)
WITHOUT_HAIR = ("hat", "wearing hat", "bald")


def plain(name: str) -> str:
    """A name as it is compared."""
    words = name.lower().replace("_", " ").replace("-", " ").split()
    return " ".join(SPELLINGS.get(word, word) for word in words)


def rivals(names: Sequence[str]) -> list[list[int]]:
    """Groups of places in ``names`` of which at most one can hold; names without rivals are in none."""
    groups: dict[str, list[int]] = {}
    for place, name in enumerate(map(plain, names)):
        first, _, rest = name.partition(" ")
        if first in COLOURS and rest:
            groups.setdefault(rest, []).append(place)
        elif name in WITHOUT_HAIR:
            groups.setdefault("hair", []).append(place)
    return [group for group in groups.values() if len(group) > 1]


def kinds(names: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of places (kind, whole): where the first holds the second does."""
    known = [plain(name) for name in names]
    return [
        (kind, whole)
        for kind, name in enumerate(known)
        for whole, other in enumerate(known)
        if name != other and name.endswith(other) and not name.startswith("no ")
    ]


def wanted(settings: Mapping[str, str], names: Sequence[str]) -> dict[str, bool]:
    """What texts such as ``glasses=off`` and ``hair=blond`` (the attribute "blond hair") ask for, by the names' own words.

    Raises:
        UsageError: no such attribute or value; the nearest is named. Or two that exclude each other.
    """
    known = {plain(name): name for name in names}
    found: dict[str, bool] = {}
    for key, value in settings.items():
        what, how = plain(key), plain(value)
        variants = {name.removesuffix(what).strip(): full for name, full in known.items() if name.endswith(what)}
        if what in known and how in (*ON, *OFF):
            found[known[what]] = how in ON
        elif how and how in variants:
            found[variants[how]] = True
        elif variants:
            offered = [variant for variant in variants if variant] + ["on", "off"] * (what in known)
            raise UsageError(f"There is no {key}={value}.{nearest(how, offered)} It can be {', '.join(offered)}.")
        else:
            raise UsageError(f"There is no attribute '{key}'.{nearest(what, known)} There are {', '.join(names)}.")
    for group in rivals(names):
        asked = [names[place] for place in group if found.get(names[place])]
        if len(asked) > 1:
            raise UsageError(f"'{asked[0]}' and '{asked[1]}' exclude each other.")
    return found


def edited(own: np.ndarray, names: Sequence[str], changes: Mapping[str, bool]) -> np.ndarray:
    """The attributes to ask for, float32 (n, k) of 0 and 1.

    What is not changed stays. Rivals of what is put on go off; where the one that held is taken away, the likeliest of its
    rivals takes its place; a kind brings its whole, a whole that goes takes its kinds along.

    Args:
        own: how likely each attribute holds, in [0, 1], (n, k); all 0 where nothing is known.
        names: of the k attributes.
        changes: one of the names -> whether it is to hold.
    """
    places = {names.index(name): on for name, on in changes.items()}
    held = own > 0.5
    for group in rivals(names):
        best = own[:, group].argmax(axis=1)
        held[:, group] &= np.arange(len(group)) == best[:, None]
        away = [place for place in group if places.get(place) is False]
        lost = held[:, away].any(axis=1)
        for place in group:
            if place in places or any(places.get(rival) for rival in group):
                held[:, place] = places.get(place, False)
        left = [place for place in group if place not in away and plain(names[place]) not in WITHOUT_HAIR]
        if left and not any(places.get(place) for place in group):
            rows = np.flatnonzero(lost)
            held[rows, np.array(left)[own[rows][:, left].argmax(axis=1)]] = True
    for place, on in places.items():
        held[:, place] = on
    for kind, whole in kinds(names):
        if places.get(whole) is False and not places.get(kind):
            held[:, kind] = False
        held[:, whole] |= held[:, kind]
    return held.astype(np.float32)


def chosen(values: np.ndarray, names: Sequence[str], of: Sequence[str]) -> np.ndarray:
    """The columns of ``values`` (n, len(names)) that belong to the attributes ``of``; all where those have no names.

    Raises:
        UsageError: an attribute that is not among ``names``.
    """
    if not of or tuple(of) == tuple(names):
        return values
    for name in of:
        if name not in names:
            raise UsageError(f"The data do not know the attribute '{name}'.{nearest(name, names)}")
    return values[:, [list(names).index(name) for name in of]]


def overlaid(own: np.ndarray, names: Sequence[str], asked: np.ndarray, of: Sequence[str]) -> np.ndarray:
    """What a picture with the attributes ``own`` (n, len(names)) has after it was asked to have ``asked`` of those in ``of``.

    All that was asked for, the rest as it was, but for rivals of what was asked for.
    """
    if not of or tuple(of) == tuple(names):
        return asked
    told = [list(names).index(name) for name in of]
    whole = own.copy()
    whole[:, told] = asked
    for group in rivals(names):
        rest = [place for place in group if place not in told]
        taken = whole[:, [place for place in group if place in told]].any(axis=1)
        whole[np.ix_(np.flatnonzero(taken), np.array(rest, int))] = 0.0
    return whole


def reader_of(editor: str, cards: Mapping[str, Mapping[str, Any]]) -> str | None:
    """The bundle that reads off a picture the attributes which ``editor`` sets: of the same run; None without one."""
    wanted = {**cards[editor], "signature": cards[editor]["signature"].replace("edit", "attributes", 1)}
    for name, card in cards.items():
        if name != editor and all(card[key] == wanted[key] for key in ("model", "training", "data", "signature")):
            return name
    return None
