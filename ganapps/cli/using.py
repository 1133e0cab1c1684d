"""Using what was trained, whether it is a run or a model (through Keras) or an edge bundle (without)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from ganapps import attributes
from ganapps.cli.places import trained, use_backend
from ganapps.edge import Bundle, fit_picture
from ganapps.engine.pictures import to_uint8
from ganapps.errors import GanappsError, UsageError, nearest
from ganapps.tiles import Enlarger

Option = str | None


def sample(source: Path, count: int, seed: int, label: Option) -> np.ndarray:
    """``count`` samples of one class or of all in turn: uint8 or float pictures (n, H, W, C), or points (n, d).

    A run of coupled generators draws pairs, A to the left of B: (n, H, 2 W, C).

    Raises:
        GanappsError: it translates pictures and has nothing to draw, or takes no such label.
    """
    if trained(source) == "bundle":
        bundle = Bundle(source)
        return bundle.sample(count, seed, label=_class(label, bundle.card["inputs"]))
    model = _model(source)
    if hasattr(model, "sample_pair"):
        _class(label, {})
        return np.concatenate(model.sample_pair(count, seed), axis=2)
    offered = model.signatures().get("sample")
    if offered is None:
        verb = "predict" if "next_frame" in model.signatures() else "translate"
        raise UsageError(f"{source} turns pictures into pictures: use `ganapps {verb} {source} PICTURE... --out DIR`.")
    number = _class(label, {name: asdict(given) for name, given in offered.inputs.items()})
    return model.generate(count, seed, **({} if number is None else {"label": number}))


def translate(
    source: Path,
    pictures: Iterable[tuple[Path, Image.Image]],
    signature: Option,
    changes: dict[str, str],
    to: Option = None,
) -> Iterator[tuple[Path, np.ndarray]]:
    """Each path with its picture's translation, uint8 (H, W, C).

    Args:
        source: a run, a model or a bundle.
        pictures: each with the path that it came from.
        signature: of a model with several.
        changes: attributes, or what they end with, and their values; of models that edit attributes.
        to: the domain to reach, of models that translate between two; else one attribute more that is to be put on.

    Raises:
        GanappsError: a signature that the model does not have, or attributes that it does not know, or none where it wants
            some.
    """
    if trained(source) == "bundle":
        bundle = Bundle(source)
        given = bundle.card["inputs"].get("attributes")
        asked = asked_for(with_attribute(changes, to, bundle.card["signature"]), given["classes"] if given else ())
        reader = reader_beside(source, bundle.card) if given else None
        for path, picture in pictures:
            if given is None:
                yield path, bundle.translate(picture)
                continue
            own = reader.translate(picture) if reader else np.zeros(given["shape"], np.float32)
            vector = attributes.edited(own[None], given["classes"], asked)[0]
            yield path, bundle.translate(picture, attributes=vector)
        return
    model = _model(source)
    takers = {
        name: one for name, one in model.signatures().items() if "image" in one.inputs and one.output_kind == "image"
    }
    if not takers:
        use = "predict" if "next_frame" in model.signatures() else "sample"
        raise UsageError(f"{source} takes no single pictures: use `ganapps {use} {source}`.")
    ways = {reached(name): name for name in takers}
    name = signature or (ways.get(to.lower()) if to else None) or next(iter(takers))
    if name not in takers:
        raise UsageError(f"{source} has no signature '{name}'.{nearest(name, takers)} It has {', '.join(takers)}.")
    edits = "attributes" in takers[name].inputs
    asked = asked_for(with_attribute(changes, to, name), model.domains() if edits else ())
    for path, picture in pictures:
        height, width, channels = takers[name].inputs["image"].shape
        pixels = fit_picture(picture, (height or picture.height, width or picture.width, channels or 3))
        images = pixels[None].astype(np.float32) / 127.5 - 1.0
        yield path, to_uint8(model.edit(images, asked) if edits else model.translate(images, name))[0]


def reached(signature: str) -> str:
    """The domain that a signature ends in: "b" of "a_to_b", nothing of "edit"."""
    return signature.rpartition("_to_")[2] if "_to_" in signature else ""


def with_attribute(changes: dict[str, str], to: Option, signature: str) -> dict[str, str]:
    """``changes``, and ``to`` put on, unless it names the domain that the signature reaches in any case."""
    return changes if to is None or to.lower() == reached(signature) else changes | {to: "on"}


def asked_for(changes: dict[str, str], names: Sequence[str]) -> dict[str, bool]:
    """The attributes to put on or take off, of a model that knows ``names``; none where it edits nothing.

    Raises:
        UsageError: changes for a model without attributes, no changes for one with, or unknown ones.
    """
    if changes and not names:
        raise UsageError(
            "This model edits no attributes: leave out --set, and --to where it does not name a domain that it reaches."
        )
    if names and not changes:
        raise UsageError(f"Say what to change, such as --set '{names[0]}=on'. There are {', '.join(names)}.")
    return attributes.wanted(changes, names)


def reader_beside(source: Path, card: dict[str, Any]) -> Bundle | None:
    """The bundle of the same model that reads off a picture the attributes which this one edits, where it lies beside it."""
    reads = card["signature"].replace("edit", "attributes")
    name = card["name"].removesuffix(card["signature"]) + reads
    for place in sorted(source.resolve().parent.glob("*/card.json")):
        found = Bundle(place.parent)
        if found.card["name"] == name and found.card["signature"] == reads:
            return found
    return None


def enlarger(source: Path, threads: int) -> Enlarger:
    """What enlarges squares: an edge bundle without Keras, or the model of a run.

    Raises:
        UsageError: it does something else.
    """
    if trained(source) == "bundle":
        return Enlarger.of(Bundle(source, threads))
    model = _model(source)
    signature = model.signatures().get("upscale")
    if signature is None:
        raise UsageError(f"{source} does not enlarge pictures: train srresnet or srgan for that.")

    def run(square: np.ndarray) -> np.ndarray:
        return to_uint8(model.translate(square[None].astype(np.float32) / 127.5 - 1.0, "upscale"))[0]

    return Enlarger(run, signature.tile, signature.scale, signature.inputs["image"].shape[-1])


def _model(source: Path) -> Any:
    use_backend(None)
    from ganapps import workflow

    return workflow.load(source)


def open_picture(path: Path) -> Image.Image:
    """The file as a loaded picture. Raises GanappsError when it is none."""
    try:
        with Image.open(path) as image:
            image.load()
            return image
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError) as error:
        raise GanappsError(f"{path} cannot be read as a picture ({error}).") from None


def opened(paths: Iterable[Path], unread: list[str]) -> Iterator[tuple[Path, Image.Image]]:
    """Each path with its picture. One that is none does not stop the others: it is left out, and ``unread`` says why."""
    for path in paths:
        try:
            picture = open_picture(path)
        except GanappsError as error:
            unread.append(str(error))
        else:
            yield path, picture


def complain(unread: list[str], made: int, out: Path) -> None:
    """Raises GanappsError when pictures were left out: why, of ten at most, and how many others lie in ``out``."""
    if unread:
        more = f" So it is with {len(unread) - 10} more." * (len(unread) > 10)
        done = f" The other {made} {'is' if made == 1 else 'are'} in {out}." * bool(made)
        raise GanappsError(" ".join(unread[:10]) + more + done)


def _class(label: Option, inputs: dict[str, Any]) -> int | None:
    """A class's number from its name or number.

    Raises:
        UsageError: the model has no labels, or not this one.
    """
    if label is None:
        return None
    if "label" not in inputs:
        raise UsageError("This model draws without labels: leave out --label.")
    classes = list(inputs["label"]["classes"])
    if label in classes:
        return classes.index(label)
    if label.isdigit() and (not classes or int(label) < len(classes)):
        return int(label)
    raise UsageError(f"There is no class '{label}'.{nearest(label, classes)} There are {', '.join(classes)}.")
