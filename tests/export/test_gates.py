"""Nothing that a phone cannot run, or that is not the trained network any more, becomes a bundle."""

import contextlib
import os

import keras
import numpy as np
import onnx
import pytest
import tensorflow as tf
from keras import layers, ops

from ganapps.engine.signature import Input, Signature
from ganapps.errors import GanappsError
from ganapps.export import convert, files, quantise, verify
from tests.export import small_networks as networks
from tests.export.small_networks import export_small

LATENT = {"latent": Input("latent", (8,))}


@contextlib.contextmanager
def perturbed(network, share):
    """The network with each weight moved by a share of itself, up and down in turn."""
    weights = network.get_weights()
    network.set_weights([w * (1 + share * np.resize([1, -1], w.shape)) for w in weights])
    yield
    network.set_weights(weights)


def drifted(function, share):
    """A converter that gets a network other than the one it is compared with."""

    def convert_drifted(signature, *args, **options):
        with perturbed(signature.network, share):
            return function(signature, *args, **options)

    return convert_drifted


@pytest.mark.parametrize("kind", [networks.dcgan, networks.points])
def test_float32_that_is_not_the_network_is_refused(tmp_path, monkeypatch, kind):
    monkeypatch.setattr(convert, "save", drifted(convert.save, 1e-3))
    with pytest.raises(
        GanappsError, match=r"^model_float32\.tflite: its output is [\de.-]+ \(rms\) from Keras, more than 0\.0001"
    ):
        export_small(kind(), tmp_path / "bundle")
    assert os.listdir(tmp_path) == []


def test_onnx_that_is_not_the_network_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(convert, "to_onnx", drifted(convert.to_onnx, 1e-3))
    with pytest.raises(GanappsError, match=r"^model\.onnx: its output is .* from Keras"):
        export_small(networks.resnet(), tmp_path / "bundle", precisions=())
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("file", ["model_float32.tflite", "model.onnx"])
def test_float32_pixels_are_checked_in_the_file_itself(tmp_path, monkeypatch, file):
    name = "run_tflite" if file.endswith("tflite") else "run_onnx"
    true = getattr(verify, name)

    def three_levels_off(*args, **options):
        output = true(*args, **options)
        return output + np.uint8(3) if output.dtype == np.uint8 else output  # the float twin stays right

    monkeypatch.setattr(verify, name, three_levels_off)
    with pytest.raises(GanappsError, match=rf"^{file}: a pixel is \d+ grey levels from Keras, more than 1"):
        export_small(networks.conditional(), tmp_path / "bundle", precisions=("float32",))


def test_float16_that_is_not_the_network_is_refused(tmp_path, monkeypatch):
    signature = networks.dcgan()
    folder = str(tmp_path / "other")
    with perturbed(signature.network, 0.03):
        convert.save(signature, {"latent": (16,)}, folder)
    true = convert.to_tflite
    monkeypatch.setattr(
        convert, "to_tflite", lambda where, name, float16=False: true(folder if float16 else where, name, float16)
    )
    with pytest.raises(GanappsError, match=r"^model_float16\.tflite: its PSNR to Keras is [\d.]+ dB, below 50 dB"):
        export_small(signature, tmp_path / "bundle")


def test_weights_that_are_not_numbers_are_refused(tmp_path):
    signature = networks.dcgan()
    signature.network.layers[-1].bias.assign(np.full(3, np.nan))
    with pytest.raises(GanappsError, match=r"^'sample' gives NaN or infinity"):
        export_small(signature, tmp_path / "bundle")


def test_full_int8_must_agree_between_kernels(tmp_path, monkeypatch):
    monkeypatch.setattr(verify, "GREY_LEVELS", -1.0)
    card = export_small(networks.dcgan(), tmp_path / "bundle", precisions=("int8",), onnx=False)
    assert card.files["model_int8.tflite"]["scheme"] == "dynamic"


def test_int8_with_broken_ranges_falls_back_or_is_refused(tmp_path, monkeypatch):
    true = quantise.full

    def narrow(float32, name, samples):
        return true(float32, name, [{key: 0.1 * value for key, value in sample.items()} for sample in samples])

    monkeypatch.setattr(quantise, "full", narrow)
    record = export_small(networks.dcgan(), tmp_path / "bundle").files["model_int8.tflite"]
    assert record["scheme"] == "dynamic" and record["candidates"]["full"]["psnr"] < verify.FULL_PSNR
    monkeypatch.setattr(
        quantise, "dynamic", lambda float32: narrow(float32, "sample", [{"latent": np.ones((1, 16), np.float32)}])
    )
    with pytest.raises(GanappsError, match=r"^model_int8\.tflite: neither full int8 \(PSNR"):
        export_small(networks.dcgan(), tmp_path / "other")


def test_randomness_inside_the_network_is_refused_by_name(tmp_path):
    z = keras.Input((8,))
    signature = Signature("sample", keras.Model(z, layers.Dense(2)(networks.Noise()(z))), LATENT, "point", "vector")
    with pytest.raises(GanappsError, match=r"LiteRT has no operation .*StatelessRandomNormalV2.* 'sample'"):
        export_small(signature, tmp_path / "bundle")
    assert os.listdir(tmp_path) == []


def test_a_file_with_a_flex_operation_is_refused_by_name():
    converter = tf.lite.TFLiteConverter.from_concrete_functions(
        [tf.function(tf.linalg.det, input_signature=[tf.TensorSpec((3, 3))]).get_concrete_function()]
    )
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS, tf.lite.OpsSet.SELECT_TF_OPS]
    with pytest.raises(
        GanappsError, match=r"^model\.tflite: the operation 'FlexMatrixDeterminant' is not built into LiteRT"
    ):
        verify.operations("model.tflite", converter.convert())


def test_rank_5_is_refused_with_the_tensor(tmp_path):
    picture = keras.Input((8, 8, 4))
    x = layers.Conv2D(3, 1, activation="tanh")(
        networks.Rank5(name="shuffle")(layers.Conv2D(8, 3, padding="same")(picture))
    )
    signature = Signature("a_to_b", keras.Model(picture, x), {"image": Input("image", (8, 8, 4))}, "generated")
    batch = {"image": np.zeros((2, 8, 8, 4), np.float32)}
    with pytest.raises(GanappsError, match=r"^model_float32\.tflite: the tensor '.*shuffle.*' has rank 5"):
        files.tflite_files(networks.subject(signature, batch), [batch], ("float32",), None)


def test_an_operator_that_onnx_lacks_is_refused_by_name(tmp_path):
    z = keras.Input((8,))
    gelu = layers.Activation(lambda x: ops.gelu(x, approximate=False))(layers.Dense(2)(z))
    signature = Signature("sample", keras.Model(z, gelu), LATENT, "point", "vector")
    with pytest.raises(GanappsError, match=r"^model\.onnx: ONNX has no operator Erfc"):
        export_small(signature, tmp_path / "bundle")


def test_canonical_onnx_merges_equal_constants_and_drops_what_nothing_needs():
    model = onnx.parser.parse_model("""
        <ir_version: 8, opset_import: ["" : 18]>
        g (float[n, 2] image) => (float[n, 2] generated)
        <float[1] two__7 = {2}, float[1] also_two__3 = {2}, float[1] three = {3}>
        {
            unused = Mul(image, three)
            b__9 = Mul(image, two__7)
            c__1 = Add(b__9, also_two__3)
            generated = Relu(c__1)
        }
    """)
    convert.canonical(model)
    onnx.checker.check_model(model, full_check=True)
    assert [node.op_type for node in model.graph.node] == ["Mul", "Add", "Relu"]
    assert [tensor.name for tensor in model.graph.initializer] == ["constant_0"]
    assert model.graph.input[0].type.tensor_type.shape.dim[0].dim_param == "batch"
    assert "__" not in str(model)


def test_unequal_input_and_output_names_are_asked_for(tmp_path):
    signature = networks.attributes()
    clash = Signature("edit", signature.network, signature.inputs, "image")
    with pytest.raises(GanappsError, match=r"an input and an output named 'image'"):
        export_small(clash, tmp_path / "bundle")
