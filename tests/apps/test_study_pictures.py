"""A study's pictures: any two folders, uploads, or a bundle that makes them; nothing but their content tells them apart."""

import json

import numpy as np
import pytest
from PIL import Image

from ganapps.edge import Bundle, fit_picture, read_card
from ganapps.errors import GanappsError
from shared.bundles import load
from study.pictures import Folder, Look, Made, Uploads, attributes_of, can_fake, common_shape, same_names
from study.plan import Plan, draft
from study.protocol import CHECK, Rules

RULES = Rules(scored=6, practice=2, checks=2)


def fill(folder, n, size=(40, 30), mode="RGB", start=0):
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(start, start + n):
        pixels = np.random.default_rng(i).integers(0, 256, (4, 4, 3)).astype(np.uint8)
        Image.fromarray(pixels).resize(size).convert(mode).save(folder / f"{i:03d}.png")
    return folder


def make(real, fake, **more):
    plan, skipped = draft("Title", RULES, real, fake, load, seed=3, **more)
    assert Plan.of(json.loads(json.dumps(plan.as_dict()))) == plan
    return plan, skipped


def test_two_folders(tmp_path):
    real, fake = fill(tmp_path / "real", 130), fill(tmp_path / "fake", 5, (24, 24), start=500)
    plan, skipped = make(Folder.at(real), {"from": "folder", "path": str(fake)})
    assert not skipped and plan.shape == (24, 24, 3) and len(plan.real["names"]) == 100 and len(plan.fake["names"]) == 5
    for trial in plan.trials(1):
        left, right = plan.pair(trial, load, {})
        one, other = (left, right) if trial.real_left else (right, left)
        np.testing.assert_array_equal(one, fit_picture(Image.open(real / trial.real), plan.shape))
        if trial.kind == CHECK:
            assert sorted(map(tuple, other.reshape(-1, 3))) == sorted(map(tuple, one.reshape(-1, 3)))
        else:
            np.testing.assert_array_equal(other, fit_picture(Image.open(fake / trial.fake), plan.shape))


def test_a_bundle_that_draws(tmp_path, bundles):
    plan, _ = make(
        Folder.at(fill(tmp_path, 8)), {"from": "bundle", "bundle": "digits", "attributes": [], "inputs": None}
    )
    assert plan.shape == (16, 16, 1) and len(plan.fake["names"]) == 100 and not plan.paired
    _, fakes = plan.sources(load, {})
    straight = Bundle(bundles / "digits").sample(1, seed=plan.seed + 13, label=3)[0]  # the 14th: a three
    np.testing.assert_array_equal(np.asarray(fakes.open("sample 14")), straight[..., 0])


def test_a_bundle_that_enlarges_makes_pairs(tmp_path, bundles):
    real = fill(tmp_path, 4, (300, 200))
    fake = {"from": "bundle", "bundle": "super-resolution", "attributes": [], "inputs": None}
    plan, _ = make(Folder.at(real), fake)
    assert plan.paired and plan.shape == (128, 128, 3)
    trial = plan.trials(1)[0]
    assert trial.real == trial.fake
    large = fit_picture(Image.open(real / trial.real), (128, 128, 3))
    straight = Bundle(bundles / "super-resolution").translate(fit_picture(large, (32, 32, 3)))
    left, right = plan.pair(trial, load, {})
    np.testing.assert_array_equal(right if trial.real_left else left, straight)


def test_a_bundle_that_edits(tmp_path, bundles):
    folder = fill(tmp_path, 6)
    fake = {"from": "bundle", "bundle": "face-editing/edit", "attributes": ["hat", "smile"], "inputs": None}
    plan, _ = make(Folder.at(folder), fake)
    asked = np.array([name in ("hat", "smile") for name in attributes_of(load("face-editing/edit").card)], np.float32)
    straight = Bundle(bundles / "face-editing/edit").translate(Image.open(folder / "002.png"), attributes=asked)
    np.testing.assert_array_equal(np.asarray(plan.sources(load, {})[1].open("002.png")), straight)


def test_a_bundle_that_translates_other_pictures(tmp_path, bundles):
    real, sketches = fill(tmp_path / "real", 6), fill(tmp_path / "sketches", 4, start=2)
    fake = {"from": "bundle", "bundle": "sketch-to-photo", "attributes": [], "inputs": str(sketches)}
    plan, _ = make(Folder.at(real), fake, by_name=True)
    assert plan.paired and plan.real["names"] == plan.fake["names"] == [f"{i:03d}.png" for i in range(2, 6)]
    straight = Bundle(bundles / "sketch-to-photo").translate(Image.open(sketches / "004.png"))
    np.testing.assert_array_equal(np.asarray(plan.sources(load, {})[1].open("004.png")), straight)


def test_uploads_live_in_memory_only(tmp_path):
    fake = {"from": "folder", "path": str(fill(tmp_path, 3))}
    pictures = {f"u{i}": Image.new("RGB", (20, 20), (i, 0, 0)) for i in range(3)}
    plan, _ = make(Uploads(pictures), fake)
    assert plan.real == {"from": "uploads", "names": ["u0", "u1", "u2"]}
    assert plan.pair(plan.trials(1)[0], load, pictures)[0].shape == (15, 20, 3)
    with pytest.raises(GanappsError, match="started anew"):
        plan.pair(plan.trials(1)[0], load, {})


def test_bad_files_are_left_out_and_named(tmp_path):
    real, fake = fill(tmp_path / "real", 3), fill(tmp_path / "fake", 3)
    (real / "zero.png").write_bytes(b"")
    (fake / "text.jpg").write_text("no picture")
    plan, skipped = make(Folder.at(real), {"from": "folder", "path": str(fake)})
    assert len(plan.real["names"]) == len(plan.fake["names"]) == 3
    assert len(skipped) == 2 and "zero.png" in skipped[0] and "text.jpg" in skipped[1]
    plan, _ = make(Folder.at(real), {"from": "folder", "path": str(fake)}, by_name=True)
    assert plan.real["names"] == plan.fake["names"] and len(plan.real["names"]) == 3


def test_transparent_and_grey_pictures(tmp_path):
    real = fill(tmp_path / "real", 2, mode="L")
    Image.new("RGBA", (30, 30), (255, 0, 0, 0)).save(real / "clear.png")
    plan, _ = make(Folder.at(real), {"from": "folder", "path": str(fill(tmp_path / "fake", 2, mode="L"))})
    assert plan.shape[2] == 1
    trial = next(trial for trial in plan.trials(1) if trial.real == "clear.png" and trial.kind != CHECK)
    assert plan.pair(trial, load, {})[0 if trial.real_left else 1].min() == 255  # on white


@pytest.mark.parametrize("wrong", ["empty", "missing", "unreadable", "nameless", "no_pairs"])
def test_what_cannot_be_is_a_sentence(tmp_path, wrong):
    real, fake, title, by_name = fill(tmp_path / "real", 3), fill(tmp_path / "fake", 3, start=9), "Title", False
    if wrong == "empty":
        fake = tmp_path / "empty"
        fake.mkdir()
    elif wrong == "missing":
        fake = tmp_path / "missing"
    elif wrong == "unreadable":
        fake = tmp_path / "bad"
        fake.mkdir()
        (fake / "a.png").write_text("x")
    elif wrong == "nameless":
        title = " "
    else:
        by_name = True
    with pytest.raises(GanappsError):
        draft(title, RULES, Folder.at(real), {"from": "folder", "path": str(fake)}, load, 0, by_name)


def test_a_picture_that_went_away(tmp_path):
    folder = fill(tmp_path, 3)
    plan, _ = make(Folder.at(folder), {"from": "folder", "path": str(folder)})
    for path in folder.iterdir():
        path.unlink()
    with pytest.raises(GanappsError, match="no longer in"):
        plan.pair(plan.trials(1)[0], load, {})


@pytest.mark.parametrize(
    ("real", "fake", "shape"),
    [
        ([Look(500, 400, False)], [Look(64, 64, False)], (64, 64, 3)),
        ([Look(500, 400, False)], [Look(600, 300, False), Look(400, 200, False)], (128, 256, 3)),
        ([Look(500, 400, False)], [Look(60, 30, False), Look(40, 50, False)], (30, 30, 3)),
        ([Look(20, 90, False)], [Look(64, 64, True)], (20, 20, 1)),
        ([Look(900, 900, False)], [Look(300, 600, False)], (256, 128, 3)),
        ([Look(3, 3, False)], [Look(9, 9, False)], (8, 8, 3)),
    ],
)
def test_common_shape(real, fake, shape):
    assert common_shape(real, fake) == shape


def test_same_names():
    assert same_names(["a/x.png", "y.png", "z.jpg"], ["z.png", "a/x.webp", "q.png"]) == [
        ("a/x.png", "a/x.webp"),
        ("z.jpg", "z.png"),
    ]


def test_which_bundles_can_fake(bundles):
    cards = {name: read_card(bundles / name) for name in ("digits", "face-editing/edit", "face-editing/attributes")}
    assert [can_fake(card) for card in cards.values()] == [True, True, False]
    assert len(Made(load("faces"), 1).names) == 100
