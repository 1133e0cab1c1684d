"""Experiments and tables of image translation: pairs, unpaired domains, coupled generators, editing.

Applications (super-resolution, video, medicine) stand in ``ganapps.reproduce.applications``.
"""

from dataclasses import replace
from typing import Any

from ganapps.reproduce.experiment import Experiment
from ganapps.reproduce.table import Published, Table

#: label -> option values of Pix2Pix; what the paper's tables 1 and 2 and its figure 4 compare, for 64 pixels
ABLATION: dict[str, tuple[str, dict[str, Any]]] = {
    "L1": ("l1", {"adversarial_weight": 0.0}),
    "GAN": ("gan", {"l1_weight": 0.0, "conditional": False}),
    "cGAN": ("cgan", {"l1_weight": 0.0}),
    "L1 + GAN": ("l1-gan", {"conditional": False}),
    "L1 + cGAN": ("l1-cgan", {}),
    "L1 + cGAN, encoder-decoder": ("encoder-decoder", {"generator": "encoder-decoder"}),
    "L1 + cGAN, single pixels": ("depth0", {"depth": 0}),
    "L1 + cGAN, patches of 16": ("depth1", {"depth": 1}),
    "L1 + cGAN, patches of 70 (the whole picture)": ("depth3", {"depth": 3}),
}
PAIRED = {"faces": "faces:a=segmentation,b=image", "earth": "earth:a=mask,b=satellite"}
PIX2PIX_METRICS = ("fcn-score", "l1", "psnr", "ssim", "perceptual", "sharpness")
#: rows in the batch of an update, and the minutes of 4,000 steps
UNPAIRED: dict[str, tuple[str, int, float]] = {
    "CycleGAN": ("cyclegan", 1, 11),
    "DualGAN": ("dualgan", 1, 11),
    "DiscoGAN": ("discogan", 32, 15),
    "DistanceGAN": ("distancegan", 2, 4),
    "UNIT": ("unit", 1, 15),
}
EARTH = "earth:a=map,b=satellite,unpaired"
DIGITS = "digit_pairs:a=plain,b=edges,unpaired"
#: f must read digits that it has not seen: with 2,000 to learn from it reads 88 % of them, with 30,000 96 %
TRANSFER = "digit_pairs:a=noisy,b=plain,of=mnist,unpaired"
#: the small preset's networks for the game of DualGAN's released code
RELEASED = {"features": 32, "depth": 2, "learning_rate": 2e-4}
#: StarGAN for short training, the shipped one too (``networks.blending``); with the paper's weights the critic's values are
#: too weak beside its reading of attributes, and edits are blotches that read as what was asked for
BLENDED: dict[str, Any] = {
    "architecture": "blending", "features": 32, "critic_widest": 192, "critic_updates": 2, "learning_rate": 5e-4,
    "adversarial_weight": 4.0,
}  # fmt: skip
#: CycleGAN for edits in a short training: its own generators, which draw the whole picture, weave checks all over it
BLENDED_PAIR: dict[str, Any] = {
    "resolution": 64, "architecture": "blending", "learning_rate": 5e-4, "identity_weight": 0.0,
}  # fmt: skip
CONTENT = ("content-kept", "domain-reached", "distances-kept", "l1")
EDITS = ("black hair", "brown hair", "blond hair", "glasses", "beard", "smile", "hat")


def pix2pix(data: str, label: str, key: str, options: dict[str, Any]) -> Experiment:
    """One line of the ablation."""
    what = "faces from their parts" if data == "faces" else "satellite photographs from the land and sea mask"
    return Experiment(
        f"Pix2Pix, {label}: {what}, 64 pixels",
        "pix2pix", PAIRED[data], "small", steps=3000, batch_size=4, minutes=6, options=options, flip=True,
        precision="mixed_bfloat16", metrics=PIX2PIX_METRICS,
    )  # fmt: skip


def unpaired(label: str, data: str, **changes: Any) -> Experiment:
    """A translator that sees no pairs, 4,000 steps; the test split has pairs."""
    name, batch, minutes = UNPAIRED[label]
    earth = data == EARTH
    # CycleGAN's identity loss keeps colours (its section 5.2): of land and sea in maps, but edges have none of a digit's.
    identity = {"identity_weight": 0.0} if name == "cyclegan" and data == DIGITS else {}
    where = "map to satellite photograph, 64 pixels" if earth else "digits in two domains, 32 pixels"
    side = 64 if earth else 32
    usual: dict[str, Any] = {
        "preset": "small", "steps": 4000, "batch_size": batch if earth else max(batch, 4), "minutes": minutes,
        "options": {"resolution": side, **identity}, "flip": earth, "precision": "mixed_bfloat16", "signature": "a_to_b",
        "metrics": CONTENT,
    }  # fmt: skip
    return Experiment(f"{label}, unpaired: {where}", name, data, **(usual | changes))


def coupled(domain: str, words: str, **changes: Any) -> Experiment:
    """CoGAN on plain digits and another domain of them."""
    usual: dict[str, Any] = {
        "data": f"digit_pairs:a=plain,b={domain},of=mnist,unpaired", "steps": 5000, "batch_size": 64, "minutes": 12,
        "ema": 0.995, "precision": "mixed_bfloat16", "metrics": ("pair-agreement",),
    }  # fmt: skip
    title = f"CoGAN: pairs of digits, plain and {words}, 32 pixels"
    return Experiment(title, "cogan", preset="small", **(usual | changes))


EXPERIMENTS: dict[str, Experiment] = {
    **{
        f"{data}-pix2pix-{key}": pix2pix(data, label, key, options)
        for data in PAIRED
        for label, (key, options) in ABLATION.items()
    },
    **{
        f"earth-{UNPAIRED[label][0]}": unpaired(
            label, EARTH, ema=0.995, metrics=(*CONTENT, "psnr", "ssim", "sharpness"),
            seeds=(0, 1, 2) if label == "CycleGAN" else (0,),
        )
        for label in UNPAIRED
    },
    **{
        f"digits-{name}": unpaired(label, DIGITS, batch_size=size)
        for (label, (name, _, _)), size in zip(UNPAIRED.items(), (4, 4, 64, 4, 4), strict=True)
    },
    "digits-dualgan-released": replace(
        unpaired("DualGAN", DIGITS, preset="code", batch_size=4, minutes=10, options={"resolution": 32, **RELEASED}),
        title="DualGAN, its released code's game, unpaired: digits in two domains, 32 pixels",
    ),
    "digits-cogan": coupled("edges", "edges, as a translator", data=DIGITS, signature="a_to_b", metrics=CONTENT, n=200),
    "digits-cogan-edges": coupled("edges", "their edges"),
    "digits-cogan-negative": coupled("negative", "their negative"),
    "digits-cogan-apart": coupled("edges", "their edges, without shared weights", options={"share": False}),
    **{
        f"transfer-dtn{end}": Experiment(
            f"DTN{words}: coloured noisy digits to plain ones, 32 pixels",
            "dtn", TRANSFER, "small", steps=4000, batch_size=64, minutes=7, options=options, precision="mixed_bfloat16",
            signature="a_to_b", metrics=CONTENT,
        )
        for end, words, options in (
            ("", "", {}),
            ("-inconstant", " without constancy of f", {"alpha": 0.0}),
            ("-unidentical", " without identity", {"beta": 0.0}),
        )
    },
    "transfer-unit": unpaired("UNIT", TRANSFER, batch_size=4),
    "transfer-cyclegan": unpaired("CycleGAN", TRANSFER, batch_size=4),
    "faces-stargan": Experiment(
        "StarGAN, blended: seven attributes of rendered faces, 64 pixels",
        "stargan", "faces", "small", steps=12_000, batch_size=8, minutes=90,
        options={"edits": EDITS, **BLENDED, "critic_start": "he"},
        ema=0.999, flip=True, precision="mixed_bfloat16", signature="edit", metrics=("editing",),
    ),
    **{
        f"faces-stargan-joint{end}": Experiment(
            f"StarGAN, joint and blended: hair known of rendered faces, glasses, beard and smile of {words}, 64 pixels",
            "stargan-joint", f"mixed:faces:know=hair+faces:know=face,image=style_b{style},seed=1", "small",
            steps=10_000, batch_size=8, minutes=33, options={
                **BLENDED, "features": 16, "critic_features": 16, "critic_widest": 128, "critic_start": "he", "edits": EDITS[:-1],
            }, ema=0.999, flip=True, precision="mixed_bfloat16", signature="edit_2", metrics=("editing",), against="faces",
        )
        for end, words, style in (("", "voxel faces", ""), ("-flat", "flat faces", ",style_b=flat"))
    },
    # A translator between two domains each: what one StarGAN does takes one of these for every attribute.
    **{
        f"faces-cyclegan-{name.replace(' ', '-')}": Experiment(
            f"CycleGAN, blended: faces without and with {name}, 64 pixels",
            "cyclegan", f"faces:attribute={name}", "small", steps=steps, batch_size=4, minutes=steps // 360,
            options=BLENDED_PAIR, ema=0.995, flip=True, precision="mixed_bfloat16", signature="a_to_b",
            metrics=("editing", "l1"),
        )
        # Two were still far from done after 4,000 steps, beards half drawn and mouths hardly found.
        for name, steps in (("glasses", 4000), ("beard", 8000), ("smile", 8000), ("blond hair", 4000))
    },
    "faces-dtn": Experiment(
        "DTN: rendered faces to voxel faces, 64 pixels",
        "dtn", "faces:a=image,b=style_b,unpaired", "faces", steps=5000, batch_size=16, minutes=18,
        # Not the paper's weights of 100, 1 and 200: a small f is fooled by noise that the other terms must take away first.
        options={
            "features": 16, "warm_up": 1500, "alpha": 15.0, "beta": 100.0, "gamma": 40.0, "learning_rate": 5e-4,
            "discriminator_rate": 1e-4, "beta_1": 0.5,
        },
        ema=0.995, precision="mixed_bfloat16", signature="a_to_b",
        metrics=("domain-reached", "distances-kept", "l1", "ssim"),
    ),
    **{
        f"garments-pldt{end}": Experiment(
            f"PLDT{words}: from a dressed person to the garment alone, 64 pixels",
            "pldt", "faces:a=image,b=garment", "small", steps=2500, batch_size=32, minutes=17, signature="a_to_b",
            precision="mixed_bfloat16", options=options, metrics=("retrieval", *metrics, "l1", "ssim"),
        )
        for end, words, options, metrics in (
            ("", "", {}, ("association",)),
            ("-gan", ", realism alone", {"realism_weight": 1.0, "association_weight": 0.0}, ()),
            ("-l2", ", squared error alone", {"realism_weight": 0.0, "association_weight": 0.0, "pixel_weight": 1.0}, ()),
        )
    },
    "garments-pix2pix": Experiment(
        "Pix2Pix: from a dressed person to the garment alone, 64 pixels",
        "pix2pix", "faces:a=image,b=garment", "small", steps=4000, batch_size=4, minutes=8, signature="a_to_b",
        precision="mixed_bfloat16", metrics=("retrieval", "l1", "ssim"),
    ),
}  # fmt: skip


def cityscapes(number: str) -> tuple[Published, ...]:
    """A row of the paper's tables 1 and 2."""
    what = "arXiv 1611.07004v3: Cityscapes, labels to photographs, 256 pixels; accuracy per pixel, per class, IoU"
    return (Published("paper", number, what),)


PUBLISHED = {
    "l1": "0.42 / 0.15 / 0.11",
    "gan": "0.22 / 0.05 / 0.01",
    "cgan": "0.57 / 0.22 / 0.16",
    "l1-gan": "0.64 / 0.20 / 0.15",
    "l1-cgan": "0.66 / 0.23 / 0.17",
    "depth0": "0.39 / 0.15 / 0.10",
    "depth1": "0.65 / 0.21 / 0.17",
    "depth3": "0.66 / 0.23 / 0.17",
}
#: what the ablation says beside the paper's
FOUND = {
    "faces": " As in the paper, GAN is the worst (its discriminator need not see the input), cGAN the next, both below "
    "every loss with L1, and the U-Net is far above the encoder-decoder. Otherwise than there, L1 alone and single pixels do "
    "well: a segmenter of these faces goes by shape, and the parts give all shapes. Colour they do not give, and L1 alone "
    "leaves it grey: its pictures are the least sharp.",
    "earth": " As in the paper, GAN is the worst (its discriminator need not see the input), and the U-Net is above the "
    "encoder-decoder. Otherwise the accuracies say little: the segmenter tells land from water, as the mask does, so every "
    "U-Net that is held to its mask comes near the real pictures. Sharpness tells those apart: L1 alone is the smoothest, "
    "single pixels come next, patches give texture, and cGAN alone weaves dots, sharper than the truth.",
}
FCN = ("fcn-pixel-accuracy", "fcn-class-accuracy", "fcn-class-iou", "l1", "perceptual", "sharpness")

TABLES: dict[str, Table] = {
    **{
        f"pix2pix-{data}": Table(
            f"Pix2Pix: what its loss is made of, on {data}",
            "The terms of the loss, the U-Net's skips and the patches that the discriminator sees. The FCN-score is taken by "
            "a segmenter of our own, trained on real pictures; beside it stands what it finds in real ones. Sharpness is "
            f"the energy of gradients over that of the true pictures.{FOUND.get(data, '')}",
            {label: f"{data}-pix2pix-{key}" for label, (key, _) in ABLATION.items()},
            FCN,
            {f"{data}-pix2pix-{key}": cityscapes(number) for key, number in PUBLISHED.items()},
        )
        for data in PAIRED
    },
    "unpaired-earth": Table(
        "From map to satellite photograph without pairs",
        "Content kept is the share of pixels that our segmenter gives their true class, domain reached the share of outputs "
        "that a judge of maps and photographs takes for photographs, L1 the distance to the hidden partner; the baselines "
        "of each stand in its own section below. DiscoGAN reaches the photographs and comes back well, but by another one-to-one "
        "than ours: it often draws land for sea and sea for land. Its generators have no skips, and nothing else tells it which "
        "is which.",
        {label: f"earth-{name}" for label, (name, _, _) in UNPAIRED.items()},
        (*CONTENT, "sharpness"),
    ),
    "unpaired-digits": Table(
        "From digits to their edges without pairs",
        "As above; content kept is the share of outputs in which a judge of edges reads the digit's label. DualGAN's paper and "
        "its released code play different games, so both stand here. CycleGAN's identity loss, which asks for the same colours "
        "on both sides, is left out: with it fewer labels survive. Above it stays, where land and sea have their colours. "
        "CoGAN is no translator: for each of 200 digits the nearest that it can draw is looked for, and its partner taken.",
        {label: f"digits-{name}" for label, (name, _, _) in UNPAIRED.items()}
        | {"DualGAN, its released code's game": "digits-dualgan-released", "CoGAN, by search": "digits-cogan"},
        CONTENT,
    ),
    "coupled": Table(
        "Pairs from two coupled generators",
        "Share of pixels on the same side of mid-grey in the known transform of one picture and in the other, and share of "
        "pairs that the judges of the two domains read alike; no pair was shown in training. Most pixels of any two "
        "digits agree: what pairs torn apart agree on stands in each one's section below. CoGAN's small preset has a rate of "
        "5e-4; the code's 2e-4 is for twice as many updates. UNIT has a prior too, but holds its "
        "codes there with a weight of 0.1 against 100 on pixels: pictures drawn from it are blank, and blank ones agree.",
        {
            "CoGAN, edges": "digits-cogan-edges",
            "CoGAN, negatives": "digits-cogan-negative",
            "CoGAN without shared weights, edges": "digits-cogan-apart",
        },
        ("pixel-agreement", "label-agreement"),
        {
            f"digits-cogan-{end}": (Published("paper", share, "arXiv 1606.07536: pixel agreement, MNIST, 28 pixels"),)
            for end, share in (("edges", "0.952"), ("negative", "0.967"))
        },
    ),
    "transfer": Table(
        "From coloured, noisy digits to plain ones",
        "The judge of digits reads the label of the source in the output. DTN's f had the labels of the source; the others "
        "had none. Without identity DTN draws the digits on dark grey, and the judge, which knows them on black, reads none: "
        "the discriminator normalises a batch by itself, so a grey that all its pictures share hardly counts. Pictures of B "
        "that must come back end that.",
        {
            "DTN": "transfer-dtn",
            "DTN without constancy of f": "transfer-dtn-inconstant",
            "DTN without identity": "transfer-dtn-unidentical",
            "UNIT": "transfer-unit",
            "CycleGAN": "transfer-cyclegan",
        },
        CONTENT,
        {
            f"transfer-dtn{end}": (Published("paper", f"{share} %", "arXiv 1611.02200: SVHN to MNIST, other networks"),)
            for end, share in (("", 90.66), ("-inconstant", 74.55), ("-unidentical", 88.4))
        },
    ),
    "transfer-faces": Table(
        "From rendered faces to voxel faces",
        "No pairs were shown; the true twin of each held-out face is known, and L1 and SSIM are against it. f, which knows 18 "
        "attributes of hair, face and clothing, is held constant, but a small f is content with less than one sees: in the "
        "pictures the lightness of hair comes along, glasses often do not. Skin, background and the colours of clothes, which "
        "twins share too, it does not know, so L1 stays near that of the unchanged face.",
        {"DTN": "faces-dtn"},
        ("domain-reached", "distances-kept", "l1", "ssim"),
    ),
    "editing": Table(
        "Editing faces",
        "One attribute is turned around in each held-out face, and the truth is the face drawn again. The four numbers can be "
        "traded for one another (who changes nothing keeps everything), so they stand together. One StarGAN turns all seven "
        "either way; a CycleGAN knows one, and is measured on putting it on. The joint ones never saw an attribute of a "
        "rendered face but its hair, and are measured on the others, which they learnt from faces of a second style. From "
        "flat ones, whose parts have the same shapes in the same places, two thirds of the glasses carry over, half of the "
        "smiles and a third of the beards; from voxel faces hardly anything. Hair, which they saw in rendered faces, both "
        "turn with an error of 0.15 (`ganapps evaluate RUN --metrics editing --signature edit_1 --against faces`). CycleGAN's "
        "smile and beard have twice the steps: what is small its discriminators find late, and until then a change only costs. "
        "Identity is that of an edit that asks for what is there. The generators are those for short training "
        "(networks/blending.py): edits are mixed in by a mask.",
        {
            "StarGAN, 64 pixels": "faces-stargan",
            "StarGAN, 128 pixels": "edits-stargan",
            "StarGAN, joint with flat faces, 64 pixels": "faces-stargan-joint-flat",
            "StarGAN, joint with voxel faces, 64 pixels": "faces-stargan-joint",
            "CycleGAN, glasses": "faces-cyclegan-glasses",
            "CycleGAN, beard": "faces-cyclegan-beard",
            "CycleGAN, smile": "faces-cyclegan-smile",
            "CycleGAN, blond hair": "faces-cyclegan-blond-hair",
        },
        ("flip-error", "untouched-kept", "background-l1", "edit-l1", "identity-kept"),
        {
            "faces-stargan": (
                Published(
                    "paper", "2.12 %", "arXiv 1711.09020: expressions read wrong after the edit, photographs of RaFD"
                ),
            ),
        },
    ),
    "garments": Table(
        "From a dressed person to the garment alone",
        "Share of outputs whose own garment, kind and colour, is the nearest of all, or among the nearest five. Realism alone "
        "draws garments, but hardly ever this person's: it is the discriminator of pairs that ties them. The squared error is "
        "hard to beat here: the person settles the garment to the pixel, so it has nothing to blur. A discriminator is for "
        "pictures where pose and folds are open.",
        {
            "PLDT": "garments-pldt",
            "PLDT, realism alone": "garments-pldt-gan",
            "PLDT, squared error alone": "garments-pldt-l2",
            "Pix2Pix": "garments-pix2pix",
        },
        ("retrieval-top1", "retrieval-top5", "l1", "ssim"),
    ),
}
