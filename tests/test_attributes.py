"""Attributes by name: what words ask for, what excludes what, and which combinations an edit may lead to."""

import numpy as np
import pytest

from ganapps.attributes import chosen, edited, kinds, overlaid, rivals, wanted
from ganapps.errors import UsageError

NAMES = ("black hair", "blond hair", "glasses", "sunglasses", "hat", "smile")
LIKELY = np.array([[0.9, 0.2, 0.1, 0.1, 0.1, 0.6], [0.1, 0.7, 0.9, 0.9, 0.2, 0.2], [0.3, 0.2, 0.1, 0.1, 0.9, 0.1]])


def sets(**changes):
    """Which attributes the three pictures have after an edit, by the first letters of their names."""
    rows = edited(LIKELY, NAMES, {name.replace("_", " "): on for name, on in changes.items()})
    return [{name for name, held in zip(NAMES, row, strict=True) if held} for row in rows]


def test_names_tell_what_excludes_and_what_implies_what():
    assert rivals(NAMES) == [[0, 1, 4]] and kinds(NAMES) == [(3, 2)]
    celeba = ("Black_Hair", "Male", "Gray_Hair", "Wavy_Hair", "Wearing_Hat", "No_Beard", "Big_Nose")
    assert rivals(celeba) == [[0, 2, 4]] and kinds(celeba) == []
    assert rivals(("hat", "smile")) == []


@pytest.mark.parametrize(
    ("settings", "meant"),
    [
        ({"hair": "blonde"}, {"blond hair": True}),
        ({"Black_Hair": "off", "smile": "YES"}, {"black hair": False, "smile": True}),
        ({"glasses": "sun"}, {"sunglasses": True}),
        ({"glasses": "none"}, {"glasses": False}),
    ],
)
def test_words_mean_attributes(settings, meant):
    assert wanted(settings, NAMES) == meant


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"hair": "blnd"}, "no hair=blnd. Did you mean 'blond'. It can be black, blond."),
        ({"galsses": "on"}, "no attribute 'galsses'. Did you mean 'glasses'"),
        ({"smile": "wide"}, "no smile=wide. It can be on, off."),
        ({"black hair": "on", "hair": "blond"}, "'black hair' and 'blond hair' exclude each other"),
    ],
)
def test_words_that_mean_nothing_are_answered(settings, told):
    with pytest.raises(UsageError, match=told):
        wanted(settings, NAMES)


def test_an_edit_changes_what_it_names_and_nothing_else():
    assert sets() == [{"black hair", "smile"}, {"blond hair", "glasses", "sunglasses"}, {"hat"}]
    assert sets(smile=True) == [
        {"black hair", "smile"},
        {"blond hair", "glasses", "sunglasses", "smile"},
        {"hat", "smile"},
    ]
    assert sets(sunglasses=False)[1] == {"blond hair", "glasses"}


def test_hair_has_one_colour_whatever_is_asked():
    assert sets(blond_hair=True) == [{"blond hair", "smile"}, {"blond hair", "glasses", "sunglasses"}, {"blond hair"}]
    assert sets(black_hair=False)[0] == {"blond hair", "smile"}, "the next likely takes its place"
    assert sets(hat=True)[0] == {"hat", "smile"} and sets(hat=False)[2] == {"black hair"}
    assert sets(black_hair=False, blond_hair=False)[0] == {"smile"}, "nobody gets a hat for that"


def test_a_kind_brings_its_whole_and_goes_with_it():
    assert sets(sunglasses=True)[0] == {"black hair", "glasses", "sunglasses", "smile"}
    assert sets(glasses=False)[1] == {"blond hair"}


def test_columns_by_name():
    values = np.arange(12.0).reshape(2, 6)
    np.testing.assert_array_equal(chosen(values, NAMES, ("smile", "glasses")), values[:, [5, 2]])
    assert chosen(values, NAMES, ()) is values
    with pytest.raises(UsageError, match=r"do not know the attribute 'hatt'\. Did you mean 'hat'"):
        chosen(values, NAMES, ("hatt",))


def test_what_is_expected_of_an_edit_of_some_attributes():
    own = np.array([[0, 1, 1, 0, 0, 1], [0, 0, 0, 0, 1, 0]], np.float32)
    asked = np.array([[1, 0], [0, 1]], np.float32)
    whole = overlaid(own, NAMES, asked, ("black hair", "smile"))
    np.testing.assert_array_equal(whole, [[1, 0, 1, 0, 0, 0], [0, 0, 0, 0, 1, 1]])
    assert overlaid(own, NAMES, asked, ()) is asked
