"""R-precision: does a picture retrieve its own caption? (Xu et al. 2018, AttnGAN, arXiv 1711.10485, section 4)."""

import numpy as np


def r_precision(images: np.ndarray, captions: np.ndarray, candidates: int = 100, seed: int = 0) -> float:
    """Share of pictures whose own caption has the highest cosine among ``candidates`` (1 right, the rest random).

    Args:
        images: (N, d) picture embeddings.
        captions: (N, d) embeddings of the caption of each picture, N >= candidates.
        candidates: captions each picture chooses from.
        seed: of the draw of wrong captions.
    """
    draw = np.random.default_rng(seed)
    images, captions = _unit(images), _unit(captions)
    hits = 0
    for index, image in enumerate(images):
        wrong = draw.choice(len(captions) - 1, candidates - 1, replace=False)
        others = captions[wrong + (wrong >= index)]
        hits += bool(image @ captions[index] > (others @ image).max())
    return hits / len(images)


def _unit(vectors: np.ndarray) -> np.ndarray:
    vectors = vectors.astype(np.float64)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
