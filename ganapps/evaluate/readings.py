"""Extractor readings of real pictures, kept between evaluations: the network runs over the same reals only once."""

import hashlib
import json
from typing import Any

import numpy as np

from ganapps.data.cache import cache_folder, cached_arrays
from ganapps.evaluate.extractors import Extractor
from ganapps.evaluate.judge import Reading


def cached_reading(extractor: Extractor, images: np.ndarray, about: dict[str, Any]) -> Reading:
    """The extractor's reading of real pictures, from the cache when it is there.

    Args:
        extractor: whose weights and resize are part of the key.
        images: uint8 (N, H, W, C); their content is part of the key, so that a folder that changed is read anew.
        about: data set, split, seed and whatever else tells the draw, part of the key and written beside the arrays.
    """
    key = {
        "extractor": extractor.digest,
        "resize": extractor.resize,
        "n": len(images),
        "shape": list(images.shape[1:]),
        "pictures": hashlib.sha256(images.tobytes()).hexdigest(),
        **about,
    }
    text = json.dumps(key, sort_keys=True, indent=2)
    folder = cache_folder() / "readings" / hashlib.sha256(text.encode()).hexdigest()[:24]
    arrays = cached_arrays(folder, Reading._fields, lambda: extractor.read(images)._asdict())
    (folder / "key.json").write_text(text + "\n")
    return Reading(*(np.asarray(arrays[name]) for name in Reading._fields))
