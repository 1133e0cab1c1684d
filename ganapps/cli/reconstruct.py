"""`ganapps reconstruct`: pictures through encoder and generator."""

from pathlib import Path

import click

from ganapps.cli.app import Verb
from ganapps.cli.output import as_json, echo_json
from ganapps.cli.places import PLACE, listed


@click.command(
    "reconstruct",
    cls=Verb,
    short_help="Encode pictures and draw them again.",
    examples=(("ganapps reconstruct runs/ali-mnist-1 digits/ --out again.png", "inputs over reconstructions"),),
)
@click.argument("source", metavar="RUN", type=PLACE)
@click.argument("inputs", metavar="PICTURE...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("reconstructions.png"),
    show_default=True,
    help="A .png (one sheet, inputs over results) or a folder (a file each).",
)
@as_json
def command(source: Path, inputs: tuple[Path, ...], out: Path, json_wanted: bool) -> None:
    """Draw PICTURE (files, or folders of files) as RUN's generator makes them from the encoder's latents."""
    paths = listed(inputs)
    import numpy as np

    from ganapps.cli.abilities import able, pictures_for
    from ganapps.engine.pictures import alone, rows, save_png

    model = able(source, "reconstruct")
    given = pictures_for(model, paths)
    made = model.reconstruct(given)
    if out.suffix:
        files = [save_png(rows([given, made]), out.with_suffix(".png"))]
    else:
        files = [save_png(pixels, out / f"{path.stem}.png") for pixels, path in zip(alone(made), paths, strict=True)]
    l1 = float(np.abs(given - made).mean())
    if json_wanted:
        echo_json({"files": files, "l1": l1})
    else:
        click.echo(f"{len(paths)} reconstructions, L1 {l1:.3f} in [-1, 1]: {files[0] if len(files) == 1 else out}")
