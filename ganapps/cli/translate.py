"""`ganapps translate`: pictures through an image-to-image model."""

from pathlib import Path

import click

from ganapps.cli.app import Verb
from ganapps.cli.output import as_json, echo_json
from ganapps.cli.places import PLACE, listed
from ganapps.cli.typed import settings


@click.command(
    "translate",
    cls=Verb,
    short_help="Turn pictures into pictures.",
    examples=(
        ("ganapps translate runs/cyclegan-earth-1 map.png --out photos --to b", "one picture"),
        ("ganapps translate runs/cyclegan-earth-1/export/a_to_b maps/ --out photos", "a folder, with the phone's file"),
        (
            "ganapps translate runs/stargan-faces-1 me.jpg --out edited --set hair=blond,glasses=on",
            "attributes by name",
        ),
    ),
)
@click.argument("source", metavar="RUN|BUNDLE", type=PLACE)
@click.argument("inputs", metavar="PICTURE...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="The folder for the results."
)
@click.option("--signature", help="Which of a run's abilities, such as a_to_b.  [default: its first]")
@click.option(
    "--set",
    "set_",
    multiple=True,
    metavar="NAME=VALUE,...",
    help="Attributes to change, of a model that edits them: glasses=on, hair=blond (the attribute 'blond hair').",
)
@click.option(
    "--to",
    metavar="NAME",
    help="Of a model of two domains, the one to reach: a or b. Of one that edits attributes, the one to put on: the same "
    "as --set NAME=on.",
)
@as_json
def command(
    source: Path,
    inputs: tuple[Path, ...],
    out: Path,
    signature: str | None,
    set_: tuple[str, ...],
    to: str | None,
    json_wanted: bool,
) -> None:
    """Turn pictures into pictures with a run, a .keras model or an edge bundle.

    PICTURE is a file or a folder of files. Results take the names of the inputs, as PNG, in the folder --out. A
    picture that cannot be read is left out and named at the end, with exit status 1.

    A model that edits attributes leaves those as they are that are not set: its critic reads them off the picture. Of a
    bundle that reading is a bundle of its own, `attributes`, which must lie beside it; else what is not set is off.
    """
    paths = listed(inputs, out)
    changes = settings([part for text in set_ for part in text.split(",")])
    from ganapps.cli import using
    from ganapps.engine.pictures import alone, save_png

    unread: list[str] = []
    results = using.translate(source, using.opened(paths, unread), signature, changes, to)
    files = [save_png(alone(picture), out / f"{path.stem}.png") for path, picture in results]
    if json_wanted:
        echo_json({"files": files})
    elif not unread:
        click.echo(f"{len(files)} pictures in {out}")
    using.complain(unread, len(files), out)
