"""Quantised files hold up where the quantizer itself does not."""

import keras
import numpy as np
import pytest

from ganapps.engine.signature import Input, Signature
from ganapps.export import convert, quantise, verify
from tests.export import small_networks as networks


def test_convolution_weights_above_32_mib(tmp_path):
    keras.utils.set_random_seed(1)
    x = keras.Input((2, 2, 1024))
    network = keras.Model(x, keras.layers.Conv2DTranspose(1024, 3, 2, "same")(x))
    signature = Signature("sample", network, {"latent": Input("latent", (2, 2, 1024))}, "point", "vector")
    convert.save(signature, {"latent": (2, 2, 1024)}, str(tmp_path))
    float32 = convert.to_tflite(str(tmp_path), "sample")
    assert len(float32) > 2**25
    latent = np.random.default_rng(0).normal(size=(1, 2, 2, 1024)).astype(np.float32)
    expected = network(latent).numpy()
    for model in (quantise.dynamic(float32), quantise.full(float32, "sample", [{"latent": latent}])):
        assert len(model) < 0.3 * len(float32)
        # The quantizer appends large weights to the file's end; a note in the file must not lose them.
        for content in (model, convert.with_note(model, {"name": "test"})):
            given = verify.run_tflite(content, "sample", {"latent": latent}, "point")
            assert verify.Difference.between(expected, given).psnr > 35


@pytest.mark.parametrize("kind", [networks.dcgan, networks.resnet])
def test_slices_quantise_as_one(kind, monkeypatch, tmp_path):
    signature = kind()
    real = networks.real_inputs(signature, 4, 1)
    shapes = {name: array.shape[1:] for name, array in real.items()}
    convert.save(signature, shapes, str(tmp_path))
    float32 = convert.to_tflite(str(tmp_path), signature.name)
    sliced = []
    for size in (1, 2**24):
        monkeypatch.setattr(quantise, "SLICE", size)
        sliced.append(quantise.dynamic(float32))
    assert sliced[0] == sliced[1]


def test_leaky_relu_between_int8_layers_stays(tmp_path):
    """The quantizer has no LeakyReLU; the layers around it must become int8 all the same."""
    keras.utils.set_random_seed(2)
    picture = keras.Input((16, 16, 3))
    x = keras.layers.LeakyReLU(0.2)(keras.layers.Conv2D(8, 4, 2, "same")(picture))
    x = keras.layers.Conv2DTranspose(3, 4, 2, "same", activation="tanh")(x)
    signature = Signature("a_to_b", keras.Model(picture, x), {"image": Input("image", (16, 16, 3))}, "generated")
    card = networks.export_small(signature, tmp_path / "bundle", precisions=("int8",), onnx=False)
    record = card.files["model_int8.tflite"]
    assert record["scheme"] == "full" and record["psnr"] > 40
    operations = verify.operations("f", (tmp_path / "bundle" / "model_int8.tflite").read_bytes())
    assert operations.count("QUANTIZE") == 2 and "LEAKY_RELU" in operations
