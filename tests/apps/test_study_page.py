"""The page's logic without a browser: set up, take part, come back, results. Buttons stand in for the timed pictures."""

import numpy as np
import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from study import display
from study.display import Said
from study.plan import Plan
from study.store import Store
from tests.apps.conftest import APPS

PATIENCE = 60
(PAGE,) = APPS.glob("*/real_or_fake.py")


@pytest.fixture
def store(tmp_path, monkeypatch, bundles):
    monkeypatch.setenv("GANAPPS_STUDIES", str(tmp_path / "studies"))
    return Store(tmp_path / "studies" / "studies.sqlite")


@pytest.fixture
def reals(tmp_path):
    folder = tmp_path / "reals"
    folder.mkdir()
    for i in range(12):
        Image.fromarray(np.full((20, 20), 20 * i, np.uint8)).save(folder / f"{i}.png")
    return folder


@pytest.fixture(autouse=True)
def buttons(monkeypatch):
    """In place of the component, which needs a browser."""

    def show(number, pictures, seconds, ready=None, practice=False, told=None, last=False):
        assert pictures[0].shape == pictures[1].shape == (16, 16, 1) and pictures[0].dtype == np.uint8
        if told:
            st.markdown("Right!" if told[1] else "Not this time.")
            return Said(number, None, None, None) if st.button("Next", key=f"next{number}") else None
        for left in (True, False):
            if st.button("Left" if left else "Right", key=f"{'left' if left else 'right'}{number}"):
                return Said(number, left, 1001.0, 1500.0)
        return None

    monkeypatch.setattr(display, "show", show)


def page(**query):
    test = AppTest.from_file(str(PAGE), default_timeout=PATIENCE)
    for name, value in query.items():
        test.query_params[name] = value
    return test.run()


def press(test, label):
    next(button for button in test.button if button.label == label).click()
    test.run()
    assert not test.exception
    return test


def set_up(reals, scored=3, practice=1, checks=1, time="1 s"):
    test = page()
    test.text_input(key="real_path").set_value(str(reals))
    test.selectbox(key="fake_bundle").set_value("digits")
    for name, value in (("scored", scored), ("practice", practice), ("checks", checks)):
        test.number_input(key=f"study_{name}").set_value(value)
    test.selectbox(key="study_time").set_value(time)
    test.run()
    return press(test, "Create the study")


def asked(test, name):
    """A query parameter: the testing library gives a string, or a list of one."""
    value = test.query_params[name]
    return value if isinstance(value, str) else value[0]


def text(test):
    return " ".join(
        element.value for kind in ("title", "subheader", "markdown", "caption") for element in test.get(kind)
    )


def test_from_nothing_to_results(store, reals):
    test = set_up(reals)
    study = asked(test, "study")
    (entry,) = store.studies()
    assert entry["id"] == study and f"?study={study}" in test.code[0].value and "Nobody" in test.info[0].value
    trials = Plan.of(entry["plan"]).trials(1)
    press(press(test, "Take part"), "Begin")
    token = asked(test, "session")
    press(test, "Left")  # practice
    assert ("Right!" in text(test)) == trials[0].real_left
    press(test, "Next")
    for trial in trials[1:3]:  # then always right
        press(test, "Left" if trial.real_left else "Right")
    assert len(store.answers(study)) == 3
    test = page(study=study, session=token)  # the page is loaded anew
    assert test.session_state["study_shown"] == (token, 3)
    for trial in trials[3:]:
        press(test, "Left" if trial.real_left else "Right")
    assert "Thank you" in text(test) and "0 of 3" in text(test)
    answers = store.answers(study)
    assert [row["views"] for row in answers] == [1, 1, 1, 2, 1] and [row["fooled"] for row in answers[1:]] == [
        False
    ] * 4
    press(test, "Results of the whole study")
    assert [metric.value for metric in test.metric] == ["0.0%", "0.0 to 56.1%", "3"]
    assert "1 of 1 who began count" in text(test) and len(test.get("download_button")) == 2


def test_whoever_misses_the_checks_is_left_out(store, reals):
    study = asked(set_up(reals, scored=2, practice=0, checks=2), "study")
    test = press(page(study=study), "Begin")
    for trial in Plan.of(store.plan(study)).trials(1):
        press(test, "Right" if trial.real_left else "Left")
    test = page(study=study, view="results")
    assert "Nobody who counts" in test.info[0].value and "1 left out" in text(test) and not test.metric


def test_several_people_and_two_studies(store, reals):
    first, second = (asked(set_up(reals, 2, 0, 0, time), "study") for time in ("1 s", "no limit"))
    tests = {who: press(page(study=study), "Begin") for who, study in enumerate((first, first, second, second))}
    for _ in range(2):  # by turns
        for test in tests.values():
            press(test, "Left")
    assert sorted({row["participant"] for row in store.answers(first)}) == [1, 2]
    test = page(study=first, view="results")
    test.selectbox(key="study_other").set_value(second).run()
    assert "points" in text(test) and not test.exception
    press(test, "Delete for good")
    assert [entry["id"] for entry in store.studies()] == [second] and "study" not in test.query_params


@pytest.mark.parametrize(
    ("path", "said"),
    [("", "Say where"), ("/nowhere/at/all", "not a folder"), ("EMPTY", "holds no pictures"), ("FILE", "not a folder")],
)
def test_mistakes_get_a_sentence(store, reals, tmp_path, path, said):
    (tmp_path / "empty").mkdir()
    path = {"EMPTY": str(tmp_path / "empty"), "FILE": str(reals / "0.png")}.get(path, path)
    test = set_up(path)
    assert said in test.error[0].value.replace("\\", "") and not test.exception and store.studies() == []


def test_uploads(store, reals):
    test = page()
    test.segmented_control(key="real_from").set_value("Uploads").run()
    files = [(path.name, path.read_bytes(), "image/png") for path in sorted(reals.iterdir())[:5]]
    test.file_uploader(key="real_files").set_value(files)
    test.selectbox(key="fake_bundle").set_value("digits")
    press(test.run(), "Create the study")
    study = asked(test, "study")
    assert len(store.plan(study)["real"]["names"]) == 5
    assert press(page(study=study), "Begin").button  # another session sees them too
    test = page()
    test.segmented_control(key="real_from").set_value("Uploads").run()
    test.file_uploader(key="real_files").set_value([("bad.png", b"nothing", "image/png")])
    press(test.run(), "Create the study")
    assert "bad.png" in test.error[0].value.replace("\\", "")


def test_a_link_to_nothing(store, reals):
    assert "not here" in page(study="none").error[0].value
    study = asked(set_up(reals), "study")
    assert any(button.label == "Begin" for button in page(study=study, session="forged").button)
    other = asked(set_up(reals), "study")
    token = store.join(study).token
    assert any(button.label == "Begin" for button in page(study=other, session=token).button)


def test_pictures_that_went_away(store, reals):
    study = asked(set_up(reals), "study")
    for path in reals.iterdir():
        path.unlink()
    test = press(page(study=study), "Begin")
    assert "no longer in" in test.error[0].value.replace("\\", "") and not test.exception


def test_files_and_picture_of_the_results(store, reals):
    import csv
    import json
    from xml.etree import ElementTree

    from study import report, statistics

    study = asked(set_up(reals, scored=2, practice=1, checks=1), "study")
    plan = Plan.of(store.plan(study))
    for person in (1, 2):
        token = store.join(study).token
        for trial in plan.trials(person):
            store.answer(token, trial, True, 1000.0, 1200.0)
    answers = store.answers(study)
    read = list(csv.DictReader(report.as_csv(answers).splitlines()))
    kept = [
        {name: str(int(value) if isinstance(value, bool) else value) for name, value in row.items()} for row in answers
    ]
    assert read == kept and len(read) == 8
    content = json.loads(report.as_json(plan, answers))
    assert content["answers"] == answers and Plan.of(content["plan"]) == plan and len(content["participants"]) == 2
    total = statistics.summary(answers, plan.rules.pairs, plan.rules.most_missed)
    people = statistics.people(answers, plan.rules.pairs, plan.rules.most_missed)
    picture = ElementTree.fromstring(report.chart(total, people))
    assert len(picture.findall("{http://www.w3.org/2000/svg}circle")) == 2 + (total.share is not None)
