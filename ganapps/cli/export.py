"""`ganapps export RUN`: the files for a phone."""

from pathlib import Path

import click

from ganapps.cli.app import Verb
from ganapps.cli.output import as_json, echo_json, facts, table
from ganapps.cli.places import PLACE, use_backend


@click.command(
    "export",
    cls=Verb,
    short_help="Make the files for a phone: .tflite and .onnx.",
    examples=(
        ("ganapps export runs/dcgan-digits-1", "all signatures, into the run's export folder"),
        ("ganapps export runs/cyclegan-earth-1 --signature a_to_b --out exports/map-to-photo", "one, elsewhere"),
    ),
)
@click.argument("run", type=PLACE)
@click.option("--signature", help="Only this one of the model's abilities.  [default: all]")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="The folder.  [default: RUN/export]")
@as_json
def command(run: Path, signature: str | None, out: Path | None, json_wanted: bool) -> None:
    """Write an edge bundle for RUN: float32, float16 and int8 .tflite, .onnx, and a card that tells of each.

    Every file is run again and compared with Keras on real inputs; the export fails when one is too far off.
    """
    use_backend("tensorflow")
    from ganapps.edge import read_card
    from ganapps.export import of_run

    folders = of_run.export_run(run, signature=signature, out=out)
    if json_wanted:
        echo_json([{"bundle": folder} | read_card(folder) for folder in folders])
        return
    for folder in folders:
        card = read_card(folder)
        facts({"Bundle": folder, "Signature": card["signature"]})
        columns = ("bytes", "max_difference", "latency_ms", "score")
        table(("file", *columns), [(name, *(file.get(key) for key in columns)) for name, file in card["files"].items()])
