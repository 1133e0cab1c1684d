"""The parts of `report.html` that show what a run did: pictures over time, scores, training curves."""

import base64
import json
import math
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from ganapps.engine.charts import BUCKETS, Series, line_chart, number

FRAMES, FRAME_BYTES = 40, 8_000_000
COUNTERS = ("step", "seconds", "cpu_seconds", "images")
Record = dict[str, Any]


def pictures_part(folder: Path) -> str:
    """The sample pictures with a slider: at most 40 frames or 8 MB of PNG, the first and the last among them."""
    files = sorted(folder.glob("step-*.png"))
    if not files:
        empty = "No pictures yet: the first come after <code>--sample-every</code> steps."
        return f"<div class=card><p class=empty>{empty}</p></div>"
    chosen = _spread(files, min(FRAMES, len(files)))
    while len(chosen) > 2 and sum(path.stat().st_size for path in chosen) > FRAME_BYTES:
        chosen = _spread(files, max(2, len(chosen) // 2))
    frames = [
        {
            "src": "data:image/png;base64," + base64.b64encode(path.read_bytes()).decode(),
            "label": f"step {number(int(path.stem.removeprefix('step-')))}",
        }
        for path in chosen
    ]
    with Image.open(chosen[-1]) as image:
        width, height = image.size
    factor = max(1, min(560 // max(width, height), 4))  # whole pixels, so that small pictures stay crisp
    small = "small" if factor > 1 else ""
    end, last = len(frames) - 1, frames[-1]
    same = "The same fixed inputs every time."
    some = f" {len(chosen)} of {len(files)} pictures; all of them are in <code>samples/</code>."
    return (
        '<div class="card player">'
        f'<img class="{small}" width="{factor * width}" src="{last["src"]}" alt="{last["label"]}">'
        f"<div class=bar><button type=button>Play</button><input type=range min=0 max={end} value={end} "
        f'aria-label="training step"><output>{last["label"]}</output></div>'
        f"<p class=note>{same}{some if len(chosen) < len(files) else ''}</p>"
        f'<script type="application/json">{json.dumps(frames)}</script></div>'
    )


def _spread(files: list[Path], count: int) -> list[Path]:
    """So many files, evenly spread, the first and the last among them."""
    return [files[round(place)] for place in np.linspace(0, len(files) - 1, count)]


def by_metric(scores: list[Record]) -> dict[str, list[Record]]:
    """The records of each metric (its name carries its protocol), in the order in which the metrics first came."""
    groups: dict[str, list[Record]] = {}
    for row in scores:
        groups.setdefault(str(row["metric"]), []).append(row)
    return groups


def scores_part(scores: list[Record]) -> str:
    """The last value of every metric beside real-against-real, and a curve of each that was taken more than once."""
    groups = by_metric(scores)
    if not groups:
        return '<div class=card><p class="empty">Not scored yet: <code>ganapps evaluate</code> does it.</p></div>'
    baselines = list(dict.fromkeys(name for rows in groups.values() for name in rows[-1].get("baselines") or {}))
    head = ["metric", "this model", "real against real", *baselines, "better", "at step"]
    table = "<tr>" + "".join(f"<th>{escape(cell)}</th>" for cell in head) + "</tr>"
    for name, rows in groups.items():
        last = rows[-1]
        spread = f" &plusmn; {_cell(last['deviation'])}" if is_number(last.get("deviation")) else ""
        others = [_cell((last.get("baselines") or {}).get(other)) for other in baselines]
        cells = [f"<b>{_cell(last['value'])}</b>{spread}", _cell(last.get("real_vs_real")), *others]
        cells += [escape(last.get("better", "")), _cell(last.get("step"))]
        table += f"<tr><td>{escape(name)}</td>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
    charts = []
    for name, rows in groups.items():
        steps = np.array([row.get("step") or 0 for row in rows], np.float64)
        if len(set(steps)) > 1:
            order = np.argsort(steps, kind="stable")
            series = [Series(name, steps[order], column(rows, "value")[order])]
            floor = column(rows, "real_vs_real")[order][-1:]
            if np.isfinite(floor).all():
                series.append(Series("real against real", np.empty(0), floor, 2, constant=True))
            charts.append(line_chart(name, series))
    note = "Real against real is the same metric between two halves of the real data: as good as this metric can get."
    body = f'<div class="card wide"><table>{table}</table><p class=note>{note}</p></div>'
    return body + (f'<div class=charts style="margin-top:14px">{"".join(charts)}</div>' if charts else "")


def curves_part(metrics: list[Record]) -> str:
    """Charts of all that was logged, one for each kind of value; learning rates only where they change."""
    logged = dict.fromkeys(key for row in metrics for key, value in row.items() if is_number(value))
    keys = [key for key in logged if key not in COUNTERS]
    if not keys:
        return '<div class=card><p class="empty">No metrics yet.</p></div>'
    steps = column(metrics, "step")
    groups: dict[str, list[str]] = {}
    for key in keys:
        groups.setdefault(_group(key), []).append(key)
    order = ["Losses", "Logits", "Gradient norms", "Learning rates"]
    charts = []
    for name in sorted(groups, key=lambda name: (order.index(name) if name in order else len(order), name)):
        columns = [column(metrics, key) for key in groups[name]]
        if name != "Learning rates" or any(np.nanmin(values) < np.nanmax(values) for values in columns):
            named = zip(groups[name], columns, strict=True)
            lines = [Series(_line_name(name, key), steps, values, hue) for hue, (key, values) in enumerate(named)]
            charts.append(line_chart(name, lines))
    note = "Point at a curve for its values."
    if len(metrics) > BUCKETS:
        note += " Line: mean of a stretch of steps; pale band: its least and greatest value."
    return f"<div class=charts>{''.join(charts)}</div><p class=note>{note}</p>"


def _group(key: str) -> str:
    """The chart a logged value belongs on: what has the same unit shares an axis."""
    player, _, term = key.rpartition("/")
    if term == "loss":
        return "Losses"
    if "logit" in term:
        return "Logits"
    if term.startswith("gradient_norm"):
        return "Gradient norms"
    if term.startswith("learning_rate"):
        return "Learning rates"
    return f"Terms of {player.replace('_', ' ')}" if player else "Others"


def _line_name(group: str, key: str) -> str:
    player, _, term = key.rpartition("/")
    alone = {"Losses", "Gradient norms", "Learning rates"}
    text = player if group in alone else term if group.startswith("Terms") else key.replace("/", ": ")
    return (text or term).replace("_", " ")


def _cell(value: Any) -> str:
    return number(value) if is_number(value) else "&ndash;"


def is_number(value: Any) -> bool:
    """A finite number: what a curve can show."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def column(rows: list[Record], key: str) -> np.ndarray:
    """One value of every record, NaN where it is missing."""
    return np.array([row[key] if is_number(row.get(key)) else np.nan for row in rows], np.float64)
