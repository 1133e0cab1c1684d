"""DTN: the two phases, a function f that stays to the bit, the three classes, constancy, identity, and the shared tests."""

import json
from itertools import pairwise

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers, ops

from ganapps import losses, workflow
from ganapps.engine import backend, checkpoint
from ganapps.errors import UsageError
from ganapps.models.unsupervised.dtn import DTN
from tests.models.harness import Game, value


class TestDTN(Game):
    name = "dtn"
    tiny = {"resolution": 32, "features": 4, "code_dim": 8, "classes": 3, "warm_up": 1}
    replica_steps = 2  # warm-up, and the whole game; a third multiplies oneDNN's rounding (AVX-512: weights 4e-5 apart)
    channels = 1

    def batch(self, n, resolution=32):
        rng = np.random.default_rng(0)
        a, b = rng.uniform(-1, 1, (2, n, resolution, resolution, 3)).astype("float32")
        return {"a": a, "b": np.repeat(b[..., :1], 3, axis=-1), "label": (np.arange(n) % 3).astype("int32")}

    def tensors(self, n=4):
        return {k: ops.convert_to_tensor(v) for k, v in self.batch(n).items()}

    def ready(self, model):
        """A batch with what the discriminator hands on."""
        batch = self.tensors()
        return batch | model.discriminator_loss(batch)[2]

    def gradients(self, model, loss, network):
        variables = getattr(model, network).trainable_variables
        _, _, gradients = backend.value_and_grad(lambda: (loss()[0], None), variables)
        return [value(g) for g in gradients]

    # MUST 1: G = g(f(x))
    def test_generation_goes_through_f_alone(self):
        model = self.build()
        a = self.batch(3)["a"]
        wanted = model.g(model.features(a), training=False)
        np.testing.assert_allclose(model.transfer(a), value(wanted), atol=1e-6)
        kernel = model.f.layers[1].kernel
        kernel.assign(ops.zeros(kernel.shape))
        made = model.transfer(a)
        np.testing.assert_array_equal(made[0], made[1])

    # MUST 2: f is trained first, on the source's labels, and then no more
    def test_f_is_trained_on_labels_then_stays_to_the_bit(self):
        model = self.build(warm_up=2)
        state = lambda *networks: [value(v) for n in networks for v in n.variables]  # noqa: E731
        same = lambda old, new: all(np.array_equal(a, b) for a, b in zip(old, new, strict=True))  # noqa: E731
        model.compile(steps=10)
        start, others = state(model.f), state(model.g, model.discriminator)
        logs = self.go_on(model, 2)
        assert {name.partition("/")[0] for name in logs} == {"classifier"}
        trained = state(model.f, model.head)
        assert not any(np.array_equal(a, b) for a, b in zip(start, trained, strict=False))
        assert same(others, state(model.g, model.discriminator)), "the game has not begun"
        logs = self.go_on(model, 3)
        assert {name.partition("/")[0] for name in logs} == {"discriminator", "generator"}
        assert same(trained, state(model.f, model.head)), "moving statistics count too"
        assert not any(np.array_equal(a, value(b)) for a, b in zip(others, model.g.variables, strict=False))

    def test_the_classifier_learns_the_labels(self):
        """A bright upper, middle or lower third."""
        keras.utils.set_random_seed(1)
        model = DTN(resolution=8, features=8, code_dim=8, classes=3, warm_up=40, learning_rate=1e-2)
        rng = np.random.default_rng(0)
        labels = rng.integers(0, 3, (40, 32))
        images = rng.normal(-0.5, 0.3, (40, 32, 8, 8, 3))
        images += (np.arange(8) // 3 == labels[..., None])[..., None, None]
        data = {"a": images, "b": images, "label": labels}
        model.compile()
        model.fit(
            tf.data.Dataset.from_tensor_slices({k: v.astype(v.dtype.kind + "4") for k, v in data.items()}), verbose=0
        )
        logits = model.head(model.f(images[0], training=False))
        assert (value(logits).argmax(-1) == labels[0]).mean() >= 0.95

    def test_the_classifier_learns_attributes_where_the_data_have_them(self):
        """Each third is bright or dark by itself; there are no labels."""
        keras.utils.set_random_seed(1)
        model = DTN(
            resolution=8,
            features=8,
            code_dim=8,
            attributes=("upper", "middle", "lower"),
            warm_up=80,
            learning_rate=1e-2,
        )
        rng = np.random.default_rng(0)
        held = rng.integers(0, 2, (80, 32, 3)).astype("float32")
        thirds = np.minimum(np.arange(8) // 3, 2)
        images = (rng.normal(-0.5, 0.3, (80, 32, 8, 8, 3)) + held[:, :, thirds, None, None]).astype("float32")
        model.compile()
        model.fit(tf.data.Dataset.from_tensor_slices({"a": images, "b": images, "attributes": held}), verbose=0)
        logits = value(model.head(model.f(images[0], training=False)))
        assert logits.shape == (32, 3) and ((logits > 0) == held[0]).mean() >= 0.95

    def test_unknown_labels_teach_nothing(self):
        model = self.build()
        batch = self.tensors() | {"label": ops.convert_to_tensor(np.full(4, -1, "int32"))}
        assert not any(g.any() for g in self.gradients(model, lambda: model.classifier_loss(batch), "f"))

    def test_resumes_in_either_phase(self, tmp_path):
        whole, resumed = self.build(warm_up=2), self.build(warm_up=2)
        self.fit(whole, steps=4)
        self.fit(resumed, steps=1)
        for at, steps in ((1, 2), (3, 1)):
            checkpoint.save(tmp_path, resumed, at)
            resumed = self.build(warm_up=2)
            resumed.compile(steps=10)
            assert checkpoint.restore(tmp_path, resumed)[0] == at
            self.go_on(resumed, steps)
        for key, variable in checkpoint.state(whole).items():
            assert np.array_equal(value(variable), value(checkpoint.state(resumed)[key])), key

    def test_a_run_goes_through_both_phases(self, tmp_path):
        options = {"features": 4, "code_dim": 8, "warm_up": 2}
        data = "digit_pairs:a=noisy,b=plain,unpaired"
        run = workflow.fit(
            "dtn", data, steps=4, batch_size=4, options=options, name=str(tmp_path / "run"), jit=False, quiet=True
        )
        records = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
        assert ["classifier/accuracy" in row for row in records] == [True, True, False, False]
        assert ["generator/identity" in row for row in records] == [False, False, True, True]
        assert workflow.load(run).transfer(self.batch(2)["a"]).shape == (2, 32, 32, 1)

    def test_a_run_without_a_game_is_refused(self):
        with pytest.raises(UsageError, match="1 steps are too few"):
            self.build().compile(steps=1)
        self.build().compile(steps=2)

    # MUST 3: constancy of f, on the source
    def test_f_of_the_output_is_f_of_the_input(self):
        model = self.build()
        batch = self.ready(model)
        _, logs = model.generator_loss(batch)
        made = np.repeat(value(model.g(batch["code_a"], training=True)), 3, axis=-1)
        wanted = np.square(model.features(value(batch["a"])) - model.features(made)).mean()
        assert float(logs["constancy"]) == pytest.approx(wanted, rel=1e-4)

    # MUST 4: identity, on the target
    def test_targets_come_back_as_they_were(self):
        model = self.build()
        batch = self.ready(model)
        _, logs = model.generator_loss(batch)
        again = value(model.g(model.features(value(batch["b"])), training=True))
        assert float(logs["identity"]) == pytest.approx(np.square(again - value(batch["b"])[..., :1]).mean(), rel=1e-4)

    # MUST 5: three classes
    def test_the_discriminator_tells_three_kinds_apart(self):
        model = self.build()
        batch = self.ready(model)
        shown = [model.g(batch[n], training=True) for n in ("code_a", "code_b")] + [batch["b"][..., :1]]
        found = [value(ops.log_softmax(model.discriminator(x, training=True))) for x in shown]
        assert all(x.shape == (4, 3) for x in found)
        loss, _, _ = model.discriminator_loss(batch)
        assert float(loss) == pytest.approx(-sum(x[:, kind].mean() for kind, x in enumerate(found)), rel=1e-4)
        _, logs = model.generator_loss(batch)
        assert float(logs["adversarial"]) == pytest.approx(-sum(x[:, 2].mean() for x in found[:2]), rel=1e-4)

    def test_the_discriminators_update_does_not_reach_g(self):
        model = self.build()
        assert not any(g.any() for g in self.gradients(model, lambda: model.discriminator_loss(self.tensors()), "g"))

    # MUST 6: total variation, where it is asked for
    def test_weights_of_the_generators_losses(self):
        for gamma in (0.0, 0.5):
            model = self.build(alpha=3.0, beta=7.0, gamma=gamma)
            batch = self.ready(model)
            loss, logs = model.generator_loss(batch)
            total = float(logs["adversarial"]) + 3 * float(logs["constancy"]) + 7 * float(logs["identity"])
            assert ("variation" in logs) == bool(gamma)
            assert float(loss) == pytest.approx(total + gamma * float(logs.get("variation", 0.0)), rel=1e-5)
        made = [losses.total_variation(model.g(batch[n], training=True)) for n in ("code_a", "code_b")]
        assert float(logs["variation"]) == pytest.approx(float(sum(made)) / 2, rel=1e-4)

    def test_total_variation(self):
        x = np.zeros((2, 3, 3, 1), "float32")
        x[:, 1, 1] = [[3.0], [4.0]]
        lengths = [[0, 3, 3, 3 * 2**0.5], [0, 4, 4, 4 * 2**0.5]]
        assert float(losses.total_variation(x)) == pytest.approx(np.mean(lengths), rel=1e-5)
        assert float(losses.total_variation(np.ones((1, 4, 4, 3)))) < 1e-5

    # Colours

    def test_targets_in_colour_are_noticed(self):
        model, batch = self.build(), self.batch(4)
        model.adapt(batch)
        with pytest.raises(UsageError, match="--target-channels 3"):
            model.adapt(batch | {"b": batch["a"]})
        colourful = self.build(target_channels=3)
        colourful.adapt(batch | {"b": batch["a"]})
        assert colourful.transfer(batch["a"]).shape == (4, 32, 32, 3)
        with pytest.raises(ValueError, match="target_channels"):
            self.build(target_channels=2)

    # The rest

    def test_the_sizes(self):
        """By hand, 32 pixels: f 64-128-256 and 128; g 512-256-128-1; the discriminator 128-256-512 and 3."""
        model = DTN()
        conv = lambda kernel, *widths: kernel**2 * sum(i * o for i, o in pairwise(widths))  # noqa: E731
        f = conv(3, 3, 64, 128, 256) + conv(4, 256, 128) + 2 * (64 + 128 + 256 + 128)
        g = conv(4, 128, 512) + conv(3, 512, 256, 128, 1) + 2 * (512 + 256 + 128) + 1
        judge = conv(3, 1, 128, 256, 512) + conv(4, 512, 3) + 3 + 2 * (128 + 256 + 512)
        networks = (model.f, model.g, model.discriminator)
        assert [sum(int(np.prod(v.shape)) for v in n.trainable_variables) for n in networks] == [f, g, judge]
        larger = DTN(resolution=64, features=32)
        assert [len([x for x in n.layers if "conv" in x.name]) for n in (larger.f, larger.g, larger.discriminator)] == [
            5
        ] * 3
        assert max(x.filters for x in DTN(resolution=64).g.layers if isinstance(x, layers.Conv2DTranspose)) == 512

    def test_paper_defaults(self):
        model = DTN(features=4)
        assert (model.alpha, model.beta, model.gamma) == (15.0, 15.0, 0.0)
        faces = DTN.presets["faces"]
        assert (faces["alpha"], faces["beta"], faces["gamma"]) == (100.0, 1.0, 200.0)
        assert faces["gamma"] == pytest.approx(0.05 * 64 * 64, rel=0.03), "the paper sums over pixels"
        model.compile()
        for optimizer in model.optimizer.players.values():
            assert isinstance(optimizer, keras.optimizers.Adam)
            assert float(optimizer.learning_rate) == pytest.approx(3e-4)
            assert float(optimizer.beta_1) == pytest.approx(0.9)

    def test_the_discriminators_rate_is_its_own(self):
        model = DTN(features=4, learning_rate=2e-3, discriminator_rate=1e-4, beta_1=0.5)
        model.compile()
        rates = {name: float(one.learning_rate) for name, one in model.optimizer.players.items()}
        assert rates == pytest.approx({"classifier": 2e-3, "discriminator": 1e-4, "generator": 2e-3})
        assert all(float(one.beta_1) == pytest.approx(0.5) for one in model.optimizer.players.values())
