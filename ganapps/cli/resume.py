"""`ganapps resume RUN`: go on with a run."""

import shlex
from pathlib import Path

import click

from ganapps.cli.app import Verb
from ganapps.cli.output import as_json, echo_json, facts
from ganapps.cli.places import PLACE, use_backend


@click.command(
    "resume",
    cls=Verb,
    short_help="Go on with a run that was stopped or killed.",
    examples=(("ganapps resume runs/dcgan-digits-1", "from its newest checkpoint to its end"),),
)
@click.argument("run", type=PLACE)
@click.option("--quiet", is_flag=True, help="No progress bar.")
@as_json
def command(run: Path, quiet: bool, json_wanted: bool) -> None:
    """Go on with RUN, a run folder that was stopped or killed, from its newest checkpoint to its end.

    The run's own settings hold. On a CPU with the TensorFlow backend the final weights are those of a run that was
    never interrupted.
    """
    use_backend(None, run)
    from ganapps import workflow

    finish(workflow.resume(run, quiet=quiet), json_wanted)


def finish(run: Path, json_wanted: bool) -> None:
    """Say where things are and what to type next. A run that was stopped has said so itself."""
    ended = (run / "model.keras").exists()
    if json_wanted:
        echo_json({"run": run, "finished": ended, "report": run / "report.html"})
    elif ended:
        place = shlex.quote(str(run))
        facts(
            {
                "Run": run,
                "Pictures": run / "samples",
                "Report": f"{run / 'report.html'}  (open it in a browser)",
                "Next": f"ganapps evaluate {place}",
                "Then": f"ganapps export {place}",
            }
        )
