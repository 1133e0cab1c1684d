"""VAE/GAN: which gradient reaches whom, the error in features, the gates, the authors' sizes, and the shared tests."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from ganapps.engine import backend
from ganapps.engine.schedules import PowerAnneal
from ganapps.models.encoders.vae_gan import VAEGAN
from tests.models.harness import Game, value


class Witness:
    """In the discriminator's place: judges as it does and remembers what it was shown."""

    def __init__(self, network):
        self.network, self.trainable_variables, self.shown = network, [], []

    def __call__(self, x, training):
        self.shown.append(x)
        return self.network(x, training=training)


class TestVAEGAN(Game):
    name = "vae-gan"
    tiny = {"resolution": 32, "channels": 3, "latent_dim": 4, "features": 4}
    replica_steps = 2

    def _plain(self, model):
        """Smaller steps: the error is a sum over features, and large steps multiply its rounding."""
        model.compile(optimizers={p.name: keras.optimizers.SGD(1e-4) for p in model.players})

    def tensors(self, n=4):
        return {k: ops.convert_to_tensor(v) for k, v in self.batch(n).items()}

    def ready(self, model):
        """A batch with what the discriminator hands on."""
        batch = self.tensors()
        return batch | model.discriminator_loss(batch)[2]

    def gradients(self, model, loss, network):
        variables = getattr(model, network).trainable_variables
        _, _, gradients = backend.value_and_grad(lambda: (loss()[0], None), variables)
        return [ops.convert_to_numpy(g) for g in gradients]

    def head(self, model):
        return model.discriminator.layers[-1]

    # MUST 1: one network
    def test_the_decoder_is_the_generator(self):
        model = self.build()
        assert {p.name: p.trains for p in model.players}["decoder"] == ("generator",)
        images = self.batch(2)["image"]
        np.testing.assert_array_equal(model.reconstruct(images), model.decode(model.encode(images)))
        assert model.signatures()["sample"].network is model.generator

    # MUST 2: the error in features
    def test_the_error_is_half_the_squared_distance_of_features(self):
        model = self.build()
        x, y = (np.random.default_rng(seed).uniform(-1, 1, (3, 32, 32, 3)).astype("float32") for seed in (0, 1))
        found = value(model.feature_layer(np.concatenate([x, y]), training=True))
        error = float(model.feature_error(ops.convert_to_tensor(x), ops.convert_to_tensor(y)))
        assert error == pytest.approx(0.5 * np.square(found[:3] - found[3:]).sum() / 3, rel=1e-4)
        last = [layer for layer in model.feature_layer.layers if isinstance(layer, layers.Conv2D)][-1]
        assert model.feature_layer.output is last.output, "the third strided convolution, before its normalisation"
        assert [layer.strides[0] for layer in model.feature_layer.layers if isinstance(layer, layers.Conv2D)] == [
            1,
            2,
            2,
            2,
        ]
        last.kernel.assign(ops.zeros(last.kernel.shape))
        blind = model.feature_error(ops.convert_to_tensor(x), ops.convert_to_tensor(y))
        assert float(blind) == 0.0, "what the features do not see costs nothing: there is no term of pixels"

    def test_similarity_is_the_error_of_one_picture(self):
        model = self.build()
        x, y = self.batch(3)["image"], self.batch(3)["image"][::-1]
        assert np.array_equal(model.similarity(x, x), np.zeros(3))
        assert (model.similarity(x, y)[[0, 2]] < 0).all()

    # MUST 3: three kinds
    def test_the_discriminator_judges_three_kinds(self):
        model = self.build(weight_decay=0.0)
        judge, batch = model.discriminator, self.tensors()
        model.discriminator = witness = Witness(judge)
        loss, _, handed = model.discriminator_loss(batch)
        image, again, sample = shown = witness.shown
        generate = lambda name: value(model.generator(handed[name], training=True))  # noqa: E731
        np.testing.assert_array_equal(image, batch["image"])
        np.testing.assert_allclose(value(again), generate("code"), atol=1e-5)
        np.testing.assert_allclose(value(sample), generate("prior"), atol=1e-5)
        real, first, second = (value(judge(x, training=True)[1]) for x in shown)
        soft = lambda a: np.log1p(np.exp(a)).mean()  # noqa: E731
        assert float(loss) == pytest.approx(0.66 * soft(-real) + 0.17 * soft(first) + 0.17 * soft(second), rel=1e-4)

    # MUST 4: no adversarial gradient for the encoder
    def test_nothing_adversarial_reaches_the_encoder(self):
        model = self.build()
        batch = self.ready(model)
        for loss in (model.discriminator_loss, model.decoder_loss):
            assert all((g == 0).all() for g in self.gradients(model, lambda loss=loss: loss(batch), "encoder"))
        before = self.gradients(model, lambda: model.encoder_loss(batch), "encoder")
        assert all(np.abs(g).max() > 0 for g in before)
        self.head(model).kernel.assign(self.head(model).kernel * -3.0)  # the verdict turns, the features stay
        after = self.gradients(model, lambda: model.encoder_loss(batch), "encoder")
        assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))

    # MUST 5: no gradient of the error for the discriminator
    def test_the_error_does_not_reach_the_discriminator(self):
        model = self.build()
        batch = self.ready(model)
        verdict = self.head(model)
        verdict.kernel.assign(ops.zeros(verdict.kernel.shape))
        model.weight_decay = 0.0
        gradients = self.gradients(model, lambda: model.discriminator_loss(batch), "discriminator")
        own = {id(v) for v in verdict.trainable_variables}
        for variable, gradient in zip(model.discriminator.trainable_variables, gradients, strict=True):
            assert (np.abs(gradient).max() > 0) == (id(variable) in own), "without a verdict the features learn nothing"
        reached = self.gradients(model, lambda: model.decoder_loss(batch), "discriminator")
        assert any(np.abs(g).max() > 0 for g in reached), "the same error would have taught them"
        model.compile()
        before = [value(v) for v in model.discriminator.trainable_variables]
        for player in model.players[1:]:
            model.update(player, batch)
        now = [value(v) for v in model.discriminator.trainable_variables]
        assert all(np.array_equal(a, b) for a, b in zip(before, now, strict=True))

    # MUST 6: the decoder mixes both
    def test_the_decoder_weighs_error_and_adversary(self):
        for weight in (0.0, 0.25, 1.0):
            model = self.build(reconstruction_weight=weight, weight_decay=0.0)
            batch = self.ready(model)
            loss, logs = model.decoder_loss(batch)
            mix = weight * float(logs["error"]) + (1 - weight) * float(logs["adversarial"])
            assert float(loss) == pytest.approx(mix, rel=1e-5)
        again, sample = (model.generator(batch[name], training=True) for name in ("code", "prior"))
        soft = lambda x: float(ops.mean(ops.softplus(model.discriminator(x, training=True)[1])))  # noqa: E731
        assert float(logs["adversarial"]) == pytest.approx(-soft(again) - soft(sample), rel=1e-4)
        assert float(logs["error"]) == pytest.approx(float(model.feature_error(batch["image"], again)), rel=1e-4)

    def test_the_small_preset_climbs_log_d(self):
        assert VAEGAN.presets["small"]["objective"] == "non-saturating"
        model = self.build(objective="non-saturating", reconstruction_weight=0.0, weight_decay=0.0)
        batch = self.ready(model)
        again, sample = (model.generator(batch[name], training=True) for name in ("code", "prior"))
        soft = lambda x: float(ops.mean(ops.softplus(-model.discriminator(x, training=True)[1])))  # noqa: E731
        assert float(model.decoder_loss(batch)[0]) == pytest.approx(soft(again) + soft(sample), rel=1e-4)

    # The gates

    @pytest.mark.parametrize(
        ("real", "fake", "discriminator", "decoder"),
        [
            (0.68, 0.68, True, True),
            (0.32, 0.68, False, True),
            (0.68, 0.32, False, True),
            (1.04, 0.68, True, False),
            (0.68, 1.04, True, False),
            (0.32, 1.04, True, True),
            (0.34, 1.02, True, True),
        ],
    )
    def test_who_waits(self, real, fake, discriminator, decoder):
        model = self.build()
        gates = model.gates(ops.convert_to_tensor(real), ops.convert_to_tensor(fake))
        assert [bool(gate) for gate in gates] == [discriminator, decoder]

    @pytest.mark.parametrize("waiting", ["discriminator", "decoder"])
    def test_who_waits_does_not_move(self, waiting, monkeypatch):
        model = self.build()
        gates = [ops.convert_to_tensor(name != waiting) for name in ("discriminator", "decoder")]
        monkeypatch.setattr(model, "gates", lambda real, fake: gates)
        model.compile(steps=10)
        state = lambda: {  # noqa: E731
            p.name: [value(v) for v in (*model.variables_of(p), *model.optimizer.players[p.name].variables)]
            for p in model.players
        }
        before = state()
        logs = model.play(self.tensors())
        after = state()
        for name in before:
            same = all(np.array_equal(a, b) for a, b in zip(before[name], after[name], strict=True))
            assert same == (name == waiting), name
        assert [float(logs[f"{n}/gate"]) == 0.0 for n in ("discriminator", "decoder")].count(True) == 1
        assert float(logs[f"{waiting}/gate"]) == 0.0

    # The rest

    def test_codes_are_handed_on_without_a_way_back(self):
        model = self.build()
        batch = self.ready(model)
        assert set(batch) == {"image", "noise", "code", "prior", "decoder"}
        assert batch["code"].shape == batch["prior"].shape == (4, 4)

    def test_attributes_are_directions(self):
        model = self.build()
        images, has = self.batch(6)["image"], np.array([True, False, True, False, False, True])
        codes, vector = model.encode(images), model.attribute_vector(images, has)
        np.testing.assert_allclose(vector, codes[has].mean(0) - codes[~has].mean(0), atol=1e-5)
        np.testing.assert_array_equal(model.edit(images, vector, 0.0), model.reconstruct(images))
        np.testing.assert_array_equal(model.edit(images, vector, 2.0), model.decode(codes + 2.0 * vector))

    @pytest.mark.parametrize(("resolution", "side", "wide"), [(64, 8, 256), (32, 4, 192)])
    def test_the_authors_sizes(self, resolution, side, wide):
        """5 x 5 kernels; no biases where batch normalisation follows."""
        model = VAEGAN(resolution=resolution)
        flat = side * side * 256
        norms = lambda *widths: 2 * sum(widths)  # noqa: E731
        encoder = (
            25 * (3 * 64 + 64 * 128 + 128 * 256) + flat * 1024 + norms(64, 128, 256, 1024) + 2 * (1024 * 128 + 128)
        )
        decoder = 128 * flat + 2 * flat + 25 * (256 * wide + wide * 128 + 128 * 32) + norms(wide, 128, 32)
        decoder += 25 * 32 * 3 + 3
        discriminator = 25 * 3 * 32 + 32 + 25 * (32 * 128 + 128 * wide + wide * 256) + norms(128, wide, 256)
        discriminator += flat * 512 + 2 * 512 + 512 + 1
        networks = (model.encoder, model.generator, model.discriminator)
        sizes = [sum(int(np.prod(v.shape)) for v in network.trainable_variables) for network in networks]
        assert sizes == [encoder, decoder, discriminator]

    def test_the_authors_optimiser(self):
        model = VAEGAN()
        model.compile(steps=100)
        for player in model.players:
            rmsprop = model.optimizer.players[player.name]
            rate = rmsprop._learning_rate
            assert rmsprop.rho == 0.9 and isinstance(rate, PowerAnneal)
            middle = 3.125e-4 - (3.125e-4 - 1.5625e-7) * 0.5**0.75
            assert [float(rate(step)) for step in (0, 50, 100)] == pytest.approx(
                [3.125e-4, middle, 1.5625e-7], rel=1e-3
            )
        assert float(PowerAnneal(0.1, 0.0, None)(10**6)) == pytest.approx(0.1)

    def test_the_small_presets_optimiser(self):
        small = VAEGAN.presets["small"]
        model = self.build(**{key: small[key] for key in ("optimizer", "learning_rate", "discriminator_rate")})
        model.compile(steps=100)
        assert small["optimizer"] == "adam"
        for name, rate in (("discriminator", 2e-4), ("encoder", 5e-4), ("decoder", 5e-4)):
            adam = model.optimizer.players[name]
            assert isinstance(adam, keras.optimizers.Adam) and (adam.beta_1, adam.beta_2) == (0.5, 0.999)
            assert float(adam.learning_rate) == pytest.approx(rate)
        model = self.build(optimizer="adam", learning_rate=1e-3)
        model.compile()
        assert float(model.optimizer.players["discriminator"].learning_rate) == pytest.approx(1e-3)
