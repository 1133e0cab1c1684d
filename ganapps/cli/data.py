"""`ganapps data`: what can be trained on."""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from ganapps import registry
from ganapps.cli.app import Group
from ganapps.cli.output import as_json, echo_json, facts, table
from ganapps.cli.typed import OneOf
from ganapps.errors import UsageError


@click.group(
    "data",
    cls=Group,
    short_help="List the data sets, or show one.",
    examples=(
        ("ganapps data list --for cyclegan", "what a model can be trained on"),
        ("ganapps data show earth:unpaired --out earth.png", "what is in a set, and a sheet of it"),
        ("ganapps data show folder:my-pictures", "what would be read from a folder"),
    ),
)
def command() -> None:
    """List the data sets, or show what one holds, where it comes from, its licence, and a contact sheet."""


@command.command(
    "list", short_help="List the data sets.", examples=(("ganapps data list --for acgan", "those that have labels"),)
)
@click.option("--for", "model", metavar="MODEL", help="Only those with the fields that this model needs.")
@as_json
def list_(model: str | None, json_wanted: bool) -> None:
    """List the data sets that go by a name. folder:PATH and tfds:NAME open any other."""
    from ganapps.data import catalogue

    entry = registry.get(model) if model else None
    cards = [card for card in map(catalogue.describe, catalogue.names()) if entry is None or fits(entry, card)]
    if json_wanted:
        echo_json([asdict(card) for card in cards])
        return
    rows = [(card.name, card.title, card.kind, card.sizes, _first(card.fields), card.licence) for card in cards]
    table(("name", "title", "kind", "size", "fields", "licence"), rows)
    click.echo("`ganapps data show NAME` tells more. Your own pictures: folder:PATH; TensorFlow Datasets: tfds:NAME.")


@command.command(
    "show",
    short_help="Show one data set.",
    examples=(
        ("ganapps data show digits", "fields, sizes, licence, how to get it"),
        ("ganapps data show folder:my-pictures --out sheet.png", "is everything read as I meant it?"),
        ("ganapps data show mnist -n 100 --out reals/", "real pictures, to show people beside made ones"),
    ),
)
@click.argument("data")
@click.option("--out", type=click.Path(path_type=Path), help="A .png (one contact sheet), or a folder (a file each).")
@click.option("-n", "count", type=click.IntRange(min=1), default=100, show_default=True, help="Files in the folder.")
@click.option("--split", type=OneOf("train", "test"), default="train", show_default=True, help="Of these pictures.")
@click.option(
    "--resolution", type=click.IntRange(min=1), metavar="PIXELS", help="Of these pictures.  [default: native]"
)
@as_json
def show(data: str, out: Path | None, count: int, split: str, resolution: int | None, json_wanted: bool) -> None:
    """Show what DATA is: a name of `ganapps data list` with its options, folder:PATH or tfds:NAME."""
    from ganapps.data import catalogue

    card = catalogue.describe(data)
    if json_wanted:
        echo_json(asdict(card))
    else:
        fields = {name: f"{field.dtype} {field.shape}, {field.meaning}" for name, field in card.fields.items()}
        facts({"Name": card.name, "Title": card.title, "Kind": card.kind, "Size": card.sizes})
        facts({f"  {name}": told for name, told in fields.items()})
        facts(
            {
                "Classes": card.classes,
                "Attributes": card.attributes,
                "Resolution": card.resolution,
                "Options": ", ".join(f"{name} ({told})" for name, told in card.options.items()),
                "Licence": card.licence,
                "Credit": card.credit,
                "How to get": card.how_to_get,
            }
        )
    if out:
        native = None if "point" in card.fields else card.resolution or 64
        source = catalogue.open(data, split, resolution or native)
        if out.suffix:
            click.echo(f"Sheet: {write_sheet(source, out)}", err=json_wanted)
        else:
            click.echo(f"{write_files(source, out, count)} pictures: {out}", err=json_wanted)
        if source.skipped:
            click.echo(f"Skipped {len(source.skipped)}: {'; '.join(source.skipped[:10])}", err=True)


def _first(fields: Iterable[str]) -> str:
    names = list(fields)
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def fits(entry: registry.Entry, card: Any) -> bool:
    """Whether a data set has the fields that a model reads."""
    from ganapps import workflow

    try:
        workflow.check_fields(entry, card)
    except UsageError:
        return False
    return True


def write_sheet(source: Any, out: Path) -> Path:
    """A sheet of rows drawn with a fixed seed: points as a scatter plot, two domains one over the other, else a grid."""
    import numpy as np

    from ganapps.engine import pictures

    fields = drawn(source, 2000 if "point" in source.info.fields else 64)
    if "point" in fields:
        return pictures.save_png(pictures.scatter(fields["point"]), out)
    if "frames" in fields:
        return pictures.save_png(pictures.rows(list(np.moveaxis(fields["frames"][:16], 1, 0)), 16), out)
    if "a" in fields and "b" in fields:
        return pictures.save_png(pictures.rows([fields["a"][:32], fields["b"][:32]]), out)
    return pictures.save_png(pictures.grid(fields["image"]), out)


def write_files(source: Any, folder: Path, count: int) -> int:
    """That many pictures, drawn with a fixed seed, a PNG each: of the field ``image``, else a folder for each field.

    Returns how many were written. Raises UsageError when the data hold no pictures.
    """
    from ganapps.engine import pictures

    found = {
        name: array
        for name, array in drawn(source, count).items()
        if array.ndim == 4 and array.dtype == "float32" and array.shape[-1] in (1, 3)
    }
    if not found:
        raise UsageError(f"'{source.info.name}' holds no pictures; give --out a name that ends in .png for a sheet.")
    if "image" in found:
        found = {"image": found["image"]}
    for name, array in found.items():
        place = folder / name if len(found) > 1 else folder
        for index, pixels in enumerate(pictures.alone(array)):
            pictures.save_png(pixels, place / f"{index:0{len(str(count - 1))}d}.png")
    return sum(map(len, found.values()))


def drawn(source: Any, count: int) -> dict[str, Any]:
    """At most that many rows of every stream, drawn with a fixed seed: arrays by field."""
    import numpy as np

    rng = np.random.default_rng(0)
    fields: dict[str, Any] = {}
    for stream, size in source.streams.items():
        fields |= source.take(stream, rng.permutation(size)[:count])
    return fields
