"""Contact sheets show the rows of a source."""

import numpy as np
import pytest
from PIL import Image

from ganapps.data import catalogue
from ganapps.data.pipeline import arrays
from ganapps.data.sheet import CELL, contact_sheet

DRAWN = (60, 90, 170)


def colours(image: Image.Image) -> dict[tuple[int, int, int], int]:
    values, counts = np.unique(np.asarray(image).reshape(-1, 3), axis=0, return_counts=True)
    return {tuple(int(v) for v in value): int(count) for value, count in zip(values, counts, strict=True)}


def save(path, colour, size=(8, 8)):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, colour).save(path)


def test_a_sheet_is_a_pure_function_of_source_and_seed():
    source = catalogue.open("digits")
    sheet = contact_sheet(source, 12, 0)
    assert sheet.tobytes() == contact_sheet(source, 12, 0).tobytes() != contact_sheet(source, 12, 1).tobytes()


def test_more_rows_make_a_larger_sheet():
    source = catalogue.open("digits")
    few, many = contact_sheet(source, 2, 0), contact_sheet(source, 40, 0)
    assert few.height < many.height <= 6 * (CELL + 40) and many.width <= 1250


def test_the_sheet_holds_the_drawn_pictures():
    source = catalogue.open("digits")
    sheet = np.asarray(contact_sheet(source, 1, seed=3).convert("L"))
    digit = arrays(source, 1, seed=3)["image"][0, :, :, 0]
    enlarged = Image.fromarray(np.rint((digit + 1) * 127.5).astype(np.uint8)).resize((CELL - 2, CELL - 2), 0)
    wanted = np.asarray(enlarged)
    windows = np.lib.stride_tricks.sliding_window_view(sheet, wanted.shape)
    assert (windows == wanted).all(axis=(-1, -2)).any()


def test_pairs_stand_side_by_side(tmp_path):
    for i in range(3):
        image = Image.new("RGB", (16, 8), (255, 0, 0))
        image.paste((0, 0, 255), (8, 0, 16, 8))
        image.save(tmp_path / f"{i}.png")
    sheet = np.asarray(contact_sheet(catalogue.open(f"folder:{tmp_path},side_by_side"), 1, 0))
    red = np.flatnonzero((sheet == (255, 0, 0)).all(-1).any(0))
    blue = np.flatnonzero((sheet == (0, 0, 255)).all(-1).any(0))
    assert len(red) == len(blue) == CELL - 2 and 0 < blue[0] - red[-1] <= 4
    assert np.array_equal((sheet == (255, 0, 0)).all(-1).any(1), (sheet == (0, 0, 255)).all(-1).any(1))


def test_unpaired_domains_stand_below_each_other(tmp_path):
    for i in range(6):
        save(tmp_path / "A" / f"{i}.png", (255, 0, 0))
        save(tmp_path / "B" / f"{i}.png", (0, 0, 255))
    sheet = np.asarray(contact_sheet(catalogue.open(f"folder:{tmp_path}"), 2, 0))
    red = np.flatnonzero((sheet == (255, 0, 0)).all(-1).any(1))
    blue = np.flatnonzero((sheet == (0, 0, 255)).all(-1).any(1))
    assert red.max() < blue.min()


def test_captions_name_classes_and_attributes(tmp_path):
    for i in range(3):
        save(tmp_path / "plain" / f"{i}.png", (200, 200, 200))
        save(tmp_path / "held" / f"{i}.png", (200, 200, 200))
    plain = contact_sheet(catalogue.open(f"folder:{tmp_path}/plain"), 3, 0)
    for value in (0, 1):
        table = "file,smiling\n" + "".join(f"{i}.png,{value}\n" for i in range(3))
        (tmp_path / "held" / "attributes.csv").write_text(table)
        held = contact_sheet(catalogue.open(f"folder:{tmp_path}/held"), 3, 0)
        assert (held.height > plain.height) == bool(value), "a line below the pictures when there is something to say"


@pytest.mark.parametrize("name", ["ring", "rose"])
def test_points_are_drawn_as_a_scatter(name):
    sheet = contact_sheet(catalogue.open(name), 10, 0)
    seen = colours(sheet)
    assert seen.get(DRAWN, 0) > 200, "thousands of points, however few rows were asked for"
    red = sum(count for (r, g, b), count in seen.items() if r > 150 and g < 120 and b < 120)
    assert (red > 50) == (name == "ring"), "centres are marked where they are few"


def test_classes_of_pixels_get_colours(tmp_path):
    source = catalogue.open("digits")
    from ganapps.data.sheet import _pictures

    painted = _pictures("segmentation", np.array([[[0, 1], [255, 1]]]))
    assert painted.shape == (1, 2, 2, 3) and len({tuple(c) for c in painted.reshape(-1, 3)}) == 3
    assert _pictures("label", source.columns["main"]["label"]) is None
