"""Where studies and answers live: one SQLite file, which several participants, and several apps, use at once.

It knows participants by a number and a random token only. No name, no address, no time of day is kept.
"""

import json
import os
import secrets
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ganapps.errors import GanappsError
from study.protocol import Trial

TABLES = """
CREATE TABLE IF NOT EXISTS studies (
    id TEXT PRIMARY KEY, day TEXT NOT NULL, plan TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sessions (
    token TEXT PRIMARY KEY, study TEXT NOT NULL REFERENCES studies ON DELETE CASCADE, participant INTEGER NOT NULL,
    UNIQUE (study, participant));
CREATE TABLE IF NOT EXISTS trials (
    token TEXT NOT NULL REFERENCES sessions ON DELETE CASCADE, trial INTEGER NOT NULL, views INTEGER NOT NULL,
    kind TEXT, real TEXT, fake TEXT, real_left INTEGER, chose_left INTEGER, fooled INTEGER, shown_ms REAL,
    answered_ms REAL, PRIMARY KEY (token, trial));
"""
COLUMNS = ("trial", "kind", "real", "fake", "real_left", "chose_left", "fooled", "shown_ms", "answered_ms", "views")


def place() -> Path:
    """The database: in ``$GANAPPS_STUDIES`` when set, else in ``ganapps`` in the user's folder for programs' data."""
    if chosen := os.environ.get("GANAPPS_STUDIES"):
        return Path(chosen).expanduser() / "studies.sqlite"
    homes = {"darwin": Path.home() / "Library" / "Application Support"}
    if sys.platform == "win32":
        homes["win32"] = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    base = homes.get(sys.platform, Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"))
    return base / "ganapps" / "studies.sqlite"


@dataclass(frozen=True)
class Session:
    """One participant of one study: their secret token, the study, their number from 1, how many pairs they answered."""

    token: str
    study: str
    participant: int
    answered: int


class Store:
    """The database. Every call opens, commits and closes it, so threads and processes need not know of one another.

    Args:
        path: the file; it and its folder appear when first needed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=30, isolation_level="IMMEDIATE")) as database:
                database.row_factory = sqlite3.Row
                database.execute("PRAGMA foreign_keys = ON")
                database.executescript(TABLES)
                with database:
                    yield database
        except (sqlite3.Error, OSError) as error:
            raise GanappsError(
                f"The studies in '{self.path}' cannot be read or written ({error}); "
                "set GANAPPS_STUDIES to a folder that can be."
            ) from error

    def add(self, plan: dict[str, Any]) -> str:
        """Keep a new study (any JSON) and return its id."""
        study = secrets.token_hex(4)
        with self._open() as database:
            day = datetime.now(UTC).date().isoformat()
            database.execute("INSERT INTO studies VALUES (?, ?, ?)", (study, day, json.dumps(plan)))
        return study

    def plan(self, study: str) -> dict[str, Any]:
        """The plan of a study. Raises GanappsError when there is none of that id."""
        with self._open() as database:
            row = database.execute("SELECT plan FROM studies WHERE id = ?", (study,)).fetchone()
        if row is None:
            raise GanappsError(f"There is no study '{study}' (any more).")
        return json.loads(row["plan"])

    def has(self, study: str) -> bool:
        """Whether there is a study of that id."""
        return study in [entry["id"] for entry in self.studies()]

    def studies(self) -> list[dict[str, Any]]:
        """All studies, newest first: id, day, plan, people (how many began)."""
        with self._open() as database:
            rows = database.execute(
                "SELECT id, day, plan, (SELECT COUNT(*) FROM sessions WHERE study = id) AS people "
                "FROM studies ORDER BY studies.rowid DESC"
            ).fetchall()
        return [dict(row) | {"plan": json.loads(row["plan"])} for row in rows]

    def remove(self, study: str) -> None:
        """Forget a study with all its answers."""
        with self._open() as database:
            database.execute("DELETE FROM studies WHERE id = ?", (study,))

    def join(self, study: str) -> Session:
        """A new participant. Raises GanappsError when there is no such study."""
        self.plan(study)
        token = secrets.token_urlsafe(12)
        with self._open() as database:
            query = "SELECT COALESCE(MAX(participant), 0) + 1 FROM sessions WHERE study = ?"
            database.execute("BEGIN IMMEDIATE")
            number = database.execute(query, (study,)).fetchone()[0]
            database.execute("INSERT INTO sessions VALUES (?, ?, ?)", (token, study, number))
        return Session(token, study, number, 0)

    def session(self, token: str) -> Session | None:
        """The participant with that token, or None."""
        with self._open() as database:
            row = database.execute(
                "SELECT token, study, participant, (SELECT COUNT(chose_left) FROM trials WHERE "
                "trials.token = sessions.token) AS answered FROM sessions WHERE token = ?",
                (token,),
            ).fetchone()
        return Session(**row) if row else None

    def shown(self, token: str, trial: int) -> None:
        """Note that a pair was given to a participant's browser, once more."""
        with self._open() as database:
            database.execute(
                "INSERT INTO trials (token, trial, views) VALUES (?, ?, 1) "
                "ON CONFLICT DO UPDATE SET views = views + (chose_left IS NULL)",
                (token, trial),
            )

    def answer(
        self,
        token: str,
        trial: Trial,
        chose_left: bool,
        shown_ms: float | None = None,
        answered_ms: float | None = None,
    ) -> bool:
        """Keep an answer: which side was called real, how long the pair was on the screen, when the answer came.

        False, and nothing is kept, when it is not the participant's turn for this pair: a second click, a second tab.
        """
        fooled = trial.fooled(chose_left)
        sides = (int(trial.real_left), int(chose_left), int(fooled))
        values = (trial.kind, trial.real, trial.fake, *sides, shown_ms, answered_ms)
        with self._open() as database:
            database.execute("BEGIN IMMEDIATE")
            query = "SELECT COUNT(chose_left) FROM trials WHERE token = ?"
            if database.execute(query, (token,)).fetchone()[0] != trial.number:
                return False
            database.execute(
                "INSERT OR IGNORE INTO trials (token, trial, views) VALUES (?, ?, 1)", (token, trial.number)
            )
            names = ", ".join(f"{name} = ?" for name in COLUMNS[1:-1])
            database.execute(f"UPDATE trials SET {names} WHERE token = ? AND trial = ?", (*values, token, trial.number))
        return True

    def answers(self, study: str) -> list[dict[str, Any]]:
        """All answers to a study by participant and pair: participant and COLUMNS; sides and ``fooled`` are booleans."""
        with self._open() as database:
            rows = database.execute(
                f"SELECT participant, {', '.join(COLUMNS)} FROM trials JOIN sessions USING (token) "
                "WHERE study = ? AND chose_left IS NOT NULL ORDER BY participant, trial",
                (study,),
            ).fetchall()
        flags = ("real_left", "chose_left", "fooled")
        return [dict(row) | {name: bool(row[name]) for name in flags} for row in rows]
