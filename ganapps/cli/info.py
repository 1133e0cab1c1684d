"""`ganapps info`: what a model, a run or a bundle is."""

from dataclasses import asdict
from pathlib import Path

import click

from ganapps import registry
from ganapps.cli.app import Verb
from ganapps.cli.output import as_json, echo_json, facts, table
from ganapps.cli.places import kind
from ganapps.cli.typed import shown
from ganapps.errors import GanappsError, nearest


@click.command(
    "info",
    cls=Verb,
    short_help="Tell what a model, a run or a bundle is.",
    examples=(
        ("ganapps info wgan-gp", "a model: its paper, its hyper-parameters, its presets"),
        ("ganapps info runs/dcgan-digits-1", "a run: its settings, how far it is, its scores"),
        ("ganapps info runs/dcgan-digits-1/export --json", "an edge bundle: its card"),
    ),
)
@click.argument("what")
@as_json
def command(what: str, json_wanted: bool) -> None:
    """Tell what WHAT is: the name of a model, a run folder, or an edge bundle's folder."""
    if what in registry.entries():
        _model(registry.get(what), json_wanted)
        return
    path = next((path for path in (Path(what), Path("runs") / what) if path.exists()), None)
    if path is None:
        known = [*registry.entries(), *map(str, Path("runs").glob("*"))]
        raise GanappsError(f"'{what}' is neither a model nor a folder.{nearest(what, known)}")
    found = kind(path)
    if found == "run":
        _run(path, json_wanted)
    elif found == "bundle":
        _bundle(path, json_wanted)
    else:
        raise GanappsError(f"{path} is neither a run (run.json) nor an edge bundle (card.json).")


def _model(entry: registry.Entry, json_wanted: bool) -> None:
    if json_wanted:
        echo_json(asdict(entry))
        return
    arxiv = f"https://arxiv.org/abs/{entry.paper}" if entry.paper[:4].isdigit() else entry.paper
    facts({"Name": entry.name, "Title": entry.title, "Year": entry.year, "Paper": arxiv, "Chapter": entry.chapter})
    pairs = ["as pairs"] if entry.paired else []
    facts({"Needs": [need.replace("|", " or ") for need in entry.needs] + pairs, "Source": entry.module})
    click.echo(f"\n{entry.doc.partition('Args:')[0].strip()}\n\nPresets")
    facts({f"  {name}": values or "the paper's sizes" for name, values in entry.presets.items()})
    rows = [
        (f"--{parameter.name.replace('_', '-')}", parameter.type, shown(parameter.default), parameter.doc)
        for parameter in entry.parameters.values()
    ]
    table(("option", "type", "default", "meaning"), rows)


def _run(path: Path, json_wanted: bool) -> None:
    from ganapps.engine.report import read_lines, read_settings
    from ganapps.engine.report_parts import by_metric

    settings, metrics = read_settings(path), read_lines(path / "metrics.jsonl")
    scores = [rows[-1] for rows in by_metric(read_lines(path / "scores.jsonl")).values()]
    finished = (path / "model.keras").exists()
    step = metrics[-1] if metrics else {}
    if json_wanted:
        echo_json({"run": path, "finished": finished, "settings": settings, "last": step, "scores": scores})
        return
    state = "finished" if finished else f"at step {step.get('step', 0)} of {settings['steps']}"
    told = {key.replace("_", " ").capitalize(): value for key, value in settings.items() if key != "config"}
    facts({"Run": path, "State": state} | told)
    click.echo("\nHyper-parameters")
    facts({f"  {key}": value for key, value in settings["config"].items()})
    if step:
        click.echo("\nLast record")
        facts({f"  {key}": value for key, value in step.items()})
    if scores:
        table(
            ("metric", "value", "real vs real", "step"),
            [[s.get(k) for k in ("metric", "value", "real_vs_real", "step")] for s in scores],
        )


def _bundle(path: Path, json_wanted: bool) -> None:
    from ganapps.edge import read_card

    card = read_card(path)
    if json_wanted:
        echo_json(card)
        return
    facts(
        {
            "Bundle": path,
            "Name": card["name"],
            "Title": card["title"],
            "Model": card["model"],
            "Signature": card["signature"],
        }
    )
    click.echo(f"\n{card['description']}\n")
    facts({f"  {name}": f"{spec['dtype']} {spec['shape']} ({spec['kind']})" for name, spec in card["inputs"].items()})
    output = card["output"]
    facts({f"  {output['name']}": f"{output['dtype']} {output['shape']} ({output['kind']}), the output"})
    columns = ("precision", "runtime", "bytes", "max_difference", "latency_ms", "score")
    table(
        ("file", *columns), [(name, *(file.get(column) for column in columns)) for name, file in card["files"].items()]
    )
    facts({"Data": card["data"], "Limits": card["limits"], "Notice": card["notice"]})
