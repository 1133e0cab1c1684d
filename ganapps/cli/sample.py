"""`ganapps sample`: new pictures from a trained model or an edge bundle."""

from pathlib import Path
from typing import Any

import click

from ganapps.cli.app import Verb
from ganapps.cli.output import as_json, echo_json
from ganapps.cli.places import PLACE


@click.command(
    "sample",
    cls=Verb,
    short_help="Draw new pictures.",
    examples=(
        ("ganapps sample runs/acgan-digits-1 --label 7 --out sevens.png", "64 sevens on a sheet"),
        ("ganapps sample runs/dcgan-digits-1 -n 1000 --out fakes/", "1,000 separate pictures"),
        ("ganapps sample runs/dcgan-digits-1/export -n 16", "from the phone's file, without TensorFlow"),
    ),
)
@click.argument("source", metavar="RUN|BUNDLE", type=PLACE)
@click.option("-n", "count", type=click.IntRange(min=1), metavar="INT", default=64, show_default=True, help="How many.")
@click.option(
    "--seed", type=click.IntRange(min=0), metavar="INT", default=0, show_default=True, help="Fixes the latents."
)
@click.option("--label", help="The class: its name or number.  [default: all in turn]")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("samples.png"),
    show_default=True,
    help="A .png (one sheet), a .npy (the numbers), or a folder (a file each).",
)
@as_json
def command(source: Path, count: int, seed: int, label: str | None, out: Path, json_wanted: bool) -> None:
    """Draw new pictures (or points) from a run, a .keras model or an edge bundle.

    Coupled generators (cogan, unit) draw pairs, the two domains side by side; their bundles draw one domain each.
    """
    from ganapps.cli import using

    samples = using.sample(source, count, seed, label)
    files = write(samples, out)
    if json_wanted:
        echo_json({"files": files, "count": count, "seed": seed})
    else:
        click.echo(f"{count} samples: {files[0] if len(files) == 1 else out}")


def write(samples: Any, out: Path) -> list[Path]:
    """Write samples the way the name asks for; points become a scatter plot."""
    import numpy as np

    from ganapps.engine import files, pictures

    if out.suffix == ".npy":
        files.write_atomic(out, lambda aside: np.save(aside, samples))
        return [out]
    if samples.ndim == 2:
        return [pictures.save_png(pictures.scatter(samples), out if out.suffix else out / "points.png")]
    if out.suffix:
        return [pictures.save_png(pictures.grid(samples), out.with_suffix(".png"))]
    digits = len(str(len(samples) - 1))
    paths = [out / f"{index:0{digits}d}.png" for index in range(len(samples))]
    return [pictures.save_png(pixels, path) for pixels, path in zip(pictures.alone(samples), paths, strict=True)]
