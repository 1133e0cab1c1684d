"""Line charts as inline SVG, drawn for the report: crisp at any size, in the page's own light or dark colours.

A chart is one `<figure>`: a title, a legend, the SVG, and the numbers as JSON for the page's script, which shows the
values under the pointer. No plotting library takes part.
"""

import json
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape

import numpy as np

WIDTH, HEIGHT = 560, 250
LEFT, RIGHT, TOP, BOTTOM = 54, 24, 12, 30
BUCKETS = 120
Scale = Callable[[float], float]


@dataclass(frozen=True)
class Series:
    """One line: its name, its steps and values (floats; NaN leaves a gap), its colour's number, and its style.

    ``constant`` draws a dashed level across the whole chart (``values`` then has one element and ``steps`` none).
    """

    name: str
    steps: np.ndarray
    values: np.ndarray
    colour: int = 0
    constant: bool = False


def line_chart(title: str, series: list[Series], note: str = "") -> str:
    """One chart as HTML.

    Long series are cut into at most 120 stretches: the line is the mean of a stretch, the pale band its least and
    greatest value. The vertical axis holds the means; bands and outliers beyond it are cut off, so that one spike
    does not flatten the rest.

    Args:
        title: what is measured.
        series: the lines; all share the axes.
        note: one sentence under the chart.
    """
    lines = [(one, *_stretches(one)) for one in series]
    first, last = _span([steps for one, steps, *_ in lines if not one.constant])
    low, high = _span([mean for _, _, mean, _, _ in lines], margin=0.06)
    across = _scale(first, last, LEFT, WIDTH - RIGHT)
    down = _scale(low, high, HEIGHT - BOTTOM, TOP)

    parts = [f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">']
    for tick in ticks(low, high, 5):
        y = f"{down(tick):.1f}"
        parts.append(f'<line class="rule" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>')
        parts.append(f'<text class="tick" x="{LEFT - 8}" y="{y}" dy="0.32em" text-anchor="end">{number(tick)}</text>')
    for tick in ticks(first, last, 6):
        parts.append(
            f'<text class="tick" x="{across(tick):.1f}" y="{HEIGHT - 10}" text-anchor="middle">{number(tick)}</text>'
        )
    parts.append(f'<text class="tick" x="0" y="{HEIGHT - 10}">step</text>')
    box = f"{LEFT - 3} {TOP - 3} {WIDTH - LEFT - RIGHT + 6} {HEIGHT - TOP - BOTTOM + 6}"
    x, y, width, height = box.split()
    parts.append(f'<svg x="{x}" y="{y}" width="{width}" height="{height}" viewBox="{box}">')
    for one, steps, mean, least, greatest in lines:
        hue = f"var(--c{one.colour % 6})"
        if one.constant:
            y = f"{down(mean[0]):.1f}"
            parts.append(f'<line class="level" stroke="{hue}" x1="{LEFT}" x2="{WIDTH}" y1="{y}" y2="{y}"/>')
            continue
        if (least < greatest).any():
            there = np.isfinite(mean)
            above = [*zip(steps[there], greatest[there], strict=True)]
            edge = above + [*zip(steps[there], least[there], strict=True)][::-1]
            parts.append(f'<polygon class="band" fill="{hue}" points="{_points(edge, across, down)}"/>')
        for stretch in _unbroken(steps, mean):
            parts.append(f'<polyline stroke="{hue}" points="{_points(stretch, across, down)}"/>')
            if len(stretch) < 40:
                parts += [f'<circle fill="{hue}" cx="{across(x):.1f}" cy="{down(y):.1f}" r="2.4"/>' for x, y in stretch]
    parts.append("</svg>")
    parts.append(f'<line class="cross" y1="{TOP}" y2="{HEIGHT - BOTTOM}" x1="0" x2="0" visibility="hidden"/></svg>')

    legend = ""
    for one in series:
        mark = f'<i class="{"dash" if one.constant else ""}" style="--hue:var(--c{one.colour % 6})"></i>'
        legend += f"<span>{mark}{escape(one.name)}</span>"
    moving = [line for line in lines if not line[0].constant]
    data = {
        "left": LEFT / WIDTH,
        "right": (WIDTH - RIGHT) / WIDTH,
        "first": first,
        "last": last,
        "lines": [
            {
                "name": one.name,
                "hue": f"--c{one.colour % 6}",
                "x": [round(float(step), 1) for step in steps],
                "y": [number(value) if math.isfinite(value) else "none" for value in mean],
            }
            for one, steps, mean, _, _ in moving
        ],
    }
    caption = f"<p class=note>{escape(note)}</p>" if note else ""
    numbers = json.dumps(data, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")
    return (
        f"<figure class=chart><figcaption>{escape(title)}</figcaption><div class=legend>{legend}</div>"
        f"<div class=plot>{''.join(parts)}<div class=tip hidden></div></div>{caption}"
        f'<script type="application/json">{numbers}</script></figure>'
    )


def ticks(low: float, high: float, about: int) -> list[float]:
    """Round numbers in [low, high], about so many: 1, 2 or 5 times a power of ten apart."""
    rough = (high - low) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    return [
        round(index * step, 12) for index in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
    ]


def number(value: float) -> str:
    """A number a person reads: about four digits, thousands with commas, powers only where needed."""
    size = abs(value)
    if size >= 1e7 or 0 < size < 1e-3:
        mantissa, power = f"{value:.2e}".split("e")
        return f"{float(mantissa):g}e{int(power)}"
    return f"{value:,.0f}" if size >= 1000 else f"{value + 0.0:.4g}"


def _stretches(one: Series) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Last step, mean, least and greatest value of each stretch of the series."""
    if one.constant:
        return one.steps, one.values, one.values, one.values
    there = np.where(np.isfinite(one.values), one.values, np.nan)
    length = math.ceil(len(there) / BUCKETS)
    pieces = [np.arange(start, min(start + length, len(there))) for start in range(0, len(there), length)]
    full = [there[piece][np.isfinite(there[piece])] for piece in pieces]
    steps = np.array([one.steps[piece[-1]] for piece in pieces], np.float64)
    mean, least, greatest = (
        np.array([take(piece) if piece.size else np.nan for piece in full]) for take in (np.mean, np.min, np.max)
    )
    return steps, mean, least, greatest


def _span(columns: list[np.ndarray], margin: float = 0.0) -> tuple[float, float]:
    """The range of the finite numbers, never empty; of more than 20 the outer hundredth on each side may stick out."""
    values = np.concatenate([*columns, np.empty(0)]).astype(np.float64)
    values = values[np.isfinite(values)]
    if not values.size:
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    if margin and values.size > 20:
        inner = np.percentile(values, [1, 99])
        reach = 3 * (inner[1] - inner[0])
        low, high = max(low, float(inner[0] - reach)), min(high, float(inner[1] + reach))
    if high - low <= 1e-9 * max(abs(low), abs(high)):
        low, high = low - 0.5 * (abs(low) or 1), high + 0.5 * (abs(high) or 1)
    return low - margin * (high - low), high + margin * (high - low)


def _scale(low: float, high: float, start: float, end: float) -> Scale:
    """The straight line that takes low to start and high to end."""
    return lambda value: start + (value - low) / (high - low) * (end - start)


def _points(pairs: Iterable[tuple[float, float]], across: Scale, down: Scale) -> str:
    return " ".join(f"{across(x):.1f},{down(y):.1f}" for x, y in pairs)


def _unbroken(steps: np.ndarray, values: np.ndarray) -> list[list[tuple[float, float]]]:
    """The runs of finite values."""
    runs: list[list[tuple[float, float]]] = [[]]
    for step, value in zip(steps, values, strict=True):
        if math.isfinite(value):
            runs[-1].append((float(step), float(value)))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]
