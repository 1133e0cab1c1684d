"""`ganapps encode`: pictures to latents."""

from pathlib import Path

import click

from ganapps.cli.app import Verb
from ganapps.cli.output import as_json, echo_json
from ganapps.cli.places import PLACE, listed


@click.command(
    "encode",
    cls=Verb,
    short_help="Turn pictures into latents.",
    examples=(
        ("ganapps encode runs/bigan-mnist-1 digits/ --out codes.npy", "one row a picture, in the order of names"),
    ),
)
@click.argument("source", metavar="RUN", type=PLACE)
@click.argument("inputs", metavar="PICTURE...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=Path("codes.npy"), show_default=True)
@as_json
def command(source: Path, inputs: tuple[Path, ...], out: Path, json_wanted: bool) -> None:
    """Write the latents (n, latent_dim) that the encoder of RUN gives to PICTURE: files, or folders of files."""
    paths = listed(inputs)
    import numpy as np

    from ganapps.cli.abilities import able, pictures_for
    from ganapps.engine.files import write_atomic

    model = able(source, "encode")
    codes = model.encode(pictures_for(model, paths))
    out = out.with_suffix(".npy")
    write_atomic(out, lambda aside: np.save(aside, codes))
    if json_wanted:
        echo_json({"file": out, "pictures": paths, "shape": codes.shape})
    else:
        click.echo(f"{len(codes)} codes of {codes.shape[1]} numbers: {out}")
