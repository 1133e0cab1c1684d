"""Experiments and tables of the applications: super-resolution, video, medical slices."""

from dataclasses import replace
from typing import Any

from ganapps.reproduce.experiment import Experiment
from ganapps.reproduce.table import Published, Table

UPSCALING = ("psnr-y", "ssim-y", "perceptual", "sharpness")
FRAMES = ("l1", "psnr", "ssim", "sharpness")
SLICES = ("l1", "psnr", "ssim", "lesions")


def enlarged(title: str, steps: int, minutes: float, model: str = "srresnet", **options: Any) -> Experiment:
    """Four times larger, from 16 pixels to 64 in training."""
    return Experiment(
        f"{title}: photographs four times larger", model, "photographs", "small", steps=steps, batch_size=16,
        minutes=minutes, options=options, ema=0.999, flip=True, precision="mixed_bfloat16", metrics=UPSCALING,
    )  # fmt: skip


def sharpened(title: str, **options: Any) -> Experiment:
    """SRGAN from the SRResNet above it, as the paper starts it (section 3.2).

    The paper's thousandth of the adversarial loss belongs to the size of VGG's features. Beside EfficientNet's, 4e-5 was the
    best of three: perceptual distance 0.452 after 600 steps; 2e-4 gave 0.486 after 4,000, none of it 0.457 after 500.
    """
    own = {"start": "runs/reproduce-photographs-srresnet-0", "learning_rate": 2e-4, "final_rate": 2e-5}
    one = enlarged(title, 4000, 30, "srgan", **own, adversarial_weight=4e-5, **options)
    return replace(one, after="photographs-srresnet")


def predicted(title: str, **options: Any) -> Experiment:
    """The fifth of five frames of 32 pixels."""
    return Experiment(
        f"{title}: the next frame of moving shapes", "multiscale-video", "moving", "small", steps=9000, batch_size=8,
        minutes=15, options=options, precision="mixed_bfloat16", metrics=(*FRAMES, "next-frame"),
    )  # fmt: skip


def slices(title: str, model: str, data: str, batch: int, steps: int = 4000, **options: Any) -> Experiment:
    """From one modality to the other, 64 pixels."""
    return Experiment(
        f"{title}: phantoms, from MR to CT", model, data, "small", steps=steps, batch_size=batch, minutes=steps // 330, flip=True,
        ema=0.995, options=options, precision="mixed_bfloat16", signature="a_to_b", metrics=SLICES,
    )  # fmt: skip


EXPERIMENTS: dict[str, Experiment] = {
    "photographs-srresnet": enlarged("SRResNet", 12000, 30),
    "photographs-tiny": replace(
        enlarged("SRResNet, two narrow blocks", 20000, 20, features=16, blocks=2, learning_rate=1e-3), precision="float32"
    ),
    "photographs-srgan": sharpened("SRGAN"),
    "photographs-srgan-pixels": sharpened("SRGAN-MSE", pixels=True),
    "moving-video": predicted("Multi-scale adversarial video prediction"),
    "moving-video-l2": predicted(
        "Multi-scale video prediction, squared error alone", adversarial_weight=0.0, gradient_weight=0.0, power=2
    ),
    "moving-pix2pix": Experiment(
        "Pix2Pix: the next frame of moving shapes, in grey",
        "pix2pix", "moving:pairs", "small", steps=4000, batch_size=8, minutes=6, options={"resolution": 32},
        precision="mixed_bfloat16", metrics=FRAMES,
    ),
    # Without the paper's dropout, a noise that b does not need here: with it fewer lesions are kept. And wide where the
    # picture is large, narrow where it is small: a lesion is a few pixels (with features=32, widest=8: 0.83 kept).
    "phantoms-pix2pix": slices(
        "Pix2Pix", "pix2pix", "phantoms", 4, 8000, learning_rate=5e-4, decay=True, dropout=0.0, features=64, widest=2
    ),
    "phantoms-cyclegan": slices("CycleGAN", "cyclegan", "phantoms:unpaired", 1),
    "phantoms-cyclegan-healthy": slices("CycleGAN, no lesions in CT", "cyclegan", "phantoms:unpaired,prevalence_b=0", 1),
    "phantoms-cyclegan-ill": slices("CycleGAN, lesions in all CT", "cyclegan", "phantoms:unpaired,prevalence_b=1", 1),
}  # fmt: skip

TABLES: dict[str, Table] = {
    "super-resolution": Table(
        "Photographs four times larger",
        "Luma less a border of four pixels, as in the paper; the perceptual distance is unweighted, on activations in blocks "
        "of EfficientNet-Lite0 that no model was trained with (SRGAN's content loss is on others of it). The baseline "
        '"identity" is bicubic enlargement.',
        {
            "SRResNet, two narrow blocks": "photographs-tiny",
            "SRResNet": "photographs-srresnet",
            "SRGAN-MSE": "photographs-srgan-pixels",
            "SRGAN": "photographs-srgan",
        },
        UPSCALING,
        {
            "photographs-srresnet": (
                Published("mmagic", "30.23 dB / 0.8491", "Set5, in RGB, not luma; other pictures"),
            ),
            "photographs-srgan": (Published("mmagic", "27.95 dB / 0.7846", "Set5, in RGB, not luma; other pictures"),),
        },
    ),
    "video": Table(
        "The next frame",
        "Distances to the true frame, and how many pixels the objects are off one and four frames ahead; the last frame, "
        "copied, is the baseline. Pix2Pix sees three grey frames and predicts a grey one, so its distances are of their own "
        "kind.",
        {
            "multi-scale, adversarial": "moving-video",
            "multi-scale, squared error": "moving-video-l2",
            "Pix2Pix, grey": "moving-pix2pix",
        },
        (*FRAMES, "position-error-1", "position-error-4"),
    ),
    "medical": Table(
        "From one modality to another",
        "Phantoms with planted lesions: whether they are kept, with 0.7 to 1.3 of the contrast they should have, and whether "
        "healthy slices stay healthy. Half of the patients have a lesion, of MR in every row, of CT in the first two. Where "
        "none in CT has one, lesions fade in translation; where all have, they grow too bright; few are invented in any. "
        "Pix2Pix, which has the pairs, has the smallest errors. For research, not for diagnosis.",
        {
            "Pix2Pix, pairs": "phantoms-pix2pix",
            "CycleGAN, unpaired": "phantoms-cyclegan",
            "CycleGAN, no lesions in CT": "phantoms-cyclegan-healthy",
            "CycleGAN, lesions in all CT": "phantoms-cyclegan-ill",
        },
        ("masked-mae", "masked-psnr", "lesions-kept", "lesions-invented", "ssim"),
    ),
}
