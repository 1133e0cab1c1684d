"""Folders as people have them: every layout, the splits, and the files that cannot be used."""

import logging
import os

import numpy as np
import pytest
from PIL import Image

from ganapps.data import catalogue, file_source
from ganapps.data.file_source import FileSource
from ganapps.data.folder_layout import Row, carve
from ganapps.data.pipeline import batches
from ganapps.errors import GanappsError, UsageError

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)


def picture(path, colour=RED, size=(12, 12)):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path)
    return path


def pictures(folder, count, colour=RED, size=(12, 12), suffix="png"):
    for i in range(count):
        picture(folder / f"{i:03}.{suffix}", colour, size)


def numbered(folder, count):
    """Pictures whose red level is their number."""
    for i in range(count):
        picture(folder / f"{i:03}.png", (i, 0, 0))


def everything(source, stream="main"):
    return source.take(stream, np.arange(source.streams[stream]))


def both(spec, **how):
    return [catalogue.open(spec, split, **how) for split in ("train", "test")]


def levels(source, stream="main", field="image", channel=0):
    return np.rint((everything(source, stream)[field][:, 0, 0, channel] + 1) * 127.5).astype(int)


def test_flat_pictures_are_found_below_too_and_split_without_overlap(tmp_path):
    numbered(tmp_path, 60)
    for i in range(60, 100):
        picture(tmp_path / "deep" / "er" / f"{i}.png", (i, 0, 0))
    train, test = both(f"folder:{tmp_path}")
    assert train.info.resolution == 12 and train.info.fields["image"].shape == (12, 12, 3)
    seen = [levels(source) for source in (train, test)]
    assert sorted(np.concatenate(seen)) == list(range(100))
    assert 3 <= len(seen[1]) <= 20
    assert catalogue.describe(f"folder:{tmp_path}").sizes == {"train": len(seen[0]), "test": len(seen[1])}


def test_the_split_does_not_move_when_pictures_are_added(tmp_path):
    numbered(tmp_path, 50)
    before = set(levels(catalogue.open(f"folder:{tmp_path}", "test")))
    for i in range(50, 80):
        picture(tmp_path / f"{i:03}.png", (i, 0, 0))
    after = set(levels(catalogue.open(f"folder:{tmp_path}", "test")))
    assert before == {level for level in after if level < 50}


@pytest.mark.parametrize("count", [2, 3, 5, 20])
def test_small_folders_have_both_splits(count):
    rows = [Row(f"{i}.png", ()) for i in range(count)]
    train, test = carve(rows, "train"), carve(rows, "test")
    assert train and test and len(train) + len(test) == count and not {r.key for r in train} & {r.key for r in test}


def test_one_picture_can_be_trained_on_but_not_held_out(tmp_path):
    picture(tmp_path / "only.png")
    assert catalogue.open(f"folder:{tmp_path}").streams == {"main": 1}
    with pytest.raises(GanappsError, match="too few pictures to hold any out for the test split"):
        catalogue.open(f"folder:{tmp_path}", "test")


def test_existing_train_and_test_folders_are_the_splits(tmp_path):
    pictures(tmp_path / "train", 5, RED)
    pictures(tmp_path / "val", 3, BLUE)
    train, test = both(f"folder:{tmp_path}")
    assert train.streams["main"] == 5 and test.streams["main"] == 3
    assert set(levels(train)) == {255} and set(levels(test)) == {0}


def test_a_class_may_be_called_train(tmp_path):
    for name in ("bus", "car", "train"):
        pictures(tmp_path / name, 4)
    card = catalogue.describe(f"folder:{tmp_path}")
    assert card.classes == ("bus", "car", "train")


def test_class_folders(tmp_path):
    for label, name in enumerate(("apple", "banana", "cherry")):
        pictures(tmp_path / name, 20, (label, 0, 0))
    (tmp_path / "notes.txt").write_text("not a picture, and not in a class")
    train, test = both(f"folder:{tmp_path}")
    assert train.info.classes == test.info.classes == ("apple", "banana", "cherry")
    for source in (train, test):
        rows = everything(source)
        assert rows["label"].dtype == np.int32
        np.testing.assert_array_equal(rows["label"], levels(source))
    assert train.streams["main"] + test.streams["main"] == 60
    assert set(catalogue.open(f"folder:{tmp_path},flat").info.fields) == {"image"}


def test_class_folders_below_train_and_test_share_their_labels(tmp_path):
    for split, names in (("train", "ab"), ("test", "bc")):
        for name in names:
            pictures(tmp_path / split / f"{name}{name}", 2, (ord(name), 0, 0))
    test = catalogue.open(f"folder:{tmp_path}", "test")
    assert test.info.classes == ("aa", "bb") and list(everything(test)["label"]) == [1, 1]
    assert test.skipped == ("cc: no such class in train",)


def test_attributes_from_a_table(tmp_path):
    for i in range(8):
        picture(tmp_path / "img" / f"{i}.png", (i, 0, 0))
    lines = [f"{i}.png,{i % 2},{'true' if i < 4 else 'false'},{20 + i}" for i in range(7)]
    head = "\ufefffilename,odd,small,age"
    (tmp_path / "attributes.csv").write_text("\n".join([head, *lines, "gone.png,1,1,1", "half,1"]), "utf-8")
    source = catalogue.open(f"folder:{tmp_path}")
    assert source.info.attributes == ("odd", "small") and source.info.fields["attributes"].shape == (2,)
    rows = everything(source)
    assert rows["attributes"].dtype == np.float32
    for level, (odd, small) in zip(levels(source), rows["attributes"], strict=True):
        assert (odd, small) == (level % 2, level < 4)
    text = "\n".join(source.skipped)
    assert "column age: holds '20'" in text and "gone.png: in attributes.csv, but no such file" in text
    assert "line 10: 2 columns, not 4" in text and "img/7.png: not in attributes.csv" in text


@pytest.mark.parametrize("suffix", ["txt", "csv"])
def test_attributes_in_the_layout_of_celeba(tmp_path, suffix):
    numbered(tmp_path / "img_align", 30)
    rows = [(f"{i:03}.png", 1 if i % 3 == 0 else -1, 1 if i % 2 else -1) for i in range(30)]
    if suffix == "txt":
        lines = ["30", "Smiling Young", *(f"{name}  {a:>2} {b:>2}" for name, a, b in rows)]
    else:
        lines = ["image_id,Smiling,Young", *(f"{name},{a},{b}" for name, a, b in rows)]
    (tmp_path / f"list_attr_celeba.{suffix}").write_text("\n".join(lines))
    source = catalogue.open(f"folder:{tmp_path}")
    assert source.info.attributes == ("Smiling", "Young") and source.skipped == ()
    expected = [(level % 3 == 0, level % 2 == 1) for level in levels(source)]
    np.testing.assert_array_equal(everything(source)["attributes"], expected)


def test_a_table_may_be_named_and_lie_elsewhere(tmp_path):
    pictures(tmp_path / "data", 4)
    (tmp_path / "my.csv").write_text("\ufeffbig;name\n" + "\n".join(f"{i % 2};{i:03}.png" for i in range(4)))
    for spec in (
        f"folder:{tmp_path}/data,attributes={tmp_path}/my.csv",
        f"folder:{tmp_path}/data,attributes=../my.csv",
    ):
        assert catalogue.describe(spec).attributes == ("big",)
    with pytest.raises(GanappsError, match="has no table of attributes"):
        catalogue.open(f"folder:{tmp_path}/data,attributes=none.csv")


@pytest.mark.parametrize("content", ["", "file,age\n000.png,31\n", "file,smiles\n"])
def test_a_table_without_attributes_is_named(tmp_path, content):
    pictures(tmp_path, 2)
    (tmp_path / "attributes.csv").write_text(content)
    with pytest.raises(GanappsError, match="has no column of 0 and 1"):
        catalogue.open(f"folder:{tmp_path}")


@pytest.mark.parametrize("names", [("A", "B"), ("a", "b"), ("trainA", "trainB")])
def test_two_domains_are_unpaired_streams(tmp_path, names):
    pictures(tmp_path / names[0], 12, RED)
    pictures(tmp_path / names[1], 30, BLUE)
    train, test = both(f"folder:{tmp_path}")
    assert train.info.paired is False and set(train.streams) == {"a", "b"}
    assert train.streams["a"] + test.streams["a"] == 12 and train.streams["b"] + test.streams["b"] == 30
    assert set(levels(train, "a", "a")) == {255} and set(levels(train, "b", "b")) == {0}
    batch = next(batches(train, batch_size=4, seed=0).as_numpy_iterator())
    assert batch["a"].shape == batch["b"].shape == (4, 12, 12, 3)


def test_the_test_domains_are_the_test_split(tmp_path):
    for name, count in (("trainA", 4), ("trainB", 5), ("testA", 2), ("testB", 3)):
        pictures(tmp_path / name, count)
    train, test = both(f"folder:{tmp_path}")
    assert train.streams == {"a": 4, "b": 5} and test.streams == {"a": 2, "b": 3}


def test_domains_below_train_and_test(tmp_path):
    for name, count in (("train/A", 4), ("train/B", 5), ("test/A", 2), ("test/B", 3)):
        pictures(tmp_path / name, count)
    train, test = both(f"folder:{tmp_path}")
    assert train.streams == {"a": 4, "b": 5} and test.streams == {"a": 2, "b": 3}


@pytest.mark.parametrize("how", ["marker", "option"])
def test_pairs_by_file_name(tmp_path, how):
    for i in range(20):
        picture(tmp_path / "a" / f"{i}.png", (i, 0, 0))
        picture(tmp_path / "b" / f"{i}.bmp", (0, 0, i))
    picture(tmp_path / "a" / "alone.png")
    if how == "marker":
        (tmp_path / "paired").touch()
    train, test = both(f"folder:{tmp_path}" + (",pairs" if how == "option" else ""))
    assert train.info.paired is True and train.streams["main"] + test.streams["main"] == 20
    for source in (train, test):
        np.testing.assert_array_equal(levels(source, field="a"), levels(source, field="b", channel=2))
        assert source.skipped == ("a/alone.png: no partner in b",)
    assert catalogue.describe(f"folder:{tmp_path},unpaired").paired is False


@pytest.mark.parametrize("budget", [file_source.MEMORY_BUDGET, 0])
def test_negatives_are_the_pictures_of_other_pairs(tmp_path, monkeypatch, budget):
    monkeypatch.setattr(file_source, "MEMORY_BUDGET", budget)
    for i in range(6):
        picture(tmp_path / "train" / "a" / f"{i}.png", (i, 0, 0))
        picture(tmp_path / "train" / "b" / f"{i}.png", (i, 0, 0))
    spec = f"folder:{tmp_path},pairs"
    source = catalogue.open(spec)
    assert set(catalogue.describe(spec).fields) == set(source.info.fields) == {"a", "b", "b_neg"}
    rows = source.streams["main"]
    (batch,) = batches(source, rows, seed=0, fields=("a", "b", "b_neg")).take(1).as_numpy_iterator()
    own, other = (batch[name][:, 0, 0, 0] for name in ("b", "b_neg"))
    assert len(set(own)) == rows and not np.equal(own, other).any()
    assert set(catalogue.open(f"folder:{tmp_path},unpaired").info.fields) == {"a", "b"}


def test_pairs_side_by_side_and_swapped(tmp_path):
    for i in range(6):
        image = Image.new("RGB", (40, 20), RED)
        image.paste(BLUE, (20, 0, 40, 20))
        image.save(tmp_path / f"{i}.png")
    source = catalogue.open(f"folder:{tmp_path},side_by_side")
    assert source.info.paired is True and source.info.resolution == 20
    rows = everything(source)
    assert np.all(rows["a"][..., 0] == 1) and np.all(rows["b"][..., 2] == 1)
    swapped = everything(catalogue.open(f"folder:{tmp_path},side_by_side,swap"))
    np.testing.assert_array_equal(swapped["b"], rows["a"])
    assert catalogue.describe(f"folder:{tmp_path}").paired is None


def test_unpaired_domains_swapped(tmp_path):
    pictures(tmp_path / "A", 3, RED)
    pictures(tmp_path / "B", 3, BLUE)
    assert set(levels(catalogue.open(f"folder:{tmp_path},swap"), "a", "a")) == {0}


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ("pairs", GanappsError, "no folders A and B"),
        ("unpaired", GanappsError, "no folders A and B"),
        ("attributes=x.csv", GanappsError, "no table of attributes"),
        ("flat,classes", UsageError, "choose one of flat, classes"),
        ("swap", UsageError, "Only two domains can be swapped"),
        ("classes", GanappsError, "holds no picture"),
    ],
)
def test_an_option_that_does_not_fit_is_explained(tmp_path, options, error, message):
    pictures(tmp_path, 3)
    with pytest.raises(error, match=message):
        catalogue.open(f"folder:{tmp_path},{options}")


def test_resolution_and_channels(tmp_path):
    pictures(tmp_path / "mixed", 2, size=(30, 20))
    pictures(tmp_path / "mixed" / "more", 2, size=(50, 90))
    assert catalogue.open(f"folder:{tmp_path}/mixed").info.fields["image"].shape == (64, 64, 3)
    assert catalogue.open(f"folder:{tmp_path}/mixed", resolution=16, channels=1).info.fields["image"].shape == (
        16,
        16,
        1,
    )
    pictures(tmp_path / "large", 2, size=(300, 300))
    assert catalogue.describe(f"folder:{tmp_path}/large").resolution == 300
    assert catalogue.open(f"folder:{tmp_path}/large").info.fields["image"].shape == (64, 64, 3)
    (tmp_path / "grey").mkdir()
    Image.new("L", (8, 8)).save(tmp_path / "grey" / "x.png")
    assert catalogue.open(f"folder:{tmp_path}/grey").info.fields["image"].shape == (8, 8, 1)


def nasty(folder):
    """Five whole pictures, and everything that may lie beside them."""
    numbered(folder, 5)
    (folder / "empty.png").write_bytes(b"")
    (folder / "notes.txt").write_text("hello")
    picture(folder / "cut.jpg", size=(99, 99))
    (folder / "cut.jpg").write_bytes((folder / "cut.jpg").read_bytes()[:500])
    (folder / ".hidden.png").write_bytes(b"nothing")
    (folder / "__MACOSX").mkdir()
    (folder / "__MACOSX" / "x.png").write_bytes(b"nothing")
    (folder / "dangling.png").symlink_to(folder / "gone.png")


BAD = {"empty.png", "notes.txt", "cut.jpg"}


@pytest.mark.parametrize("budget", [file_source.MEMORY_BUDGET, 0])
def test_bad_files_are_skipped_counted_and_named_in_one_line(tmp_path, caplog, monkeypatch, budget):
    monkeypatch.setattr(file_source, "MEMORY_BUDGET", budget)
    nasty(tmp_path / "train")
    numbered(tmp_path / "test", 1)
    with caplog.at_level(logging.WARNING, "ganapps"):
        source = catalogue.open(f"folder:{tmp_path}", resolution=8)
        rows = everything(source)
    assert {entry.split(":")[0] for entry in source.skipped} == BAD
    assert "empty.png: empty file" in source.skipped
    assert set(np.rint((rows["image"][:, 0, 0, 0] + 1) * 127.5)) == {0, 1, 2, 3, 4}
    if budget:
        (record,) = caplog.records
        assert "skipped 3 of 8 files" in record.message and "\n" not in record.message


@pytest.mark.parametrize("budget", [file_source.MEMORY_BUDGET, 0])
def test_a_folder_without_a_whole_picture_is_an_error(tmp_path, monkeypatch, budget):
    monkeypatch.setattr(file_source, "MEMORY_BUDGET", budget)
    picture(tmp_path / "cut.png", size=(200, 200))
    (tmp_path / "cut.png").write_bytes((tmp_path / "cut.png").read_bytes()[:200])
    (tmp_path / "empty.png").write_bytes(b"")
    with pytest.raises(GanappsError, match=r"holds no picture that can be read .* files were skipped, first "):
        catalogue.open(f"folder:{tmp_path}", resolution=8)


def test_an_empty_folder_and_one_domain_without_pictures_are_errors(tmp_path):
    with pytest.raises(GanappsError, match="holds no picture that can be read"):
        catalogue.open(f"folder:{tmp_path}")
    pictures(tmp_path / "A", 3)
    (tmp_path / "B").mkdir()
    for name in ("x.png", "y.png", "z.png"):
        (tmp_path / "B" / name).write_bytes(b"")
    with pytest.raises(GanappsError, match="domain b, holds no picture"):
        catalogue.open(f"folder:{tmp_path}")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_an_error(tmp_path):
    pictures(tmp_path / "locked", 2)
    (tmp_path / "locked").chmod(0)
    with pytest.raises(GanappsError, match="cannot be read"):
        catalogue.open(f"folder:{tmp_path}/locked")


def test_a_file_instead_of_a_folder_is_an_error(tmp_path):
    with pytest.raises(GanappsError, match=r"x.png is not a folder"):
        catalogue.open(f"folder:{picture(tmp_path / 'x.png')}")


def test_large_sets_are_decoded_on_demand_with_the_same_result(tmp_path, monkeypatch):
    for label, name in enumerate(("x", "y")):
        for i in range(8):
            picture(tmp_path / name / f"{i}.png", (label, i, 0), size=(10 + i, 14))
    kept = catalogue.open(f"folder:{tmp_path}", resolution=8)
    monkeypatch.setattr(file_source, "MEMORY_BUDGET", 0)
    lazy = catalogue.open(f"folder:{tmp_path}", resolution=8)
    assert isinstance(lazy, FileSource) and lazy.streams == kept.streams
    assert lazy.info.fields == kept.info.fields
    for name, values in everything(kept).items():
        np.testing.assert_array_equal(everything(lazy)[name], values)
        assert everything(lazy)[name].dtype == values.dtype
    for a, b in zip(
        batches(lazy, 4, seed=1).take(3).as_numpy_iterator(),
        batches(kept, 4, seed=1).take(3).as_numpy_iterator(),
        strict=True,
    ):
        np.testing.assert_allclose(a["image"], b["image"], atol=1e-6)


def test_on_demand_a_damaged_file_gives_way_to_the_next_and_is_named_once(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(file_source, "MEMORY_BUDGET", 0)
    numbered(tmp_path / "train", 5)
    numbered(tmp_path / "test", 1)
    source = catalogue.open(f"folder:{tmp_path}", resolution=8)
    whole = (tmp_path / "train" / "002.png").read_bytes()
    (tmp_path / "train" / "002.png").write_bytes(whole[: len(whole) // 2])
    for _ in range(2):
        assert list(levels(source)) == [0, 1, 3, 3, 4]
    assert len(source.skipped) == 1 and source.skipped[0].startswith("002.png: ")
    assert len(caplog.records) == 1


def test_names_that_are_no_text_do_no_harm(tmp_path):
    pictures(tmp_path, 3)
    (tmp_path / os.fsdecode(b"bad\xff.png")).write_bytes(b"")
    for split in ("train", "test"):
        for entry in catalogue.open(f"folder:{tmp_path}", split).skipped:
            entry.encode("utf-8")
