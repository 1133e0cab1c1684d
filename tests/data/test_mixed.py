"""Data sets with different attributes as one: unknown labels are 0, every row says where it is from, the order holds."""

import numpy as np
import pytest
from PIL import Image

from ganapps.data import catalogue
from ganapps.data.mixed import parts
from ganapps.data.pipeline import batches
from ganapps.errors import UsageError


@pytest.fixture
def folders(tmp_path):
    """Two folders of pictures, grey level and attributes known: reds know `red` and `round`, blues know `blue`."""
    for name, header, row, colour in (("reds", "red,round", "1,{}", (200, 0, 0)), ("blues", "blue", "{}", (0, 0, 200))):
        (tmp_path / name).mkdir()
        lines = [f"file,{header}"]
        for number in range(8):
            Image.new("RGB", (16, 16), (*colour[:1], number * 10, colour[2])).save(tmp_path / name / f"{number}.png")
            lines.append(f"{number}.png,{row.format(number % 2)}")
        (tmp_path / name / "attributes.csv").write_text("\n".join(lines))
    return f"mixed:folder:{tmp_path}/reds+folder:{tmp_path}/blues"


def test_the_card_tells_whose_attributes_are_whose():
    card = catalogue.describe("mixed:faces:know=hair,n=40+faces:know=face,seed=1,n=20")
    assert card.vocabularies == (9, 8) and len(card.attributes) == 17
    assert card.attributes[0] == "black hair" and card.attributes[9] == "glasses"
    assert card.sizes == {"train": 60, "test": 12} and card.resolution == 64 and "dataset_id" in card.fields


def test_rows_keep_their_labels_and_the_rest_is_zero(folders):
    source = catalogue.open(folders, resolution=16)
    assert source.info.attributes == ("red", "round", "blue") and source.info.vocabularies == (2, 1)
    total = source.streams["main"]
    rows = source.take("main", np.arange(total))
    first = rows["dataset_id"] == 0
    assert 0 < first.sum() < total and rows["dataset_id"].dtype == np.int32
    red = rows["image"][..., 0].mean((1, 2)) > 0
    np.testing.assert_array_equal(red, first)
    assert (rows["attributes"][first, 2] == 0).all() and (rows["attributes"][~first, :2] == 0).all()
    assert (rows["attributes"][first, 0] == 1).all() and 0 < rows["attributes"][~first, 2].mean() < 1
    some = source.take("main", np.array([total - 1, 0, total - 1]))
    for name, values in some.items():
        np.testing.assert_array_equal(values, rows[name][[total - 1, 0, total - 1]])


def test_batches_hold_both_and_are_the_same_each_time(folders):
    source = catalogue.open(folders, resolution=16)

    def drawn(start):
        found = list(batches(source, 6, seed=3, start_step=start).take(3 - start).as_numpy_iterator())
        return found

    first, again, later = drawn(0), drawn(0), drawn(2)
    for name in ("image", "attributes", "dataset_id"):
        np.testing.assert_array_equal(first[2][name], again[2][name])
        np.testing.assert_array_equal(first[2][name], later[0][name])
    assert {0, 1} == set(np.concatenate([batch["dataset_id"] for batch in first]))


def test_faces_that_know_a_part(monkeypatch, tmp_path):
    monkeypatch.setenv("GANAPPS_CACHE", str(tmp_path))
    index = np.arange(10)
    whole, hair = (catalogue.open(f"faces:n=10{know}", resolution=32) for know in ("", ",know=hair"))
    columns = [whole.info.attributes.index(name) for name in hair.info.attributes]
    expected = whole.take("main", index)["attributes"][:, columns]
    np.testing.assert_array_equal(hair.take("main", index)["attributes"], expected)
    mixed = catalogue.open("mixed:faces:n=10,know=hair+faces:n=10,know=face", resolution=32)
    np.testing.assert_array_equal(mixed.take("main", index)["attributes"][:, :9], expected)
    np.testing.assert_array_equal(mixed.take("main", index)["image"], whole.take("main", index)["image"])


def test_a_plus_sign_separates_where_a_name_follows():
    assert parts("folder:/a+b+faces:n=10,know=hair+tfds:celeb_a") == [
        "folder:/a+b",
        "faces:n=10,know=hair",
        "tfds:celeb_a",
    ]


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ("mixed:faces", "names one data set; write mixed:SPEC.SPEC"),
        ("mixed:faces+digits", "'digits' cannot be mixed: it has no 'attributes'"),
        ("mixed:faces+faces:seed=1", "Two of the mixed sets have an attribute 'black hair'"),
        ("mixed:faces:know=hair+faces:know=fce", "Did you mean 'face'"),
    ],
)
def test_what_cannot_be_mixed_is_said(spec, told):
    with pytest.raises(UsageError, match=told):
        catalogue.describe(spec)
