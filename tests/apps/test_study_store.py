"""The database keeps every answer once, for several people at once, and nothing about who they are."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ganapps.errors import GanappsError
from study.protocol import Pairing, Rules, trials
from study.store import COLUMNS, Store, place

RULES = Rules(scored=5, practice=2, checks=1)
PAIRS = Pairing(["a", "b"], ["c", "d"])


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "deep" / "studies.sqlite")


def answer_all(store, study):
    session = store.join(study)
    for trial in trials(RULES, PAIRS, 0, session.participant):
        store.shown(session.token, trial.number)
        assert store.answer(session.token, trial, trial.number % 2 == 0, 1000.5, 1800.25)
    return session


def test_a_study_comes_back_as_it_was(store):
    plan = {"title": "Größe", "rules": RULES.as_dict(), "shape": [1, 2, 3]}
    study = store.add(plan)
    assert Store(store.path).plan(study) == plan
    assert [(s["id"], s["plan"], s["people"]) for s in store.studies()] == [(study, plan, 0)]
    assert store.has(study) and not store.has("none")
    newer = store.add({})
    assert [s["id"] for s in store.studies()] == [newer, study]
    with pytest.raises(GanappsError, match="no study"):
        store.plan("none")
    with pytest.raises(GanappsError, match="no study"):
        store.join("none")


def test_answers_come_back_as_given(store):
    study = store.add({})
    answer_all(store, study)
    rows = store.answers(study)
    given = trials(RULES, PAIRS, 0, 1)
    assert [row["trial"] for row in rows] == list(range(8)) and set(rows[0]) == {"participant", *COLUMNS}
    for row, trial in zip(rows, given, strict=True):
        assert (row["kind"], row["real"], row["fake"], row["real_left"]) == (
            trial.kind, trial.real, trial.fake, trial.real_left,
        )  # fmt: skip
        assert row["chose_left"] is (trial.number % 2 == 0) and row["fooled"] is trial.fooled(row["chose_left"])
        assert (row["shown_ms"], row["answered_ms"], row["views"]) == (1000.5, 1800.25, 1)


def test_a_session_survives(store):
    study = store.add({})
    session = store.join(study)
    first, second, *_ = trials(RULES, PAIRS, 0, 1)
    store.shown(session.token, 0)
    assert store.session(session.token).answered == 0
    assert store.answer(session.token, first, True)
    store.shown(session.token, 1)
    store.shown(session.token, 1)  # the page was loaded again
    again = Store(store.path).session(session.token)
    assert (again.study, again.participant, again.answered) == (study, 1, 1)
    assert store.answer(session.token, second, False)
    assert [row["views"] for row in store.answers(study)] == [1, 2]
    assert store.session("nobody") is None


def test_an_answer_counts_once_and_in_turn(store):
    study = store.add({})
    token = store.join(study).token
    given = trials(RULES, PAIRS, 0, 1)
    assert not store.answer(token, given[1], True)  # not yet
    assert store.answer(token, given[0], True)
    assert not store.answer(token, given[0], False)  # a second click
    store.shown(token, 0)  # a second tab
    assert [(row["chose_left"], row["views"]) for row in store.answers(study)] == [(True, 1)]


def test_many_at_once(store):
    study, other = store.add({}), store.add({})
    with ThreadPoolExecutor(12) as pool:
        sessions = list(pool.map(lambda _: answer_all(Store(store.path), study), range(12)))
    assert sorted(session.participant for session in sessions) == list(range(1, 13))
    assert len({session.token for session in sessions}) == 12
    assert len(store.answers(study)) == 12 * 8 and store.answers(other) == []


def test_two_tabs_of_one_person(store):
    study = store.add({})
    token = store.join(study).token
    first = trials(RULES, PAIRS, 0, 1)[0]
    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(lambda _: Store(store.path).answer(token, first, True), range(8)))
    assert sum(kept) == 1 and len(store.answers(study)) == 1


def test_a_removed_study_leaves_nothing(store):
    kept, study = store.add({}), store.add({})
    session = answer_all(store, study)
    answer_all(store, kept)
    store.remove(study)
    assert store.session(session.token) is None and len(store.answers(kept)) == 8
    with sqlite3.connect(store.path) as database:
        assert database.execute("SELECT COUNT(*) FROM trials").fetchone()[0] == 8


def test_nothing_personal_is_kept(store):
    answer_all(store, store.add({"title": "x"}))
    with sqlite3.connect(store.path) as database:
        columns = {
            row[1]
            for table in ("studies", "sessions", "trials")
            for row in database.execute(f"PRAGMA table_info({table})")
        }
    assert columns == {"id", "day", "plan", "token", "study", "participant", *COLUMNS}


def test_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(GanappsError, match="GANAPPS_STUDIES"):
        Store(tmp_path / "file" / "studies.sqlite").studies()
    (tmp_path / "studies.sqlite").write_text("not a database, by far " * 100)
    with pytest.raises(GanappsError, match="GANAPPS_STUDIES"):
        Store(tmp_path / "studies.sqlite").studies()


def test_place(monkeypatch, tmp_path):
    monkeypatch.setenv("GANAPPS_STUDIES", str(tmp_path))
    assert place() == tmp_path / "studies.sqlite"
    monkeypatch.delenv("GANAPPS_STUDIES")
    assert place().name == "studies.sqlite" and place().parent.name == "ganapps" and Path.home() in place().parents
