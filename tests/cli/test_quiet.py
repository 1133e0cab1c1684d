"""The filter drops the libraries' start-up talk and nothing else."""

import os
import signal
import subprocess
import sys

import pytest

from ganapps.cli.quiet import TALK

TALKS = [
    b"WARNING: All log messages before absl::InitializeLog() is called are written to STDERR",
    b"I0000 00:00:1795412794.352405    6979 port.cc:153] oneDNN custom operations are on.",
    b"W0000 00:00:1795412794.352405    6979 tf_tfl_flatbuffer_helpers.cc:392] Ignored output_format.",
    b"E0000 00:00:1795412794.3    6979 cuda_blas.cc:1418] Unable to register cuBLAS factory: already registered",
    b"E0000 00:00:1795415640.4   31640 cuda_platform.cc:52] failed call to cuInit: INTERNAL: CUDA error",
    b"2026-11-23 05:40:12.123456: I tensorflow/core/util/port.cc:153] oneDNN",
    b"To enable the following instructions: AVX2 FMA, in other operations, rebuild TensorFlow",
    b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU.",
    b"'+prefer-no-scatter' is not a recognized feature for this target (ignoring feature)",
    b"\x1b[0;93m2026-11-23 05:40:12.1 [W:onnxruntime:Default, device_discovery.cc:164] GPU device discovery failed",
]
WORDS = [
    b"Error: There is no model 'x'.",
    b"E0000 00:00:1795412794.3  6979 bfc_allocator.cc:1] out of memory",
    b"F0000 00:00:1795412794.3  6979 tensor.cc:1] Check failed: dtype",
    b"2026-11-23 05:40:12.1: E tensorflow/core: an error",
    b"Fatal Python error: Segmentation fault",
    b"In other news, WARNING: mine",
]


@pytest.mark.parametrize("line", TALKS)
def test_talk_is_known(line):
    assert TALK.match(line)


@pytest.mark.parametrize("line", WORDS)
def test_words_pass(line):
    assert not TALK.match(line)


def run(code: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", f"import os, sys\nfrom ganapps.cli import quiet\n{code}"], capture_output=True, text=True
    )


def test_native_output_is_filtered_and_python_output_is_not():
    result = run("""
quiet.start()
os.write(2, b"I0000 00:00:1 talk\\nnative words\\n")
print("I0000 00:00:1 from python", file=sys.stderr)
""")
    assert sorted(result.stderr.splitlines()) == ["I0000 00:00:1 from python", "native words"]


def test_the_last_words_of_a_crash_arrive():
    result = run("""
import faulthandler, resource
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
quiet.start()
os.write(2, b"F0000 00:00:1 Check failed\\n")
os.abort()
""")
    assert result.returncode == -signal.SIGABRT
    assert "Check failed" in result.stderr


def test_it_starts_with_the_first_native_library_only(tmp_path):
    (tmp_path / "onnxruntime.py").write_text("import os\nos.write(2, b'I0000 00:00:1 talk\\nwords\\n')\n")
    result = run(f"""
sys.path.insert(0, {str(tmp_path)!r})
quiet.on_first_import()
before = os.fstat(2)
import json, decimal
assert os.fstat(2) == before
import onnxruntime
assert os.fstat(2) != before
assert not any(isinstance(finder, quiet.Watch) for finder in sys.meta_path)
""")
    assert result.returncode == 0, result.stderr
    assert result.stderr == "words\n"


def test_an_interrupt_leaves_the_filter_alive():
    code = """
import signal, time
signal.signal(signal.SIGINT, lambda *_: None)
quiet.start()
print("ready", flush=True)
time.sleep(1)
os.write(2, b"after the interrupt\\n")
"""
    command = [sys.executable, "-c", f"import os, sys\nfrom ganapps.cli import quiet\n{code}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, process_group=0) as process:
        assert process.stdout is not None and process.stdout.readline() == b"ready\n"
        os.killpg(process.pid, signal.SIGINT)
        assert b"after the interrupt" in process.communicate(timeout=20)[1]


def test_tensorflow_says_nothing():
    code = "quiet.on_first_import()\nimport tensorflow as tf\nprint(int(tf.add(1, 2)))"
    result = subprocess.run(
        [sys.executable, "-c", f"import os, sys\nfrom ganapps.cli import quiet\n{code}"],
        capture_output=True,
        text=True,
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"},
    )
    assert (result.stdout, result.stderr) == ("3\n", "")
