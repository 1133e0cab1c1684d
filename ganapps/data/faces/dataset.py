"""The rendered faces as a data set: its card, its options, and how it is opened."""

import dataclasses

import numpy as np

from ganapps.data.catalogue import DataSet, Field, palette
from ganapps.data.colour import as_channels
from ganapps.data.faces.build import draw_people, drawn
from ganapps.data.faces.canvas import PARTS
from ganapps.data.faces.captions import LONGEST, WORDS, caption_of, tokens_of
from ganapps.data.faces.pose import KEYPOINTS, MIRROR
from ganapps.data.faces.second import STYLES
from ganapps.data.faces.vocabulary import (
    ATTRIBUTES,
    CLASSES,
    GROUPS,
    KNOWN,
    attributes_of,
    garments_of,
    label_of,
    with_attribute,
)
from ganapps.data.faces.worker import FACES
from ganapps.data.source import ArraySource, Source
from ganapps.errors import UsageError, nearest

SIDES = (32, 48, 64, 96, 128, 192, 256)
PICTURES = ("image", "sketch", "garment", "style_b", "segmentation", "normals")
USUAL_STYLE = "voxel-art"
PALETTE = np.array(
    [
        *((255, 255, 255), (240, 190, 150), (120, 70, 30), (40, 30, 30), (60, 130, 220), (220, 140, 110)),
        *((205, 50, 70), (170, 120, 70), (20, 160, 160), (240, 180, 40), (110, 80, 190)),
    ],
    np.uint8,
)
COLOURS = palette(PARTS, PALETTE)

INFO = DataSet(
    name="faces",
    title="Rendered faces with everything known about them",
    kind="installed",
    fields={
        "image": Field((64, 64, 3), "float32", "the rendered face"),
        "label": Field((), "int32", "colour of the hair, or hat"),
        "attributes": Field((len(ATTRIBUTES),), "float32", "multi-hot; what a hat hides is 0"),
        "caption": Field((), "string", "one English sentence"),
        "tokens": Field(
            (LONGEST,), "int32", f"the caption's words as indices into {len(WORDS)} words, filled up with 0"
        ),
        "lengths": Field((), "int32", "how many words the caption has"),
        "sketch": Field((64, 64, 3), "float32", "the face as a line drawing, black on white; shows no colours"),
        "segmentation": Field((64, 64), "int32", "part of each pixel: " + ", ".join(PARTS)),
        "normals": Field((64, 64, 3), "float32", "surface normals (right, up, to the viewer), unit within 1/127"),
        "normals_mask": Field((64, 64, 1), "float32", "1 where the surface is known: on the figure"),
        "keypoints": Field((len(KEYPOINTS), 3), "float32", "x, y in [0, 1], visible: " + ", ".join(KEYPOINTS), MIRROR),
        "boxes": Field((1, 4), "float32", "x, y, width, height in [0, 1] of the head"),
        "garment": Field((64, 64, 3), "float32", "the garment alone on white, always in the same place"),
        "style_b": Field((64, 64, 3), "float32", "the same person in a second art style (option style_b=)"),
        "a": Field((64, 64, 3), "float32", "first domain (option a=, default sketch)"),
        "b": Field((64, 64, 3), "float32", "second domain (option b=, default image)"),
        "b_neg": Field(
            (64, 64, 3),
            "float32",
            "the field b of another person, a garment of another kind or colour; for each batch anew",
        ),
        "choices": Field((len(GROUPS),), "int32", "the twelve choices that make the face: " + ", ".join(GROUPS)),
        "identity": Field((), "int32", "number of the person: pose, light and shades of colour"),
    },
    sizes={"train": 5000, "test": 1000},
    classes=CLASSES,
    attributes=ATTRIBUTES,
    resolution=64,
    paired=True,
    licence="avataaars: free for personal and commercial use; second styles: voxel-art CC0 1.0, toon-head CC BY 4.0, "
    "personas CC BY 4.0; code of dicebear-styles: MIT",
    credit="rendered from Avataaars by Pablo Stanley (avataaars.com); voxel-art by DiceBear, ToonHead by Johan Melin, "
    "Personas by Draftbit; remixed, all carried by dicebear-styles and drawn with resvg",
    how_to_get="pip install dicebear-styles resvg; drawn at the first use",
    opener="ganapps.data.faces:open_faces",
    describer="ganapps.data.faces:describe_faces",
    options={
        "n": "faces to train on (default 5000); a fifth as many to test",
        "seed": "draws other faces (default 0)",
        "style_b": f"adds the field style_b, the same person in a second art style: {', '.join(STYLES)} (default: none, or "
        f"{USUAL_STYLE} where a picture below is style_b)",
        "image": f"the field image: {', '.join(PICTURES)} (default image)",
        "a": f"the field a: {', '.join(PICTURES)} (default sketch)",
        "b": "the field b, likewise (default image)",
        "unpaired": "train on a and b of different people; the test split keeps the pairs",
        "know": f"which attributes: {', '.join(KNOWN)} (default all)",
        "attribute": "train on faces without it (a) and with it (b); tested on a face and the same one drawn with it",
    },
)


def describe_faces(
    n: str = "5000",
    seed: str = "0",
    style_b: str = "",
    image: str = "image",
    a: str = "sketch",
    b: str = "image",
    unpaired: bool = False,
    know: str = "all",
    attribute: str = "",
) -> DataSet:
    """The card that holds under these options; unpaired, only ``a`` with what is known of it and ``b`` remain to train on."""
    if attribute and attribute not in ATTRIBUTES:
        raise UsageError(f"faces has no attribute '{attribute}'.{nearest(attribute, ATTRIBUTES)}")
    count = _number("n", n)
    if count < 10:
        raise UsageError(f"faces:n={n} is too few; draw at least 10.")
    _number("seed", seed)
    if style_b and style_b not in STYLES:
        raise UsageError(f"faces has no style '{style_b}', only {', '.join(STYLES)}.{nearest(style_b, STYLES)}")
    for picture in (image, a, b):
        if picture not in PICTURES:
            raise UsageError(f"faces cannot show '{picture}', only {', '.join(PICTURES)}.{nearest(picture, PICTURES)}")
    if know not in KNOWN:
        raise UsageError(f"faces cannot know '{know}', only {', '.join(KNOWN)}.{nearest(know, KNOWN)}")
    sizes = {"train": count, "test": count // 5}
    card = dataclasses.replace(
        INFO, palettes={field: COLOURS for field, of in (("a", a), ("b", b)) if of == "segmentation"}
    )
    if attribute:
        domains = {name: INFO.fields[name] for name in ("a", "b")}
        unknown = {"train": 0, "test": 0}  # how many have it, and could, shows when they are drawn
        return dataclasses.replace(card, sizes=unknown, attributes=(attribute,), fields=domains, paired=False)
    held = dataclasses.replace(INFO.fields["attributes"], shape=(len(KNOWN[know]),))
    fields = INFO.fields | {"attributes": held}
    if not _second(style_b, image, a, b):
        del fields["style_b"]
    card = dataclasses.replace(card, sizes=sizes, attributes=KNOWN[know], fields=fields)
    if not unpaired:
        return card
    fields = {name: card.fields[name] for name in ("a", "label", "attributes", "b")}
    return dataclasses.replace(card, sizes=sizes | {"train": count // 2}, fields=fields, paired=False)


def open_faces(
    split: str,
    resolution: int | None,
    channels: int | None,
    n: str = "5000",
    seed: str = "0",
    style_b: str = "",
    image: str = "image",
    a: str = "sketch",
    b: str = "image",
    unpaired: bool = False,
    know: str = "all",
    attribute: str = "",
) -> Source:
    """Rendered faces, drawn at the first use (about 50 a second on each core at 64 pixels) and cached.

    Args:
        split: ``"train"`` or ``"test"``; no face of one has the choices of a face of the other.
        resolution: side in pixels: 32, 48, 64 (default), 96, 128, 192 or 256.
        channels: of all pictures but the normals: 3 (default), or 1 for luma.
        n, seed: how many faces to train on, and which; decimal numbers.
        style_b: ``voxel-art``, ``toon-head`` (no hats, no glasses), ``personas`` or ``flat`` (the drawing behind the
            rendering); none named: ``voxel-art`` where a picture is ``style_b``, else the field is not there, because
            drawing it takes as long as the faces.
        image, a, b: which pictures these fields are.
        unpaired: the training split becomes two streams, ``a`` (with ``label`` and ``attributes``) and ``b``.
        know: which attributes are told: ``all``, ``hair`` or ``face``.
        attribute: domains by one attribute, whatever ``a`` and ``b`` say.

    Returns:
        Source with the stream ``main`` of all fields; or, unpaired and in the training split, ``a`` and ``b`` of
        disjoint halves of the people; or, by attribute, of those who lack it and those who have it.

    Raises:
        UsageError: an option that does not exist in this form, or a resolution that is not offered.
        GanappsError: dicebear-styles or resvg is not installed, or the cache folder cannot be written.
    """
    card = describe_faces(n, seed, style_b, image, a, b, unpaired, know, attribute)
    side, depth = resolution or 64, channels or 3
    if side not in SIDES:
        raise UsageError(f"faces are drawn at {', '.join(map(str, SIDES))} pixels, not at {side}.")
    people = draw_people(int(n), int(n) // 5, int(seed))[split]
    name, second = f"{int(n)}-seed{int(seed)}-{split}", _second(style_b, image, a, b)
    stored = drawn(FACES, people, side, name)

    if attribute:
        opened = dataclasses.replace(card, resolution=side, channels=depth)
        return _by_attribute(opened, people, stored["image"], split, f"{name}-{attribute.replace(' ', '-')}")

    def picture(field: str) -> np.ndarray:
        if field == "style_b":
            return as_channels(drawn(second, people, side, name)[second], depth)
        if field == "segmentation":
            return as_channels(PALETTE[stored[field]], depth)
        return as_channels(stored[field], depth)

    label = np.array([label_of(choices) for choices in people["choices"]], np.int32)
    opened = dataclasses.replace(card, fields=INFO.fields, resolution=side, channels=depth)
    if unpaired and split == "train":
        told = {"label": label, "attributes": _attributes(people, KNOWN[know])}
        halves = {
            "a": {"a": picture(a)[0::2]} | {name: values[0::2] for name, values in told.items()},
            "b": {"b": picture(b)[1::2]},
        }
        return ArraySource(dataclasses.replace(opened, paired=False), halves)
    known = {field: stored[field] for field in ("segmentation", "normals", "normals_mask", "keypoints", "boxes")}
    shown = {
        field: picture(field) for field in ("image", "sketch", "garment", "style_b") if field != "style_b" or second
    }
    domains = {"a": shown[a] if a in shown else picture(a), "b": shown[b] if b in shown else picture(b)}
    columns = people | {"label": label} | _words(people, KNOWN[know]) | known | shown | domains
    columns |= {"image": shown[image] if image in shown else picture(image)}
    items = garments_of(people["choices"]) if b == "garment" else None
    return ArraySource(dataclasses.replace(opened, paired=True), {"main": columns}, items=items)


def _second(style_b: str, *pictures: str) -> str:
    """The second style that these pictures need, or that was named; else ''."""
    return style_b or (USUAL_STYLE if "style_b" in pictures else "")


def _by_attribute(
    card: DataSet, people: dict[str, np.ndarray], images: np.ndarray, split: str, name: str
) -> ArraySource:
    """Faces without the card's one attribute and faces with it; to test, one without it and the same one drawn with it."""
    (attribute,), depth = card.attributes, card.channels
    place = ATTRIBUTES.index(attribute)
    has = np.array([attributes_of(choices)[place] > 0 for choices in people["choices"]])
    if split == "train":
        halves = {"a": {"a": as_channels(images[~has], depth)}, "b": {"b": as_channels(images[has], depth)}}
        return ArraySource(card, halves)
    edited = {row: with_attribute(people["choices"][row], attribute, True) for row in np.flatnonzero(~has)}
    rows = [row for row, choices in edited.items() if attributes_of(choices)[place]]  # a hat hides hair of any colour
    before = {key: values[rows] for key, values in people.items()}
    after = before | {"choices": np.stack([edited[row] for row in rows])}
    again = drawn(FACES, after, images.shape[1], name)["image"]
    fields = card.fields | {key: INFO.fields[key] for key in before}
    columns = before | {"a": as_channels(images[rows], depth), "b": as_channels(again, depth)}
    return ArraySource(dataclasses.replace(card, fields=fields, paired=True), {"main": columns})


def _words(people: dict[str, np.ndarray], attributes: tuple[str, ...]) -> dict[str, np.ndarray]:
    who = list(zip(people["choices"], people["identity"], strict=True))
    captions = [caption_of(choices, int(identity)) for choices, identity in who]
    tokens, lengths = zip(*(tokens_of(caption) for caption in captions), strict=True)
    return {
        "attributes": _attributes(people, attributes),
        "caption": np.array(captions, object),
        "tokens": np.stack(tokens),
        "lengths": np.array(lengths, np.int32),
    }


def _number(option: str, value: str) -> int:
    if not value.isdecimal():
        raise UsageError(f"faces:{option}={value} is not a whole number; write, for example, faces:{option}=100.")
    return int(value)


def _attributes(people: dict[str, np.ndarray], names: tuple[str, ...]) -> np.ndarray:
    held = np.stack([attributes_of(choices) for choices in people["choices"]])
    return held[:, [ATTRIBUTES.index(name) for name in names]]
