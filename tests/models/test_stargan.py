"""StarGAN: the official sizes, the terms of both losses, what is asked for, edits by name, and the mask vector."""

from itertools import pairwise
from types import SimpleNamespace

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers, ops

from ganapps import losses, registry, workflow
from ganapps.data import catalogue
from ganapps.data.faces.vocabulary import ATTRIBUTES
from ganapps.data.pipeline import arrays
from ganapps.engine import inference
from ganapps.engine.noise import Noise
from ganapps.errors import UsageError
from ganapps.evaluate.network_targets import Model
from ganapps.export.score import file_metric
from ganapps.layers import Tiled
from ganapps.models.multi_domain.stargan import StarGAN
from ganapps.models.multi_domain.stargan_joint import StarGANJoint
from ganapps.networks.blending import blending_generator
from ganapps.networks.stargan import star_critic, star_generator
from tests.models.exporting import export_and_compare
from tests.models.harness import Game, value

NAMES = ("black hair", "blond hair", "glasses", "smile")
SMALL = {"resolution": 32, "features": 4, "blocks": 1, "depth": 4}


def tensors(batch):
    return {k: ops.convert_to_tensor(v) for k, v in batch.items()}


class TestStarGAN(Game):
    name = "stargan"
    test_two_replicas_give_what_one_device_gives = None  # a part of what the joint one plays
    tiny = {**SMALL, "attributes": ("hat", *NAMES), "edits": NAMES, "critic_updates": 2}

    def batch(self, n, resolution=32):
        rng = np.random.default_rng(0)
        attributes = rng.integers(0, 2, (n, 5)).astype("float32")
        return {**super().batch(n, resolution), "attributes": attributes}

    def test_what_is_read_off_a_face_has_names_and_a_score(self):
        signature = self.build().signatures()["attributes"]
        assert signature.classes == NAMES
        metric = file_metric(SimpleNamespace(data="faces:n=60", seed=0), signature)
        rows = arrays(catalogue.open("faces:n=60", split="test", resolution=32), 500, seed=0)
        truth = rows["attributes"][:, [ATTRIBUTES.index(name) for name in NAMES]]
        assert metric.score(SimpleNamespace(run=lambda image: truth)) == 1
        assert metric.score(SimpleNamespace(run=lambda image: 1 - truth)) == 0
        joint = TestStarGANJoint().build().signatures()["attributes_1"]
        assert joint.classes == NAMES[:2]

    def test_the_official_sizes(self):
        """53.2 M parameters in the paper's table, for 5 attributes and the 8 expressions' head."""
        model = StarGAN()
        residual = 2 * (9 * 256 * 256 + 2 * 256)
        ends = 49 * (3 + 5) * 64 + 2 * 64 + 49 * 64 * 3
        down = 16 * 64 * 128 + 2 * 128 + 16 * 128 * 256 + 2 * 256
        up = 16 * 256 * 128 + 2 * 128 + 16 * 128 * 64 + 2 * 64
        assert model.generator.count_params() == ends + down + 6 * residual + up == 8_430_528
        widths = (3, 64, 128, 256, 512, 1024, 2048)
        trunk = sum(16 * a * b + b for a, b in pairwise(widths))
        assert model.critic.count_params() == trunk + 9 * 2048 + 4 * 2048 * 5 == 44_762_048
        assert [output.shape[1:] for output in model.critic.outputs] == [(2, 2, 1), (5,)]

    def test_the_papers_settings(self):
        options = registry.get("stargan").parameters
        names = ("adversarial_weight", "class_weight", "cycle_weight", "penalty", "critic_updates")
        told = {name: options[name].default for name in names}
        assert told == {
            "adversarial_weight": 1.0,
            "class_weight": 1.0,
            "cycle_weight": 10.0,
            "penalty": 10.0,
            "critic_updates": 5,
        }
        model = self.build(critic_updates=5)
        assert {player.name: player.updates for player in model.players} == {"critic": 5, "generator": 1}
        model.compile(steps=100)
        rates = {name: optimizer._learning_rate for name, optimizer in model.optimizer.players.items()}
        assert float(rates["critic"](250)) == float(rates["generator"](50)) == pytest.approx(1e-4)
        assert float(rates["critic"](375)) == float(rates["generator"](75)) == pytest.approx(5e-5)
        assert float(rates["critic"](500)) == float(rates["generator"](100)) == 0.0
        assert model.optimizer.players["generator"].beta_1 == 0.5

    def test_a_blended_picture_keeps_what_the_mask_leaves(self):
        """GANimation's equation 1: no share, the input; all of it, what was drawn; half of it, the middle of both."""
        generator = self.build(architecture="blending").generator
        given = [self.batch(2)["image"], np.ones((2, 4), "float32")]
        maps = next(layer for layer in reversed(generator.layers) if isinstance(layer, layers.Conv2D))
        assert maps.filters == 4, "three channels and their mask"
        drawing = value(maps.kernel)[..., :3]
        results = []
        for mask in (-1e4, 1e4, 0.0):  # what comes in is not negative, so the mask has the sign of its kernel
            maps.kernel.assign(np.concatenate([drawing, np.full_like(drawing[..., :1], mask)], -1))
            results.append(value(generator(given)))
        kept, drawn, half = results
        np.testing.assert_allclose(kept, given[0], atol=1e-5)
        assert np.abs(drawn - kept).mean() > 0.1 and np.abs(drawn).max() <= 1
        np.testing.assert_allclose(half, (kept + drawn) / 2, atol=1e-5)

    @pytest.mark.parametrize("depth", [2, 3])
    def test_each_enlargement_meets_the_map_of_its_size(self, depth):
        generator = self.build(architecture="blending", generator_depth=depth).generator
        joined = [layer for layer in generator.layers if isinstance(layer, layers.Concatenate)]
        sides = keras.Model(generator.inputs, [layer.output for layer in joined])
        given = [self.batch(1)["image"], np.ones((1, 4), "float32")]
        expected = [(8, 8, 16 + 8), (16, 16, 8 + 4), (32, 32, 4 + 3)]
        assert [tuple(x.shape[1:]) for x in sides(given)] == expected[3 - depth :]
        np.testing.assert_array_equal(value(sides(given)[-1])[..., -3:], given[0])

    def test_the_blending_network_exports_too(self, tmp_path):
        export_and_compare(self.build(architecture="blending").signatures()["edit"], tmp_path)

    def test_a_label_reaches_the_middle_of_the_picture(self):
        """Of one in every pixel, the paper's first normalisation leaves most at the border, which pads with zeros."""
        keras.utils.set_random_seed(0)
        picture = np.random.default_rng(0).uniform(-1, 1, (1, 64, 64, 3)).astype("float32")
        ratios = {}
        for network in (star_generator, blending_generator):
            generator = network(3, 4, 4, 0)
            made = [value(generator([picture, np.full((1, 4), one, "float32")]))[0] for one in (0.0, 1.0)]
            change = np.abs(made[1] - made[0])
            ratios[network] = change[24:40, 24:40].mean() / np.concatenate([change[:4], change[-4:]]).mean()
        assert ratios[star_generator] < 0.7 and ratios[blending_generator] > 0.9

    def test_the_critic_may_stop_widening(self):
        widths = [layer.filters for layer in star_critic(32, 3, 4, 4, 4, widest=8).layers if hasattr(layer, "filters")]
        assert widths[:4] == [4, 8, 8, 8]

    def test_the_critic_normalises_nothing(self):
        kinds = {type(layer) for layer in star_critic(32, 3, 4, 4, 4).layers}
        assert kinds == {layers.InputLayer, layers.Conv2D, layers.LeakyReLU, layers.Reshape}
        with pytest.raises(ValueError, match="multiple of 16"):
            star_critic(40, 3, 4, 4, 4)

    def test_hes_kernels_keep_the_size_of_values(self):
        keras.utils.set_random_seed(0)
        picture = np.random.default_rng(0).normal(0, 1, (4, 64, 64, 3)).astype("float32")
        left = {}
        for start in ("paper", "he"):
            critic = star_critic(64, 3, 4, 8, 5, start=start)
            trunk = keras.Model(critic.input, critic.get_layer("patches").input)
            left[start] = np.square(value(trunk(picture))).mean() ** 0.5
        assert left["he"] == pytest.approx(1, abs=0.5) and left["paper"] < 0.6**5

    def test_the_label_stands_in_every_pixel(self):
        vectors = np.array([[1, 0], [0.5, 2]], "float32")
        tiled = value(Tiled()([ops.zeros((2, 3, 5, 1)), vectors]))
        np.testing.assert_array_equal(tiled[..., 1:], np.broadcast_to(vectors[:, None, None], (2, 3, 5, 2)))
        model = self.build()
        assert model.generator.layers[2].__class__ is Tiled
        assert model.generator([ops.zeros((1, 48, 40, 3)), ops.zeros((1, 4))]).shape == (1, 48, 40, 3)

    def test_classes_cost_a_sum_over_attributes_and_a_mean_over_pictures(self):
        labels, logits = np.array([[1.0, 0, 1], [0, 0, 1]]), np.array([[2.0, -1, 0], [1, 3, -2]])
        likely = 1 / (1 + np.exp(-logits))
        rows = -(labels * np.log(likely) + (1 - labels) * np.log(1 - likely)).sum(1)
        assert float(losses.attribute_cross_entropy(labels, logits)) == pytest.approx(rows.mean(), rel=1e-5)

    def test_terms_of_the_critics_loss(self):
        model, batch = self.build(class_weight=3.0, adversarial_weight=4.0), tensors(self.batch(4))
        loss, logs = model.critic_loss(batch)
        total = 4 * (10 * float(logs["penalty"]) - float(logs["distance"])) + 3 * float(logs["classes"])
        assert float(loss) == pytest.approx(total, rel=1e-5)
        _, logits = model.critic(batch["image"])
        own = losses.attribute_cross_entropy(batch["attributes"][:, 1:], logits)
        assert float(logs["classes"]) == pytest.approx(float(own), rel=1e-5), "of the real pictures' own attributes"

    def test_the_critic_learns_no_attributes_from_fakes(self):
        """Without a real term nothing moves the class head."""
        model, batch = self.build(class_weight=0.0), tensors(self.batch(4))
        head = model.critic.get_layer("classes").kernel
        with tf.GradientTape() as tape:
            loss, _ = model.critic_loss(batch)
        assert not np.any(tape.gradient(loss, head.value, unconnected_gradients="zero"))

    def test_terms_of_the_generators_loss(self):
        model, batch = self.build(adversarial_weight=4.0), tensors(self.batch(4))
        wanted = ops.convert_to_tensor(np.array([[0, 1, 1, 0]] * 4, "float32"))
        model.targets = lambda _: wanted
        loss, logs = model.generator_loss(batch)
        own = batch["attributes"][:, 1:]
        fake = model.generator([batch["image"], wanted])
        patches, logits = model.critic(fake)
        again = model.generator([fake, own])
        classes = float(losses.attribute_cross_entropy(wanted, logits))
        cycle = float(np.abs(value(again) - value(batch["image"])).mean())
        assert float(loss) == pytest.approx(classes + 10 * cycle - 4 * float(ops.mean(patches)), rel=1e-4)
        assert float(logs["cycle"]) == pytest.approx(cycle, rel=1e-4)

    def test_asks_for_the_labels_of_other_rows(self):
        noise, rows = Noise(0), np.arange(24.0).reshape(12, 2).astype("float32")
        orders = []
        for step in range(20):
            noise.begin(step)
            moved = value(noise.permuted(ops.convert_to_tensor(rows), ops.zeros(12, "int32")))
            assert sorted(map(tuple, moved)) == sorted(map(tuple, rows)), "a permutation: the labels' distribution"
            orders.append(moved[:, 0])
        assert len({tuple(order) for order in orders}) == 20
        assert np.mean(np.array(orders) == rows[:, 0]) < 0.2, "few stay where they are"

    def test_learns_the_attributes_it_was_told_to(self):
        model, batch = self.build(edits=("smile", "hat")), self.batch(3)
        assert model.domains() == ("hat", "smile")
        np.testing.assert_array_equal(value(model.labels(tensors(batch))), batch["attributes"][:, [0, 4]])
        with pytest.raises(UsageError, match=r"no attribute 'smiel'\. Did you mean 'smile'"):
            self.build(edits=("smiel",))

    def test_edits_keep_what_the_class_head_reads(self, monkeypatch):
        model = self.build()
        asked, run = [], inference.run

        def noted(signature, inputs):
            asked.extend(inputs["attributes"][:1] if "attributes" in inputs else ())
            return run(signature, inputs)

        monkeypatch.setattr(inference, "run", noted)
        likely = np.array([2.0, -2.0, 3.0, -3.0], "float32")
        reader = keras.Model(model.critic.input, [model.critic.outputs[0], model.critic.outputs[1] * 0 + likely])
        model.critic = reader
        images = self.batch(2)["image"]
        model.edit(images, {"blond hair": True})
        model.edit(images, {"glasses": False, "smile": True})
        model.edit_multi(images, ("black hair", "smile"))
        model.translate(images, "smile")
        found = [tuple(vector) for vector in asked]
        assert found == [(0, 1, 1, 0), (1, 0, 0, 1), (1, 0, 1, 1), (1, 0, 1, 1)]
        with pytest.raises(UsageError, match=r"no attribute 'smiel'\. Did you mean 'smile'"):
            model.edit(images, {"smiel": True})

    def test_reads_attributes(self):
        model, images = self.build(), self.batch(2)["image"]
        likely = value(model.signatures()["attributes"](image=images))
        np.testing.assert_allclose(likely, value(ops.sigmoid(model.critic(images)[1])), rtol=1e-5)

    def test_shows_each_attribute_put_on(self):
        assert self.build().preview(self.batch(9), 0).shape == (5 * 34 + 2, 8 * 34 + 2, 3)

    def test_takes_the_datas_names(self):
        config = workflow.configure(registry.get("stargan"), catalogue.describe("faces"), "small", {})
        assert config["attributes"][:2] == ("black hair", "brown hair") and len(config["attributes"]) == 18
        assert workflow.configure(registry.get("cgan"), catalogue.describe("faces"), "small", {})["attributes"] == 18
        option = registry.get("stargan").parameters["edits"]
        assert registry.parse_option(option, "black hair, smile") == ("black hair", "smile")

    def test_is_measured_on_data_that_know_more(self):
        """Asked for the attributes it knows, of other rows; what it was not asked for is expected to stay."""
        target = Model(self.build(), None, "tiny")
        assert target.shape == (32, 32, 3), "real pictures are brought to the trained size"
        target.attributes = ("hat", *NAMES)
        rows = {"image": np.zeros((6, 32, 32, 3), np.uint8), "attributes": self.batch(6)["attributes"]}
        made = target.make(6, 0, rows, "image")
        assert made.outputs.shape == (6, 32, 32, 3) and made.wanted.shape == (6, 5)
        hair = rows["attributes"][:, 0] * (1 - made.wanted[:, 1:3].max(1))
        np.testing.assert_array_equal(made.wanted[:, 0], hair, "a hat stays but where hair was asked for")


class TestStarGANJoint(Game):
    name = "stargan-joint"
    tiny = {**SMALL, "attributes": NAMES, "vocabularies": (2, 2), "critic_updates": 1}

    def batch(self, n, resolution=32):
        rng = np.random.default_rng(0)
        origin = (np.arange(n) // 2 % 2).astype("int32")
        known = np.repeat([[1, 1, 0, 0], [0, 0, 1, 1]], n, axis=0).reshape(2, n, 4)[origin, np.arange(n)]
        attributes = (rng.integers(0, 2, (n, 4)) * known).astype("float32")
        return {**super().batch(n, resolution), "attributes": attributes, "dataset_id": origin}

    def test_exported_files_verify(self, tmp_path):
        """Of the second set: the first differs by numbers only."""
        model = self.build()
        for name in ("edit_2", "attributes_2"):
            export_and_compare(model.signatures()[name], tmp_path)

    def test_the_label_has_a_part_for_each_set_and_a_mask(self):
        model, batch = self.build(), self.batch(4)
        told = value(model.told(ops.ones((4, 4)), tensors(batch)))
        np.testing.assert_array_equal(told[:2], [[1, 1, 0, 0, 1, 0]] * 2)
        np.testing.assert_array_equal(told[2:], [[0, 0, 1, 1, 0, 1]] * 2)
        assert StarGANJoint(features=4, blocks=1).generator.inputs[1].shape == (None, 5 + 8 + 2), "the paper's pair"

    def test_no_gradient_to_the_logits_that_a_set_does_not_know(self):
        model, batch = self.build(), tensors(self.batch(4))
        logits = tf.Variable(np.random.default_rng(0).normal(size=(4, 4)).astype("float32"))
        with tf.GradientTape() as tape:
            loss = losses.attribute_cross_entropy(batch["attributes"], logits, model.known(batch))
        slope = value(tape.gradient(loss, logits))
        known = np.repeat([[1, 1, 0, 0], [0, 0, 1, 1]], 2, axis=0)
        np.testing.assert_array_equal(slope != 0, known == 1)

    @pytest.mark.parametrize("player", ["critic", "generator"])
    def test_a_set_alone_does_not_move_the_others_head(self, player):
        """In the whole loss of either player: all rows are of the first set, so the second's logits get nothing."""
        model, batch = self.build(), self.batch(4)
        batch["dataset_id"][:] = 0
        batch["attributes"][:, 2:] = 0
        head = model.critic.get_layer("classes").kernel
        with tf.GradientTape() as tape:
            loss = getattr(model, f"{player}_loss")(tensors(batch))[0]
        slope = value(tape.gradient(loss, head.value))
        assert np.any(slope[..., :2]) and not np.any(slope[..., 2:])

    def test_pictures_are_turned_into_what_their_own_set_knows(self):
        noise, rows = Noise(0), ops.reshape(ops.arange(10, dtype="float32"), (10, 1))
        groups = np.array([0, 1, 1, 0, 1, 0, 0, 1, 1, 1], "int32")
        noise.begin(0)
        moved = value(noise.permuted(rows, ops.convert_to_tensor(groups)))[:, 0].astype(int)
        np.testing.assert_array_equal(groups[moved], groups)
        assert sorted(moved) == list(range(10)) and (moved != np.arange(10)).any()

    def test_any_sets_attributes_go_on_any_picture(self):
        model, images = self.build(), self.batch(2)["image"]
        offered = model.signatures()
        assert list(offered) == ["edit_1", "attributes_1", "edit_2", "attributes_2"]
        assert offered["edit_2"].inputs["attributes"].classes == ("glasses", "smile")
        asked = np.array([[1, 0], [0, 1]], "float32")
        full = np.array([[0, 0, 1, 0, 0, 1], [0, 0, 0, 1, 0, 1]], "float32")
        np.testing.assert_allclose(
            value(offered["edit_2"](image=images, attributes=asked)), value(model.generator([images, full])), atol=1e-6
        )
        both = model.edit(images, {"blond hair": True, "smile": True})
        one = model.edit(model.edit(images, {"blond hair": True}), {"smile": True})
        np.testing.assert_array_equal(both, one)

    def test_some_attributes_of_each_set(self):
        model = self.build(edits=("smile", "black hair"))
        assert model.parts() == {"_1": ("black hair",), "_2": ("smile",)}
        with pytest.raises(ValueError, match="add up to the 4"):
            self.build(vocabularies=(2, 3))

    def test_takes_the_datas_vocabularies(self):
        card = catalogue.describe("mixed:faces:know=hair+faces:know=face,seed=1")
        config = workflow.configure(registry.get("stargan-joint"), card, "small", {})
        assert config["vocabularies"] == (9, 8) and len(config["attributes"]) == 17
        with pytest.raises(UsageError, match="needs 'dataset_id', which 'faces' does not have"):
            workflow.check_fields(registry.get("stargan-joint"), catalogue.describe("faces"))
