"""Write the generated pages of docs/ and the generated parts of README.md and LICENSES.md.

    python tools/docs.py            write what differs
    python tools/docs.py --check    exit 1 and name the pages that differ

A generated part of a page stands between ``<!-- generated: NAME -->`` and ``<!-- end -->``.
"""

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import phone_page
from model_page import PICTURES, ROOT, index, link, page

from ganapps.cli.app import VERBS, ganapps
from ganapps.data import catalogue
from ganapps.registry import entries
from ganapps.reproduce import collapse
from ganapps.reproduce.benchmarks import JUDGES, SEGMENTERS
from ganapps.reproduce.experiments import EXPERIMENTS
from ganapps.reproduce.markdown import number, table
from ganapps.reproduce.results import experiments
from ganapps.reproduce.scoreboard import overview, scoreboard

PART = re.compile(r"(<!-- generated: ([\w ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def data_page() -> str:
    """docs/data.md: the catalogue."""
    cards = [catalogue.describe(name) for name in catalogue.names()] + catalogue.patterns()
    parts = [
        "# Data sets",
        "`ganapps data list` shows these, `ganapps data show NAME --out sheet.png` draws one. Written by `tools/docs.py` from "
        "the catalogue.",
        data_table(),
    ]
    for card in cards:
        fields = [(f"`{name}`", f.dtype, shape(f.shape), f.meaning) for name, f in card.fields.items()]
        facts = [("kind", card.kind), ("rows", sizes(card)), ("licence", card.licence), ("credit", card.credit)]
        facts += [("how to get it", card.how_to_get)]
        facts += [("classes", classes(card.classes))] if card.classes else []
        facts += [(f"option `{name}`", meaning) for name, meaning in card.options.items()]
        parts += [f"## {card.name}: {card.title}", table(("", ""), facts)]
        parts += [table(("field", "type", "shape", "meaning"), fields)] if fields else []
    return "\n\n".join(parts) + "\n"


def shape(dimensions: tuple[int | None, ...]) -> str:
    """``64 x 64 x 3``; an open dimension is "any"."""
    return " x ".join("any" if side is None else str(side) for side in dimensions) or "scalar"


def sizes(card: catalogue.DataSet) -> str:
    """Rows of each split."""
    return ", ".join(f"{split} {rows}" for split, rows in card.sizes.items() if rows) or "known when it is opened"


def classes(names: tuple[str, ...]) -> str:
    """The names of a few classes, else how many there are."""
    return ", ".join(names) if len(names) <= 20 else f"{len(names)}, from {names[0]} to {names[-1]}"


def data_table() -> str:
    """One line a data set."""
    cards = [catalogue.describe(name) for name in catalogue.names()] + catalogue.patterns()
    rows = [(f"`{card.name}`", card.title, ", ".join(card.fields) or "what is there", card.licence) for card in cards]
    return table(("name", "what", "fields", "licence"), rows)


def model_table() -> str:
    """One line a model, from the root of the repository."""
    rows = [
        (
            f"[{entry.title}](docs/models/{entry.name}.md)",
            entry.year,
            link(entry.paper),
            ", ".join(entry.presets),
            entry.summary,
        )
        for entry in entries().values()
    ]
    return table(("model", "year", "paper", "presets", "in a sentence"), rows)


def verb_table() -> str:
    """One line a verb of the command line."""
    context = ganapps.make_context("ganapps", [], resilient_parsing=True)
    commands = {verb: ganapps.get_command(context, verb) for verb in VERBS}
    rows = [(f"`ganapps {verb}`", command.get_short_help_str(100)) for verb, command in commands.items() if command]
    return table(("command", "what it does"), rows)


#: the experiments on the README's front: what a visitor should see first
FRONT = ("sketch-pix2pix", "edits-stargan", "faces-dcgan", "lines-pix2pix", "photographs-srresnet", "mnist-acgan")


def gallery() -> str:
    """The committed pictures of the experiments on the front."""
    titles = {record["name"]: record["title"] for record in experiments()}
    cells = [
        f'<td><img src="docs/pictures/{name}.png" width="270" alt="{titles[name]}"><br>{titles[name]}</td>'
        for name in FRONT
        if (PICTURES / f"{name}.png").is_file()
    ]
    rows = [f"<tr>\n{chr(10).join(cells[i : i + 3])}\n</tr>" for i in range(0, len(cells), 3)]
    return "<table>\n" + "\n".join(rows) + "\n</table>"


def credits() -> str:
    """Every data set's licence and whom to thank."""
    cards = [catalogue.describe(name) for name in catalogue.names()] + catalogue.patterns()
    return table(("data", "licence", "credit"), [(f"`{card.name}`", card.licence, card.credit) for card in cards])


def weights() -> str:
    """The shipped judges and segmenters, and the data they were trained on."""
    rows = []
    for path in [*sorted(JUDGES.glob("*.json")), *sorted(SEGMENTERS.glob("*.json"))]:
        card = catalogue.describe(json.loads(path.read_text(encoding="utf-8"))["recipe"]["data"])
        rows.append((f"`{path.stem}.npz`", card.title, card.licence, card.credit))
    return table(("file", "trained on", "licence of the data", "credit"), rows)


def sample_pictures() -> str:
    """The shipped pictures and the data behind them."""
    rows = []
    for path in sorted(PICTURES.glob("*.png")):
        experiment = EXPERIMENTS[path.stem]
        card = catalogue.describe(experiment.data)
        rows.append((f"`{path.name}`", f"{experiment.model} trained on {card.title}", card.licence, card.credit))
    return table(("file", "what it shows", "licence of the data", "credit"), rows)


def shipped_bundles() -> str:
    """The bundles under exports/, a line a file: score, size and latency as its card has them."""
    rows = []
    for name, card in phone_page.cards(ROOT / "exports").items():
        metric = f"{card['metric']['name']}; {card['metric']['better']} is better" if card["metric"] else "-"
        for place, (file, told) in enumerate(card["files"].items()):
            start = (f"[{name}](exports/{name}/README.md)", metric) if place == 0 else ("", "")
            rows.append(
                (*start, f"`{file}`", number(told["score"]), f"{told['bytes'] / 1e6:.2f}", told["latency_ms"]["1"])
            )
    return table(("bundle", "score", "file", "value", "MB", "ms, 1 thread"), rows)


def bundle_credits() -> str:
    """The bundles under exports/, and the data they were trained on."""
    cards = phone_page.cards(ROOT / "exports")
    rows = [
        (f"`{name}`", card["data"]["name"], card["data"]["licence"], card["data"]["credit"])
        for name, card in cards.items()
    ]
    return table(("bundle", "trained on", "licence of the data", "credit"), rows)


PARTS: dict[str, Callable[[], str]] = {
    "pictures": gallery,
    "models": model_table,
    "commands": verb_table,
    "data": data_table,
    "scores": overview,
    "credits": credits,
    "weights": weights,
    "sample pictures": sample_pictures,
    "bundles": shipped_bundles,
    "bundle credits": bundle_credits,
}


def filled(text: str) -> str:
    """A page with its generated parts made anew."""
    return PART.sub(lambda found: f"{found[1]}{PARTS[found[2]]()}\n{found[3]}", text)


def pages() -> dict[Path, str]:
    """Every generated page and what it must hold."""
    docs = ROOT / "docs"
    made = {docs / "models" / f"{name}.md": page(entry) for name, entry in entries().items()}
    made[docs / "models" / "README.md"] = index()
    made[docs / "data.md"] = data_page()
    made[docs / "scoreboard.md"] = scoreboard()
    made[docs / "collapse.md"] = collapse.page()
    made[docs / "phone.md"] = phone_page.page(phone_page.cards(ROOT / "exports"))
    for hand in (ROOT / "README.md", ROOT / "LICENSES.md"):
        made[hand] = filled(hand.read_text(encoding="utf-8"))
    return made


def main() -> int:
    """Write or check; the exit code."""
    made = pages()
    stale = [path for path, text in made.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    orphans = [path for path in (ROOT / "docs" / "models").glob("*.md") if path not in made]
    if "--check" in sys.argv[1:]:
        for path in stale + orphans:
            print(f"{path.relative_to(ROOT)} is not what tools/docs.py would write: run it.")
        return 1 if stale or orphans else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made[path], encoding="utf-8")
        print(f"wrote {path.relative_to(ROOT)}")
    for path in orphans:
        path.unlink()
        print(f"removed {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
