"""`ganapps classify`: the class of pictures, by a discriminator that learned classes."""

from pathlib import Path

import click

from ganapps.cli.app import Verb
from ganapps.cli.output import as_json, echo_json, table
from ganapps.cli.places import PLACE, listed


@click.command(
    "classify",
    cls=Verb,
    short_help="Name the class of pictures.",
    examples=(("ganapps classify runs/acgan-digits-1 digits/", "a line a picture"),),
)
@click.argument("source", metavar="RUN", type=PLACE)
@click.argument("inputs", metavar="PICTURE...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@as_json
def command(source: Path, inputs: tuple[Path, ...], json_wanted: bool) -> None:
    """Print the class that RUN's discriminator gives to each PICTURE (files, or folders of files), and how sure it is."""
    paths = listed(inputs)
    from ganapps.cli.abilities import able, names_of_classes, pictures_for

    model = able(source, "classify")
    probabilities = model.classify(pictures_for(model, paths))
    names = names_of_classes(source, probabilities.shape[1])
    best = probabilities.argmax(1)
    found = [
        {"picture": path, "class": names[index], "probability": round(float(row[index]), 4)}
        for path, index, row in zip(paths, best, probabilities, strict=True)
    ]
    if json_wanted:
        echo_json(found)
    else:
        table(("picture", "class", "probability"), [tuple(row.values()) for row in found])
