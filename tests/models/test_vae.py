"""VAE: the bound's parts against SciPy, gradients through the draw, the paper's networks, and the shared tests."""

import keras
import numpy as np
import pytest
from keras import ops
from scipy import stats

from ganapps import losses
from ganapps.engine import backend
from ganapps.models.reference.vae import VAE, black_and_white
from ganapps.networks.gaussian import draw
from tests.models.harness import Game, value


class TestVAE(Game):
    name = "vae"
    tiny = {
        "architecture": "conv",
        "resolution": 32,
        "channels": 3,
        "features": 4,
        "units": 16,
        "latent_dim": 4,
        "optimizer": "adam",
        "learning_rate": 1e-3,
    }

    def tensors(self, n=4):
        return {k: ops.convert_to_tensor(v) for k, v in self.batch(n).items()}

    def constant(self, model, log_variance):
        """Cut the networks off their inputs: codes N(0.5, variance) whatever the picture, one picture for all codes."""
        for variable in model.generator.trainable_variables:
            if len(variable.shape) > 1:
                variable.assign(ops.zeros(variable.shape))
        for name, bias in (("mean", 0.5), ("log_variance", log_variance)):
            head = model.encoder.get_layer(name)
            head.kernel.assign(ops.zeros(head.kernel.shape))
            head.bias.assign(ops.full(head.bias.shape, bias))
        rng = np.random.default_rng(3)
        last = model.generator.get_layer("pixels")
        last.bias.assign(rng.normal(size=last.bias.shape))
        return model

    def test_the_encoder_gives_mean_and_log_variance(self):
        model = self.build()
        mean, log_variance = model.encoder(self.batch(3)["image"])
        assert mean.shape == log_variance.shape == (3, 4)
        assert float(draw(1.0, np.log(9.0), 2.0)) == pytest.approx(1 + 3 * 2), "log variance, not log deviation"

    def test_gradients_of_the_likelihood_reach_mean_and_deviation(self):
        model = self.build(beta=0.0)
        variables = model.encoder.trainable_variables
        batch = self.tensors()
        _, _, gradients = backend.value_and_grad(lambda: (model.autoencoder_loss(batch)[0], None), variables)
        slopes = {v.path: np.abs(ops.convert_to_numpy(g)).max() for v, g in zip(variables, gradients, strict=True)}
        for head in ("mean", "log_variance"):
            assert slopes[f"{head}/kernel"] > 0

    def test_the_divergence_is_the_integral(self):
        x = np.linspace(-40, 40, 400_001)
        for mean, log_variance in ((0.0, 0.0), (1.5, 0.0), (-0.3, 1.0), (2.0, -3.0)):
            q, p = stats.norm(mean, np.exp(log_variance / 2)), stats.norm()
            true = np.trapezoid(q.pdf(x) * (q.logpdf(x) - p.logpdf(x)), x)
            given = losses.kl_to_prior(np.full((1, 1), mean), np.full((1, 1), log_variance))
            assert float(given[0]) == pytest.approx(true, abs=1e-5)
        twice = losses.kl_to_prior(np.full((1, 2), 1.5), np.zeros((1, 2)))
        assert float(twice[0]) == pytest.approx(2 * 1.5**2 / 2), "summed over the code"

    def test_the_divergences_slope(self):
        """Central differences against mean and (variance - 1) / 2."""
        mean, log_variance, step = np.array([[0.7]]), np.array([[-0.4]]), 1e-2
        slope = lambda a, b: float(losses.kl_to_prior(*a)[0] - losses.kl_to_prior(*b)[0]) / (2 * step)  # noqa: E731
        by_mean = slope((mean + step, log_variance), (mean - step, log_variance))
        by_log_variance = slope((mean, log_variance + step), (mean, log_variance - step))
        assert by_mean == pytest.approx(0.7, abs=1e-3)
        assert by_log_variance == pytest.approx((np.exp(-0.4) - 1) / 2, abs=1e-3)

    def test_likelihoods_are_summed_over_pixels(self):
        rng = np.random.default_rng(0)
        x, other = rng.uniform(size=(2, 3, 3, 1)), rng.normal(size=(2, 3, 3, 1))
        p = 1 / (1 + np.exp(-other))
        bernoulli = -(x * np.log(p) + (1 - x) * np.log(1 - p)).sum((1, 2, 3))
        np.testing.assert_allclose(losses.bernoulli_nll(x, other), bernoulli, rtol=1e-5)
        gaussian = -stats.norm(other, 0.3).logpdf(x).sum((1, 2, 3))
        np.testing.assert_allclose(losses.gaussian_nll(x, other, 0.3), gaussian, rtol=1e-5)
        laplace = -stats.laplace(other, 0.3).logpdf(x).sum((1, 2, 3))
        np.testing.assert_allclose(losses.laplace_nll(x, other, 0.3), laplace, rtol=1e-5)

    @pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian", "laplace"])
    def test_the_loss_is_the_negative_bound(self, likelihood):
        """With next to no deviation in the code, the loss is that of the reconstructions that anyone can see."""
        model = self.build(likelihood=likelihood, scale=0.3)
        head = model.encoder.get_layer("log_variance")
        head.kernel.assign(ops.zeros(head.kernel.shape))
        head.bias.assign(ops.full(head.bias.shape, -30.0))
        images = self.batch(4)["image"]
        again = model.reconstruct(images)
        x, p = (images + 1) / 2, (again + 1) / 2
        nll = {
            "bernoulli": -(x * np.log(p) + (1 - x) * np.log(1 - p)),
            "gaussian": -stats.norm(again, 0.3).logpdf(images),
            "laplace": -stats.laplace(again, 0.3).logpdf(images),
        }[likelihood].sum((1, 2, 3))
        mean = model.encode(images)
        bound = -nll - 0.5 * (mean**2 + np.exp(-30.0) + 30.0 - 1.0).sum(1)
        loss, logs = model.autoencoder_loss(self.tensors(4))
        assert float(loss) == pytest.approx(-bound.mean(), rel=1e-4)
        assert float(logs["nll"] + logs["kl"]) == pytest.approx(float(loss), rel=1e-5), "beta is 1"
        np.testing.assert_allclose(model.log_prob(images), bound, rtol=1e-4)

    def test_beta_weighs_the_divergence(self):
        one, four = (self.build(beta=beta).autoencoder_loss(self.tensors()) for beta in (1.0, 4.0))
        assert float(one[1]["kl"]) > 0.01
        assert float(four[0] - one[0]) == pytest.approx(3 * float(one[1]["kl"]), abs=2e-3)

    def test_bounds_of_a_model_whose_likelihood_is_known(self):
        """Where the picture does not depend on the code, log p(x) is known: the bound misses it by the divergence."""
        model = self.constant(self.build(), log_variance=0.5)
        images = self.batch(3)["image"]
        pixel = value(model.pixels(np.zeros((1, 4), "float32")))
        true = -ops.convert_to_numpy(losses.bernoulli_nll((images + 1) / 2, pixel))
        divergence = 4 * 0.5 * (0.25 + np.exp(0.5) - 0.5 - 1.0)
        np.testing.assert_allclose(model.log_prob(images), true - divergence, rtol=1e-5)
        tighter = model.iwae(images, k=200)
        np.testing.assert_allclose(tighter, true, atol=0.2)
        assert (tighter > model.log_prob(images)).all()

    def test_binarized_pictures_are_drawn(self):
        grey = np.full((1, 100, 100, 1), -0.5, "float32")
        drawn = ops.convert_to_numpy(black_and_white(grey, np.random.default_rng(0).uniform(size=grey.shape)))
        assert set(np.unique(drawn)) == {-1.0, 1.0} and abs((drawn == 1.0).mean() - 0.25) < 0.02
        model = self.build(binarize=True)
        seen = []
        model.nll = lambda image, pixels: (seen.append(np.array(image)), ops.zeros((4,)))[1]
        model.autoencoder_loss(self.tensors(4))
        model.log_prob(self.batch(4)["image"])
        assert all(set(np.unique(images)) == {-1.0, 1.0} for images in seen) and len(seen) == 2

    def test_codes_are_means(self):
        model = self.build()
        images = self.batch(3)["image"]
        np.testing.assert_allclose(model.encode(images), value(model.encoder(images)[0]), atol=1e-5)
        assert np.array_equal(model.reconstruct(images), model.reconstruct(images))

    def test_reconstructions_come_nearer(self):
        """Two pictures, 150 steps: the error must halve."""
        model = self.build(learning_rate=1e-2)
        model.compile()
        images = np.sign(np.random.default_rng(0).normal(size=(2, 32, 1, 3))).repeat(32, axis=2).astype("float32") * 0.9
        batch = {"image": np.tile(images, (4, 1, 1, 1))}
        before = np.abs(model.reconstruct(images) - images).mean()
        model.fit(self.dataset(batch), steps_per_epoch=150, shuffle=False, verbose=0)
        assert np.abs(model.reconstruct(images) - images).mean() < before / 2


class TestVAEOfThePaper(Game):
    name = "vae"
    tiny = {"resolution": 32, "channels": 1, "units": 16, "latent_dim": 4}
    channels = 1

    def test_the_papers_sizes(self):
        """500 hidden units, 20 codes, 28 x 28 pixels."""
        model = VAE()
        assert model.encoder.count_params() == 784 * 500 + 500 + 2 * (500 * 20 + 20)
        assert model.generator.count_params() == 20 * 500 + 500 + 500 * 784 + 784

    def test_the_papers_optimiser(self):
        model = self.build()
        model.compile()
        assert isinstance(model.optimizer.players["autoencoder"], keras.optimizers.Adagrad)
        assert model.beta == 1.0 and model.likelihood == "bernoulli"
