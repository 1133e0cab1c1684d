"""InfoGAN: structured codes, Q on the discriminator's trunk, the bound in both losses, and the shared tests."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers, ops

from ganapps.models.direct.infogan import InfoGAN
from tests.models.harness import Game


class TestInfoGAN(Game):
    name = "infogan"
    tiny = {"resolution": 32, "channels": 3, "categorical": (3,), "latent_dim": 4, "features": 2, "units": 8}

    def rows(self, model, n=16, **kwargs):
        """Batch normalisation over fewer rows, on weights as small as these, blows rounding errors up a thousandfold."""
        return super().rows(model, n, **kwargs)

    def tensors(self, n=8):
        return {k: ops.convert_to_tensor(v) for k, v in self.batch(n).items()}

    def test_the_papers_networks(self):
        """28 pixels, noise 62, one code of 10 and two uniform ones (appendix C.1)."""
        model = InfoGAN()
        generator = 74 * 1024 + 2 * 1024 + 1024 * 6272 + 2 * 6272 + 16 * 128 * 64 + 2 * 64 + 16 * 64 + 1
        trunk = 16 * 64 + 64 + 16 * 64 * 128 + 2 * 128 + 6272 * 1024 + 2 * 1024
        discriminator = trunk + 1025 + 1024 * 128 + 2 * 128 + 129 * 10 + 129 * 2
        trained = [
            sum(int(np.prod(v.shape)) for v in n.trainable_variables) for n in (model.generator, model.discriminator)
        ]
        assert trained == [generator, discriminator]

    def test_the_papers_rates(self):
        model = self.build()
        model.compile()
        rates = {name: float(adam.learning_rate) for name, adam in model.optimizer.players.items()}
        assert rates == {"discriminator": pytest.approx(2e-4), "generator": pytest.approx(1e-3)}
        assert model.optimizer.players["generator"].beta_1 == 0.5

    def test_any_list_of_codes(self):
        model = self.build(categorical=(3, 2), continuous=1, gaussian=2, learned_deviation=True)
        inputs = model.signatures()["sample"].inputs
        assert list(inputs) == ["latent", "label", "label_2", "code", "gaussian_code"]
        assert [inputs[x].distribution for x in ("latent", "code", "gaussian_code")] == ["uniform", "uniform", "normal"]
        # logits of categorical codes; means and log variances of the others
        assert [x.shape[1] for x in model.discriminator.outputs] == [1, 3, 2, 2 * 1, 2 * 2]
        assert all(np.isfinite(model.generator_loss(self.tensors())[0]) for _ in range(2))
        found = model.infer_codes(self.batch(5)["image"])
        shapes = {"label": (5, 3), "label_2": (5, 2), "code": (5, 1), "gaussian_code": (5, 2)}
        assert {name: values.shape for name, values in found.items()} == shapes
        np.testing.assert_allclose(found["label"].sum(1), 1.0, rtol=1e-5)

    def test_q_shares_the_trunk(self):
        """One network with one stack of convolutions, from 32 pixels to 8; Q has a full layer of its own."""
        model = self.build()
        assert len([x for x in model.discriminator.layers if isinstance(x, layers.Conv2D)]) == 2
        q = model.discriminator.get_layer("q")
        assert q.input.shape == model.discriminator.get_layer("logit").input.shape
        assert q.units == 128

    def test_the_noise_is_in_no_information(self):
        model = self.build()
        assert "latent" not in model.codes
        _, codes = model.fakes(self.tensors())
        assert set(codes) == {"label", "code"}

    def test_information_of_a_reader_who_knows_all_and_of_one_who_knows_nothing(self):
        model = self.build()
        codes = {
            "label": ops.convert_to_tensor(np.array([0, 2], "int32")),
            "code": ops.convert_to_tensor([[0.5, 0.0], [-1.0, 1.0]]),
        }
        sure = ops.convert_to_tensor(np.array([[60.0, 0, 0], [0, 0, 60.0]], "float32"))
        _, known = model.information(codes, [sure, codes["code"]])
        assert float(known["categorical_information"]) == pytest.approx(math.log(3), abs=1e-5)
        # Q's deviation is 1: even a perfect mean gains only the prior's entropy less that of N(0, 1)'s peak.
        assert float(known["continuous_information"]) == pytest.approx(
            2 * (math.log(2) - 0.5 * math.log(2 * math.pi)), abs=1e-5
        )
        _, unknown = model.information(codes, [ops.zeros((2, 3)), ops.zeros((2, 2))])
        assert float(unknown["categorical_information"]) == pytest.approx(0.0, abs=1e-5)
        lost = float(known["continuous_information"] - unknown["continuous_information"])
        assert lost == pytest.approx(np.mean([0.25, 2.0]) / 2, abs=1e-5)

    def test_a_learned_deviation_is_bounded(self):
        model = self.build(learned_deviation=True)
        _, deviation = model.distribution_of(ops.convert_to_tensor([[0.0, 1e6], [0.0, -1e6]]))
        np.testing.assert_allclose(ops.log(ops.square(deviation))[:, 0], [5.0, -5.0], rtol=1e-4)

    def test_the_bound_is_in_both_losses(self):
        """With weights of 0 and of 1, on the same draws: the losses differ by the information recorded."""
        for player in ("discriminator", "generator"):
            found = []
            for weight in (0.0, 1.0):
                model = self.build(categorical_weight=weight, continuous_weight=2 * weight)
                model.noise.begin(0)
                found.append(getattr(model, f"{player}_loss")(self.tensors()))
            (without, _), (loss, logs) = found
            gained = float(logs["categorical_information"] + 2 * logs["continuous_information"])
            assert float(without - loss) == pytest.approx(gained, rel=1e-3)

    def test_codes_become_readable(self):
        """In a short game both players raise the bound: 0.9 of the categorical code's entropy, R^2 of 0.8 for the others."""
        keras.utils.set_random_seed(0)
        sizes = {"resolution": 8, "channels": 1, "categorical": (3,), "latent_dim": 4, "features": 8, "units": 32}
        model = InfoGAN(**sizes)
        model.compile({name: keras.optimizers.Adam(2e-3, 0.5) for name in ("discriminator", "generator")})
        images = np.random.default_rng(0).uniform(-1, 1, (64, 8, 8, 1)).astype("float32")
        data = tf.data.Dataset.from_tensors({"image": images}).repeat()
        told: list[dict[str, float]] = []
        keep = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: told.append(dict(logs)))
        model.fit(data, steps_per_epoch=250, shuffle=False, verbose=0, callbacks=[keep])
        best = 2 * (math.log(2) - 0.5 * math.log(2 * math.pi))  # what perfect means have, with deviations of 1
        for player in ("discriminator", "generator"):
            known = [logs[f"{player}/categorical_information"] for logs in told]
            error = [best - logs[f"{player}/continuous_information"] for logs in told]  # half of both squared errors
            assert np.mean(known[:2]) < 0.5 and np.mean(known[-20:]) >= 0.9 * math.log(3)
            assert 1 - np.mean(error[-20:]) / (1 / 3) >= 0.8

    def test_a_traverse_changes_one_code_alone(self):
        model = self.build()
        rows = model.traverse("code", [-1.0, 0.0, 1.0], place=1, rows=2, seed=3)
        assert rows.shape == (2, 3, 32, 32, 3)
        latent = np.random.default_rng(3).uniform(-1, 1, (2, 4))
        wanted = model.generate(2, 0, latent=latent, label=[0, 1], code=[0.0, 1.0])
        np.testing.assert_allclose(rows[:, 2], wanted, atol=1e-5)
        classes = model.traverse("label", [2, 0])
        assert np.abs(classes[0, 0] - classes[0, 1]).max() > 0

    def test_the_preview_has_three_rows_a_code(self):
        assert self.build().preview({}, seed=0).shape == (3 * 3 * 34 + 2, 10 * 34 + 2, 3)

    def test_sizes_that_cannot_be_halved_are_refused(self):
        with pytest.raises(ValueError, match="not 36"):
            self.build(resolution=36)
