"""Phantoms and 16-bit folders: windows there and back, patients apart, lesions where the mask says, prevalence as asked."""

import numpy as np
import pytest
from PIL import Image

from ganapps.data import catalogue, file_source
from ganapps.data.phantom_bodies import LESION, ORGAN, bodies
from ganapps.data.phantoms import MODALITIES, PATIENTS
from ganapps.data.pipeline import batches
from ganapps.data.window import Window, parse_window
from ganapps.errors import GanappsError, UsageError


@pytest.fixture(scope="module")
def held():
    return catalogue.open("phantoms", "test")


@pytest.fixture(scope="module")
def rows(held):
    return held.take("main", np.arange(held.streams["main"]))


def test_the_card_tells_what_comes(held, rows):
    card = catalogue.describe("phantoms")
    assert rows.keys() == card.fields.keys() == held.info.fields.keys()
    assert held.streams == {"main": card.sizes["test"]} and held.info.paired
    for name, values in rows.items():
        assert values.dtype == card.fields[name].dtype and values.shape[1:] == card.fields[name].shape


def test_pictures_are_kept_in_16_bits_and_come_through_the_window(held, rows):
    for name, modality in (("a", "mr"), ("b", "ct")):
        stored, window = held.columns["main"][name], MODALITIES[modality].window
        assert stored.dtype == np.uint16
        np.testing.assert_array_equal(rows[name], window.to_model(stored))
        assert held.info.fields[name].window == catalogue.describe("phantoms").fields[name].window == window


def test_outputs_map_back_to_units(held, rows):
    window = held.info.fields["b"].window
    hounsfield = held.columns["main"]["b"].astype(float) - 1024
    inside = (hounsfield > -200) & (hounsfield < 300)
    assert 0.2 < inside.mean() < 1
    np.testing.assert_allclose(window.to_units(rows["b"])[inside], hounsfield[inside], atol=0.01)
    np.testing.assert_array_equal(window.to_stored(rows["b"])[inside], held.columns["main"]["b"][inside])
    assert set(np.unique(window.to_units(rows["b"])[~inside].round(2))) <= {-200.0, 300.0}


def test_tissues_measure_what_the_table_says():
    tissues, _ = bodies(np.arange(4), 1.0, 64)
    for modality in MODALITIES.values():
        values = modality.measure(tissues, 0).astype(float)[..., 0] + modality.window.intercept
        organ = np.median(values[tissues == ORGAN])
        assert organ == pytest.approx(modality.values[ORGAN], abs=modality.noise)
        assert not np.array_equal(modality.measure(tissues, 0), modality.measure(tissues, 1))


def test_no_patient_is_in_both_splits_and_slices_stay_together(held, rows):
    train = catalogue.open("phantoms")
    owners = {"train": train.columns["main"]["patient"], "test": rows["patient"]}
    assert not set(owners["train"]) & set(owners["test"])
    for split, patients in PATIENTS.items():
        assert set(owners[split]) == set(patients)
        assert (np.bincount(owners[split])[patients] == 8).all()


def test_masks_show_bodies_and_lesions(rows):
    body, lesion = rows["mask"] > 0, rows["lesion"] > 0
    assert set(np.unique(rows["mask"])) == set(np.unique(rows["lesion"])) == {0.0, 1.0}
    assert (lesion <= body).all()
    ill = lesion.any(axis=(1, 2, 3))
    assert 0.15 < ill.mean() < 0.25  # half of the patients, three of their eight slices
    assert len(set(rows["patient"][ill])) == 25
    assert lesion[ill].sum(axis=(1, 2, 3)).min() >= 20
    # Brighter than organ and muscle in both modalities.
    for name, modality in (("a", "mr"), ("b", "ct")):
        units = MODALITIES[modality].window.to_units(rows[name])
        assert np.median(units[lesion]) > MODALITIES[modality].values[ORGAN] + 3 * MODALITIES[modality].noise


def test_prevalence_is_a_share_of_patients_and_nothing_else_changes():
    patients = np.arange(20)
    none, some, all_ = (bodies(patients, share, 32)[0].reshape(20, -1) for share in (0.0, 0.25, 1.0))
    ill = [(tissues == LESION).any(1) for tissues in (none, some, all_)]
    assert [count.sum() for count in ill] == [0, 5, 20]
    np.testing.assert_array_equal(none[~ill[1]], some[~ill[1]])
    np.testing.assert_array_equal(np.where(some == LESION, 0, some), np.where(some == LESION, 0, none))


def test_unpaired_domains_are_different_patients_with_their_own_prevalence():
    spec = "phantoms:unpaired,prevalence_a=0.5,prevalence_b=0"
    source = catalogue.open(spec)
    assert source.streams == {"a": 4000, "b": 4000} and source.info.paired is False
    healthy = catalogue.open("phantoms:unpaired,prevalence_a=0,prevalence_b=0")
    a, b = (source.columns[side][side] != healthy.columns[side][side] for side in "ab")
    assert a.any(axis=(1, 2, 3)).mean() == pytest.approx(0.5 * 3 / 8, abs=0.08) and not b.any()
    test = catalogue.open(spec, "test")
    assert test.streams == {"main": 400} and (test.columns["main"]["lesion"]).any()
    assert "0% of b's" in catalogue.describe(spec).title


def test_modalities_can_be_exchanged(rows):
    swapped = catalogue.open("phantoms:a=ct,b=mr", "test")
    assert swapped.info.fields["a"].window == MODALITIES["ct"].window
    found = swapped.take("main", np.arange(8))
    assert np.abs(found["a"] - rows["b"][:8]).mean() < 0.1 < np.abs(found["a"] - rows["a"][:8]).mean()


def test_windows_hold_inside_the_graph_too(held):
    batch = next(batches(held, 16, 0, fields=("a", "b", "lesion", "patient")).as_numpy_iterator())
    every = held.take("main", np.arange(400))
    for a, b in zip(batch["a"], batch["b"], strict=True):
        row = np.abs(every["a"] - a).sum(axis=(1, 2, 3)).argmin()
        np.testing.assert_allclose(a, every["a"][row], atol=1e-6)
        np.testing.assert_allclose(b, every["b"][row], atol=1e-6)


@pytest.mark.parametrize(
    ("spec", "size", "message"),
    [
        ("phantoms:a=pet", {}, "no modality 'pet'"),
        ("phantoms:prevalence_b=0.1", {}, "phantoms:unpaired beside"),
        ("phantoms:unpaired,prevalence_a=1.5", {}, "'1.5' is not possible"),
        ("phantoms:unpaired,prevalence_a=many", {}, "'many' is not possible"),
        ("phantoms", {"channels": 3}, "ask for 1 channel"),
    ],
)
def test_what_is_not_possible_is_explained(spec, size, message):
    with pytest.raises(UsageError, match=message):
        catalogue.open(spec, **size)


# Folders of 16-bit pictures


def scans(folder, count=12):
    """16-bit files as PNG and TIFF, small enough numbers that 8 bits would lose them."""
    rng = np.random.default_rng(0)
    folder.mkdir(parents=True)
    values = rng.integers(900, 1300, (count, 16, 16)).astype(np.uint16)
    for number, slice_ in enumerate(values):
        Image.fromarray(slice_).save(folder / f"{number:02}.{'png' if number % 2 else 'tif'}")
    return values


@pytest.mark.parametrize("budget", [file_source.MEMORY_BUDGET, 0])
def test_a_folder_keeps_its_16_bits_through_a_window(tmp_path, monkeypatch, budget):
    monkeypatch.setattr(file_source, "MEMORY_BUDGET", budget)
    values = scans(tmp_path / "scans")
    Image.new("RGB", (16, 16)).save(tmp_path / "scans" / "colour.png")
    spec = f"folder:{tmp_path / 'scans'},window=1064/400"
    card = catalogue.describe(spec)
    assert card.channels == 1 and card.fields["image"].window == Window(1064.0, 400.0)
    found = []
    for split in ("train", "test"):
        source = catalogue.open(spec, split)
        pictures = source.take("main", np.arange(source.streams["main"]))["image"]
        assert pictures.dtype == np.float32 and pictures.shape[1:] == (16, 16, 1)
        found += [card.fields["image"].window.to_stored(picture)[..., 0].tobytes() for picture in pictures]
    assert set(found) == {slice_.clip(864, 1264).tobytes() for slice_ in values}


def test_a_colour_picture_has_no_window(tmp_path):
    scans(tmp_path / "scans")
    for number in range(40):
        Image.new("RGB", (16, 16)).save(tmp_path / "scans" / f"colour{number}.png")
    source = catalogue.open(f"folder:{tmp_path / 'scans'},window=1064/400")
    assert any("not a grey picture" in reason for reason in source.skipped)
    assert source.streams["main"] <= 12


def test_scans_are_resized_in_floating_point(tmp_path):
    (tmp_path / "s").mkdir()
    for number in range(3):
        Image.fromarray(np.full((32, 48), 1001 + number, np.uint16)).save(tmp_path / "s" / f"{number}.png")
    source = catalogue.open(f"folder:{tmp_path / 's'},window=1000/100", resolution=8)
    pictures = source.take("main", np.arange(source.streams["main"]))["image"]
    assert pictures.shape[1:] == (8, 8, 1)
    assert set(np.unique(source.info.fields["image"].window.to_stored(pictures))) <= {1001, 1002, 1003}


def test_two_domains_may_have_two_windows(tmp_path):
    scans(tmp_path / "d" / "A")
    scans(tmp_path / "d" / "B")
    source = catalogue.open(f"folder:{tmp_path / 'd'},pairs,window=1100/400,window_b=1000/200")
    fields = source.info.fields
    assert (fields["a"].window, fields["b"].window) == (Window(1100.0, 400.0), Window(1000.0, 200.0))
    row = source.take("main", np.arange(1))
    units = [fields[name].window.to_units(row[name]) for name in "ab"]
    inside = np.abs(row["b"]) < 1
    np.testing.assert_allclose(units[0][inside], units[1][inside], atol=0.01)


@pytest.mark.parametrize("text", ["1064", "1064/0", "a/b", "1/inf", "5/-3"])
def test_a_window_needs_a_level_and_a_width(text):
    with pytest.raises(UsageError, match="LEVEL/WIDTH"):
        parse_window(text)


def test_windows_and_colours_exclude_each_other(tmp_path):
    scans(tmp_path / "s")
    with pytest.raises(GanappsError, match="ask for 1 channel"):
        catalogue.open(f"folder:{tmp_path / 's'},window=1064/400", channels=3)
    with pytest.raises(UsageError, match="second of two domains"):
        catalogue.describe(f"folder:{tmp_path / 's'},window=1/2,window_b=1/2")
