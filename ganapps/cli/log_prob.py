"""`ganapps log-prob`: how likely a model finds pictures."""

from pathlib import Path

import click

from ganapps.cli.app import Verb
from ganapps.cli.output import as_json, echo_json, table
from ganapps.cli.places import PLACE, listed


@click.command(
    "log-prob",
    cls=Verb,
    short_help="Say how likely a model finds pictures.",
    examples=(("ganapps log-prob runs/pixelcnn-mnist-1 digits/", "nats and bits a dimension, a line a picture"),),
)
@click.argument("source", metavar="RUN", type=PLACE)
@click.argument("inputs", metavar="PICTURE...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@as_json
def command(source: Path, inputs: tuple[Path, ...], json_wanted: bool) -> None:
    """Print log p(x) of each PICTURE (files, or folders of files) under RUN: exact for PixelCNN and Glow, a lower bound for VAE.

    In nats, and as bits a dimension (-log p / (dimensions ln 2)); lower bits are more likely. How the pixels count,
    binary, quantised or continuous, is the model's: `ganapps info MODEL` says it.
    """
    paths = listed(inputs)
    import numpy as np

    from ganapps.cli.abilities import able, pictures_for

    model = able(source, "log_prob")
    given = pictures_for(model, paths)
    nats = model.log_prob(given)
    bits = -nats / (given[0].size * np.log(2.0))
    found = [
        {"picture": path, "nats": round(float(value), 3), "bits_per_dimension": round(float(rate), 4)}
        for path, value, rate in zip(paths, nats, bits, strict=True)
    ]
    if json_wanted:
        echo_json(found)
    else:
        table(("picture", "nats", "bits a dimension"), [tuple(row.values()) for row in found])
