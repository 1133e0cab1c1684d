"""The documentation is what would be generated, its commands exist, its links lead somewhere, its example works."""

import importlib.util
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import keras
import numpy as np
import pytest
from keras import ops

from ganapps import registry
from ganapps.cli.app import SETTINGS, VERBS, ganapps

ROOT = Path(__file__).parent.parent
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
EXAMPLE = ROOT / "docs" / "adding_a_gan.md"
CHECK = """
import runpy, sys
sys.path.insert(0, "tools")
sys.argv = ["tools/docs.py", "--check"]
try:
    runpy.run_path("tools/docs.py", run_name="__main__")
except SystemExit as end:
    assert not {"tensorflow", "keras", "jax"} & set(sys.modules), "making the pages must not load a backend"
    sys.exit(end.code)
"""


def names(pages):
    return [str(page.relative_to(ROOT)) for page in pages]


def commands(text):
    """The `ganapps ...` lines of the bash blocks."""
    for block in re.findall(r"```bash\n(.*?)```", text, re.DOTALL):
        yield from (line for line in block.splitlines() if line.startswith("ganapps "))


def example():
    return re.search(r"```python\n(.*?)```", EXAMPLE.read_text(encoding="utf-8"), re.DOTALL)[1]


def test_pages_are_what_would_be_generated():
    done = subprocess.run([sys.executable, "-c", CHECK], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_commands_exist(page):
    text = page.read_text(encoding="utf-8")
    for verb in re.findall(r"`ganapps ([a-z][a-z-]*)", text):
        assert verb in VERBS, f"`ganapps {verb}`"
    if page == EXAMPLE:
        return  # its model is not in the registry; what it types is what the README types
    for line in commands(text):
        command, args = ganapps, shlex.split(line, comments=True)[1:]
        while isinstance(command, click.Group):
            ctx = click.Context(command, **SETTINGS)
            found = command.get_command(ctx, args[0])
            assert found is not None, line
            command, args = found, args[1:]
        command.make_parser(click.Context(command, **SETTINGS)).parse_args(list(args))


def test_make_targets_exist():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE))
    assert {"quickstart", "test"} <= targets
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_relative_links_resolve(page):
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'src="([^"]+)"', text)
    for target in targets:
        if not re.match(r"[a-z]+://", target):
            assert (page.parent / target.partition("#")[0]).exists(), target


def test_the_example_is_a_model_of_at_most_40_lines(tmp_path):
    assert len(example().splitlines()) <= 40
    shutil.copytree(ROOT / "ganapps" / "models", tmp_path / "models")
    (tmp_path / "models" / "mode_collapse" / "hinge_gan.py").write_text(example(), encoding="utf-8")
    entry = registry.read(tmp_path / "models", "ganapps.models")["hinge-gan"]
    assert entry.needs == ("image",) and "small" in entry.presets and "learning_rate" in entry.parameters


def test_the_example_plays_by_the_hinge_loss(tmp_path):
    path = tmp_path / "hinge_gan.py"
    path.write_text(example(), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("hinge_gan", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    keras.utils.set_random_seed(0)
    model = module.HingeGAN(resolution=16, features=4, latent_dim=8)
    model.compile()
    images = np.random.default_rng(0).uniform(-1, 1, (4, 16, 16, 3)).astype("float32")
    before = [ops.convert_to_numpy(v) for player in model.players for v in model.variables_of(player)]
    logs = model.play({"image": ops.convert_to_tensor(images)})
    after = [ops.convert_to_numpy(v) for player in model.players for v in model.variables_of(player)]
    assert all(np.isfinite(float(value)) for value in logs.values())
    assert any(np.abs(x - y).max() > 0 for x, y in zip(before, after, strict=True))
    model.discriminator.layers[-1].kernel.assign(ops.zeros(model.discriminator.layers[-1].kernel.shape))
    assert float(model.discriminator_loss({"image": ops.convert_to_tensor(images)})[0]) == pytest.approx(2.0)
