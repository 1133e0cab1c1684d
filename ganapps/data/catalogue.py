"""Which data sets there are, what each offers, and how one is opened by name.

A data set is asked for by a specification: ``digits``, ``earth:a=map,b=satellite,unpaired``, ``folder:PATH``,
``tfds:celeb_a``. Options follow the name (or the path) and are separated by commas; a bare word is a switch. Nothing
here imports TensorFlow, and a set's own module is imported only when that set is described or opened.
"""

from __future__ import annotations

import importlib
import inspect
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganapps.data.window import Window
from ganapps.errors import UsageError, nearest

if TYPE_CHECKING:
    from ganapps.data.source import Source

Options = dict[str, Any]


@dataclass(frozen=True)
class Field:
    """One field of a batch: its shape without the batch (None where it is open), the dtype handed out, its meaning.

    ``mirror`` is for key points only: the part that each part becomes when the picture is flipped left to right.
    ``window`` is for measured pictures: which of their values, in which unit, lie between -1 and 1.
    """

    shape: tuple[int | None, ...]
    dtype: str
    meaning: str
    mirror: tuple[int, ...] = ()
    window: Window | None = None


@dataclass(frozen=True)
class DataSet:
    """The catalogue's card of one data set.

    ``kind`` is "embedded" (comes with the package), "installed" (files found on this machine), "tfds", "folder",
    "procedural" or "mixed". ``sizes`` gives the rows of each split, 0 where that is known only after opening. ``resolution`` is
    the native side in pixels, None when the pictures differ in size. ``paired`` is None for single pictures.

    ``opener`` is a dotted "module:function", called as ``function(split, resolution, channels, **options)``.
    ``describer``, where options change what the set offers, is called as ``function(**options)`` and returns the card
    that then holds. ``options`` names what may follow the name, with one line about each; an option whose default in
    that function is False is a switch. ``vocabularies``, of sets mixed from several, tells how many of the attributes
    each of them knows, in order; `dataset_id` says which one a row comes from. ``palettes``, of fields that are pictures of
    classes, gives each class's colour (red, green, blue).
    """

    name: str
    title: str
    kind: str
    fields: dict[str, Field]
    sizes: dict[str, int]
    licence: str
    credit: str
    how_to_get: str
    opener: str
    classes: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()
    vocabularies: tuple[int, ...] = ()
    palettes: dict[str, dict[str, tuple[int, int, int]]] = field(default_factory=dict)
    channels: int = 3
    resolution: int | None = None
    paired: bool | None = None
    options: dict[str, str] = field(default_factory=dict)
    describer: str = ""


def palette(classes: tuple[str, ...], colours: Any) -> dict[str, tuple[int, int, int]]:
    """Classes with the rows of a uint8 (classes, 3)."""
    return {name: (int(r), int(g), int(b)) for name, (r, g, b) in zip(classes, colours, strict=True)}


CARDS = {
    "digits": "ganapps.data.digits:DIGITS",
    "stacked_digits": "ganapps.data.stacked:STACKED",
    "digit_pairs": "ganapps.data.digit_pairs:PAIRS",
    "mnist": "ganapps.data.digits:MNIST",
    "fashion_mnist": "ganapps.data.digits:FASHION",
    "faces": "ganapps.data.faces:INFO",
    "earth": "ganapps.data.earth:INFO",
    "photographs": "ganapps.data.photographs:INFO",
    "ring": "ganapps.data.beds:RING",
    "grid": "ganapps.data.beds:GRID",
    "spiral": "ganapps.data.beds:SPIRAL",
    "rose": "ganapps.data.beds:ROSE",
    "moving": "ganapps.data.moving:MOVING",
    "phantoms": "ganapps.data.phantoms:PHANTOMS",
    "folder": "ganapps.data.folder:FOLDER",
    "tfds": "ganapps.data.tfds:TFDS",
    "mixed": "ganapps.data.mixed:MIXED",
}
PLACE = {"folder": "path", "tfds": "name", "mixed": "specs"}
SPLITS = ("train", "test")


def names() -> list[str]:
    """The data sets that need nothing but their name, in the order in which they are shown."""
    return [name for name in CARDS if name not in PLACE]


def patterns() -> list[DataSet]:
    """The cards of the sets that need a place behind their name: ``folder:PATH``, ``tfds:NAME``, ``mixed:SPECS``."""
    return [_imported(CARDS[name]) for name in PLACE]


def describe(spec: str) -> DataSet:
    """The card of what ``spec`` would open; a folder is looked at, nothing is decoded or fetched.

    Raises:
        UsageError: an unknown name or option. GanappsError: a folder that holds no data set.
    """
    card, options = parse(spec)
    return _imported(card.describer)(**options) if card.describer else card


def open(spec: str, split: str = "train", resolution: int | None = None, channels: int | None = None) -> Source:
    """Opens ``spec`` for reading, its pictures at ``resolution`` pixels a side and 1 or 3 channels (None: native).

    Raises:
        UsageError: an unknown name, option or split. GanappsError: the data are not there, or hold nothing usable.
    """
    card, options = parse(spec)
    if split not in SPLITS:
        raise UsageError(f"Split '{split}' does not exist; a data set has 'train' and 'test'.{nearest(split, SPLITS)}")
    if channels not in (None, 1, 3):
        raise UsageError(f"{channels} channels are not possible; ask for 1 (grey) or 3 (colour).")
    if resolution is not None and resolution < 1:
        raise UsageError(f"Resolution {resolution} is not possible; give the side of the picture in pixels.")
    return _imported(card.opener)(split=split, resolution=resolution, channels=channels, **options)


def parse(spec: str) -> tuple[DataSet, Options]:
    """Reads a specification: the card of its name, and its options (a switch is True; folder, tfds, mixed: the place)."""
    name, _, rest = spec.partition(":")
    if name not in CARDS:
        raise UsageError(f"Data set '{name}' does not exist.{nearest(name, CARDS) or ' See `ganapps data list`.'}")
    card: DataSet = _imported(CARDS[name])
    place, words = _split_place(rest) if name in PLACE else ("", rest.split(",") if rest else [])
    if name == "mixed":  # the commas belong to the sets that are mixed
        place, words = rest, []
    if name in PLACE and not place:
        raise UsageError(f"'{name}' needs its {PLACE[name]}: write {name}:{PLACE[name].upper()}.")
    options: Options = {PLACE[name]: place} if name in PLACE else {}
    parameters = inspect.signature(_imported(card.describer or card.opener)).parameters
    for word in words:
        key, _, value = word.partition("=")
        if key not in card.options:
            known = ", ".join(card.options) or "none"
            hint = nearest(key, card.options)
            raise UsageError(f"Data set '{name}' has no option '{key}' (it has: {known}).{hint}")
        switch = parameters[key].default is False
        if switch == ("=" in word):
            raise UsageError(f"Option '{key}' of data set '{name}' {'takes no' if switch else 'needs a'} value.")
        options[key] = switch or value
    return card, options


def option(spec: str, name: str) -> Any:
    """The value that an option has under ``spec``: as written there, else its default; None when there is no such option."""
    card, options = parse(spec)
    parameters = inspect.signature(_imported(card.describer or card.opener)).parameters
    return options.get(name, parameters[name].default) if name in card.options else None


def _split_place(rest: str) -> tuple[str, list[str]]:
    """Parts a path from its options: the path is the longest start, cut at a comma, that exists (else the first)."""
    words = rest.split(",")
    for count in range(len(words), 0, -1):
        place = ",".join(words[:count])
        if place and Path(place).expanduser().exists():
            return place, words[count:]
    return words[0], words[1:]


def _imported(dotted: str) -> Any:
    module, _, attribute = dotted.partition(":")
    return getattr(importlib.import_module(module), attribute)
