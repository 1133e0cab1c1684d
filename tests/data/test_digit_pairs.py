"""Digits in two domains: the exact maps, colours that tell nothing, pairs and halves without pairs."""

import gzip

import numpy as np
import pytest

from ganapps.data import catalogue, digits
from ganapps.data.digit_pairs import DOMAINS, edges, in_domain, negative, noisy
from ganapps.data.source import from_model_range
from ganapps.errors import UsageError


def everything(source, stream="main"):
    return source.take(stream, np.arange(source.streams[stream]))


def grey(split="train", resolution=None):
    return catalogue.open("digits", split, resolution).columns["main"]["image"]


def digits_in(pictures, among):
    """For each picture the rows of ``among`` that are the same to the pixel."""
    rows = {}
    for index, picture in enumerate(among):
        rows.setdefault(picture.tobytes(), set()).add(index)
    return [rows.get(picture.tobytes(), set()) for picture in pictures]


def test_the_edge_of_a_dot_is_the_ring_around_it():
    image = np.zeros((1, 5, 5), np.uint8)
    image[0, 2, 2], image[0, 0, 0] = 200, 90
    ring = np.zeros((5, 5), np.uint8)
    ring[1:4, 1:4], ring[0, 1], ring[1, 0] = 200, 90, 90
    ring[2, 2] = 0
    np.testing.assert_array_equal(edges(image)[0], ring)
    np.testing.assert_array_equal(edges(image[..., None])[..., 0], edges(image))


def test_flat_strokes_have_no_edge_inside():
    image = np.zeros((1, 9, 9), np.uint8)
    image[0, 2:7, 2:7] = 255
    found = edges(image)[0]
    assert not found[2:7, 2:7].any() and found.sum() == 255 * (49 - 25)


def test_negatives_are_their_own_inverse():
    image = np.arange(256, dtype=np.uint8).reshape(1, 16, 16)
    assert negative(image)[0, 0, 0] == 255 and np.array_equal(negative(negative(image)), image)


def test_colours_stand_apart_in_every_channel_and_either_is_the_light_one():
    image = np.zeros((400, 8, 8), np.uint8)
    image[:, :, 4:] = 255
    made = noisy(image, np.random.default_rng(0)).astype(float)
    assert made.shape == (400, 8, 8, 3)
    ground, ink = made[:, :, :4].mean((1, 2)), made[:, :, 4:].mean((1, 2))
    apart = ink - ground
    assert np.abs(apart).min() > 35, "in every channel"
    signs = np.sign(apart)
    assert (signs == signs[:, :1]).all() and 0.4 < (signs[:, 0] > 0).mean() < 0.6
    assert np.corrcoef(ground[:, 0], ground[:, 1])[0, 1] < 0.95, "not only grey"
    assert 15 < made[:, :, :4].std((1, 2)).mean() < 25, "the noise is there"


@pytest.mark.parametrize("resolution", [None, 32, 16])
def test_the_known_map_leads_from_a_to_b(resolution):
    rows = everything(catalogue.open("digit_pairs", "test", resolution))
    side = resolution or 28
    assert rows["a"].shape == rows["b"].shape == (1000, side, side, 1) and rows["a"].dtype == np.float32
    a, b = from_model_range(rows["a"]), from_model_range(rows["b"])
    np.testing.assert_array_equal(edges(a), b)
    np.testing.assert_array_equal(a, grey("test", resolution))
    labels = everything(catalogue.open("digits", "test"))["label"]
    np.testing.assert_array_equal(rows["label"], labels)
    assert rows["label"].dtype == np.int32


@pytest.mark.parametrize("a", DOMAINS)
def test_every_domain_can_stand_on_either_side(a):
    first = everything(catalogue.open(f"digit_pairs:a={a},b=negative", "test", 16))
    second = everything(catalogue.open(f"digit_pairs:a=negative,b={a}", "test", 16))
    channels = 3 if a == "noisy" else 1
    for rows in (first, second):
        assert rows["a"].shape == rows["b"].shape == (1000, 16, 16, channels)
    if a != "noisy":
        np.testing.assert_array_equal(first["a"], second["b"])
        made = in_domain(grey("test", 16)[..., 0], a, np.random.default_rng(0))
        np.testing.assert_array_equal(from_model_range(first["a"]), made)
    else:
        assert not np.array_equal(first["a"], second["b"]), "each field draws its own colours"


def test_channels_are_those_asked_for():
    assert catalogue.describe("digit_pairs").channels == 1
    assert catalogue.describe("digit_pairs:a=noisy").channels == 3
    wide = everything(catalogue.open("digit_pairs", "test", channels=3))
    assert wide["b"].shape == (1000, 28, 28, 3) and np.array_equal(wide["b"][..., :1], wide["b"][..., 1:2])
    narrow = everything(catalogue.open("digit_pairs:a=noisy", "test", channels=1))
    colour = everything(catalogue.open("digit_pairs:a=noisy", "test"))
    assert narrow["a"].shape == (1000, 28, 28, 1)
    np.testing.assert_allclose(narrow["a"][..., 0], colour["a"] @ np.array([0.299, 0.587, 0.114]), atol=1 / 127)


@pytest.mark.parametrize("spec", ["digit_pairs:a=noisy,b=plain", "digit_pairs:a=plain,b=noisy,unpaired"])
def test_the_same_rows_every_time_and_others_in_the_other_split(spec):
    first, again = (catalogue.open(spec, "train", 16) for _ in range(2))
    for stream in first.streams:
        rows = everything(first, stream)
        for name, values in everything(again, stream).items():
            np.testing.assert_array_equal(values, rows[name])
    field = "a" if "a=noisy" in spec else "b"
    train = everything(first, "main" if "main" in first.streams else field)[field][:1000]
    test = everything(catalogue.open(spec, "test", 16))[field]
    assert abs(np.corrcoef(train[:, 0, 0, 0], test[:, 0, 0, 0])[0, 1]) < 0.15, "colours drawn anew"


def test_unpaired_halves_share_no_digit_and_b_has_no_label():
    source = catalogue.open("digit_pairs:a=plain,b=negative,unpaired")
    assert source.streams == {"a": 2000, "b": 2000} and source.info.paired is False
    first, second = everything(source, "a"), everything(source, "b")
    assert set(first) == {"a", "label"} and set(second) == {"b"}
    images = grey()
    labels = everything(catalogue.open("digits"))["label"]
    in_a = digits_in(from_model_range(first["a"]), images)
    in_b = digits_in(negative(from_model_range(second["b"])), images)
    assert all(in_a) and all(in_b) and not set.union(*in_a) & set.union(*in_b)
    assert all(label in labels[list(rows)] for label, rows in zip(first["label"], in_a, strict=True))
    assert np.bincount(first["label"]).min() > 150, "all classes on both sides"


def test_unpaired_test_split_gives_the_pairs():
    apart, paired = (catalogue.open(f"digit_pairs{switch}", "test") for switch in (":unpaired", ""))
    assert apart.info.paired is True and catalogue.describe("digit_pairs:unpaired").paired is False
    for name, values in everything(apart).items():
        np.testing.assert_array_equal(values, everything(paired)[name])


def test_cards_tell_what_opening_gives():
    for spec in ("digit_pairs", "digit_pairs:unpaired", "digit_pairs:a=noisy,unpaired"):
        card, source = catalogue.describe(spec), catalogue.open(spec)
        assert source.info.sizes == card.sizes and source.info.sizes["train"] == max(source.streams.values())
        assert source.info.fields.keys() == card.fields.keys() and source.info.channels == card.channels


def test_batches_of_both_streams_come_together():
    from ganapps.data.pipeline import batches

    batch = next(iter(batches(catalogue.open("digit_pairs:unpaired"), 8, seed=0, fields=["a", "b", "label"])))
    assert {name: tuple(value.shape) for name, value in batch.items()} == {
        "a": (8, 28, 28, 1),
        "b": (8, 28, 28, 1),
        "label": (8,),
    }


def write_set(folder):
    for prefix in ("train", "t10k"):
        for what, array in (("images", np.full((6, 28, 28), 7, np.uint8)), ("labels", np.arange(6, dtype=np.uint8))):
            content = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.tobytes()
            (folder / f"{prefix}-{what}-idx{array.ndim}-ubyte.gz").write_bytes(gzip.compress(content))


@pytest.mark.parametrize("of", ["mnist", "fashion_mnist"])
def test_other_sources_of_digits(of, tmp_path):
    write_set(tmp_path)
    source = catalogue.open(f"digit_pairs:of={of},path={tmp_path},unpaired")
    assert source.streams == {"a": 3, "b": 3}
    card = catalogue.describe(f"digit_pairs:of={of}")
    base = {"mnist": digits.MNIST, "fashion_mnist": digits.FASHION}[of]
    assert (card.classes, card.sizes, card.licence, card.kind) == (base.classes, base.sizes, base.licence, "installed")


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("digit_pairs:a=edge", r"no domain 'edge'.*Did you mean 'edges'"),
        ("digit_pairs:of=mnits", r"cannot draw 'mnits'.*Did you mean 'mnist'"),
        ("digit_pairs:path=/x", "only with of=mnist"),
        ("digit_pairs:unpaired=1", "takes no value"),
    ],
)
def test_wrong_options_are_explained(spec, message):
    with pytest.raises(UsageError, match=message):
        catalogue.open(spec)
