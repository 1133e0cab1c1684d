import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from skimage.metrics import structural_similarity

from ganapps.errors import GanappsError
from ganapps.metrics.catalogue import METRICS, Evidence
from ganapps.metrics.ms_ssim import WEIGHTS, _halve, _terms, diversity, ms_ssim
from ganapps.metrics.pixels import gradient_energy, l1, luma, psnr, ssim


def pictures(n: int = 4, side: int = 48, channels: int = 3, seed: int = 0) -> np.ndarray:
    noise = np.random.default_rng(seed).random((n, side, side, channels))
    smooth = gaussian_filter(noise, (0, 2, 2, 0))
    low, high = smooth.min(), smooth.max()
    return np.rint(255 * (smooth - low) / (high - low)).astype(np.uint8)


def test_l1_is_a_share_of_the_range_and_does_not_wrap() -> None:
    dark, bright = np.zeros((2, 8, 8, 3), np.uint8), np.full((2, 8, 8, 3), 255, np.uint8)
    assert l1(dark, bright) == l1(bright, dark) == 1
    assert l1(np.full((1, 4, 4, 1), -1.0), np.zeros((1, 4, 4, 1)), data_range=2) == 0.5


def test_psnr_of_a_hundredth_is_20_db() -> None:
    real = np.zeros((3, 8, 8, 1))
    assert psnr(real, real + 0.1, data_range=1) == pytest.approx(20)
    assert psnr(np.zeros((1, 8, 8, 1), np.uint8), np.full((1, 8, 8, 1), 255, np.uint8)) == pytest.approx(0)
    assert psnr(real, real) == float("inf")


def test_psnr_is_the_mean_over_pictures_not_of_the_mean_error() -> None:
    real = np.zeros((2, 8, 8, 1))
    fake = np.stack([np.full((8, 8, 1), 0.1), np.full((8, 8, 1), 0.01)])
    assert psnr(real, fake, data_range=1) == pytest.approx(30)


def test_ssim_is_one_for_equals_and_falls_with_noise() -> None:
    images = pictures()
    assert ssim(images, images) == pytest.approx(1)
    noise = np.random.default_rng(1).standard_normal(images.shape)
    noisy = [ssim(images, (images + level * noise).clip(0, 255).astype(np.uint8)) for level in (5, 20, 80)]
    assert 1 > noisy[0] > noisy[1] > noisy[2] > 0


def test_ssim_scales_with_its_range() -> None:
    a, b = pictures(seed=0), pictures(seed=1)
    assert ssim(a, b) == pytest.approx(ssim(a / 127.5 - 1 + 1, b / 127.5 - 1 + 1, data_range=2), abs=1e-6)


def test_luma_of_white_black_and_a_border() -> None:
    white = np.full((1, 10, 10, 3), 255, np.uint8)
    assert luma(white, 2).shape == (1, 6, 6, 1)
    np.testing.assert_allclose(luma(white), 235, atol=0.01)
    np.testing.assert_allclose(luma(0 * white), 16)


def test_luma_of_grey_is_that_of_equal_colours() -> None:
    grey = pictures(channels=1)
    np.testing.assert_array_equal(luma(grey, 3), luma(grey.repeat(3, axis=-1), 3))


def test_gradient_energy_is_the_squared_difference_of_neighbours() -> None:
    ramp = np.arange(8, dtype=np.uint8)[None, None, :, None] * np.array([3], np.uint8)
    assert gradient_energy(np.broadcast_to(ramp, (2, 8, 8, 1))) == 9
    assert gradient_energy(np.full((1, 4, 4, 3), 200, np.uint8)) == 0
    down = np.tile(np.array([255, 0], np.uint8), 4)[None, :, None, None]
    assert gradient_energy(np.broadcast_to(down, (1, 8, 8, 1))) == 255**2  # differences of uint8 do not wrap


def test_super_resolution_is_measured_on_luma_without_the_border() -> None:
    real = pictures(side=32)
    fake = real.copy()
    fake[:, :4], fake[:, :, -4:] = 0, 255  # wrong only where nobody looks
    fake[:, 10, 10] ^= 1  # or the PSNR would be infinite
    for name, right, wrong in (("psnr-y", 70.0, 35.0), ("ssim-y", 0.999, 0.9)):
        metric, seen = METRICS[name], Evidence(pictures=fake)
        assert metric.compute(Evidence(pictures=real, border=4), seen, 0)[name].value > right
        assert metric.compute(Evidence(pictures=real), seen, 0)[name].value < wrong
    assert METRICS["psnr-y"].protocol(9) == "cropped"
    dimmed = METRICS["sharpness"].compute(Evidence(pictures=real), Evidence(pictures=real // 2), 0)["sharpness"].value
    assert dimmed == pytest.approx(0.25, abs=0.03)


def test_one_scale_of_ms_ssim_is_ssim() -> None:
    a, b = pictures(2, seed=0), pictures(2, seed=1)
    luminance, contrast = _terms(a.astype(float), b.astype(float), 255)
    ours = (luminance * contrast).mean((1, 2, 3))
    for index in range(2):
        theirs = structural_similarity(
            a[index].astype(float), b[index].astype(float), data_range=255, channel_axis=-1, gaussian_weights=True,
            sigma=1.5, use_sample_covariance=False,
        )  # fmt: skip
        assert ours[index] == pytest.approx(theirs, abs=1e-9)


def test_ms_ssim_is_the_weighted_product_over_five_scales() -> None:
    a, b = (x.astype(float) for x in (pictures(1, 192, seed=0), pictures(1, 192, seed=1)))
    product = 1.0
    for scale, weight in enumerate(WEIGHTS):
        luminance, contrast = _terms(a, b, 255)
        product *= max((contrast if scale < 4 else luminance * contrast).mean(), 0) ** weight
        a, b = _halve(a), _halve(b)
    assert ms_ssim(pictures(1, 192, seed=0), pictures(1, 192, seed=1))[0] == pytest.approx(product)
    assert sum(WEIGHTS) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("side", [16, 28, 32, 48, 200])
def test_ms_ssim_of_equals_is_one_at_any_size(side: int) -> None:
    np.testing.assert_allclose(ms_ssim(pictures(2, side), pictures(2, side)), 1)


def test_ms_ssim_of_an_inverted_picture_is_clipped_at_zero() -> None:
    images = pictures(2, 64)
    np.testing.assert_array_equal(ms_ssim(images, 255 - images), 0)


def test_diversity_is_one_for_collapse_and_looks_inside_classes() -> None:
    images = pictures(40, 32)
    collapsed = np.repeat(images[:1], 40, axis=0)
    assert diversity(collapsed).mean == pytest.approx(1)
    assert diversity(images).mean < 0.6
    per_class = np.repeat(images[:2], 20, axis=0)  # two classes, each always the same picture
    labels = np.repeat([0, 1], 20)
    assert diversity(per_class, labels).mean == pytest.approx(1)
    assert diversity(per_class).mean < 0.9
    assert diversity(images, labels, seed=1) == diversity(images, labels, seed=1)
    with pytest.raises(GanappsError, match="no class has two of the 40 pictures: measure more"):
        diversity(images, np.arange(40))
