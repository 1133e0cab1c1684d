"""The probe ``next-frame``: predicted frames of the held-out rows beside the true ones, one and four frames on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ganapps.data.moving import LARGEST, PAST
from ganapps.errors import UsageError
from ganapps.evaluate.pictures import to_uint8
from ganapps.metrics import pixels, video

if TYPE_CHECKING:
    from ganapps.evaluate.probes import Task

STEPS = 4
BETTER = {"next-frame-psnr": "higher", "next-frame-sharpness": "higher", "position-error-1": "lower"} | {
    f"position-error-{STEPS}": "lower"
}
SOURCE = "arXiv 1511.05440, section on experiments: PSNR and sharpness in dB; mean distance of the objects in pixels"


def next_frame(model: Any, task: Task) -> tuple[dict[str, float], dict[str, float]]:
    """PSNR and sharpness of the next frame, position errors one and four frames on; the last frame copied as baseline.

    Raises:
        UsageError: rows too short for four past and four further frames.
    """
    held = task.held()
    frames, positions = held["frames"], held["positions"]
    if frames.shape[1] < PAST + STEPS:
        raise UsageError(f"The metric 'next-frame' needs rows of {PAST + STEPS} frames; {task.data} has fewer.")
    predicted = to_uint8(model.predict_frames(frames[:, :PAST], STEPS))
    true = to_uint8(frames)
    radius = int(np.ceil(LARGEST * frames.shape[3])) + 1
    numbers = {
        "next-frame-psnr": pixels.psnr(true[:, PAST], predicted[:, 0]),
        "next-frame-sharpness": video.sharpness(true[:, PAST], predicted[:, 0]),
    }
    for step in (1, STEPS):
        at = PAST + step - 1
        errors = video.position_errors(true[:, at], predicted[:, step - 1], positions[:, at], radius)
        numbers[f"position-error-{step}"] = float(errors.mean())
    return numbers, {"last frame": pixels.psnr(true[:, PAST], true[:, PAST - 1])}
