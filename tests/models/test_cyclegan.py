"""CycleGAN: the official sizes, the losses' weights, the pool, the decay, and the shared tests."""

import numpy as np
import pytest
import tensorflow as tf
from keras import layers, ops

from ganapps.layers import ImagePool, InstanceNorm, ReflectionPadding
from ganapps.models.unsupervised.cyclegan import CycleGAN
from tests.models.exporting import export_and_compare
from tests.models.harness import Game, value


class TestCycleGAN(Game):
    name = "cyclegan"
    tiny = {"resolution": 32, "features": 4, "blocks": 1, "depth": 2, "pool_size": 3}
    replicable = {"pool_size": 0}  # every replica has a pool of its own
    replica_steps = 2  # weights 7e-9 apart; the third meets a kink of L1 or ReLU (AVX2: 3e-6 apart)

    def batch(self, n, resolution=32):
        rng = np.random.default_rng(0)
        return {name: rng.uniform(-1, 1, (n, resolution, resolution, 3)).astype("float32") for name in ("a", "b")}

    def tensors(self, n=2):
        return {k: ops.convert_to_tensor(v) for k, v in self.batch(n).items()}

    def test_the_official_sizes(self):
        """pytorch-CycleGAN-and-pix2pix prints 11.378 M for the 9-block generator and 2.765 M for the 70 x 70 PatchGAN."""
        model = CycleGAN(pool_size=0)
        assert model.a_to_b.count_params() == 11_378_179
        assert model.judge_a.count_params() == 2_764_737
        assert model.judge_a.compute_output_shape((1, 256, 256, 3)) == (1, 30, 30, 1)

    def test_patches_of_70_pixels(self):
        """Only pixels within 70 x 70 move a logit in the middle."""
        import tensorflow as tf

        judge = CycleGAN(pool_size=0, features=4, blocks=1).judge_a
        for layer in judge.layers:
            if isinstance(layer, InstanceNorm):
                layer.call = lambda x: x  # statistics see the whole picture; the patch is of the convolutions
        x = tf.random.stateless_normal((1, 128, 128, 3), seed=(0, 0))
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = judge(x)[0, 7, 7, 0]
        touched = np.abs(tape.gradient(y, x)[0]).sum(-1) > 0
        rows, columns = np.where(touched.any(1))[0], np.where(touched.any(0))[0]
        assert (np.ptp(rows) + 1, np.ptp(columns) + 1) == (70, 70)

    def test_weights_of_the_generators_losses(self):
        for identity_weight in (0.5, 0.0):
            model = self.build(identity_weight=identity_weight)
            loss, logs, _ = model.generators_loss(self.tensors())
            total = float(logs["adversarial"]) + 10 * float(logs["cycle"])
            assert ("identity" in logs) == bool(identity_weight)
            total += 10 * identity_weight * float(logs.get("identity", 0.0))
            assert float(loss) == pytest.approx(total, rel=1e-5)

    def test_least_squares_halved_for_the_discriminators(self):
        model = self.build(pool_size=0)
        batch = self.tensors()
        fake = ops.zeros_like(batch["a"])
        loss, _ = model.judge(model.judge_a, model.pool_a, batch["a"], fake)
        real_logit, fake_logit = (np.array(model.judge_a(x)) for x in (batch["a"], fake))
        assert float(loss) == pytest.approx(0.5 * (((real_logit - 1) ** 2).mean() + (fake_logit**2).mean()), rel=1e-4)

    def test_instance_normalisation_and_reflection(self):
        generator = CycleGAN(pool_size=0, features=4, blocks=9).a_to_b
        assert len([x for x in generator.layers if isinstance(x, ReflectionPadding)]) == 2 + 18
        assert len([x for x in generator.layers if isinstance(x, InstanceNorm)]) == 5 + 18
        assert not [x for x in generator.layers if isinstance(x, layers.BatchNormalization)]

    def test_blended_pictures_export_too(self, tmp_path):
        """An untrained mask is half of the way to what is drawn, so the picture is still to be seen."""
        model = self.build(architecture="blending")
        a = self.batch(1)["a"]
        assert np.corrcoef(a.ravel(), value(model.a_to_b(a)).ravel())[0, 1] > 0.5
        export_and_compare(model.signatures()["a_to_b"], tmp_path)

    def test_learning_rate_falls_in_the_second_half(self):
        model = self.build()
        model.compile(steps=100)
        rate = model.optimizer.players["generators"]._learning_rate
        assert float(rate(0)) == float(rate(50)) == pytest.approx(2e-4)
        assert float(rate(75)) == pytest.approx(1e-4) and float(rate(100)) == 0.0

    def test_translates_sizes_it_was_not_trained_on(self):
        assert self.build().translate(self.batch(1, 48)["a"], "a_to_b").shape == (1, 48, 48, 3)

    def test_pool_fills_then_exchanges_half_of_the_time(self):
        pool = ImagePool(50, (2, 2, 1))
        rng = np.random.default_rng(0)

        def show(value):
            image = np.full((1, 2, 2, 1), value, "float32")
            coin, place = rng.uniform(size=1).astype("float32"), rng.integers(0, 50, 1).astype("int32")
            return float(np.array(pool.exchange(ops.convert_to_tensor(image), coin, place))[0, 0, 0, 0])

        assert [show(i) for i in range(50)] == list(range(50))
        assert sorted(np.array(pool.pictures)[:, 0, 0, 0]) == list(range(50))
        later = [(i, show(i)) for i in range(50, 1050)]
        exchanged = [out != given for given, out in later]
        assert 0.45 < np.mean(exchanged) < 0.55
        stored = np.array(pool.pictures)[:, 0, 0, 0]
        assert len(set(stored)) == 50, "an exchanged picture replaces the one that left"

    def test_the_pool_does_not_slow_a_step_that_xla_compiles(self):
        """A slice's update after a network's output made XLA compute on CPUs that output once an element."""
        pool = ImagePool(3, (8, 8, 3))

        @tf.function(jit_compile=True)
        def exchange(image):
            return pool.exchange(tf.tanh(image), tf.constant([0.3]), tf.constant([1]))

        image = tf.zeros((1, 8, 8, 3))
        exchange(image)
        assert "dynamic-update-slice" not in exchange.experimental_get_compiler_ir(image)(stage="optimized_hlo")
