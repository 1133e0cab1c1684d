"""Digits in two domains: as they are, as their edges, as their negative, or coloured and noisy.

The way from the plain domain to the others is known exactly, so translators and coupled generators can be checked pixel
by pixel. Edges and negatives are those of CoGAN's experiments (Liu and Tuzel, 2016, section 4); the coloured digits stand
in for photographed ones, as the source of a transfer to plain digits.
"""

from dataclasses import replace
from functools import reduce
from typing import Any

import numpy as np

from ganapps.data import digits
from ganapps.data.catalogue import DataSet, Field
from ganapps.data.colour import as_channels
from ganapps.data.source import ArraySource
from ganapps.errors import UsageError, nearest

BASES = {"digits": digits.DIGITS, "mnist": digits.MNIST, "fashion_mnist": digits.FASHION}
OPENERS: dict[str, Any] = {
    "digits": digits.open_digits,
    "mnist": digits.open_mnist,
    "fashion_mnist": digits.open_fashion,
}
DOMAINS = ("plain", "edges", "negative", "noisy")
COLOURED = "noisy"
SEEDS = {"train": 0, "test": 1}
NOISE = 20.0  # standard deviation, in grey levels

PAIRS = DataSet(
    name="digit_pairs",
    title="digits in two domains: plain, edges, negative or noisy",
    kind="embedded",
    fields={
        "a": Field((None, None, 1), "float32", "first domain (option a=, default plain)"),
        "b": Field((None, None, 1), "float32", "second domain (option b=, default edges)"),
        "label": Field((), "int32", "what a shows; unpaired, nothing tells what b shows"),
    },
    sizes=digits.DIGITS.sizes,
    licence=digits.DIGITS.licence,
    credit=digits.DIGITS.credit,
    how_to_get=digits.DIGITS.how_to_get,
    opener="ganapps.data.digit_pairs:open_pairs",
    describer="ganapps.data.digit_pairs:describe_pairs",
    classes=digits.DIGITS.classes,
    channels=1,
    resolution=28,
    paired=True,
    options={
        "a": "domain of the field a: plain (default), edges, negative or noisy (in colour)",
        "b": "domain of the field b (default edges)",
        "of": "digits (default), mnist or fashion_mnist: what is drawn",
        "path": "of mnist and fashion_mnist: folder of idx files",
        "unpaired": "train on a and b made of different digits; the test split keeps the pairs",
    },
)


def edges(images: np.ndarray) -> np.ndarray:
    """The outline around the strokes: the largest value of the 3 x 3 neighbourhood less the pixel's own.

    Args:
        images: uint8 (n, H, W) or (n, H, W, C), white on black.

    Returns:
        uint8, the same shape.
    """
    margins = [(1, 1) if axis in (1, 2) else (0, 0) for axis in range(images.ndim)]
    padded = np.pad(images, margins)
    height, width = images.shape[1:3]
    around = [padded[:, y : y + height, x : x + width] for y in range(3) for x in range(3)]
    return reduce(np.maximum, around) - images


def negative(images: np.ndarray) -> np.ndarray:
    """Black on white; uint8 of any shape."""
    return 255 - images


def noisy(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One colour on another, with Gaussian noise over both.

    Of the two colours one is dark and one is light in every channel, and chance says which is the ground's. So neither
    a channel nor the sign of a difference tells the digit from the ground.

    Args:
        images: uint8 (n, H, W), white on black.
        rng: draws the colours and the noise.

    Returns:
        uint8 (n, H, W, 3).
    """
    dark, light = (rng.integers(low, low + 100, (len(images), 3)) for low in (0, 156))
    inverted = rng.random((len(images), 1)) < 0.5
    ground, ink = np.where(inverted, light, dark), np.where(inverted, dark, light)
    made = np.empty((*images.shape, 3), np.uint8)
    for row, image in enumerate(images):  # one at a time: all the noise at once would fill the memory
        clean = ground[row] + (ink[row] - ground[row]) * (image[..., None] / 255.0)
        made[row] = np.clip(np.rint(clean + rng.normal(0.0, NOISE, clean.shape)), 0, 255)
    return made


def in_domain(images: np.ndarray, domain: str, rng: np.random.Generator) -> np.ndarray:
    """uint8 (n, H, W) as pictures of a domain, uint8 (n, H, W, 1), or (n, H, W, 3) of the coloured one."""
    if domain == COLOURED:
        return noisy(images, rng)
    return {"plain": images, "edges": edges(images), "negative": negative(images)}[domain][..., None]


def describe_pairs(
    a: str = "plain", b: str = "edges", of: str = "digits", path: str | None = None, unpaired: bool = False
) -> DataSet:
    """The card that holds under these options: colour where a domain has it, half of the training rows unpaired."""
    for domain in (a, b):
        if domain not in DOMAINS:
            raise UsageError(
                f"digit_pairs has no domain '{domain}', only {', '.join(DOMAINS)}.{nearest(domain, DOMAINS)}"
            )
    if of not in BASES:
        raise UsageError(f"digit_pairs cannot draw '{of}', only {', '.join(BASES)}.{nearest(of, BASES)}")
    if path is not None and of == "digits":
        raise UsageError("digit_pairs takes a path only with of=mnist or of=fashion_mnist; the digits are embedded.")
    base, channels = BASES[of], 3 if COLOURED in (a, b) else 1
    fields = {name: replace(PAIRS.fields[name], shape=(None, None, channels)) for name in "ab"}
    return replace(
        PAIRS,
        kind=base.kind,
        fields=fields | {"label": PAIRS.fields["label"]},
        sizes=base.sizes | ({"train": base.sizes["train"] // 2} if unpaired else {}),
        licence=base.licence,
        credit=base.credit,
        how_to_get=base.how_to_get,
        classes=base.classes,
        channels=channels,
        paired=not unpaired,
    )


def open_pairs(
    split: str,
    resolution: int | None,
    channels: int | None,
    a: str = "plain",
    b: str = "edges",
    of: str = "digits",
    path: str | None = None,
    unpaired: bool = False,
) -> ArraySource:
    """Digits in two domains; the maps are applied at the asked resolution.

    Args:
        split: ``"train"`` or ``"test"``.
        resolution: side in pixels (default 28), resized before the domains are made.
        channels: 1 or 3 of both domains; by default 3 where one of them is coloured.
        a, b: the domains.
        of: whose digits, or garments.
        path: of mnist and fashion_mnist, the folder of idx files.
        unpaired: the training split becomes two streams of different digits.

    Returns:
        Source with the stream ``main`` of fields ``a``, ``b``, ``label``; or, unpaired and in the training split, the
        streams ``a`` (fields ``a`` and ``label``) and ``b``, a random half of the digits each.

    Raises:
        UsageError: an unknown domain or source. GanappsError: MNIST or Fashion-MNIST is not there.
    """
    card = describe_pairs(a, b, of, path, unpaired)
    where = {} if path is None else {"path": path}
    columns = OPENERS[of](split, resolution, 1, **where).columns["main"]
    images, labels = columns["image"][..., 0], columns["label"]
    apart = unpaired and split == "train"
    order = np.random.default_rng(0).permutation(len(images))
    rows = np.array_split(order, 2) if apart else [np.arange(len(images))] * 2

    streams: dict[str, dict[str, np.ndarray]] = {}
    for number, (name, domain) in enumerate((("a", a), ("b", b))):
        rng = np.random.default_rng([SEEDS[split], number])
        pictures = as_channels(in_domain(images[rows[number]], domain, rng), channels or card.channels)
        streams.setdefault(name if apart else "main", {})[name] = pictures
    streams["a" if apart else "main"]["label"] = labels[rows[0]]
    size = min(len(next(iter(fields.values()))) for fields in streams.values())
    opened = replace(
        card,
        sizes=card.sizes | {split: size},
        resolution=images.shape[1],
        channels=channels or card.channels,
        paired=not apart,
    )
    return ArraySource(opened, streams)
