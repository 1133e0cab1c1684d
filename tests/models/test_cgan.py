"""CGAN: the condition in both players, pairs judged as pairs, four kinds of condition, and the shared tests."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers, ops

from ganapps.errors import GanappsError
from ganapps.layers import Maxout
from ganapps.models.basics.cgan import CGAN
from tests.models.harness import Game


def painters():
    """A generator that paints its label, and a discriminator that gives the picture's mean less the label."""
    latent, label, image = keras.Input((4,)), keras.Input((), dtype="int32"), keras.Input((8, 8, 1))
    number = ops.reshape(ops.cast(label, "float32"), (-1, 1))
    generator = keras.Model([latent, label], ops.tile(ops.reshape(number, (-1, 1, 1, 1)), (1, 8, 8, 1)))
    return generator, keras.Model([image, label], ops.mean(image, axis=(1, 2)) - number)


class TestCGAN(Game):
    """The convolutional form, with classes."""

    name = "cgan"
    tiny = {"architecture": "dcgan", "resolution": 32, "channels": 3, "classes": 4, "features": 2, "latent_dim": 8}

    def batch(self, n, resolution=32):
        labels = np.random.default_rng(1).integers(0, 4, n).astype("int32")
        return {**super().batch(n, resolution), "label": labels}

    def test_a_label_in_every_pixel_of_the_discriminator(self):
        stack = next(x for x in self.build().discriminator.layers if isinstance(x, keras.Model))
        assert stack.input_shape == (None, 32, 32, 3 + 4)

    def test_the_labels_embedding_is_as_long_as_the_latent(self):
        """So that neither drowns the other."""
        stack = next(x for x in self.build().generator.layers if isinstance(x, keras.Model))
        assert stack.input_shape == (None, 16)

    def test_a_grid_has_one_condition_a_row_and_one_latent_a_column(self):
        model = self.build()
        grid = model.sample_grid(np.array([2, 0]), columns=3, seed=5).reshape(2, 3, 32, 32, 3)
        latent = np.random.default_rng(5).uniform(-1, 1, (3, 8))
        np.testing.assert_allclose(grid[0], model.generate(3, 0, latent=latent, label=2), atol=1e-6)
        np.testing.assert_allclose(grid[1], model.generate(3, 0, latent=latent, label=0), atol=1e-6)
        assert model.preview(self.batch(8), 0).shape == (4 * 34 + 2, 10 * 34 + 2, 3)

    def test_a_label_out_of_range_is_refused(self):
        with pytest.raises(GanappsError, match="0 to 3"):
            self.build().generate(2, seed=0, label=4)


class TestForms:
    def test_the_papers_networks(self):
        model = CGAN()
        generator = 100 * 200 + 200 + 10 * 1000 + 1000 + 1200 * 1200 + 1200 + 1200 * 784 + 784
        discriminator = 5 * 240 * (784 + 1) + 5 * 50 * (10 + 1) + 4 * 240 * (290 + 1) + 241
        assert [n.count_params() for n in (model.generator, model.discriminator)] == [generator, discriminator]
        maxout = [(x.units, x.pieces) for x in model.discriminator.layers if isinstance(x, Maxout)]
        assert sorted(maxout) == [(50, 5), (240, 4), (240, 5)]
        for network in (model.generator, model.discriminator):
            assert [x.rate for x in network.layers if isinstance(x, layers.Dropout)] == [0.5] * 3

    def test_the_papers_optimiser(self):
        model = CGAN()
        model.compile()
        sgd = model.optimizer.players["generator"]
        rate = sgd._learning_rate
        assert float(rate(0)) == pytest.approx(0.1)
        assert float(rate(10_000)) == pytest.approx(0.1 * 1.00004**-10_000, rel=1e-3)
        assert float(rate(10_000_000)) == pytest.approx(1e-6)
        assert (sgd.momentum, sgd.final_momentum) == (0.5, 0.7)

    def test_the_noise_fills_the_unit_hypercube(self):
        (scaling,) = [x for x in CGAN().generator.layers if isinstance(x, layers.Rescaling) and x.scale == 0.5]
        assert scaling.offset == 0.5

    def test_generated_pictures_are_judged_with_the_labels_that_made_them(self):
        """The generator paints its label and the discriminator takes the label off: nothing is left of a true pair."""
        model = CGAN(resolution=8, classes=6, latent_dim=4)
        model.generator, model.discriminator = painters()
        rows = {"image": np.full((6, 8, 8, 1), 0.5, "float32"), "label": np.arange(6, dtype="int32")}
        batch = {k: ops.convert_to_tensor(v) for k, v in rows.items()}
        _, logs = model.discriminator_loss(batch)
        assert float(logs["fake_logit"]) == 0.0
        assert float(logs["real_logit"]) == pytest.approx(0.5 - 2.5)
        fake = model.fakes(batch)
        np.testing.assert_array_equal(fake[:, 0, 0, 0], batch["label"])

    def test_the_discriminator_uses_the_condition(self):
        """Trained on black and white pictures, it must find real pairs with exchanged labels wrong."""
        keras.utils.set_random_seed(0)
        options = {"resolution": 8, "classes": 2, "latent_dim": 4, "dropout": 0.0, "optimizer": "adam"}
        model = CGAN(**options, learning_rate=1e-3)
        model.compile()
        labels = np.arange(64, dtype="int32") % 2
        images = np.broadcast_to(2.0 * labels[:, None, None, None] - 1, (64, 8, 8, 1)).astype("float32")
        data = tf.data.Dataset.from_tensors({"image": images, "label": labels}).repeat(100)
        model.fit(data, shuffle=False, verbose=0)
        true, exchanged = (
            model.judge(ops.convert_to_tensor(images), {"label": ops.convert_to_tensor(x)})
            for x in (labels, 1 - labels)
        )
        assert np.mean(ops.softplus(-exchanged)) > np.mean(ops.softplus(-true)) + 0.5

    @pytest.mark.parametrize("architecture", ["mlp", "dcgan"])
    @pytest.mark.parametrize("condition", ["label", "attributes", "a"])
    def test_classes_vectors_and_pictures_are_conditions(self, architecture, condition):
        """A multi-hot vector or an embedding go the same way."""
        options = {"condition": condition, "architecture": architecture, "attributes": 5, "features": 2}
        model = CGAN(**options, resolution=8, latent_dim=4, dropout=0.0)
        rng = np.random.default_rng(0)
        given = {
            "label": np.array([3, 1], "int32"),
            "attributes": rng.normal(size=(2, 5)).astype("float32"),
            "a": rng.uniform(-1, 1, (2, 8, 8, 1)).astype("float32"),
        }[condition]
        batch = {"image": ops.zeros((2, 8, 8, 1)), condition: ops.convert_to_tensor(given)}
        losses = [model.discriminator_loss(batch)[0], model.generator_loss(batch)[0]]
        assert np.isfinite(losses).all()
        latent = np.zeros((2, 4))
        one, two = model.generate(2, seed=0, latent=latent, **{condition: given})
        assert np.abs(one - two).max() > 0
        first, second = np.array(model.judge(ops.zeros((2, 8, 8, 1)), batch))
        assert abs(first - second) > 0
        assert model.preview({"image": np.zeros((2, 8, 8, 1)), condition: given}, seed=0).shape[1] == 10 * 10 + 2
