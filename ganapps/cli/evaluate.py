"""`ganapps evaluate`: how good a model, a bundle or a folder of pictures is."""

from pathlib import Path
from typing import Any

import click

from ganapps.cli.app import Verb
from ganapps.cli.output import as_json, echo_json
from ganapps.cli.places import PLACE, kind, use_backend
from ganapps.cli.typed import OneOf


@click.command(
    "evaluate",
    cls=Verb,
    short_help="Score a model against real data.",
    examples=(
        ("ganapps evaluate runs/dcgan-digits-1", "against the data that it was trained on"),
        ("ganapps evaluate runs/wgan-gp-grid-1 --metrics modes", "one metric"),
        ("ganapps evaluate runs/dcgan-digits-1/export --against mnist --json", "the phone's file, for a program"),
    ),
)
@click.argument("target", metavar="RUN|BUNDLE|FOLDER", type=PLACE)
@click.option("--against", metavar="DATA", help="The real data.  [default: what the model was trained on]")
@click.option("--metrics", metavar="NAME,...", help="Which.  [default: those that fit the model and the data]")
@click.option(
    "-n", "n", type=click.IntRange(min=2), metavar="INT", help="Samples.  [default: 2000 pictures, 2500 points]"
)
@click.option(
    "--seed", type=click.IntRange(min=0), metavar="INT", default=0, show_default=True, help="Fixes the samples."
)
@click.option(
    "--extractor", metavar="NAME", help="What compares pictures.  [default: the data set's judge, else Inception]"
)
@click.option("--split", type=OneOf("test", "train"), default="test", show_default=True, help="Of the real data.")
@click.option("--signature", metavar="NAME", help="Which of a model's abilities.  [default: sample, else its first]")
@click.option("--resolution", type=click.IntRange(min=1), metavar="PIXELS", help="For a network that takes any size.")
@as_json
def command(target: Path, metrics: str | None, json_wanted: bool, **options: Any) -> None:
    """Score a run, a .keras model, an edge bundle or a folder of pictures.

    Each score stands beside the same metric of real data against real data, which is as good as it gets. Scores of a
    run are kept in its scores.jsonl and in its report.
    """
    is_run = kind(target) == "run"
    use_backend(None)
    from ganapps.evaluate import runner

    report = runner.evaluate(target, metrics=metrics.split(",") if metrics else None, **options)
    if is_run:
        from ganapps.engine.report import write_report

        report.append(target / "scores.jsonl")
        write_report(target)
    if json_wanted:
        echo_json(report.to_json())
    else:
        click.echo(report.table())
