"""WGAN: clipped weights, long rounds of the critic, resuming inside one, the distance, and the shared tests."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers, ops

from ganapps.engine import checkpoint
from ganapps.models.mode_collapse.wgan import WGAN
from tests.models.harness import Game, value


class TestWGANOnPictures(Game):
    name = "wgan"
    tiny = {"resolution": 32, "latent_dim": 8, "features": 4, "critic_updates": 2, "catch_up": 0}

    def test_all_critic_weights_are_clipped(self):
        """After every step; the gains of batch normalisation too, which start near 1."""
        model = self.build()
        gains = [v for v in model.critic.trainable_variables if v.path.endswith("gamma")]
        assert gains and all(value(v).min() > 0.5 for v in gains)
        self.fit(model, steps=2)
        for variable in model.critic.trainable_variables:
            assert np.abs(value(variable)).max() <= np.float32(0.01), variable.path
        assert max(np.abs(value(v)).max() for v in model.generator.trainable_variables) > 0.01

    def test_the_critics_first_gradient_is_that_of_clipped_weights(self):
        model = self.build()
        model.compile()
        seen = []
        original = model.critic_loss
        model.critic_loss = lambda batch: (
            seen.append(max(float(ops.max(ops.abs(v))) for v in model.critic.trainable_variables)),
            original(batch),
        )[1]
        model.update(model.players[0], {k: ops.convert_to_tensor(v) for k, v in self.batch(4).items()})
        assert seen and seen[0] <= np.float32(0.01)

    def test_no_sigmoid_and_no_logarithm(self):
        """The critic's loss is linear in its values: twice the values, twice the loss."""
        model = self.build()
        assert model.critic.layers[-1].activation is keras.activations.linear
        batch = {k: ops.convert_to_tensor(v) for k, v in self.batch(4).items()}
        found = []
        for scale in (1.0, 2.0):
            model.noise.begin(0)
            model.critic.layers[-1].kernel.assign(scale * np.linspace(-1, 1, 16 * 16)[:, None])
            loss, logs = model.critic_loss(batch)
            assert float(loss) == -float(logs["distance"])
            found.append(float(loss))
        assert found[1] == pytest.approx(2 * found[0], rel=1e-4)

    def test_the_papers_sizes(self):
        conv = lambda i, o: 16 * i * o  # noqa: E731  4 x 4, no bias
        generator = 100 * 8192 + 2 * 8192 + conv(512, 256) + 512 + conv(256, 128) + 256 + conv(128, 64) + 128
        critic = conv(3, 64) + conv(64, 128) + 256 + conv(128, 256) + 512 + conv(256, 512) + 1024 + 8192
        model = WGAN()
        trained = [sum(int(np.prod(v.shape)) for v in n.trainable_variables) for n in (model.generator, model.critic)]
        assert trained == [generator + conv(64, 3), critic]

    def test_paper_defaults(self):
        model = WGAN()
        model.compile()
        assert [p.updates for p in model.players] == [5, 1] and model.clip == 0.01
        for optimizer in model.optimizer.players.values():
            assert isinstance(optimizer, keras.optimizers.RMSprop) and optimizer.momentum == 0.0
            assert optimizer.rho == 0.99 and float(optimizer.learning_rate) == pytest.approx(5e-5)

    @pytest.mark.parametrize("architecture", ["plain", "mlp"])
    def test_bad_architectures_are_options(self, architecture):
        model = self.build(architecture=architecture, units=8)
        assert not [x for x in model.generator.layers if isinstance(x, layers.BatchNormalization)]
        assert np.isfinite(self.fit(model, steps=1)["generator/loss"])

    def test_the_critic_may_be_flat_and_the_optimiser_adam(self):
        model = self.build(critic_architecture="mlp", units=8, optimizer="adam")
        logs = self.fit(model, steps=1)
        assert model.optimizer.players["critic"].beta_1 == 0.5 and np.isfinite(logs["critic/distance"])


class TestWGANOnPoints(Game):
    name = "wgan"
    invariant = ("critic_output/bias",)  # the distance does not see a constant added to the critic
    test_two_replicas_give_what_one_device_gives = None  # the same game as on pictures
    tiny = {"dimensions": 2, "latent_dim": 2, "features": 16, "catch_up": 0, "learning_rate": 1e-3}
    long = {"critic_updates": 2, "catch_up": 6, "catch_up_first": 2, "catch_up_every": 5}

    def batch(self, n, resolution=32):
        return {"point": np.random.default_rng(0).normal(size=(n, 2)).astype("float32")}

    @pytest.mark.parametrize("options", [{}, long, {"catch_up": 0}, {"catch_up_first": 0, "catch_up_every": 3}])
    def test_long_rounds(self, options):
        """As the code counts: 100 critic updates before generator updates 0 to 24, 500, 1000 ..., else 5."""
        model = WGAN(dimensions=2, features=4, **options)
        settings = {"critic_updates": 5, "catch_up": 100, "catch_up_first": 25, "catch_up_every": 500, **options}
        done, moves = 0, []
        while len(moves) < 2000:
            long = settings["catch_up"] and (
                done < settings["catch_up_first"] or (done and done % settings["catch_up_every"] == 0)
            )
            updates = settings["catch_up"] if long else settings["critic_updates"]
            moves += [False] * (updates // settings["critic_updates"] - 1) + [True]
            done += 1
        steps = np.arange(len(moves), dtype="int32")
        assert ops.convert_to_numpy(model.moves(ops.convert_to_tensor(steps))).tolist() == moves

    def test_a_resting_generator_does_not_change_at_all(self):
        model = self.build(**self.long)
        model.compile()
        moved = []
        for _ in range(8):
            before = [value(v) for v in model.generator.variables]
            critic = [value(v) for v in model.critic.trainable_variables]
            self.go_on(model, 1)
            after = [value(v) for v in model.generator.variables]
            moved.append(not all(np.array_equal(a, b) for a, b in zip(before, after, strict=True)))
            assert not np.array_equal(critic[0], value(model.critic.trainable_variables[0]))
        assert moved == [False, False, True, False, False, True, True, True]
        updates = {name: int(optimizer.iterations) for name, optimizer in model.optimizer.players.items()}
        assert updates == {"critic": 16, "generator": 4}
        assert int(model.optimizer.iterations) == 8

    def test_resumes_inside_a_long_round(self, tmp_path):
        whole, first = self.build(**self.long), self.build(**self.long)
        self.fit(whole, steps=8)
        self.fit(first, steps=4)
        checkpoint.save(tmp_path, first, 4)
        second = self.build(**self.long)
        second.compile(steps=10)
        assert checkpoint.restore(tmp_path, second)[0] == 4
        self.go_on(second, 4)
        for key, variable in checkpoint.state(whole).items():
            assert np.array_equal(value(variable), value(checkpoint.state(second)[key])), key

    def test_the_estimate_is_linear_in_the_distance(self):
        """N(0, 1) against N(m, 1), a quarter of the size: W1 is m / 4, the estimate a fixed multiple of it.

        A clipped ReLU unit bends between -1 and 1, so at full size the multiple falls a little with m.
        """
        keras.utils.set_random_seed(0)
        model = WGAN(
            dimensions=1, latent_dim=1, features=32, clip=0.1, critic_updates=1, catch_up=0, learning_rate=1e-2
        )
        model.compile()
        shift = keras.Sequential([keras.Input((1,)), layers.Dense(1, trainable=False)])
        model.generator = shift
        model.players = model.players[:1]
        start = model.critic.get_weights()
        data = np.random.default_rng(0).normal(0.0, 0.25, (100, 256, 1)).astype("float32")
        means, found = np.array([0.5, 1.0, 2.0, 3.0, 4.0]), []
        for mean in means:
            shift.layers[0].set_weights([np.full((1, 1), 0.25), np.full(1, mean / 4)])
            model.critic.set_weights(start)
            model.fit(tf.data.Dataset.from_tensor_slices(data).map(lambda x: {"point": x}), verbose=0)
            found.append(model.distance_estimate(data[:8].reshape(-1, 1)))
        estimates = np.array(found)
        assert (np.diff(estimates) > 0).all()
        slope = (means @ estimates) / (means @ means)
        rest = ((estimates - slope * means) ** 2).sum() / ((estimates - estimates.mean()) ** 2).sum()
        assert 1.0 - rest >= 0.98

    def test_values_and_distance_agree(self):
        model = self.build()
        points = self.batch(10)["point"]
        fake = model.generate(10, seed=3)
        assert model.values(points).shape == (10,)
        wanted = model.values(points).mean() - model.values(fake).mean()
        assert model.distance_estimate(points, seed=3) == pytest.approx(wanted, rel=1e-5)
