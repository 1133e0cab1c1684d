"""The measures of tasks that can be asked for by name."""

from ganapps.evaluate.tasks.content import content, domain, fcn
from ganapps.evaluate.tasks.editing import editing
from ganapps.evaluate.tasks.likeness import distances, diversity, perceptual, retrieval
from ganapps.evaluate.tasks.pairs import pairs
from ganapps.evaluate.tasks.task import Task

TASKS = {
    task.name: task
    for task in (
        Task(
            "fcn-score", {f"fcn-{part}": "higher" for part in ("pixel-accuracy", "class-accuracy", "class-iou")}, fcn,
            "arXiv 1611.07004, section 4; arXiv 1411.4038, section 5; the segmenter is ours",
        ),
        Task(
            "content-kept", {"content-kept": "higher"}, content,
            "share of labels, or of pixels' classes, that a judge of the target domain still reads",
        ),
        Task(
            "domain-reached", {"domain-reached": "higher"}, domain,
            "share of outputs that a judge of the two domains takes for the target's",
        ),
        Task("distances-kept", {"distances-kept": "higher"}, distances, "Spearman's rank correlation; arXiv 1706.00826"),
        Task(
            "perceptual", {"perceptual": "lower"}, perceptual,
            "arXiv 1801.03924, equation 1, unweighted, on the named network",
        ),
        Task(
            "perceptual-diversity", {"perceptual-diversity": "real"}, diversity,
            "the same distance within the classes, as arXiv 1610.09585, section 4.2, takes MS-SSIM",
        ),
        Task(
            "retrieval", {"retrieval-top1": "higher", "retrieval-top5": "higher"}, retrieval,
            "share of garments among the nearest real ones of which is their own",
        ),
        Task(
            "editing",
            {
                "flip-error": "lower", "untouched-kept": "higher", "background-l1": "lower", "edit-l1": "lower",
                "identity-kept": "higher",
            },
            editing,
            "one attribute turned around in each face, beside the face drawn again with it",
        ),
        Task(
            "pair-agreement", {"label-agreement": "higher", "pixel-agreement": "higher"}, pairs,
            "arXiv 1606.07536, section 4.1",
        ),
    )
}  # fmt: skip
