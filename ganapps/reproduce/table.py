"""What a table of the scoreboard is."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Published:
    """A number of others beside ours.

    Args:
        who: "paper", or a library's name.
        number: as printed there.
        what: the measure and the protocol in words, and where it differs from ours.
    """

    who: str
    number: str
    what: str


@dataclass(frozen=True)
class Table:
    """Experiments side by side.

    Args:
        title: its heading.
        words: what it shows, in a sentence or more.
        rows: label -> experiment.
        scores: the metrics shown, where they were taken.
        published: experiment -> numbers of others.
    """

    title: str
    words: str
    rows: dict[str, str]
    scores: tuple[str, ...]
    published: dict[str, tuple[Published, ...]] = field(default_factory=dict)
