"""Line charts as inline SVG, drawn for the report: crisp at any size, in the page's own light or dark colours.

A chart is one `<figure>`: a title, a legend, the SVG, and the numbers as JSON for the page's script, which shows the
values under the pointer. No plotting library takes part.
"""

import json
import math
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

import numpy as np

WIDTH, HEIGHT = 560, 250
LEFT, RIGHT, TOP, BOTTOM = 54, 24, 12, 30
BUCKETS = 120


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

    @property
    def hue(self) -> str:
        """The colour as the page's style sheet knows it; six repeat."""
        return f"var(--c{self.colour % 6})"


class Line(NamedTuple):
    """A series cut into stretches: the last step, mean, least and greatest value of each."""

    series: Series
    steps: np.ndarray
    mean: np.ndarray
    least: np.ndarray
    greatest: np.ndarray


class Frame(NamedTuple):
    """The range of steps and of values that the axes show, and where a step and a value fall in the drawing."""

    steps: tuple[float, float]
    values: tuple[float, float]

    def across(self, step: float) -> float:
        """Units from the left edge."""
        first, last = self.steps
        return LEFT + (step - first) / (last - first) * (WIDTH - RIGHT - LEFT)

    def down(self, value: float) -> float:
        """Units from the top edge."""
        low, high = self.values
        return HEIGHT - BOTTOM - (value - low) / (high - low) * (HEIGHT - BOTTOM - TOP)


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
    lines = [Line(one, *_stretches(one)) for one in series]
    frame = Frame(
        _span([line.steps for line in lines if not line.series.constant]),
        _span([line.mean for line in lines], margin=0.06),
    )
    curves = "".join(_level(line, frame) if line.series.constant else _curve(line, frame) for line in lines)
    cross = f'<line class="cross" y1="{TOP}" y2="{HEIGHT - BOTTOM}" x1="0" x2="0" visibility="hidden"/>'
    drawing = f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">{_axes(frame)}'
    legend = ""
    for one in series:
        mark = f'<i class="{"dash" if one.constant else ""}" style="--hue:{one.hue}"></i>'
        legend += f"<span>{mark}{escape(one.name)}</span>"
    caption = f"<p class=note>{escape(note)}</p>" if note else ""
    return (
        f"<figure class=chart><figcaption>{escape(title)}</figcaption><div class=legend>{legend}</div>"
        f"<div class=plot>{drawing}{_clipped(curves)}{cross}</svg><div class=tip hidden></div></div>{caption}"
        f'<script type="application/json">{_numbers(lines, frame)}</script></figure>'
    )


def _axes(frame: Frame) -> str:
    """Rules and numbers of the vertical axis, numbers of the horizontal one."""
    parts = [f'<text class="tick" x="0" y="{HEIGHT - 10}">step</text>']
    for tick in ticks(*frame.values, about=5):
        y = f"{frame.down(tick):.1f}"
        parts.append(f'<line class="rule" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>')
        parts.append(f'<text class="tick" x="{LEFT - 8}" y="{y}" dy="0.32em" text-anchor="end">{number(tick)}</text>')
    for tick in (tick for tick in ticks(*frame.steps, about=6) if tick.is_integer()):
        place = f'x="{frame.across(tick):.1f}" y="{HEIGHT - 10}" text-anchor="middle"'
        parts.append(f'<text class="tick" {place}>{number(tick)}</text>')
    return "".join(parts)


def _clipped(curves: str) -> str:
    """An inner SVG cuts off what leaves the frame; three units of room keep end points whole."""
    x, y, width, height = LEFT - 3, TOP - 3, WIDTH - LEFT - RIGHT + 6, HEIGHT - TOP - BOTTOM + 6
    box = f'x="{x}" y="{y}" width="{width}" height="{height}" viewBox="{x} {y} {width} {height}"'
    return f"<svg {box}>{curves}</svg>"


def _level(line: Line, frame: Frame) -> str:
    y = f"{frame.down(line.mean[0]):.1f}"
    return f'<line class="level" stroke="{line.series.hue}" x1="{LEFT}" x2="{WIDTH}" y1="{y}" y2="{y}"/>'


def _curve(line: Line, frame: Frame) -> str:
    """The band, the line in unbroken runs, and its points where they are few."""
    parts, hue = [], line.series.hue
    there = np.isfinite(line.mean)
    if (line.least[there] < line.greatest[there]).any():
        above = [*zip(line.steps[there], line.greatest[there], strict=True)]
        below = [*zip(line.steps[there], line.least[there], strict=True)]
        parts.append(f'<polygon class="band" fill="{hue}" points="{_points(above + below[::-1], frame)}"/>')
    for run in _unbroken(line.steps, line.mean):
        parts.append(f'<polyline stroke="{hue}" points="{_points(run, frame)}"/>')
        if len(run) < 40:
            dots = [f'cx="{frame.across(x):.1f}" cy="{frame.down(y):.1f}"' for x, y in run]
            parts += [f'<circle fill="{hue}" {dot} r="2.4"/>' for dot in dots]
    return "".join(parts)


def _numbers(lines: list[Line], frame: Frame) -> str:
    """What the page's script needs to show values: the frame, and the numbers as text."""
    shown = [
        {
            "name": line.series.name,
            "hue": line.series.hue,
            "x": [round(float(step), 1) for step in line.steps],
            "y": [number(value) if math.isfinite(value) else "none" for value in line.mean],
        }
        for line in lines
        if not line.series.constant
    ]
    first, last = frame.steps
    data = {"left": LEFT / WIDTH, "right": (WIDTH - RIGHT) / WIDTH, "first": first, "last": last, "lines": shown}
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")


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
    """The range of the finite numbers, never empty; of more than 20 the outer twentieth on each side may stick out."""
    values = np.concatenate([*columns, np.empty(0)]).astype(np.float64)
    values = values[np.isfinite(values)]
    if not values.size:
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    if margin and values.size > 20:
        inner = np.percentile(values, [5, 95])
        reach = 2 * float(inner[1] - inner[0]) or math.inf
        low, high = max(low, float(inner[0]) - reach), min(high, float(inner[1]) + reach)
    if high - low <= 1e-9 * max(abs(low), abs(high)):
        low, high = low - 0.5 * (abs(low) or 1), high + 0.5 * (abs(high) or 1)
    return low - margin * (high - low), high + margin * (high - low)


def _points(pairs: list[tuple[float, float]], frame: Frame) -> str:
    return " ".join(f"{frame.across(x):.1f},{frame.down(y):.1f}" for x, y in pairs)


def _unbroken(steps: np.ndarray, values: np.ndarray) -> list[list[tuple[float, float]]]:
    """The runs of finite values."""
    runs: list[list[tuple[float, float]]] = [[]]
    for step, value in zip(steps, values, strict=True):
        if math.isfinite(value):
            runs[-1].append((float(step), float(value)))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]
