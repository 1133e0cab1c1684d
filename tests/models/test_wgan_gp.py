"""WGAN-GP: the penalty's mathematics, the critic without batch normalisation, the true distance, and the shared tests."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers, ops
from scipy.stats import wasserstein_distance

from ganapps import losses
from ganapps.models.mode_collapse.wgan_gp import WGANGP
from tests.models.harness import Game


class TestWGANGPOnPictures(Game):
    name = "wgan-gp"
    invariant = ("critic_output/bias",)  # neither the distance nor the penalty sees a constant added to the critic
    test_two_replicas_give_what_one_device_gives = None  # the same game as on points
    tiny = {"resolution": 32, "latent_dim": 8, "features": 4}

    def test_critic_has_no_batch_normalisation(self):
        for options in ({}, {"architecture": "dcgan"}):
            assert not [x for x in self.build(**options).critic.layers if isinstance(x, layers.BatchNormalization)]

    def test_the_papers_sizes(self):
        """CIFAR-10 code, width 128: three up blocks; a first block, a down block, two plain blocks."""
        conv = lambda k, i, o: k * k * i * o + o  # noqa: E731
        up = 2 * 128 * 2 + conv(3, 128, 128) * 2 - 128 + conv(1, 128, 128)
        model = WGANGP()
        generator = 128 * 2048 + 2048 + 3 * up + 2 * 128 + conv(3, 128, 3)
        critic = conv(3, 3, 128) + conv(3, 128, 128) + conv(1, 3, 128)
        critic += (2 * conv(3, 128, 128) + conv(1, 128, 128)) + 2 * 2 * conv(3, 128, 128) + 129
        trained = [sum(int(np.prod(v.shape)) for v in n.trainable_variables) for n in (model.generator, model.critic)]
        assert trained == [generator, critic]

    def test_paper_defaults(self):
        model = WGANGP()
        model.compile(steps=100)
        assert model.players[0].updates == 5 and model.penalty == 10.0
        adam = model.optimizer.players["critic"]
        assert (adam.beta_1, adam.beta_2) == (0.0, 0.9)
        rate = adam._learning_rate
        assert (
            float(rate(0)) == pytest.approx(2e-4)
            and float(rate(250)) == pytest.approx(1e-4)
            and float(rate(500)) == 0.0
        )


class TestWGANGPOnPoints(Game):
    name = "wgan-gp"
    invariant = ("critic_output/bias",)  # neither the distance nor the penalty sees a constant added to the critic
    tiny = {"dimensions": 2, "latent_dim": 2, "features": 16, "penalty": 0.1, "decay": False}

    def batch(self, n, resolution=32):
        return {"point": np.random.default_rng(0).normal(size=(n, 2)).astype("float32")}

    def test_penalty_of_a_linear_critic(self):
        w = np.array([[3.0], [4.0]], "float32")
        rng = np.random.default_rng(0)
        real, fake = (ops.convert_to_tensor(rng.normal(size=(6, 2)).astype("float32")) for _ in range(2))
        mix = ops.convert_to_tensor(rng.uniform(size=6).astype("float32"))
        for target in (1.0, 0.0):
            penalty = losses.gradient_penalty(lambda x: ops.matmul(x, w), real, fake, mix, target)
            assert float(penalty) == pytest.approx((5.0 - target) ** 2, rel=1e-5)

    def test_penalty_is_two_sided(self):
        w = np.array([[0.3], [0.4]], "float32")
        x = ops.ones((4, 2))
        assert float(losses.gradient_penalty(lambda x: ops.matmul(x, w), x, x, ops.ones((4,)))) == pytest.approx(
            0.25, rel=1e-5
        )

    def test_each_sample_has_its_own_mix(self):
        """A critic of |x|^2 / 2 has its own point as gradient, so the penalty shows where each point lies."""
        real, fake = ops.ones((2, 1)) * 4.0, ops.zeros((2, 1))
        mix = ops.convert_to_tensor(np.array([0.25, 0.5], "float32"))
        penalty = losses.gradient_penalty(lambda x: ops.sum(ops.square(x), axis=1) / 2, real, fake, mix)
        assert float(penalty) == pytest.approx(((1 - 1) ** 2 + (2 - 1) ** 2) / 2, abs=1e-4)

    def test_penalty_trains_the_critic(self):
        """A first-order penalty would give no gradient to the weights."""
        w = tf.Variable([[3.0], [4.0]])
        x = tf.random.stateless_normal((4, 2), seed=(0, 0))
        with tf.GradientTape() as tape:
            penalty = losses.gradient_penalty(lambda x: tf.matmul(x, w), x, -x, tf.ones((4,)))
        np.testing.assert_allclose(tape.gradient(penalty, w), 2 * (5 - 1) * np.array([[0.6], [0.8]]), rtol=1e-4)

    def test_critic_estimates_the_true_distance(self):
        """1-D data against a fixed generator: the estimate comes within 15 % of the true W1."""
        keras.utils.set_random_seed(0)
        model = WGANGP(
            dimensions=1, latent_dim=1, features=64, penalty=10.0, critic_updates=1, learning_rate=1e-3, decay=False
        )
        model.compile()
        fixed = keras.Sequential([keras.Input((1,)), layers.Dense(1, trainable=False)])
        fixed.layers[0].set_weights([np.full((1, 1), 0.5), np.full(1, 2.0)])
        model.generator = fixed
        model.players = model.players[:1]
        rng = np.random.default_rng(0)
        data = rng.normal(size=(2500, 512, 1)).astype("float32")
        distances = []
        keep = keras.callbacks.LambdaCallback(
            on_train_batch_end=lambda batch, logs: distances.append(logs["critic/distance"])
        )
        model.fit(tf.data.Dataset.from_tensor_slices(data).map(lambda x: {"point": x}), verbose=0, callbacks=[keep])
        true = wasserstein_distance(rng.normal(size=200_000), 0.5 * rng.normal(size=200_000) + 2.0)
        assert 0.85 <= np.mean(distances[-100:]) / true <= 1.15

    def test_critic_updates_see_different_parts_of_the_batch(self, monkeypatch):
        model = self.build()
        model.compile()
        seen = []
        real = model.real
        monkeypatch.setattr(
            model, "real", lambda batch: (seen.append(np.array(real(batch))), real(batch))[1], raising=False
        )
        batch = np.arange(20, dtype="float32").reshape(10, 2)
        model.play({"point": ops.convert_to_tensor(batch)})
        parts = {tuple(part.ravel()) for part in seen}
        assert len(parts) == 5 and sorted(x for part in parts for x in part) == list(range(20))
