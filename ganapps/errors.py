"""Errors that are the user's to mend: one sentence that names the thing and the way out."""

import difflib
from collections.abc import Iterable


class GanappsError(Exception):
    """Something the user gave cannot work; the command line prints the sentence and exits with 1."""


class UsageError(GanappsError):
    """A name or an option that does not exist or does not fit; the command line exits with 2."""


def nearest(name: str, known: Iterable[str]) -> str:
    """The hint that ends an "unknown name" sentence: `` Did you mean 'dcgan'?``, or nothing when none is close."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f" Did you mean '{close[0]}'?" if close else ""
