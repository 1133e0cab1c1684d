"""The `ganapps` command: which verbs there are, and what an error looks like."""

import os
from importlib import import_module
from typing import Any

import click

from ganapps.errors import GanappsError, UsageError, nearest

VERBS = (
    "fit",
    "resume",
    "sample",
    "translate",
    "upscale",
    "predict",
    "encode",
    "reconstruct",
    "interpolate",
    "arithmetic",
    "classify",
    "log-prob",
    "evaluate",
    "export",
    "report",
    "models",
    "info",
    "data",
    "reproduce",
    "apps",
    "version",
)
SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
Examples = tuple[tuple[str, str], ...]


class Failed(click.ClickException):
    """It could not be done."""

    exit_code = 1


class Misused(click.ClickException):
    """The command line is wrong."""

    exit_code = 2


class WithExamples(click.Command):
    """A command whose help ends with examples: pairs of a command line and what it does."""

    def __init__(self, *args: Any, examples: Examples = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examples = examples

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if self.examples:
            with formatter.section("Examples"):
                for line, what in self.examples:
                    formatter.write(f"{'':{formatter.current_indent}}# {what}\n{'':{formatter.current_indent}}{line}\n")
        super().format_epilog(ctx, formatter)


class Verb(WithExamples):
    """A verb of the command line."""


class Group(WithExamples, click.Group):
    """A command with commands below it, which answers an unknown one with the nearest."""

    command_class = Verb
    noun = "command"

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        known = self.list_commands(ctx)
        if args[0] not in known and not args[0].startswith("-"):
            hint = nearest(args[0], known) or f" There are {', '.join(known)}."
            raise click.UsageError(f"There is no {self.noun} '{args[0]}'.{hint}", ctx)
        return super().resolve_command(ctx, args)


class Verbs(Group):
    """Takes a verb from the module of its name, and turns errors of the user into a sentence and an exit code."""

    noun = "verb"

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return import_module(f"ganapps.cli.{cmd_name.replace('-', '_')}").command if cmd_name in VERBS else None

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except GanappsError as error:
            if os.environ.get("GANAPPS_DEBUG"):
                raise
            raise (Misused if isinstance(error, UsageError) else Failed)(str(error)) from error


@click.group(
    cls=Verbs,
    context_settings=SETTINGS,
    examples=(
        ("ganapps fit dcgan --data digits --preset small --steps 2000", "train a GAN on handwritten digits"),
        ("ganapps sample runs/dcgan-digits-1 --out digits.png", "look at what it has learned"),
        ("ganapps export runs/dcgan-digits-1", "make the files for a phone"),
    ),
)
@click.version_option(package_name="ganapps", prog_name="ganapps")
def ganapps() -> None:
    """Train, measure, ship and use generative adversarial networks.

    Every command has its own --help with examples. Exit codes: 0 all went well, 1 it could not be done (the reason is
    on stderr), 2 the command line is wrong. GANAPPS_DEBUG=1 shows tracebacks and the libraries' own messages.
    """
