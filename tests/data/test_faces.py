"""The rendered faces: exact edits, one pose for everything, annotations that fit the pictures, and a cache that holds."""

import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import binary_dilation, binary_erosion

from ganapps.data import catalogue
from ganapps.data.faces import build, render_attributes, svg, with_attribute, with_choice, worker
from ganapps.data.faces.canvas import PARTS, canvas_shape
from ganapps.data.faces.captions import LONGEST, WORDS, caption_of, tokens_of
from ganapps.data.faces.dataset import PALETTE
from ganapps.data.faces.identity import identity_of
from ganapps.data.faces.pose import KEYPOINTS, MIRROR
from ganapps.data.faces.render import painted_layers, render_face, scale_for
from ganapps.data.faces.second import STYLES, draw_style
from ganapps.data.faces.vocabulary import (
    ATTRIBUTES,
    CLASSES,
    COLOURS,
    GROUPS,
    KNOWN,
    LIKELIHOOD,
    attributes_of,
    choice,
    draw_choices,
    label_of,
)
from ganapps.data.pipeline import arrays
from ganapps.data.source import from_model_range
from ganapps.errors import GanappsError, UsageError

SPEC = "faces:n=40,style_b=voxel-art"
# Where a change of one choice may show: the layers that draw it, and how far (in pixels of 64) their shadows reach.
REACH = {
    "hair": (("hair",), 5),
    "hair_colour": (("hair", "beard"), 1),
    "skin": (("skin", "nose", "mouth"), 1),
    "glasses": (("glasses",), 3),
    "beard": (("beard",), 4),
    "mouth": (("mouth",), 1),
    "eyes": (("eyes",), 1),
    "brows": (("brows",), 1),
    "hat": (("hat", "hair"), 7),
    "clothes": (("clothes",), 3),
    "clothes_colour": (("clothes",), 1),
}


@pytest.fixture(autouse=True, scope="module")
def faces_cache(tmp_path_factory):
    """One set of 40 and 8 faces for this file, away from the user's own cache."""
    folder = tmp_path_factory.mktemp("faces")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GANAPPS_CACHE", str(folder))
        yield folder


@pytest.fixture(scope="module")
def rows():
    source = catalogue.open(SPEC)
    return source.take("main", np.arange(source.streams["main"]))


def _twins(count, seed, group):
    """Faces and what they are with another choice in one group, each with the number of an identity."""
    for number, face in enumerate(draw_choices(count, seed)):
        if group != "hat":
            face = with_choice(face, "hat", "none")
        others = [variant for variant in GROUPS[group] if variant != choice(face, group)]
        yield number, face, with_choice(face, group, others[number % len(others)])


def _drawn_by(parts, face, number, least):
    """Which share of each pixel (64, 64) of 0 to 255 these parts cover by more than ``least``, seen or hidden."""
    person, scale = identity_of(number), scale_for(64)
    canvas = np.zeros(canvas_shape(scale), np.uint8)
    for layer, _ in painted_layers(face, person, scale):
        if PARTS[layer.part] in parts:
            canvas[layer.window] |= np.where(layer.alpha > least, 255, 0).astype(np.uint8)
    return person.pose.picture(canvas, 64, scale)


@pytest.mark.parametrize("group", REACH)
def test_changing_one_choice_leaves_the_rest_of_the_picture_unchanged(group):
    parts, reach = REACH[group]
    for number, face, twin in _twins(6, 5, group):
        before, after = (from_model_range(render_attributes(vector, number)) for vector in (face, twin))
        drawn = np.maximum(*(_drawn_by(parts, vector, number, 0) for vector in (face, twin))) > 0
        may_change = binary_dilation(drawn, np.ones((3, 3)), iterations=reach)
        np.testing.assert_array_equal(before[~may_change], after[~may_change])
        assert (~may_change).mean() > 0.1


def test_changing_the_background_leaves_the_figure_unchanged():
    for number, face, twin in _twins(12, 5, "background"):
        before, after = (from_model_range(render_attributes(vector, number)) for vector in (face, twin))
        figure = _drawn_by(PARTS, face, number, 0.5) == 255  # no hole between hair and neck, however small
        figure = binary_erosion(figure, np.ones((3, 3)), border_value=1)
        assert figure.mean() > 0.2
        np.testing.assert_array_equal(before[figure], after[figure])


def test_changing_what_is_seen_changes_the_picture():
    for group in set(GROUPS) - {"eyes", "hair_colour"}:  # dark glasses and hats hide these
        for number, face, twin in _twins(3, 5, group):
            assert not np.array_equal(render_attributes(face, number), render_attributes(twin, number)), group


@pytest.mark.parametrize("group, part", [("clothes_colour", "clothes"), ("background", "background")])
def test_segmentation_is_where_the_part_is(group, part):
    """Another colour changes the part's pixels and no others; the label map was not used to draw it."""
    for number, face in enumerate(draw_choices(6, seed=6)):
        face = with_choice(face, "clothes", "shirtCrewNeck")  # of one colour all over
        colours = COLOURS[group]
        far = np.argmax(
            [abs(int(code[1:3], 16) - int(colours[face[list(GROUPS).index(group)]][1:3], 16)) for code in colours]
        )
        twin = with_choice(face, group, GROUPS[group][far])
        before, after = (render_attributes(vector, number, 128) for vector in (face, twin))
        changed = np.abs(before - after).max(-1) > 0.02
        labelled = render_face(face, number, 128)["segmentation"] == PARTS.index(part)
        assert (changed & labelled).sum() / (changed | labelled).sum() > 0.9


def test_one_pose_for_pixels_labels_and_points():
    """A spot put on the canvas is found where the matrix says, in the picture and in the label map."""
    spot = np.array([[180.0, 90.0]])
    for number in range(8):
        pose = identity_of(number).pose
        canvas = np.zeros(canvas_shape(1.0), np.uint8)
        canvas[86:94, 176:184] = 200
        x, y = pose.points(spot)[0] * 128
        for seen, times in ((pose.picture(canvas, 128, 1.0), 1), (pose.labels(canvas, 128, 1.0), 2)):
            weights = seen / seen.sum()
            centres = (np.arange(len(seen)) + 0.5) / times
            assert (weights.sum(0) * centres).sum() == pytest.approx(x, abs=0.3)
            assert (weights.sum(1) * centres).sum() == pytest.approx(y, abs=0.3)


def test_poses_differ_and_stay_in_bounds():
    poses = [identity_of(number).pose for number in range(50)]
    centres = np.array([pose.points(np.array([[140.0, 130.0]]))[0] for pose in poses])
    assert centres.std(0).min() > 0.01 and np.abs(centres - 0.5).max() < 0.05
    turns = [np.arctan2(pose.matrix[1, 0], pose.matrix[0, 0]) for pose in poses]
    assert np.std(turns) > 0.03 and np.abs(turns).max() < 0.17


def test_key_points_and_box_fit_the_segmentation(rows):
    expected = {"nose": "nose", "left eye": "eyes", "right eye": "eyes"}
    for part, label in expected.items():
        points = rows["keypoints"][:, list(KEYPOINTS).index(part)]
        at = np.clip((points[:, :2] * 64).astype(int), 0, 63)
        found = rows["segmentation"][np.arange(len(at)), at[:, 1], at[:, 0]]
        open_eyes = np.array([choice(face, "eyes") in ("open", "wide") for face in rows["choices"]])
        seen = (points[:, 2] == 1) & (open_eyes if label == "eyes" else True)
        assert seen.sum() >= 10 and (found[seen] == PARTS.index(label)).mean() > 0.9
    for box, labels in zip(rows["boxes"][:, 0], rows["segmentation"], strict=True):
        x, y, width, height = box * 64
        inside = labels[int(y) : int(y + height), int(x) : int(x + width)]
        for label in ("eyes", "nose", "mouth"):
            assert (inside == PARTS.index(label)).sum() == (labels == PARTS.index(label)).sum()
    visible = rows["keypoints"][:, 0, 2]
    dark = np.array([choice(face, "glasses") in ("sunglasses", "wayfarers") for face in rows["choices"]])
    assert dark.any() and not visible[dark].any(), "eyes behind dark glasses cannot be seen"
    assert [MIRROR[part] for part in MIRROR] == list(range(len(KEYPOINTS)))


def test_normals_are_unit_vectors_of_a_rounded_figure(rows):
    normals, mask = rows["normals"], rows["normals_mask"][..., 0] > 0
    np.testing.assert_allclose(np.linalg.norm(normals, axis=-1), 1, atol=0.02)
    assert (mask == (rows["segmentation"] > 0)).mean() > 0.98
    for face, labels in zip(normals, rows["segmentation"], strict=True):
        down, right = np.nonzero(labels == PARTS.index("skin"))
        shown = face[down, right]
        middle = right.mean()
        assert shown[right > middle + 6, 0].mean() > 0.1 > -0.1 > shown[right < middle - 6, 0].mean()
        crown = face[labels > 0][:40]
        assert crown[:, 1].mean() > 0.2, "the top of the head faces up"


def test_sketch_shows_shapes_and_no_colours():
    for number, face in enumerate(draw_choices(4, seed=8)):
        twin = face
        for group in COLOURS:
            twin = with_choice(twin, group, GROUPS[group][(face[list(GROUPS).index(group)] + 1) % len(GROUPS[group])])
        first, second = (render_face(vector, number, 64)["sketch"] for vector in (face, twin))
        np.testing.assert_array_equal(first, second)
        assert 0.02 < (first < 128).mean() < 0.3
        other = with_choice(face, "mouth", "sad" if choice(face, "mouth") != "sad" else "smile")
        assert not np.array_equal(first, render_face(other, number, 64)["sketch"])


def test_garment_is_the_same_whoever_wears_it():
    face = draw_choices(1, seed=9)[0]
    alike = with_choice(with_choice(face, "hair_colour", "pink"), "skin", "dark")
    first, second = (render_face(vector, 3, 64)["garment"] for vector in (face, alike))
    np.testing.assert_array_equal(first, second)
    assert (first[:12] == 255).all(), "white above the garment"
    shapes = [(render_face(face, number, 64)["garment"] < 255).any(-1) for number in (3, 4)]
    assert (shapes[0] == shapes[1]).mean() > 0.99, "no pose"


@pytest.mark.parametrize("style", STYLES)
def test_second_styles_follow_the_choices(style):
    face = with_choice(draw_choices(1, seed=9)[0], "hair_colour", "black")
    face = with_choice(with_choice(face, "hat", "none"), "glasses", "none")
    drawn = [draw_style(style, vector, identity_of(1), 64) for vector in draw_choices(20, seed=9)]
    assert len(np.unique(np.array(drawn).reshape(20, -1), axis=0)) == 20
    pink = draw_style(style, with_choice(face, "hair_colour", "pink"), identity_of(1), 64)
    changed = (draw_style(style, face, identity_of(1), 64) != pink).any(-1)
    assert 0.02 < changed.mean() < 0.6
    for group in ("mouth", "eyes", "clothes_colour", "background", "skin"):
        other = with_choice(face, group, next(v for v in reversed(GROUPS[group]) if v != choice(face, group)))
        assert not np.array_equal(
            draw_style(style, other, identity_of(1), 64), draw_style(style, face, identity_of(1), 64)
        )


@pytest.mark.parametrize("group", GROUPS)
def test_every_variant_draws_and_looks_different(group):
    face = draw_choices(1, seed=1)[0]
    for plain in ("hat", "glasses", "beard"):
        face = with_choice(face, plain, "none")
    pictures = [render_attributes(with_choice(face, group, variant), 2).tobytes() for variant in GROUPS[group]]
    assert len(set(pictures)) == len(GROUPS[group])


def test_draws_are_distinct_and_start_alike():
    many = draw_choices(3000, seed=0)
    assert len(np.unique(many, axis=0)) == 3000
    np.testing.assert_array_equal(draw_choices(100, seed=0), many[:100])
    assert not np.array_equal(draw_choices(100, seed=1), many[:100])
    for column, (group, variants) in enumerate(GROUPS.items()):
        share = np.bincount(many[:, column], minlength=len(variants)) / 3000
        np.testing.assert_allclose(share, LIKELIHOOD.get(group, 1 / len(variants)), atol=0.03)


def test_attributes_can_be_set_one_at_a_time():
    face = draw_choices(1, seed=1)[0]
    for plain in ("hat", "beard"):
        face = with_choice(face, plain, "none")
    for index, name in enumerate(ATTRIBUTES):
        for on in (True, False):
            edited = with_attribute(face, name, on)
            assert attributes_of(edited)[index] == on, name
            assert (edited != face).sum() <= 1
    hatted = with_attribute(with_attribute(face, "black hair", True), "hat", True)
    assert not attributes_of(hatted)[: len(CLASSES)].any() and CLASSES[label_of(hatted)] == "hat"


def test_captions_say_what_is_there():
    longest = 0
    for number, face in enumerate(draw_choices(1500, seed=2)):
        caption = caption_of(face, number)
        tokens, length = tokens_of(caption)
        assert " ".join(WORDS[token] for token in tokens[:length]) == caption.replace(",", "")
        assert (tokens[length:] == 0).all() and (tokens[:length] > 0).all()
        held = dict(zip(ATTRIBUTES, attributes_of(face), strict=True))
        if not held["hat"]:
            assert f"{choice(face, 'hair_colour')} hair" in caption
        for name, word in (
            ("glasses", "glasses"),
            ("sunglasses", "sunglasses"),
            ("moustache", "moustache"),
            ("beard", "beard"),
        ):
            assert held[name] == (word in caption), caption
        longest = max(longest, length)
    assert longest <= LONGEST


def test_card_and_source_agree(rows):
    card, source = catalogue.describe(SPEC), catalogue.open(SPEC)
    assert source.streams["main"] == card.sizes["train"] == 40
    assert catalogue.open(SPEC, "test").streams["main"] == card.sizes["test"] == 8
    assert set(rows) | {"b_neg"} == set(card.fields) == set(source.info.fields)
    for name, field in card.fields.items() - {("b_neg", card.fields["b_neg"])}:
        assert rows[name].shape[1:] == field.shape
        assert rows[name].dtype == (object if field.dtype == "string" else field.dtype)
    for name in ("image", "sketch", "garment", "style_b", "a", "b"):
        assert rows[name].min() >= -1 and rows[name].max() <= 1
        assert len(np.unique(rows[name].reshape(40, -1), axis=0)) == 40
    np.testing.assert_array_equal(rows["label"], [label_of(face) for face in rows["choices"]])
    np.testing.assert_array_equal(rows["attributes"], [attributes_of(face) for face in rows["choices"]])
    assert set(np.unique(rows["segmentation"])) == set(range(len(PARTS)))


def test_rows_can_be_drawn_again_from_choices_and_identity(rows):
    for row in (0, 7, 39):
        again = render_attributes(rows["choices"][row], int(rows["identity"][row]))
        np.testing.assert_array_equal(again, rows["image"][row])


def test_splits_share_no_face(rows):
    source = catalogue.open(SPEC, "test")
    test = source.take("main", np.arange(8))
    everyone = np.concatenate([rows["choices"], test["choices"]])
    assert len(np.unique(everyone, axis=0)) == 48
    assert not set(rows["identity"]) & set(test["identity"])


def test_paired_view_by_option(rows):
    source = catalogue.open("faces:n=40,a=segmentation,b=style_b,style_b=flat", channels=3)
    pairs = source.take("main", np.arange(40))
    np.testing.assert_array_equal(from_model_range(pairs["a"]), PALETTE[rows["segmentation"]])
    np.testing.assert_array_equal(pairs["b"], pairs["style_b"])
    np.testing.assert_array_equal(pairs["image"], rows["image"])
    assert not np.array_equal(pairs["style_b"], rows["style_b"])


def test_a_second_style_is_drawn_where_asked_for_alone(monkeypatch, rows, tmp_path):
    monkeypatch.setenv("GANAPPS_CACHE", str(tmp_path))
    plain = catalogue.open("faces:n=10", "test", 32)
    assert "style_b" not in plain.info.fields and "style_b" not in catalogue.describe("faces:n=10").fields
    assert [folder.name for folder in tmp_path.glob("*/*/*")] == ["faces-32px"]
    asked = catalogue.open("faces:n=10,b=style_b", "test", 32).take("main", np.arange(2))
    named = catalogue.open("faces:n=10,style_b=voxel-art", "test", 32).take("main", np.arange(2))
    np.testing.assert_array_equal(asked["b"], named["style_b"])


def test_unpaired_view_shows_different_people(rows):
    spec = f"{SPEC},a=image,b=style_b,unpaired"
    source, card = catalogue.open(spec), catalogue.describe(spec)
    assert source.streams == {"a": 20, "b": 20} and card.sizes["train"] == 20
    assert source.info.paired is False and set(source.info.fields) == set(card.fields) == {
        "a",
        "b",
        "label",
        "attributes",
    }
    first, second = (source.take(stream, np.arange(20)) for stream in "ab")
    np.testing.assert_array_equal(first["a"], rows["image"][0::2])
    np.testing.assert_array_equal(first["label"], rows["label"][0::2])
    np.testing.assert_array_equal(first["attributes"], rows["attributes"][0::2])
    np.testing.assert_array_equal(second["b"], rows["style_b"][1::2])
    few, told = catalogue.open(f"{spec},know=hair"), catalogue.describe(f"{spec},know=hair").attributes
    assert told == KNOWN["hair"] and few.take("a", np.arange(20))["attributes"].shape == (20, len(told))
    pairs = catalogue.open(spec, "test")
    assert pairs.info.paired is True and {"a", "b", "segmentation"} <= set(pairs.info.fields)


def test_the_field_image_may_show_something_else(rows):
    """So that a second set, of the same attributes, is in another style."""
    shown = arrays(catalogue.open(f"{SPEC},image=style_b"), 40, seed=0)
    plain = arrays(catalogue.open(SPEC), 40, seed=0)
    np.testing.assert_array_equal(shown["image"], plain["style_b"])
    for field in ("style_b", "a", "b", "attributes"):
        np.testing.assert_array_equal(shown[field], plain[field])
    with pytest.raises(UsageError, match="cannot show 'attributes'"):
        catalogue.describe("faces:image=attributes")


def test_domains_by_attribute(rows):
    """Training: faces without and with it, as many as there are. Test: a face, and the same face drawn with it."""
    spec = f"{SPEC},attribute=glasses"
    card, source, place = catalogue.describe(spec), catalogue.open(spec), ATTRIBUTES.index("glasses")
    has = rows["attributes"][:, place] > 0
    assert source.streams == {"a": (~has).sum(), "b": has.sum()} and 0 < has.sum() < 40
    assert card.attributes == source.info.attributes == ("glasses",) and source.info.paired is False
    assert set(source.info.fields) == set(card.fields) == {"a", "b"}
    for stream, which in (("a", ~has), ("b", has)):
        given = source.take(stream, np.arange(source.streams[stream]))[stream]
        np.testing.assert_array_equal(given, rows["image"][which])
    test = catalogue.open(spec, "test")
    assert test.info.paired is True
    pairs = test.take("main", np.arange(test.streams["main"]))
    for choices, identity, before, after in zip(
        *(pairs[key] for key in ("choices", "identity", "a", "b")), strict=True
    ):
        assert not attributes_of(choices)[place]
        np.testing.assert_allclose(before, render_attributes(choices, int(identity)), atol=1 / 127)
        edited = with_attribute(choices, "glasses", True)
        np.testing.assert_allclose(after, render_attributes(edited, int(identity)), atol=1 / 127)
    with pytest.raises(UsageError, match=r"no attribute 'glases'\. Did you mean 'glasses'"):
        catalogue.describe("faces:attribute=glases")


def test_negatives_are_garments_of_another_kind_or_colour():
    source = catalogue.open("faces:n=40,a=image,b=garment")
    rows = source.take("main", np.arange(40))
    worn = [(choice(face, "clothes"), choice(face, "clothes_colour")) for face in rows["choices"]]
    assert len(set(worn)) < 40, "some wear the same"
    assert [[p == q for p in source.items] for q in source.items] == [[p == q for p in worn] for q in worn]
    numbers = {picture.tobytes(): row for row, picture in enumerate(rows["b"])}
    for seed in range(10):
        drawn = arrays(source, 40, seed, fields=("a", "b", "b_neg"))
        assert set(drawn) == {"a", "b", "b_neg"} and drawn["b_neg"].dtype == np.float32
        for own, other in zip(drawn["b"], drawn["b_neg"], strict=True):
            assert worn[numbers[own.tobytes()]] != worn[numbers[other.tobytes()]]
    assert catalogue.open("faces:n=40").items is None, "another person is enough where b is a person"


def test_unpaired_faces_have_no_negatives():
    spec = f"{SPEC},a=image,b=garment,unpaired"
    assert "b_neg" not in catalogue.describe(spec).fields | catalogue.open(spec).info.fields
    assert "b_neg" in catalogue.open(spec, "test").info.fields


def test_grey_and_other_sizes():
    source = catalogue.open("faces:n=10", resolution=32, channels=1)
    shown = source.take("main", np.arange(10))
    assert shown["image"].shape == shown["a"].shape == shown["sketch"].shape == (10, 32, 32, 1)
    assert shown["normals"].shape == (10, 32, 32, 3) and shown["segmentation"].shape == (10, 32, 32)
    assert source.info.channels == 1 and source.info.resolution == 32


def test_processes_draw_what_one_process_draws(monkeypatch, tmp_path, rows):
    monkeypatch.setenv("GANAPPS_CACHE", str(tmp_path))
    monkeypatch.setattr(build, "ROWS_WORTH_A_PROCESS", 8)
    monkeypatch.setattr(build.os, "cpu_count", lambda: 2)
    again = catalogue.open(SPEC).take("main", np.arange(40))
    for name, values in rows.items():
        np.testing.assert_array_equal(again[name], values)
    assert not list(tmp_path.rglob("*.part"))


def test_a_process_that_dies_leaves_an_error_and_no_set(monkeypatch, tmp_path):
    monkeypatch.setenv("GANAPPS_CACHE", str(tmp_path))
    monkeypatch.setattr(build, "ROWS_WORTH_A_PROCESS", 8)
    monkeypatch.setattr(build.os, "cpu_count", lambda: 2)
    script = tmp_path / "python"
    script.write_text("#!/bin/sh\necho 'out of memory' >&2\nexit 1\n")
    script.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(script))
    with pytest.raises(GanappsError, match="failed: out of memory"):
        catalogue.open(SPEC)
    assert not [path for path in tmp_path.rglob("*") if path.suffix in (".npy", ".part")]


def test_blank_drawings_are_noticed(monkeypatch):
    """With its transform column by column resvg draws nothing, and says nothing."""
    monkeypatch.setattr(svg, "IDENTITY", (1.0, 0.0, 0.0, 1.0, 0.0, 0.0))
    with pytest.raises(GanappsError, match="blank"):
        draw_style("flat", draw_choices(1, seed=0)[0], identity_of(0), 64)


def test_faces_drawn_alike_are_noticed(monkeypatch, tmp_path):
    monkeypatch.setenv("GANAPPS_CACHE", str(tmp_path))
    same = render_face(draw_choices(1, seed=0)[0], 0, 64)
    monkeypatch.setattr(worker, "draw", lambda *_: same)
    with pytest.raises(GanappsError, match="drawn alike in 'image'"):
        catalogue.open(SPEC)
    assert not list(tmp_path.rglob("*.npy"))


@pytest.mark.parametrize(
    "spec, told",
    [
        ("faces:n=many", "n=many is not a whole number"),
        ("faces:n=3", "at least 10"),
        ("faces:style_b=voxelart", "Did you mean 'voxel-art'"),
        ("faces:a=scetch", "Did you mean 'sketch'"),
    ],
)
def test_wrong_options_are_named(spec, told):
    for attempt in (catalogue.describe, catalogue.open):
        with pytest.raises(UsageError, match=told):
            attempt(spec)


def test_other_user_errors(monkeypatch, tmp_path):
    with pytest.raises(UsageError, match="not at 100"):
        catalogue.open(SPEC, resolution=100)
    Path(tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("GANAPPS_CACHE", str(tmp_path / "file"))
    with pytest.raises(GanappsError, match="GANAPPS_CACHE"):
        catalogue.open(SPEC)
