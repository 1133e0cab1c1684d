"""Measurements that are no runs: games against a generator that stands still, where the truth is known, and probes of runs."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ganapps.errors import GanappsError

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Measurement:
    """One entry.

    Args:
        title: its heading.
        words: what is measured, in sentences.
        minutes: on 2 CPU cores.
        measure: -> the table's rows.
    """

    title: str
    words: str
    minutes: float
    measure: Callable[[], Rows]


def divergences() -> Rows:
    """f-GAN's bound for each divergence of N(0, 1) from N(0.7, 1.3^2), against quadrature."""
    import numpy as np
    from scipy import integrate, stats

    from ganapps.losses.divergences import DIVERGENCES
    from ganapps.models.direct.f_gan import FGAN

    p, q = stats.norm(0.0, 1.0), stats.norm(0.7, 1.3)
    rows = []
    for name, divergence in DIVERGENCES.items():
        true, _ = integrate.quad(lambda x, f=divergence.f: q.pdf(x) * float(f(p.pdf(x) / q.pdf(x))), -9, 9)
        bounds = []
        for seed in range(3):
            options: dict[str, Any] = {"divergence": name, "features": 64, "learning_rate": 1e-3, "seed": seed}
            model = FGAN(dimensions=1, latent_dim=1, **options)
            rng = np.random.default_rng(seed)
            model = _against(model, 1.3, 0.7, seed, steps=3000)
            real, fake = rng.normal(size=(200_000, 1)), 0.7 + 1.3 * rng.normal(size=(200_000, 1))
            bounds.append(float(divergence.bound(_values(model, real), _values(model, fake))))
        rows.append(
            {"divergence": name, "true": true, "bound, three seeds": bounds, "mean / true": np.mean(bounds) / true}
        )
    return rows


def distances() -> Rows:
    """What the critics of WGAN and WGAN-GP say of N(0, 1) and N(m, 1), whose distance is m."""
    import numpy as np

    from ganapps.models.mode_collapse.wgan import WGAN
    from ganapps.models.mode_collapse.wgan_gp import WGANGP

    rows = []
    for shift in (0.5, 1.0, 2.0, 3.0, 4.0):
        size: dict[str, Any] = {"dimensions": 1, "latent_dim": 1, "features": 64, "critic_updates": 1}
        clipped = WGAN(**size, catch_up=1, clip=0.1, learning_rate=5e-4)
        penalised = WGANGP(**size, penalty=10.0, learning_rate=1e-3, decay=False)
        row: dict[str, Any] = {"true distance": shift}
        for label, model in (("WGAN", clipped), ("WGAN-GP", penalised)):
            model = _against(model, 1.0, shift, seed=0, steps=2500)
            rng = np.random.default_rng(1)
            real, fake = rng.normal(size=(100_000, 1)), shift + rng.normal(size=(100_000, 1))
            row[label] = float(np.mean(_values(model, real)) - np.mean(_values(model, fake)))
        row["WGAN-GP / true"] = row["WGAN-GP"] / shift
        rows.append(row)
    constant = np.mean([row["WGAN"] / row["true distance"] for row in rows])
    return [row | {"WGAN / (constant x true)": row["WGAN"] / (constant * row["true distance"])} for row in rows]


def saturation() -> Rows:
    """The gradient that reaches the generator from ever better discriminators, for both forms of the GAN's loss."""
    import keras
    import numpy as np
    from keras import ops

    from ganapps.engine import backend
    from ganapps.models.basics.gan import GAN

    rows = []
    for steps in (25, 100, 400, 1600):
        norms = {}
        for objective in ("minimax", "non-saturating"):
            model = GAN(objective, dimensions=1, latent_dim=1, units=64, optimizer="adam", learning_rate=1e-3)
            game = _against(model, 0.5, 8.0, seed=0, steps=steps)
            game.generator.layers[-1].trainable = True
            game.noise.begin(0)
            batch = {"point": ops.convert_to_tensor(np.random.default_rng(2).normal(size=(4096, 1)).astype("float32"))}
            variables = game.generator.trainable_variables
            _, _, gradients = backend.value_and_grad(functools.partial(_generator_loss, game, batch), variables)
            norms[objective] = float(ops.sqrt(sum(ops.sum(ops.square(g)) for g in gradients)))
        rows.append({"discriminator updates": steps, **norms, "ratio": norms["minimax"] / norms["non-saturating"]})
        keras.backend.clear_session()
    return rows


def information() -> Rows:
    """Whether ACGAN's 32 pixels say more of the class than fewer: the samples shrunk and enlarged again, then judged."""
    import numpy as np
    from PIL import Image

    from ganapps import workflow
    from ganapps.data import catalogue
    from ganapps.data.pipeline import arrays
    from ganapps.evaluate.judge import load_judge

    run = Path("runs") / "reproduce-mnist-acgan-0"
    if not (run / "model.keras").exists():
        raise GanappsError(f"There is no finished run {run} to measure: train it with ganapps reproduce mnist-acgan.")
    labels, judge = np.arange(2000) % 10, load_judge("digits")
    samples = workflow.load(run).generate(2000, seed=0, label=labels)
    real = arrays(catalogue.open("mnist", split="test", resolution=32, channels=1), 2000, seed=0)
    sets = {"samples": (samples, labels), "real": (real["image"], real["label"])}

    def through(pictures: np.ndarray, side: int) -> np.ndarray:
        grey = np.rint((pictures[..., 0] + 1.0) * 127.5).astype(np.uint8)
        small = [Image.fromarray(one).resize((side, side), Image.Resampling.BOX) for one in grey]
        again = np.stack([np.asarray(one.resize((32, 32), Image.Resampling.BILINEAR)) for one in small])
        return again[..., None] / np.float32(127.5) - 1.0

    rows = []
    for side in (32, 16, 8):
        right = {name: judge.probabilities(through(x, side)).argmax(axis=1) == y for name, (x, y) in sets.items()}
        rows.append({"pixels": side, **{f"label accuracy, {name}": float(hits.mean()) for name, hits in right.items()}})
    return rows


def _generator_loss(model: Any, batch: Any) -> tuple[Any, Any]:
    loss, logs = model.generator_loss(batch)
    return loss, logs


def _against(model: Any, scale: float, shift: float, seed: int, steps: int, batch: int = 512) -> Any:
    """The model after its first player alone has learnt to tell N(0, 1) from the frozen N(shift, scale^2)."""
    import keras
    import numpy as np

    keras.utils.set_random_seed(seed)
    still = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, trainable=False)])
    still.layers[0].set_weights([np.full((1, 1), scale), np.full(1, shift)])
    model.generator, model.distribution, model.players = still, "normal", model.players[:1]
    model.compile()

    points = np.random.default_rng(seed).normal(size=(steps * batch, 1)).astype("float32")
    model.fit({"point": points}, batch_size=batch, shuffle=False, verbose=0)
    return model


def _values(model: Any, points: Any) -> Any:
    """The trained player's output on points (n, 1)."""
    return getattr(model, model.players[0].trains[0]).predict(points.astype("float32"), batch_size=8192, verbose=0)


MEASUREMENTS = {
    "f-gan-bounds": Measurement(
        "f-GAN: the learnt bound against the true divergence",
        "A critic of three layers is trained on N(0, 1) against a generator frozen to N(0.7, 1.3^2), 3,000 updates of 512 "
        "points; its bound on 200,000 fresh points stands beside the divergence by quadrature. Jensen-Shannon is twice the "
        "usual one, GAN is that less log 4.",
        4,
        divergences,
    ),
    "wgan-distances": Measurement(
        "WGAN and WGAN-GP: the critic's gap against the true distance",
        "Critics against generators frozen to N(m, 1), data N(0, 1): the Wasserstein-1 distance is m. With clipping the gap "
        "is the distance times an unknown constant (here the mean ratio); with the penalty it is the distance itself.",
        4,
        distances,
    ),
    "gan-saturation": Measurement(
        "GAN: the minimax loss saturates",
        "A discriminator learns to tell N(0, 1) from a generator frozen to N(8, 0.5^2) for ever longer; then the norm of "
        "the gradient that reaches the generator's weights from both forms of its loss.",
        1,
        saturation,
    ),
    "acgan-resolution": Measurement(
        "ACGAN: what its resolution adds",
        "The paper's test (section 4.1) at our size: 2,000 samples of the first run of `mnist-acgan`, as they are and shrunk to "
        "fewer pixels and back, read by the judge of digits; real test digits beside them.",
        1,
        information,
    ),
}
