"""Finding and loading bundles."""

import json
import shutil
from pathlib import Path

import pytest

from ganapps.errors import GanappsError
from shared import bundles as shared


def test_every_bundle_is_found_by_its_place(bundles):
    assert list(shared.every()) == [
        "digits",
        "face-editing/attributes",
        "face-editing/edit",
        "faces",
        "line-art-to-face",
        "sketch-to-photo",
        "super-resolution",
    ]
    assert shared.folder() == bundles and all((path / "card.json").is_file() for path in shared.every().values())


@pytest.mark.parametrize(
    ("signature", "kinds", "names"),
    [
        ("sample", (), ["digits", "faces"]),
        (None, ("latent", "label"), ["digits"]),
        ("edit", ("image", "attributes"), ["face-editing/edit"]),
        ("upscale", ("latent",), []),
        (None, ("attributes",), ["face-editing/edit"]),
    ],
)
def test_having(bundles, signature, kinds, names):
    assert shared.having(signature, kinds) == names


def test_load_gives_one_object_to_all(bundles):
    first = shared.load("digits")
    assert first is shared.load("digits") and first.sample(2, seed=1).shape == (2, 16, 16, 1) and first.threads == 2
    with pytest.raises(GanappsError, match=r"no bundle 'digitz' in .* Did you mean 'digits'\?"):
        shared.load("digitz")


def test_an_exported_again_bundle_is_loaded_again(bundles, tmp_path, monkeypatch):
    monkeypatch.setenv("GANAPPS_EXPORTS", str(tmp_path))
    copy = shutil.copytree(bundles / "digits", tmp_path / "mine")
    first = shared.load("mine")
    card = json.loads((copy / "card.json").read_text())
    (copy / "card.json").write_text(json.dumps(card | {"title": "Another"}))
    assert shared.load("mine") is not first and shared.load("mine").card["title"] == "Another"


def test_damaged_cards_and_missing_folders_are_left_out(bundles, tmp_path, monkeypatch):
    monkeypatch.setenv("GANAPPS_EXPORTS", str(tmp_path / "nowhere"))
    assert shared.every() == {} and shared.having() == []
    monkeypatch.setenv("GANAPPS_EXPORTS", str(tmp_path))
    for name in ("good", "broken", "web/copy", ".hidden/old"):
        shutil.copytree(bundles / "digits", tmp_path / name)
    (tmp_path / "broken" / "card.json").write_text("{")
    assert shared.having() == ["good"]
    with pytest.raises(GanappsError, match="is damaged"):
        shared.load("broken")


def test_the_shipped_bundles_are_the_default(monkeypatch):
    monkeypatch.delenv("GANAPPS_EXPORTS", raising=False)
    assert shared.folder() == Path(__file__).parents[2] / "exports"
