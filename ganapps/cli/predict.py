"""`ganapps predict`: how a film goes on."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from ganapps.cli.app import Verb
from ganapps.cli.output import as_json, echo_json
from ganapps.cli.places import PLACE, listed, trained
from ganapps.errors import UsageError


@click.command(
    "predict",
    cls=Verb,
    short_help="Predict how a film goes on.",
    examples=(
        ("ganapps predict runs/multiscale-video-moving-1 frames/ --out future", "the next frame of a folder of frames"),
        (
            "ganapps predict runs/multiscale-video-moving-1/export 1.png 2.png 3.png 4.png --steps 8 --out future",
            "eight",
        ),
    ),
)
@click.argument("source", metavar="RUN|BUNDLE", type=PLACE)
@click.argument("inputs", metavar="FRAME...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--steps", type=click.IntRange(min=1), metavar="INT", default=1, show_default=True, help="Frames.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="The folder for the results."
)
@as_json
def command(source: Path, inputs: tuple[Path, ...], steps: int, out: Path, json_wanted: bool) -> None:
    """Predict the frames that follow with a run, a .keras model or an edge bundle of a video model.

    FRAME is a file or a folder of files in the order of their names, oldest first; the last four count. Results are
    next-001.png and so on, in the folder --out; each is part of what the one after it is predicted from.
    """
    paths = listed(inputs)
    from ganapps.engine.pictures import alone, save_png

    frames = alone(predicted(source, paths, steps))
    files = [save_png(frame, out / f"next-{number:03}.png") for number, frame in enumerate(frames, 1)]
    if json_wanted:
        echo_json({"files": files})
    else:
        click.echo(f"{len(files)} frames in {out}")


def predicted(source: Path, paths: Sequence[Path], steps: int) -> Any:
    """The frames that follow those in the files, uint8 (steps, H, W, C).

    Raises:
        UsageError: too few frames, or no video model. GanappsError: a file that is no picture.
    """
    import numpy as np

    from ganapps.cli import abilities, using
    from ganapps.edge import Bundle, fit_picture
    from ganapps.engine.pictures import to_uint8

    if trained(source) == "bundle":
        bundle = Bundle(source)
        if bundle.card["signature"] != "next_frame":
            raise UsageError(f"{source} is a bundle of '{bundle.card['signature']}', which predicts no frames.")
        past = bundle.card["inputs"]
        shape = tuple(next(iter(past.values()))["shape"])
        seen = [fit_picture(using.open_picture(path), shape) for path in _enough(paths, len(past))]
        for _ in range(steps):
            seen.append(bundle.run(**dict(zip(past, seen[-len(past) :], strict=True))))
        return np.stack(seen[-steps:])
    model = abilities.able(source, "predict_frames")
    frames = abilities.pictures_for(model, _enough(paths, len(model.signatures()["next_frame"].inputs)))
    return to_uint8(model.predict_frames(frames[None], steps)[0])


def _enough(paths: Sequence[Path], least: int) -> Sequence[Path]:
    if len(paths) < least:
        raise UsageError(f"The model goes on from {least} frames; {len(paths)} were given.")
    return paths[-least:]
