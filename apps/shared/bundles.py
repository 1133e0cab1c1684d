"""Finds the edge bundles beside the apps, and loads each once for all sessions."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import streamlit as st

from ganapps.edge import Bundle, read_card
from ganapps.errors import GanappsError, nearest

BESIDE = Path(__file__).resolve().parents[2] / "exports"
PHONE = "web"  # the phone page's folder in exports/, where nobody looks for bundles


def folder() -> Path:
    """Where the bundles lie: the environment's GANAPPS_EXPORTS, else exports/ beside apps/."""
    return Path(os.environ.get("GANAPPS_EXPORTS") or BESIDE)


def every() -> dict[str, Path]:
    """The folders that hold a card.json, sorted, by their path below `folder` ("map-satellite/a_to_b")."""
    root = folder()
    found = {path.parent.relative_to(root).as_posix(): path.parent for path in sorted(root.rglob("card.json"))}
    return {name: path for name, path in found.items() if name.split("/")[0] != PHONE and not name.startswith(".")}


def cards() -> dict[str, dict[str, Any]]:
    """The readable cards by the names of `every`; a bundle whose card is damaged is left out."""
    found = {}
    for name, path in every().items():
        try:
            found[name] = read_card(path)
        except GanappsError:
            continue
    return found


def having(signature: str | None = None, kinds: tuple[str, ...] = ()) -> list[str]:
    """Names of the bundles with this signature (None: any) and an input of each of these kinds.

    The kinds are "image", "latent", "label" and "attributes".
    """

    def fits(card: dict[str, Any]) -> bool:
        there = {spec["kind"] for spec in card["inputs"].values()}
        return signature in (None, card["signature"]) and there >= set(kinds)

    return [name for name, card in cards().items() if fits(card)]


def titles(names: Iterable[str]) -> dict[str, str]:
    """What people choose from, by name: each card's title, with the name where several have the same title.

    Streamlit takes choices that read the same for one.
    """
    there = cards()
    read = {name: there[name]["title"] for name in names}
    return {n: title if list(read.values()).count(title) == 1 else f"{title} ({n})" for n, title in read.items()}


def load(name: str, threads: int = 2) -> Bundle:
    """The bundle of that name, shared by all sessions; its calls wait for one another.

    Raises:
        GanappsError: there is none, or its card cannot be read.
    """
    known = every()
    if name not in known:
        raise GanappsError(f"There is no bundle '{name}' in {folder()}.{nearest(name, known)}")
    return _load(str(known[name]), (known[name] / "card.json").stat().st_mtime_ns, threads)


@st.cache_resource(show_spinner=False, max_entries=32)
def _load(path: str, changed: int, threads: int) -> Bundle:
    """``changed``, the time of the card, makes a bundle that was exported again a new one."""
    return Bundle(path, threads)
