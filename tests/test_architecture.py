"""The house holds: a room imports only rooms below it, and what must start fast imports nothing heavy."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "ganapps"
#: from the roof down; a room may use the rooms after it
ROOMS = (
    "cli",
    "reproduce",
    "workflow",
    "export",
    "evaluate",
    "models",
    "networks",
    "layers",
    "losses",
    "metrics",
    "data",
    "engine",
    "edge",
    "tiles",
    "png",
    "attributes",
    "registry",
    "errors",
)
FILES = sorted(PACKAGE.rglob("*.py"))


def imports(path: Path) -> list[str]:
    """The dotted names a file imports, wherever the import stands."""
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return names


def room(parts: tuple[str, ...]) -> str:
    return parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_room_imports_only_rooms_below(path):
    here = room(path.relative_to(PACKAGE).parts)
    if here in ("__init__", "__main__"):
        return
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "ganapps" and len(parts) > 1 and parts[1] in ROOMS:
            assert ROOMS.index(parts[1]) >= ROOMS.index(here), f"{here} must not import {name}"


def test_every_room_is_known():
    rooms = {room(path.relative_to(PACKAGE).parts) for path in FILES} - {"__init__", "__main__"}
    assert rooms == set(ROOMS)


def test_backends_are_imported_in_their_shims_only():
    allowed = {"engine/backend/tensorflow.py", "engine/backend/jax.py", "engine/strategy.py", "workflow.py"}
    for path in FILES:
        where = str(path.relative_to(PACKAGE))
        if where in allowed or where.startswith(("data/", "export/")):
            continue
        heavy = [n for n in imports(path) if n.split(".")[0] in ("tensorflow", "jax", "torch")]
        assert not heavy, f"{where} imports {heavy}"


def test_the_edge_uses_no_framework():
    names = {name.split(".")[0] for name in imports(PACKAGE / "edge.py")}
    assert not names & {"tensorflow", "keras", "jax"}
    assert {n for n in imports(PACKAGE / "edge.py") if n.startswith("ganapps.")} <= {
        "ganapps.errors",
        "ganapps.errors.GanappsError",
        "ganapps.errors.UsageError",
        "ganapps.errors.nearest",
    }


@pytest.mark.parametrize("path", sorted((PACKAGE.parent / "apps").rglob("*.py")), ids=lambda p: p.name)
def test_the_apps_use_what_a_phone_has(path):
    """Streamlit, pictures and arrays, and of the package what runs and reads bundles."""
    used = {name.split(".")[1] for name in imports(path) if name.startswith("ganapps.")}
    assert used <= {"edge", "tiles", "png", "attributes", "errors"}
    assert not {name.split(".")[0] for name in imports(path)} & {"tensorflow", "keras", "jax", "skimage", "scipy"}


LIGHT = ("cli.app", "registry", "data.catalogue", "edge", "tiles", "attributes")


@pytest.mark.parametrize("module", ["ganapps", *(f"ganapps.{name}" for name in LIGHT)])
def test_light_modules_stay_light(module):
    code = f"import sys, {module}; print([m for m in ('tensorflow', 'keras', 'jax') if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_model_files_are_short():
    for path in (PACKAGE / "models").rglob("*.py"):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 200, path


def test_lengths_of_files():
    lengths = sorted(len(p.read_text(encoding="utf-8").splitlines()) for p in FILES if p.name != "__init__.py")
    assert lengths[len(lengths) // 2] <= 155
    assert lengths[-1] <= 480
