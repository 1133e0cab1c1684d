"""The U-Net: its stages, skips, dropout and normalisation, the sizes it takes, and its noise."""

import numpy as np
import pytest
from keras import layers, ops

from ganapps.layers import InstanceNorm
from ganapps.networks.unet import unet, with_noise


def of(network, kind):
    return [layer for layer in network.layers if isinstance(layer, kind)]


def pictures(n, side=32):
    return np.random.default_rng(0).uniform(-1, 1, (n, side, side, 3)).astype("float32")


@pytest.mark.parametrize(("side", "levels", "dropouts"), [(8, 3, 1), (32, 5, 1), (64, 6, 2), (128, 7, 3), (256, 8, 3)])
def test_one_stage_for_each_halving_down_to_one_pixel(side, levels, dropouts):
    network = unet(side, 3, 1, 4, "translator")
    down, up = of(network, layers.Conv2D), of(network, layers.Conv2DTranspose)
    widths = [4 * min(2**i, 8) for i in range(levels)]
    assert [x.filters for x in down] == widths
    assert [x.filters for x in up] == [*reversed(widths[:-1]), 1]
    assert len(of(network, layers.Dropout)) == dropouts
    shape = (1, side, side, 3)
    for layer in down:
        shape = layer.compute_output_shape(shape)
    assert shape[1:3] == (1, 1)
    assert network.compute_output_shape((2, side, side, 3)) == (2, side, side, 1)


def test_the_widest_stages_are_as_wide_as_asked_for():
    network = unet(64, 3, 3, 4, "translator", widest=2)
    assert [x.filters for x in of(network, layers.Conv2D)] == [4, 8, 8, 8, 8, 8]
    assert [x.filters for x in of(network, layers.Conv2DTranspose)] == [8, 8, 8, 8, 4, 3]


def test_skips_join_stages_of_one_size():
    """An encoder's stage that is cut off, all else equal, changes what comes out: information passes around the middle."""
    network = unet(32, 3, 3, 4, "translator")
    joined = of(network, layers.Concatenate)
    assert [x.output.shape[-1] for x in joined] == [2 * width for width in (32, 16, 8, 4)]
    plain = unet(32, 3, 3, 4, "translator", skips=False)
    assert not of(plain, layers.Concatenate)
    for net, passes in ((network, True), (plain, False)):
        of(net, layers.Conv2D)[-1].kernel.assign(np.zeros((4, 4, 32, 32)))  # nothing passes through the middle
        one, other = (ops.convert_to_numpy(net(x)) for x in (pictures(1), -pictures(1)))
        assert np.array_equal(one, other) != passes


def test_no_bias_before_a_normalisation_and_none_of_the_single_pixel():
    network = unet(32, 3, 3, 4, "translator")
    convolutions = [x for x in network.layers if isinstance(x, layers.Conv2D | layers.Conv2DTranspose)]
    assert [x.use_bias for x in convolutions] == [False] * 9 + [True]
    assert len(of(network, InstanceNorm)) == 3 + 4
    assert all(x.affine for x in of(network, InstanceNorm))
    gains = np.concatenate([ops.convert_to_numpy(x.gamma) for x in of(unet(256, 3, 3, 8, "wide"), InstanceNorm)])
    assert gains.mean() == pytest.approx(1.0, abs=0.005) and gains.std() == pytest.approx(0.02, rel=0.2)


def test_the_normalisation_is_batch_statistics_of_a_batch_of_one():
    x = 3 * pictures(1, 8) + 1
    batch = layers.BatchNormalization(epsilon=1e-5)
    np.testing.assert_allclose(InstanceNorm(affine=True)(x), batch(x, training=True), atol=1e-5)


def test_a_translation_depends_on_its_picture_alone():
    network = unet(32, 3, 3, 4, "translator")
    alone, among = network(pictures(1)), network(pictures(5))
    np.testing.assert_allclose(alone[0], among[0], atol=1e-5)
    np.testing.assert_allclose(alone, network(pictures(1), training=False), atol=0)


def test_any_multiple_of_the_resolution():
    assert unet(16, 3, 3, 4, "translator")(np.zeros((1, 32, 48, 3), "float32")).shape == (1, 32, 48, 3)


@pytest.mark.parametrize("side", [4, 24, 100])
def test_a_side_that_is_no_power_of_two_is_refused(side):
    with pytest.raises(ValueError, match="power of two"):
        unet(side, 3, 3, 4, "translator")


def test_noise_is_fixed_by_its_seed_and_changes_nothing():
    network = unet(32, 3, 3, 4, "translator")
    before = [ops.convert_to_numpy(v) for v in network.variables]
    first, again, other = (with_noise(network, pictures(3), 2, seed, batch_size=4) for seed in (0, 0, 1))
    assert first.shape == (3, 2, 32, 32, 3) and first.dtype == np.float32
    assert np.array_equal(first, again) and not np.array_equal(first, other)
    assert (np.abs(first[:, 0] - first[:, 1]).max(axis=(1, 2, 3)) > 0).all(), "each draw of each picture is another"
    for variable, old in zip(network.variables, before, strict=True):
        assert np.array_equal(ops.convert_to_numpy(variable), old), variable.path
    silent = unet(32, 3, 3, 4, "translator", dropout=0.0)
    np.testing.assert_allclose(with_noise(silent, pictures(1), 2, 0)[0, 1], silent(pictures(1))[0], atol=1e-5)
