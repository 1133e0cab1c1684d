"""`ganapps upscale`: photographs of any size, larger."""

import os
import sys
from functools import partial
from pathlib import Path

import click

from ganapps.cli.app import Verb
from ganapps.cli.output import as_json, echo_json
from ganapps.cli.places import PLACE, listed


@click.command(
    "upscale",
    cls=Verb,
    short_help="Enlarge pictures of any size.",
    examples=(
        ("ganapps upscale runs/srgan-photographs-1 photo.jpg --out large", "one picture, into the folder large"),
        ("ganapps upscale runs/srgan-photographs-1/export holiday/ --out large", "a folder, with the phone's file"),
    ),
)
@click.argument("source", metavar="RUN|BUNDLE", type=PLACE)
@click.argument("inputs", metavar="PICTURE...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="The folder for the results."
)
@click.option(
    "--threads",
    type=click.IntRange(min=1),
    metavar="N",
    help="CPU threads of a bundle.  [default: one a processor, 4 at most]",
)
@as_json
def command(source: Path, inputs: tuple[Path, ...], out: Path, threads: int | None, json_wanted: bool) -> None:
    """Enlarge pictures with a run or .keras model of srresnet or srgan, or with an edge bundle of one.

    PICTURE is a file or a folder of files. Results are as much larger as the model was trained for; they take the names of
    the inputs, as PNG, in the folder --out, and keep transparency, colour profile and EXIF. Large pictures go through the
    network in overlapping tiles, so memory is no limit. A picture that cannot be read is left
    out and named at the end, with exit status 1.
    """
    paths = listed(inputs, out)
    from ganapps.cli import using
    from ganapps.data.pictures import GREY_MODES, to_plain
    from ganapps.engine.files import write_atomic

    enlarger = using.enlarger(source, threads or min(4, os.cpu_count() or 1))
    files: list[Path] = []
    unread: list[str] = []
    for path, picture in using.opened(paths, unread):
        file = out / f"{path.stem}.png"
        if picture.mode in GREY_MODES - {"1", "L", "LA", "La"}:  # more than 8 bits
            picture = to_plain(picture)
        tiles = enlarger.count(*picture.size)
        label = f"{path.name} ({paths.index(path) + 1} of {len(paths)})"
        with click.progressbar(length=tiles, label=label, file=sys.stderr) as bar:
            write_atomic(file, partial(enlarger.save, picture, done=partial(bar.update, 1)))
            files.append(file)
    if json_wanted:
        echo_json({"files": files, "scale": enlarger.scale})
    elif not unread:
        click.echo(f"{len(files)} pictures, {enlarger.scale} times as large, in {out}")
    using.complain(unread, len(files), out)
