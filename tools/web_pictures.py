"""Photograph the phone page for the documents, as a Pixel 7: ``python tools/web_pictures.py [ADDRESS]`` beside ``make web``.

Writes docs/pictures/apps/web-TAB.png. Needs Playwright and Chromium: ``pip install playwright; apt-get install -y chromium``.
"""

import shutil
import sys

from app_pictures import FOLDER, small
from playwright.sync_api import sync_playwright

TABS = ("enlarge", "draw", "edit")
PATIENCE = 60_000  # milliseconds


def main(address: str = "http://localhost:8000/web/") -> None:
    """Each tab when it has made its first picture."""
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=options)
        page = browser.new_context(**playwright.devices["Pixel 7"]).new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(address)
        page.wait_for_function("document.getElementById('offline').textContent === 'Works offline'")
        for tab in TABS:
            page.locator(f"nav a[href='#{tab}']").tap()
            if page.locator(f"#{tab} .empty").count():
                print(f"There is no bundle for {tab}.")
                continue
            if tab == "enlarge":
                page.locator("#enlarge .sample").first.tap()
                page.get_by_role("button", name="Enlarge 4").tap()
            page.wait_for_function(f"document.querySelector('#{tab} .status')?.textContent.includes('·')")
            if tab == "edit":
                page.locator("#edit").get_by_role("button", name="blond hair", exact=True).tap()
            page.wait_for_timeout(3000)
            file = FOLDER / f"web-{tab}.png"
            file.write_bytes(small(page.screenshot(scale="css")))
            print(f"{file.name}: {file.stat().st_size / 1000:.0f} kB")
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
