"""Moving shapes: the stated positions are the drawn ones, speeds are constant, walls turn them back."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

from ganapps.data import catalogue
from ganapps.data.catalogue import DataSet, Field
from ganapps.data.moving import LARGEST, SPEEDS
from ganapps.data.pipeline import batches, mirrored
from ganapps.data.source import ArraySource
from ganapps.errors import UsageError

ROWS = np.arange(40)


def rows(spec="moving", split="train", numbers=ROWS, **size):
    return catalogue.open(spec, split, **size).take("main", numbers)


def test_the_card_tells_what_comes():
    for spec in ("moving", "moving:objects=3", "moving:pairs"):
        source, card = catalogue.open(spec), catalogue.describe(spec)
        found = source.take("main", np.array([5, 0, 5]))
        assert found.keys() == card.fields.keys() == source.info.fields.keys()
        assert source.streams == {"main": card.sizes["train"]}
        for name, values in found.items():
            assert values.dtype == np.float32 and values.shape == (3, *card.fields[name].shape)
            np.testing.assert_array_equal(values[0], values[2])


@pytest.mark.parametrize("resolution", [32, 64])
def test_positions_are_the_centres_of_what_is_drawn(resolution):
    found = rows("moving:objects=1", resolution=resolution)
    frames, positions = found["frames"], found["positions"]
    assert frames.shape == (40, 8, resolution, resolution, 3) and positions.shape == (40, 8, 1, 2)
    background = np.median(frames, axis=(2, 3), keepdims=True)
    weight = np.abs(frames - background).sum(-1)
    ticks = (np.arange(resolution) + 0.5) / resolution
    x, y = ((weight.sum(axis) * ticks).sum(-1) / weight.sum((2, 3)) for axis in (2, 3))
    np.testing.assert_allclose(np.stack([x, y], -1), positions[:, :, 0], atol=0.15 / resolution)


def test_objects_keep_their_speed_and_stay_inside():
    source = catalogue.open("moving:objects=3")
    places = source.positions_of(np.arange(500))
    edge = source.sizes[:500, None, :, None]
    assert (places >= edge - 1e-6).all() and (places <= 1 - edge + 1e-6).all()
    steps = np.diff(places, axis=1)
    turned = np.abs(np.diff(steps, axis=1)) > 1e-5
    assert 0.1 < turned.any(axis=(1, 2, 3)).mean() < 1.0, "some bounce"
    straight = ~turned.any(axis=1)
    speeds = np.where(straight, np.abs(steps[:, 0]), 0)
    np.testing.assert_allclose(speeds, np.where(straight, np.abs(source.velocities[:500]), 0), atol=1e-5)
    lengths = np.linalg.norm(source.velocities, axis=-1)
    assert SPEEDS[0] <= lengths.min() and lengths.max() <= SPEEDS[1]
    assert source.sizes.max() <= LARGEST


def test_two_frames_differ_and_splits_differ():
    train, test = rows(), rows(split="test")
    assert (np.abs(np.diff(train["frames"], axis=1)).max(axis=(2, 3, 4)) > 0.2).all()
    assert not np.array_equal(train["positions"], test["positions"])


def test_single_frames_and_the_next_one_are_those_of_the_film():
    found = rows()
    for number in range(1, 5):
        np.testing.assert_array_equal(found[f"frame_{number}"], found["frames"][:, number - 1])
    np.testing.assert_array_equal(found["image"], found["frames"][:, 4])


def test_pairs_stack_the_past_as_colours():
    pairs, grey = rows("moving:pairs"), rows(channels=1)["frames"]
    np.testing.assert_array_equal(pairs["a"], np.concatenate([grey[:, t] for t in (1, 2, 3)], axis=-1))
    np.testing.assert_array_equal(pairs["b"], grey[:, 4].repeat(3, axis=-1))


def test_batches_bring_films_and_flip_them_whole():
    source = catalogue.open("moving:objects=1")
    plain, flipped = (
        list(itertools.islice(batches(source, 8, 3, 0, flip, ("frames", "positions")).as_numpy_iterator(), 2))
        for flip in (False, True)
    )
    turned = 0
    for before, after in zip(plain, flipped, strict=True):
        assert set(before) == {"frames", "positions"} and before["frames"].shape == (8, 8, 32, 32, 3)
        for row in range(8):
            same = np.array_equal(before["positions"][row], after["positions"][row])
            film = before["frames"][row] if same else before["frames"][row][:, :, ::-1]
            np.testing.assert_array_equal(after["frames"][row], film)
            if not same:
                turned += 1
                np.testing.assert_allclose(after["positions"][row][..., 0], 1 - before["positions"][row][..., 0])
                np.testing.assert_array_equal(after["positions"][row][..., 1], before["positions"][row][..., 1])
    assert 0 < turned < 16


def test_films_kept_as_uint8_are_scaled_like_pictures():
    card = DataSet("x", "x", "procedural", {"frames": Field((), "float32", "f")}, {}, "", "", "", "")
    film = np.random.default_rng(0).integers(0, 256, (3, 2, 4, 4, 1), np.uint8)
    source = ArraySource(card, {"main": {"frames": film}})
    expected = film / 127.5 - 1
    np.testing.assert_allclose(source.take("main", np.arange(3))["frames"], expected, atol=1e-6)
    batch = next(batches(source, 3, 0).as_numpy_iterator())["frames"]
    np.testing.assert_allclose(np.sort(batch, None), np.sort(expected, None), atol=1e-6)
    np.testing.assert_array_equal(mirrored("frames", tf.constant(batch), card.fields["frames"]), batch[:, :, :, ::-1])


@pytest.mark.parametrize(
    ("spec", "size", "message"),
    [
        ("moving:objects=4", {}, "1, 2 or 3 objects, not '4'"),
        ("moving:pairs", {"channels": 1}, "ask for 3 channels"),
    ],
)
def test_what_is_not_possible_is_explained(spec, size, message):
    with pytest.raises(UsageError, match=message):
        catalogue.open(spec, **size)
