"""Every kind of network in every precision gives what Keras gives, and the folder says so."""

import hashlib
import json
import os

import keras
import numpy as np
import onnx
import onnxruntime
import pytest
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter

from ganapps.edge import Bundle
from ganapps.engine import inference
from ganapps.errors import GanappsError
from ganapps.export.bundle import export
from ganapps.export.choose import Metric
from tests.export import small_networks as networks
from tests.export.small_networks import export_small

# What a file may differ from Keras: largest grey level and PSNR; seeded networks, measured on the reference machine.
PSNR = {"float32": 80, "float16": 55, "int8": 35}


def fresh(signature, n=5):
    """Inputs neither calibrated nor verified on, as the network and as the bundle take them."""
    real = networks.real_inputs(signature, n, seed=123)
    edge = {
        name: np.round((array + 1) * 127.5).astype(np.uint8) if signature.inputs[name].kind == "image" else array
        for name, array in real.items()
    }
    return real, edge


def psnr(expected, given):
    peak = 255 if expected.dtype == np.uint8 else np.ptp(expected)
    square = np.mean((given.astype(float) - expected) ** 2)
    return 10 * np.log10(peak**2 / max(square, 1e-12))


def test_each_file_gives_what_keras_gives(exported):
    kind, signature, folder, card = exported
    real, edge = fresh(signature)
    expected = np.asarray(signature(**real))
    if signature.output_kind == "image":
        expected = np.round((np.clip(expected, -1, 1) + 1) * 127.5).astype(np.uint8)
    bundle = Bundle(folder)
    outputs = {}
    for record in card["files"].values():
        given = outputs[record["precision"], record["runtime"]] = bundle.run(
            record["precision"], record["runtime"], **edge
        )
        assert given.shape == expected.shape and given.dtype == expected.dtype
        assert psnr(expected, given) > PSNR[record["precision"]], (kind, record)
    assert len(outputs) == 4
    apart = np.abs(outputs["float32", "litert"].astype(float) - outputs["float32", "onnx"])
    assert apart.max() <= (1 if signature.output_kind == "image" else 1e-5)


def test_int8_is_full_but_for_instance_norm(exported):
    kind, _, folder, card = exported
    record = card["files"]["model_int8.tflite"]
    assert record["scheme"] == ("dynamic" if kind == "resnet-in" else "full"), record["reason"]
    assert set(record["candidates"]) == {"full", "dynamic"}
    types = {schema.TensorType.FLOAT32, schema.TensorType.UINT8, schema.TensorType.INT32}
    content = schema.ModelT.InitFromPackedBuf((folder / "model_int8.tflite").read_bytes(), 0)
    ends = [*content.subgraphs[0].inputs, *content.subgraphs[0].outputs]
    assert {content.subgraphs[0].tensors[i].type for i in ends} <= types  # a browser cannot load int8 ends


def test_files_are_named_static_and_described(exported):
    _, signature, folder, card = exported
    for name, record in card["files"].items():
        content = (folder / name).read_bytes()
        assert record["sha256"] == hashlib.sha256(content).hexdigest() and record["bytes"] == len(content)
        assert set(record["latency_ms"]) == {"1", "2"} and min(record["latency_ms"].values()) > 0
    interpreter = Interpreter(model_path=str(folder / "model_float32.tflite"))
    listed = interpreter.get_signature_list()[signature.name]
    assert set(listed["inputs"]) == set(signature.inputs) and listed["outputs"] == [signature.output]
    for name, details in interpreter.get_signature_runner(signature.name).get_input_details().items():
        assert list(details["shape"]) == [1, *card["inputs"][name]["shape"]]
        assert (details["shape_signature"] > 0).all() and details["dtype"] == np.dtype(card["inputs"][name]["dtype"])
    readme = (folder / "README.md").read_text()
    assert "synthetic" in readme and "CC0-1.0" in readme and all(name in readme for name in card["files"])


def test_every_file_carries_the_card(exported):
    _, signature, folder, card = exported
    for path in folder.glob("*.tflite"):
        content = schema.ModelT.InitFromPackedBuf(path.read_bytes(), 0)
        notes = {entry.name: content.buffers[entry.buffer].data for entry in content.metadata}
        note = json.loads(bytes(notes[b"ganapps"]))
        assert note["signature"] == signature.name and note["inputs"] == card["inputs"]
    properties = {entry.key: entry.value for entry in onnx.load(folder / "model.onnx").metadata_props}
    assert json.loads(properties["ganapps"])["output"] == card["output"]


def test_onnx_keeps_batch_and_size_open(tmp_path):
    signature = networks.resnet()
    export_small(signature, tmp_path / "bundle", precisions=())
    session = onnxruntime.InferenceSession(tmp_path / "bundle" / "model.onnx")
    assert session.get_inputs()[0].shape == ["batch", "height", "width", 3]
    picture = np.random.default_rng(0).integers(0, 256, (2, 24, 40, 3), np.uint8)
    given = session.run(["generated"], {"image": picture})[0]
    expected = (np.asarray(signature(image=picture / np.float32(127.5) - 1)) + 1) * 127.5
    assert given.shape == (2, 24, 40, 3) and np.abs(given - expected).max() <= 1


def test_same_network_gives_the_same_bytes(tmp_path):
    signature = networks.resnet()
    for name in ("one", "two"):
        export_small(signature, tmp_path / name)
    for path in (tmp_path / "one").iterdir():
        if path.suffix in (".tflite", ".onnx"):
            assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision_is_exported_in_float32(tmp_path, policy):
    keras.config.set_dtype_policy(policy)
    try:
        signature = networks.resnet(batch_norm=True)
    finally:
        keras.config.set_dtype_policy("float32")
    before = [np.copy(weight) for weight in signature.network.get_weights()]
    real, edge = fresh(signature)
    export_small(signature, tmp_path / "bundle", onnx=False, precisions=("float32",))
    given = Bundle(tmp_path / "bundle").run(**edge) / 127.5 - 1
    mixed = np.asarray(keras.ops.cast(signature(**real), "float32"))
    assert np.abs(given - mixed).mean() < (0.01 if policy == "mixed_float16" else 0.05)
    assert all(np.array_equal(a, b) for a, b in zip(before, signature.network.get_weights(), strict=True))
    assert keras.config.dtype_policy().name == "float32"


@pytest.mark.parametrize(("worst", "scheme"), [(0.0, "full"), (1.0, "dynamic")])
def test_the_metric_decides_between_int8_schemes(tmp_path, worst, scheme):
    def score(runner):
        picture = runner.sample(4, seed=1).astype(float)
        scores.append(float(picture.mean()))
        return 1.0 if len(scores) < 3 else 1.0 + worst * (len(scores) == 3)  # float32, float16, full, dynamic, onnx

    scores = []
    metric = Metric("brightness", score, better="lower")
    card = export_small(networks.dcgan(), tmp_path / "bundle", metric=metric)
    assert (
        card.files["model_int8.tflite"]["scheme"] == scheme
        and "brightness" in card.files["model_int8.tflite"]["reason"]
    )
    assert len(scores) == 5 and all(record["score"] == 1.0 for record in card.files.values())
    assert json.loads((tmp_path / "bundle" / "card.json").read_text())["metric"]["name"] == "brightness"


def test_no_int8_that_keeps_the_metric_is_refused(tmp_path):
    calls = []
    metric = Metric("loss", lambda runner: float(calls.append(runner) or len(calls)), better="lower")
    with pytest.raises(GanappsError, match=r"neither full int8 .* nor dynamic range"):
        export_small(networks.dcgan(), tmp_path / "bundle", metric=metric)
    assert not list(tmp_path.iterdir())


def test_an_old_bundle_is_replaced_whole_or_kept(tmp_path, monkeypatch):
    folder = tmp_path / "bundle"
    export_small(networks.dcgan(), folder, precisions=("float32",))
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    monkeypatch.setattr("ganapps.export.verify.FLOAT16_PSNR", 500.0)
    with pytest.raises(GanappsError, match=r"model_float16\.tflite.* dB, below 500 dB"):
        export_small(networks.dcgan(), folder, precisions=("float32", "float16"))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    monkeypatch.undo()
    export_small(networks.points(), folder, precisions=("float16",), onnx=False)
    assert sorted(os.listdir(folder)) == ["README.md", "card.json", "model_float16.tflite"]
    assert os.listdir(tmp_path) == ["bundle"]


def test_a_folder_with_other_files_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(GanappsError, match="holds other files"):
        export_small(networks.points(), tmp_path)
    assert os.listdir(tmp_path) == ["thesis.txt"]


def test_unknown_precision_and_missing_inputs_are_named(tmp_path):
    with pytest.raises(GanappsError, match="no precision 'int4'"):
        export_small(networks.points(), tmp_path / "a", precisions=("int4",))
    signature = networks.points()
    with pytest.raises(GanappsError, match="int8 needs real inputs"):
        reference = networks.real_inputs(signature, 2, 9)
        export(signature, tmp_path / "b", facts=networks.FACTS, calibration=[], reference=reference)


@pytest.mark.parametrize("kind", [networks.dcgan, networks.conditional])
def test_a_bundle_samples_what_the_model_samples(tmp_path, kind):
    signature = kind()
    export_small(signature, tmp_path / "bundle", precisions=("float32",), onnx=False)
    model = (inference.sample(signature, 5, seed=11) + 1) * 127.5
    assert np.abs(Bundle(tmp_path / "bundle").sample(5, seed=11) - model).max() < 0.51
