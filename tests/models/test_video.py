"""Multi-scale video prediction: the pyramid, the sequences that are judged, the losses' weights, recursion."""

from types import SimpleNamespace

import keras
import numpy as np
import pytest
from keras import ops

from ganapps import losses, registry
from ganapps.data import catalogue
from ganapps.models.applications.video import MultiScaleVideo
from ganapps.networks.multiscale_video import pyramid
from tests.models.harness import Game


class TestMultiScaleVideo(Game):
    name = "multiscale-video"
    tiny = {"resolution": 32, "features": 8}

    def batch(self, n, resolution=32):
        rng = np.random.default_rng(0)
        return {"frames": rng.uniform(-1, 1, (n, 6, resolution, resolution, 3)).astype("float32")}

    def frames(self, n=2):
        return ops.convert_to_tensor(self.batch(n)["frames"])

    def test_sizes_of_the_paper(self):
        """Table 1: feature maps and kernels of every scale, for 4 frames of 32 pixels in colour."""
        model = MultiScaleVideo()

        def chain(widths, kernels):
            return sum(k * k * a * b + b for a, b, k in zip(widths, widths[1:], kernels, strict=False))

        generator = (
            chain([12, 128, 256, 128, 3], [3, 3, 3, 3])
            + chain([15, 128, 256, 128, 3], [5, 3, 3, 5])
            + chain([15, 128, 256, 512, 256, 128, 3], [5, 3, 3, 3, 3, 5])
            + chain([15, 128, 256, 512, 256, 128, 3], [7, 5, 5, 5, 5, 7])
        )
        assert model.generator.count_params() == generator
        discriminator = (
            chain([15, 64], [3]) + chain([1 * 1 * 64, 512, 256, 1], [1] * 3)
            + chain([15, 64, 128, 128], [3] * 3) + chain([1 * 1 * 128, 1024, 512, 1], [1] * 3)
            + chain([15, 128, 256, 256], [5] * 3) + chain([2 * 2 * 256, 1024, 512, 1], [1] * 3)
            + chain([15, 128, 256, 512, 128], [7, 7, 5, 5]) + chain([6 * 6 * 128, 1024, 512, 1], [1] * 3)
        )  # fmt: skip
        assert model.discriminator.count_params() == discriminator

    def test_defaults_of_the_paper(self):
        defaults = {name: parameter.default for name, parameter in registry.get(self.name).parameters.items()}
        assert defaults["adversarial_weight"] == 0.05
        assert defaults["distance_weight"] == defaults["gradient_weight"] == 1.0
        model = self.build()
        model.compile(steps=100)
        players = model.optimizer.players
        assert type(players["generator"]) is type(players["discriminator"]) is keras.optimizers.SGD
        rate = players["generator"]._learning_rate
        assert float(rate(0)) == pytest.approx(0.04) and float(rate(100)) == pytest.approx(0.005)
        assert float(players["discriminator"].learning_rate) == pytest.approx(0.02)

    def test_four_scales_each_refines_the_one_below(self):
        model = self.build()
        frames = self.frames()
        past = [frames[:, t] for t in range(4)]
        found = model.generator(past)
        assert [tuple(y.shape) for y in found] == [(2, side, side, 3) for side in (4, 8, 16, 32)]
        last = [x for x in model.generator.layers if isinstance(x, keras.layers.Conv2D) and x.filters == 3]
        assert len(last) == 4
        for scale in (3, 2, 1):  # a scale that corrects nothing passes on the enlarged coarser prediction
            last[scale].set_weights([np.zeros_like(w) for w in last[scale].get_weights()])
            below, here = (np.array(y) for y in model.generator(past)[scale - 1 : scale + 1])
            np.testing.assert_allclose(here, below.repeat(2, 1).repeat(2, 2), atol=1e-6)

    def test_every_scale_sees_the_frames_at_its_size_and_the_prediction_below(self):
        convolutions = [x for x in self.build().generator.layers if isinstance(x, keras.layers.Conv2D)]
        first = {}
        for layer in convolutions:
            first.setdefault(layer.input.shape[1], layer.input.shape[-1])
        assert first == {4: 12, 8: 15, 16: 15, 32: 15}

    def test_discriminators_judge_the_past_with_the_candidate(self):
        model = self.build()
        assert [x.shape[1:] for x in model.discriminator.inputs] == [(side, side, 15) for side in (4, 8, 16, 32)]
        seen = []
        model.discriminator, plain = lambda x, training: seen.append(x) or plain(x), model.discriminator
        frames = self.frames()
        fakes = model.generator([frames[:, t] for t in range(4)])
        model.discriminator_loss({"frames": frames, "fakes": fakes})
        levels = [pyramid(frames[:, t]) for t in range(5)]
        for scale in range(4):
            past = np.concatenate([np.array(levels[t][scale]) for t in range(4)], axis=-1)
            real, fake = (np.array(x[scale]) for x in seen)
            np.testing.assert_allclose(real[..., :12], past, atol=1e-6)
            np.testing.assert_allclose(fake[..., :12], past, atol=1e-6)
            np.testing.assert_allclose(real[..., 12:], levels[4][scale], atol=1e-6)
            np.testing.assert_allclose(fake[..., 12:], fakes[scale], atol=1e-6)

    @pytest.mark.parametrize("power", [1, 2])
    def test_losses_are_summed_over_scales_with_the_weights(self, power):
        model = self.build(power=power)
        frames = self.frames()
        loss, logs, handed = model.generator_loss({"frames": frames})
        total = 0.05 * float(logs["adversarial"]) + float(logs["distance"]) + float(logs["gradient"])
        assert float(loss) == pytest.approx(total, rel=1e-5)
        targets = [np.array(x) for x in pyramid(frames[:, 4])]
        fakes = [np.array(x) for x in handed["fakes"]]
        distance = sum((np.abs(x - y) ** power).mean() for x, y in zip(fakes, targets, strict=True))
        assert float(logs["distance"]) == pytest.approx(distance, rel=1e-5)
        gradient = sum(float(losses.gradient_difference(x, y)) for x, y in zip(fakes, targets, strict=True))
        assert float(logs["gradient"]) == pytest.approx(gradient, rel=1e-5)

    def test_without_adversary_and_gradients_the_distance_is_left(self):
        model = self.build(adversarial_weight=0.0, gradient_weight=0.0)
        loss, logs, _ = model.generator_loss({"frames": self.frames()})
        assert float(loss) == pytest.approx(float(logs["distance"]), rel=1e-6)

    def test_gradient_difference(self):
        rng = np.random.default_rng(0)
        x, y = rng.uniform(-1, 1, (2, 2, 5, 6, 3)).astype("float32")
        for power in (1, 2):
            down = np.abs(np.abs(np.diff(y, axis=1)) - np.abs(np.diff(x, axis=1))) ** power
            across = np.abs(np.abs(np.diff(y, axis=2)) - np.abs(np.diff(x, axis=2))) ** power
            expected = down.mean() + across.mean()
            assert float(losses.gradient_difference(x, y, power)) == pytest.approx(expected, rel=1e-5)
        assert float(losses.gradient_difference(x, x + 0.3)) == pytest.approx(
            0.0, abs=1e-6
        )  # brightness is no gradient
        assert float(losses.gradient_difference(x, -x)) == pytest.approx(0.0, abs=1e-6)  # nor is its direction

    def test_predictions_are_fed_back(self):
        model = self.build()
        frames = self.batch(2)["frames"]
        found = model.predict_frames(frames[:, :4], 3)
        assert found.shape == (2, 3, 32, 32, 3) and np.abs(found).max() <= 1
        seen = [*np.moveaxis(frames[:, :4], 1, 0)]
        signature = model.signatures()["next_frame"]
        for step in range(3):
            past = {f"frame_{i + 1}": seen[step + i] for i in range(4)}
            seen.append(np.array(signature(**past)))
            np.testing.assert_allclose(found[:, step], seen[-1], atol=1e-6)
        np.testing.assert_array_equal(found, model.predict_frames(np.concatenate([frames[:, 4:], frames[:, :4]], 1), 3))

    def test_the_preview_shows_past_truth_and_prediction(self):
        picture = self.build().preview(self.batch(3), seed=0)
        assert picture.shape == (2 + (4 + 2 * 2) * 34, 2 + 3 * 34, 3)

    def test_the_data_have_the_inputs_that_an_export_needs(self):
        from ganapps.export.of_run import real_inputs

        signature = self.build().signatures()["next_frame"]
        inputs = real_inputs(SimpleNamespace(data="moving", seed=0), signature)
        assert list(inputs) == ["frame_1", "frame_2", "frame_3", "frame_4"]
        assert all(frames.shape[1:] == (32, 32, 3) for frames in inputs.values())
        assert not np.array_equal(inputs["frame_1"], inputs["frame_2"])

    def test_it_trains_on_moving_shapes_only_where_there_are_frames(self):
        assert set(registry.get(self.name).needs) <= set(catalogue.describe("moving").fields)

    def test_sizes_that_make_no_pyramid_are_refused(self):
        with pytest.raises(ValueError, match="multiple of 8"):
            self.build(resolution=36)
