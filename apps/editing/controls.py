"""Controls from the names that a bundle's card gives its attributes, and what turning one of them means for the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ganapps.attributes import COLOURS, edited, plain, rivals

PAINT = {
    **{"black": "#2c1b18", "brown": "#724133", "red": "#c93305", "auburn": "#a55728", "blond": "#d6b370"},
    **{"golden": "#e0b64a", "grey": "#b4b4b8", "silver": "#c8ccd4", "white": "#f4f4f4", "pink": "#f59797"},
    **{"purple": "#7b4fa0", "blue": "#4a8fd8", "green": "#4f9a54", "yellow": "#f4e285", "orange": "#f0913a"},
}


@dataclass(frozen=True)
class Controls:
    """What a page shows for some attributes.

    Args:
        swatches: what is coloured ("Hair") -> the attributes that are its colours, of which one holds at most.
        switches: the other attributes, on or off.
    """

    swatches: dict[str, tuple[str, ...]]
    switches: tuple[str, ...]


def controls(names: Sequence[str]) -> Controls:
    """Swatches for colours of one thing, where there are several, and switches for the rest, in the card's order."""
    swatches: dict[str, tuple[str, ...]] = {}
    for group in rivals(names):
        colours = tuple(names[place] for place in group if colour(names[place]))
        if len(colours) > 1:
            swatches[plain(colours[0]).partition(" ")[2].capitalize()] = colours
    taken = {name for group in swatches.values() for name in group}
    return Controls(swatches, tuple(name for name in names if name not in taken))


def colour(name: str) -> str | None:
    """The colour that a name begins with: "black" of "Black_Hair"; None where it begins with none."""
    first, _, rest = plain(name).partition(" ")
    return first if rest and first in COLOURS else None


def title(name: str) -> str:
    """A name as people read it: "Wearing hat" of "Wearing_Hat"."""
    words = plain(name)
    return words[:1].upper() + words[1:]


def turned(held: np.ndarray, likely: np.ndarray, names: Sequence[str], name: str, on: bool) -> np.ndarray:
    """The attributes after one of them is turned on or off, with what follows from it for the others.

    Another hair colour goes off when one comes on; when a hat is taken off, the likeliest hair appears.

    Args:
        held: those that hold now, float32 (k,) of 0 and 1.
        likely: how likely each holds in the picture, in [0, 1]; all 0 where nothing is known.
    """
    # What holds stays above one half and the rest below; among those that do not hold, the likeliest counts.
    known = 0.51 * held + 0.49 * likely
    return edited(known[None], names, {name: on})[0]


def singles(held: np.ndarray, names: Sequence[str]) -> list[tuple[str, str, bool]]:
    """Every single edit of a picture: what to call it, the attribute, and whether it comes on.

    Swatches come on; switches turn to what they are not.
    """
    colours = {name for group in controls(names).swatches.values() for name in group}
    found = []
    for name, on in zip(names, held > 0.5, strict=True):
        if name in colours and not on:
            found.append((title(name), name, True))
        elif name not in colours:
            found.append((f"{title(name)} {'off' if on else 'on'}", name, not on))
    return found


def read_as(likely: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """The attributes of a picture that a reader gave ``likely`` (k,): float32 (k,) of 0 and 1; of rivals one at most."""
    return edited(likely[None], names, {})[0]


def holding(holds: Sequence[str], names: Sequence[str]) -> np.ndarray:
    """Which of ``names`` are among those that a picture is known to hold, in any spelling: float32 (k,) of 0 and 1."""
    known = {plain(name) for name in holds}
    return np.array([plain(name) in known for name in names], np.float32)


def editors(cards: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The bundles among ``cards`` that turn a picture and attributes into a picture."""
    kinds = {"image", "attributes"}
    return [
        name
        for name, card in cards.items()
        if card["output"]["kind"] == "image" and {spec["kind"] for spec in card["inputs"].values()} == kinds
    ]
