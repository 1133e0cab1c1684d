"""`report.html`: one file that shows a run, opened by double click and small enough to send by mail.

Everything is inside: pictures as base64, curves as SVG, a few lines of script. It is made from what the run folder
holds at that moment, so it also works for a run that is still going, was killed, or has no pictures yet.
"""

import json
import os
import shlex
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

from ganapps import registry
from ganapps.engine.charts import number
from ganapps.engine.files import write_text
from ganapps.engine.report_page import PAGE, SCRIPT, STYLE
from ganapps.engine.report_parts import Record, by_metric, curves_part, is_number, pictures_part, scores_part
from ganapps.errors import GanappsError


def write_report(run_folder: str | Path) -> Path:
    """Write ``report.html`` into a run folder and return its path.

    Raises:
        GanappsError: the folder holds no ``run.json``, or a damaged one.
    """
    run = Path(run_folder)
    about = read_settings(run)
    metrics, scores = read_lines(run / "metrics.jsonl"), read_lines(run / "scores.jsonl")
    finished = (run / "model.keras").exists()
    sections = [
        _header(run, about, metrics, finished),
        _tiles(about, metrics, scores),
        "<h2>Pictures over time</h2>" + pictures_part(run / "samples"),
        "<h2>Scores</h2>" + scores_part(scores),
        "<h2>Training</h2>" + curves_part(metrics),
        "<h2>What next</h2>" + _next(run, about, metrics, finished),
        "<h2>How it was made</h2>" + _tables(about, metrics),
        f"<footer>Outputs of the model are synthetic. Written {_now()} by <code>ganapps report</code>.</footer>",
    ]
    title = f"{run.resolve().name}: {about.get('model', 'a run')}"
    page = PAGE.format(title=escape(title), style=STYLE, script=SCRIPT, body="".join(sections))
    write_text(run / "report.html", page)
    return run / "report.html"


def read_settings(run: Path) -> Record:
    """What ``run.json`` says, without importing Keras.

    Raises:
        GanappsError: there is none, or it is no JSON.
    """
    file = run / "run.json"
    if not file.is_file():
        raise GanappsError(f"{run} is not a run folder: it holds no run.json. `ganapps fit` makes one.")
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise GanappsError(f"{file} is damaged ({error}); it must be the JSON that `ganapps fit` wrote.") from None


def read_lines(path: Path) -> list[Record]:
    """The records of a JSON-lines file. The last line of a killed run may be cut off: it is left out."""
    records = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            records.append(json.loads(line))
        except json.JSONDecodeError:
            continue
    return records


def _now() -> str:
    return datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z")


def _header(run: Path, about: Record, metrics: list[Record], finished: bool) -> str:
    entry = registry.entries().get(about["model"])
    done = number(metrics[-1]["step"]) if metrics else "0"
    state = "finished" if finished else f"step {done} of {number(about['steps'])}"
    heading = f"{entry.title if entry else about['model']} on {about['data']}"
    words = f"<p>{escape(entry.summary)}{_paper(entry.paper)}</p>" if entry else ""
    mark, started = "" if finished else " open", about["created"].replace("T", " ")
    return (
        f'<header><h1>{escape(heading)}<span class="state{mark}">{state}</span></h1>{words}'
        f"<p>Run <b>{escape(run.resolve().name)}</b>, started {escape(started)}</p></header>"
    )


def _paper(number: str) -> str:
    return f' <a href="https://arxiv.org/abs/{number}">arXiv {number}</a>' if number[:4].isdigit() else ""


def _tiles(about: Record, metrics: list[Record], scores: list[Record]) -> str:
    last = metrics[-1] if metrics else {}
    seconds, images = last.get("seconds"), last.get("images")
    tiles = [("steps", number(last.get("step", 0)))]
    if images:
        tiles.append(("samples seen", number(images)))
    if seconds:
        tiles.append(("training time", _duration(seconds)))
    if images and seconds:
        tiles.append(("samples a second", number(float(f"{images / seconds:.3g}"))))
    values = {name.partition("_")[0]: rows[-1]["value"] for name, rows in by_metric(scores).items()}
    tiles += [(name, number(value)) for name, value in values.items() if is_number(value)][:2]
    tiles.append(("seed", _text(about["seed"])))
    cells = "".join(f"<div class=tile><b>{escape(value)}</b><span>{escape(what)}</span></div>" for what, value in tiles)
    return f"<div class=tiles>{cells}</div>"


def _next(run: Path, about: Record, metrics: list[Record], finished: bool) -> str:
    place, entry = _shown(run), registry.entries().get(about["model"])
    steps = [("New pictures", ["sample", place, "-n", "64", "--out", "samples.png"])]
    if entry and {"a", "b"} & set(entry.needs):
        steps = [("Translate pictures", ["translate", place, "photo.png", "--out", "translated"])]
    steps += [("Score it", ["evaluate", place, "--against", about["data"]]), ("Files for a phone", ["export", place])]
    if not finished:
        steps = [("Go on training", ["resume", place]), *(steps if metrics else ())]
    rows = ""
    for what, words in [*steps, ("Make this report again", ["report", place])]:
        line = escape(shlex.join(["ganapps", *words]))
        rows += f"<div><span>{what}</span><pre>{line}</pre><button type=button>Copy</button></div>"
    return f'<div class="card next">{rows}</div>'


def _tables(about: Record, metrics: list[Record]) -> str:
    order = ("model", "preset", "data", "steps", "batch_size", "seed", "ema", "precision", "strategy", "backend", "jit")
    rest = [key for key in about if key not in (*order, "config", "versions", "command", "created")]
    facts = {key: about[key] for key in (*order, *rest) if key in about}
    if metrics and is_number(metrics[-1].get("seconds")):
        facts["seconds"] = f"{metrics[-1]['seconds']:.1f}"
    command = about["command"] if isinstance(about["command"], str) else shlex.join(about["command"])
    entry = registry.entries().get(about["model"])
    defaults = {name: parameter.default for name, parameter in entry.parameters.items()} if entry else {}
    told = _table("Hyper-parameters", defaults | about["config"])
    tables = _table("Run", facts) + told + _table("Versions", about["versions"])
    return f"<div class=pair>{tables}<div class=card><h3>Command</h3><pre>{escape(command)}</pre></div></div>"


def _table(title: str, facts: Record) -> str:
    rows = "".join(
        f"<tr><th>{escape(key.replace('_', ' '))}</th><td>{escape(_text(value))}</td></tr>"
        for key, value in facts.items()
    )
    return f'<div class="card wide"><h3>{title}</h3><table>{rows or "<tr><td>none</td></tr>"}</table></div>'


def _text(value: Any) -> str:
    """A value of run.json as a person writes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "none"
    if isinstance(value, list | tuple):
        return ", ".join(map(_text, value))
    if isinstance(value, dict):
        return ", ".join(f"{key} {_text(item)}" for key, item in value.items())
    return str(value)


def _shown(run: Path) -> str:
    """The run's path as one would type it: relative where that is shorter."""
    relative = os.path.relpath(run)
    return str(run.resolve()) if relative.startswith("..") else relative


def _duration(seconds: float) -> str:
    """``12 s``, ``3 min 20 s``, ``4 h 05 min``."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"
