"""The bundles under ``exports/``: which run each comes from, so that every one can be made again from nothing."""

from dataclasses import dataclass
from pathlib import Path

from ganapps.reproduce.experiment import Experiment
from ganapps.reproduce.translation import BLENDED, EDITS

EXPORTS = Path("exports")


@dataclass(frozen=True)
class Shipped:
    """A bundle.

    Args:
        experiment: whose first seed is exported.
        signature: of its model.
        title, description, limits: for its card.
        precisions, onnx: which files it has.
    """

    experiment: str
    signature: str
    title: str
    description: str
    limits: str
    precisions: tuple[str, ...] = ("float32", "float16", "int8")
    onnx: bool = True


def drawn(title: str, data: str) -> Experiment:
    """From a drawing to what it shows, 128 pixels."""
    return Experiment(
        f"Pix2Pix: {title}, 128 pixels", "pix2pix", data, "small", steps=16000, batch_size=4, minutes=20,
        options={"resolution": 128, "features": 24, "widest": 2, "dropout": 0.2, "decay": True}, ema=0.999, flip=True,
        precision="mixed_bfloat16", metrics=("l1", "psnr", "ssim", "sharpness"),
    )  # fmt: skip


#: runs that are there to be used; their widths keep all of exports/ under 60 MB
EXPERIMENTS: dict[str, Experiment] = {
    "sketch-pix2pix": drawn(
        "from a drawing of coasts, rivers and mountains to a satellite photograph", "earth:a=sketch,b=satellite"
    ),
    "lines-pix2pix": drawn("from line art to a rendered face", "faces:a=sketch,b=image"),
    "faces-dcgan": Experiment(
        "DCGAN: rendered faces, 64 pixels",
        "dcgan", "faces", "small", steps=6000, batch_size=32, minutes=40, options={"resolution": 64}, ema=0.999, flip=True,
        precision="mixed_bfloat16", metrics=("fid", "kid", "precision-recall", "ms-ssim"),
    ),
    "edits-stargan": Experiment(
        "StarGAN: seven attributes of rendered faces, 128 pixels",
        "stargan", "faces", "small", steps=10000, batch_size=4, minutes=70, ema=0.999,
        options={
            **BLENDED, "resolution": 128, "features": 24, "depth": 6, "critic_features": 24, "edits": EDITS,
        },
        flip=True, precision="mixed_bfloat16",
        signature="edit", metrics=("editing",),
    ),
}  # fmt: skip

TILES = "Knows {} of 64 pixels at one scale, 15 pixels to a degree."
DIGITS = "Knows the digits 0 to 9 of one collection; some drawings are between two digits."
FACES = "Knows faces rendered in one style from a fixed set of parts, not photographs of people."
PHOTOGRAPHS = (
    "Learnt from photographs reduced by a bicubic filter: noise, blur and JPEG blocks are enlarged with the rest."
)

SHIPPED: dict[str, Shipped] = {
    "digits-dcgan": Shipped(
        "mnist-dcgan", "sample", "Handwritten digits", "Draws a digit from 100 random numbers (DCGAN).", DIGITS
    ),
    "digits-acgan": Shipped(
        "mnist-acgan", "sample", "Handwritten digits, by class",
        "Draws the digit that is asked for from 100 random numbers (ACGAN).", DIGITS,
        onnx=False,  # all of exports/ has its limit
    ),
    "digits-wgan-gp": Shipped(
        "mnist-wgan-gp", "sample", "Handwritten digits, Wasserstein", "Draws a digit from 128 random numbers (WGAN-GP).",
        DIGITS,
    ),
    "digits-infogan": Shipped(
        "mnist-infogan", "sample", "Handwritten digits with knobs",
        "Draws a digit from 62 random numbers and three codes that training without labels gave a meaning (InfoGAN).",
        f"{DIGITS} The ten codes are no labels: some stand for a digit, some for a mixture.",
        precisions=("int8",), onnx=False,  # all of exports/ has its limit
    ),
    "faces-dcgan": Shipped(
        "faces-dcgan", "sample", "Rendered faces", "Draws a face that nobody rendered from 100 random numbers (DCGAN).", FACES,
        precisions=("int8",), onnx=False,  # all of exports/ has its limit
    ),
    "map-to-satellite": Shipped(
        "earth-cyclegan", "a_to_b", "Map to satellite photograph",
        "Turns a topographic map into a satellite photograph, learnt without pairs (CycleGAN).", TILES.format("maps"),
    ),
    "satellite-to-map": Shipped(
        "earth-cyclegan", "b_to_a", "Satellite photograph to map",
        "Turns a satellite photograph into a topographic map, learnt without pairs (CycleGAN).",
        TILES.format("photographs"),
        precisions=("int8",), onnx=False,  # all of exports/ has its limit; map-to-satellite has all files
    ),
    "sketch-to-photo": Shipped(
        "sketch-pix2pix", "a_to_b", "Drawing to satellite photograph",
        "Turns a drawing of sea, land, lakes, rivers, hills and mountains into a satellite photograph (Pix2Pix).",
        "Knows flat colours for six kinds of ground; ice, forests and deserts are where it expects them.",
    ),
    "line-art-to-face": Shipped(
        "lines-pix2pix", "a_to_b", "Line art to rendered face", "Colours the line drawing of a face (Pix2Pix).", FACES
    ),
    "face-editing": Shipped(
        "edits-stargan", "edit", "Editing a rendered face",
        "Gives a face other hair, glasses, a beard, a smile or a hat, several at once (StarGAN).",
        f"{FACES} Its short training shows: hats and beards are half transparent, and on pale hair a darker colour has gaps.",
    ),
    "face-attributes": Shipped(
        "edits-stargan", "attributes", "Reading a rendered face",
        "Says how likely a face has each of the attributes that the editor sets (StarGAN's critic).", FACES,
        # Nobody looks at what it gives, and as float32 it would be four times the size of the editor.
        precisions=("int8",), onnx=False,
    ),
    "super-resolution": Shipped(
        "photographs-srresnet", "upscale", "Four times larger",
        "Enlarges photographs four times, closest in squared error (SRResNet).", PHOTOGRAPHS,
    ),
    "super-resolution-gan": Shipped(
        "photographs-srgan", "upscale", "Four times larger, with invented detail",
        "Enlarges photographs four times and invents detail that looks real (SRGAN).",
        f"{PHOTOGRAPHS} What it adds was not in the picture.",
    ),
    "super-resolution-tiny": Shipped(
        "photographs-tiny", "upscale", "Four times larger, fast",
        "Enlarges photographs four times with a small network (SRResNet of two narrow blocks).", PHOTOGRAPHS,
    ),
}  # fmt: skip


def export(name: str) -> Path:
    """Export a run that is trained into ``exports/`` under the current folder."""
    from ganapps.export.of_run import export_run

    one = SHIPPED[name]
    words = {"name": name, "title": one.title, "description": one.description, "limits": one.limits}
    run = Path("runs") / f"reproduce-{one.experiment}-0"
    return export_run(run, one.signature, EXPORTS / name, words, one.precisions, one.onnx)[0]
