"""How long the package's files are, and how long it takes to import its parts.

    python benchmarks/package_size.py        # into benchmarks/results/package_size.json

Import times are the CPU seconds of a fresh interpreter (the best of three), less those of an empty one.
"""

import datetime
import json
import os
import resource
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "results" / "package_size.json"
STATEMENTS = {
    "ganapps": "import ganapps",
    "ganapps --help": "import sys; sys.argv = ['ganapps', '--help']; from ganapps.cli.__main__ import main; main()",
    "ganapps.edge": "import ganapps.edge",
    "ganapps.registry, all models listed": "import ganapps.registry; ganapps.registry.entries()",
    "ganapps.models.basics.dcgan (with TensorFlow)": "import ganapps.models.basics.dcgan",
}


def cpu_seconds(statement: str) -> float:
    """Of a fresh interpreter that runs the statement."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", statement], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measure, print and write."""
    lengths = sorted(len(path.read_text(encoding="utf-8").splitlines()) for path in (ROOT / "ganapps").rglob("*.py"))
    lengths = [length for length in lengths if length > 1]  # a folder's docstring is no file to read
    empty = min(cpu_seconds("pass") for _ in range(3))
    record = {
        "name": "package_size",
        "command": "python benchmarks/package_size.py",
        "date": datetime.date.today().isoformat(),
        "machine": f"{os.cpu_count()} CPU cores",
        "files": len(lengths),
        "lines": sum(lengths),
        "median_lines": statistics.median(lengths),
        "p90_lines": lengths[int(0.9 * len(lengths))],
        "longest": lengths[-1],
        "import_cpu_seconds": {
            name: round(min(cpu_seconds(statement) for _ in range(3)) - empty, 3)
            for name, statement in STATEMENTS.items()
        },
    }
    print(json.dumps(record, indent=1))
    RESULTS.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
