"""Export a signature of a tiny model and compare what its files give, as a phone would run them."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from ganapps.edge import Bundle
from ganapps.engine.inference import draw_inputs
from ganapps.engine.signature import Signature
from ganapps.export.bundle import export
from ganapps.export.card import Facts


def export_and_compare(signature: Signature, folder: Path) -> None:
    """Export float32 and ONNX (the gates of ``export`` compare them with Keras); then both runtimes must agree."""
    rng = np.random.default_rng(0)
    given = {}
    for name, spec in signature.inputs.items():
        if spec.kind == "image":
            shape = [signature.tile if side is None else side for side in spec.shape]
            given[name] = rng.uniform(-1, 1, (4, *shape)).astype("float32")
        elif spec.kind == "attributes":
            given[name] = rng.integers(0, 2, (4, *spec.shape)).astype("float32")
    drawn = {name: spec for name, spec in signature.inputs.items() if name not in given}
    given |= draw_inputs(replace(signature, inputs=drawn), 4, seed=0)
    inputs = {name: given[name] for name in signature.inputs}
    facts = Facts(
        name="tiny", model="tiny", title="A tiny model", description="For a test.", training={}, data={}, limits="None."
    )
    export(
        signature, folder / signature.name, facts=facts, calibration=[inputs], reference=inputs, precisions=("float32",)
    )
    bundle = Bundle(folder / signature.name)
    raw = dict(inputs)
    for name, spec in signature.inputs.items():
        if spec.kind == "image":
            raw[name] = np.round((raw[name] + 1) * 127.5).astype("uint8")
    lite, onnx = bundle.run(runtime="litert", **raw), bundle.run(runtime="onnx", **raw)
    assert lite.shape == onnx.shape
    np.testing.assert_allclose(
        lite.astype("float32"), onnx.astype("float32"), atol=1 if lite.dtype == np.uint8 else 1e-4
    )
