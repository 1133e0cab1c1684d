"""f-GAN: every divergence by one file, trained bounds against the truth, both objectives, and the shared tests."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers, ops

from ganapps.losses.divergences import DIVERGENCES
from ganapps.models.direct.f_gan import FGAN
from tests.models.frozen_pair import FROZEN, frozen
from tests.models.harness import Game

ALL = sorted(DIVERGENCES)


class TestFGAN(Game):
    """On points."""

    name = "f-gan"
    tiny = {"dimensions": 2, "latent_dim": 2, "features": 16, "divergence": "jensen-shannon"}

    def batch(self, n, resolution=32):
        return {"point": np.random.default_rng(0).normal(size=(n, 2)).astype("float32")}

    def tensors(self, n=8):
        return {k: ops.convert_to_tensor(v) for k, v in self.batch(n).items()}

    @pytest.mark.parametrize("divergence", ALL)
    def test_one_code_plays_every_divergence(self, divergence):
        for objective in ("minimax", "non-saturating"):
            logs = self.fit(self.build(divergence=divergence, objective=objective), steps=3)
            assert np.isfinite([logs["critic/loss"], logs["generator/loss"]]).all()
            assert logs["critic/divergence"] == pytest.approx(-logs["critic/loss"], rel=1e-5)

    def test_the_generator_lowers_what_the_critic_raises(self):
        """Minimax: the sum of both losses is the real samples' part alone, which no generator changes."""
        for divergence in ALL:
            model = self.build(divergence=divergence, objective="minimax")
            batch = self.tensors()
            fixed = model.fakes(batch)
            model.fakes = lambda batch, fixed=fixed: fixed
            total = float(model.critic_loss(batch)[0] + model.generator_loss(batch)[0])
            real = float(ops.mean(model.divergence.of_real(model.critic(batch["point"]))))
            assert total == pytest.approx(-real, abs=1e-5)
            model.objective = "non-saturating"
            other = -float(ops.mean(model.divergence.of_real(model.critic(fixed))))
            assert float(model.generator_loss(batch)[0]) == pytest.approx(other, abs=1e-5)

    def test_the_critic_is_unbounded(self):
        """The activation stands in the loss, once, and not in the network."""
        last = self.build().critic.layers[-1]
        assert isinstance(last, layers.Dense) and last.activation is keras.activations.linear

    def test_accuracy_is_measured_at_the_threshold(self):
        model = self.build(divergence="gan")  # whose threshold is -log 2: an output of 0
        assert np.array(model.found_real(ops.convert_to_tensor([-0.1, 0.1]))).tolist() == [False, True]

    def test_the_estimate_is_the_bound_on_samples(self):
        model = self.build()
        points = self.batch(50)["point"]
        real, fake = (model.critic(x) for x in (points, model.generate(50, seed=4)))
        assert model.divergence_estimate(points, seed=4) == pytest.approx(
            float(model.divergence.bound(real, fake)), rel=1e-5
        )

    @pytest.mark.parametrize("divergence", ALL)
    def test_trained_bounds_reach_the_divergence_and_do_not_exceed_it(self, divergence):
        """p = N(0, 1) against a fixed q = N(0.7, 1.3^2): 95 % of the truth, the bound taken by quadrature."""
        keras.utils.set_random_seed(0)
        model = FGAN(divergence=divergence, dimensions=1, latent_dim=1, features=32)
        model.compile({"critic": keras.optimizers.Adam(3e-3), "generator": keras.optimizers.Adam()})
        model.players = model.players[:1]
        rng = np.random.default_rng(0)
        real = rng.normal(size=(300, 1024, 1)).astype("float32")
        fixed = (0.7 + 1.3 * rng.normal(size=(300, 1024, 1))).astype("float32")
        model.fakes = lambda batch: batch["fake"]
        data = tf.data.Dataset.from_tensor_slices({"point": real, "fake": fixed})
        model.fit(data, shuffle=False, verbose=0)
        x, p, q = frozen()
        v = np.array(model.critic(x[:, None].astype("float32")))[:, 0]
        row = model.divergence
        bound = np.trapezoid(p * np.array(row.of_real(v)) - q * np.array(row.of_fake(v)), x)
        true = FROZEN[divergence]
        assert bound <= true + 1e-3
        assert bound >= (true - 0.01 if divergence == "gan" else 0.95 * true)


class TestOnPictures:
    def test_the_papers_networks(self):
        model = FGAN()
        generator = 100 * 1200 + 2 * 1200 + 1200 * 1200 + 2 * 1200 + 1200 * 784 + 784
        critic = 784 * 240 + 240 + 240 * 240 + 240 + 241
        trained = [sum(int(np.prod(v.shape)) for v in n.trainable_variables) for n in (model.generator, model.critic)]
        assert trained == [generator, critic]
        assert [x.activation for x in model.critic.layers if isinstance(x, layers.Dense)][:2] == [
            keras.activations.elu
        ] * 2

    def test_the_papers_optimiser(self):
        model = FGAN(units=20)
        model.compile()
        adam = model.optimizer.players["critic"]
        assert float(adam.learning_rate) == pytest.approx(2e-4) and adam.beta_1 == 0.5
        assert adam.global_clipnorm == 10.0

    @pytest.mark.parametrize("options", [{"units": 20}, {"architecture": "dcgan", "features": 2}])
    def test_both_architectures_play(self, options):
        model = FGAN(resolution=16, latent_dim=4, **options)
        model.compile()
        image = np.random.default_rng(0).uniform(-1, 1, (4, 16, 16, 1)).astype("float32")
        logs = model.play({"image": ops.convert_to_tensor(image)})
        assert np.isfinite([float(x) for x in logs.values()]).all()
        images = model.generate(3, seed=0)
        assert images.shape == (3, 16, 16, 1) and np.abs(images).max() <= 1.0
