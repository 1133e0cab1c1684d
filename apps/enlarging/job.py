"""A whole picture enlarged in memory, with what is left to do, the time and the memory that it took."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from ganapps.tiles import Enlarger

STATM = Path("/proc/self/statm")
PAGE = 4096


@dataclass(frozen=True)
class Result:
    """An enlarged picture.

    Args:
        file: the PNG.
        size: its (width, height).
        tiles: how many went through the network.
        seconds: how long it took.
        memory: bytes by which the server grew at most meanwhile; None where the system does not tell.
    """

    file: bytes
    size: tuple[int, int]
    tiles: int
    seconds: float
    memory: int | None


class Clock:
    """An enlarger that knows how long its tiles take: the latest eight, on average, in seconds."""

    def __init__(self, enlarger: Enlarger) -> None:
        self.times: list[float] = []
        self.enlarger = replace(enlarger, run=self._timed(enlarger.run))

    @property
    def seconds(self) -> float | None:
        """Of one tile; None before the first."""
        return sum(self.times) / len(self.times) if self.times else None

    def _timed(self, run: Callable[[np.ndarray], np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
        def timed(square: np.ndarray) -> np.ndarray:
            start = time.perf_counter()
            made = run(square)
            self.times = [*self.times[-7:], time.perf_counter() - start]
            return made

        return timed


def resident() -> int | None:
    """Bytes of memory that this process has now; None where the system does not tell."""
    try:
        return PAGE * int(STATM.read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return None


def enlarge(enlarger: Enlarger, image: Image.Image, report: Callable[[float, str], object]) -> Result:
    """Make the PNG of a picture of any size.

    ``report`` is told, at most five times a second, the share that is done, in [0, 1], and how long the rest will take;
    what it raises stops the work.
    """
    tiles, before, start = enlarger.count(*image.size), resident(), time.perf_counter()
    done, said, most = 0, 0.0, before or 0

    def after_a_tile() -> None:
        nonlocal done, said, most
        done += 1
        most = max(most, resident() or 0)
        gone = time.perf_counter() - start
        if gone - said > 0.2:
            said = gone
            report(done / tiles, f"Tile {done:,} of {tiles:,}, {duration(gone / done * (tiles - done))} left")

    buffer = BytesIO()
    enlarger.save(image, buffer, after_a_tile)
    file = buffer.getvalue()
    most = max(most, resident() or 0)
    size = (enlarger.scale * image.width, enlarger.scale * image.height)
    return Result(file, size, tiles, time.perf_counter() - start, None if before is None else most - before)


def duration(seconds: float) -> str:
    """A length of time as people say it: "under a second", "12 seconds", "about 3 minutes", "about 2 hours"."""
    if seconds < 1:
        return "under a second"
    if seconds < 90:
        number, unit, about = round(seconds), "second", ""
    elif seconds < 5400:
        number, unit, about = round(seconds / 60), "minute", "about "
    else:
        number, unit, about = round(seconds / 3600), "hour", "about "
    return f"{about}{number} {unit}{'s' * (number != 1)}"


def amount(size: int) -> str:
    """Bytes as people say them: "340 kB", "12 MB", "1.2 GB"."""
    if size < 1e6:
        return f"{size / 1e3:.0f} kB"
    return f"{size / 1e6:.0f} MB" if size < 1e9 else f"{size / 1e9:.1f} GB"
