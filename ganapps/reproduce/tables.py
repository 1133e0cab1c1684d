"""The tables of the scoreboard: experiments that belong side by side, and what others published about the same thing."""

from ganapps.reproduce import applications, translation
from ganapps.reproduce.table import Published, Table

BED_MODELS = {
    "GAN": "gan",
    "f-GAN": "f-gan",
    "ImprovedGAN": "improved-gan",
    "MRGAN": "mrgan",
    "MDGAN": "mdgan",
    "WGAN": "wgan",
    "WGAN-GP": "wgan-gp",
    "SAGAN": "sagan",
    "BiGAN": "bigan",
    "ALI": "ali",
}
STACKED = {
    "DCGAN": "dcgan",
    "ImprovedGAN": "improved-gan",
    "MRGAN": "mrgan",
    "ALI": "ali",
    "WGAN": "wgan",
    "WGAN-GP": "wgan-gp",
    "SAGAN": "sagan",
}
FASHION = {
    "GAN": "gan",
    "DCGAN": "dcgan",
    "CGAN": "cgan",
    "ACGAN": "acgan",
    "BiGAN": "bigan",
    "ALI": "ali",
    "VAE-GAN": "vae-gan",
    "ImprovedGAN": "improved-gan",
    "MRGAN": "mrgan",
    "MDGAN": "mdgan",
    "WGAN": "wgan",
    "WGAN-GP": "wgan-gp",
    "SAGAN": "sagan",
    "InfoGAN": "infogan",
    "f-GAN": "f-gan",
    "VAE": "vae",
    "Glow": "glow",
}


def pacgan(number: str) -> tuple[Published, ...]:
    """A row of the tables in PacGAN's repository."""
    return (Published("PacGAN", number, "arXiv 1712.04086, tables 1 and 2; other networks, batch and steps than ours"),)


TABLES: dict[str, Table] = {
    "ring": Table(
        "Eight Gaussians in a ring",
        "Every game that can be played with fully connected networks, with the same sizes, batch and steps: modes found of 8, "
        "share of samples within three standard deviations of a mode, and divergence from the modes' true weights.",
        {label: f"ring-{name}" for label, name in BED_MODELS.items()},
        ("modes", "high-quality", "mode-kl"),
        {
            "ring-gan": pacgan("6.3 ± 0.5 modes, 98.2 % high quality"),
            "ring-ali": pacgan("6.6 ± 0.3 modes, 97.6 % high quality"),
        },
    ),
    "grid": Table(
        "Twenty-five Gaussians in a grid",
        "The same games; WGAN-GP ran longer (see its recipe below).",
        {label: f"grid-{name}" for label, name in BED_MODELS.items()},
        ("modes", "high-quality", "mode-kl"),
        {
            "grid-gan": pacgan("17.3 ± 0.8 modes, 94.8 % high quality"),
            "grid-ali": pacgan("24.1 ± 0.4 modes, 95.7 % high quality"),
        },
    ),
    "stacked": Table(
        "A thousand modes: stacked MNIST digits",
        "Modes of 1,000 and divergence from the uniform weights among 26,000 samples, as the digits judge reads each channel. "
        "WGAN-GP ran longer than the others (see its recipe below). SAGAN alone is told the labels, all thousand, and does not "
        "heed them after so few pictures of each: in its picture every column asks for another label.",
        {label: f"stacked-{name}" for label, name in STACKED.items()},
        ("modes", "mode-kl"),
        {
            "stacked-dcgan": pacgan("99.0 modes, KL 3.40"),
            "stacked-ali": pacgan("16.0 modes, KL 5.40"),
            "stacked-wgan-gp": (
                Published("EnGAN paper", "959 modes, KL 0.73", "table 1; other networks and steps than ours"),
            ),
        },
    ),
    "fashion": Table(
        "Fashion-MNIST at 32 pixels",
        "The same number of steps in each, 64 pictures an update; small presets, which make as many updates of a player a "
        "step as their papers. Rates were raised for so short a run in DCGAN, CGAN, ACGAN, BiGAN, ALI, VAE-GAN, ImprovedGAN, "
        "MRGAN, MDGAN, WGAN, WGAN-GP, SAGAN and f-GAN. ImprovedGAN is minibatch discrimination and one-sided smoothing on "
        "DCGAN's networks; MRGAN weighs its squared error a tenth of the paper's; VAE-GAN learns by Adam, "
        "its discriminator more slowly. WGAN's generator has 1,000 updates in the 1,500 steps: it rests while the critic has "
        "its long rounds. PixelCNN, which draws samples value by value, is judged by its likelihood alone. "
        "Features are those of the Fashion-MNIST judge, so the numbers compare with one another and with nothing published.",
        {label: f"fashion-{name}" for label, name in FASHION.items()},
        ("fid", "kid", "precision", "recall"),
    ),
    "semi-supervised": Table(
        "Digits from 100 labels",
        "Share of MNIST's held-out digits that the classifier of ImprovedGAN gets wrong, for three draws of the 100 labels.",
        {f"ImprovedGAN, draw {draw}": f"labels100-improved-gan-{draw}" for draw in range(3)},
        ("classification-error",),
        {
            f"labels100-improved-gan-{draw}": (
                Published("paper", "0.93 %", "28 px, ten draws, fully connected networks"),
            )
            for draw in range(3)
        },
    ),
    "codes": Table(
        "Codes without labels",
        "InfoGAN's categorical code as a classifier of held-out MNIST digits, under the best naming of the codes.",
        {"InfoGAN": "codes-infogan", "InfoGAN, small preset": "mnist-infogan"},
        ("code-accuracy", "fid", "confident-share"),
        {"codes-infogan": (Published("paper", "5 % error", "28 px, 5,000 updates; here 2,000"),)},
    ),
    "encoders": Table(
        "From pictures back to codes",
        "The class of the nearest of 10,000 training codes, the L1 distance of G(E(x)) to x, and the share of reconstructions "
        "that the judge gives the class of the original; MNIST.",
        {"BiGAN": "mnist-bigan", "ALI": "mnist-ali", "VAE-GAN": "mnist-vae-gan", "VAE": "mnist-vae"},
        ("nearest-neighbour-accuracy", "reconstruction-l1", "label-kept", "fid"),
        {"mnist-bigan": (Published("paper", "97.4 %", "1-NN, 28 px, fully connected networks, 400 epochs"),)},
    ),
    "labels": Table(
        "Digits by their label",
        "How often the judge sees the digit that was asked for, how alike two samples of a class are (MS-SSIM), and how far "
        "apart in the judge's feature maps (LPIPS' formula, unweighted); in both the real digits' value is best.",
        {"CGAN": "mnist-cgan", "ACGAN": "mnist-acgan", "SAGAN": "mnist-sagan"},
        ("label-accuracy", "ms-ssim", "perceptual-diversity", "fid"),
    ),
    "likelihood": Table(
        "Likelihoods of digits",
        "Bits a dimension and nats a picture on held-out MNIST. How pixels count differs (continuous with noise, a few "
        "levels, binary), so the rows compare with their own literature, not with one another.",
        {"VAE": "binary-vae", "PixelCNN": "mnist-pixelcnn", "Glow": "mnist-glow"},
        ("bits-per-dim", "nats"),
    ),
    **translation.TABLES,
    **applications.TABLES,
}
