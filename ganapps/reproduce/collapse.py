"""The lesson on mode collapse: what it looks like on digits, and what each remedy of the survey does to it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ganapps.engine.files import write_text
from ganapps.reproduce.experiment import Experiment
from ganapps.reproduce.markdown import number, table
from ganapps.reproduce.results import read

PAGE = Path("docs/collapse.md")
SCORES = ("class-kl-200pairs", "within-class-distance-200pairs", "confident-share-p0.9")
HEAD = ("game", "samples", "what it changes", "class KL", "within-class distance", "judge is sure of")
COMMAND = "Made by `ganapps reproduce collapse`; the recipes stand in the [scoreboard](scoreboard.md).\n"


@dataclass(frozen=True)
class Remedy:
    """A row of the lesson.

    Args:
        label: the model, and its variant.
        model, options: what is trained.
        words: what it changes about the game.
    """

    label: str
    model: str
    words: str
    options: dict[str, Any]


#: the networks of Improved GAN's CIFAR-10 code, narrower; the preset's are DCGAN's, which do not collapse on digits
CIFAR = {
    "architecture": "convolutional", "features": 32, "discriminator_features": 24, "generator_updates": 3, "learning_rate": 3e-4,
}  # fmt: skip

REMEDIES = {
    "gan": Remedy(
        "GAN", "gan", "The game as it was first played, fully connected: nothing in it asks for variety.",
        {"resolution": 32},
    ),
    "cgan": Remedy("CGAN", "cgan", "A label goes into both networks: no class can be left out.", {}),
    "dcgan": Remedy("DCGAN", "dcgan", "Convolutions and batch normalisation, the game unchanged.", {}),
    "improved-gan": Remedy(
        "ImprovedGAN, no remedy", "improved-gan", "The networks of the next two rows, every remedy switched off.",
        {**CIFAR, "kernels": 0, "smoothing": 1.0},
    ),
    "improved-gan-features": Remedy(
        "ImprovedGAN, feature matching", "improved-gan",
        "The generator meets the mean features of real pictures, which one picture can do.",
        {**CIFAR, "objective": "features", "kernels": 0, "smoothing": 1.0, "generator_updates": 1},
    ),
    "improved-gan-minibatch": Remedy(
        "ImprovedGAN, minibatch discrimination", "improved-gan", "The discriminator sees how alike the pictures of a batch are.",
        CIFAR,
    ),
    "improved-gan-dcgan": Remedy(
        "DCGAN with minibatch discrimination", "improved-gan", "The same on DCGAN's networks, the small preset.", {},
    ),
    "mrgan": Remedy("MRGAN", "mrgan", "An encoder; the generator must also rebuild real pictures.", {}),
    "mdgan": Remedy("MDGAN", "mdgan", "Reconstructions near the data first, then samples near the reconstructions.", {}),
    "wgan": Remedy("WGAN", "wgan", "A distance that also falls when modes far away are approached.", {}),
    "wgan-gp": Remedy("WGAN-GP", "wgan-gp", "WGAN's distance with a penalty instead of clipped weights.", {}),
    "sagan": Remedy("SAGAN", "sagan", "Spectral norms in both networks, hinge loss, attention, labels.", {}),
    "acgan": Remedy("ACGAN", "acgan", "The discriminator must name the class of every picture.", {}),
}  # fmt: skip

WORDS = """# Mode collapse: a lesson

A generator that fools its discriminator with a few pictures has no reason to draw others. The survey tells two forms
apart: collapse *between* classes (some digits are never drawn) and *within* a class (every 7 is the same 7). Both can be
seen below, and both can be measured:

- **between classes**: the Kullback-Leibler divergence of the judged classes of 2,000 samples from those of real digits; 0
  is even, 2.3 is a single digit;
- **within a class**: the mean absolute difference of pairs of pictures of one class, as a share of the value range; real
  digits give {real}. Higher than that is not better: noise differs too.

Every game had 1,500 steps of 64 MNIST digits at 32 pixels, in its small preset unless the scoreboard's recipe says
otherwise; few enough that the plain GAN is still stuck and that some of the others have not learnt to draw well. The last
column says how many samples the judge is sure of: variety is worth something only together with it.
"""


def experiments() -> dict[str, Experiment]:
    """The runs of the lesson, one a remedy."""
    return {
        f"collapse-{key}": Experiment(
            f"{one.label} after 1,500 steps on MNIST", one.model, "mnist", "small", steps=1500, batch_size=64, minutes=5,
            options=one.options, metrics=("collapse", "confidence"),
        )
        for key, one in REMEDIES.items()
    }  # fmt: skip


def page() -> str:
    """docs/collapse.md from the results at hand; empty while the GAN's own is not there."""
    found = {key: record for key in REMEDIES if (record := read(f"collapse-{key}"))}
    if "gan" not in found:
        return ""
    scores = {
        key: {score["name"].partition("_")[0]: score for score in record["seeds"][0]["scores"]}
        for key, record in found.items()
    }
    rows = [
        (
            REMEDIES[key].label,
            f"![samples](pictures/collapse-{key}.png)",
            REMEDIES[key].words,
            *(number(one[name]["value"]) for name in SCORES),
        )
        for key, one in scores.items()
    ]
    real = number(scores["gan"][SCORES[1]]["real_vs_real"])
    return "\n".join([WORDS.format(real=real), table(HEAD, rows), "", COMMAND])


def write() -> Path:
    """Write the page."""
    write_text(PAGE, page())
    return PAGE
