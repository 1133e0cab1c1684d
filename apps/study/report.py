"""What came out of a study as files and as a picture: CSV, JSON, SVG. Streamlit has no part in it."""

import csv
import json
from collections.abc import Sequence
from io import StringIO
from typing import Any

from study import statistics
from study.plan import Plan
from study.statistics import Person, Summary
from study.store import COLUMNS

WIDTH, ROW, LEFT, RIGHT = 720, 26, 150, 70  # of the chart, in its own units


def as_csv(answers: Sequence[dict[str, Any]]) -> str:
    """One line an answer, under a line of names: participant and the store's COLUMNS; truth as 1 and 0."""
    text = StringIO()
    writer = csv.DictWriter(text, ("participant", *COLUMNS), lineterminator="\n")
    writer.writeheader()
    for answer in answers:
        writer.writerow({name: int(value) if isinstance(value, bool) else value for name, value in answer.items()})
    return text.getvalue()


def as_json(plan: Plan, answers: Sequence[dict[str, Any]]) -> str:
    """The plan, what came out, each participant, and every answer."""
    rules = plan.rules
    persons = statistics.people(answers, rules.pairs, rules.most_missed)
    content = {
        "plan": plan.as_dict(),
        "summary": statistics.summary(answers, rules.pairs, rules.most_missed).as_dict(),
        "participants": [vars(p) | {"share": p.share if p.scored else None, "wilson": p.interval} for p in persons],
        "answers": list(answers),
    }
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def chart(total: Summary, persons: Sequence[Person]) -> str:
    """An SVG picture: shares with their intervals, all together on top, and a line at one half, where nobody can tell."""
    rows = [("All who count", total.share or 0.0, total.wilson, "#0f766e", 5)] if total.scored else []
    rows += [
        (f"Participant {p.participant}", p.share, p.interval, "#0f766e" if p.counts else "#9ca3af", 3)
        for p in persons
        if p.scored
    ]
    height = ROW * len(rows) + 34

    def at(share: float) -> float:
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    parts = [f'<svg viewBox="0 0 {WIDTH} {height}" ']
    parts.append(
        'style="width:100%;max-width:760px" font-size="13" font-family="sans-serif" fill="#6b7280" xmlns="http://www.w3.org/2000/svg">'
    )
    for share in (0, 0.25, 0.5, 0.75, 1):
        dash = ' stroke-dasharray="4 3"' if share == 0.5 else ""
        strength = 0.7 if share == 0.5 else 0.15
        parts.append(
            f'<line x1="{at(share):.1f}" x2="{at(share):.1f}" y1="4" y2="{height - 24}" stroke="#6b7280" '
            f'stroke-opacity="{strength}"{dash}/>'
            f'<text x="{at(share):.1f}" y="{height - 6}" text-anchor="middle">{share:.0%}</text>'
        )
    for number, (name, share, (low, high), colour, thick) in enumerate(rows):
        y = ROW * number + 18
        parts.append(
            f'<text x="0" y="{y + 4}">{name}</text>'
            f'<line x1="{at(low):.1f}" x2="{at(high):.1f}" y1="{y}" y2="{y}" stroke="{colour}" stroke-width="{thick}" '
            f'stroke-linecap="round" stroke-opacity=".45"/>'
            f'<circle cx="{at(share):.1f}" cy="{y}" r="{thick + 2}" fill="{colour}"/>'
            f'<text x="{WIDTH - RIGHT + 22}" y="{y + 4}">{share:.0%}</text>'
        )
    return "".join(parts) + "</svg>"
