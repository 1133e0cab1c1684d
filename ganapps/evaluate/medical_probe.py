"""The probe ``lesions``: errors in physical units inside the body, lesions kept and lesions invented, on held-out pairs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ganapps.data import catalogue
from ganapps.data.window import Window
from ganapps.errors import GanappsError, UsageError
from ganapps.metrics import lesions as metrics

if TYPE_CHECKING:
    from ganapps.evaluate.probes import Task

SIGNATURE = "a_to_b"
BETTER = {"masked-mae": "lower", "masked-psnr": "higher", "lesions-kept": "higher", "lesions-invented": "lower"}
SOURCE = (
    "inside the body, in the unit and the window of b; lesions kept: contrast to the surroundings between 0.7 and 1.3 of "
    "the true one; invented: half a lesion's usual contrast in such tissue where the pair has no lesion"
)


def lesions(model: Any, task: Task) -> tuple[dict[str, float], dict[str, float]]:
    """Mean error and PSNR inside the body, share of lesions kept, share of lesion-free slices that get one.

    Raises:
        UsageError: the model does not translate a to b. GanappsError: too few rows to have slices of both kinds.
    """
    ends = model.signatures()
    if SIGNATURE not in ends:
        raise UsageError(f"The metric 'lesions' translates a to b, and the model has {', '.join(ends)}.")
    side, _, channels = ends[SIGNATURE].inputs["image"].shape
    held = replace(task, resolution=side, channels=channels).held()
    window = catalogue.describe(task.data).fields["b"].window or Window(0.0, 2.0)
    body, lesion = held["mask"][..., 0] > 0, held["lesion"][..., 0] > 0
    truth = window.to_units(held["b"][..., 0])
    made = window.to_units(np.clip(model.translate(held["a"], SIGNATURE)[..., 0], -1, 1))
    ill = np.asarray(lesion.any(axis=(1, 2)))
    if ill.all() or not ill.any():
        raise GanappsError(f"{len(ill)} rows of {task.data} are not enough for slices with and without a lesion.")
    true, shown = (metrics.contrasts(slices[ill], lesion[ill], body[ill]) for slices in (truth, made))
    radius = float(np.sqrt(np.median(lesion[ill].sum(axis=(1, 2))) / np.pi))
    level = float(np.median(metrics.surroundings(truth[ill], lesion[ill], body[ill])))
    false = metrics.invented(truth[~ill], made[~ill], body[~ill], radius, float(np.median(true)), level)
    numbers = {
        "masked-mae": metrics.mae_inside(truth, made, body),
        "masked-psnr": metrics.psnr_inside(truth, made, body, window.width),
        "lesions-kept": metrics.kept_share(true, shown),
        "lesions-invented": float(false.mean()),
    }
    constant = np.full_like(truth, np.median(truth[body]))
    return numbers, {"one value": metrics.mae_inside(truth, constant, body)}
