"""Choosing a picture, and what a page shows when something is wrong."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from ganapps.errors import GanappsError
from shared.guard import UNEXPECTED, guard, plain

SCRIPT = Path(__file__).parent / "scripts" / "picking.py"


@pytest.fixture
def app():
    return AppTest.from_file(str(SCRIPT), default_timeout=60).run()


def green():
    buffer = BytesIO()
    Image.new("RGB", (30, 20), (0, 128, 0)).save(buffer, "PNG")
    return buffer.getvalue()


def test_samples_and_uploads(app):
    assert app.markdown[0].value == "[255, 215, 0]"  # the first sample, to begin with
    app.button(key="photo_sample_1").click().run()
    assert app.markdown[0].value == "[0, 0, 128]"
    app.file_uploader(key="photo").set_value(("leaf.png", green(), "image/png")).run()
    assert app.markdown[0].value == "[0, 128, 0]" and not app.error
    app.button(key="photo_sample_0").click().run()  # the last choice counts
    assert app.markdown[0].value == "[255, 215, 0]"


def test_a_bad_upload_is_a_sentence(app):
    app.file_uploader(key="photo").set_value(("my_*odd*_name.png", b"nothing", "image/png")).run()
    assert "is not a picture" in app.error[0].value and r"my\_\*odd\*\_name" in app.error[0].value
    assert app.markdown[0].value == "None" and not app.exception
    app.run()  # the sentence stays while the file does
    assert "is not a picture" in app.error[0].value


def test_the_unexpected_is_logged_and_not_shown(app, caplog):
    app.button[-1].click().run()
    assert app.error[0].value == UNEXPECTED and not app.exception
    assert "secret inside" in caplog.text


def test_guard_over_a_function(monkeypatch):
    told = []
    monkeypatch.setattr("shared.guard.st.error", lambda text, icon: told.append(text))

    @guard()
    def fails(what):
        raise GanappsError(what)

    fails("It is $broken$.")
    fails("Still.")
    assert told == [r"It is \$broken\$.", "Still."]
    assert plain("a_b [x](y) :red[z] <b>") == r"a\_b \[x\]\(y\) \:red\[z\] \<b\>"
