"""CoGAN: what is shared and what is not, one latent for both, latents found again, and the adaptation's terms."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from ganapps import losses
from ganapps.engine.inversion import invert
from ganapps.evaluate.network_targets import Model
from ganapps.models.unsupervised.cogan import CoGAN
from ganapps.models.unsupervised.cogan_adaptation import CoGANAdaptation
from tests.models.harness import Game, value

TINY = {"resolution": 32, "latent_dim": 6, "features": 4, "judge_features": 4, "units": 8}


def tensors(batch):
    return {name: ops.convert_to_tensor(values) for name, values in batch.items()}


def pictures(n, resolution=32, channels=1):
    rng = np.random.default_rng(0)
    shape = (n, resolution, resolution, channels)
    return {name: rng.uniform(-1, 1, shape).astype("float32") for name in ("a", "b")}


def gradients(loss, variables):
    import tensorflow as tf

    with tf.GradientTape() as tape:
        total = loss()
    found = tape.gradient(total, [v.value for v in variables])
    return [0.0 if g is None else float(np.abs(g).max()) for g in found]


def soft(a):
    return np.log1p(np.exp(a)).mean()


@pytest.fixture(autouse=True)
def short_searches(monkeypatch):
    """What the harness asks of a translation does not depend on how long it is looked for."""
    domain, _, starts, seed = CoGAN.invert.__defaults__
    monkeypatch.setattr(CoGAN.invert, "__defaults__", (domain, 3, starts, seed))


class TestCoGAN(Game):
    name = "cogan"
    tiny = TINY
    channels = 1

    def batch(self, n, resolution=32):
        return pictures(n, resolution)

    # MUST 1: two GANs
    def test_every_discriminator_judges_its_own_domain(self):
        model = self.build(weight_decay=0.0)
        batch = tensors(self.batch(4))
        model.noise.begin(0)
        loss, _ = model.discriminator_loss(batch)
        model.noise.begin(0)
        fakes = model.fakes(batch)
        real, fake = (model.discriminator(x) for x in ([batch["a"], batch["b"]], fakes))
        expected = sum(soft(-value(real[k])) + soft(value(fake[k])) for k in (0, 1))
        assert float(loss) == pytest.approx(expected, rel=1e-5)
        other = {**batch, "b": batch["b"] * 0.5}
        moved = model.discriminator([other["a"], other["b"]])
        assert np.array_equal(moved[0], real[0]) and not np.array_equal(moved[1], real[1])

    def test_the_generators_fool_both(self):
        model = self.build(weight_decay=0.0)
        batch = tensors(self.batch(4))
        model.noise.begin(0)
        loss, logs = model.generator_loss(batch)
        model.noise.begin(0)
        logit_a, logit_b, *_ = model.discriminator(model.fakes(batch))
        assert float(loss) == pytest.approx(soft(-value(logit_a)) + soft(-value(logit_b)), rel=1e-5)
        assert float(loss) == pytest.approx(float(logs["adversarial"]))

    # MUST 2 and 3: which end is shared
    def test_generators_share_all_but_the_last_layer_discriminators_all_but_the_first(self):
        model = self.build()
        latent, shown = ops.ones((2, 6)), tensors(self.batch(2))
        for player, loss_of in (
            ("generator", lambda k: ops.sum(ops.square(model.generator(latent, training=True)[k]))),
            ("discriminator", lambda k: ops.sum(ops.square(model.discriminator([shown["a"], shown["b"]])[k]))),
        ):
            variables = getattr(model, player).trainable_variables
            reached = [np.array(gradients(lambda k=k, loss_of=loss_of: loss_of(k), variables)) > 0 for k in (0, 1)]
            own = [
                {v.path for v, x, y in zip(variables, *order, strict=True) if x and not y}
                for order in (reached, reached[::-1])
            ]
            assert all((x | y) for x, y in zip(*reached, strict=True))
            sizes = {v.path: v.shape for v in variables}
            for paths in own:
                assert len(paths) == 2, "one convolution with its bias"
                kernel = next(sizes[p] for p in paths if len(sizes[p]) == 4)
                assert kernel == ((6, 6, 4, 1) if player == "generator" else (5, 5, 1, 4)), "the end at the picture"
            assert own[0].isdisjoint(own[1])

    def test_shared_layers_normalise_with_one_set_of_statistics(self):
        norms = [x for x in self.build().generator.layers if isinstance(x, layers.BatchNormalization)]
        assert len(norms) == 4 and all(x.gamma is None and x.beta is None for x in norms)
        assert len([x for x in self.build(share=False).generator.layers if "batch_norm" in x.name]) == 8

    def test_without_sharing_nothing_but_the_latent_is_common(self):
        model = self.build(share=False)
        latent = ops.ones((2, 6))
        variables = model.generator.trainable_variables
        one, two = (
            np.array(gradients(lambda k=k: ops.sum(ops.square(model.generator(latent, training=True)[k])), variables))
            for k in (0, 1)
        )
        assert not ((one > 0) & (two > 0)).any() and (one > 0).sum() == (two > 0).sum()
        assert model.discriminator.count_params() == 2 * self.half(model.discriminator)

    def half(self, network):
        return keras.Model(network.inputs[0], network.outputs[0]).count_params()

    # MUST 4: one latent
    def test_one_latent_feeds_both_generators(self):
        model = self.build()
        a, b = model.sample_pair(3, seed=5)
        signatures = model.signatures()
        outputs = {"sample": "a", "sample_b": "b", "a_to_b": "b", "b_to_a": "a"}
        assert {name: s.output for name, s in signatures.items()} == outputs
        assert [name for name, s in signatures.items() if s.portable] == ["sample", "sample_b"]
        latents = np.random.default_rng(5).standard_normal((3, 6)).astype("float32")
        for name, images in (("sample", a), ("sample_b", b)):
            np.testing.assert_allclose(value(signatures[name](latent=latents)), images, atol=1e-6)
        np.testing.assert_array_equal(a, model.generate(3, seed=5))
        np.testing.assert_array_equal(a, model.decode(latents))
        both = value(model.generator(ops.convert_to_tensor(latents), training=False)[1])
        np.testing.assert_allclose(both, b, atol=1e-6)

    # MUST 5: no pairs, no cycle
    def test_the_rows_of_b_may_stand_in_any_order(self):
        model = self.build()
        batch = self.batch(4)
        found = []
        for rows in (np.arange(4), np.array([2, 0, 3, 1])):
            model.noise.begin(0)
            found.append(float(model.discriminator_loss(tensors({**batch, "b": batch["b"][rows]}))[0]))
        assert found[0] == pytest.approx(found[1], rel=1e-6)
        assert set(model.generator_loss(tensors(batch))[1]) == {"fake_logit", "adversarial"}

    # The rest

    def test_the_authors_sizes(self):
        """Kernels of the authors' layers; no biases where batch normalisation follows, one logit in place of two."""
        model = CoGAN()
        hidden = 100 * 16 * 1024 + 9 * (1024 * 512 + 512 * 256 + 256 * 128) + 4
        last = 36 * 128 + 1
        first, shared = 25 * 20 + 20, 25 * 20 * 50 + 50 + 16 * 50 * 500 + 500 + 1 + 501
        sizes = [
            sum(int(np.prod(v.shape)) for v in n.trainable_variables) for n in (model.generator, model.discriminator)
        ]
        assert sizes == [hidden + 2 * last, 2 * first + shared]
        sides = [x.output.shape[1] for x in model.generator.layers if isinstance(x, layers.PReLU)]
        assert sides == [4, 7, 13, 25]
        assert [tuple(x.shape) for x in model.generator.outputs] == [(None, 28, 28, 1)] * 2

    def test_the_authors_optimiser(self):
        model = CoGAN()
        model.compile(steps=100)
        for player in model.players:
            adam = model.optimizer.players[player.name]
            assert (float(adam.learning_rate), adam.beta_1, adam.beta_2) == (pytest.approx(2e-4), 0.5, 0.999)
        assert (model.weight_decay, model.latent_dim) == (5e-4, 100)

    def test_weights_decay(self):
        batch = tensors(self.batch(2))
        for name in ("generator", "discriminator"):
            found = []
            for decay in (0.0, 1.0):
                model = self.build(weight_decay=decay)
                model.noise.begin(0)
                found.append(float(getattr(model, f"{name}_loss")(batch)[0]))
            assert found[1] - found[0] == pytest.approx(float(losses.weight_decay(getattr(model, name))), rel=1e-3)

    def test_each_sampler_is_measured_on_its_own_domain(self):
        model = self.build()
        for signature, domain in ((None, "a"), ("sample", "a"), ("sample_b", "b")):
            assert Model(model, signature, "m").domains({"a", "b", "label"}) == ("", domain, False)
        assert Model(model, "a_to_b", "m").domains({"a", "b", "label"}) == ("a", "b", False)

    def test_a_latent_is_found_again(self):
        model = self.build()
        latents = np.random.default_rng(3).standard_normal((3, 6)).astype("float32")
        a, b = model.pair(latents)
        found = model.invert(a, "a", steps=100, starts=4, seed=0)
        assert found.shape == (3, 6)
        np.testing.assert_array_equal(found, model.invert(a, "a", steps=100, starts=4, seed=0))
        again, other = model.pair(found)
        chance, _ = model.pair(latents[::-1])
        assert np.square(again - a).mean() < 0.05 * np.square(chance[::2] - a[::2]).mean()
        assert np.square(other - b).mean() < np.square(b[::2] - b[::-1][::2]).mean()

    def test_translation_is_the_other_half_of_the_nearest_pair(self, monkeypatch):
        model = self.build()
        latents = np.random.default_rng(3).standard_normal((2, 6)).astype("float32")
        a, b = model.pair(latents)
        asked = []
        monkeypatch.setattr(model, "invert", lambda images, domain: (asked.append((images, domain)), latents)[1])
        np.testing.assert_array_equal(model.translate(a, "a_to_b"), b)
        np.testing.assert_array_equal(model.translate(b, "b_to_a"), a)
        assert [domain for _, domain in asked] == ["a", "b"]
        np.testing.assert_array_equal(asked[0][0], a)

    def test_preview_shows_pairs(self):
        assert self.build().preview(self.batch(2), seed=0).dtype == np.uint8


def test_the_nearest_start_wins_and_batches_do_not_matter():
    latent = keras.Input((1,))
    picture = layers.Reshape((1, 1, 1))(layers.Dense(1, use_bias=False, kernel_initializer="ones")(latent))
    generator = keras.Model(latent, picture)
    images = np.linspace(-1, 1, 5).astype("float32").reshape(5, 1, 1, 1)
    found = invert(generator, images, steps=200, starts=2, learning_rate=0.05)
    np.testing.assert_allclose(found, images[:, 0, 0], atol=0.02)
    np.testing.assert_allclose(found, invert(generator, images, 200, 2, 0.05, batch_size=4), atol=1e-5)
    still = invert(generator, images, steps=0, starts=50)
    first = np.random.default_rng(0).standard_normal((5, 50, 1)).astype("float32")
    nearest = np.abs(first[..., 0] - images[:, 0, 0]).argmin(axis=1)
    np.testing.assert_array_equal(still, first[np.arange(5), nearest])


class TestCoGANAdaptation(Game):
    name = "cogan-adaptation"
    test_two_replicas_give_what_one_device_gives = None  # the same draws as in CoGAN
    tiny = {**TINY, "classes": 3}
    channels = 1

    def batch(self, n, resolution=32):
        return {**pictures(n, resolution), "label": (np.arange(n) % 3).astype("int32")}

    def test_the_labels_of_a_and_the_agreement_of_pairs(self):
        model = self.build(weight_decay=0.0)
        batch = tensors(self.batch(4))
        model.noise.begin(0)
        loss, logs = model.discriminator_loss(batch)
        total = float(logs["adversarial"]) + 10 * float(logs["class"]) + 0.01 * float(logs["agreement"])
        assert float(loss) == pytest.approx(total, rel=1e-5)
        model.noise.begin(0)
        *_, fake_a, fake_b = map(value, model.discriminator(model.fakes(batch)))
        assert float(logs["agreement"]) == pytest.approx(np.square(fake_a - fake_b).sum(1).mean(), rel=1e-4)
        probabilities = model.classify(self.batch(4)["a"], "a")
        nll = -np.log(probabilities[np.arange(4), self.batch(4)["label"]]).mean()
        assert float(logs["class"]) == pytest.approx(nll, rel=1e-4)

    def test_classes_of_b_come_through_its_own_first_layer(self):
        model = self.build()
        images = self.batch(4)["a"]
        *_, features = model.discriminator([images, images])
        expected = value(ops.softmax(model.classifier(features)))
        np.testing.assert_allclose(model.classify_b(images), expected, atol=1e-6)
        np.testing.assert_array_equal(model.classify_b(images), model.classify(images))
        assert not np.allclose(model.classify(images, "a"), expected)

    def test_the_defaults_are_the_authors(self):
        model = CoGANAdaptation()
        assert (model.class_weight, model.agreement_weight, model.classifier.count_params()) == (10.0, 0.01, 5010)
