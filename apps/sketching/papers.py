"""What a network expects to be drawn, learned from its bundle's card: which brushes the page may offer.

A card tells in one of two places. Where the network reads pictures of classes, ``inputs.image.palette`` names their
colours: ``{"sea": [150, 190, 225], ...}``. Else ``data.spec`` names the data set and the layer (``earth:a=map,b=satellite``),
and colours that people would draw in the package's layers are listed here. A card that tells neither gets free colours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Colour = tuple[int, int, int]

MAP = {
    "sea": (44, 162, 226),
    "deep sea": (17, 109, 209),
    "shallows": (154, 215, 234),
    "land": (126, 189, 120),
    "forest": (70, 157, 76),
    "dry land": (231, 209, 167),
    "hills": (197, 162, 85),
    "mountain": (146, 119, 48),
}
RELIEF = {"sea": (120, 167, 205), "land": (146, 176, 166), "dry land": (206, 197, 180)}
CRAYONS = {
    "white": (255, 255, 255),
    "black": (0, 0, 0),
    "red": (210, 50, 45),
    "yellow": (240, 200, 60),
    "green": (60, 150, 70),
    "blue": (50, 110, 200),
    "brown": (130, 90, 50),
}
NO_RELIEF = (
    "This network learned from maps of coasts, lakes and rivers. They show no mountains, so there is no brush for them."
)
SHADED = "This network learned from shaded relief, where slopes are light and dark: a brush of one colour draws none."
FREE = "The card does not say what this network learned to read: draw in colours like those of its training pictures."


@dataclass(frozen=True)
class Paper:
    """What one may draw with.

    Args:
        kind: "classes" (each brush is one exact colour), "ink" (dark lines on white) or "colours" (anything).
        brushes: colours by name; the first is that of an empty sheet.
        note: what cannot be drawn, in a sentence, or nothing.
    """

    kind: str
    brushes: Mapping[str, Colour]
    note: str = ""

    @property
    def ground(self) -> Colour:
        """The colour of the empty sheet."""
        return next(iter(self.brushes.values()))

    def colour(self, *names: str) -> Colour:
        """The first of these brushes that there is, else the ground."""
        return next((self.brushes[name] for name in names if name in self.brushes), self.ground)


INK = Paper("ink", {"paper": (255, 255, 255), "ink": (0, 0, 0)})
LAYERS = {
    ("earth", "map"): Paper("colours", MAP),
    ("earth", "relief"): Paper("colours", RELIEF, SHADED),
    ("faces", "sketch"): INK,
}
USUAL = {("earth", "a"): "map", ("earth", "b"): "satellite", ("faces", "a"): "sketch", ("faces", "b"): "image"}
NEVER_DRAWN = ("moving", "phantoms", "digit_pairs")  # data sets of the package whose pictures nobody would draw


def paper_of(card: Mapping[str, Any]) -> Paper | None:
    """The paper for a bundle, or None where it does not turn one drawing into one picture."""
    inputs = list(card["inputs"].values())
    if "_to_" not in card["signature"] or [spec["kind"] for spec in inputs] != ["image"]:
        return None
    if card["output"]["kind"] != "image" or inputs[0]["shape"][-1] not in (1, 3):
        return None
    palette = inputs[0].get("palette")
    if palette:
        named = {str(name): (int(rgb[0]), int(rgb[1]), int(rgb[2])) for name, rgb in palette.items()}
        return Paper("classes", named, NO_RELIEF if "sea" in named and "mountain" not in named else "")
    name, _, options = card["data"].get("spec", "").partition(":")
    field = card["signature"].split("_to_")[0]
    layer = dict(option.partition("=")[::2] for option in options.split(",")).get(field, USUAL.get((name, field)))
    if name in NEVER_DRAWN:
        return None
    if name in ("earth", "faces"):
        return LAYERS.get((name, layer or ""))  # photographs are no drawings
    return Paper("colours", CRAYONS, FREE)


def drawable(cards: Mapping[str, Mapping[str, Any]]) -> dict[str, Paper]:
    """The papers of the bundles that one can draw for, by name; those whose colours are known come first."""
    found = {name: paper for name, card in cards.items() if (paper := paper_of(card))}
    return dict(sorted(found.items(), key=lambda item: (item[1].kind == "colours", item[1].note == FREE, item[0])))
