"""Nobody who uses the apps ever sees a traceback."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from ganapps.errors import GanappsError

LOG = logging.getLogger("ganapps.apps")
UNEXPECTED = (
    "Something went wrong on this page. Reload it, or try another picture; what happened is in the server's log."
)


@contextmanager
def guard() -> Iterator[None]:
    """Around a page: ``with guard():``. Over a function: ``@guard()``, which a fragment needs for itself.

    A GanappsError becomes its sentence on the page. Any other exception becomes a sentence that says nothing of the
    inside, and goes to the log. Streamlit's own signals (stop, rerun) pass.
    """
    try:
        yield
    except GanappsError as error:
        tell(error)
    except Exception:
        LOG.exception("A page failed.")
        st.error(UNEXPECTED, icon=":material/error:")


def tell(error: GanappsError) -> None:
    """Show an error's sentence, which may hold a file's name: nothing in it counts as markup."""
    st.error(plain(str(error)), icon=":material/info:")


def plain(text: str) -> str:
    """Text for Streamlit's Markdown that shows as it is."""
    return re.sub(r"([\\`*_{}\[\]()<>#+!|$~:-])", r"\\\1", text)
