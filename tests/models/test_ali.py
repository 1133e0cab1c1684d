"""ALI: draws in the encoder's half of a pair, the paper's networks, and what it shares with BiGAN."""

import numpy as np
import pytest
from keras import layers, ops

from ganapps.layers import PixelBias
from ganapps.models.encoders.ali import ALI
from tests.models.harness import value
from tests.models.test_bigan import JointGame, OtherForm, Pairs


class TestALI(JointGame):
    name = "ali"
    field = "image"
    tiny = {"resolution": 32, "channels": 3, "features": 4, "latent_dim": 4}
    replicable = {"input_dropout": 0.0, "dropout": 0.0}

    def build(self, **options):
        """In a network this narrow the paper's small weights leave next to no gradient: take larger ones."""
        model = super().build(**options)
        for variable in model.discriminator.trainable_variables:
            variable.assign(20.0 * variable)
        return model

    def test_the_encoder_gives_mean_and_log_deviation(self):
        model = self.build()
        mean, log_deviation = model.encoder(self.batch(3)["image"])
        assert mean.shape == log_deviation.shape == (3, 4)

    def test_the_discriminator_sees_draws(self):
        model, batch = self.build(), self.tensors(4)
        model.discriminator = pairs = Pairs((0.0, 0.0))
        _, _, drawn = model.discriminator_loss(batch)
        mean, log_deviation = (value(x) for x in model.encoder(batch["image"], training=True))
        expected = mean + np.exp(log_deviation) * value(drawn["noise"])
        np.testing.assert_allclose(pairs.shown[0][1], expected, rtol=1e-4, atol=1e-5)

    def test_the_noise_is_normal_and_another_than_the_latents(self):
        drawn = self.build().draws({"image": np.zeros((2000, 32, 32, 3))})
        noise, latent = value(drawn["noise"]), value(drawn["latent"])
        assert abs(noise.std() - 1.0) < 0.05 and abs(noise.mean()) < 0.05
        assert abs(np.corrcoef(noise.ravel(), latent.ravel())[0, 1]) < 0.05

    def test_gradients_reach_mean_and_deviation(self):
        model, batch = self.build(), self.tensors()
        for variable in model.discriminator.trainable_variables:
            variable.assign(np.random.default_rng(2).normal(size=variable.shape) * 0.2)
        drawn = model.draws(batch)
        slopes = self.gradients(model, lambda: model.generator_encoder_loss(batch | drawn), "encoder")
        heads = [slope for path, slope in slopes.items() if path.startswith("dense") and path.endswith("kernel")]
        assert len(heads) == 2 and min(heads) > 0

    def test_deviations_cannot_explode(self):
        model = self.build()
        for variable in model.encoder.trainable_variables:
            variable.assign(ops.full(variable.shape, 10.0))
        _, log_deviation = model.encoder(self.batch(3)["image"])
        assert np.abs(value(log_deviation)).max() <= 5.0 + 1e-5

    def test_codes_are_means_or_draws(self):
        model = self.build()
        images = self.batch(3)["image"]
        assert np.array_equal(model.encode(images), model.encode(images))
        draws = model.encode(images.repeat(400, axis=0), sample=True, seed=1).reshape(3, 400, 4)
        deviation = np.exp(value(model.encoder(images, training=False)[1]))
        np.testing.assert_allclose(draws.std(1), deviation, rtol=0.2)
        np.testing.assert_allclose(draws.mean(1), model.encode(images), atol=0.25 * deviation.max())

    def test_the_papers_networks(self):
        """Table 3: maxout halves the widths inside the discriminator; the generator has one bias a pixel."""
        model = ALI()
        encoder = 25 * 3 * 32 + 16 * (32 * 64 + 64 * 128 + 128 * 256 + 256 * 512) + 512 * 512
        encoder += 2 * (32 + 64 + 128 + 256 + 512 + 512) + 512 * 128 + 128
        generator = 16 * (64 * 256 + 256 * 128 + 128 * 64 + 64 * 32) + 25 * 32 * 32 + 32 * 32 + 32 * 3 + 32 * 32 * 3
        generator += 2 * (256 + 128 + 64 + 32 + 32 + 32)
        discriminator = 25 * 3 * 32 + 32 + 16 * (16 * 64 + 32 * 128 + 64 * 256 + 128 * 512)
        discriminator += 64 * 512 + 256 * 512 + 512 * 1024 + 1024 + 512 * 1024 + 1024 + 512 + 1
        networks = (model.encoder, model.generator, model.discriminator)
        sizes = [sum(int(np.prod(v.shape)) for v in network.trainable_variables) for network in networks]
        assert sizes == [encoder, generator, discriminator]
        assert not [x for x in model.discriminator.layers if isinstance(x, layers.BatchNormalization)]
        rates = [x.rate for x in model.discriminator.layers if isinstance(x, layers.Dropout)]
        assert sorted(rates) == [0.2] * 2 + [0.5] * 8

    def test_the_papers_optimiser_and_initial_weights(self):
        model = ALI()
        model.compile()
        adam = model.optimizer.players["discriminator"]
        assert (float(adam.learning_rate), adam.beta_1, adam.beta_2) == pytest.approx((1e-4, 0.5, 0.999))
        kernels = [np.array(x.kernel) for x in model.encoder.layers if isinstance(x, layers.Conv2D)]
        assert all(abs(kernel.std() - 0.01) < 0.001 for kernel in kernels)

    def test_dropout_is_off_outside_training(self):
        model = self.build()
        for variable in model.discriminator.trainable_variables:
            variable.assign(np.random.default_rng(2).normal(size=variable.shape) * 0.2)
        pair = [self.batch(3)["image"], np.ones((3, 4), "float32")]
        still, moving = ([value(model.discriminator(pair, training=t)) for _ in range(2)] for t in (False, True))
        assert np.array_equal(*still) and not np.array_equal(*moving)

    def test_output_starts_at_the_mean_picture(self):
        model = self.build()
        images = self.batch(16)["image"]
        model.adapt({"image": images})
        last = model.generator.layers[-4]
        assert isinstance(model.generator.layers[-3], PixelBias)
        last.kernel.assign(ops.zeros(last.kernel.shape))
        np.testing.assert_allclose(model.generate(1, seed=0)[0], np.clip(images.mean(0), -0.98, 0.98), atol=1e-5)

    def test_small_pictures_are_refused(self):
        with pytest.raises(ValueError, match="from 32 up"):
            self.build(resolution=16)


class TestALIOnPoints(OtherForm):
    name = "ali"
    field = "point"
    tiny = {"dimensions": 2, "latent_dim": 2, "features": 16}

    def batch(self, n, resolution=32):
        return {"point": np.random.default_rng(0).normal(size=(n, 2)).astype("float32")}
