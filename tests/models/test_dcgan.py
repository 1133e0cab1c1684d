"""DCGAN: the spec's five rules, the authors' sizes, and the shared tests."""

import keras
import numpy as np
import pytest
from keras import layers

from ganapps.models.basics.dcgan import DCGAN
from tests.models.harness import Game


class TestDCGAN(Game):
    name = "dcgan"
    tiny = {"resolution": 32, "features": 4, "latent_dim": 8}

    def layers_of(self, network, kind):
        return [layer for layer in network.layers if isinstance(layer, kind)]

    def test_the_authors_sizes(self):
        """dcgan_code, faces: ngf = ndf = 128, 5 x 5, no biases beside batch normalisation."""
        model = DCGAN()
        stacks = 25 * (1024 * 512 + 512 * 256 + 256 * 128)
        generator = 100 * 16384 + 2 * 16384 + stacks + 2 * (512 + 256 + 128) + 25 * 128 * 3
        discriminator = 25 * 3 * 128 + stacks + 2 * (256 + 512 + 1024) + 16384
        trained = [
            sum(int(np.prod(v.shape)) for v in n.trainable_variables) for n in (model.generator, model.discriminator)
        ]
        assert trained == [generator, discriminator]

    def test_no_pooling_and_no_hidden_dense_layers(self):
        model = self.build()
        for network in (model.generator, model.discriminator):
            assert not self.layers_of(network, (layers.MaxPooling2D, layers.AveragePooling2D, layers.UpSampling2D))
            assert len(self.layers_of(network, layers.Dense)) == 1
        assert all(layer.strides == (2, 2) for layer in self.layers_of(model.discriminator, layers.Conv2D))

    def test_batch_norm_everywhere_but_at_the_generators_end_and_the_discriminators_start(self):
        model = self.build()
        generator, discriminator = model.generator.layers, model.discriminator.layers
        assert isinstance(generator[-2], layers.Conv2DTranspose) and isinstance(generator[-1], layers.Activation)
        first = next(i for i, layer in enumerate(discriminator) if isinstance(layer, layers.Conv2D))
        assert isinstance(discriminator[first + 1], layers.LeakyReLU)
        assert len(self.layers_of(model.generator, layers.BatchNormalization)) == 3
        assert len(self.layers_of(model.discriminator, layers.BatchNormalization)) == 2

    def test_activations(self):
        model = self.build()
        assert len(self.layers_of(model.generator, layers.ReLU)) == 3
        assert model.generator.layers[-1].activation is keras.activations.tanh
        leaky = self.layers_of(model.discriminator, layers.LeakyReLU)
        assert len(leaky) == 3 and all(layer.negative_slope == pytest.approx(0.2) for layer in leaky)

    def test_initial_weights(self):
        model = DCGAN(resolution=32, features=32)
        kernels = [np.array(layer.kernel) for layer in self.layers_of(model.generator, layers.Conv2DTranspose)]
        assert all(abs(k.std() - 0.02) < 0.002 and abs(k.mean()) < 0.002 for k in kernels)
        gains = np.concatenate([np.array(n.gamma) for n in self.layers_of(model.generator, layers.BatchNormalization)])
        assert abs(gains.mean() - 1.0) < 0.01 and abs(gains.std() - 0.02) < 0.005

    def test_real_and_fake_pass_the_discriminator_separately(self, monkeypatch):
        model = self.build()
        sizes = []
        call = type(model.discriminator).call
        monkeypatch.setattr(
            type(model.discriminator), "call", lambda net, x, **k: (sizes.append(x.shape[0]), call(net, x, **k))[1]
        )
        model.discriminator_loss({k: keras.ops.convert_to_tensor(v) for k, v in self.batch(6).items()})
        assert sizes.count(6) == 3 and 12 not in sizes  # the generator once, the discriminator twice

    def test_features_are_pooled_to_four_by_four(self):
        model = self.build()
        features = model.features_of(self.batch(3)["image"])
        assert features.shape == (3, 16 * (4 + 8 + 16))

    def test_arithmetic_of_latents(self):
        model = self.build()
        rng = np.random.default_rng(0)
        z = rng.uniform(-1, 1, (3, 8)).astype("float32")
        same = model.arithmetic(plus=z[:2], minus=z[:2], base=z[2:])
        expected = np.array(model.generator(z[2:], training=False))
        np.testing.assert_allclose(same, expected, atol=1e-5)
