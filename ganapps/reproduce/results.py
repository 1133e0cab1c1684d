"""The committed measurements."""

import json
from pathlib import Path
from typing import Any

RESULTS = Path("benchmarks/results")
PICTURES = Path("docs/pictures")
Record = dict[str, Any]


def read(name: str) -> Record | None:
    """One committed record, None when it has not been measured."""
    path = RESULTS / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def experiments() -> list[Record]:
    """All records of `ganapps reproduce`, by name."""
    records = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(RESULTS.glob("*.json"))]
    return [record for record in records if "training" in record and "summary" in record]
