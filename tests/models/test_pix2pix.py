"""Pix2Pix: the official sizes, the losses and their weights, the ablation's switches, the noise, and the shared tests."""

import numpy as np
import pytest
from keras import layers, ops

from ganapps import registry, workflow
from ganapps.data import catalogue
from ganapps.errors import UsageError
from ganapps.evaluate.network_targets import Model
from ganapps.models.supervised.pix2pix import Pix2Pix
from tests.models.harness import Game, value

CONV = 4 * 4


class TestPix2Pix(Game):
    name = "pix2pix"
    tiny = {"resolution": 16, "features": 4, "depth": 1}
    replicable = {"dropout": 0.0}

    def batch(self, n, resolution=16):
        rng = np.random.default_rng(0)
        return {name: rng.uniform(-1, 1, (n, resolution, resolution, 3)).astype("float32") for name in ("a", "b")}

    def tensors(self, n=2):
        return {k: ops.convert_to_tensor(v) for k, v in self.batch(n).items()}

    def test_the_official_sizes(self):
        """pytorch-CycleGAN-and-pix2pix prints 54.414 M for the U-Net and 2.769 M for the discriminator of pairs."""
        model = Pix2Pix()
        down, up = (64, 128, 256, 512, 512, 512, 512, 512), (512, 512, 512, 512, 256, 128, 64)
        weights = sum(CONV * i * o for i, o in zip((3, *down), down, strict=False))
        into = [512, *(2 * width for width in up)]  # the skips double what a stage takes
        weights += sum(CONV * i * o for i, o in zip(into, (*up, 3), strict=True)) + 3
        weights += sum(2 * width for width in (*down[1:-1], *up))
        assert model.generator.count_params() == weights == 54_413_955
        judge = (64, 128, 256, 512, 1)
        weights = sum(CONV * i * o for i, o in zip((6, *judge), judge, strict=False)) + 64 + 1 + 2 * (128 + 256 + 512)
        assert sum(int(np.prod(v.shape)) for v in model.discriminator.trainable_variables) == weights == 2_768_705
        assert model.discriminator.compute_output_shape((1, 256, 256, 6)) == (1, 30, 30, 1)
        assert [x.rate for x in model.generator.layers if isinstance(x, layers.Dropout)] == [0.5] * 3

    def test_paper_defaults(self):
        model = self.build()
        model.compile(steps=100)
        assert (model.l1_weight, model.adversarial_weight) == (100.0, 1.0)
        for optimizer in model.optimizer.players.values():
            assert float(optimizer.learning_rate) == pytest.approx(2e-4)
            assert (optimizer.beta_1, optimizer.beta_2) == (0.5, 0.999)
        model = self.build(decay=True)
        model.compile(steps=100)
        rate = model.optimizer.players["discriminator"]._learning_rate
        assert float(rate(50)) == pytest.approx(2e-4) and float(rate(75)) == pytest.approx(1e-4)

    def test_the_generators_loss(self):
        """100 times the mean absolute difference, and -log D over all patches."""
        model, batch = self.build(dropout=0.0), self.tensors()
        loss, logs, handed = model.generator_loss(batch)
        fake = value(model.generator(batch["a"], training=True))
        np.testing.assert_array_equal(fake, handed["fake"])
        logits = value(model.judge(batch["a"], fake))
        distance, adversarial = np.abs(fake - batch["b"]).mean(), np.log1p(np.exp(-logits)).mean()
        assert logits.shape == (2, 6, 6, 1)
        assert float(logs["l1"]) == pytest.approx(distance, rel=1e-5)
        assert float(logs["adversarial"]) == pytest.approx(adversarial, rel=1e-4)
        assert float(loss) == pytest.approx(100 * distance + adversarial, rel=1e-5)

    def test_the_discriminators_loss_is_halved(self):
        model, batch = self.build(), self.tensors()
        loss, _ = model.discriminator_loss({**batch, "fake": -batch["b"]})
        real, fake = (value(model.judge(batch["a"], b)) for b in (batch["b"], -batch["b"]))
        wanted = 0.5 * (np.log1p(np.exp(-real)).mean() + np.log1p(np.exp(fake)).mean())
        assert float(loss) == pytest.approx(wanted, rel=1e-5)

    @pytest.mark.parametrize("conditional", [True, False])
    def test_the_discriminator_sees_a_beside_b(self, conditional):
        model, batch = self.build(conditional=conditional), self.tensors()
        assert model.discriminator.input_shape[-1] == (6 if conditional else 3)
        one, other = (value(model.judge(a, batch["b"])) for a in (batch["a"], -batch["a"]))
        assert np.array_equal(one, other) != conditional

    def test_the_ablation_of_table_1(self):
        batch = self.tensors()
        alone = self.build(adversarial_weight=0.0, l1_weight=1.0)
        assert [p.name for p in alone.players] == ["generator"] and not hasattr(alone, "discriminator")
        loss, logs, _ = alone.generator_loss(batch)
        assert float(loss) == float(logs["l1"]) and "adversarial" not in logs
        alone.compile()
        terms, _ = alone.update(alone.players[0], batch)
        assert float(terms["gradient_norm"]) > 0
        loss, logs, _ = self.build(l1_weight=0.0).generator_loss(batch)
        assert float(loss) == float(logs["adversarial"])
        plain = self.build(generator="encoder-decoder").generator
        assert not [x for x in plain.layers if isinstance(x, layers.Concatenate)]
        for depth, side in ((0, 256), (1, 126), (3, 30)):
            assert self.build(depth=depth).discriminator.compute_output_shape((1, 256, 256, 6)) == (1, side, side, 1)

    def test_noise_is_dropout_kept_on_where_it_is_asked_for(self):
        model, a = self.build(), self.batch(2)["a"]
        first, again, other = (model.variants(a, 2, seed) for seed in (3, 3, 4))
        assert first.shape == (2, 2, 16, 16, 3) and np.abs(first).max() <= 1.0
        assert np.array_equal(first, again) and not np.array_equal(first, other)
        assert not np.array_equal(first[:, 0], first[:, 1])
        plain = model.translate(a, "a_to_b")
        assert np.array_equal(plain, model.translate(a, "a_to_b")), "the signature has none"
        np.testing.assert_allclose(plain[:1], model.translate(a[:1], "a_to_b"), atol=1e-5)
        silent = self.build(dropout=0.0)
        np.testing.assert_allclose(silent.variants(a, 1)[:, 0], silent.translate(a, "a_to_b"), atol=1e-5)

    def test_is_measured_at_the_size_it_was_trained_at(self):
        assert Model(self.build(resolution=32), None, "model").shape == (32, 32, 3)

    def test_preview_shows_input_translation_variant_and_truth(self):
        assert self.build().preview(self.batch(3), seed=0).shape == (4 * 18 + 2, 3 * 18 + 2, 3)

    def test_unpaired_data_are_refused(self):
        entry = registry.get(self.name)
        assert entry.paired and not registry.get("cyclegan").paired
        for data in ("earth", "faces"):
            workflow.check_fields(entry, catalogue.describe(data))
        for data in ("earth:unpaired", "faces:unpaired"):
            with pytest.raises(
                UsageError, match=r"pix2pix learns from pairs .* unpaired\. Data sets that fit: .*earth"
            ):
                workflow.check_fields(entry, catalogue.describe(data))
        with pytest.raises(UsageError, match="pix2pix needs 'a', which 'digits' does not have"):
            workflow.check_fields(entry, catalogue.describe("digits"))
        workflow.check_fields(registry.get("cyclegan"), catalogue.describe("earth:unpaired"))
