"""A model's page, read from its source, its tests and its committed results. Nothing is imported but the registry."""

import ast
import inspect
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from ganapps.registry import Entry, Parameter, entries
from ganapps.reproduce.benchmarks import edge_speed
from ganapps.reproduce.markdown import number, spread, table
from ganapps.reproduce.results import experiments
from ganapps.reproduce.scoreboard import cpu_minutes, experiment

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
HARNESS = ROOT / "tests" / "models" / "harness.py"
TIMES = re.compile(r"\s*[^.]*?\bon\s+2\s+cores\b[^.]*\.(?=\s|$)")
POSSESSIVE = re.compile(r"\b(the )(paper|author|generator|discriminator|critic)s (?=\w)")


def page(entry: Entry) -> str:
    """docs/models/<name>.md."""
    where = entry.module.replace(".", "/") + ".py"
    results = [record for record in experiments() if record["training"]["model"] == entry.name]
    parts = [
        f"# {entry.title}",
        f'`{entry.name}`, {entry.year}, chapter "{entry.chapter}" of the survey. Paper: {link(entry.paper)}. '
        f"Source: [{where}](../../{where}).",
        *pictures(results),
        f"## The game\n\n{words(entry)}",
        f"It trains on batches with {needs(entry)}{', row by row a pair' if entry.paired else ''}.",
        f"## Players and losses\n\n{losses(entry)}",
        f"## Parameters\n\n{parameters(entry)}",
        f"## Presets\n\n{presets(entry)}",
        f"## Cost\n\n{cost(results)}",
        edge_speed(entry.name),
        f"## What is tested\n\n{tested(entry)}",
        "## Scores",
        *([experiment(record, "###") for record in results] or ["None is committed yet."]),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def index() -> str:
    """docs/models/README.md."""
    rows = [
        (f"[{entry.title}]({entry.name}.md)", entry.year, link(entry.paper), entry.chapter, entry.summary)
        for entry in entries().values()
    ]
    shared = "\n".join(f"- {sentence}" for _, sentence in tests(HARNESS))
    return (
        "# Models\n\nOne page a model, written by `tools/docs.py` from the sources, the tests and the committed results.\n\n"
        + table(("model", "year", "paper", "chapter", "in a sentence"), rows)
        + f"\n\nTested on every model:\n\n{shared}\n"
    )


def link(paper: str) -> str:
    """The paper's address: arXiv for a number, else a DOI."""
    if re.fullmatch(r"\d{4}\.\d{4,5}", paper):
        return f"[arXiv {paper}](https://arxiv.org/abs/{paper})"
    return f"[{paper}](https://doi.org/{paper})"


def words(entry: Entry) -> str:
    """The class's docstring without its ``Args``, in Markdown; what it costs is told by the results, not by the author."""
    return TIMES.sub("", entry.doc.partition("\nArgs:\n")[0]).replace("``", "`").strip()


def needs(entry: Entry) -> str:
    """The batch fields in words."""
    return " and ".join(f"`{need}`".replace("|", "` or `") for need in entry.needs)


def pictures(results: list) -> Iterator[str]:
    """The committed pictures of the model's experiments."""
    for record in results:
        if (PICTURES / f"{record['name']}.png").is_file():
            yield f"![{record['title']}](../pictures/{record['name']}.png)"


@cache
def classes() -> dict[str, ast.ClassDef]:
    """Every class in the model files."""
    files = sorted((ROOT / "ganapps" / "models").rglob("*.py"))
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in files)
    return {node.name: node for tree in trees for node in tree.body if isinstance(node, ast.ClassDef)}


def ancestry(name: str) -> Iterator[ast.ClassDef]:
    """The class and its ancestors in model files, nearest first."""
    if name in classes():
        yield classes()[name]
        for base in classes()[name].bases:
            yield from ancestry(ast.unparse(base))


def losses(entry: Entry) -> str:
    """The players in their order: what each trains, how often, and what its loss method says."""
    line = list(ancestry(entry.cls))
    calls = next(
        statement.value
        for node in line
        for statement in node.body
        if (isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "players")
        or (isinstance(statement, ast.AnnAssign) and ast.unparse(statement.target) == "players")
    )
    rows = []
    for call in (item for item in ast.walk(calls) if isinstance(item, ast.Call)):
        given = dict(zip(("name", "trains", "updates"), call.args, strict=False)) | {
            str(k.arg): k.value for k in call.keywords
        }
        told = {key: ast.literal_eval(value) for key, value in given.items()}
        method = next(
            m for n in line for m in n.body if isinstance(m, ast.FunctionDef) and m.name == f"{told['name']}_loss"
        )
        loss = inspect.cleandoc(ast.get_docstring(method) or "").replace("``", "`")
        rows.append((told["name"], ", ".join(f"`{name}`" for name in told["trains"]), told.get("updates", 1), loss))
    return table(("player", "trains", "updates a step", "loss"), rows)


def parameters(entry: Entry) -> str:
    """The constructor's keyword arguments, as the command line takes them."""
    rows = [
        (f"`{flag(p)}`", f"`{p.type}`", f"`{p.default}`", p.doc.replace("``", "`")) for p in entry.parameters.values()
    ]
    return table(("option", "type", "default", "meaning"), rows)


def flag(parameter: Parameter) -> str:
    """As it is typed: ``--beta-1``, ``--decay/--no-decay``."""
    name = parameter.name.replace("_", "-")
    return f"--{name}/--no-{name}" if parameter.type == "bool" else f"--{name}"


def presets(entry: Entry) -> str:
    """Each preset and what it changes."""
    rows = [(name, ", ".join(f"`{key}={value}`" for key, value in own.items())) for name, own in entry.presets.items()]
    return table(("preset", "changes"), [(name, own or "nothing: the defaults are the paper's") for name, own in rows])


def cost(results: list) -> str:
    """What the committed runs took."""
    if not results:
        return "No run is committed yet."
    rows = []
    for record in results:
        minutes = cpu_minutes(record)
        a_step = [60_000 * m / record["training"]["steps"] for m in minutes]
        recipe = (
            f"{record['training']['preset']}, {record['training']['data']}, batch {record['training']['batch_size']}"
        )
        steps, each = record["training"]["steps"], number(sum(a_step) / len(a_step))
        rows.append((f"`{record['command']}`", recipe, steps, spread(minutes), each, record["machine"]))
    return table(("command", "preset and data", "steps", "CPU minutes", "CPU ms a step", "machine"), rows)


def tested(entry: Entry) -> str:
    """The paper's demands, as the model's own tests name them; what every model is tested on stands in the index."""
    given = f'\n    name = "{entry.name}"\n'  # a class of tests names its model; siblings share a file
    path = next(p for p in sorted(HARNESS.parent.glob("test_*.py")) if given in p.read_text(encoding="utf-8"))
    shared = {name for name, _ in tests(HARNESS)}
    found = [f"- {sentence}" for name, sentence in tests(path) if name not in shared]
    more = f"[{path.name}](../../tests/models/{path.name}) holds these tests; [every model](README.md) passes more."
    return "\n".join([*found, "", more])


def tests(path: object) -> list[tuple[str, str]]:
    """The test methods of a file and what they say as sentences."""
    tree = ast.parse(path.read_text(encoding="utf-8"))  # type: ignore[attr-defined]
    methods = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    return [(method.name, sentence(method)) for method in sorted(methods, key=lambda method: method.lineno)]


def sentence(method: ast.FunctionDef) -> str:
    """``test_the_papers_sizes`` with a docstring -> "The paper's sizes: docstring"."""
    text = POSSESSIVE.sub(r"\1\2's ", method.name.removeprefix("test_").replace("_", " "))
    told = " ".join((ast.get_docstring(method) or "").split())
    return text[0].upper() + text[1:] + (f": {told}" if told else ".")
