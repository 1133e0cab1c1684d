"""Improved GAN: every remedy alone and all together, the semi-supervised formula, and the shared tests."""

from itertools import pairwise

import keras
import numpy as np
import pytest
from keras import layers, ops

from ganapps import losses
from ganapps.engine import checkpoint
from ganapps.errors import GanappsError
from ganapps.layers import MinibatchDiscrimination, VirtualBatchNorm, WeightNorm
from ganapps.models.basics.dcgan import DCGAN
from ganapps.models.mode_collapse.improved_gan import ImprovedGAN
from tests.models.harness import Game, value

SWITCHES = {
    "none": {"objective": "non-saturating"},
    "minimax": {"objective": "minimax"},
    "feature matching": {"objective": "features"},
    "minibatch discrimination": {"objective": "minimax", "kernels": 5},
    "historical averaging": {"objective": "minimax", "historical": 0.1},
    "label smoothing": {"objective": "minimax", "smoothing": 0.9},
    "virtual batch norm": {"objective": "minimax", "reference": 4},
    "classes": {"objective": "minimax", "classes": 3},
}


def tensors(batch: dict[str, np.ndarray]) -> dict:
    return {k: ops.convert_to_tensor(v) for k, v in batch.items()}


class Told:
    """A discriminator that says what it was told to, call by call, and remembers what it was shown."""

    def __init__(self, *logits: np.ndarray) -> None:
        self.logits, self.shown = list(logits), []

    def __call__(self, samples, training):
        assert training
        self.shown.append(value(samples))
        logits = self.logits[len(self.shown) - 1].astype("float32")
        return ops.convert_to_tensor(2.0 * logits), ops.convert_to_tensor(logits)


def say(model, *logits: np.ndarray) -> Told:
    told = Told(*logits)
    model.__dict__["discriminator"] = told
    return told


def log_z(logits: np.ndarray) -> np.ndarray:
    return np.logaddexp.reduce(logits, axis=1)


def softplus(x: np.ndarray) -> float:
    return float(np.logaddexp(0.0, x).mean())


class TestImprovedGANOnPictures(Game):
    name = "improved-gan"
    tiny = {
        "resolution": 32,
        "classes": 4,
        "latent_dim": 8,
        "features": 4,
        "discriminator_features": 4,
        "kernels": 5,
        "reference": 6,
        "historical": 0.01,
        "smoothing": 0.9,
    }
    replicable = {"dropout": 0.0, "input_dropout": 0.0}

    def batch(self, n, resolution=32):
        labels = np.random.default_rng(1).integers(-1, 4, n).astype("int32")
        return {**super().batch(n, resolution), "label": np.where(np.arange(n) == 0, 1, labels).astype("int32")}

    def rows(self, model, n=4, **kwargs):
        """Without unknown labels where replicas are compared: each takes the mean over its own known ones."""
        batch = super().rows(model, n, **kwargs)
        return {**batch, "label": np.abs(batch["label"])}

    def test_the_codes_networks(self):
        """CIFAR-10: 9 convolutions (96 three times, 192 six) under weight normalisation, 10 logits; G 512, 256, 128.

        Gains are learnt of the last layers alone.
        """
        model = ImprovedGAN(classes=10)
        conv = lambda k, i, o: k * k * i * o + o  # noqa: E731
        discriminator = conv(3, 3, 96) + 2 * conv(3, 96, 96) + conv(3, 96, 192) + 3 * conv(3, 192, 192)
        discriminator += 2 * conv(1, 192, 192) + conv(1, 192, 10) + 10
        generator = 100 * 8192 + 2 * 8192 + 25 * 512 * 256 + 512 + 25 * 256 * 128 + 256 + 25 * 128 * 3 + 2 * 3
        trained = [
            sum(int(np.prod(v.shape)) for v in network.trainable_variables)
            for network in (model.generator, model.discriminator)
        ]
        assert trained == [generator, discriminator]
        dropped = [x.rate for x in model.discriminator.layers if isinstance(x, layers.Dropout)]
        assert dropped == [0.2, 0.5, 0.5]

    def test_paper_defaults(self):
        model = ImprovedGAN()
        model.compile(steps=1200)
        adam = model.optimizer.players["generator"]
        rate = adam._learning_rate
        assert [float(rate(step)) for step in (0, 799, 1000, 1200)] == pytest.approx([3e-4, 3e-4, 1.5e-4, 0.0])
        assert (adam.beta_1, adam.beta_2) == (0.5, 0.999) and model.averaged == ("generator", "discriminator")

    def test_initial_values_depend_on_data(self):
        model = self.build(dropout=0.0, input_dropout=0.0)
        images = self.batch(32)["image"]
        model.adapt({"image": images})
        for layer in model.discriminator.layers:
            if isinstance(layer, WeightNorm):
                y = value(keras.Model(model.discriminator.input, layer.output)(images))
                axes = tuple(range(y.ndim - 1))
                np.testing.assert_allclose(y.mean(axes), 0.0, atol=1e-2)
                wanted = 0.1 if layer.name == "logits" else 1.0  # or generated samples' logits would lie tens away
                np.testing.assert_allclose(y.std(axes), wanted, rtol=2e-2)

    def test_initial_values_count_the_noise(self):
        model = ImprovedGAN(**ImprovedGAN.presets["classifier"], channels=1, classes=10)
        images = np.random.default_rng(0).uniform(-1, 1, (500, 28, 28, 1)).astype("float32")
        model.adapt({"image": images})
        normed = [layer for layer in model.discriminator.layers if isinstance(layer, WeightNorm)]
        outputs = keras.Model(model.discriminator.input, [layer.output for layer in normed])
        for noisy in outputs(images, training=True):
            np.testing.assert_allclose(value(noisy).std(0).mean(), 1.0, rtol=0.05)
        for quiet in outputs(images):
            assert value(quiet).std(0).mean() < 0.9  # noise has its share of the deviation

    def test_real_and_generated_samples_meet_in_no_minibatch(self):
        model = self.build()
        seen = []
        layer = next(x for x in model.discriminator.layers if isinstance(x, MinibatchDiscrimination))
        original = layer.distances
        layer.distances = lambda x: (seen.append(x.shape[0]), original(x))[1]
        model.discriminator_loss(tensors(self.batch(4)))
        assert seen == [4, 4]

    def test_classify_and_discriminate(self):
        model = self.build()
        images = self.batch(5)["image"]
        classes, real = model.classify(images), model.discriminate(images)
        assert classes.shape == (5, 4) and real.shape == (5,)
        np.testing.assert_allclose(classes.sum(1), 1.0, atol=1e-5)
        z = np.exp(model._logits(images)).sum(1)
        np.testing.assert_allclose(real, z / (z + 1.0), rtol=1e-4)
        with pytest.raises(GanappsError, match="without classes"):
            self.build(classes=1).classify(images)

    def test_classify_uses_the_averaged_discriminator(self):
        model = self.build()
        self.fit(model, steps=2, ema=0.9999)
        before = model.classify(self.batch(4)["image"])
        for variable in model.discriminator.trainable_variables:
            variable.assign(ops.zeros(variable.shape))
        assert np.array_equal(before, model.classify(self.batch(4)["image"]))


class TestTheNetworksOfTheMNISTCode:
    """train_mnist_feature_matching.py: five layers of 1000, 500 and three times 250 units among noise; G of 500 twice."""

    def build(self, **options):
        preset = ImprovedGAN.presets["classifier"]
        return ImprovedGAN(**(preset | {"channels": 1, "classes": 10, "seed": 0} | options))

    def test_sizes(self):
        model = self.build()
        sizes = (784, 1000, 500, 250, 250, 250)
        hidden = sum(a * b + b for a, b in pairwise(sizes))  # gains of hidden layers are not learnt
        generator = 100 * 500 + 500 * 500 + 4 * 500 + 500 * 784 + 2 * 784
        trained = [
            sum(int(np.prod(v.shape)) for v in network.trainable_variables)
            for network in (model.generator, model.discriminator)
        ]
        assert trained == [generator, hidden + 250 * 10 + 2 * 10]
        noises = [x.stddev for x in model.discriminator.layers if isinstance(x, layers.GaussianNoise)]
        assert noises == [0.6] + 5 * [0.5]
        assert model.generator.output_shape == (None, 28, 28, 1)
        assert float(model.optimizers(None)["generator"].learning_rate) == pytest.approx(3e-3)

    def test_features_are_matched_before_the_noise(self):
        model = self.build()
        features, _ = model.discriminator(np.zeros((3, 28, 28, 1), "float32"))
        assert features.shape == (3, 250) and float(ops.min(features)) >= 0.0, "what ReLU gives, without noise"

    def test_hidden_lengths_stay_as_the_data_gave_them(self, tmp_path):
        model = self.build(features=8, discriminator_features=16, kernels=3)
        images = np.random.default_rng(0).uniform(-1, 1, (32, 28, 28, 1)).astype("float32")
        model.adapt({"image": images})
        gains = [x.gain for x in model.discriminator.layers if isinstance(x, WeightNorm)]
        before = [value(gain) for gain in gains]
        assert all(np.abs(gain - 1).max() > 1e-3 for gain in before)
        model.compile(steps=3)
        batch = {"image": images, "label": np.arange(32, dtype="int32") % 10, "image_u": images[::-1].copy()}
        for _ in range(3):
            model.play(tensors(batch))
        changed = [not np.array_equal(old, value(new)) for old, new in zip(before, gains, strict=True)]
        assert changed == 5 * [False] + [True]
        model.save(tmp_path / "model.keras")
        again = keras.saving.load_model(tmp_path / "model.keras")
        assert np.array_equal(model.classify(images), again.classify(images))
        assert [x.gain.trainable for x in again.discriminator.layers if isinstance(x, WeightNorm)] == changed


class TestTheNetworksOfDCGAN:
    """The small preset: DCGAN's two networks, and minibatch discrimination between the trunk and the logit."""

    def build(self, **options):
        tiny = {"channels": 1, "features": 4, "discriminator_features": 4, "kernels": 3, "latent_dim": 8, "seed": 0}
        return ImprovedGAN(**(ImprovedGAN.presets["small"] | tiny | options))

    def test_without_remedies_they_are_dcgan_s(self):
        ours, theirs = self.build(kernels=0, features=8, discriminator_features=8), DCGAN(32, 1, 8, 8)
        assert ours.generator.count_params() == theirs.generator.count_params()
        assert ours.discriminator.count_params() == theirs.discriminator.count_params()
        assert ours.learning_rate == DCGAN.presets["small"]["learning_rate"]

    def test_the_logit_sees_the_trunk_and_the_batch(self):
        model = self.build()
        images = np.random.default_rng(0).uniform(-1, 1, (6, 32, 32, 1)).astype("float32")
        model.adapt({"image": images})
        features, logits = model.discriminator(images)
        assert features.shape == (6, 4 * 4 * 16) and logits.shape == (6, 1)
        layer = next(x for x in model.discriminator.layers if isinstance(x, MinibatchDiscrimination))
        alike = np.repeat(images[:1], 6, axis=0)
        spread, same = value(layer.closeness(features)), value(layer.closeness(model.discriminator(alike)[0]))
        np.testing.assert_allclose(same, 5.0, rtol=1e-4)
        assert spread.max() < 5.0, "pictures that differ are farther apart"

    @pytest.mark.parametrize("objective", ["features", "minimax", "non-saturating"])
    def test_each_objective_reaches_every_weight_of_the_generator(self, objective):
        model = self.build(objective=objective)
        images = np.random.default_rng(0).uniform(-1, 1, (4, 32, 32, 1)).astype("float32")
        model.adapt({"image": images})
        model.compile(steps=2)
        before = [value(v) for v in model.generator.trainable_variables]
        logs = model.play(tensors({"image": images}))
        assert np.isfinite(value(logs["generator/loss"]))
        assert all(
            not np.array_equal(old, value(new))
            for old, new in zip(before, model.generator.trainable_variables, strict=True)
        )


class TestImprovedGANOnPoints(Game):
    name = "improved-gan"
    test_two_replicas_give_what_one_device_gives = None  # the same game as on pictures
    tiny = {
        "dimensions": 2,
        "latent_dim": 3,
        "features": 16,
        "discriminator_features": 16,
        "objective": "minimax",
        "kernels": 4,
        "reference": 6,
        "learning_rate": 1e-3,
    }

    def batch(self, n, resolution=32):
        rng = np.random.default_rng(0)
        labels = np.where(np.arange(n) % 2, rng.integers(0, 3, n), -1).astype("int32")
        return {"point": rng.normal(size=(n, 2)).astype("float32"), "label": labels}

    def plain(self, **options):
        return self.build(**{"kernels": 0, "reference": 0, **options})

    @pytest.mark.parametrize("switch", SWITCHES)
    def test_each_remedy_can_be_had_alone(self, switch):
        model = self.plain(**SWITCHES[switch])
        found = {
            "minibatch discrimination": any(isinstance(x, MinibatchDiscrimination) for x in model.discriminator.layers),
            "virtual batch norm": any(isinstance(x, VirtualBatchNorm) for x in model.generator.layers),
            "historical averaging": hasattr(model, "pasts"),
            "classes": model.discriminator.output_shape[1][1] > 1,
        }
        assert {name for name, there in found.items() if there} <= {switch}
        assert found.get(switch, True)
        logs = self.fit(model, steps=2)
        assert np.isfinite(logs["generator/loss"]) and np.isfinite(logs["discriminator/loss"])

    def test_kernels_reach_from_mode_to_mode(self):
        """Of the size of the real points' nearest neighbours they gave a generator between the modes nothing to go by."""
        model = self.build(kernels=8, reference=0)
        angles = np.random.default_rng(0).integers(0, 8, 128) * np.pi / 4
        modes = np.stack([np.cos(angles), np.sin(angles)], 1)
        near = (2 * modes + np.random.default_rng(1).normal(0, 0.02, (128, 2))).astype("float32")
        model.adapt({"point": near})
        layer = next(x for x in model.discriminator.layers if isinstance(x, MinibatchDiscrimination))
        spread = np.random.default_rng(2).uniform(-2, 2, (128, 2)).astype("float32")
        seen = value(layer.closeness(keras.Model(model.discriminator.input, layer.input)(spread)))
        assert seen.mean() > 1.0, "in the sum over 127 others"

    def test_the_semi_supervised_loss(self):
        """CE on labelled rows, and half of each unlabelled term, with the generated class's logit fixed at 0."""
        model = self.plain(classes=3)
        rng = np.random.default_rng(0)
        real, fake = rng.normal(size=(2, 8, 3))
        batch = self.batch(8)
        say(model, real, fake)
        loss, _ = model.discriminator_loss(tensors(batch))
        known = batch["label"] >= 0
        chosen = real[known, batch["label"][known]]
        supervised = float((log_z(real[known]) - chosen).mean())
        with_zero = lambda logits: log_z(np.concatenate([logits, np.zeros((8, 1))], axis=1))  # noqa: E731
        # -log p(real class) = -log(Z / (Z + 1)), -log p(generated) = -log(1 / (Z + 1)), over K + 1 logits.
        unsupervised = float((with_zero(real) - log_z(real)).mean() + with_zero(fake).mean())
        assert float(loss) == pytest.approx(supervised + 0.5 * unsupervised, rel=1e-5)

    def test_unlabelled_pictures_are_what_the_unlabelled_terms_see(self):
        model = self.plain(classes=3, objective="features")
        rng = np.random.default_rng(0)
        labelled, fake, unlabelled = rng.normal(size=(3, 8, 3))
        batch = {**self.batch(8), "image_u": rng.normal(size=(8, 2)).astype("float32")}
        told = say(model, labelled, fake, unlabelled)
        _, logs = model.discriminator_loss(tensors(batch))
        assert np.array_equal(told.shown[0], batch["point"]) and np.array_equal(told.shown[2], batch["image_u"])
        assert float(logs["source"]) == pytest.approx(softplus(-log_z(unlabelled)) + softplus(log_z(fake)), rel=1e-5)
        told = say(model, fake, unlabelled)
        loss, _ = model.generator_loss(tensors(batch))
        assert np.array_equal(told.shown[1], batch["image_u"])
        wanted = 4.0 * ((unlabelled.mean(0) - fake.mean(0)) ** 2).sum()  # its features are twice its logits
        assert float(loss) == pytest.approx(wanted, rel=1e-4)

    def test_the_generators_other_objectives(self):
        fake = np.random.default_rng(0).normal(size=(8, 3))
        wanted = {"minimax": -softplus(log_z(fake)), "non-saturating": softplus(-log_z(fake))}
        for objective, loss in wanted.items():
            model = self.plain(classes=3, objective=objective)
            say(model, fake)
            assert float(model.generator_loss(tensors(self.batch(8)))[0]) == pytest.approx(loss, rel=1e-5)

    def test_feature_matching_compares_means(self):
        real, fake = np.random.default_rng(0).normal(size=(2, 8, 5)).astype("float32")
        wanted = ((real.mean(0) - fake.mean(0)) ** 2).sum()
        assert float(losses.feature_matching(real, fake)) == pytest.approx(wanted, rel=1e-5)
        assert float(losses.feature_matching(real, real[::-1].copy())) == pytest.approx(0.0, abs=1e-10)

    def test_smoothing_is_one_sided(self):
        real, fake = np.random.default_rng(0).normal(size=(2, 8)).astype("float32")
        cross = lambda a, t: (t * np.logaddexp(0, -a) + (1 - t) * np.logaddexp(0, a)).mean()  # noqa: E731
        smoothed = losses.smoothed_discriminator(real, fake, 0.9)
        assert float(smoothed) == pytest.approx(cross(real, 0.9) + cross(fake, 0.0), rel=1e-5)
        model = self.plain(smoothing=0.9)
        say(model, real[:, None], fake[:, None])
        assert float(model.discriminator_loss(tensors(self.batch(8)))[0]) == pytest.approx(float(smoothed), rel=1e-5)

    def test_historical_averages_are_kept_and_resumed(self, tmp_path):
        model = self.plain(historical=0.5)
        model.compile(steps=10)
        weights = model.generator.trainable_variables
        seen = []
        for _ in range(3):
            seen.append([value(v) for v in weights])
            self.go_on(model, 1)
        past = model.pasts["generator"]
        for i, mean in enumerate(past.means):
            np.testing.assert_allclose(value(mean), np.mean([step[i] for step in seen], axis=0), atol=1e-6)
        drift = sum(((value(v) - value(mean)) ** 2).sum() for v, mean in zip(weights, past.means, strict=True))
        loss, logs = model.generator_loss(tensors(self.batch(8)))
        assert float(loss - logs["objective"]) == pytest.approx(0.5 * drift, rel=1e-2) and drift > 0
        checkpoint.save(tmp_path, model, 3)
        again = self.plain(historical=0.5)
        again.compile(steps=10)
        checkpoint.restore(tmp_path, again)
        assert all(
            np.array_equal(value(a), value(b)) for a, b in zip(past.means, again.pasts["generator"].means, strict=True)
        )
        assert self.go_on(model, 1) == self.go_on(again, 1)

    def test_several_generator_updates_a_step(self):
        model = self.build(generator_updates=3)
        self.fit(model, steps=2)
        updates = {name: int(adam.iterations) for name, adam in model.optimizer.players.items()}
        assert updates == {"discriminator": 2, "generator": 6}
