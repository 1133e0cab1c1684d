"""`ganapps models`: what can be trained."""

from dataclasses import asdict

import click

from ganapps import registry
from ganapps.cli.app import Verb
from ganapps.cli.output import as_json, echo_json, table


@click.command(
    "models",
    cls=Verb,
    short_help="List the models.",
    examples=(
        ("ganapps models", "all of them, oldest first"),
        ("ganapps models --json", "with their hyper-parameters, for a program"),
    ),
)
@as_json
def command(json_wanted: bool) -> None:
    """List the models that can be trained, oldest first."""
    entries = registry.entries().values()
    if json_wanted:
        echo_json([asdict(entry) for entry in entries])
        return
    rows = [(entry.name, entry.title, entry.year, entry.paper, entry.chapter, _presets(entry)) for entry in entries]
    table(("name", "title", "year", "arXiv", "chapter", "presets"), rows)
    click.echo("`ganapps info NAME` tells more of one, `ganapps fit NAME --help` how to train it.")


def _presets(entry: registry.Entry) -> str:
    return ", ".join(entry.presets)
