"""UNIT: what is shared, codes of unit variance, the weights of its terms, gradients through the translation."""

import numpy as np
import pytest
from keras import layers, ops

from ganapps import losses
from ganapps.layers import InstanceNorm
from ganapps.models.unsupervised.unit import UNIT
from tests.models.harness import Game, value

PARTS = UNIT.averaged
WEIGHTS = ("adversarial_weight", "kl_weight", "reconstruction_weight", "cycle_kl_weight", "cycle_weight")
NONE = dict.fromkeys((*WEIGHTS, "weight_decay"), 0.0)


class TestUNIT(Game):
    name = "unit"
    tiny = {
        "resolution": 32,
        "features": 4,
        "blocks": 1,
        "judge_features": 4,
        "depth": 1,
        "scales": 2,
    }

    # a hundredth of the paper's: steps of plain gradient descent, as the comparison takes them, would amplify rounding
    replicable = {"adversarial_weight": 0.1, "reconstruction_weight": 1.0, "cycle_weight": 1.0}

    def batch(self, n, resolution=32):
        rng = np.random.default_rng(0)
        return {name: rng.uniform(-1, 1, (n, resolution, resolution, 3)).astype("float32") for name in ("a", "b")}

    def tensors(self, n=2):
        return {k: ops.convert_to_tensor(v) for k, v in self.batch(n).items()}

    def gradients(self, model, loss):
        """Part -> whether all, some or none of its kernels have a gradient."""
        import tensorflow as tf

        with tf.GradientTape() as tape:
            total = loss()
        variables = {part: getattr(model, part).trainable_variables for part in PARTS}
        found = tape.gradient(total, {part: [v.value for v in own] for part, own in variables.items()})
        moved = {part: [g is not None and float(np.abs(g).max()) > 0 for g in own] for part, own in found.items()}
        return {part: all(own) if all(own) or not any(own) else "some" for part, own in moved.items()}

    # MUST 1: what is shared
    def test_encoders_share_their_last_layers_generators_their_first(self):
        model = self.build()
        batch = self.tensors()
        for here, there in ("ab", "ba", "aa", "bb"):
            model.noise.begin(0)
            reached = self.gradients(
                model, lambda here=here, there=there: ops.sum(model.shown(model.mean(batch[here], here), there) ** 2)
            )
            used = {f"encoder_{here}", "shared_encoder", "shared_generator", f"generator_{there}"}
            assert reached == {part: part in used for part in PARTS}
        assert model.encoder_a.input_shape == (None, 32, 32, 3) and model.generator_a.output_shape == (None, 32, 32, 3)
        for part in (model.shared_encoder, model.shared_generator):
            assert part.input_shape == part.output_shape == (None, 8, 8, 16), "at the code, not at the picture"
            assert len([x for x in part.layers if isinstance(x, layers.Add)]) == 1

    # MUST 2: unit variance
    def test_codes_are_drawn_with_unit_variance(self):
        model = self.build()
        mean = model.mean(self.tensors(8)["a"], "a")
        model.noise.begin(0)
        noise = value(model.drawn(mean)) - value(mean)
        assert noise.mean() == pytest.approx(0.0, abs=0.05) and noise.std() == pytest.approx(1.0, abs=0.05)
        model.noise.begin(0)
        np.testing.assert_allclose(value(model.drawn(mean * 5.0)) - 5.0 * value(mean), noise, atol=1e-5)

    def judges(self, model):
        return [("a", model.judges_a), ("b", model.judges_b)]

    def by_hand(self, model, batch):
        """Every term, from the parts, with the noise in the loss's order."""
        model.noise.begin(0)
        found = dict.fromkeys(("adversarial", "kl", "reconstruction", "cycle_kl", "cycle"), 0.0)
        encode = lambda x, d: model.shared_encoder(getattr(model, f"encoder_{d}")(x))  # noqa: E731
        decode = lambda z, d: getattr(model, f"generator_{d}")(model.shared_generator(z))  # noqa: E731
        l1 = lambda x, y: np.abs(value(x) - value(y)).mean()  # noqa: E731
        for x, y in ("ab", "ba"):
            first = encode(batch[x], x)
            code = first + model.noise.normal(first.shape)
            there = decode(code, y)
            second = encode(there, y)
            back = decode(second + model.noise.normal(second.shape), x)
            found["reconstruction"] += l1(decode(code, x), batch[x])
            found["cycle"] += l1(back, batch[x])
            found["kl"] += np.square(value(first)).mean() / 2
            found["cycle_kl"] += np.square(value(first)).mean() / 2 + np.square(value(second)).mean() / 2
            judged = getattr(model, f"judges_{y}")(there)
            found["adversarial"] += np.mean([np.log1p(np.exp(-value(logits))).mean() for logits in judged])
        return found

    # MUST 3, 4 and 5: reconstruction in each domain, the game on translations, the cycle as a VAE's terms
    def test_the_terms_and_their_weights(self):
        model = self.build(weight_decay=0.0)
        batch = self.tensors()
        terms = self.by_hand(model, batch)
        model.noise.begin(0)
        loss, logs, handed = model.translators_loss(batch)
        for name, term in terms.items():
            assert float(logs[name]) == pytest.approx(term, rel=1e-3), name
        paper = {"adversarial": 10.0, "kl": 0.1, "reconstruction": 100.0, "cycle_kl": 0.1, "cycle": 100.0}
        assert float(loss) == pytest.approx(sum(paper[name] * terms[name] for name in terms), rel=1e-3)
        assert set(handed) == {"fake_a", "fake_b"}
        for weight in WEIGHTS:
            other = self.build(**{**NONE, weight: 3.0})
            other.noise.begin(0)
            expected = 3.0 * terms[weight.removesuffix("_weight")]
            assert float(other.translators_loss(batch)[0]) == pytest.approx(expected, rel=1e-3), weight

    def test_the_translation_is_encoded_with_its_gradient(self):
        """With the cycle's divergence alone, generators learn only through the code of the translation."""
        model = self.build(**{**NONE, "cycle_kl_weight": 1.0})
        batch = self.tensors()
        model.noise.begin(0)
        reached = self.gradients(model, lambda: model.translators_loss(batch)[0])
        assert reached == dict.fromkeys(PARTS, True)
        model = self.build(**{**NONE, "kl_weight": 1.0})
        model.noise.begin(0)
        reached = self.gradients(model, lambda: model.translators_loss(batch)[0])
        assert reached == {part: "encoder" in part for part in PARTS}

    def test_discriminators_judge_translations_at_every_scale(self):
        model = self.build(weight_decay=0.0)
        batch = self.tensors()
        batch |= {"fake_a": batch["b"], "fake_b": batch["a"] * 0.5}
        loss, logs = model.discriminators_loss(batch)
        expected, soft = 0.0, lambda x: np.log1p(np.exp(value(x))).mean()
        for domain, judge in self.judges(model):
            for real, fake in zip(judge(batch[domain]), judge(batch[f"fake_{domain}"]), strict=True):
                expected += 10.0 * (soft(-real) + soft(fake)) / 2
        assert float(loss) == pytest.approx(expected, rel=1e-4) and set(logs) == {"real_logit", "fake_logit"}
        whole, half = model.judges_a(batch["a"])
        assert whole.shape[1:] == (16, 16, 1) and half.shape[1:] == (8, 8, 1)
        assert not [x for x in model.judges_a.layers if isinstance(x, (InstanceNorm, layers.BatchNormalization))]
        single = self.build(weight_decay=0.0, scales=1)
        pairs = [[single_judge(batch[name]) for name in (d, f"fake_{d}")] for d, single_judge in self.judges(single)]
        expected = 10.0 * sum(soft(-real) + soft(fake) for real, fake in pairs)
        assert float(single.discriminators_loss(batch)[0]) == pytest.approx(expected, rel=1e-4)

    def test_fakes_are_handed_on_without_a_way_back(self):
        model = self.build()
        batch = self.tensors()
        model.noise.begin(0)
        reached = self.gradients(model, lambda: ops.sum(model.translators_loss(batch)[2]["fake_a"]))
        assert reached == dict.fromkeys(PARTS, False)

    # The rest

    def test_means_are_decoded_after_training(self):
        model = self.build()
        x = self.batch(3)["a"]
        codes = model.encode(x, "a")
        assert codes.shape == (3, 8, 8, 16)
        np.testing.assert_allclose(model.translate(x, "a_to_b"), model.decode(codes, "b"), atol=1e-5)
        np.testing.assert_allclose(model.translate(x, "b_to_a"), model.decode(model.encode(x, "b"), "a"), atol=1e-5)
        np.testing.assert_allclose(model.reconstruct(x, "b"), model.decode(model.encode(x, "b"), "b"), atol=1e-6)
        np.testing.assert_allclose(codes, value(model.mean(ops.convert_to_tensor(x), "a")), atol=1e-5)

    def test_pairs_from_the_prior(self):
        model = self.build()
        codes = np.random.default_rng(4).standard_normal((2, 8, 8, 16), "float32")
        a, b = model.sample_pair(2, seed=4)
        np.testing.assert_array_equal(a, model.decode(codes, "a"))
        np.testing.assert_array_equal(b, model.decode(codes, "b"))

    def test_the_way_from_a_to_b(self):
        model = self.build()
        a, b = self.batch(2).values()
        in_a, in_b = model.interpolate(a, b, 3)
        assert in_a.shape == in_b.shape == (2, 3, 32, 32, 3)
        np.testing.assert_allclose(in_a[:, 0], model.reconstruct(a, "a"), atol=1e-5)
        np.testing.assert_allclose(in_b[:, 0], model.translate(a, "a_to_b"), atol=1e-5)
        np.testing.assert_allclose(in_b[:, -1], model.reconstruct(b, "b"), atol=1e-5)
        middle = (model.encode(a, "a") + model.encode(b, "b")) / 2
        np.testing.assert_allclose(in_a[:, 1], model.decode(middle, "a"), atol=1e-5)

    def test_the_sizes_of_the_code_of_2018(self):
        """Kernels by hand: 7 x 7, two 4 x 4 of stride 2, four residual blocks; in a mirror with nearest upsampling."""
        model = UNIT()
        block = 2 * 9 * 256 * 256
        encoder = 49 * 3 * 64 + 16 * 64 * 128 + 16 * 128 * 256 + 3 * block
        generator = 3 * block + 9 * 256 * 128 + 9 * 128 * 64 + 49 * 64 * 3 + 3
        judge = 16 * (3 * 64 + 64 * 128 + 128 * 256 + 256 * 512) + 64 + 128 + 256 + 512 + 512 + 1
        sizes = {part: getattr(model, part).count_params() for part in (*PARTS, "judges_a", "judges_b")}
        assert sizes == {
            "encoder_a": encoder,
            "encoder_b": encoder,
            "shared_encoder": block,
            "shared_generator": block,
            "generator_a": generator,
            "generator_b": generator,
            "judges_a": 3 * judge,
            "judges_b": 3 * judge,
        }
        assert [shape[1] for shape in model.judges_a.compute_output_shape((1, 256, 256, 3))] == [16, 8, 4]

    def test_the_authors_optimiser(self):
        model = self.build()
        model.compile(steps=100)
        for player in model.players:
            adam = model.optimizer.players[player.name]
            rate = adam._learning_rate
            assert [float(rate(step)) for step in (0, 99_999, 100_000, 250_000)] == pytest.approx(
                [1e-4, 1e-4, 5e-5, 2.5e-5]
            )
            assert (adam.beta_1, adam.beta_2) == (0.5, 0.999)

    def test_weights_decay(self):
        batch = self.tensors()
        batch |= {"fake_a": batch["b"], "fake_b": batch["a"]}
        for player, parts in (("translators", PARTS), ("discriminators", ("judges_a", "judges_b"))):
            found = []
            for decay in (0.0, 1.0):
                model = self.build(**{**NONE, "weight_decay": decay})
                model.noise.begin(0)
                found.append(float(getattr(model, f"{player}_loss")(batch)[0]))
            expected = float(losses.weight_decay(*(getattr(model, part) for part in parts)))
            assert found[1] - found[0] == pytest.approx(expected, rel=1e-4)

    def test_preview_shows_translations_and_reconstructions(self):
        sheet = self.build().preview(self.batch(2), seed=0)
        assert sheet.dtype == np.uint8 and sheet.shape == (6 * 34 + 2, 2 * 34 + 2, 3)
