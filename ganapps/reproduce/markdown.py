"""Numbers and tables as Markdown."""

from collections.abc import Iterable
from typing import Any


def table(head: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """A Markdown table; a bar inside a cell is escaped."""
    lines = [[str(cell).replace("|", "\\|").replace("\n", " ") for cell in row] for row in (head, *rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def number(value: float | None) -> str:
    """Four significant digits, or a dash."""
    return "-" if value is None else f"{value:.4g}"


def spread(values: list[float]) -> str:
    """The range of a few numbers, or the one."""
    low, high = number(min(values)), number(max(values))
    return low if low == high else f"{low} to {high}"


def over_seeds(values: list[float]) -> str:
    """The mean, and behind it the range where there are several."""
    mean, told = number(sum(values) / len(values)), spread(values)
    return mean if len(values) == 1 else f"{mean} ({told if ' to ' in told else 'each seed'})"


def anchor(heading: str) -> str:
    """The link to a heading, as GitHub makes it."""
    return "".join(letter for letter in heading.lower().replace(" ", "-") if letter.isalnum() or letter in "-_")


def shown(value: Any) -> str:
    """A number, a list of numbers, or words."""
    if isinstance(value, list):
        return ", ".join(map(shown, value))
    if isinstance(value, int):
        return f"{value:,}"
    return number(value) if isinstance(value, float) else str(value)
