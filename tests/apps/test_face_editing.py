"""Face editing: controls come from the card, edits follow one another, and the download is what the bundle gives."""

import json
import shutil
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from editing.controls import colour, controls, editors, holding, read_as, singles, title, turned
from editing.faces import SAMPLES, drawers, samples
from editing.history import History, made
from ganapps.attributes import reader_of
from ganapps.edge import Bundle, fit_picture, read_card
from tests.apps.screen import opened
from tests.apps.tiny import ATTRIBUTES

PAGE = Path(__file__).parents[2] / "apps" / "views" / "face_editing.py"
CELEBA = (
    "Black_Hair",
    "Blond_Hair",
    "Brown_Hair",
    "Gray_Hair",
    "Bald",
    "Eyeglasses",
    "Wearing_Hat",
    "No_Beard",
    "Young",
)
FACES = ("black hair", "blond hair", "hat", "glasses", "sunglasses", "smile")


def vector(names, *on):
    return np.array([name in on for name in names], np.float32)


def on(names, values):
    return [name for name, value in zip(names, values, strict=True) if value > 0.5]


@pytest.mark.parametrize(
    ("names", "swatches", "switches"),
    [
        (CELEBA, {"Hair": CELEBA[:4]}, CELEBA[4:]),
        (FACES, {"Hair": FACES[:2]}, FACES[2:]),
        (("Black_Hair", "Male", "Young"), {}, ("Black_Hair", "Male", "Young")),
        (("red shirt", "blue shirt", "pink-hair", "grey-hair"), {"Shirt": ("red shirt", "blue shirt")}, ()),
        (("winter", "summer"), {}, ("winter", "summer")),
        ((), {}, ()),
    ],
)
def test_colours_of_one_thing_are_swatches_and_the_rest_switches(names, swatches, switches):
    found = controls(names)
    assert {key: found.swatches[key] for key in swatches} == swatches and found.switches == switches
    assert sorted([name for group in found.swatches.values() for name in group] + list(found.switches)) == sorted(names)


def test_names_are_shown_as_people_read_them():
    assert [title(name) for name in ("Wearing_Hat", "5_o_Clock_Shadow", "gray-hair")] == [
        "Wearing hat",
        "5 o clock shadow",
        "Grey hair",
    ]
    assert [colour(name) for name in ("Black_Hair", "Gray_Hair", "black", "Young")] == ["black", "grey", None, None]


@pytest.mark.parametrize(
    ("held", "name", "put", "then"),
    [
        ({"black hair", "smile"}, "blond hair", True, ["blond hair", "smile"]),
        ({"black hair"}, "hat", True, ["hat"]),
        ({"hat", "smile"}, "hat", False, ["blond hair", "smile"]),  # the likeliest hair appears
        ({"black hair"}, "black hair", False, ["blond hair"]),
        ({"black hair"}, "sunglasses", True, ["black hair", "glasses", "sunglasses"]),
        ({"black hair", "glasses", "sunglasses"}, "glasses", False, ["black hair"]),
        ({"black hair"}, "smile", True, ["black hair", "smile"]),
        ({"black hair", "smile"}, "smile", False, ["black hair"]),
    ],
)
def test_what_a_click_brings_along(held, name, put, then):
    likely = np.array([0.2, 0.4, 0.9, 0.0, 0.0, 1.0], np.float32)
    assert on(FACES, turned(vector(FACES, *held), likely, FACES, name, put)) == then


def test_the_strip_has_every_single_edit():
    assert singles(vector(FACES, "black hair", "glasses"), FACES) == [
        ("Blond hair", "blond hair", True),
        ("Hat on", "hat", True),
        ("Glasses off", "glasses", False),
        ("Sunglasses on", "sunglasses", True),
        ("Smile on", "smile", True),
    ]


def test_what_a_picture_has_at_first():
    likely = np.array([0.7, 0.8, 0.1, 0.2, 0.6, 0.4], np.float32)
    assert on(FACES, read_as(likely, FACES)) == ["blond hair", "glasses", "sunglasses"]
    assert on(CELEBA, holding(["grey hair", "no beard", "hoodie"], CELEBA)) == ["Gray_Hair", "No_Beard"]


def test_editors_readers_and_samplers_are_known_by_their_cards(bundles):
    cards = {path.parent.relative_to(bundles).as_posix(): read_card(path.parent) for path in bundles.rglob("card.json")}
    assert editors(cards) == ["face-editing/edit"] and drawers(cards) == ["faces"]
    assert reader_of("face-editing/edit", cards) == "face-editing/attributes"
    assert reader_of("face-editing/edit", {"face-editing/edit": cards["face-editing/edit"]}) is None


def test_samples_are_small_and_told_of():
    found = samples()
    assert len(found) >= 5 and "Avataaars by Pablo Stanley" in (SAMPLES / "LICENCE.md").read_text()
    assert all(path.stat().st_size <= 30_000 for path in SAMPLES.glob("*.png"))
    assert len(list(SAMPLES.glob("*.png"))) == len(found)
    assert {holds for face in found.values() for holds in face.info["holds"]} >= {"smile", "glasses", "hat", "beard"}


def history():
    return History(np.zeros((2, 2, 3), np.uint8), np.zeros(2), vector("ab"))


def plus_one(base, wanted):
    return base + 1


def test_edits_follow_one_another_and_go_back():
    past = history()
    assert made(past.now, plus_one) is past.first.base
    past.want(vector("ab", "a"))
    past.want(vector("ab", "a"))  # nothing new
    assert len(past.states) == 2 and made(past.now, plus_one).max() == 1 and past.kept() == 0
    past.keep(made(past.now, plus_one))
    assert not past.now.changed and past.kept() == 1 and on("ab", past.now.held) == ["a"]
    past.want(vector("ab", "a", "b"))
    assert made(past.now, plus_one).max() == 2
    past.undo()
    past.undo()
    assert past.now.base.max() == 0 and past.now.changed
    past.restart()
    past.undo()
    assert len(past.states) == 1 and not past.now.changed


def test_the_past_is_bounded_and_keeps_its_beginning():
    past = history()
    for number in range(500):
        past.want(vector("ab", "ab"[number % 2]))
    assert len(past.states) <= 101 and past.first.held.max() == 0 and past.now.wanted[1] == 1


def shown(app):
    """The attributes that the controls show as on."""
    switches = [toggle.key.removeprefix("switch_") for toggle in app.toggle if toggle.value]
    return sorted([*switches, *(pills.value for pills in app.pills if pills.value)])


def wanted(app):
    return sorted(on(ATTRIBUTES, app.session_state["face_history"].now.wanted))


def button(app, key):
    return app.button(key=key)


def test_controls_are_those_of_the_card(app):
    assert [toggle.label for toggle in app.toggle] == ["Glasses", "Beard", "Hat", "Smile"]
    assert app.pills[0].label == "Hair" and list(app.pills[0].options) == ["Black", "Blond", "Brown"]
    assert shown(app) == wanted(app), "they begin as the reader reads the picture"
    assert len(app.image) >= len(samples()) + 4  # and the strip


def test_swatches_and_a_hat_exclude_one_another(app):
    app.pills[0].set_value("blond hair").run()
    assert "blond hair" in shown(app) and shown(app) == wanted(app)
    app.toggle(key="switch_hat").set_value(True).run()
    assert (app.pills[0].value is None and "hat" in shown(app) == wanted(app)) or shown(app) == wanted(app)
    app.pills[0].set_value("black hair").run()
    assert not app.toggle(key="switch_hat").value and not app.exception
    app.pills[0].set_value(None).run()
    assert app.pills[0].value not in (None, "black hair"), "some hair colour takes the place of the one that went"


def test_edit_again_undo_and_start_over(app):
    first = wanted(app)
    assert button(app, "keep").disabled and button(app, "undo").disabled
    smile = app.toggle(key="switch_smile").value
    app.toggle(key="switch_smile").set_value(not smile).run()
    button(app, "keep").click().run()
    now = app.session_state["face_history"].now
    assert now.base is not app.session_state["face_history"].first.base and not now.changed
    app.toggle(key="switch_beard").set_value(not app.toggle(key="switch_beard").value).run()
    assert "2 edits one after the other" in " ".join(caption.value for caption in app.caption)
    for _ in range(3):
        button(app, "undo").click().run()
    assert wanted(app) == first == shown(app) and button(app, "undo").disabled
    app.toggle(key="switch_smile").set_value(not smile).run()
    button(app, "restart").click().run()
    assert wanted(app) == first and not app.exception


def test_a_click_in_the_strip_makes_that_edit(app):
    before = app.toggle(key="switch_glasses").value
    button(app, "strip_glasses").click().run()
    assert app.toggle(key="switch_glasses").value is not before and shown(app) == wanted(app)


def test_another_face_begins_anew(app):
    app.toggle(key="switch_smile").set_value(not app.toggle(key="switch_smile").value).run()
    button(app, "face_sample_1").click().run()
    assert len(app.session_state["face_history"].states) == 1
    before = app.session_state["face_history"].first.base
    button(app, "draw_another").click().run()
    drawn = app.session_state["face_history"].first.base
    button(app, "draw_another").click().run()
    assert not np.array_equal(before, drawn)
    assert not np.array_equal(drawn, app.session_state["face_history"].first.base) and not app.exception


@pytest.fixture
def celeb(bundles, tmp_path, monkeypatch):
    """Another bundle: of photographs, with other names of attributes and of inputs' kinds, without its reader."""
    folder = shutil.copytree(bundles / "face-editing" / "edit", tmp_path / "celeb")
    card = json.loads((folder / "card.json").read_text())
    card["inputs"]["attributes"]["classes"] = [
        "Black_Hair",
        "Blond_Hair",
        "Male",
        "Young",
        "Eyeglasses",
        "Bangs",
        "Pale_Skin",
    ]
    card["title"] = "StarGAN trained on CelebA_*"
    (folder / "card.json").write_text(json.dumps(card))
    monkeypatch.setenv("GANAPPS_EXPORTS", str(tmp_path))


def test_any_names_of_attributes_and_no_reader(celeb):
    app = opened(PAGE)
    assert [toggle.label for toggle in app.toggle] == ["Male", "Young", "Eyeglasses", "Bangs", "Pale skin"]
    assert list(app.pills[0].options) == ["Black", "Blond"]
    assert app.pills[0].value is None, "the first sample's hair is red, which this model does not know"
    button(app, "face_sample_1").click().run()
    assert app.pills[0].value == "Blond_Hair", "what the sample is known to have"
    app.file_uploader(key="face").set_value(("me.png", png(), "image/png")).run()
    assert shown(app) == [] and "choose all" in " ".join(caption.value for caption in app.caption)
    app.toggle(key="switch_Male").set_value(True).run()
    assert shown(app) == ["Male"] and not app.exception


def test_without_bundles_it_says_how_to_make_one(tmp_path, monkeypatch):
    monkeypatch.setenv("GANAPPS_EXPORTS", str(tmp_path))
    app = opened(PAGE)
    assert "no bundle that edits faces" in app.info[0].value
    assert "ganapps fit stargan --data tfds:celeb_a" in " ".join(code.value for code in app.code)


def test_a_file_that_is_no_picture_is_a_sentence(app):
    app.file_uploader(key="face").set_value(("me.png", b"no", "image/png")).run()
    assert "me" in app.error[0].value and not app.exception


def picture(width=90, height=120):
    y, x = np.mgrid[:height, :width]
    return Image.fromarray(np.stack([x * 2, y * 2, 255 - x], -1).astype(np.uint8))


def png():
    picture().save(buffer := BytesIO(), "PNG")
    return buffer.getvalue()


def test_upload_edit_compare_and_download(server, bundles, page):
    check_in_a_browser(server, bundles, page)


def test_the_same_on_a_phone(server, bundles, phone):
    check_in_a_browser(server, bundles, phone)


def check_in_a_browser(server, bundles, page):
    """Upload a picture, turn two attributes one after the other, edit the result again: every file is the bundle's."""
    editor, reader = (Bundle(bundles / "face-editing" / name) for name in ("edit", "attributes"))
    likely = reader.translate(picture())
    held, base = read_as(likely, ATTRIBUTES), fit_picture(picture(), (32, 32, 3))
    page.goto(server)
    page.get_by_text("Every single edit").wait_for()
    settle(page)
    page.locator("input[type=file]").set_input_files({"name": "me.png", "mimeType": "image/png", "buffer": png()})
    page.get_by_text("me.png").wait_for()
    settle(page)
    for label, name in (("Smile", "smile"), ("Beard", "beard")):
        page.locator(".stMain label", has_text=label).first.click()
        held = turned(held, likely, ATTRIBUTES, name, not held[ATTRIBUTES.index(name)])
        settle(page)
    first = editor.translate(base, attributes=held)
    np.testing.assert_array_equal(downloaded(page), first)
    slider = page.get_by_role("slider", name="Before | After")
    slider.focus()
    slider.press("ArrowLeft")
    assert slider.get_attribute("aria-valuenow") == "45"
    page.get_by_role("button", name="Edit again").click()
    settle(page)
    page.locator(".st-key-paint_0").get_by_text("Blond").click()
    settle(page)
    held = turned(held, likely, ATTRIBUTES, "blond hair", not held[ATTRIBUTES.index("blond hair")])
    np.testing.assert_array_equal(downloaded(page), editor.translate(first, attributes=held))


def settle(page):
    """Until the page has taken in what was done last."""
    page.wait_for_timeout(700)
    page.locator('[data-testid=stApp][data-test-script-state="notRunning"]').wait_for()
    page.wait_for_timeout(300)


def downloaded(page):
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download").click()
    assert waiting.value.suggested_filename == "edited-face.png"
    with Image.open(waiting.value.path()) as image:
        return np.asarray(image)
