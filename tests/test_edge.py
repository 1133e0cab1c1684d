"""A bundle runs without TensorFlow, the same in every runtime, and says clearly what is wrong with it or its inputs."""

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ganapps.edge import Bundle, fit_picture
from ganapps.errors import GanappsError


@pytest.fixture(scope="module")
def sampler(tmp_path_factory):
    """Latent and one of three classes -> 8x8 grey picture whose brightness is the class."""
    import keras
    from keras import layers, ops

    from ganapps.engine.signature import Input, Signature

    keras.utils.set_random_seed(1)
    z, label = keras.Input((4,)), keras.Input((), dtype="int32")
    brightness = layers.Dense(64, use_bias=False, kernel_initializer="ones")(
        ops.matmul(ops.one_hot(label, 3), ops.convert_to_tensor([[-0.6], [0.0], [0.6]]))
    )
    x = layers.Add()([0.3 * layers.Dense(64)(z), brightness])
    x = layers.Reshape((8, 8, 1))(layers.Activation("tanh")(x))
    inputs = {"latent": Input("latent", (4,)), "label": Input("label", (), "int32", ("dark", "grey", "light"))}
    latents = np.random.default_rng(0).normal(size=(40, 4)).astype(np.float32)
    batch = {"latent": latents, "label": np.arange(40, dtype=np.int32) % 3}
    return _export(Signature("sample", keras.Model([z, label], x), inputs, "image"), batch, tmp_path_factory)


@pytest.fixture(scope="module")
def inverter(tmp_path_factory):
    """16x12 RGB picture -> its negative."""
    import keras

    from ganapps.engine.signature import Input, Signature

    picture = keras.Input((12, 16, 3))
    negative = keras.layers.Conv2D(3, 1, use_bias=False)
    network = keras.Model(picture, negative(picture))
    negative.set_weights([-np.eye(3, dtype=np.float32)[None, None]])
    batch = {"image": np.random.default_rng(0).integers(0, 256, (40, 12, 16, 3)).astype(np.float32) / 127.5 - 1}
    signature = Signature("a_to_b", network, {"image": Input("image", (12, 16, 3))}, "generated")
    return _export(signature, batch, tmp_path_factory)


def _export(signature, batch, tmp_path_factory):
    from ganapps.export.bundle import export
    from ganapps.export.card import Facts

    folder = tmp_path_factory.mktemp("bundle") / signature.name
    facts = Facts("test", "test", "Test", "A test.", {"steps": 0}, {"name": "none"}, "None.")
    reference = {name: array[:4] for name, array in batch.items()}
    export(signature, folder, facts=facts, calibration=[batch], reference=reference)
    return folder


FILES = [("float32", "litert"), ("float16", "litert"), ("int8", "litert"), ("float32", "onnx")]


@pytest.mark.parametrize(("precision", "runtime"), FILES)
def test_sample(sampler, precision, runtime):
    bundle = Bundle(sampler)
    pictures = bundle.sample(6, seed=3, precision=precision, runtime=runtime)
    assert pictures.shape == (6, 8, 8, 1) and pictures.dtype == np.uint8
    levels = pictures.mean((1, 2, 3))
    assert levels[0] < levels[1] < levels[2] and levels[3] < levels[4] < levels[5]  # no label: the classes in turn
    np.testing.assert_array_equal(pictures, bundle.sample(6, 3, precision, runtime))
    assert np.abs(pictures.astype(int) - bundle.sample(6, 4, precision, runtime)).max() > 20
    reference = bundle.sample(6, seed=3)
    apart = np.abs(pictures.astype(int) - reference)
    assert apart.mean() <= 2 and (precision == "int8" or apart.max() <= 1)


def test_the_widest_file_runs_where_none_is_named(sampler, tmp_path):
    narrow = shutil.copytree(sampler, tmp_path / "narrow")
    card = json.loads((narrow / "card.json").read_text())
    card["files"] = {name: told for name, told in card["files"].items() if told["precision"] == "int8"}
    (narrow / "card.json").write_text(json.dumps(card))
    few = Bundle(narrow)
    np.testing.assert_array_equal(few.sample(4, 3), Bundle(sampler).sample(4, 3, "int8"))
    np.testing.assert_array_equal(Bundle(sampler).sample(4, 3), Bundle(sampler).sample(4, 3, "float32"))
    with pytest.raises(GanappsError, match="has no float32 litert file, only int8 litert"):
        few.sample(4, 3, "float32")


def test_labels_by_number_name_and_list(sampler):
    bundle = Bundle(sampler)
    light = bundle.sample(4, seed=1, label="light")
    np.testing.assert_array_equal(light, bundle.sample(4, seed=1, label=2))
    np.testing.assert_array_equal(light[1::2], bundle.sample(4, seed=1, label=[0, 2, 0, 2])[1::2])
    assert light.mean() > 150


def test_truncation_shrinks_the_variety(sampler):
    bundle = Bundle(sampler)
    spread = [bundle.sample(32, seed=1, label=1, truncation=t).std(0).mean() for t in (1.0, 0.5, 0.01)]
    assert spread[0] > 1.5 * spread[1] and spread[2] < 2


@pytest.mark.parametrize(("precision", "runtime"), FILES)
def test_translate(inverter, precision, runtime):
    wide = np.zeros((24, 64, 3), np.uint8)
    wide[:, 16:48] = (200, 100, 50)  # the middle, which is what the crop to 4:3 keeps
    given = Bundle(inverter).translate(wide, precision, runtime)
    assert given.shape == (12, 16, 3) and given.dtype == np.uint8
    assert np.abs(given[:, 2:-2].astype(int) - (55, 155, 205)).max() <= 2  # bicubic sees a little beyond the crop


def test_pictures_of_every_make_fit():
    colours = np.random.default_rng(0).integers(0, 256, (9, 7, 3), np.uint8)
    np.testing.assert_array_equal(fit_picture(colours, (9, 7, 3)), colours)
    assert fit_picture(colours[..., 0], (4, 4, 3)).shape == (4, 4, 3)
    assert fit_picture(colours[..., :1], (4, 6, 1)).shape == (4, 6, 1)
    assert fit_picture(Image.fromarray(colours).convert("P"), (20, 10, 1)).shape == (20, 10, 1)
    lying = Image.fromarray(colours)
    lying.getexif()[0x0112] = 6  # a phone's "turn me right"
    np.testing.assert_array_equal(fit_picture(lying, (7, 9, 3)), np.rot90(colours, -1))
    for bad in (colours.astype(np.float32), colours[None], colours[..., :2]):
        with pytest.raises(GanappsError, match="A picture is a uint8 array"):
            fit_picture(bad, (4, 4, 3))


def test_one_item_and_a_batch_agree(sampler):
    bundle = Bundle(sampler)
    latents = np.random.default_rng(1).normal(size=(3, 4)).astype(np.float32)
    batch = bundle.run(latent=latents, label=1)
    assert batch.shape == (3, 8, 8, 1)
    np.testing.assert_array_equal(batch[2], bundle.run(latent=latents[2], label=1))
    np.testing.assert_array_equal(batch[:1], bundle.run(latent=latents[:1], label=[1]))


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"latent": np.zeros(4), "lable": 0}, r"no input 'lable'\. Did you mean 'label'\?"),
        ({"latent": np.zeros(4)}, r"needs the input 'label': int32 \[\]"),
        ({"latent": np.zeros(5), "label": 0}, r"'latent' has shape \(4,\), or \(n, \.\.\.\) for a batch; got \(5,\)"),
        ({"latent": np.zeros((2, 4)), "label": [0, 1, 2]}, "batches of different sizes"),
        ({"latent": np.zeros((0, 4)), "label": 0}, r"got \(0, 4\)"),
        ({"latent": np.zeros(4), "label": 3}, "class number from 0 to 2; got 3"),
        ({"latent": np.zeros(4), "label": -1}, "class number from 0 to 2; got -1"),
        ({"latent": np.zeros(4), "label": 0.5}, "'label' is int32; got float64"),
    ],
)
def test_wrong_inputs_are_named(sampler, inputs, message):
    with pytest.raises(GanappsError, match=message):
        Bundle(sampler).run(**inputs)


def test_wrong_requests_are_named(sampler, inverter):
    bundle = Bundle(sampler)
    with pytest.raises(GanappsError, match=r"no class 'drak'\. Did you mean 'dark'\?"):
        bundle.sample(1, seed=0, label="drak")
    with pytest.raises(GanappsError, match="truncation lies in"):
        bundle.sample(1, seed=0, truncation=0.0)
    with pytest.raises(GanappsError, match="no int8 onnx file, only float32 litert"):
        bundle.sample(1, seed=0, precision="int8", runtime="onnx")
    with pytest.raises(GanappsError, match="takes no picture"):
        bundle.translate(np.zeros((8, 8), np.uint8))
    with pytest.raises(GanappsError, match="needs the input 'image'"):
        Bundle(inverter).sample(1, seed=0)
    with pytest.raises(GanappsError, match=r"'image' has shape \(12, 16, 3\).*; got \(16, 12, 3\)"):
        Bundle(inverter).run(image=np.zeros((16, 12, 3), np.uint8))
    with pytest.raises(GanappsError, match="'image' is uint8; got float32"):
        Bundle(inverter).run(image=np.zeros((12, 16, 3), np.float32))


def test_missing_and_damaged_files_are_named(sampler, tmp_path):
    with pytest.raises(GanappsError, match="is no edge bundle"):
        Bundle(tmp_path)
    folder = shutil.copytree(sampler, tmp_path / "copy")
    content = bytearray((folder / "model_float16.tflite").read_bytes())
    content[len(content) // 2] ^= 1
    (folder / "model_float16.tflite").write_bytes(content)
    (folder / "model.onnx").unlink()
    bundle = Bundle(folder)
    assert bundle.sample(1, seed=0).shape == (1, 8, 8, 1)  # the other files still work
    with pytest.raises(GanappsError, match=r"model_float16\.tflite' is damaged"):
        bundle.sample(1, seed=0, precision="float16")
    with pytest.raises(GanappsError, match=r"model\.onnx' is missing"):
        bundle.sample(1, seed=0, runtime="onnx")
    card = json.loads((folder / "card.json").read_text())
    (folder / "card.json").write_text(json.dumps(card | {"format": 99}))
    with pytest.raises(GanappsError, match="has format 99, this version reads 1"):
        Bundle(folder)
    (folder / "card.json").write_text('{"format": 1,')
    with pytest.raises(GanappsError, match=r"card\.json' is damaged"):
        Bundle(folder)


@pytest.mark.parametrize("runtime", ["litert", "onnx"])
def test_threads_share_a_bundle(sampler, runtime):
    bundle = Bundle(sampler)
    alone = [bundle.sample(3, seed, runtime=runtime) for seed in range(16)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda seed: bundle.sample(3, seed, runtime=runtime), range(16)))
    np.testing.assert_array_equal(alone, together)


def test_no_tensorflow_is_imported(sampler):
    program = f"""
import sys
from ganapps.edge import Bundle
bundle = Bundle({str(sampler)!r})
assert bundle.sample(2, seed=1).shape == bundle.sample(2, seed=1, runtime="onnx").shape == (2, 8, 8, 1)
heavy = {{"tensorflow", "keras", "jax", "torch", "tf2onnx", "onnx", "scipy"}} & sys.modules.keys()
assert not heavy, heavy
"""
    root = Path(__file__).parents[1]
    subprocess.run([sys.executable, "-c", program], check=True, cwd=root)


def test_the_file_is_short():
    lines = (Path(__file__).parents[1] / "ganapps" / "edge.py").read_text().splitlines()
    assert len(lines) < 200
