"""`ganapps data show --out FOLDER`: a data set's pictures as files."""

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from ganapps.cli.data import command, drawn


def show(*arguments):
    return CliRunner().invoke(command, ["show", *map(str, arguments)])


def test_a_file_each(tmp_path):
    from ganapps.data import catalogue

    result = show("digits", "-n", 12, "--out", tmp_path / "reals")
    assert result.exit_code == 0 and "12 pictures" in result.output
    files = sorted((tmp_path / "reals").iterdir())
    assert [file.name for file in files] == [f"{i:02d}.png" for i in range(12)]
    source = catalogue.open("digits", "train", 28)
    rows = np.rint((drawn(source, 12)["image"] + 1) * 127.5)
    np.testing.assert_array_equal([np.asarray(Image.open(file)) for file in files], rows[..., 0])


def test_two_domains_get_two_folders(tmp_path):
    assert show("digit_pairs", "-n", 3, "--out", tmp_path).exit_code == 0
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.png")} == {
        f"{name}/{i}.png" for name in "ab" for i in range(3)
    }


@pytest.mark.parametrize("data", ["ring"])
def test_points_are_no_files(tmp_path, data):
    result = show(data, "--out", tmp_path / "points")
    assert result.exception and "no pictures" in str(result.exception)
