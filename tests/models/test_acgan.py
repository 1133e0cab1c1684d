"""ACGAN: two heads on one trunk, class terms on real and generated pictures, missing labels, and the shared tests."""

import numpy as np
import pytest
from keras import layers, ops

from ganapps import losses
from ganapps.models.basics.acgan import ACGAN
from tests.models.harness import Game


class TestACGAN(Game):
    name = "acgan"
    tiny = {"resolution": 32, "classes": 4, "latent_dim": 8, "width": 16, "features": 2}
    replicable = {"dropout": 0.0}

    def batch(self, n, resolution=32):
        labels = np.random.default_rng(1).integers(0, 4, n).astype("int32")
        return {**super().batch(n, resolution), "label": labels}

    def tensors(self, n=8):
        return {k: ops.convert_to_tensor(v) for k, v in self.batch(n).items()}

    def test_two_heads_on_one_trunk(self):
        model = self.build()
        source, classes = model.discriminator.output
        assert source.shape == (None, 1) and classes.shape == (None, 4)
        assert len(model.discriminator.inputs) == 1, "the discriminator must not see the label"
        assert len([x for x in model.discriminator.layers if isinstance(x, layers.Conv2D)]) == 6

    def test_the_papers_discriminator(self):
        convolutions = [x for x in ACGAN().discriminator.layers if isinstance(x, layers.Conv2D)]
        assert [x.filters for x in convolutions] == [16, 32, 64, 128, 256, 512]
        assert [x.strides[0] for x in convolutions] == [2, 1, 2, 1, 2, 1]
        assert next(x.filters for x in ACGAN().generator.layers if isinstance(x, layers.Conv2DTranspose)) == 384

    def test_class_terms_on_real_and_generated_pictures(self):
        model = self.build()
        loss, logs = model.discriminator_loss(self.tensors())
        assert float(logs["class_real"]) > 0 and float(logs["class_fake"]) > 0
        total = logs["source"] + logs["class_real"] + logs["class_fake"]
        assert float(loss) == pytest.approx(float(total), rel=1e-5)
        loss, logs = model.generator_loss(self.tensors())
        assert float(loss) == pytest.approx(float(logs["source"] + logs["class_fake"]), rel=1e-5)

    def test_unlabelled_pictures_skip_the_class_term(self):
        logits = np.random.default_rng(0).normal(size=(4, 3)).astype("float32")
        labels = np.array([0, 2, -1, -1], "int32")
        known = losses.cross_entropy(ops.convert_to_tensor(labels[:2]), ops.convert_to_tensor(logits[:2]))
        assert float(
            losses.cross_entropy(ops.convert_to_tensor(labels), ops.convert_to_tensor(logits))
        ) == pytest.approx(float(known))
        assert float(losses.cross_entropy(ops.convert_to_tensor(labels[2:]), ops.convert_to_tensor(logits[2:]))) == 0.0

    def test_the_label_reaches_the_generator(self):
        model = self.build()
        latent = np.repeat(np.random.default_rng(0).normal(size=(1, 8)), 4, axis=0)
        images = model.generate(4, seed=0, latent=latent, label=np.arange(4))
        assert not np.array_equal(images[0], images[1])

    def test_classify_gives_probabilities(self):
        probabilities = self.build().classify(self.batch(3)["image"])
        assert probabilities.shape == (3, 4)
        np.testing.assert_allclose(probabilities.sum(1), 1.0, atol=1e-5)

    def test_a_label_out_of_range_is_refused(self):
        from ganapps.errors import GanappsError

        with pytest.raises(GanappsError, match="0 to 3"):
            self.build().generate(2, seed=0, label=4)
