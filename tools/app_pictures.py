"""Photographs the running apps for the documents: ``python tools/app_pictures.py http://127.0.0.1:8501 [PAGE...]``.

Every page, or those named, at a desktop's and at a phone's width, as PNG of at most 200 kB in docs/pictures/apps/. Needs
Playwright and Chromium: ``pip install playwright; apt-get install -y chromium``.
"""

import shutil
import sys
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).parents[1] / "docs" / "pictures" / "apps"
PAGES = ("face_editing", "super_resolution", "sketch_to_photo", "playground", "zoo", "real_or_fake")
SIZES = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}
MOST_BYTES = 200_000
QUIET = 4000  # milliseconds without which a page is still drawing


def small(picture: bytes) -> bytes:
    """A PNG of at most MOST_BYTES: with fewer colours, and fewer still, until it is."""
    image = Image.open(BytesIO(picture)).convert("RGB")
    for colours in (256, 128, 64, 32, 16):
        buffer = BytesIO()
        image.quantize(colours, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
        if buffer.tell() <= MOST_BYTES:
            break
    return buffer.getvalue()


def prepare(page: Page, name: str) -> None:
    """Bring a page to where there is something to see."""
    if name == "zoo":
        row = page.locator("[data-testid=stDataFrame]").first
        row.click(position={"x": 20, "y": 35 * 2 + 17})
        page.mouse.move(0, 0)
    if name == "super_resolution":
        page.get_by_text("with invented detail").click()
    if name == "face_editing":
        page.get_by_text("Black", exact=True).last.click()


def main(address: str, *names: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=options)
        for size, viewport in SIZES.items():
            phone = size == "phone"
            page = browser.new_context(viewport=viewport, is_mobile=phone, has_touch=phone).new_page()
            page.goto(address)
            page.locator("h1").first.wait_for()
            for name in names or PAGES:
                page.goto(address if name == PAGES[0] else f"{address}/{name}")  # the first page has no path of its own
                page.locator("h1").first.wait_for()
                page.wait_for_timeout(QUIET)
                prepare(page, name)
                page.wait_for_timeout(QUIET)
                file = FOLDER / f"{name.replace('_', '-')}-{size}.png"
                file.write_bytes(small(page.screenshot()))
                print(f"{file.name}: {file.stat().st_size / 1000:.0f} kB")
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
