"""PatchGAN: what a logit sees, how many there are, and where its normalisation and biases stand."""

import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from ganapps.layers import InstanceNorm
from ganapps.networks.translation import patchgan

PATCHES = {0: 1, 1: 16, 2: 34, 3: 70}


@pytest.mark.parametrize("depth", PATCHES)
def test_what_a_logit_sees(depth):
    """Only so many pixels move a logit in the middle."""
    judge = patchgan(3, 4, depth, "judge")
    for layer in judge.layers:
        if isinstance(layer, InstanceNorm):
            layer.call = lambda x: x  # statistics see the whole picture; the patch is of the convolutions
    side = 2 * PATCHES[depth] + 6
    x = tf.random.stateless_normal((1, side, side, 3), seed=(0, 0))
    with tf.GradientTape() as tape:
        tape.watch(x)
        logits = judge(x)
        middle = logits[0, logits.shape[1] // 2, logits.shape[2] // 2, 0]
    touched = np.abs(tape.gradient(middle, x)[0]).sum(-1) > 0
    rows, columns = np.where(touched.any(1))[0], np.where(touched.any(0))[0]
    assert (np.ptp(rows) + 1, np.ptp(columns) + 1) == (PATCHES[depth],) * 2


@pytest.mark.parametrize(
    ("depth", "sides"), [(3, (30, 14, 6, 2)), (2, (62, 30, 14, 6)), (1, (126, 62, 30, 14)), (0, (256, 128, 64, 32))]
)
def test_how_many_logits(depth, sides):
    judge = patchgan(3, 4, depth, "judge")
    for side, found in zip((256, 128, 64, 32), sides, strict=True):
        assert judge.compute_output_shape((1, side, side, 3)) == (1, found, found, 1)


@pytest.mark.parametrize("depth", [0, 1, 3, 5])
def test_widths_normalisation_and_biases(depth):
    for normalization, kind in (("instance", InstanceNorm), ("batch", layers.BatchNormalization)):
        judge = patchgan(6, 4, depth, "judge", normalization)
        convolutions = [x for x in judge.layers if isinstance(x, layers.Conv2D)]
        hidden = max(1, depth) + 1
        assert [x.filters for x in convolutions] == [*(4 * min(2**i, 8) for i in range(hidden)), 1]
        assert {x.kernel_size for x in convolutions} == {(4, 4) if depth else (1, 1)}
        norms = [x for x in judge.layers if isinstance(x, InstanceNorm | layers.BatchNormalization)]
        assert len(norms) == hidden - 1 and all(type(x) is kind for x in norms), "none in the first layer"
        before = normalization == "instance"
        assert [x.use_bias for x in convolutions] == [True, *[before] * (hidden - 1), True]
