"""GAN: both objectives, the optimal discriminator, saturation, the paper's networks, and the shared tests."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from ganapps import losses
from ganapps.layers import Maxout
from ganapps.models.basics.gan import GAN
from tests.models.harness import Game


class TestGANOnPoints(Game):
    name = "gan"
    tiny = {"dimensions": 2, "latent_dim": 4, "units": 16, "optimizer": "adam"}

    def batch(self, n, resolution=32):
        return {"point": np.random.default_rng(0).normal(size=(n, 2)).astype("float32")}

    def test_discriminator_reaches_the_log_ratio(self):
        """Data N(0, 1) against a fixed N(1, 1): the logit must become 1/2 - x and the loss log 4 - 2 JSD."""
        keras.utils.set_random_seed(0)
        model = GAN(dimensions=1, latent_dim=1, units=64, optimizer="adam", learning_rate=2e-3)
        model.compile()
        fixed = keras.Sequential([keras.Input((1,)), layers.Dense(1, trainable=False)])
        fixed.layers[0].set_weights([np.ones((1, 1)), np.ones(1)])
        model.generator = fixed
        model.players = model.players[:1]
        rng = np.random.default_rng(0)
        data = rng.normal(size=(400, 2048, 1)).astype("float32")
        found = []
        keep = keras.callbacks.LambdaCallback(
            on_train_batch_end=lambda batch, logs: found.append(logs["discriminator/loss"])
        )
        import tensorflow as tf

        model.fit(tf.data.Dataset.from_tensor_slices(data).map(lambda x: {"point": x}), verbose=0, callbacks=[keep])
        x = np.linspace(-3, 3, 61).astype("float32")[:, None]
        logit = np.array(model.discriminator(x)).ravel()
        assert np.corrcoef(logit, 0.5 - x.ravel())[0, 1] >= 0.99
        grid = np.linspace(-8, 9, 20001)
        p, q = (np.exp(-((grid - m) ** 2) / 2) / np.sqrt(2 * np.pi) for m in (0, 1))
        jsd = 0.5 * np.trapezoid(p * np.log(2 * p / (p + q)) + q * np.log(2 * q / (p + q)), grid)
        assert np.mean(found[-100:]) == pytest.approx(np.log(4) - 2 * jsd, rel=0.05)

    def test_minimax_saturates_where_the_discriminator_is_sure(self):
        """Per sample the slopes are D and 1 - D: at logit -8 minimax keeps less than 1 % of the other's gradient."""
        import tensorflow as tf

        logit = tf.Variable([[-8.0]])
        with tf.GradientTape(persistent=True) as tape:
            minimax, other = losses.minimax_generator(logit), losses.non_saturating_generator(logit)
        slopes = [float(tape.gradient(loss, logit)[0, 0]) for loss in (minimax, other)]
        assert slopes[0] < 0 and slopes[1] < 0
        assert slopes[0] / slopes[1] < 0.01

    def test_both_objectives_are_selectable(self):
        batch = {k: ops.convert_to_tensor(v) for k, v in self.batch(8).items()}
        values = {}
        for objective in ("minimax", "non-saturating"):
            model = self.build(objective=objective)
            values[objective] = float(model.generator_loss(batch)[0])
        assert values["minimax"] < 0 < values["non-saturating"]

    def test_as_many_real_as_generated(self):
        model = self.build()
        assert model.latents({"point": np.zeros((7, 2))}).shape == (7, 4)


class TestGANOnPictures(Game):
    name = "gan"
    tiny = {"resolution": 32, "channels": 1, "latent_dim": 8, "units": 16}
    channels = 1

    def test_two_replicas_give_what_one_device_gives(self):
        """Dropout draws its own masks on every replica; the comparison is made on points, where there is none."""
        assert [layer for layer in self.build().discriminator.layers if isinstance(layer, layers.Dropout)]

    def test_the_papers_networks(self):
        model = GAN()
        assert model.generator.count_params() == 100 * 1200 + 1200 + 1200 * 1200 + 1200 + 1200 * 784 + 784
        maxout = [layer for layer in model.discriminator.layers if isinstance(layer, Maxout)]
        assert [(layer.units, layer.pieces) for layer in maxout] == [(240, 5), (240, 5)]
        dropped = [layer.rate for layer in model.discriminator.layers if isinstance(layer, layers.Dropout)]
        assert dropped == [0.2, 0.5, 0.5]
        assert not [
            n
            for n in (model.generator, model.discriminator)
            for x in n.layers
            if isinstance(x, layers.BatchNormalization)
        ]

    def test_the_papers_optimiser(self):
        model = self.build()
        model.compile()
        sgd = model.optimizer.players["generator"]
        assert float(sgd.learning_rate) == pytest.approx(0.1)
        assert (sgd.momentum, sgd.final_momentum) == (0.5, 0.7)

    def test_output_starts_at_the_mean_picture(self):
        model = self.build()
        images = self.batch(16)["image"]
        model.adapt({"image": images})
        kernel = model.generator.get_layer("pixels").kernel
        kernel.assign(ops.zeros(kernel.shape))
        start = model.generate(1, seed=0)[0]
        np.testing.assert_allclose(start, np.clip(images.mean(0), -0.96, 0.96), atol=1e-5)
