"""Batches are a pure function of (seed, step)."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from ganapps.data.catalogue import DataSet, Field
from ganapps.data.negatives import Negatives
from ganapps.data.pipeline import arrays, batches, mirrored
from ganapps.data.source import ArraySource, Rows, Source, from_model_range, hand_out, to_model_range, with_shapes
from ganapps.errors import GanappsError

CARD = DataSet(
    name="tiny",
    title="tiny",
    kind="procedural",
    fields={
        "image": Field((None, None, 3), "float32", "picture"),
        "label": Field((), "int32", "number of the row"),
        "word": Field((), "string", "name of the row"),
        "a": Field((None, None, 1), "float32", "first domain"),
        "b": Field((None, None, 1), "float32", "second domain"),
        "b_neg": Field((None, None, 1), "float32", "second domain of another item"),
        "segmentation": Field((None, None), "int32", "class of each pixel"),
        "attributes": Field((2,), "float32", "two of them"),
    },
    sizes={"train": 0, "test": 0},
    licence="",
    credit="",
    how_to_get="",
    opener="",
)


def single(rows: int) -> ArraySource:
    images = np.random.default_rng(0).integers(0, 256, (rows, 4, 4, 3), np.uint8)
    return ArraySource(CARD, {"main": {"image": images, "label": np.arange(rows, dtype=np.uint8)}})


def unpaired(rows_a: int, rows_b: int) -> ArraySource:
    def domain(rows: int) -> np.ndarray:
        return np.broadcast_to(np.arange(rows, dtype=np.uint8)[:, None, None, None], (rows, 2, 2, 1))

    return ArraySource(CARD, {"a": {"a": domain(rows_a)}, "b": {"b": domain(rows_b)}})


class Slow(Source):
    """The same rows as another source, but not an ArraySource: they travel through Python."""

    def __init__(self, inner: ArraySource):
        self.inner, self.info, self.streams, self.items = inner, inner.info, inner.streams, inner.items

    def take(self, stream: str, indices: np.ndarray) -> Rows:
        return self.inner.take(stream, indices)


def first(source: Source, count: int, **how) -> list[Rows]:
    return list(itertools.islice(batches(source, **how).as_numpy_iterator(), count))


def test_the_end_of_a_stream_waits_for_no_tuner():
    """After 90 seconds of training the end of a tuned one took 52 more."""
    assert batches(single(10), batch_size=3, seed=5).options().autotune.enabled is False


@pytest.mark.parametrize("kind", [lambda source: source, Slow])
def test_starting_at_k_equals_skipping_k_batches(kind):
    source = kind(single(10))
    whole = first(source, 9, batch_size=3, seed=5, flip=True)
    resumed = first(source, 5, batch_size=3, seed=5, flip=True, start_step=4)
    for before, after in zip(whole[4:], resumed, strict=True):
        assert before.keys() == after.keys() == {"image", "label"}
        for name in before:
            np.testing.assert_array_equal(before[name], after[name])


def test_an_epoch_sees_every_row_once_even_where_batches_cross_its_end():
    drawn = np.concatenate([batch["label"] for batch in first(single(10), 20, batch_size=3, seed=1)])
    epochs = drawn.reshape(6, 10)
    assert all(sorted(epoch) == list(range(10)) for epoch in epochs)
    assert len({tuple(epoch) for epoch in epochs}) == 6, "each epoch has its own order"


def test_a_batch_may_be_larger_than_the_set():
    (batch,) = first(single(3), 1, batch_size=6, seed=0)
    assert sorted(batch["label"]) == [0, 0, 1, 1, 2, 2]


def test_a_set_of_one_row():
    (batch,) = first(single(1), 1, batch_size=2, seed=0)
    assert batch["image"].shape == (2, 4, 4, 3)


@pytest.mark.parametrize("rows", [7, 64, 1000])
def test_the_seed_sets_the_order(rows):
    def order(seed: int) -> list[int]:
        source = ArraySource(CARD, {"main": {"label": np.arange(rows)}})
        return list(np.concatenate([batch["label"] for batch in first(source, rows, batch_size=1, seed=seed)]))

    assert order(3) == order(3)
    assert order(3) != order(4)
    assert order(3) != list(range(rows))


def test_unpaired_streams_are_independent():
    pairs = []
    for batch in first(unpaired(8, 8), 200, batch_size=8, seed=0):
        assert sorted(from_model_range(batch["a"])[:, 0, 0, 0]) == list(range(8))
        pairs.append(np.mean(batch["a"] == batch["b"]))
    assert 0.05 < np.mean(pairs) < 0.25, "by chance one pair in eight agrees"


def test_unpaired_streams_may_differ_in_length():
    drawn = [batch["b"] for batch in first(unpaired(3, 5), 5, batch_size=5, seed=0)]
    assert all(len(np.unique(domain)) == 5 for domain in drawn)


def test_both_ways_of_fetching_give_the_same_batches():
    source = single(20)
    for fast, slow in zip(
        first(source, 4, batch_size=7, seed=2, flip=True),
        first(Slow(source), 4, batch_size=7, seed=2, flip=True),
        strict=True,
    ):
        np.testing.assert_array_equal(fast["label"], slow["label"])
        np.testing.assert_allclose(fast["image"], slow["image"], atol=1e-6)
        assert {name: value.dtype for name, value in fast.items()} == {
            name: value.dtype for name, value in slow.items()
        }


@pytest.mark.parametrize("kind", [lambda source: source, Slow])
def test_shapes_are_static_and_dtypes_as_declared(kind):
    spec = batches(kind(single(5)), batch_size=2, seed=0).element_spec
    assert spec["image"].shape == (2, 4, 4, 3) and spec["image"].dtype == "float32"
    assert spec["label"].shape == (2,) and spec["label"].dtype == "int32"


@pytest.mark.parametrize("kind", [lambda source: source, Slow])
def test_text_and_attributes_pass_unscaled(kind):
    attributes = np.array([[0, 1], [1, 1], [1, 0]], np.uint8)
    words = np.array(["one", "two", "three"])
    source = kind(ArraySource(CARD, {"main": {"attributes": attributes, "word": words, "label": np.arange(3)}}))
    (batch,) = first(source, 1, batch_size=3, seed=0)
    np.testing.assert_array_equal(batch["attributes"], attributes[batch["label"]])
    assert batch["attributes"].dtype == np.float32
    assert [word.decode() for word in batch["word"]] == list(words[batch["label"]])


def test_flip_mirrors_half_of_the_rows_with_all_their_pictures():
    rows = 64
    image = np.zeros((rows, 2, 2, 3), np.uint8)
    image[:, :, 1] = 255
    segmentation = np.tile(np.array([0, 1], np.uint8), (rows, 2, 1))
    source = ArraySource(CARD, {"main": {"image": image, "segmentation": segmentation}})
    turned = []
    for batch in first(source, 8, batch_size=rows, seed=0, flip=True):
        left_is_bright = batch["image"][:, 0, 0, 0] > 0
        np.testing.assert_array_equal(batch["segmentation"][:, 0, 0] == 1, left_is_bright)
        turned.append(left_is_bright)
    assert 0.4 < np.mean(turned) < 0.6
    assert not np.array_equal(turned[0], turned[1])
    assert np.all(first(source, 1, batch_size=rows, seed=0)[0]["image"][:, 0, 0, 0] == -1), "never without flip"


def test_the_mirror_image_of_boxes_key_points_and_normals():
    box = mirrored("box", np.array([[0.1, 0.2, 0.3, 0.4]], np.float32), Field((4,), "float32", ""))
    np.testing.assert_allclose(box, [[0.6, 0.2, 0.3, 0.4]], atol=1e-6)
    eyes = np.array([[[0.2, 0.5, 1], [0.7, 0.4, 0]]], np.float32)
    seen = mirrored("keypoints", eyes, Field((2, 3), "float32", "left eye, right eye", mirror=(1, 0)))
    np.testing.assert_allclose(seen, [[[0.3, 0.4, 0], [0.8, 0.5, 1]]], atol=1e-6)
    normals = np.array([[[[1, 0, 0], [0, 0.6, 0.8]]]], np.float32)
    turned = mirrored("normals", normals, Field((1, 2, 3), "float32", ""))
    np.testing.assert_allclose(turned, [[[[0, 0.6, 0.8], [-1, 0, 0]]]], atol=1e-6)


def test_arrays_gives_the_first_rows_or_a_seeded_draw():
    source = single(10)
    np.testing.assert_array_equal(arrays(source, 4)["label"], [0, 1, 2, 3])
    drawn = arrays(source, 6, seed=1)["label"]
    assert len(set(drawn)) == 6 and list(drawn) != list(range(6))
    np.testing.assert_array_equal(drawn, arrays(source, 6, seed=1)["label"])
    assert list(drawn) != list(arrays(source, 6, seed=2)["label"])
    assert len(arrays(source)["label"]) == 10 and len(arrays(source, 99, seed=0)["label"]) == 10
    both = arrays(unpaired(3, 5))
    assert len(both["a"]) == 3 and len(both["b"]) == 5


def test_pictures_go_to_the_model_range_and_back_without_loss():
    levels = np.arange(256, dtype=np.uint8)
    scaled = to_model_range(levels)
    assert scaled.dtype == np.float32 and scaled[0] == -1 and scaled[255] == 1
    np.testing.assert_array_equal(from_model_range(scaled), levels)
    np.testing.assert_array_equal(from_model_range(np.array([-1.2, 1.2])), [0, 255])


def test_an_array_source_lists_the_fields_it_has_with_their_shapes():
    source = single(3)
    assert set(source.info.fields) == {"image", "label"}
    assert source.info.fields["image"].shape == (4, 4, 3)
    assert with_shapes(CARD, {"label": ()}).fields.keys() == {"label"}
    assert hand_out(np.zeros((1, 2), np.uint8), CARD.fields["segmentation"]).dtype == np.int32


@pytest.mark.parametrize("kind", [lambda source: source, Slow])
def test_only_the_fields_asked_for_are_handed_out_and_rows_stay_the_same(kind):
    source = kind(single(10))
    (few,) = first(source, 1, batch_size=4, seed=0, flip=True, fields={"label", "caption"})
    (all_,) = first(source, 1, batch_size=4, seed=0, flip=True)
    assert few.keys() == {"label"}
    np.testing.assert_array_equal(few["label"], all_["label"])


def test_a_stream_without_a_field_asked_for_is_not_read():
    only = unpaired(3, 5).only(["b"])
    assert only.streams == {"b": 5} and set(only.info.fields) == {"b"}
    (batch,) = first(unpaired(3, 5), 1, batch_size=2, seed=0, fields=("b",))
    assert batch.keys() == {"b"}


NEGATIVE = ("a", "b", "b_neg")


def pairs(rows: int, items: list[int] | None = None) -> ArraySource:
    """Pictures (2, 2, 1) whose left half is the row's number and 1 in both domains; the right half is black."""
    number = np.zeros((rows, 2, 2, 1), np.uint8)
    number[:, :, 0] = 1 + np.arange(rows)[:, None, None]
    numbers = None if items is None else np.array(items)
    return ArraySource(
        replace(CARD, paired=True), {"main": {"a": number, "b": number, "label": np.arange(rows)}}, (), numbers
    )


def numbers_of(batch: Rows, name: str) -> np.ndarray:
    return from_model_range(batch[name])[:, 0, 0, 0].astype(int) - 1


@pytest.mark.parametrize("kind", [lambda source: source, Slow])
def test_negatives_show_another_row_and_are_drawn_anew(kind):
    source = kind(pairs(10))
    found = first(source, 30, batch_size=10, seed=0, fields=NEGATIVE)
    seen = {row: [] for row in range(10)}
    for batch in found:
        assert batch.keys() == set(NEGATIVE) and batch["b_neg"].dtype == np.float32
        assert batch["b_neg"].shape == batch["b"].shape
        for own, other in zip(numbers_of(batch, "b"), numbers_of(batch, "b_neg"), strict=True):
            seen[own].append(other)
    for row, others in seen.items():
        assert row not in others and len(others) == 30 and len(set(others)) >= 7


@pytest.mark.parametrize("kind", [lambda source: source, Slow])
def test_negatives_depend_on_the_seed_and_the_step_alone(kind):
    def drawn(seed: int, **how) -> list[list[int]]:
        return [list(numbers_of(b, "b_neg")) for b in first(kind(pairs(10)), 4, seed=seed, fields=NEGATIVE, **how)]

    whole = drawn(5, batch_size=3)
    assert drawn(5, batch_size=3, start_step=2)[:2] == whole[2:]
    assert drawn(6, batch_size=3) != whole


def test_negatives_show_another_item_each_with_the_same_probability():
    items = [7, 3, 7, 7, 5, 3]
    draw = Negatives(pairs(6, items), seed=0).draw
    rows = np.repeat(np.arange(6), 2000)
    found = draw(rows, 0)
    assert not np.equal(np.array(items)[rows], np.array(items)[found]).any()
    for row in range(6):
        others = [other for other in range(6) if items[other] != items[row]]
        share = np.bincount(found[rows == row], minlength=6)[others] / 2000
        np.testing.assert_allclose(share, 1 / len(others), atol=0.05)
    assert list(draw(rows, 1)) != list(found)


def test_items_stay_with_the_fields_asked_for():
    items = [0, 0, 0, 1]
    for batch in first(pairs(4, items), 10, batch_size=4, seed=0, fields=NEGATIVE):
        own, other = (np.array(items)[numbers_of(batch, name)] for name in ("b", "b_neg"))
        assert (own != other).all()


def test_negatives_are_drawn_only_where_they_are_asked_for():
    source = pairs(4)
    assert source.info.fields["b_neg"].shape == (2, 2, 1)
    (batch,) = first(source, 1, batch_size=4, seed=0)
    assert batch.keys() == arrays(source).keys() == {"a", "b", "label"}
    (batch,) = first(source, 1, batch_size=4, seed=0, fields=("b_neg",))
    assert batch.keys() == arrays(source, fields=("b_neg",)).keys() == {"b_neg"}
    assert "b_neg" not in unpaired(3, 3).info.fields


def test_negatives_of_arrays():
    rows = arrays(pairs(10), 6, seed=1, fields=NEGATIVE)
    assert len(rows["b_neg"]) == 6 and not np.equal(numbers_of(rows, "b"), numbers_of(rows, "b_neg")).any()
    np.testing.assert_array_equal(rows["b_neg"], arrays(pairs(10), 6, seed=1, fields=NEGATIVE)["b_neg"])


def test_negatives_are_mirrored_with_their_row():
    turned = []
    for batch in first(pairs(9), 4, batch_size=9, seed=0, flip=True, fields=NEGATIVE):
        left_is_black = [batch[name][:, 0, 0, 0] == -1 for name in NEGATIVE]
        np.testing.assert_array_equal(left_is_black[0], left_is_black[2])
        turned += list(left_is_black[2])
    assert 0 < np.mean(turned) < 1


def test_one_item_has_no_negatives():
    with pytest.raises(GanappsError, match="one item only"):
        batches(pairs(3, [1, 1, 1]), batch_size=2, seed=0, fields=NEGATIVE)
