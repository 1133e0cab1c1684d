"""SAGAN: spectral norms everywhere, attention that starts at nothing, hinge, two rates, projection, shared tests."""

from itertools import pairwise

import keras
import numpy as np
import pytest
from keras import layers, ops

from ganapps import losses
from ganapps.layers import ConditionalBatchNorm, SelfAttention, SpectralNorm
from ganapps.models.mode_collapse.sagan import SAGAN
from ganapps.networks.attention import attention_discriminator, attention_generator, doubling
from tests.models.harness import Game, value

LINEAR = layers.Dense | layers.Conv2D | layers.Conv2DTranspose | layers.Embedding


def every(network: keras.Model, kind: type) -> list:
    return [layer for layer in network._flatten_layers() if isinstance(layer, kind)]


class TestSAGANOnPictures(Game):
    name = "sagan"
    invariant = ("logit/bias",)  # while all values lie within the hinge's margin, real and generated ones cancel
    tiny = {"resolution": 32, "classes": 4, "latent_dim": 8, "features": 8, "widening": False, "attention": 16}

    def batch(self, n, resolution=32):
        labels = np.random.default_rng(1).integers(0, 4, n).astype("int32")
        return {**super().batch(n, resolution), "label": labels}

    def test_every_linear_layer_of_both_networks_is_spectrally_normalised(self):
        model = self.build()
        for network in (model.generator, model.discriminator):
            under = {id(wrapper.layer) for wrapper in every(network, SpectralNorm)}
            linear = every(network, LINEAR)
            assert len(linear) > 10 and {id(layer) for layer in linear} == under
            assert {v.path.split("/")[-1] for v in network.trainable_variables if "conditional" in v.path} <= {
                "gains",
                "offsets",
            }

    def test_singular_values_stay_near_1(self):
        model = self.build()
        self.fit(model, steps=25)
        for network in (model.generator, model.discriminator):
            for layer in every(network, SpectralNorm):
                kernel = value(layer.kernel)
                matrix = kernel.reshape(-1, kernel.shape[-1]) / float(layer.sigma())
                assert 0.95 <= np.linalg.svd(matrix, compute_uv=False)[0] <= 1.1, layer.path

    def test_attention_is_faded_in(self):
        model = self.build()
        gates = [every(network, SelfAttention)[0].gamma for network in (model.generator, model.discriminator)]
        assert [float(gate) for gate in gates] == [0.0, 0.0]
        self.fit(model, steps=3)
        assert all(float(gate) != 0.0 for gate in gates)

    def test_attention_maps(self):
        maps = self.build().attention_maps(self.batch(3)["image"])
        assert maps.shape == (3, 16, 16, 8, 8)
        np.testing.assert_allclose(maps.sum((3, 4)), 1.0, atol=1e-5)

    def test_two_learning_rates(self):
        model = SAGAN(resolution=32, features=8)
        model.compile()
        rates = {name: float(adam.learning_rate) for name, adam in model.optimizer.players.items()}
        assert rates == pytest.approx({"generator": 1e-4, "discriminator": 4e-4})
        assert {(adam.beta_1, adam.beta_2) for adam in model.optimizer.players.values()} == {(0.0, 0.9)}

    def test_the_class_enters_the_generator_through_batch_normalisation(self):
        model = self.build()
        latent = np.repeat(np.random.default_rng(0).normal(size=(1, 8)), 4, axis=0)
        alike = model.generate(4, seed=0, latent=latent, label=np.arange(4))
        np.testing.assert_allclose(alike[0], alike[1], atol=1e-6)
        tables = every(model.generator, ConditionalBatchNorm)
        assert len(tables) == 6
        tables[0].gains.assign(np.random.default_rng(0).normal(size=tables[0].gains.shape))
        images = model.generate(4, seed=0, latent=latent, label=np.arange(4))
        assert not np.allclose(images[0], images[1], atol=1e-3)

    def test_the_class_enters_the_discriminator_through_a_projection(self):
        """linear(h) + <embedding, h>, with h the sum, not the mean, over places."""
        model = self.build()
        network, image = model.discriminator, self.batch(4)["image"]
        labels = np.array([0, 1, 2, 3], "int32")
        pool = next(x for x in network.layers if isinstance(x, layers.GlobalAveragePooling2D))
        h = value(keras.Model(network.inputs[0], pool.input)(image)).sum((1, 2))
        head = next(x for x in every(network, SpectralNorm) if isinstance(x.layer, layers.Dense))
        table = next(x for x in every(network, SpectralNorm) if isinstance(x.layer, layers.Embedding))
        head.bias.assign([0.3])
        linear = h @ value(head.kernel)[:, 0] / float(head.sigma()) + 0.3
        projected = (value(table.kernel)[labels] / float(table.sigma()) * h).sum(1)
        np.testing.assert_allclose(model.discriminate(image, labels), linear + projected, rtol=1e-3, atol=1e-4)

    def test_values_are_the_same_each_time(self):
        model, batch = self.build(), self.batch(4)
        assert np.array_equal(
            model.discriminate(batch["image"], batch["label"]), model.discriminate(batch["image"], batch["label"])
        )

    def test_hinge(self):
        real, fake = np.array([2.0, 0.5, -1.0], "float32"), np.array([-3.0, 0.0, 0.5], "float32")
        assert float(losses.hinge_discriminator(real, fake)) == pytest.approx((0.5 + 2.0) / 3 + (1.0 + 1.5) / 3)
        assert float(losses.hinge_generator(fake)) == pytest.approx(2.5 / 3)
        model = self.build()
        loss, logs = model.generator_loss({k: ops.convert_to_tensor(v) for k, v in self.batch(4).items()})
        assert float(loss) == pytest.approx(-float(logs["fake_logit"]), rel=1e-5)

    def test_the_papers_sizes(self):
        """128 pixels, counted by hand: blocks 1024 ... 64 upwards, 64 ... 1024 and a plain one downwards."""
        conv = lambda k, i, o, bias=1: k * k * i * o + o * bias  # noqa: E731
        attention = lambda c: 2 * c * c // 8 + 2 * c * c // 2 + 1  # noqa: E731
        up, down = [1024, 1024, 512, 256, 128, 64], [64, 128, 256, 512, 1024]
        generator = 128 * 16384 + 16384 + attention(256) + 2 * 64 + conv(3, 64, 3)
        for i, o in pairwise(up):
            generator += 2 * 10 * (i + o) + conv(3, i, o, 0) + conv(3, o, o, 0) + conv(1, i, o, 0)
        discriminator = conv(3, 3, 64) + conv(3, 64, 64) + conv(1, 3, 64) + attention(128)
        for i, o in pairwise(down):
            discriminator += conv(3, i, o) + conv(3, o, o) + conv(1, i, o)
        discriminator += 2 * conv(3, 1024, 1024) + 1025 + 10 * 1024
        widths = doubling(64, 128)
        networks = (
            attention_generator(128, 3, 10, 128, widths[::-1], 32),
            attention_discriminator(128, 3, 10, widths, 32),
        )
        trained = [sum(int(np.prod(v.shape)) for v in n.trainable_variables) for n in networks]
        assert trained == [generator, discriminator]
        for network in networks:
            assert every(network, SelfAttention)[0].height == 32


class TestSAGANOnPoints(Game):
    name = "sagan"
    invariant = ("logit/bias",)  # while all values lie within the hinge's margin, real and generated ones cancel
    tiny = {"dimensions": 2, "latent_dim": 2, "features": 16}

    def batch(self, n, resolution=32):
        return {"point": np.random.default_rng(0).normal(size=(n, 2)).astype("float32")}

    def test_the_discriminator_is_spectrally_normalised(self):
        model = self.build()
        assert len(every(model.discriminator, SpectralNorm)) == 4 == len(every(model.discriminator, LINEAR))
        self.fit(model, steps=25)
        a, b = np.random.default_rng(0).normal(size=(2, 200, 2)).astype("float32")
        rise = np.abs(value(model.discriminator(a)) - value(model.discriminator(b)))[:, 0]
        assert (rise <= 1.1 * np.linalg.norm(a - b, axis=1)).all()
