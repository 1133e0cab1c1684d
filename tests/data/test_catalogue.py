"""The catalogue: names, specifications, and errors that say what to do."""

import subprocess
import sys

import numpy as np
import pytest

from ganapps.data import catalogue
from ganapps.data.catalogue import DataSet
from ganapps.errors import GanappsError, UsageError

OFFLINE = ("digits", "stacked_digits", "digit_pairs", "ring", "grid", "spiral", "rose")


def test_importing_and_describing_brings_no_tensorflow():
    code = (
        "import sys; from ganapps.data import catalogue; [catalogue.describe(name) for name in catalogue.names()];"
        "print([name for name in ('tensorflow', 'keras', 'jax') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", catalogue.names())
def test_every_entry_is_complete(name):
    card = catalogue.describe(name)
    assert isinstance(card, DataSet) and card.name == name
    assert card.kind in ("embedded", "installed", "tfds", "folder", "procedural")
    assert card.title and card.licence and card.credit and card.how_to_get and card.fields
    assert set(card.sizes) == {"train", "test"}
    assert all(field.meaning for field in card.fields.values())
    for dotted in filter(None, (card.opener, card.describer)):
        assert callable(catalogue._imported(dotted))


@pytest.mark.parametrize("name", OFFLINE)
def test_a_source_gives_what_its_card_promises(name):
    for split in ("train", "test"):
        source = catalogue.open(name, split)
        card = catalogue.describe(name)
        assert source.streams == {"main": card.sizes[split]}
        rows = source.take("main", np.array([5, 0, 5]))
        assert rows.keys() == card.fields.keys() == source.info.fields.keys()
        for field, values in rows.items():
            assert values.dtype == card.fields[field].dtype
            assert values.shape == (3, *source.info.fields[field].shape)
            np.testing.assert_array_equal(values[0], values[2])


def test_names_leave_out_what_needs_a_place_and_patterns_have_it():
    assert set(OFFLINE) <= set(catalogue.names())
    assert not {"folder", "tfds", "mixed"} & set(catalogue.names())
    assert [card.name for card in catalogue.patterns()] == ["folder", "tfds", "mixed"]


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("digitz", "'digitz' does not exist. Did you mean 'digits'?"),
        ("qqqqqq", "`ganapps data list`"),
        ("stacked_digits:off=mnist", "no option 'off'.*Did you mean 'of'?"),
        ("digits:path=x", "no option 'path' .it has: labels, draw"),
        ("stacked_digits:of", "'of' of data set 'stacked_digits' needs a value"),
        ("stacked_digits:of=mnits", "cannot stack 'mnits'.*Did you mean 'mnist'?"),
        ("stacked_digits:path=/x", "only with of=mnist"),
        ("folder", "write folder:PATH"),
        ("tfds:", "write tfds:NAME"),
        ("mixed", "write mixed:SPECS"),
    ],
)
def test_a_wrong_specification_is_explained(spec, message):
    with pytest.raises(UsageError, match=message):
        catalogue.open(spec)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"split": "tset"}, "Split 'tset' does not exist.*Did you mean 'test'?"),
        ({"channels": 2}, "2 channels"),
        ({"resolution": 0}, "Resolution 0"),
    ],
)
def test_a_wrong_argument_is_explained(how, message):
    with pytest.raises(UsageError, match=message):
        catalogue.open("digits", **how)


def test_a_switch_takes_no_value(tmp_path):
    with pytest.raises(UsageError, match="'flat' of data set 'folder' takes no value"):
        catalogue.describe(f"folder:{tmp_path},flat=1")


def test_a_path_may_hold_commas(tmp_path):
    folder = tmp_path / "one,flat,two"
    folder.mkdir()
    _, options = catalogue.parse(f"folder:{folder},classes")
    assert options == {"path": str(folder), "classes": True}


def test_a_place_that_is_not_there_is_named(tmp_path):
    with pytest.raises(GanappsError, match="gone is not a folder"):
        catalogue.open(f"folder:{tmp_path}/gone,flat")
