"""The Earth tiles: aligned layers, splits that share no pixel, an unpaired view without hidden pairs."""

import itertools

import numpy as np
import pytest

from ganapps.data import catalogue
from ganapps.data.earth import PALETTE, TEST_SECTORS, TRAIN_SECTORS, corners_of
from ganapps.data.earth_layers import read_layers
from ganapps.data.pipeline import arrays
from ganapps.data.source import from_model_range
from ganapps.errors import GanappsError, UsageError

pytestmark = pytest.mark.usefixtures("earth_cache")


@pytest.fixture(scope="module")
def earth_cache(tmp_path_factory):
    """One decoded copy of the layers for this file, away from the user's own cache."""
    folder = tmp_path_factory.mktemp("earth")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GANAPPS_CACHE", str(folder))
        yield folder


def _everything(source, stream="main"):
    return source.take(stream, np.arange(source.streams[stream]))


def _covered(corners, side):
    """Which pixels of the band lie in any of the tiles."""
    covered = np.zeros(read_layers()["segmentation"].shape, bool)
    for y, x in corners:
        covered[y : y + side, x : x + side] = True
    return covered


def test_paired_view_has_aligned_fields_in_range():
    rows = _everything(catalogue.open("earth", "test"))
    assert set(rows) == {"image", "a", "b", "segmentation"}
    assert rows["a"].shape == rows["b"].shape == (233, 64, 64, 3)
    assert rows["a"].dtype == np.float32 and rows["segmentation"].dtype == np.int32
    assert rows["a"].min() >= -1 and rows["a"].max() <= 1 and rows["a"].std() > 0.2
    np.testing.assert_array_equal(rows["image"], rows["b"])
    assert len(np.unique(rows["a"].reshape(233, -1), axis=0)) == 233


@pytest.mark.parametrize("layer", ["satellite", "relief", "map"])
def test_layers_lie_on_one_grid(layer):
    """Water is bluer than land, and most sharply so when the mask is not shifted."""
    layers = read_layers()
    picture = layers[layer].astype(np.float32)
    blueness = picture[..., 2] - picture[..., 0]
    water = np.asarray(layers["segmentation"] == 0)
    shifts = [(dy, dx) for dy in (-2, 0, 2) for dx in (-2, 0, 2)]
    agreement = {
        shift: np.corrcoef(blueness[::3, ::3].ravel(), np.roll(water, shift, (0, 1))[::3, ::3].ravel())[0, 1]
        for shift in shifts
    }
    assert max(agreement, key=agreement.__getitem__) == (0, 0)
    assert agreement[0, 0] > 0.8


@pytest.mark.parametrize("side", [32, 64, 96, 128, 192, 256])
def test_splits_share_no_pixel_and_tiles_hold_land(side):
    segmentation = read_layers()["segmentation"]
    train, test = (corners_of(segmentation, side, split) for split in ("train", "test"))
    seen, held_out = _covered(train, side), _covered(test, side)
    assert not (seen & held_out).any()
    assert held_out.sum() == len(test) * side * side, "test tiles overlap each other"
    assert seen.sum() < len(train) * side * side, "training tiles should overlap by half"
    for y, x in np.concatenate([train, test]):
        tile = segmentation[y : y + side, x : x + side]
        assert np.isin(tile, (1, 3)).mean() > 0.1


def test_sectors_cover_every_longitude_once():
    edges = sorted(TRAIN_SECTORS + TEST_SECTORS)
    assert edges[0][0] == 0 and edges[-1][1] == 5400
    assert all(left[1] == right[0] for left, right in itertools.pairwise(edges))


@pytest.mark.parametrize("side", [64, 128, 256])
def test_unpaired_view_holds_no_hidden_pair(side):
    segmentation = read_layers()["segmentation"]
    first, second = (corners_of(segmentation, side, "train", area) for area in (0, 1))
    assert not (_covered(first, side) & _covered(second, side)).any()
    source = catalogue.open("earth:a=map,b=relief,unpaired", resolution=side)
    assert source.streams == {"a": len(first), "b": len(second)}
    assert set(_everything(source, "a")) == {"a"} and set(_everything(source, "b")) == {"b"}
    assert source.info.paired is False


def test_unpaired_test_split_gives_the_pairs():
    source = catalogue.open("earth:a=map,b=relief,unpaired", "test")
    paired = catalogue.open("earth:a=map,b=relief", "test")
    assert source.info.paired is True
    for name in "ab":
        np.testing.assert_array_equal(_everything(source)[name], _everything(paired)[name])


def test_mask_picture_is_the_segmentation_in_colour():
    rows = _everything(catalogue.open("earth:a=mask", "test", 128))
    np.testing.assert_array_equal(from_model_range(rows["a"]), PALETTE[rows["segmentation"]])
    assert set(np.unique(rows["segmentation"])) == {0, 1, 2, 3}


def test_negatives_are_other_tiles():
    source = catalogue.open("earth", "test")
    numbers = {tile.tobytes(): row for row, tile in enumerate(_everything(source)["b"])}
    drawn = arrays(source, seed=0, fields=("b", "b_neg"))
    own, other = ([numbers[tile.tobytes()] for tile in drawn[name]] for name in ("b", "b_neg"))
    assert sorted(own) == list(range(233)) and not np.equal(own, other).any()
    assert "b_neg" not in catalogue.open("earth:unpaired").info.fields


def test_grey_tiles_are_the_luma_of_the_colour_tiles():
    colour, grey = (_everything(catalogue.open("earth", "test", 256, channels))["b"] for channels in (3, 1))
    assert grey.shape == (17, 256, 256, 1)
    np.testing.assert_allclose(grey[..., 0], colour @ np.array([0.299, 0.587, 0.114]), atol=1 / 127)


def test_cards_tell_what_opening_gives():
    for spec in ("earth", "earth:unpaired"):
        card = catalogue.describe(spec)
        source = catalogue.open(spec)
        assert source.info.sizes["train"] == card.sizes["train"] == min(source.streams.values())
        assert {name: field.shape for name, field in source.info.fields.items()} == {
            name: field.shape for name, field in card.fields.items()
        }
    assert len(catalogue.open("earth", "test").take("main", np.array([0]))["a"]) == 1
    assert catalogue.open("earth", "test").streams["main"] == catalogue.describe("earth").sizes["test"]


def test_rows_do_not_depend_on_the_cache(tmp_path, monkeypatch):
    before = _everything(catalogue.open("earth", "test"))
    monkeypatch.setenv("GANAPPS_CACHE", str(tmp_path / "new"))
    after = _everything(catalogue.open("earth", "test"))
    for name, array in before.items():
        np.testing.assert_array_equal(array, after[name])
    assert sorted(path.suffix for path in (tmp_path / "new").rglob("*.*")) == [".npy"] * 5


def test_user_errors_name_the_thing_and_the_way_out(tmp_path, monkeypatch):
    with pytest.raises(UsageError, match=r"no layer 'satelite'.*Did you mean 'satellite'"):
        catalogue.open("earth:a=satelite")
    with pytest.raises(UsageError, match="not of 100"):
        catalogue.open("earth", resolution=100)
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("GANAPPS_CACHE", str(tmp_path / "file"))
    with pytest.raises(GanappsError, match="GANAPPS_CACHE"):
        catalogue.open("earth")


def test_the_sketch_is_the_mask_with_hills_and_mountains():
    rows, card = _everything(catalogue.open("earth:a=sketch,b=map", "test", 128)), catalogue.describe("earth:a=sketch")
    assert list(card.palettes["a"]) == ["sea", "land", "lake", "river", "hills", "mountain"]
    colours = np.array(list(card.palettes["a"].values()))
    apart = np.abs(from_model_range(rows["a"])[..., None, :].astype(int) - colours).sum(axis=-1)
    assert (apart.min(axis=-1) == 0).all(), "no colour lies between two classes"
    kinds, truth = apart.argmin(axis=-1), rows["segmentation"]
    np.testing.assert_array_equal(np.where(kinds > 3, 1, kinds), truth)
    shares = np.bincount(kinds[truth == 1], minlength=6)[[1, 4, 5]] / np.sum(truth == 1)
    assert (shares > 0.1).all(), shares
    heights = from_model_range(rows["b"]).astype(int)
    low, high = (np.mean(heights[kinds == kind][:, 1] - heights[kinds == kind][:, 0]) for kind in (1, 5))
    assert low > high, "on the map the lowlands are green"
