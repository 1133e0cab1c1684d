"""Committed measurements as Markdown: the one place from which numbers come into the documentation."""

from pathlib import Path
from typing import Any

from ganapps.engine.files import write_text
from ganapps.reproduce.benchmarks import app_load, edge_speed, judges, package_size, training_speed, upscaling_peers
from ganapps.reproduce.experiments import EXPERIMENTS
from ganapps.reproduce.markdown import anchor, number, over_seeds, shown, spread, table
from ganapps.reproduce.measurements import MEASUREMENTS
from ganapps.reproduce.results import PICTURES, Record, experiments, read
from ganapps.reproduce.tables import TABLES, Table

PAGE = Path("docs/scoreboard.md")


def experiment(record: Record, level: str) -> str:
    """A record's heading, recipe and scores; ``level`` is the heading's hashes."""
    recipe = record["training"]
    own = "".join(f", {key} {value}" for key, value in recipe["options"].items())
    told = f"preset {recipe['preset']}, {recipe['steps']} steps, batch {recipe['batch_size']}{own}"
    told += f", averaged weights {recipe['ema']}" if recipe["ema"] else ""
    told += ", mirrored pictures" if recipe["flip"] else ""
    told += _half(record)
    seeds = ", ".join(str(seed["seed"]) for seed in record["seeds"])
    facts = f"`{record['command']}`: {recipe['model']} on {recipe['data']}, {told}; seeds {seeds}; "
    facts += f"{spread(cpu_minutes(record))} CPU minutes of training a seed on {record['machine']}; {record['date']}."
    # Results from before they were counted have none.
    counts = ", ".join(f"{network} {count:,}" for network, count in record.get("parameters", {}).items())
    facts += f" Parameters: {counts}." if counts else ""
    return "\n\n".join([f"{level} {record['title']}", facts, scores(record)])


def _half(record: Record) -> str:
    """The half precision of the runs, and which of them had none; results from before it was recorded had their recipe's."""
    asked = record["training"]["precision"]
    whole = [seed["seed"] for seed in record["seeds"] if seed.get("precision", asked) == "float32"]
    if len(whole) == len(record["seeds"]):
        return ""
    return f", {asked}" + (f" (seed {', '.join(map(str, whole))}: float32)" if whole else "")


def scores(record: Record) -> str:
    """What was measured, over the seeds, beside real data against real data and the baselines."""
    first = {score["name"]: score for score in record["seeds"][0]["scores"]}
    baselines = list(dict.fromkeys(baseline for score in first.values() for baseline in score["baselines"]))
    with_real = any(score["real_vs_real"] is not None for score in first.values())
    rows = []
    for name in record["summary"]:
        found = [score for seed in record["seeds"] for score in seed["scores"] if score["name"] == name]
        real = [score["real_vs_real"] for score in found if score["real_vs_real"] is not None]
        rows.append(
            [
                f"`{name}`",
                over_seeds([score["value"] for score in found if score["value"] is not None]),
                *([spread(real) if real else "-"] if with_real else []),
                *(number(first[name]["baselines"].get(baseline)) for baseline in baselines),
                first[name]["better"],
            ]
        )
    real_head = ["real against real"] if with_real else []
    return table(("score", "value", *real_head, *baselines, "better is"), rows)


def scoreboard() -> str:
    """docs/scoreboard.md."""
    parts = [
        "# Scoreboard",
        "Every number here was written by the command beside it into `benchmarks/results`. Scores carry their protocol in "
        "their name (metric, settings, feature extractor, number of samples); a score is comparable only with one of the "
        "same name. Real against real is the same metric between two sets of real data: as good as it gets. Minutes in "
        "mixed_bfloat16 are those of a processor that has matrix instructions for it (AMX); on another, `ganapps reproduce` "
        "takes float32 and up to three times as long.",
    ]
    sections = [
        *[comparison(name, one) for name, one in TABLES.items()],
        *[measured(name) for name in MEASUREMENTS],
        upscaling_peers(),
        judges(),
        training_speed(),
        edge_speed(),
        app_load(),
        package_size(),
        "## Every experiment",
    ]
    headings = [section.partition("\n")[0].removeprefix("## ") for section in sections if section]
    parts.append("\n".join(f"- [{heading}](#{anchor(heading)})" for heading in headings))
    parts += [section for section in sections if section]
    for record in experiments():
        parts.append(experiment(record, "###"))
        if (PICTURES / f"{record['name']}.png").is_file():
            parts.append(f"![{record['title']}]({PICTURES.name}/{record['name']}.png)")
    return "\n\n".join(parts) + "\n"


def overview() -> str:
    """One line a table that has results: its first score of every model, and a link to the rest."""
    rows = []
    for one in TABLES.values():
        found = [(label, record) for label, key in one.rows.items() if (record := read(key))]
        metric = next((m for m in one.scores if any(_of(record, m) for _, record in found)), None)
        if metric is None:
            continue
        told = [f"{label} {over_seeds(values)}" for label, record in found if (values := _values(record, metric))]
        real = [score["real_vs_real"] for _, record in found for score in _scores(record, metric)]
        told += [f"real data {spread(known)}"] if (known := [value for value in real if value is not None]) else []
        better = next(filter(None, (_of(record, metric) for _, record in found)))
        rows.append((f"[{one.title}](docs/scoreboard.md#{anchor(one.title)})", f"{metric} ({better})", "; ".join(told)))
    return table(("table", "score", "here"), rows)


def comparison(name: str, one: Table) -> str:
    """A table: a line a model, our scores beside published ones; empty until something of it has been measured."""
    found = [(label, record, one.published.get(key, ())) for label, key in one.rows.items() if (record := read(key))]
    if not found:
        return ""
    told = [metric for metric in one.scores if any(_of(record, metric) for _, record, _ in found)]
    rows = []
    for label, record, published in found:
        others = "; ".join(f"{known.who} {known.number} ({known.what})" for known in published)
        rows.append(
            (
                label,
                *(_cell(record, metric) for metric in told),
                others or "-",
                weights(record),
                spread(cpu_minutes(record)),
                f"`{record['command']}`",
            )
        )
    for baseline, values in _shared_baselines([record for _, record, _ in found], told).items():
        rows.append((f"baseline: {baseline}", *map(number, values), "-", "-", "-", "-"))
    head = (
        "model",
        *(f"{metric} ({_of(found[0][1], metric) or ''})" for metric in told),
        "published",
        "parameters",
        "CPU minutes",
        "command",
    )
    missing = [label for label, key in one.rows.items() if not read(key)]
    notes = [f"Not measured yet: {', '.join(missing)}."] if missing else []
    alone = [label for label, record, _ in found if len(record["seeds"]) < len(EXPERIMENTS[record["name"]].seeds)]
    notes += [f"Not all of their seeds yet: {', '.join(alone)}."] if alone else []
    return "\n\n".join([f"## {one.title}", f"`ganapps reproduce {name}`. {one.words}", table(head, rows), *notes])


def _shared_baselines(records: list[Record], metrics: list[str]) -> dict[str, list[float | None]]:
    """Baseline -> its value for each metric; none where the records were measured on different data.

    A record that shares no score's name with the first, having other numbers of samples, has its own in its section.
    """
    records = [one for one in records if not records[0]["summary"].keys().isdisjoint(one["summary"])]
    kinds = [
        {score["metric"]: score["baselines"] for score in record["seeds"][0]["scores"] if score["metric"] in metrics}
        for record in records
    ]
    if any(kind != kinds[0] for kind in kinds):
        return {}
    names = dict.fromkeys(baseline for values in kinds[0].values() for baseline in values)
    return {name: [kinds[0].get(metric, {}).get(name) for metric in metrics] for name in names}


def cpu_minutes(record: Record) -> list[float]:
    """What each seed's training took; results from before it was recorded: both cores for as long as they took."""
    return [seed.get("cpu_minutes", 2 * seed["minutes"]) for seed in record["seeds"]]


def weights(record: Record) -> str:
    """The parameters of all networks, in millions; results from before they were counted have none."""
    counts = record.get("parameters", {})
    return f"{number(sum(counts.values()) / 1e6)} M" if counts else "-"


def measured(name: str) -> str:
    """The table of a measurement that is no run; empty until it has been taken."""
    record = read(name)
    if record is None:
        return ""
    rows = [[shown(value) for value in row.values()] for row in record["rows"]]
    facts = f"`{record['command']}`, {record['minutes']} minutes on {record['machine']}; {record['date']}. {record['words']}"
    return f"## {record['title']}\n\n{facts}\n\n{table(record['rows'][0], rows)}"


def _of(record: Record, metric: str) -> str:
    """Where good lies for a metric, empty when the record has no such number."""
    return next((s["better"] for s in record["seeds"][0]["scores"] if s["metric"] == metric), "")


def _cell(record: Record, metric: str) -> str:
    """Mean and range over the seeds, real against real behind a bar."""
    values = _values(record, metric)
    if not values:
        return "-"
    real = [score["real_vs_real"] for score in _scores(record, metric) if score["real_vs_real"] is not None]
    return over_seeds(values) + (f" / real {number(sum(real) / len(real))}" if real else "")


def _scores(record: Record, metric: str) -> list[dict[str, Any]]:
    return [score for seed in record["seeds"] for score in seed["scores"] if score["metric"] == metric]


def _values(record: Record, metric: str) -> list[float]:
    return [score["value"] for score in _scores(record, metric) if score["value"] is not None]


def write() -> Path:
    """Write the page under the current folder."""
    write_text(PAGE, scoreboard())
    return PAGE
