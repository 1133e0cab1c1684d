"""Sub-pixel upsampling and bicubic reduction, against NumPy and Pillow."""

import numpy as np
import pytest
from keras import ops
from PIL import Image

from ganapps.layers import PixelShuffle, bicubic_matrix, bicubic_shrink


@pytest.mark.parametrize("scale", [2, 3])
def test_shuffling_undoes_space_to_depth(scale):
    x = np.random.default_rng(0).normal(size=(2, 5 * scale, 4 * scale, 3)).astype("float32")
    blocks = x.reshape(2, 5, scale, 4, scale, 3).transpose(0, 1, 3, 2, 4, 5).reshape(2, 5, 4, scale * scale * 3)
    layer = PixelShuffle(scale)
    np.testing.assert_array_equal(ops.convert_to_numpy(layer(blocks)), x)
    np.testing.assert_array_equal(ops.convert_to_numpy(ops.space_to_depth(layer(blocks), scale)), blocks)
    assert layer.compute_output_shape((None, None, 4, 3 * scale**2)) == (None, None, 4 * scale, 3)


@pytest.mark.parametrize("factor", [2, 4])
def test_shrinking_is_pillows_antialiased_bicubic_filter(factor):
    x = np.random.default_rng(0).uniform(-0.5, 0.5, (2, 32, 48, 3)).astype("float32")
    small = ops.convert_to_numpy(bicubic_shrink(x, factor))
    size = (48 // factor, 32 // factor)
    for picture, made in zip(x, small, strict=True):
        for channel in range(3):
            plane = Image.fromarray(np.ascontiguousarray(picture[..., channel]))
            wanted = np.asarray(plane.resize(size, Image.Resampling.BICUBIC))
            np.testing.assert_allclose(made[..., channel], wanted, atol=2e-6)


def test_shrinking_stays_in_range_and_keeps_a_constant():
    edge = np.where(np.arange(16) < 8, -1.0, 1.0)[None, None, :, None] * np.ones((1, 16, 16, 1))
    unclipped = edge[0, :, :, 0] @ bicubic_matrix(16, 4).T
    assert unclipped.max() > 1.0, "the filter overshoots"
    small = ops.convert_to_numpy(bicubic_shrink(edge, 4))
    assert small.max() == 1.0 and small.min() == -1.0
    np.testing.assert_allclose(
        ops.convert_to_numpy(bicubic_shrink(np.full((1, 8, 8, 3), 0.3, "float32"), 2)), 0.3, atol=1e-6
    )
