"""What the tests of the apps share: tiny bundles, a running server, a browser."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.apps.screen import opened
from tests.conftest import INSTALL_BROWSER

ROOT = Path(__file__).parents[2]
APPS = ROOT / "apps"
CHROMIUM = "/usr/bin/chromium"
PATIENCE = 60  # seconds that a busy machine may take

sys.path.insert(0, str(APPS))  # as Streamlit does
pytest.importorskip("streamlit", reason="pip install 'ganapps[apps]'")


@pytest.fixture(scope="module", autouse=True)
def quick_runs(quick_collections: None) -> None:
    """Streamlit collects garbage after every run of a page."""


@pytest.fixture(scope="session")
def bundles(tiny: Path) -> Path:
    """The folder of the tiny bundles; GANAPPS_EXPORTS names it."""
    os.environ["GANAPPS_EXPORTS"] = str(tiny)
    return tiny


@pytest.fixture
def app(bundles: Path, request: pytest.FixtureRequest) -> object:
    """The page that the module calls PAGE, after its first run."""
    return opened(request.module.PAGE)


@pytest.fixture(scope="session")
def studies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the human studies' database; GANAPPS_STUDIES names it."""
    folder = tmp_path_factory.mktemp("studies")
    os.environ["GANAPPS_STUDIES"] = str(folder)
    return folder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def server(bundles: Path, studies: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the running apps; nothing that they log may be a traceback."""
    with serving(APPS / "app.py", tmp_path_factory.mktemp("server")) as address:
        yield address


@contextmanager
def serving(script: Path, folder: Path) -> Iterator[str]:
    """Run a Streamlit script from an empty folder, and give its address."""
    port, log = free_port(), folder / "log.txt"
    line = [sys.executable, "-m", "streamlit", "run", str(script), "--server.headless=true"]
    line += [f"--server.port={port}", "--server.address=127.0.0.1", "--browser.gatherUsageStats=false"]
    with log.open("w") as out:
        environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{APPS}"}
        process = subprocess.Popen(line, cwd=folder, stdout=out, stderr=out, env=environment)
    try:
        _wait(f"http://127.0.0.1:{port}/_stcore/health", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)
    assert "Traceback" not in log.read_text(), log.read_text()


def _wait(address: str, process: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                if answer.read() == b"ok":
                    return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"The server does not answer:\n{log.read_text()}")


@pytest.fixture(scope="session")
def chromium(playwright: object) -> Iterator[object]:
    """A headless Chromium, driven by Playwright."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or CHROMIUM
    if not Path(found).is_file():
        pytest.skip(f"There is no Chromium: {INSTALL_BROWSER}")
    options = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
    browser = playwright.chromium.launch(executable_path=found, headless=True, args=options)
    yield browser
    browser.close()


@pytest.fixture
def page(chromium: object) -> Iterator[object]:
    """A browser page, 1280x800; nothing it shows may be a traceback."""
    yield from _page(chromium, viewport={"width": 1280, "height": 800})


@pytest.fixture
def phone(chromium: object) -> Iterator[object]:
    """A browser page as wide as a phone, with touch."""
    yield from _page(chromium, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)


def _page(chromium: object, **options: object) -> Iterator[object]:
    context = chromium.new_context(accept_downloads=True, **options)
    page = context.new_page()
    page.set_default_timeout(1000 * PATIENCE)
    yield page
    assert page.locator('[data-testid="stException"]').count() == 0, page.inner_text("body")
    context.close()
