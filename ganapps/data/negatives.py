"""Negatives: with each pair the ``b`` of another item, drawn anew for every batch (the field ``b_neg``)."""

from __future__ import annotations

import zlib

import numpy as np

from ganapps.data.source import Source
from ganapps.errors import GanappsError

NAME = "b_neg"


class Negatives:
    """Draws, for rows of the stream ``main``, rows of other items; each of those with the same probability.

    Args:
        source: of pairs, with the field ``b_neg`` on its card; its ``items`` say which rows show the same item.
        seed: of the draws, together with the batch's number.

    Raises:
        GanappsError: all rows show one item, so there is no other.
    """

    def __init__(self, source: Source, seed: int):
        items = np.arange(source.streams["main"]) if source.items is None else source.items
        _, number, counts = np.unique(items, return_inverse=True, return_counts=True)
        if len(counts) < 2:
            raise GanappsError(f"{source.info.name} shows one item only: '{NAME}' is the picture of another one.")
        self.seed = [seed % 2**31, zlib.crc32(NAME.encode())]
        # Sorted by item, the rows that a row must not get stand together: they are skipped, not drawn again.
        self.sorted = np.argsort(number, kind="stable")
        self.start, self.count = (np.cumsum(counts) - counts)[number], counts[number]

    def draw(self, rows: np.ndarray, step: int) -> np.ndarray:
        """For batch number ``step`` and its rows (n,), as many rows of other items: a pure function of seed and step."""
        place = np.random.default_rng([*self.seed, step]).integers(len(self.sorted) - self.count[rows])
        return self.sorted[place + np.where(place < self.start[rows], 0, self.count[rows])]
