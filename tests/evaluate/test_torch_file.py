"""The PyTorch file reader against PyTorch itself, and against files that want to run something."""

import pickle
from pathlib import Path

import numpy as np
import pytest

from ganapps.errors import GanappsError
from ganapps.networks.torch_file import read_torch_file


@pytest.mark.parametrize("zipped", [True, False])
def test_reads_what_torch_wrote_in_both_layouts(tmp_path: Path, zipped: bool) -> None:
    torch = pytest.importorskip("torch")
    shared = torch.arange(24, dtype=torch.float32)
    state = {
        "conv.weight": torch.randn(3, 2, 5, 5),
        "transposed": torch.randn(4, 6).T,
        "window": shared[4:20:2],
        "half": torch.randn(7).half(),
        "bn.num_batches_tracked": torch.tensor(5),
        "parameter": torch.nn.Parameter(torch.randn(2, 2)),
    }
    torch.save(state, tmp_path / "state.pth", _use_new_zipfile_serialization=zipped)
    read = read_torch_file(tmp_path / "state.pth")
    assert read.keys() == state.keys()
    for name, tensor in state.items():
        np.testing.assert_array_equal(read[name], tensor.detach().numpy())
        assert read[name].dtype == tensor.detach().numpy().dtype


@pytest.mark.parametrize("zipped", [True, False])
def test_reads_the_state_dictionary_of_a_module(tmp_path: Path, zipped: bool) -> None:
    torch = pytest.importorskip("torch")
    module = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4))
    torch.save(module.state_dict(), tmp_path / "state.pth", _use_new_zipfile_serialization=zipped)
    read = read_torch_file(tmp_path / "state.pth")
    np.testing.assert_array_equal(read["0.weight"], module[0].weight.detach().numpy())
    assert read["1.running_var"].shape == (4,)


class Harmful:
    def __reduce__(self) -> tuple:
        return Path.touch, (Path("harmed"),)


def test_a_pickle_that_asks_for_code_is_refused_unrun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.pth").write_bytes(pickle.dumps(Harmful()))
    with pytest.raises(GanappsError, match=r"cannot be read|can be read safely"):
        read_torch_file(tmp_path / "bad.pth")
    assert not (tmp_path / "harmed").exists()


def test_a_window_outside_its_storage_is_refused(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    torch.save({"w": torch.zeros(4)}, tmp_path / "state.pth", _use_new_zipfile_serialization=False)
    content = (tmp_path / "state.pth").read_bytes()
    cut = content[: -4 * 4]
    (tmp_path / "cut.pth").write_bytes(cut)
    with pytest.raises(GanappsError):
        read_torch_file(tmp_path / "cut.pth")


def test_a_file_of_another_kind_is_an_error_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "notes.pth").write_text("hello")
    with pytest.raises(GanappsError, match=r"notes.pth"):
        read_torch_file(tmp_path / "notes.pth")
