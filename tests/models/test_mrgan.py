"""MRGAN and MDGAN: who is regularised by what, with which sign, two discriminators, and the shared tests."""

import numpy as np
import pytest
from keras import ops

from ganapps.engine import backend
from ganapps.models.mode_collapse.mdgan import MDGAN
from ganapps.models.mode_collapse.mrgan import MRGAN
from tests.models.harness import Game, value


def softplus(x: np.ndarray) -> float:
    return float(np.logaddexp(0.0, x).mean())


class OnPictures(Game):
    tiny = {"resolution": 32, "latent_dim": 8, "features": 4}

    def test_encodes_and_reconstructs(self):
        model = self.build()
        images = self.batch(3)["image"]
        assert model.encode(images).shape == (3, 8)
        assert model.reconstruct(images).shape == images.shape

    def test_codes_and_noise_share_one_normalisation(self):
        """What the generator keeps for later belongs to both; in a pass each, a picture is normalised otherwise."""
        model = self.build()
        batch = {k: ops.convert_to_tensor(v) for k, v in self.batch(4).items()}
        model.noise.begin(0)
        again, fake = (value(x) for x in model.again_and_fake(batch))
        model.noise.begin(0)
        code, noise = model.encoder(batch["image"], training=True), model.latents(batch)
        both = value(model.generator(ops.concatenate([code, noise]), training=True))
        np.testing.assert_allclose(np.concatenate([again, fake]), both, atol=1e-5)
        assert np.abs(value(model.generator(code, training=True)) - again).max() > 1e-3


class OnPoints(Game):
    tiny = {"dimensions": 2, "latent_dim": 3, "features": 16, "learning_rate": 1e-3}

    def batch(self, n, resolution=32):
        return {"point": np.random.default_rng(0).normal(size=(n, 2)).astype("float32")}

    def tensors(self, n=8):
        return {k: ops.convert_to_tensor(v) for k, v in self.batch(n).items()}

    def loss(self, model, player: str) -> float:
        """With the same noise each time."""
        model.noise.begin(0)
        return float(getattr(model, f"{player}_loss")(self.tensors())[0])

    def slopes(self, model, player: str, network: str) -> float:
        """The largest gradient of the player's loss in a network's weights."""
        variables = getattr(model, network).trainable_variables
        loss = lambda: (getattr(model, f"{player}_loss")(self.tensors())[0], None)  # noqa: E731
        return max(float(ops.max(ops.abs(g))) for g in backend.value_and_grad(loss, variables)[2])

    def parts(self, model) -> tuple[float, float, float]:
        """-log D(G(z)), d(x, G(E(x))) and -log D(G(E(x))) by numpy."""
        model.noise.begin(0)
        x = self.batch(8)["point"]
        fake = value(model.discriminator(model.fakes(self.tensors())))
        again = model.reconstruct(x)
        return softplus(-fake), float(((x - again) ** 2).sum(1).mean()), softplus(-value(model.discriminator(again)))


class TestMRGANOnPictures(OnPictures):
    name = "mrgan"

    def test_the_encoder_is_the_discriminators_trunk_with_a_linear_head(self):
        conv = lambda i, o: 25 * i * o  # noqa: E731
        trunk = conv(3, 64) + conv(64, 128) + 256 + conv(128, 256) + 512 + conv(256, 512) + 1024
        generator = 100 * 8192 + 2 * 8192 + conv(512, 256) + 512 + conv(256, 128) + 256 + conv(128, 64) + 128
        model = MRGAN()
        networks = (model.generator, model.encoder, model.discriminator)
        trained = [sum(int(np.prod(v.shape)) for v in n.trainable_variables) for n in networks]
        assert trained == [generator + conv(64, 3), trunk + 8192 * 100 + 100, trunk + 8192]

    def test_paper_defaults(self):
        model = MRGAN()
        model.compile()
        assert (model.geometric, model.mode, model.latent_dim) == (0.2, 0.4, 100)
        adam = model.optimizer.players["generator"]
        assert float(adam.learning_rate) == pytest.approx(2e-4) and (adam.beta_1, adam.beta_2) == (0.5, 0.999)


class TestMRGANOnPoints(OnPoints):
    name = "mrgan"

    def test_the_generators_loss(self):
        """Both regularisers are added; the mode term falls as D takes reconstructions for real."""
        model = self.build(geometric=0.3, mode=0.7)
        adversarial, distance, mode = self.parts(model)
        assert self.loss(model, "generator") == pytest.approx(adversarial + 0.3 * distance + 0.7 * mode, rel=1e-4)

    def test_the_encoder_learns_from_the_regularisers_alone(self):
        assert self.slopes(self.build(geometric=0.0, mode=0.0), "generator", "encoder") == 0.0
        assert self.slopes(self.build(geometric=0.2, mode=0.0), "generator", "encoder") > 0.0
        assert self.slopes(self.build(geometric=0.0, mode=0.4), "generator", "encoder") > 0.0
        assert self.slopes(self.build(), "generator", "generator") > 0.0

    def test_the_discriminator_sees_no_reconstructions(self):
        model = self.build()
        before = self.loss(model, "discriminator")
        for variable in model.encoder.trainable_variables:
            variable.assign(variable + 1.0)
        assert self.loss(model, "discriminator") == before


class TestMDGANOnPictures(OnPictures):
    name = "mdgan"
    replicable = {"features": 6}  # with 4 a unit comes to lie within rounding of its bend, and gradients jump there

    def test_paper_defaults(self):
        model = MDGAN()
        assert (model.geometric, model.mode) == (1.0, 0.01)


class TestMDGANOnPoints(OnPoints):
    name = "mdgan"

    def test_two_discriminators_share_nothing(self):
        model = self.build()
        assert [p.name for p in model.players] == [
            "manifold_discriminator",
            "manifold",
            "diffusion_discriminator",
            "generator",
        ]
        first, second = model.discriminator.variables, model.diffusion.variables
        assert not {id(v) for v in first} & {id(v) for v in second}
        assert not np.array_equal(value(first[0]), value(second[0]))

    def test_the_manifold_step_is_between_data_and_reconstructions(self):
        model = self.build()
        x = self.batch(8)["point"]
        again = model.reconstruct(x)
        wanted = softplus(-value(model.discriminator(x))) + softplus(value(model.discriminator(again)))
        assert self.loss(model, "manifold_discriminator") == pytest.approx(wanted, rel=1e-4)

    def test_lambda_weighs_the_discriminator_and_not_the_distance(self):
        model = self.build()
        _, distance, mode = self.parts(model)
        assert self.loss(model, "manifold") == pytest.approx(distance + 0.01 * mode, rel=1e-4)

    def test_the_diffusion_step_takes_reconstructions_for_real(self):
        model = self.build()
        model.noise.begin(0)
        fake = model.fakes(self.tensors())
        again = model.reconstruct(self.batch(8)["point"])
        wanted = softplus(-value(model.diffusion(again))) + softplus(value(model.diffusion(fake)))
        assert self.loss(model, "diffusion_discriminator") == pytest.approx(wanted, rel=1e-4)
        assert self.loss(model, "generator") == pytest.approx(softplus(-value(model.diffusion(fake))), rel=1e-4)
