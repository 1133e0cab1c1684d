"""BiGAN: pairs, exchanged labels, one player of two networks, the authors' sizes, and the shared tests."""

import keras
import numpy as np
import pytest
from keras import ops

from ganapps import losses
from ganapps.engine import backend
from ganapps.engine.schedules import HeldExponential
from ganapps.models.encoders.bigan import BiGAN
from tests.models.harness import Game


class Pairs:
    """In the discriminator's place: remembers what it was shown, and has one opinion of each kind."""

    def __init__(self, opinions):
        self.opinions, self.shown = opinions, []

    def __call__(self, pair, training):
        self.shown.append([ops.convert_to_numpy(part) for part in pair])
        return ops.full((len(self.shown[-1][0]), 1), self.opinions[(len(self.shown) - 1) % 2])


class JointGame(Game):
    """What BiGAN and ALI have in common."""

    def tensors(self, n=4):
        return {k: ops.convert_to_tensor(v) for k, v in self.batch(n).items()}

    def without_decay(self):
        return self.build(**({"weight_decay": 0.0} if self.name == "bigan" else {}))

    def gradients(self, model, loss, network):
        variables = getattr(model, network).trainable_variables
        _, _, gradients = backend.value_and_grad(lambda: (loss()[0], None), variables)
        return {v.path: np.abs(ops.convert_to_numpy(g)).max() for v, g in zip(variables, gradients, strict=True)}

    def test_the_discriminator_sees_sample_and_code(self):
        model = self.build()
        x, z = self.batch(4)[self.field], np.random.default_rng(1).normal(size=(4, model.latent_dim)).astype("float32")
        for variable in model.discriminator.trainable_variables:  # the authors' last weights start at zero
            variable.assign(np.random.default_rng(2).normal(size=variable.shape) * 0.2)
        judge = lambda x, z: ops.convert_to_numpy(model.discriminator([x, z], training=False))  # noqa: E731
        assert not np.allclose(judge(x, z), judge(x, -z), atol=1e-6)
        assert not np.allclose(judge(x, z), judge(-x, z), atol=1e-6)

    def test_pairs_of_both_players_and_the_exchanged_labels(self):
        model, batch = self.without_decay(), self.tensors()
        model.discriminator = pairs = Pairs((0.7, -0.2))
        loss, _, drawn = model.discriminator_loss(batch)
        other, _ = model.generator_encoder_loss(batch | drawn)
        soft = lambda a: np.log1p(np.exp(a))  # noqa: E731
        assert float(loss) == pytest.approx(soft(-0.7) + soft(-0.2), rel=1e-5)
        assert float(other) == pytest.approx(soft(0.7) + soft(0.2), rel=1e-5)
        latent = ops.convert_to_numpy(drawn["latent"])
        fake = ops.convert_to_numpy(model.generator(latent, training=True))
        assert len(pairs.shown) == 4
        for encoded, generated in (pairs.shown[:2], pairs.shown[2:]):
            assert np.array_equal(encoded[0], self.batch(4)[self.field])
            assert encoded[1].shape == latent.shape and not np.array_equal(encoded[1], latent)
            assert np.array_equal(generated[1], latent), "both players learn from the same latents"
            np.testing.assert_allclose(generated[0], fake, atol=1e-5)
        np.testing.assert_array_equal(pairs.shown[0][1], pairs.shown[2][1])

    def test_generator_and_encoder_are_one_player(self):
        model, batch = self.build(), self.tensors()
        for variable in model.discriminator.trainable_variables:
            variable.assign(np.random.default_rng(2).normal(size=variable.shape) * 0.2)
        drawn = model.draws(batch)
        for network in ("generator", "encoder"):
            slopes = self.gradients(model, lambda: model.generator_encoder_loss(batch | drawn), network)
            assert max(slopes.values()) > 0, network
        assert model.players[1].trains == ("generator", "encoder")

    def test_codes_are_linear_in_the_features(self):
        model = self.build()
        samples = self.batch(9)[self.field]
        model.signatures()
        features, codes = model.features_of(samples), model.encode(samples)
        assert features.ndim == 2 and len(features) == 9
        kernel, *bias = model.coder().layers[-1].get_weights()
        np.testing.assert_allclose(features @ kernel + sum(bias), codes, atol=1e-4)

    def test_no_loss_of_pixels(self):
        """A discriminator without an opinion teaches nothing at all: exact zeros."""
        model, batch = self.without_decay(), self.tensors()
        for variable in model.discriminator.trainable_variables:
            variable.assign(ops.zeros(variable.shape))
        drawn = model.draws(batch)
        for network in ("generator", "encoder"):
            slopes = self.gradients(model, lambda: model.generator_encoder_loss(batch | drawn), network)
            assert set(slopes.values()) == {0.0}, network


class TestBiGAN(JointGame):
    name = "bigan"
    field = "image"
    tiny = {"resolution": 32, "channels": 1, "features": 16, "latent_dim": 4}
    channels = 1

    def test_the_authors_sizes(self):
        """Two hidden layers of 1024 without biases and gains; generator and discriminator see z at the second again."""
        model = BiGAN()
        full = 1024 * 1024
        sizes = [
            sum(int(np.prod(v.shape)) for v in network.trainable_variables)
            for network in (model.generator, model.encoder, model.discriminator)
        ]
        assert sizes == [
            50 * 1024 + full + 50 * 1024 + 1024 * 784,
            784 * 1024 + full + 1024 * 50,
            784 * 1024 + full + 50 * 1024 + 1024,
        ]

    def test_the_authors_optimiser(self):
        model = self.build()
        model.compile(steps=1000)
        adam = model.optimizer.players["generator_encoder"]
        assert (adam.beta_1, adam.beta_2) == (0.5, 0.999)
        assert model.weight_decay == 2.5e-5 and model.distribution == "uniform" and BiGAN().latent_dim == 50
        rate = adam._learning_rate
        assert isinstance(rate, HeldExponential)
        assert [float(rate(step)) for step in (0, 500, 750, 1000)] == pytest.approx([2e-4, 2e-4, 2e-5, 2e-6])
        assert float(HeldExponential(0.1, None)(10**6)) == pytest.approx(0.1)

    def test_a_short_run_can_keep_its_rate(self):
        model = self.build(decay=False)
        rates = [adam._learning_rate for adam in model.optimizers(1000).values()]
        assert [float(rate) for rate in rates] == pytest.approx([2e-4, 2e-4])

    def test_weights_decay_and_nothing_else(self):
        network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2), keras.layers.BatchNormalization()])
        network.layers[0].set_weights([np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([5.0, 6.0])])
        assert float(losses.weight_decay(network)) == pytest.approx((1 + 4 + 9 + 16) / 2)
        batch = self.tensors()
        plain, decayed = (self.build(weight_decay=weight).discriminator_loss(batch)[0] for weight in (0.0, 0.1))
        penalty = float(losses.weight_decay(self.build().discriminator))
        assert float(decayed - plain) == pytest.approx(0.1 * penalty, rel=1e-4)


class OtherForm(JointGame):
    """Another form of a game that has passed in full: without the slow tests, which depend on the game alone."""

    test_two_replicas_give_what_one_device_gives = None
    test_half_precision_stays_finite = None
    test_keras_file_keeps_everything_to_the_bit = None


class TestBiGANOnDCGANStacks(OtherForm):
    name = "bigan"
    field = "image"
    tiny = {"architecture": "dcgan", "resolution": 32, "channels": 3, "features": 4, "latent_dim": 4}


class TestBiGANOnPoints(OtherForm):
    name = "bigan"
    field = "point"
    tiny = {"dimensions": 2, "latent_dim": 2, "features": 16}

    def batch(self, n, resolution=32):
        return {"point": np.random.default_rng(0).normal(size=(n, 2)).astype("float32")}

    def test_codes_and_reconstructions_of_points(self):
        model = self.build()
        points = self.batch(5)["point"]
        assert model.encode(points).shape == model.reconstruct(points).shape == (5, 2)
