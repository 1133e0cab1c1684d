"""A static server with the phone page and tiny bundles, and a phone: Chromium as a Pixel 7."""

import json
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import INSTALL_BROWSER

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import serve_web  # noqa: E402
import vendor_web  # noqa: E402
import web_bundles  # noqa: E402

from ganapps.data.earth import CLASSES, PALETTE  # noqa: E402

CHROMIUM = "/usr/bin/chromium"
PATIENCE = 30_000  # milliseconds that a busy machine may take
SPECS = {"sketch-to-photo": "earth:a=mask,b=satellite", "line-art-to-face": "faces:a=sketch,b=image"}


@pytest.fixture(scope="session")
def exports(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder like exports/: the bundles, whose cards say what they were trained on, and the page."""
    if not vendor_web.complete():
        pytest.skip("The phone page's runtimes are not there: python tools/vendor_web.py (needs npm and a network).")
    folder = tmp_path_factory.mktemp("exports") / "exports"
    shutil.copytree(tiny, folder)
    for name, spec in SPECS.items():
        path = folder / name / "card.json"
        card = json.loads(path.read_text(encoding="utf-8"))
        card["data"]["spec"] = spec
        if name == "sketch-to-photo":
            card["inputs"]["image"]["palette"] = dict(zip(CLASSES, PALETTE.tolist(), strict=True))
        path.write_text(json.dumps(card), encoding="utf-8")
    shutil.copytree(ROOT / "exports" / "web", folder / "web", ignore=shutil.ignore_patterns("vendor", "bundles.json"))
    (folder / "web" / "vendor").symlink_to(vendor_web.VENDOR)
    web_bundles.write(folder)
    return folder


class Site:
    """The folder, served until it is stopped."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.server = folder, serve_web.server(folder, "127.0.0.1", 0)
        self.address = f"http://127.0.0.1:{self.server.server_port}/web/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def site(exports: Path) -> Iterator[Site]:
    """The page behind a server of its own."""
    site = Site(exports)
    yield site
    site.stop()


def launch(playwright: object, *options: str) -> object:
    """A headless Chromium with these options."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or CHROMIUM
    if not Path(found).is_file():
        pytest.skip(f"There is no Chromium: {INSTALL_BROWSER}")
    options = ["--no-sandbox", "--disable-dev-shm-usage", *options]
    return playwright.chromium.launch(executable_path=found, headless=True, args=options)


@contextmanager
def as_phone(playwright: object, browser: object, **more: object) -> Iterator[object]:
    """A page on a Pixel 7 with its own storage; no error of the page's own code may go unseen."""
    context = browser.new_context(**playwright.devices["Pixel 7"], accept_downloads=True, **more)
    page, problems = context.new_page(), []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.set_default_timeout(PATIENCE)
    yield page
    context.close()
    assert not problems


@pytest.fixture(scope="session")
def chromium(playwright: object) -> Iterator[object]:
    browser = launch(playwright, "--disable-gpu")
    yield browser
    browser.close()


@pytest.fixture
def phone(playwright: object, chromium: object) -> Iterator[object]:
    with as_phone(playwright, chromium) as page:
        yield page


@pytest.fixture
def meddled(playwright: object, chromium: object) -> Iterator[object]:
    """A phone whose service worker does not run, so that a test can change what the network answers."""
    with as_phone(playwright, chromium, service_workers="block") as page:
        yield page
