"""A short study in a real browser: by keys and by touch, with the page loaded anew in between; what was shown is measured."""

import csv
import json

import numpy as np
import pytest
from PIL import Image

from study.plan import Plan
from study.store import Store

PlaywrightTimeout = pytest.importorskip("playwright.sync_api").TimeoutError

# Notes, frame by frame and without the component's help, when the pair could be seen.
WATCH = """() => {
  window.seen = [];
  const within = (root) => [...root.querySelectorAll("*")].flatMap((e) => e.shadowRoot ? [e.shadowRoot] : []);
  const look = (now) => {
    const pictures = within(document).flatMap((root) => [...root.querySelectorAll(".pair img")]);
    const on = pictures.length === 2 && pictures.every((p) => getComputedStyle(p).visibility === "visible");
    const last = window.seen.at(-1);
    if (on && (!last || last.to)) window.seen.push({ from: now });
    if (!on && last && !last.to) last.to = now;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


@pytest.fixture
def reals(tmp_path):
    for i in range(9):
        pixels = np.random.default_rng(i).integers(0, 256, (5, 5)).astype(np.uint8)
        Image.fromarray(pixels).resize((40, 40)).save(tmp_path / f"holiday{i}.png")
    return tmp_path


def set_up(page, server, reals, time, counts):
    page.goto(f"{server}/real_or_fake")
    page.get_by_role("tab", name="New study").click()
    page.get_by_role("textbox", name="Title").fill("Tiny digits")
    page.get_by_role("textbox", name="Folder on the machine").fill(str(reals))
    page.get_by_role("textbox", name="Folder on the machine").press("Enter")
    for name, count in zip(("Pairs that count", "Practice pairs", "Checks"), counts, strict=True):
        page.get_by_role("spinbutton", name=name).fill(str(count))
        page.get_by_role("spinbutton", name=name).press("Enter")
    pick(page, "Bundle", "(digits)")
    pick(page, "Time shown", time)
    page.get_by_role("button", name="Create the study").click()
    page.get_by_text("Nobody has answered yet").wait_for()
    return page.locator("[data-testid=stCode]").inner_text().strip()


def pick(page, label, option):
    """Choose in a selectbox; a list that the page's last rerun shut is opened again."""
    choice = page.get_by_role("option", name=option).first
    for _ in range(10):
        page.get_by_test_id("stSelectbox").filter(has_text=label).get_by_role("combobox").click()
        try:
            choice.click(timeout=3000)
            return
        except PlaywrightTimeout:
            page.keyboard.press("Escape")
    raise AssertionError(f"'{label}' does not open.")


def as_read(row):
    """A row of the CSV, or of the store, with times as numbers and the rest as the CSV has it."""
    plain = {name: int(value) if isinstance(value, bool) else value for name, value in row.items()}
    return {name: float(value) if name.endswith("ms") else str(value) for name, value in plain.items()}


def asked(page):
    page.get_by_text("Left is real").wait_for()


def towards(left):
    return "ArrowLeft" if left else "ArrowRight"


def test_by_keys_with_a_reload(server, studies, page, reals):
    link = set_up(page, server, reals, "0.5 s", (3, 1, 1))
    study = link.split("study=")[1]
    store = Store(studies / "studies.sqlite")
    plan = Plan.of(store.plan(study))
    page.goto(link)
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("button", name="Show the first pair").wait_for()
    trials = plan.trials(1)
    page.evaluate(WATCH)
    page.keyboard.press("Space")
    asked(page)
    page.keyboard.press("ArrowLeft")  # the practice pair
    page.get_by_text("Right!" if trials[0].real_left else "Not this time.").wait_for()
    assert page.locator("figure figcaption").all_inner_texts() == (
        ["real", "fake"] if trials[0].real_left else ["fake", "real"]
    )
    page.keyboard.press("Enter")
    asked(page)
    seen = page.evaluate("window.seen")  # practice, feedback, the second pair
    assert len(seen) == 3
    page.keyboard.press(towards(trials[1].real_left))  # it may be the check, which one must not miss
    page.get_by_text("Pair 2 of 4").wait_for()
    page.reload()
    page.get_by_role("button", name="Go on").click()
    for number in (2, 3, 4):
        asked(page)
        assert not any(name in page.content() for name in ("holiday", "sample "))  # nothing gives the answer away
        page.keyboard.press(towards(trials[number].real_left))
        page.get_by_text("Left is real").wait_for(state="hidden")
    page.get_by_text("Thank you").wait_for()

    rows = store.answers(study)
    assert [row["chose_left"] for row in rows] == [True, *(trial.real_left for trial in trials[1:])]
    assert [row["views"] for row in rows] == [1, 1, 2, 1, 1]
    for row, watched in zip(rows[:2], (seen[0], seen[2]), strict=True):
        assert abs(row["shown_ms"] - (watched["to"] - watched["from"])) <= 50
    shown = [row["shown_ms"] for row in rows]
    assert min(shown) > 480 and np.median(shown) < 600 and all(row["answered_ms"] > row["shown_ms"] for row in rows)

    page.get_by_role("button", name="Results of the whole study").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Answers as CSV").click()
    text = download.value.path().read_text(encoding="utf-8")
    assert [as_read(row) for row in csv.DictReader(text.splitlines())] == [as_read(row) for row in rows]
    with page.expect_download() as download:
        page.get_by_role("button", name="Everything as JSON").click()
    content = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert content["answers"] == rows and content["summary"]["people"] == 1 and content["summary"]["again"] >= 0


def test_by_touch_without_a_time_limit(server, studies, phone, reals):
    link = set_up(phone, server, reals, "no limit", (2, 0, 0))
    phone.goto(link)
    phone.get_by_role("button", name="Begin").tap()
    phone.get_by_role("button", name="Show the first pair").tap()
    for side in ("Left is real", "Right is real"):
        asked(phone)
        box = phone.locator(".pair").bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390
        assert phone.locator(".pair img").first.is_visible()  # until the answer
        phone.get_by_text(side).tap()
        phone.get_by_text(side).wait_for(state="hidden")
    phone.get_by_text("Thank you").wait_for()
    rows = Store(studies / "studies.sqlite").answers(link.split("study=")[1])
    assert [(row["chose_left"], row["shown_ms"]) for row in rows] == [(True, None), (False, None)]
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


def test_two_people_at_once(server, studies, page, phone, reals):
    link = set_up(page, server, reals, "0.25 s", (3, 0, 0))
    for person in (page, phone):
        person.goto(link)
        person.get_by_role("button", name="Begin").click()
        person.get_by_role("button", name="Show the first pair").click()
    for _ in range(3):
        for person in (page, phone):
            asked(person)
            person.get_by_text("Left is real").click()
            person.get_by_text("Left is real").wait_for(state="hidden")
    for person in (page, phone):
        person.get_by_text("Thank you").wait_for()
    rows = Store(studies / "studies.sqlite").answers(link.split("study=")[1])
    assert [(row["participant"], row["trial"]) for row in rows] == [(1, 0), (1, 1), (1, 2), (2, 0), (2, 1), (2, 2)]


def test_a_link_opens_the_right_page_first(server, page):
    """A participant's address may be the first that a fresh server hears of."""
    page.goto(f"{server}/real_or_fake?study=none")
    page.get_by_text("This study is not here").wait_for()
    page.get_by_role("button", name="All studies").click()
    page.get_by_role("heading", name="Real or fake?").wait_for()
