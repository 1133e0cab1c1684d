"""The sections of the scoreboard that no experiment makes: judges, speed, size, others' super-resolution."""

import json
from pathlib import Path

from ganapps.reproduce.markdown import number, shown, table
from ganapps.reproduce.results import Record, read

JUDGES = Path(__file__).parent.parent / "evaluate" / "judges"
SEGMENTERS = JUDGES.parent / "segmenters"


def judges() -> str:
    """The networks that the scores of pictures rest on."""
    rows = []
    for path in [*sorted(JUDGES.glob("*.json")), *sorted(SEGMENTERS.glob("*.json"))]:
        card = json.loads(path.read_text(encoding="utf-8"))
        for data, measured in card["accuracy"].items():
            told = ", ".join(f"{what} {number(value)}" for what, value in measured.items() if isinstance(value, float))
            rows.append((f"`judge-{card['name']}`", data, measured.get("pictures", "-"), told))
    words = "Small classifiers whose features compare pictures, and segmenters that find what each pixel shows; "
    words += "`ganapps reproduce judge-NAME` trains one again."
    return f"## Judges\n\n{words}\n\n" + table(("judge", "measured on", "pictures", "accuracy"), rows)


def upscaling_peers() -> str:
    """The table of benchmarks/upscaling_peers.py, empty when it has not run."""
    record = read("upscaling_peers")
    if record is None:
        return ""
    rows = [[shown(value) for value in row.values()] for row in record["rows"]]
    words = f"`{record['command']}` on {record['machine']}, {record['date']}; {_versions(record)}; means over {record['tiles']} "
    words += "tiles of the held-out test photographs. The perceptual distance is on EfficientNet-Lite0, unweighted."
    return f"## Super-resolution beside others\n\n{words}\n\n{table(record['rows'][0], rows)}"


def training_speed() -> str:
    """The table of benchmarks/train_speed.py, empty when it has not run."""
    record = read("train_speed")
    if record is None:
        return ""
    rows = [
        (model, engine, row["median_ms"], row["images_per_second"], row["ratio_to_pytorch"] or "-")
        for model, found in record["models"].items()
        for engine, row in found["engines"].items()
    ]
    words = f"`{record['command']}` on {record['machine']}, {record['threads']} threads, {record['date']}; {_versions(record)}; "
    words += f"processes an engine: {record['rounds']}; load average before: {record['load_before']}; "
    words += f"the yardstick is {record['yardstick']}."
    words += "".join(f" {engine} was skipped: {why}." for engine, why in record["skipped"].items())
    head = ("model", "engine", "median ms a step", "images a second", "ratio to PyTorch (above 1: faster)")
    parts = ["## Training speed", words, table(head, rows)]
    for model in record["models"]:
        if profiled := read(f"profile_{model}"):
            shares = ", ".join(f"{op} {share:.0%}" for op, share in list(profiled["shares"].items())[:8])
            parts.append(f"Where a step of {model} goes on TensorFlow (`{profiled['command']}`): {shares}.")
    return "\n\n".join(parts)


def edge_speed(model: str = "") -> str:
    """The table of benchmarks/edge_speed.py, of all models or of one; empty when there is nothing."""
    record = read("edge_speed")
    if record is None:
        return ""
    rows = [
        (name, engine, row["median_ms"], row["ratio"], f"{row['bytes'] / 1e6:.2f}" if row["bytes"] else "-",
         number(row["max_difference"]))
        for name, found in record["models"].items()
        if model in ("", name.partition(":")[0])
        for engine, row in found["engines"].items()
    ]  # fmt: skip
    if not rows:
        return ""
    words = f"`{record['command']}` on {record['machine']}; {_versions(record)}; one item at a time."
    head = (
        "model",
        "engine",
        "median ms",
        "time against LiteRT float32, 1 thread",
        "MB",
        "largest difference from Keras",
    )
    return f"## Speed of the exported files\n\n{words}\n\n{table(head, rows)}"


def app_load() -> str:
    """The numbers of benchmarks/app_load.py, empty when it has not run."""
    record = read("app_load")
    if record is None:
        return ""
    words = f"`{record['command']}` on {record['machine']}, {record['date']}: "
    words += f"{record['sessions']} people edit at once, "
    words += f"{record['edits_a_session']} edits each, {record['think_seconds']:g} seconds between them, on the machine that "
    words += f"serves. {record['answers']} answers, {record['failures']} failures."
    memory = record["memory_mb"]
    rows = [
        ("server up", record["server_start_seconds"], "", ""),
        *(
            (f"{page}, first visitor, open", times["open"], "", "")
            for page, times in record["first_visitor_seconds"].items()
        ),
        *(
            (f"{page}, first visitor, edit", times["edit"], "", "")
            for page, times in record["first_visitor_seconds"].items()
        ),
        *(
            (f"{page}, answer to an edit", times["median"], times["p95"], times["worst"])
            for page, times in record["answer_seconds_by_page"].items()
        ),
    ]
    first, most = memory["after one visitor a page"], memory["most while editing"]
    told = f"Memory: {first:.0f} MB after one visitor, {most:.0f} MB at most."
    head = ("seconds", "median", "95th percentile", "worst")
    return f"## The apps under load\n\n{words}\n\n{table(head, rows)}\n\n{told}"


def package_size() -> str:
    """The numbers of benchmarks/package_size.py, empty when it has not run."""
    record = read("package_size")
    if record is None:
        return ""
    words = f"`{record['command']}`, {record['date']}: {record['files']} files; lines in the median "
    words += f"{record['median_lines']:.0f}, at the 90th percentile {record['p90_lines']}, in the longest {record['longest']}."
    rows = [(f"`{name}`", seconds) for name, seconds in record["import_cpu_seconds"].items()]
    return f"## The package\n\n{words}\n\n{table(('import', 'CPU seconds'), rows)}"


def _versions(record: Record) -> str:
    return ", ".join(f"{name} {version}" for name, version in record["versions"].items())
