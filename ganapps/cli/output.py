"""How results look: JSON for programs, tables and name-value lists for people."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click

as_json = click.option("--json", "json_wanted", is_flag=True, help="Print JSON for programs.")


def echo_json(value: Any) -> None:
    """Print as indented JSON; what JSON does not know (paths) as its text."""
    import json

    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def facts(pairs: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> None:
    """Print names and values in two columns, wrapped on a terminal; values that are empty are left out."""
    import shutil
    import textwrap

    terminal = shutil.get_terminal_size().columns if sys.stdout.isatty() else 10_000
    shown = [(name, text(value)) for name, value in dict(pairs).items() if value not in (None, "", (), [], {})]
    width = max((len(name) for name, _ in shown), default=0)
    for name, value in shown:
        lines = textwrap.wrap(value, max(30, terminal - width - 2)) or [""]
        click.echo(f"{click.style(name.ljust(width), bold=True)}  {lines[0]}")
        for line in lines[1:]:
            click.echo(f"{'':{width}}  {line}")


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print a table that fits the terminal; into a file or a pipe every cell is printed in full."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    shown = Table(*columns, box=SIMPLE_HEAD, header_style="bold", pad_edge=False, show_edge=False)
    for row in rows:
        shown.add_row(*(text(cell) for cell in row))
    console = Console(highlight=False, markup=False)
    if not console.is_terminal:
        console.width = 240
    console.print(shown)


def text(value: Any) -> str:
    """A value as a person writes it."""
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.5g}"
        case dict():
            return ", ".join(f"{key} {text(item)}" for key, item in value.items())
        case list() | tuple():
            return ", ".join(text(item) for item in value)
        case _:
            return str(value)
