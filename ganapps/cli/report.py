"""`ganapps report RUN`: the page that shows a run."""

from pathlib import Path

import click

from ganapps.cli.app import Verb
from ganapps.cli.places import PLACE


@click.command(
    "report",
    cls=Verb,
    short_help="Write the page that shows a run.",
    examples=(("ganapps report runs/dcgan-digits-1", "write runs/dcgan-digits-1/report.html again"),),
)
@click.argument("run", type=PLACE)
@click.option("--open", "show", is_flag=True, help="Open it in a browser.")
def command(run: Path, show: bool) -> None:
    """Write RUN/report.html: pictures over time, curves, scores, settings and what to do next, in one file.

    It works at any time, also while the run is going on.
    """
    from ganapps.engine.report import write_report

    page = write_report(run)
    click.echo(page)
    if show:
        click.launch(str(page))
