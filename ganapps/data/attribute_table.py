"""Tables that give each picture file its 0/1 attributes: a CSV file, or CelebA's own list."""

import csv
from dataclasses import dataclass
from pathlib import Path

from ganapps.errors import GanappsError

NAMES = ("attributes.csv", "list_attr_celeba.csv", "list_attr_celeba.txt")
FILE_COLUMNS = ("file", "filename", "file_name", "image", "image_id", "name", "path")
VALUES = {"1": 1, "1.0": 1, "true": 1, "0": 0, "0.0": 0, "false": 0, "-1": 0, "-1.0": 0}


@dataclass(frozen=True)
class AttributeTable:
    """``attributes`` names the columns, ``rows`` gives each file's 0/1 values, ``problems`` what was left out."""

    attributes: tuple[str, ...]
    rows: dict[str, tuple[int, ...]]
    problems: tuple[str, ...]


def read_table(path: Path) -> AttributeTable:
    """Reads a table with a header line, separated by commas, semicolons or tabs, or in the layout of CelebA's list.

    One column holds file names: the one so called, else the first. Of the others those count that hold nothing but 1,
    0, -1 (as 0), true and false.

    Raises:
        GanappsError: the file cannot be read, or has no attribute column.
    """
    try:
        lines = [line for line in path.read_text("utf-8-sig", "replace").splitlines() if line.strip()]
    except OSError as error:
        raise GanappsError(f"{path} cannot be read ({error.strerror}).") from error
    header, rows, problems = _cells(path.name, lines)
    file_column = next((i for i, name in enumerate(header) if name.lower() in FILE_COLUMNS), 0)
    columns = [i for i in range(len(header)) if i != file_column]
    kept = []
    for i in columns:
        odd = next((row[i] for row in rows if row[i].lower() not in VALUES), None)
        if odd is None:
            kept.append(i)
        else:
            problems.append(f"{path.name}, column {header[i]}: holds '{odd}', which is not 0 or 1")
    if not kept or not rows:
        raise GanappsError(f"{path} has no column of 0 and 1 beside the file names.")
    values = {row[file_column]: tuple(VALUES[row[i].lower()] for i in kept) for row in rows}
    return AttributeTable(tuple(header[i] for i in kept), values, tuple(problems))


def _cells(name: str, lines: list[str]) -> tuple[list[str], list[list[str]], list[str]]:
    """Header, whole rows and the lines that are not whole."""
    if lines and lines[0].strip().isdigit():
        # CelebA: the number of files, then the attributes without a name for the column of files, then the rows.
        header, table, first = ["file", *lines[1].split()] if len(lines) > 1 else ["file"], lines[2:], 3
        rows = [line.split() for line in table]
    else:
        separator = max(",;\t", key=lines[0].count) if lines else ","
        header, *rows = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=separator)] or [[]]
        first = 2
    problems = [
        f"{name}, line {number}: {len(row)} columns, not {len(header)}"
        for number, row in enumerate(rows, first)
        if len(row) != len(header)
    ]
    return header, [row for row in rows if len(row) == len(header)], problems
