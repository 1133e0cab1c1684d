"""What was done to a picture: edits of the picture, edits of the edited picture, and the way back."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

LONGEST = 100


@dataclass(frozen=True)
class State:
    """One moment.

    Args:
        base: the picture that is edited, uint8 (H, W, C): the first one, or one that was kept.
        likely: how likely it has each attribute, (k,).
        held: the attributes that it has, float32 (k,) of 0 and 1.
        wanted: those that it is to have.
    """

    base: np.ndarray
    likely: np.ndarray
    held: np.ndarray
    wanted: np.ndarray

    @property
    def changed(self) -> bool:
        """Whether something is wanted that the picture has not."""
        return not np.array_equal(self.held, self.wanted)


class History:
    """States in their order; the last one is now."""

    def __init__(self, base: np.ndarray, likely: np.ndarray, held: np.ndarray) -> None:
        self.states = [State(base, likely, held, held)]

    @property
    def first(self) -> State:
        return self.states[0]

    @property
    def now(self) -> State:
        return self.states[-1]

    def want(self, wanted: np.ndarray) -> None:
        """Ask for these attributes."""
        if not np.array_equal(wanted, self.now.wanted):
            self._add(replace(self.now, wanted=wanted))

    def keep(self, made: np.ndarray) -> None:
        """Go on from the picture that was made of what is wanted now."""
        now = self.now
        self._add(State(made, now.likely, now.wanted, now.wanted))

    def undo(self) -> None:
        """Back by one step; at the beginning nothing happens."""
        if len(self.states) > 1:
            self.states.pop()

    def restart(self) -> None:
        """Back to the beginning."""
        del self.states[1:]

    def kept(self) -> int:
        """How many edited pictures lie between the first one and the one that is edited now."""
        return sum(before.base is not after.base for before, after in zip(self.states, self.states[1:], strict=False))

    def _add(self, state: State) -> None:
        self.states.append(state)
        del self.states[1 : len(self.states) - LONGEST]  # the first one stays


def made(state: State, run: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> np.ndarray:
    """The picture of a state, uint8 (H, W, C): by ``run(picture, attributes)`` when something is to change."""
    return run(state.base, state.wanted) if state.changed else state.base
