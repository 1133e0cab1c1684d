"""DiscoGAN: the code's recipe, the two games it is compared with, its networks' sizes, points, and the shared tests."""

import numpy as np
import pytest
from keras import layers, ops

from ganapps.models.unsupervised.discogan import DiscoGAN
from tests.models.harness import Game, value


def trained_size(network):
    return sum(int(np.prod(v.shape)) for v in network.trainable_variables)


class TestDiscoGAN(Game):
    name = "discogan"
    tiny = {"resolution": 16, "features": 4}

    def batch(self, n, resolution=16):
        rng = np.random.default_rng(0)
        return {name: rng.uniform(-1, 1, (n, resolution, resolution, 3)).astype("float32") for name in ("a", "b")}

    def ready(self, **options):
        """A compiled model and a batch."""
        model = self.build(**options)
        model.compile(steps=10)
        return model, {k: ops.convert_to_tensor(v) for k, v in self.batch(4).items()}

    def loss_and_logs(self, player="generators", **options):
        model, batch = self.ready(weight_decay=0.0, **options)
        loss, logs, *_ = getattr(model, f"{player}_loss")(batch)
        return float(loss), {name: float(value) for name, value in logs.items()}

    def test_the_official_sizes(self):
        """Convolutions of 4 x 4 without biases; gains and offsets but in the first and last layer."""
        model = DiscoGAN()
        stack = 16 * (64 * 128 + 128 * 256 + 256 * 512)
        generator = 2 * 16 * 3 * 64 + 2 * stack + 2 * (128 + 256 + 512) + 2 * (256 + 128 + 64)
        assert trained_size(model.a_to_b) == trained_size(model.b_to_a) == generator
        assert trained_size(model.judge_a) == 16 * 3 * 64 + stack + 2 * (128 + 256 + 512) + 16 * 512
        narrow = DiscoGAN(bottleneck=100).a_to_b
        assert trained_size(narrow) == generator + 2 * 16 * 512 * 100 + 2 * (100 + 512)
        assert (1, 1, 1, 100) in [(1, *layer.output.shape[1:]) for layer in narrow.layers]

    def test_no_skips(self):
        """Every layer has one input, and everything passes the middle."""
        generator = self.build().a_to_b
        assert not [x for x in generator.layers if isinstance(x, (layers.Add, layers.Concatenate))]
        assert all(len(x._inbound_nodes[0].parent_nodes) == 1 for x in generator.layers[1:])

    def test_the_codes_mixture_of_losses(self):
        for early_steps, rate in ((3333, 0.01), (0, 0.5)):
            loss, logs = self.loss_and_logs(early_steps=early_steps)
            apart = 0.1 * logs["adversarial"] + 0.9 * logs["features"]
            assert loss == pytest.approx((1 - rate) * apart + rate * logs["reconstruction"], rel=1e-5)

    def test_the_schedule_of_the_code(self):
        """Reconstruction gains weight after the early steps; the generators have two updates a step."""
        model = self.build(early_steps=2, weight_decay=0.0)
        for step in range(4):
            logs = self.fit(model, 1) if step == 0 else self.go_on(model, 1)
            apart = 0.1 * logs["generators/adversarial"] + 0.9 * logs["generators/features"]
            rate = 0.01 if step < 2 else 0.5
            expected = (1 - rate) * apart + rate * logs["generators/reconstruction"]
            assert logs["generators/loss"] == pytest.approx(expected, rel=1e-4), step
        counts = {name: int(value(optimizer.iterations)) for name, optimizer in model.optimizer.players.items()}
        assert counts == {"discriminators": 4, "generators": 8}, "of three of the code's iterations one is theirs"

    def test_the_papers_plain_sum(self):
        loss, logs = self.loss_and_logs(adversarial_weight=1.0, feature_weight=0.0, early_rate=0.5)
        assert 2 * loss == pytest.approx(logs["adversarial"] + logs["reconstruction"], rel=1e-5)

    def test_errors_are_taken_between_0_and_1(self):
        """The code's pictures are half as far apart as ours; the distance is selectable."""
        for distance, error in (("l2", np.square), ("l1", np.abs)):
            model, batch = self.ready(distance=distance)
            a, b = batch["a"], batch["b"]
            expected = 0.0
            for start, there, back in ((a, model.a_to_b, model.b_to_a), (b, model.b_to_a, model.a_to_b)):
                again = (np.array(back(there(start, training=True), training=True)) + 1) / 2
                expected += error(again - (np.array(start) + 1) / 2).mean()
            _, logs = model.generators_loss(batch)
            assert float(logs["reconstruction"]) == pytest.approx(expected, rel=1e-4)

    def test_features_of_all_layers_but_the_first_by_their_batch_means(self):
        assert [x.shape[1:] for x in DiscoGAN().judge_a.outputs] == [
            (16, 16, 128),
            (8, 8, 256),
            (4, 4, 512),
            (1, 1, 1),
        ]
        model, batch = self.ready()
        _, logs = model.generators_loss(batch)
        expected = 0.0
        for start, goal, there, judge in (("a", "b", "a_to_b", "judge_b"), ("b", "a", "b_to_a", "judge_a")):
            fake = getattr(model, there)(batch[start], training=True)
            found = [getattr(model, judge)(x, training=True)[:-1] for x in (batch[goal], fake)]
            for real, faked in zip(*found, strict=True):
                expected += np.square(np.array(real).mean(0) - np.array(faked).mean(0)).mean()
        assert float(logs["features"]) == pytest.approx(expected, rel=1e-4)

    def test_cross_entropy_halved_for_the_discriminators(self):
        model, batch = self.ready(weight_decay=0.0)
        loss, _ = model.discriminators_loss(batch)
        expected = 0.0
        for start, goal, there, judge in (("a", "b", "a_to_b", "judge_b"), ("b", "a", "b_to_a", "judge_a")):
            fake = getattr(model, there)(batch[start], training=True)
            real, fake = (np.array(getattr(model, judge)(x, training=True)[-1]) for x in (batch[goal], fake))
            expected += 0.5 * (np.logaddexp(0, -real).mean() + np.logaddexp(0, fake).mean())
        assert float(loss) == pytest.approx(expected, rel=1e-4)

    def test_weight_decay_is_in_every_loss(self):
        plain, batch = self.ready(weight_decay=0.0)
        decayed, _ = self.ready(weight_decay=0.1)
        for player in plain.players:
            before, after = (float(getattr(m, f"{player.name}_loss")(batch)[0]) for m in (plain, decayed))
            kernels = [v for v in plain.variables_of(player) if len(v.shape) > 1]
            assert after - before == pytest.approx(0.05 * sum(np.square(value(v)).sum() for v in kernels), rel=1e-3)

    def test_the_optimiser_of_the_code(self):
        model = self.build()
        model.compile(steps=100)
        for adam in model.optimizer.players.values():
            assert (float(adam.learning_rate), adam.beta_1, adam.beta_2) == (pytest.approx(2e-4), 0.5, 0.999)
        assert DiscoGAN(features=4).weight_decay == 1e-5

    def test_the_games_it_is_compared_with(self):
        """One GAN from A to B; with a reconstruction, a second generator without a discriminator of its own."""
        for game, ways in (("gan", ("a_to_b",)), ("reconstruction", ("a_to_b", "b_to_a"))):
            loss, logs = self.loss_and_logs(game=game, early_steps=0)
            apart = 0.1 * logs["adversarial"] + 0.9 * logs["features"]
            expected = apart if game == "gan" else 0.5 * (apart + logs["reconstruction"])
            assert loss == pytest.approx(expected, rel=1e-5) and ("reconstruction" in logs) == (game != "gan")
            model = self.build(game=game)
            assert tuple(model.signatures()) == ways and [p.trains for p in model.players] == [("judge_b",), ways]
            assert hasattr(model, "b_to_a") == (game != "gan") and not hasattr(model, "judge_a")
            model.compile(steps=10, ema=0.9)
            assert set(model.averages) == set(ways)
            assert model.preview(self.batch(2), seed=0).dtype == np.uint8

    def test_plays_on_points_of_the_plane(self):
        """The paper's toy domains: points to points, their error on their own scale."""
        model = self.build(dimensions=2, features=8, early_steps=0, weight_decay=0.0)
        model.compile(steps=10)
        domains = {name: np.random.default_rng(0).normal(size=(8, 2)).astype("float32") for name in ("a", "b")}
        batch = {name: ops.convert_to_tensor(points) for name, points in domains.items()}
        _, logs = model.generators_loss(batch)
        error = sum(
            np.square(np.array(back(there(x))) - np.array(x)).mean()
            for x, there, back in (
                (batch["a"], model.a_to_b, model.b_to_a),
                (batch["b"], model.b_to_a, model.a_to_b),
            )
        )
        assert float(logs["reconstruction"]) == pytest.approx(error, rel=1e-4)
        assert [x.shape[1:] for x in model.judge_a.outputs] == [(8,), (8,), (1,)]
        for player in model.players:
            terms, _ = model.update(player, batch)
            assert np.isfinite(float(terms["loss"])) and float(terms["gradient_norm"]) > 0
        ends = model.signatures()
        assert tuple(ends) == ("a_to_b", "b_to_a") and ends["a_to_b"].output_kind == "vector"
        assert ends["a_to_b"](point=batch["a"]).shape == (8, 2)
        picture = model.preview(domains, seed=0)
        assert picture.dtype == np.uint8 and picture.shape[1] == 2 * picture.shape[0]
