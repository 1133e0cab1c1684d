"""A page of the apps without a browser."""

from pathlib import Path

from streamlit.testing.v1 import AppTest


def opened(page: str | Path) -> AppTest:
    """The page after its first run."""
    app = AppTest.from_file(str(page), default_timeout=60).run()
    assert not app.exception
    return app
