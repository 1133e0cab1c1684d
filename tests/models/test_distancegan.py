"""DistanceGAN: normalised distances, one side, both, the cycle, halves, and the shared tests."""

import keras
import numpy as np
import pytest
from keras import ops

from ganapps import losses
from ganapps.engine import checkpoint
from ganapps.errors import UsageError
from ganapps.models.unsupervised.distancegan import DistanceGAN
from tests.models.harness import Game, value


def pairs(images):
    """All pairs' distances, one by one."""
    n = len(images)
    return np.array([np.abs(images[i] - images[j]).mean() for i in range(n) for j in range(i + 1, n)])


def halves(images):
    """Each picture's upper half against its lower."""
    middle = images.shape[1] // 2
    return np.abs(images[:, :middle] - images[:, middle:]).mean(axis=(1, 2, 3))


class TestDistanceGAN(Game):
    name = "distancegan"
    tiny = {"resolution": 32, "features": 4, "blocks": 1, "depth": 2, "pool_size": 3}
    replicable = {"pool_size": 0}  # every replica has a pool of its own

    def batch(self, n, resolution=32):
        """Domain b has less contrast than a, so that the statistics differ."""
        rng = np.random.default_rng(0)
        contrast = {"a": rng.uniform(0.2, 1, (n, 1, 1, 1)), "b": rng.uniform(0.1, 0.4, (n, 1, 1, 1))}
        shape = (n, resolution, resolution, 3)
        return {name: (c * rng.uniform(-1, 1, shape)).astype("float32") for name, c in contrast.items()}

    def adapted(self, **options):
        """A model that has taken its statistics, a batch, and what one way's distances should cost."""
        model = self.build(**options)
        model.adapt(self.batch(16))
        return model, {k: ops.convert_to_tensor(v) for k, v in self.batch(4).items()}

    def test_distances_of_all_pairs_and_of_the_upper_and_lower_half(self):
        images = self.batch(5)["a"]
        np.testing.assert_allclose(losses.pair_distances(ops.convert_to_tensor(images)), pairs(images), rtol=1e-5)
        np.testing.assert_allclose(losses.half_distances(ops.convert_to_tensor(images)), halves(images), rtol=1e-5)
        stripes = np.tile(np.arange(8.0)[None, None, :, None], (1, 8, 1, 1)).astype("float32")
        assert float(losses.half_distances(ops.convert_to_tensor(stripes))[0]) == 0.0
        turned = ops.convert_to_tensor(stripes.transpose(0, 2, 1, 3))
        assert float(losses.half_distances(turned)[0]) == pytest.approx(4.0)

    def test_normalised_distances_have_mean_0_and_deviation_1(self):
        """Of each domain's own examples; one domain's statistics do not fit the other."""
        for compare in ("pairs", "halves"):
            model, examples = self.build(compare=compare), self.batch(32)
            model.adapt(examples)
            for domain, other in (("a", "b"), ("b", "a")):
                own = value(model.normalized(ops.convert_to_tensor(examples[domain]), domain))
                assert own.shape == ((32 * 31 / 2,) if compare == "pairs" else (32,))
                assert own.mean() == pytest.approx(0.0, abs=1e-4) and own.std() == pytest.approx(1.0, abs=1e-4)
                foreign = value(model.normalized(ops.convert_to_tensor(examples[domain]), other))
                assert abs(foreign.mean()) > 0.5

    def test_a_translation_is_measured_by_the_statistics_of_its_own_domain(self):
        for compare, distances in (("pairs", pairs), ("halves", halves)):
            model, batch = self.adapted(compare=compare, sides="both")
            _, logs, _ = model.generators_loss(batch)
            examples, expected = self.batch(16), 0.0
            spread = {d: (distances(x).mean(), distances(x).std()) for d, x in examples.items()}
            for way in ("a_to_b", "b_to_a"):
                start = value(batch[way[0]])
                fake = value(getattr(model, way)(batch[way[0]], training=True))
                (mean, deviation), (mean_there, deviation_there) = spread[way[0]], spread[way[-1]]
                there = (distances(fake) - mean_there) / deviation_there
                expected += np.abs((distances(start) - mean) / deviation - there).mean()
            assert float(logs["distance"]) == pytest.approx(expected, rel=1e-3)

    def test_weights_of_the_losses(self):
        for options in ({}, {"sides": "both"}, {"sides": "both", "cycle_weight": 10.0, "distance_weight": 0.5}):
            model, batch = self.adapted(pool_size=0, **options)
            loss, logs, handed = model.generators_loss(batch)
            total = float(logs["adversarial"]) + options.get("distance_weight", 1.0) * float(logs["distance"])
            if "cycle_weight" in options:
                error = losses.l1(model.b_to_a(model.a_to_b(batch["a"])), batch["a"])
                error += losses.l1(model.a_to_b(model.b_to_a(batch["b"])), batch["b"])
                assert float(logs["cycle"]) == pytest.approx(float(error), rel=1e-4)
                total += 10.0 * float(error)
            assert float(loss) == pytest.approx(total, rel=1e-4) and ("cycle" in logs) == ("cycle_weight" in options)
            assert set(handed) == ({"fake_a", "fake_b"} if "sides" in options else {"fake_b"})
            loss, logs = model.discriminators_loss({**batch, **handed})
            expected = 0.0
            for domain in (name[-1] for name in handed):
                judge = getattr(model, f"judge_{domain}")
                real, fake = value(judge(batch[domain])), value(judge(handed[f"fake_{domain}"]))
                expected += 0.5 * (np.square(real - 1).mean() + np.square(fake).mean())
            assert float(loss) == pytest.approx(expected, rel=1e-4)

    def test_one_side_has_one_translator_one_discriminator_one_signature(self):
        model = self.build()
        assert tuple(model.signatures()) == ("a_to_b",)
        assert [p.trains for p in model.players] == [("a_to_b",), ("judge_b",)] and set(model.pools) == {"b"}
        assert not hasattr(model, "b_to_a") and not hasattr(model, "judge_a")
        one = model.preview(self.batch(3), seed=0)
        both = self.build(sides="both")
        assert tuple(both.signatures()) == ("a_to_b", "b_to_a")
        assert [p.trains for p in both.players] == [("a_to_b", "b_to_a"), ("judge_b", "judge_a")]
        assert both.preview(self.batch(3), seed=0).shape[0] > 2 * one.shape[0]

    def test_a_cycle_needs_both_sides(self):
        with pytest.raises(ValueError, match="both sides"):
            self.build(cycle_weight=10.0)

    def test_pairs_need_two_pictures_and_halves_one(self):
        single = {k: v[:1] for k, v in self.batch(2).items()}
        model, _ = self.adapted()
        model.compile(steps=10)
        with pytest.raises(UsageError, match="--compare halves"):
            model.fit(self.dataset(single), steps_per_epoch=1, shuffle=False, verbose=0)
        model, _ = self.adapted(compare="halves")
        assert np.isfinite(float(model.generators_loss(single)[0]))

    def test_statistics_are_in_the_files_of_a_run(self, tmp_path):
        model, _ = self.adapted()
        model.compile(steps=10)
        model.save(tmp_path / "model.keras")
        checkpoint.save(tmp_path, model, 0)
        resumed = self.build()
        resumed.compile(steps=10)
        checkpoint.restore(tmp_path, resumed)
        for again in (keras.models.load_model(tmp_path / "model.keras"), resumed):
            for domain in ("a", "b"):
                assert float(again.means[domain]) == float(model.means[domain]) != 0.0
                assert float(again.deviations[domain]) == float(model.deviations[domain]) != 1.0
        assert not {id(v) for v in model.trainable_variables} & {id(v) for v in model.means.values()}

    def test_the_host_is_cyclegans(self):
        model = DistanceGAN(pool_size=0)
        assert model.a_to_b.count_params() == 11_378_179 and model.judge_b.count_params() == 2_764_737
        model.compile(steps=100)
        adam = model.optimizer.players["generators"]
        assert (adam.beta_1, float(adam._learning_rate(50))) == (0.5, pytest.approx(2e-4))
        assert float(adam._learning_rate(75)) == pytest.approx(1e-4)
        assert self.build().pools["b"].size == 3
