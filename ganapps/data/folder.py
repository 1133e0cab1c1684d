"""``folder:PATH``: the pictures that somebody has. How a folder is understood stands in ``folder_layout``."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from ganapps.data.catalogue import DataSet, Field
from ganapps.data.file_source import FileRows, open_files
from ganapps.data.folder_layout import KINDS, Layout, find_layout
from ganapps.data.pictures import BadPicture, Header, bombs_unannounced, default_resolution, header
from ganapps.data.source import Source
from ganapps.data.window import parse_window
from ganapps.errors import GanappsError, UsageError

LOOKED_AT = 64
TITLES = {
    "flat": "pictures of a folder",
    "classes": "pictures of a folder, one subfolder a class",
    "attributes": "pictures of a folder with a table of attributes",
    "unpaired": "two folders of pictures, unpaired",
    "pairs": "two folders of pictures, paired by file name",
    "side_by_side": "pictures of a folder, each two halves side by side",
}
PICTURE = Field((None, None, None), "float32", "the middle square of the picture, resized")

FOLDER = DataSet(
    name="folder",
    title="your own pictures: folder:PATH",
    kind="folder",
    fields={"image": PICTURE},
    sizes={"train": 0, "test": 0},
    licence="that of your pictures",
    credit="yours",
    how_to_get="put pictures into a folder; subfolders are classes, A and B two domains, attributes.csv a table",
    opener="ganapps.data.folder:open_folder",
    describer="ganapps.data.folder:describe_folder",
    options={
        "flat": "all pictures, without labels",
        "classes": "one subfolder a class",
        "attributes": "table of 0/1 attributes: a file name, from the folder or absolute",
        "unpaired": "folders A and B (or trainA, trainB) are two unpaired domains",
        "pairs": "folders A and B hold pairs, by file name (also: an empty file called paired beside them)",
        "side_by_side": "each picture holds a pair, a in its left half and b in its right",
        "swap": "exchange a and b",
        "window": "LEVEL/WIDTH in stored numbers: grey pictures keep their 16 bits, and this window becomes [-1, 1]",
        "window_b": "the same for b, where it differs from a's",
    },
)


def describe_folder(
    path: str,
    flat: bool = False,
    classes: bool = False,
    attributes: str | None = None,
    unpaired: bool = False,
    pairs: bool = False,
    side_by_side: bool = False,
    swap: bool = False,
    window: str | None = None,
    window_b: str | None = None,
) -> DataSet:
    """The card of a folder as its files and a few of their headers show it; nothing is decoded.

    Raises:
        UsageError: two options that exclude each other. GanappsError: no such folder, or no picture in it.
    """
    kind = _kind(flat, classes, attributes, unpaired, pairs, side_by_side)
    layouts = {split: find_layout(Path(path).expanduser(), split, kind, attributes) for split in ("train", "test")}
    train = layouts["train"]
    heads = _headers(path, train)
    sides = {(head.width // (2 if train.kind == "side_by_side" else 1), head.height) for head in heads}
    width, height = next(iter(sides))
    picture = replace(PICTURE, window=parse_window(window)) if window else PICTURE
    fields = {name: picture for names in _names(train, swap).values() for name in names}
    if window_b and not (window and "b" in fields):
        raise UsageError("window_b is for the second of two domains, beside window: write window=...,window_b=...")
    if window_b:
        fields["b"] = replace(picture, window=parse_window(window_b))
    if train.kind in ("pairs", "side_by_side"):
        fields["b_neg"] = replace(fields["b"], meaning="the picture b of another pair, drawn anew for each batch")
    if train.kind == "classes":
        fields["label"] = Field((), "int32", "the subfolder")
    if train.kind == "attributes":
        fields["attributes"] = Field((len(train.attributes),), "float32", "1 where the attribute holds, else 0")
    return replace(
        FOLDER,
        name=f"folder:{path}",
        title=TITLES[train.kind],
        fields=fields,
        sizes={split: min(map(len, layout.rows.values())) for split, layout in layouts.items()},
        classes=train.classes,
        attributes=train.attributes,
        channels=1 if window or all(head.grey for head in heads) else 3,
        resolution=width if len(sides) == 1 and width == height else None,
        paired={"unpaired": False, "pairs": True, "side_by_side": True}.get(train.kind),
    )


def open_folder(split: str, resolution: int | None, channels: int | None, path: str, **options: Any) -> Source:
    """The pictures of a folder, each as its middle square at ``resolution`` pixels a side.

    Without a resolution pictures that are all squares of one size up to 256 stay as they are, others come at 64. Files
    that cannot be used are named in ``skipped``.

    Raises:
        UsageError: two options that exclude each other. GanappsError: no such folder, or nothing usable in it.
    """
    info = describe_folder(path, **options)
    stored = bool(options.get("window"))
    if stored and channels == 3:
        raise UsageError("A window shows one number a pixel: leave out window, or ask for 1 channel.")
    kind = _kind(*(options.get(kind) for kind in KINDS))
    layout = find_layout(Path(path).expanduser(), split, kind, options.get("attributes"))
    if not all(layout.rows.values()):
        raise GanappsError(f"{path} has too few pictures to hold any out for the {split} split.")
    side = resolution or default_resolution(info.resolution)
    value = {"classes": "label", "attributes": "attributes"}.get(layout.kind)
    names = _names(layout, options.get("swap", False))
    rows = {stream: layout.rows[side] for stream, side in zip(names, layout.rows, strict=True)}
    return open_files(FileRows(info, names, rows, value, side, channels or info.channels, layout.skipped, stored))


def _kind(*asked: bool | str | None) -> str | None:
    """The one of ``KINDS``, in their order, that was asked for."""
    chosen = [kind for kind, wanted in zip(KINDS, asked, strict=True) if wanted]
    if len(chosen) > 1:
        raise UsageError(f"A folder is understood in one way only: choose one of {', '.join(chosen)}.")
    return chosen[0] if chosen else None


def _names(layout: Layout, swap: bool) -> dict[str, tuple[str, ...]]:
    """The picture fields of each stream, in the order of the layout's streams and of a row's pictures."""
    a, b = ("b", "a") if swap else ("a", "b")
    if layout.kind == "unpaired":
        return {a: (a,), b: (b,)}
    if layout.kind in ("pairs", "side_by_side"):
        return {"main": (a, b)}
    if swap:
        raise UsageError("Only two domains can be swapped, and this folder has one: leave out swap.")
    return {"main": ("image",)}


def _headers(path: str, layout: Layout) -> list[Header]:
    """The headers of some pictures, evenly spread over each stream; of all, when those some give none."""
    reasons: list[str] = []
    longest = max(1, *map(len, layout.rows.values()))
    with bombs_unannounced():
        for most in (LOOKED_AT, longest):
            rows = [row for stream in layout.rows.values() for row in stream[:: max(1, len(stream) // most)][:most]]
            found, reasons = [], []
            for row in rows:
                try:
                    found += [header(file) for file, _ in row.pictures]
                except BadPicture as error:
                    reasons.append(f"{row.key}: {error}")
            if found:
                return found
    why = f" ({len(reasons)} files were skipped, first {reasons[0]})" if reasons else ""
    raise GanappsError(f"{path} holds no picture that can be read{why}.")
