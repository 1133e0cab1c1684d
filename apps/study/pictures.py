"""Where a study's pictures come from: a folder, uploads in memory, or a bundle that makes them when they are needed.

Both pictures of a pair come to the screen with the same size, channels and file format, so that none of these tells.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from PIL import Image

from ganapps.edge import Bundle, fit_picture
from ganapps.errors import GanappsError
from shared.uploads import read

SUFFIXES = (".avif", ".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
POOL = 100  # pictures of each kind that a study chooses from, as the protocol's authors did
SIDE = 256  # of the pictures on the screen, at most

Shape = tuple[int, int, int]


@dataclass(frozen=True)
class Look:
    """What matters of a picture before it is shown: its size in pixels, and whether it is grey."""

    width: int
    height: int
    grey: bool

    @classmethod
    def of(cls, image: Image.Image) -> "Look":
        return cls(image.width, image.height, image.mode == "L")


class Source(Protocol):
    """Pictures by name. ``look`` makes sure that one can be had, without making it."""

    @property
    def names(self) -> Sequence[str]: ...

    def open(self, name: str) -> Image.Image: ...

    def look(self, name: str) -> Look: ...


@dataclass(frozen=True)
class Folder:
    """Picture files below a folder, by their paths in it."""

    path: Path
    names: Sequence[str]

    @classmethod
    def at(cls, path: str | Path) -> "Folder":
        """All of them, sorted. Raises GanappsError when it is no folder, or holds no pictures."""
        folder = Path(path).expanduser().resolve()
        if not str(path).strip() or not folder.is_dir():
            raise GanappsError(f"'{path}' is not a folder on the machine that runs this app; check the path.")
        try:
            found = sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
        except OSError as error:
            raise GanappsError(f"The folder '{path}' cannot be read: {error.strerror}.") from error
        if not found:
            raise GanappsError(f"The folder '{path}' holds no pictures (PNG, JPEG, WebP, ...); choose another.")
        return cls(folder, [p.relative_to(folder).as_posix() for p in found])

    def open(self, name: str) -> Image.Image:
        try:
            return read((self.path / name).read_bytes(), name)
        except OSError as error:
            raise GanappsError(f"The picture '{name}' is no longer in '{self.path}'; put it back to go on.") from error

    def look(self, name: str) -> Look:
        return Look.of(self.open(name))


@dataclass(frozen=True)
class Uploads:
    """Pictures that came through the browser and live as long as the app runs."""

    pictures: Mapping[str, Image.Image]

    @property
    def names(self) -> Sequence[str]:
        return list(self.pictures)

    def open(self, name: str) -> Image.Image:
        if name not in self.pictures:
            raise GanappsError(
                "This study's real pictures were uploads, which live in memory only, and the app was started anew: "
                "the answers are kept, but nobody can go on. Use a folder for studies that are to last."
            )
        return self.pictures[name]

    def look(self, name: str) -> Look:
        return Look.of(self.open(name))


@dataclass(frozen=True)
class Made:
    """What a bundle makes: of latents and classes, or of the pictures of another source.

    Args:
        bundle: gives pictures.
        seed: of the latents.
        inputs: for a bundle that takes pictures. One that enlarges gets them shrunk, so each fake has its real one.
        attributes: names of those that are switched on, for a bundle that has attributes.
        names: of the fakes: those of the inputs, or "sample 1" and so on.
    """

    bundle: Bundle
    seed: int
    inputs: Source | None = None
    attributes: Sequence[str] = ()
    names: Sequence[str] = field(default_factory=lambda: [f"sample {i + 1}" for i in range(POOL)])

    @property
    def shape(self) -> Shape:
        """Height, width, channels of the pictures."""
        height, width, channels = self.bundle.card["output"]["shape"]
        return height, width, channels

    def open(self, name: str) -> Image.Image:
        place, given = self.names.index(name), {}
        label = None
        for key, spec in self.bundle.card["inputs"].items():
            if spec["kind"] == "image" and self.inputs is not None:
                picture: Image.Image | np.ndarray = flat(self.inputs.open(name))
                if self.bundle.card["signature"] == "upscale":
                    picture = fit_picture(picture, self.shape)
                given[key] = fit_picture(picture, tuple(spec["shape"]))
            elif spec["kind"] == "attributes":
                given[key] = np.array([name in self.attributes for name in spec["classes"]], np.float32)
            elif spec["kind"] == "label" and spec["classes"]:
                label = place % len(spec["classes"])
        made = self.bundle.sample(1, seed=self.seed + place, label=label, **given).reshape(self.shape)
        return Image.fromarray(made[..., 0] if made.shape[-1] == 1 else made)

    def look(self, name: str) -> Look:
        if self.inputs is not None:
            self.inputs.look(name)
        height, width, channels = self.shape
        return Look(width, height, channels == 1)


def can_fake(card: Mapping[str, Any]) -> bool:
    """Whether a bundle with this card gives pictures out of what a study has."""
    kinds = {spec["kind"] for spec in card["inputs"].values()}
    return card["output"]["kind"] == "image" and kinds <= {"latent", "label", "image", "attributes"}


def takes_pictures(card: Mapping[str, Any]) -> bool:
    return any(spec["kind"] == "image" for spec in card["inputs"].values())


def attributes_of(card: Mapping[str, Any]) -> list[str]:
    """The names of the attributes that a bundle takes, or none."""
    return [name for spec in card["inputs"].values() if spec["kind"] == "attributes" for name in spec["classes"]]


def flat(image: Image.Image) -> Image.Image:
    """On white, where it is transparent: mode L or RGB."""
    if image.mode != "RGBA":
        return image
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")


def choose(names: Sequence[str], seed: int, most: int = POOL) -> list[str]:
    """At most so many of the names, drawn, in their own order."""
    drawn = np.random.default_rng(seed).permutation(len(names))[:most]
    return [names[i] for i in sorted(drawn)]


def look(source: Source, done: Callable[[], object] = lambda: None) -> tuple[dict[str, Look], list[str]]:
    """Look at every picture: what the good ones are like, by name, and a sentence about each of the others."""
    good, bad = {}, []
    for name in source.names:
        try:
            good[name] = source.look(name)
        except GanappsError as error:
            bad.append(str(error))
        done()
    return good, bad


def common_shape(real: Iterable[Look], fake: Iterable[Look]) -> Shape:
    """The shape that both kinds are shown with: no picture is enlarged for it, unless it is tiny.

    It has the fakes' aspect when they all have one, else it is square; 8 to 256 pixels a side; grey when all pictures
    of a kind are.
    """
    real, fake = list(real), list(fake)
    aspects = {picture.width / picture.height for picture in fake}
    aspect = aspects.pop() if len(aspects) == 1 else 1.0
    width = min(min(picture.width, picture.height * aspect) for picture in [*real, *fake])
    width = min(width, SIDE, SIDE * aspect)
    grey = any(all(picture.grey for picture in kind) for kind in (real, fake))
    return max(8, round(width / aspect)), max(8, round(width)), 1 if grey else 3


def same_names(real: Sequence[str], fake: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs (real, fake) of files that are called the same but for their endings; sorted."""
    by_stem = {Path(name).with_suffix("").as_posix(): name for name in fake}
    stems = {Path(name).with_suffix("").as_posix(): name for name in real}
    return [(stems[stem], by_stem[stem]) for stem in sorted(stems.keys() & by_stem.keys())]
