"""Bundles and their files in numbers, from the card and live. Without Streamlit."""

import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ganapps.edge import PRECISIONS

Card = Mapping[str, Any]
RUNTIMES = {"litert": "LiteRT", "onnx": "ONNX Runtime"}


def size(shape: list[int]) -> str:
    """A shape as people write it: 128 x 128 RGB, 32 x 32 grey, 100 numbers, one number."""
    match shape:
        case [height, width, 1 | 3 as channels]:
            return f"{width} x {height} {'grey' if channels == 1 else 'RGB'}"
        case []:
            return "one number"
    return f"{' x '.join(map(str, shape))} numbers"


def ends(card: Card) -> tuple[str, str]:
    """What goes in and what comes out: ("image 64 x 64 RGB, attributes 7 numbers", "64 x 64 RGB")."""
    given = ", ".join(f"{name} {size(spec['shape'])}" for name, spec in card["inputs"].items())
    return given, size(card["output"]["shape"])


def file(card: Card, precision: str, runtime: str) -> Mapping[str, Any] | None:
    """The card's record of that file."""
    records = card["files"].values()
    return next((r for r in records if (r["precision"], r["runtime"]) == (precision, runtime)), None)


def widest(card: Card) -> tuple[str, str]:
    """Precision and runtime of the file that the others are held against: float32 on LiteRT where there is one."""
    return next((one, "litert") for one in PRECISIONS if file(card, one, "litert"))


def overview(cards: Mapping[str, Card]) -> list[dict[str, Any]]:
    """One row for each bundle: what it is, how good, how large, how quick."""
    rows = []
    for name, card in cards.items():
        plain = file(card, *widest(card)) or {}
        row = {"Bundle": name, "What it is": card["title"], "Makes": ends(card)[1]}
        for precision in PRECISIONS:
            row[f"{precision}, MB"] = megabytes(file(card, precision, "litert"))
        row["ONNX, MB"] = megabytes(file(card, "float32", "onnx"))
        row["Latency, ms"] = plain.get("latency_ms", {}).get("2")
        row["Score"] = plain.get("score")
        row["Metric"] = card["metric"].get("name", "not measured")
        rows.append(row)
    return rows


def megabytes(record: Mapping[str, Any] | None) -> float | None:
    return record["bytes"] / 1e6 if record else None


def table(card: Card) -> list[dict[str, Any]]:
    """One row for each file of a bundle, as measured at its export."""
    return [
        {
            "File": name,
            "Precision": record["precision"],
            "Runs in": RUNTIMES.get(record["runtime"], record["runtime"]),
            "MB": megabytes(record),
            "Score": record["score"],
            "PSNR to Keras, dB": "equal" if record["psnr"] is None else f"{record['psnr']:.1f}",
            "Largest difference": record["max_difference"],
            "1 thread, ms": record["latency_ms"]["1"],
            "2 threads, ms": record["latency_ms"]["2"],
        }
        for name, record in card["files"].items()
    ]


def difference(a: np.ndarray, b: np.ndarray, gain: float) -> np.ndarray:
    """How far two pictures lie apart, amplified: black where they agree. uint8 (H, W, C) of any channels."""
    apart = np.abs(a.astype(np.float64) - b.astype(np.float64))
    return np.uint8(np.rint(np.clip(gain * apart, 0, 255)))


def visible(a: np.ndarray, b: np.ndarray, gains: tuple[int, ...]) -> int:
    """The largest of the gains, in rising order, that leaves no difference cut off."""
    return max(gain for gain in gains if gain == gains[0] or gain * apart(a, b)[0] <= 255)


def apart(a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """The largest and the mean absolute difference."""
    distances = np.abs(a.astype(np.float64) - b.astype(np.float64))
    return float(distances.max()), float(distances.mean())


def latency(call: Callable[[], object], most: int = 15, seconds: float = 0.7) -> tuple[float, int]:
    """Milliseconds of a call that has run before, the median of several runs, and how many they were.

    At least 3 runs; then until ``most`` runs or ``seconds`` are over.
    """
    times: list[float] = []
    while len(times) < 3 or (len(times) < most and sum(times) < seconds):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return 1000 * statistics.median(times), len(times)
