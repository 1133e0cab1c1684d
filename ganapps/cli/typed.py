"""Option types that answer a wrong value with the nearest right one, and options made from a model's constructor."""

from collections.abc import Sequence
from typing import Any

import click

from ganapps import registry
from ganapps.errors import UsageError, nearest

METAVARS = {
    **{"int": "INT", "float": "NUMBER", "str": "TEXT", "bool": "BOOL"},
    **{"tuple[int, ...]": "INT,INT,...", "tuple[str, ...]": "TEXT,TEXT,..."},
}


class OneOf(click.ParamType):
    """One word of a few."""

    name = "choice"

    def __init__(self, *choices: str) -> None:
        self.choices = choices

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        return f"[{'|'.join(self.choices)}]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value not in self.choices:
            hint = nearest(value, self.choices)
            self.fail(f"'{value}' is none of {', '.join(self.choices)}.{hint}", param, ctx)
        return value


class Hyperparameter(click.ParamType):
    """A value of a model's constructor, read by the registry's rules."""

    def __init__(self, parameter: registry.Parameter) -> None:
        self.parameter, self.name = parameter, parameter.name

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        if self.parameter.choices:
            return f"[{'|'.join(str(choice) for choice in self.parameter.choices)}]"
        return METAVARS[self.parameter.base]

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return registry.parse_option(self.parameter, value)
        except UsageError as error:
            raise click.UsageError(str(error), ctx) from error


class ModelOption(click.Option):
    """An option that stands for a constructor parameter; help lists these apart."""


def model_options(entry: registry.Entry, taken: Sequence[str]) -> list[click.Option]:
    """One option for each constructor parameter but the ``taken`` names. Absent on the command line they are None."""
    options: list[click.Option] = []
    for parameter in entry.parameters.values():
        if parameter.name in taken:
            continue
        flag = parameter.name.replace("_", "-")
        help_text = f"{parameter.doc}  [default: {shown(parameter.default)}]"
        if parameter.base == "bool" and not parameter.optional:
            options.append(ModelOption([f"--{flag}/--no-{flag}", parameter.name], default=None, help=help_text))
        else:
            kind = Hyperparameter(parameter)
            options.append(ModelOption([f"--{flag}", parameter.name], type=kind, default=None, help=help_text))
    return options


def shown(value: Any) -> str:
    """A default as one would type it."""
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return "none" if value is None else str(value)


def settings(texts: Sequence[str]) -> dict[str, str]:
    """``key=value`` texts as a dictionary.

    Raises:
        UsageError: a text without an equals sign.
    """
    for text in texts:
        if "=" not in text:
            raise UsageError(f"--set wants key=value, not '{text}'.")
    return dict(text.split("=", 1) for text in texts)
