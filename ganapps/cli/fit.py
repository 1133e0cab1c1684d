"""`ganapps fit MODEL`: train. Each model is a command whose options are its constructor's parameters."""

from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from ganapps import registry
from ganapps.cli.app import Examples, Group, Verb
from ganapps.cli.output import as_json
from ganapps.cli.places import PLACE, use_backend
from ganapps.cli.resume import finish
from ganapps.cli.run_options import DATA, RUN_OPTIONS, TAKEN, option
from ganapps.cli.typed import ModelOption, OneOf, model_options, settings
from ganapps.errors import UsageError

#: data for the example of a model that needs such fields, the rarest first
DATA_WITH: dict[tuple[str, ...], str] = {
    ("dataset_id",): "mixed:faces:know=hair+faces:know=face,seed=1",
    ("attributes",): "faces",
    ("b_neg",): "faces:a=image,b=garment",
    ("a", "label"): "digit_pairs:a=noisy,b=plain,unpaired",
    ("a",): "earth:unpaired",
    ("frames",): "moving",
    (): "digits",
}


class Models(Group):
    """The models as commands, made when asked for."""

    noun = "model"

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return ["MODEL [OPTIONS]", "| --resume RUN"]

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(registry.entries())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return model_command(registry.get(cmd_name)) if cmd_name in registry.entries() else None


class Fit(Verb):
    """A model's command. Its help shows run options and hyper-parameters apart."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, own in (("Options of the run", False), (f"Hyper-parameters of {self.name}", True)):
            listed = [known for known in self.get_params(ctx) if isinstance(known, ModelOption) is own]
            records = [known.get_help_record(ctx) for known in listed]
            shown = [record for record in records if record]
            if shown:
                with formatter.section(title):
                    formatter.write_dl(shown)


def model_command(entry: registry.Entry) -> Fit:
    """``ganapps fit <model>``."""
    told = "; ".join(f"{name}: {_told(values)}" for name, values in entry.presets.items())
    preset = option("--preset", type=OneOf(*entry.presets), default="paper", help=told)
    return Fit(
        name=entry.name,
        params=[DATA, preset, *RUN_OPTIONS, *model_options(entry, TAKEN)],
        callback=lambda **values: train(entry, values),
        help=f"{entry.title}: {entry.summary}\n\nNeeds {_needs(entry)}. `ganapps info {entry.name}` tells more.",
        short_help=f"{entry.title} ({entry.year}). {entry.summary}",
        examples=examples(entry),
        context_settings={"token_normalize_func": lambda token: token.replace("_", "-")},
    )


def train(entry: registry.Entry, values: dict[str, Any]) -> None:
    """Gather what was said and hand it to the workflow."""
    ctx = click.get_current_context()
    if values["data"] is None:
        raise UsageError(f"Say what to train on: --data DATA. `ganapps data list --for {entry.name}` shows what fits.")
    if values["steps"] and values["epochs"]:
        raise UsageError("Give --steps or --epochs, not both.")
    options = registry.check_options(entry, settings(values.pop("set_")))
    for name in entry.parameters:
        if name in values and name not in TAKEN:
            value = values.pop(name)
            if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE:
                options.setdefault(name, value)
    use_backend(values.pop("backend"))
    json_wanted = values.pop("json_wanted")
    from ganapps import workflow

    run = workflow.fit(entry.name, values.pop("data"), options=options, **values)
    finish(run, json_wanted)


def examples(entry: registry.Entry) -> Examples:
    """Two lines that work for the model."""
    data = next(name for fields, name in DATA_WITH.items() if set(fields) <= set(entry.needs))
    data = "earth" if entry.paired and "b_neg" not in entry.needs else data
    small = "small" if "small" in entry.presets else next(iter(entry.presets))
    first = f"ganapps fit {entry.name} --data {data} --preset {small} --steps 2000"
    own = [
        parameter for parameter in entry.parameters.values() if parameter.base in ("int", "float") and parameter.default
    ]
    own = [
        parameter
        for parameter in own
        if parameter.name not in (*TAKEN, "resolution", "channels", "dimensions", "classes")
    ]
    flags = "".join(f" --{parameter.name.replace('_', '-')} {parameter.default}" for parameter in own[:1])
    mine = "moving:objects=3" if "frames" in entry.needs else "folder:my-pictures"
    second = f"ganapps fit {entry.name} --data {mine} --epochs 100{flags} --ema 0.999 --name mine"
    return (first, "a first try"), (second, "your own pictures, with a hyper-parameter and averaged weights")


def _needs(entry: registry.Entry) -> str:
    return " and ".join(f"'{need}'".replace("|", "' or '") for need in entry.needs)


def _told(values: dict[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in values.items()) or "the paper's sizes"


@click.group(
    "fit",
    cls=Models,
    invoke_without_command=True,
    short_help="Train a model.",
    examples=(
        ("ganapps fit dcgan --data digits --preset small --steps 2000", "a first GAN, in minutes"),
        ("ganapps fit wgan-gp --help", "what a model can be told"),
        ("ganapps fit --resume runs/dcgan-digits-1", "go on with a run that was stopped or killed"),
    ),
)
@click.option("--resume", "run", type=PLACE, help="Go on with this run instead of starting one.")
@as_json
@click.pass_context
def command(ctx: click.Context, run: Path | None, json_wanted: bool) -> None:
    """Train a model: a folder in runs/ with checkpoints, sample pictures, curves and a report."""
    if ctx.invoked_subcommand:
        return
    if run is None:
        click.echo(ctx.get_help())
        ctx.exit(2)
    use_backend(None, run)
    from ganapps import workflow

    finish(workflow.resume(run), json_wanted)
