"""PixelCNN: what each logit may see, the order within a pixel, no blind spot, exact drawing, and the shared tests."""

import inspect

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import ops

from ganapps.errors import GanappsError
from ganapps.layers import ConvAbove, ConvBefore
from ganapps.layers.levels import from_levels, to_levels
from ganapps.models.reference.pixelcnn import PixelCNN
from tests.models.harness import Game

SIDE = 8
#: one channel, three layers: receptive fields that are easy to tell
GREY = {"resolution": SIDE, "channels": 1, "levels": 4, "features": 6, "depth": 3, "kernel": 3}


def built(**options):
    keras.utils.set_random_seed(1)
    return PixelCNN(**options)


def pictures(n, channels=3):
    return np.random.default_rng(0).uniform(-1, 1, (n, SIDE, SIDE, channels)).astype("float32")


def influence(model, place):
    """On the logits at a value (row, column, channel): the absolute gradient with respect to every input value."""
    image = tf.constant(pictures(1, model.size[2]))
    with tf.GradientTape() as tape:
        tape.watch(image)
        logits = model.network([image, tf.zeros((1,), "int32")] if model.classes else image)
        logits = tf.reshape(logits, (*model.size, model.levels))
        # Levels with weights of their own: a plain sum over them could cancel.
        loss = tf.reduce_sum(logits[place] * tf.range(1.0, model.levels + 1.0))
    return np.abs(tape.gradient(loss, image)[0])


class TestPixelCNN(Game):
    """In colour and conditional; drawing goes value by value, so the pictures are small."""

    name = "pixelcnn"
    tiny = {"resolution": SIDE, "levels": 4, "classes": 3, "features": 6, "depth": 2, "kernel": 3}

    def batch(self, n, resolution=SIDE):
        return {**super().batch(n, resolution), "label": np.arange(n, dtype="int32") % 3}

    def test_outputs_have_the_shape_and_range_they_promise(self):
        """Drawn at 8 and 12 pixels: at the shared sizes, value by value, it would take minutes."""
        for resolution in (SIDE, 12):
            model = self.build(resolution=resolution)
            images = model.generate(2, seed=0)
            assert images.shape == (2, *model.size) and images.dtype == np.float32
            numbers = to_levels(images, model.levels)
            assert set(np.unique(numbers)) <= set(range(model.levels))
            np.testing.assert_allclose(from_levels(numbers, model.levels), images, atol=1e-6)
            offered = model.signatures()["logits"]
            inputs = {name: np.zeros((2, *spec.shape), spec.dtype) for name, spec in offered.inputs.items()}
            assert offered(**inputs).shape == (2, *model.size[:2], model.size[2] * model.levels)

    def test_green_sees_red_and_blue_sees_both(self):
        model = self.build(features=24)
        for channel in range(3):
            own_pixel = influence(model, (4, 4, channel))[4, 4] > 0
            assert own_pixel.tolist() == [number < channel for number in range(3)]

    def test_drawn_pictures_follow_the_distributions_that_training_learns(self):
        """The noise that drew a value lies between the cumulative shares of its level and of the level below."""
        model = self.build()
        latent = np.random.default_rng(3).uniform(-1, 1, (2, SIDE * SIDE * 3)).astype("float32")
        label = np.array([1, 2], "int32")
        images = model.generate(2, seed=0, latent=latent, label=label)
        logits = np.array(model.signatures()["logits"](image=images, label=label)).reshape(2, -1, model.levels)
        shares = np.array(ops.cumsum(ops.softmax(logits), axis=-1))
        drawn = np.array(to_levels(images, model.levels)).reshape(2, -1, 1)
        upper = np.take_along_axis(shares, drawn, -1)
        lower = np.where(drawn == 0, 0.0, np.take_along_axis(shares, np.maximum(drawn - 1, 0), -1))
        chance = (latent[..., None] + 1) / 2
        assert (chance > lower - 1e-5).all() and (chance < upper + 1e-5).all()
        assert len(np.unique(drawn)) > 1

    def test_a_condition_in_every_gate(self):
        """1 x 1 convolutions lead from the vertical stack to the horizontal; its last output leads nowhere."""
        model = self.build()
        above = 3 * 7 * 3 * 12 + 12 + 12 * 12 + 12  # three rows of seven; the way to the other stack
        first = 4 * 3 * 12 + 12 + 3 * 12 + 6 * 6 + 6  # three pixels and its own; the class; 1 x 1
        both = 3 * 12 + 2 * 3 * 6 * 12 + 12 + 12 * 12 + 12 + 2 * 6 * 12 + 12 + 3 * 12 + 6 * 6 + 6
        assert model.network.count_params() == above + first + both + 6 * 6 + 6 + 6 * 12 + 12
        image = pictures(1).repeat(2, axis=0)
        one, two = np.array(model.network([image, np.array([0, 1], "int32")]))
        assert np.abs(one - two).max() > 1e-4

    def test_a_missing_label_is_no_condition(self):
        model = self.build()
        for variable in model.trainable_variables:
            if "projection" in variable.path:
                variable.assign(ops.zeros(variable.shape))
        image = pictures(1).repeat(2, axis=0)
        without, zeroed = np.array(model.network([image, np.array([-1, 1], "int32")]))
        np.testing.assert_allclose(without, zeroed, atol=1e-6)

    def test_likelihood_without_a_label_averages_over_the_classes(self):
        model = self.build()
        images = pictures(4)
        each = np.stack([model.log_prob(images, np.full(4, y)) for y in range(3)], axis=1)
        best = each.max(1, keepdims=True)
        mean = np.log(np.exp(each - best).mean(1)) + best[:, 0]
        np.testing.assert_allclose(model.log_prob(images), mean, rtol=1e-5)
        found = model.classify(images)
        np.testing.assert_allclose(found, np.exp(each - best) / np.exp(each - best).sum(1, keepdims=True), rtol=1e-3)

    def test_the_loss_is_the_likelihood_in_bits_a_value(self):
        model = self.build()
        batch = self.batch(4)
        loss, logs = model.network_loss({k: ops.convert_to_tensor(v) for k, v in batch.items()})
        nats = -model.log_prob(batch["image"], batch["label"]).mean()
        assert float(logs["nats"]) == pytest.approx(nats, rel=1e-4)
        assert float(loss) == pytest.approx(nats / (SIDE * SIDE * 3 * np.log(2)), rel=1e-4)

    def test_completion_keeps_what_is_known(self):
        model = self.build()
        images, mask = pictures(3), np.zeros((3, SIDE, SIDE, 1))
        mask[:, :4] = 1
        one, two = (model.complete(images, mask, seed, label=1) for seed in (0, 1))
        np.testing.assert_allclose(one[:, :4], from_levels(to_levels(images[:, :4], 4), 4), atol=1e-6)
        assert (one[:, 4:] != two[:, 4:]).any()
        nothing = model.complete(images, np.zeros_like(mask), 5, label=1)
        np.testing.assert_array_equal(nothing, model.generate(3, 5, label=1))

    def test_preview_shows_pictures_completions_and_samples(self):
        assert self.build().preview(self.batch(8), seed=0).shape == (3 * (SIDE + 2) + 2, 8 * (SIDE + 2) + 2, 3)


class TestForms:
    """Grey pictures, unconditional."""

    def test_the_papers_sizes(self):
        defaults = {name: p.default for name, p in inspect.signature(PixelCNN.__init__).parameters.items()}
        assert (defaults["features"], defaults["depth"], defaults["kernel"], defaults["levels"]) == (384, 20, 5, 256)

    @pytest.mark.parametrize("form", ["gated", "plain"])
    @pytest.mark.parametrize("channels", [1, 3])
    def test_nothing_sees_itself_or_what_comes_after(self, form, channels):
        model = built(**{**GREY, "architecture": form, "channels": channels})
        for place in ((0, 0, 0), (3, 0, 0), (4, 5, 0), (2, 7, channels - 1), (7, 7, channels - 1)):
            ahead = np.ravel_multi_index(place, model.size)
            assert not influence(model, place).ravel()[ahead:].any(), place

    def test_no_blind_spot(self):
        """The gated form sees every pixel of its field: 3 + 1 + 1 rows up, as many columns to both sides."""
        seen = influence(built(**{**GREY, "features": 16}), (6, 3, 0))[..., 0] > 0
        assert seen[1:6, :].all() and seen[6, :3].all()

    def test_the_plain_form_is_blind_above_to_the_right(self):
        seen = influence(built(**{**GREY, "features": 16, "architecture": "plain"}), (6, 1, 0))[..., 0] > 0
        assert seen[5, 1:5].all() and seen[4, 1:6].all()
        assert not seen[5, 6:].any()  # as far to the right as the rows above are seen by the gated form
        assert influence(built(**{**GREY, "features": 16}), (6, 1, 0))[5, 6, 0] > 0

    def test_both_parts_make_the_masked_convolution(self):
        """Rows above and the row so far, with their kernels, against one 3 x 3 kernel under masks A and B."""
        x = np.random.default_rng(0).normal(size=(1, 5, 5, 3)).astype("float32")
        for mask in "AB":
            above, before = ConvAbove(6, 1), ConvBefore(6, 1, mask, 3)
            ours = above(x) + before(x)
            kernel = np.zeros((3, 3, 3, 6), "float32")
            kernel[:1] = ops.convert_to_numpy(above.kernel)
            kernel[1, :2] = ops.convert_to_numpy(before.kernel)[0]
            for i in range(3):
                for o in range(6):  # two features a colour
                    if i > o // 2 or (mask == "A" and i == o // 2):
                        kernel[1, 1, i, o] = 0.0
            np.testing.assert_allclose(ours, tf.nn.conv2d(x, kernel, 1, "SAME"), atol=1e-5)

    def test_likelihoods_add_up_to_one(self):
        """Of all pictures of 2 x 2 pixels in 2 levels, in both forms."""
        every = np.array(np.meshgrid(*[[-1.0, 1.0]] * 4), "float32").reshape(4, 16).T.reshape(16, 2, 2, 1)
        for form in ("gated", "plain"):
            model = built(**{**GREY, "architecture": form, "resolution": 2, "levels": 2})
            assert np.exp(model.log_prob(every)).sum() == pytest.approx(1.0, abs=1e-5)

    def test_the_plain_form_draws_by_its_likelihood(self):
        """Of 3,000 pictures of 2 x 1 values, as many are of each kind as their likelihoods say."""
        model = built(**{**GREY, "architecture": "plain", "resolution": 2, "levels": 2})
        every = np.array(np.meshgrid(*[[-1.0, 1.0]] * 4), "float32").reshape(4, 16).T.reshape(16, 2, 2, 1)
        drawn = model.generate(3000, seed=0).reshape(-1, 1, 4)
        shares = (drawn == every.reshape(1, 16, 4)).all(-1).mean(0)
        np.testing.assert_allclose(shares, np.exp(model.log_prob(every)), atol=0.03)

    def test_levels_keep_eight_bit_pictures_as_they_are(self):
        grey = np.arange(256, dtype="float32")
        numbers = ops.convert_to_numpy(to_levels(grey / 127.5 - 1, 256))
        assert (numbers == grey).all()
        np.testing.assert_allclose(from_levels(numbers, 256), grey / 127.5 - 1, atol=1e-6)
        assert np.bincount(to_levels(grey / 127.5 - 1, 8)).tolist() == [32] * 8

    def test_an_unconditional_model_does_not_classify(self):
        with pytest.raises(GanappsError, match="without classes"):
            built(**GREY).classify(pictures(1, 1))

    def test_likelihood_falls_below_independent_pixels(self):
        """Stripes whose phase is random: each pixel alone is a coin (1 bit), but the first pixel tells all others."""
        model = built(**{**GREY, "levels": 2})
        model.compile({"network": keras.optimizers.Adam(1e-2)})
        phase = np.random.default_rng(0).integers(0, 2, (32, 1, 1, 1))
        stripes = ((np.arange(SIDE)[None, None, :, None] + phase) % 2 * 2.0 - 1).repeat(SIDE, axis=1).astype("float32")
        model.fit(tf.data.Dataset.from_tensors({"image": stripes}).repeat(80), shuffle=False, verbose=0)
        assert -model.log_prob(stripes).mean() / (SIDE * SIDE * np.log(2)) < 0.1
        drawn = model.generate(8, seed=0)
        assert np.mean(drawn[:, :, 1:] != drawn[:, :, :-1]) > 0.9
