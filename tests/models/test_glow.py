"""Glow: exact inverse, exact volume, data-dependent first values, bits per dimension, and the shared tests."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import ops

from ganapps.layers import Flow
from ganapps.layers.actnorm import ActNorm
from ganapps.layers.coupling import Coupling
from ganapps.layers.flow import squeezed, unsqueezed
from ganapps.layers.invertible_conv import InvertibleConv
from ganapps.layers.levels import to_levels
from ganapps.models.reference.glow import Glow
from tests.models.harness import Game, value

rng = np.random.default_rng


def shaken(layer):
    """The layer with its weights moved off their first values, where couplings are the identity."""
    draw = rng(3)
    for variable in layer.trainable_variables:
        variable.assign(variable + draw.normal(0.0, 0.1, variable.shape).astype("float32"))
    return layer


def pictures(n, side=8, channels=3):
    return rng(0).uniform(-1, 1, (n, side, side, channels)).astype("float32")


class TestGlow(Game):
    name = "glow"
    tiny = {"resolution": 32, "channels": 3, "levels": 2, "depth": 1, "features": 4, "warmup": 2}

    def small(self, **options):
        keras.utils.set_random_seed(1)
        return Glow(**{"resolution": 8, "levels": 2, "depth": 2, "features": 8, "warmup": 2, **options})

    @pytest.mark.parametrize("coupling", ["affine", "additive"])
    def test_encoding_and_decoding_are_inverse(self, coupling):
        model = self.small(coupling=coupling)
        shaken(model.flow)
        images = pictures(4) * 0.99
        assert np.abs(model.reconstruct(images) - images).max() < 1e-4
        codes = rng(1).normal(0, 0.3, (3, model.latent_dim)).astype("float32")
        layer = model.flow.get_layer("steps")
        again, _ = layer(layer.inverse(codes))
        np.testing.assert_allclose(value(again), codes, atol=1e-4)

    def test_latents_unlike_any_picture_give_finite_values(self):
        keras.utils.set_random_seed(2)
        flow = Flow(levels=1, depth=8, features=6, affine=True)
        flow.build((None, 4, 4, 1))
        for step in shaken(flow).steps:  # scales near 0, as trained couplings have them where no picture ever was
            step.coupling.last.conv.bias.assign(np.full(step.coupling.last.conv.bias.shape, -20.0))
        found = value(flow.inverse(rng(0).normal(0, 1, (2, 16)).astype("float32")))
        assert np.isfinite(found).all() and np.abs(found).max() > 10.0  # held, not made small

    @pytest.mark.parametrize("affine", [True, False])
    def test_volume_is_that_of_the_brute_force_jacobian(self, affine):
        keras.utils.set_random_seed(2)
        flow = Flow(levels=1, depth=2, features=6, affine=affine)
        flow.build((None, 4, 2, 2))
        self.assert_volume(shaken(flow), (4, 2, 2))
        two = Flow(levels=2, depth=1, features=6, affine=affine)  # with a split, whose prior scales too
        two.build((None, 4, 4, 1))
        self.assert_volume(shaken(two), (4, 4, 1))

    def assert_volume(self, flow, shape):
        x = tf.constant(rng(0).normal(0, 0.5, (1, *shape)).astype("float32"))
        with tf.GradientTape() as tape:
            tape.watch(x)
            latents, volume = flow(x)
        size = int(np.prod(shape))
        jacobian = tf.reshape(tape.jacobian(latents, x), (size, size))
        assert float(volume[0, 0]) == pytest.approx(np.linalg.slogdet(jacobian.numpy())[1], abs=1e-3)
        assert abs(float(volume[0, 0])) > 0.1

    def test_volume_counts_every_pixel(self):
        for layer in (ActNorm(), InvertibleConv()):
            layer.build((None, 4, 6, 3))
            layer.log_scale.assign(np.array([0.1, 0.2, 0.4], "float32"))
            _, volume = layer(ops.ones((2, 4, 6, 3)))
            assert float(volume) == pytest.approx(4 * 6 * 0.7, rel=1e-5)

    def test_the_convolution_starts_as_a_rotation(self):
        layer = InvertibleConv()
        layer.build((None, 4, 4, 6))
        matrix = value(layer.matrix())
        np.testing.assert_allclose(matrix @ matrix.T, np.eye(6), atol=1e-5)
        assert abs(matrix - np.eye(6)).max() > 0.1

    def test_couplings_start_as_the_identity(self):
        layer = Coupling(8, affine=False)
        layer.build((None, 4, 4, 6))
        x = ops.convert_to_tensor(rng(0).normal(size=(2, 4, 4, 6)).astype("float32"))
        same, volume = layer(x)
        np.testing.assert_array_equal(value(same), value(x))
        assert not value(volume).any()

    def test_squeezing_is_undone(self):
        x = ops.convert_to_tensor(rng(0).normal(size=(2, 4, 6, 3)).astype("float32"))
        small = squeezed(x)
        assert small.shape == (2, 2, 3, 12)
        np.testing.assert_array_equal(value(small)[0, 0, 0, :3], value(x)[0, 0, 0])
        np.testing.assert_array_equal(value(unsqueezed(small)), value(x))

    def test_data_give_the_first_normalisation(self):
        model = self.small()
        model.adapt({"image": pictures(64)})
        step = model.flow.get_layer("steps").steps[0]
        noise = rng(0).uniform(size=(64, 8, 8, 3)).astype("float32")
        out, _ = step.norm(squeezed(model.continuous(pictures(64), noise)))
        np.testing.assert_allclose(value(out).mean((0, 1, 2)), 0.0, atol=1e-4)
        np.testing.assert_allclose(value(out).std((0, 1, 2)), 1.0, atol=1e-3)
        last = model.flow.get_layer("steps").steps[-1].norm
        assert value(last.log_scale).any()

    def test_log_prob_of_uniform_latents_by_hand(self):
        """A flow of rotations only: the density of a rotated picture, spread over its levels."""
        model = self.small(levels=1, depth=1, coupling="additive")
        images = np.zeros((1, 8, 8, 3), "float32")
        noise = rng(0).uniform(size=images.shape).astype("float32")
        grey = (np.rint((images + 1) / 2 * 255) + noise) / 256 - 0.5
        by_hand = -0.5 * (grey**2).sum() - 96 * np.log(2 * np.pi) - 192 * np.log(256)
        assert model.log_prob(images)[0] == pytest.approx(by_hand, rel=1e-4)

    def test_bits_fall_below_the_uniform_code(self):
        model = self.small(learning_rate=5e-3)
        images = np.clip(pictures(8, channels=1) * 0.05 + np.linspace(-0.5, 0.5, 8)[None, :, None, None], -1, 1)
        images = np.repeat(images, 3, axis=-1).astype("float32")
        model.adapt({"image": images})
        model.compile()
        data = tf.data.Dataset.from_tensors({"image": images}).repeat()
        model.fit(data, steps_per_epoch=60, verbose=0)
        bits = -model.log_prob(images).mean() / (192 * np.log(2))
        assert bits < 6.0  # 8 is the uniform code

    def test_noise_makes_pictures_continuous_within_their_levels(self):
        model = self.small(bits=3)
        images = pictures(2)
        numbers = value(to_levels(images, 8))
        for noise in (0.0, 0.5, 0.999):
            continuous = value(model.continuous(images, noise))
            assert (np.floor((continuous + 0.5) * 8) == numbers).all()
        seen = []
        model.noise.uniform = lambda shape: seen.append(shape) or ops.zeros(shape)
        loss, logs = model.flow_loss({"image": ops.convert_to_tensor(images)})
        assert seen == [images.shape]
        assert float(loss) == pytest.approx(float(logs["nats"]) / (192 * np.log(2)), rel=1e-5)

    def test_half_of_the_channels_leave_between_levels(self):
        model = self.small(resolution=16, levels=3)
        assert model.flow.get_layer("steps").parts == [(8, 8, 6), (4, 4, 12), (2, 2, 48)]
        with pytest.raises(ValueError, match="take fewer levels"):
            self.small(resolution=12, levels=3)

    def test_the_papers_optimiser(self):
        """Adamax whose rate rises linearly to 1e-3 in ten epochs, and stays."""
        model = self.small(warmup=100)
        model.compile()
        adamax = model.optimizer.players["flow"]
        assert isinstance(adamax, keras.optimizers.Adamax) and adamax.beta_1 == 0.9
        rates = [float(adamax._learning_rate(step)) for step in (0, 50, 100, 10_000)]
        assert rates == pytest.approx([1e-5, 5.05e-4, 1e-3, 1e-3], rel=1e-4)

    def test_the_preview_shows_ways_and_samples(self):
        assert self.small().preview({"image": pictures(8)}, seed=0).shape == (8 * 10 + 2, 8 * 10 + 2, 3)

    def test_temperature_scales_the_latents(self):
        model = self.small()
        cold = model.generate(3, seed=0, temperature=0.0)
        np.testing.assert_allclose(cold[0], cold[1], atol=1e-6)
        assert np.abs(model.generate(3, seed=0, temperature=1.0) - cold).max() > 0.1

    def test_an_edit_moves_along_the_difference_of_means(self):
        model = self.small()
        images = pictures(6) * 0.3
        moved = model.edit(images[:1], images[1:3] + 0.2, images[1:3])
        assert moved.shape == (1, 8, 8, 3) and moved.mean() > images[:1].mean() + 0.05
        np.testing.assert_allclose(model.edit(images[:1], images[1:3], images[3:], 0.0), images[:1], atol=1e-4)

    def test_the_papers_sizes(self):
        """Code for CIFAR-10: 3 levels of 32 steps, width 512; what a step and a split hold, by hand."""
        model = Glow(depth=2, features=16)
        total = 0
        for level, channels in enumerate((12, 24, 48)):
            half = channels // 2
            conv = (9 * half * 16 + 16) + (16 * 16 + 16) + (9 * 16 * channels + channels) + channels
            total += 2 * (2 * channels + 2 * channels**2 + channels + conv)
            total += (9 * half * channels + channels + channels) if level < 2 else 0
        assert sum(int(np.prod(v.shape)) for v in model.flow.trainable_variables) == total
        defaults = Glow.__init__.__defaults__
        assert defaults[2:4] == (3, 32) and defaults[4] == 512
