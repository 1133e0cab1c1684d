"""DualGAN: clipped critics, the losses of paper and code, the noise, and the shared tests."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from ganapps import registry
from ganapps.models.unsupervised.dualgan import DualGAN
from tests.models.harness import Game, value


class TestDualGAN(Game):
    name = "dualgan"
    tiny = {"resolution": 8, "features": 4, "depth": 1, "critic_updates": 1}
    replicable = {"dropout": 0.0}

    def build(self, **options):
        model = super().build(**options)
        # The distance does not see a constant added to a critic.
        self.invariant = tuple(critic.layers[-1].bias.path for critic in (model.critic_a, model.critic_b))
        return model

    def batch(self, n, resolution=8):
        rng = np.random.default_rng(0)
        return {name: rng.uniform(-1, 1, (n, resolution, resolution, 3)).astype("float32") for name in ("a", "b")}

    def tensors(self, n=2):
        return {k: ops.convert_to_tensor(v) for k, v in self.batch(n).items()}

    def values(self, model, batch):
        """The critics' values of real and of generated pictures, and the two reconstruction errors."""
        a, b = batch["a"], batch["b"]
        fake_a, fake_b = model.b_to_a(b, training=True), model.a_to_b(a, training=True)
        pairs = ((model.critic_a, a), (model.critic_b, b), (model.critic_a, fake_a), (model.critic_b, fake_b))
        error_a = np.abs(value(model.b_to_a(fake_b, training=True)) - value(a)).mean()
        error_b = np.abs(value(model.a_to_b(fake_a, training=True)) - value(b)).mean()
        return [value(critic(x, training=True)) for critic, x in pairs], error_a, error_b

    def test_paper_defaults(self):
        model = DualGAN(resolution=32, features=4)
        model.compile()
        assert [p.updates for p in model.players] == [3, 1] and 100 <= model.weight_a == model.weight_b <= 1000
        assert 0.01 <= model.clip <= 0.1
        for optimizer in model.optimizer.players.values():
            assert isinstance(optimizer, keras.optimizers.RMSprop) and optimizer.momentum == 0.0
            assert optimizer.rho == 0.9 and float(optimizer.learning_rate) == pytest.approx(5e-5)

    def test_the_papers_networks(self):
        """At an eighth of the width, 64; Pix2Pix' tests count the U-Net at its full width."""
        parameters = registry.get(self.name).parameters
        assert [parameters[name].default for name in ("resolution", "features", "depth")] == [256, 64, 3]
        model = DualGAN(features=8)
        weights = 16 * (3 * 8 + 8 * 16 + 16 * 32 + 32 * 64 + 64) + 8 + 1 + 2 * (16 + 32 + 64)
        for critic in (model.critic_a, model.critic_b):
            assert sum(int(np.prod(v.shape)) for v in critic.trainable_variables) == weights
            assert critic.compute_output_shape((1, 256, 256, 3)) == (1, 30, 30, 1)
            assert [x.strides[0] for x in critic.layers if isinstance(x, layers.Conv2D)] == [2, 2, 2, 1, 1]
        for generator in (model.a_to_b, model.b_to_a):
            assert [x.output.shape[-1] for x in generator.layers if isinstance(x, layers.Concatenate)] == [
                *(128, 128, 128, 128, 64, 32, 16)
            ]
            assert [x.rate for x in generator.layers if isinstance(x, layers.Dropout)] == [0.5] * 3

    def test_wasserstein_losses(self):
        """No logarithm; both reconstructions, each with its weight."""
        model, batch = self.build(dropout=0.0, weight_a=300.0, weight_b=200.0), self.tensors()
        (real_a, real_b, made_a, made_b), error_a, error_b = self.values(model, batch)
        distance = real_a.mean() - made_a.mean() + real_b.mean() - made_b.mean()
        loss, logs = model.critics_loss(batch)
        assert float(loss) == -float(logs["distance"]) == pytest.approx(-distance, rel=1e-3)
        loss, logs, *_ = model.generators_loss(batch)
        wanted = 300 * error_a + 200 * error_b - made_a.mean() - made_b.mean()
        assert float(loss) == pytest.approx(wanted, rel=1e-5)
        assert float(logs["adversarial"]) == pytest.approx(-made_a.mean() - made_b.mean(), rel=1e-3)

    def test_the_released_codes_losses(self):
        code = registry.get(self.name).presets["code"]
        model, batch = self.build(**{**code, "dropout": 0.0}), self.tensors()
        assert [p.updates for p in model.players] == [1, 2]
        (real_a, real_b, made_a, made_b), error_a, error_b = self.values(model, batch)
        softplus = lambda x: np.log1p(np.exp(x)).mean()  # noqa: E731
        loss, _ = model.critics_loss(batch)
        wanted = softplus(-real_a) + softplus(made_a) + softplus(-real_b) + softplus(made_b)
        assert float(loss) == pytest.approx(wanted, rel=1e-4)
        loss, *_ = model.generators_loss(batch)
        assert float(loss) == pytest.approx(softplus(-made_a) + softplus(-made_b) + 20 * (error_a + error_b), rel=1e-4)
        model.compile()
        model.update(model.players[0], batch)
        assert max(np.abs(value(v)).max() for v in model.critic_a.trainable_variables) > 0.5, "and no clipping"

    def test_the_critics_weights_are_clipped_and_nothing_else(self):
        model = self.build()
        model.compile()
        for player in model.players:
            model.update(player, self.tensors())
        for variable in (*model.critic_a.trainable_variables, *model.critic_b.trainable_variables):
            assert np.abs(value(variable)).max() <= np.float32(0.1), variable.path
        for generator in (model.a_to_b, model.b_to_a):
            assert max(np.abs(value(v)).max() for v in generator.trainable_variables) > 0.5

    def test_noise_is_dropout_kept_on_where_it_is_asked_for(self):
        model, a = self.build(), self.batch(2)["a"]
        first, again = (model.variants(a, "a_to_b", 2, seed=3) for _ in range(2))
        assert first.shape == (2, 2, 8, 8, 3) and np.array_equal(first, again)
        assert not np.array_equal(first[:, 0], first[:, 1])
        assert np.array_equal(model.translate(a, "b_to_a"), model.translate(a, "b_to_a")), "the signatures have none"
