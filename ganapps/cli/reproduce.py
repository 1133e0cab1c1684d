"""`ganapps reproduce`: make a result of the documentation again."""

import click

from ganapps.cli.app import Verb
from ganapps.cli.output import as_json, echo_json, table
from ganapps.cli.places import use_backend


@click.command(
    "reproduce",
    cls=Verb,
    short_help="Make a published result again.",
    examples=(
        ("ganapps reproduce list", "what can be made again, and how long it takes"),
        ("ganapps reproduce ring-gan", "train, measure, and write the numbers"),
        ("ganapps reproduce fashion --seed 1", "a table's second seeds, beside what is recorded of the first"),
    ),
)
@click.argument("name", default="list")
@click.option("--seed", type=click.IntRange(0), help="This seed alone; what is recorded of the others stays.")
@as_json
def command(name: str, seed: int | None, json_wanted: bool) -> None:
    """Make a result of the documentation again, with the same settings and seeds. NAME is `list` or one of its lines.

    What is trained already is not trained again, and what was killed goes on.
    """
    from ganapps.reproduce import experiments

    if name != "list":
        use_backend(None)
        file = experiments.run(name, seed)
        if json_wanted:
            echo_json({"result": file})
        else:
            click.echo(file)
        return
    rows = [(known, *experiments.told(known)) for known in experiments.names()]
    if json_wanted:
        echo_json([{"name": known, "title": title, "minutes": minutes} for known, title, minutes in rows])
    else:
        heads = ("name", "result", "minutes on 2 cores (bfloat16)")
        table(heads, [(*row, minutes or "") for *row, minutes in rows])
