"""PLDT: what the two discriminators and the converter are told, the code between its halves, and the shared tests."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from ganapps.engine import backend
from ganapps.errors import UsageError
from ganapps.models.supervised.pldt import PLDT
from tests.models.harness import Game, value


def soft(x):
    """The cross-entropy of a logit against 0; of its negative against 1."""
    return np.logaddexp(0.0, x).mean()


class TestPLDT(Game):
    name = "pldt"
    tiny = {"resolution": 32, "features": 4, "code_dim": 8, "optimizer": "adam"}

    def batch(self, n, resolution=32):
        rng = np.random.default_rng(0)
        shape = (n, resolution, resolution, 3)
        return {name: rng.uniform(-1, 1, shape).astype("float32") for name in ("a", "b", "b_neg")}

    def tensors(self, n=4):
        return {k: ops.convert_to_tensor(v) for k, v in self.batch(n).items()}

    def logits(self, model, batch, fake):
        """Of each discriminator, for its three kinds: own target, another, converted."""
        targets = [batch["b"], batch["b_neg"], fake]
        pairs = [ops.concatenate([batch["a"], x], axis=-1) for x in targets]
        networks = ((model.discriminator, targets), (model.domain_discriminator, pairs))
        return [np.split(value(network(ops.concatenate(x), training=True)), 3) for network, x in networks]

    # MUST 1: encoder and decoder, no skips
    def test_the_code_is_all_that_the_decoder_hears(self):
        model = self.build()
        a = self.batch(2)["a"]
        made = model.translate(a, "a_to_b")
        assert made.shape == a.shape and not np.array_equal(made[0], made[1])
        assert model.converter.get_layer("code").output.shape == (None, 1, 1, 8)
        kernel = model.converter.get_layer("code").kernel
        kernel.assign(ops.zeros(kernel.shape))
        made = model.translate(a, "a_to_b")
        np.testing.assert_array_equal(made[0], made[1])
        joins = [x for x in model.converter._flatten_layers() if isinstance(x, (layers.Add, layers.Concatenate))]
        assert not joins

    # MUST 2 and 5: both real pictures are real
    def test_the_discriminator_calls_both_reals_real(self):
        model = self.build()
        batch = self.tensors()
        loss, _, handed = model.discriminator_loss(batch)
        (own, other, fake), _ = self.logits(model, batch, handed["converted"])
        assert float(loss) == pytest.approx((soft(-own) + soft(-other) + soft(fake)) / 3, rel=1e-5)

    # MUST 3 and 4: pairs, and both kinds of wrong ones
    def test_the_domain_discriminator_calls_only_the_own_target_associated(self):
        model = self.build()
        batch = self.tensors()
        batch |= model.discriminator_loss(batch)[2]
        loss, _ = model.domain_loss(batch)
        _, (own, other, fake) = self.logits(model, batch, batch["converted"])
        assert float(loss) == pytest.approx((soft(-own) + soft(other) + soft(fake)) / 3, rel=1e-5)
        assert model.domain_discriminator.input_shape == (None, 32, 32, 6)

    def test_the_converter_must_please_both_by_halves(self):
        model = self.build()
        batch = self.tensors()
        fake = model.converter(batch["a"], training=True)
        loss, logs = model.converter_loss(batch)
        (*_, real), (*_, own) = self.logits(model, batch, fake)
        assert float(logs["realism"]) == pytest.approx(soft(-real), rel=1e-4)
        assert float(logs["association"]) == pytest.approx(soft(-own), rel=1e-4)
        assert float(loss) == pytest.approx((soft(-real) + soft(-own)) / 2, rel=1e-4)

    @pytest.mark.parametrize(
        ("weights", "players"),
        [
            ((0.2, 0.3, 0.5), ["discriminator", "domain", "converter"]),
            ((1.0, 0.0, 0.0), ["discriminator", "converter"]),
            ((0.0, 1.0, 0.0), ["domain", "converter"]),
            ((0.0, 0.0, 1.0), ["converter"]),
        ],
    )
    def test_the_papers_comparisons_play_only_what_has_a_weight(self, weights, players):
        names = ("realism", "association", "pixels")
        model = self.build(**{f"{n.rstrip('s')}_weight": w for n, w in zip(names, weights, strict=True)})
        assert [player.name for player in model.players] == players
        batch = self.tensors()
        loss, logs = model.converter_loss(batch)
        error = np.mean((value(model.converter(batch["a"], training=True)) - value(batch["b"])) ** 2)
        assert float(logs["pixels"]) == pytest.approx(error, rel=1e-3)
        weighed = {n: w for n, w in zip(names, weights, strict=True) if w}
        assert set(logs) == {*weighed, "pixels"}
        assert float(loss) == pytest.approx(sum(w * float(logs[n]) for n, w in weighed.items()), rel=1e-5)
        model.compile()
        assert {name.split("/")[0] for name in model.play(batch)} == set(players)
        if "domain" not in players:
            with pytest.raises(UsageError, match="association_weight 0"):
                model.association(batch["a"], batch["b"])

    def test_no_distance_to_the_target_is_minimised(self):
        """Other targets, the same gradients of the converter, once normalisation no longer looks at the batch."""
        model = self.build()
        for network in (model.discriminator, model.domain_discriminator):
            for layer in network._flatten_layers():
                layer.trainable = not isinstance(layer, layers.BatchNormalization)
        batch = self.tensors()
        turned = batch | {"b": -batch["b"], "b_neg": -batch["b_neg"]}
        found = [
            backend.value_and_grad(lambda b=b: (model.converter_loss(b)[0], None), model.converter.trainable_variables)[
                2
            ]
            for b in (batch, turned)
        ]
        for first, second in zip(*found, strict=True):
            np.testing.assert_array_equal(value(first), value(second))
            assert np.abs(value(first)).max() > 0

    def test_the_order_and_one_converted_picture_for_both_discriminators(self):
        model = self.build()
        assert [p.name for p in model.players] == ["discriminator", "domain", "converter"]
        assert [p.trains for p in model.players] == [("discriminator",), ("domain_discriminator",), ("converter",)]
        batch = self.tensors()
        fake = model.converter(batch["a"], training=True)
        handed = model.discriminator_loss(batch)[2]
        np.testing.assert_array_equal(value(handed["converted"]), value(fake))

    def test_association_is_the_probability_of_a_pair(self):
        model = self.build()
        batch = self.batch(6)
        found = model.association(batch["a"], batch["b"])
        logits = value(model.domain_discriminator(np.concatenate([batch["a"], batch["b"]], -1), training=False))
        np.testing.assert_allclose(found, 1 / (1 + np.exp(-logits[:, 0])), rtol=1e-5)
        assert found.shape == (6,) and not np.array_equal(found, model.association(batch["a"], batch["b_neg"]))

    def test_a_game_of_two_colours(self):
        """The source says by its left or right half which of two colours is meant; after a while the converter knows."""
        keras.utils.set_random_seed(3)
        model = PLDT(resolution=8, features=16, code_dim=8, optimizer="adam", learning_rate=2e-3)
        rng = np.random.default_rng(0)
        kinds = rng.integers(0, 2, (200, 32))
        sides = np.where(np.arange(8) < 4, 1.0, -1.0)[None, None, :, None] * np.ones((1, 8, 1, 3))
        colours = np.array([[0.8, -0.8, -0.8], [-0.8, -0.8, 0.8]])

        def rows(kind):
            noise = rng.normal(0, 0.05, (3, len(kind), 8, 8, 3))
            a = np.where(kind, 1.0, -1.0)[:, None, None, None] * sides
            b, b_neg = (np.broadcast_to(colours[k][:, None, None], a.shape) for k in (kind, 1 - kind))
            return {
                n: (x + e).astype("float32") for n, x, e in zip(("a", "b", "b_neg"), (a, b, b_neg), noise, strict=True)
            }

        import tensorflow as tf

        stream = [rows(kind) for kind in kinds]
        data = tf.data.Dataset.from_tensor_slices({n: np.stack([r[n] for r in stream]) for n in stream[0]})
        model.compile()
        model.fit(data, verbose=0)
        test = rows(np.arange(32) % 2)
        made = model.translate(test["a"], "a_to_b").mean(axis=(1, 2))
        nearest = np.linalg.norm(made[:, None] - colours, axis=-1).argmin(axis=1)
        assert (nearest == np.arange(32) % 2).mean() >= 0.9
        own, other = (model.association(test["a"], test[name]) for name in ("b", "b_neg"))
        assert (own > other).mean() >= 0.9

    def test_the_sizes(self):
        """By hand: 4 x 4 kernels without biases, batch normalisation but in the first layer of a discriminator."""
        model = PLDT()
        conv = lambda i, o: 16 * i * o  # noqa: E731
        down = conv(96, 192) + conv(192, 384) + conv(384, 768) + 2 * (192 + 384 + 768)
        judge = down + 4 * 4 * 768
        code = conv(768, 64) + 2 * 64
        up = (
            64 * 16 * 768
            + 2 * 16 * 768
            + conv(768, 384)
            + conv(384, 192)
            + conv(192, 96)
            + 2 * (384 + 192 + 96)
            + conv(96, 3)
        )
        wanted = [conv(3, 96) + judge, conv(6, 96) + judge, conv(3, 96) + down + code + up]
        networks = (model.discriminator, model.domain_discriminator, model.converter)
        assert [sum(int(np.prod(v.shape)) for v in n.trainable_variables) for n in networks] == wanted

    def test_the_papers_optimiser_and_the_option(self):
        model = PLDT(features=4)
        model.compile()
        for optimizer in model.optimizer.players.values():
            assert isinstance(optimizer, keras.optimizers.SGD) and optimizer.momentum == 0.5
            assert float(optimizer.learning_rate) == pytest.approx(2e-4)
        model = PLDT(features=4, optimizer="adam")
        model.compile()
        for optimizer in model.optimizer.players.values():
            assert isinstance(optimizer, keras.optimizers.Adam) and optimizer.beta_1 == 0.5
