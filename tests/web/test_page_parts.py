"""The page's own arithmetic is Python's, its service worker knows all files, and its tools refuse what was not pinned."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import vendor_web
import web_bundles
from PIL import Image

from ganapps import tiles
from ganapps.data.earth import PALETTE
from ganapps.edge import fit_picture
from tests.web.conftest import ROOT

WEB = ROOT / "exports" / "web"


def imported(phone, site, module, body, arg):
    """Call a function body with the module's exports as `m`."""
    if not phone.url.startswith(site.address):
        phone.goto(site.address)
    return phone.evaluate(f"async (arg) => {{ const m = await import('{site.address}js/{module}.js'); {body} }}", arg)


@pytest.mark.parametrize(("size", "tile"), [(5, 32), (32, 32), (33, 32), (75, 32), (300, 48)])
def test_tiles_lie_and_fade_as_in_python(phone, site, size, tile):
    begins = tiles.starts(max(size, tile), tile, tile // 4)
    found = imported(phone, site, "tiles", "return m.starts(arg[0], arg[1])", [max(size, tile), tile])
    assert found == begins
    made = imported(phone, site, "tiles", "return m.weights(arg[0], arg[1], 4).map((w) => [...w])", [begins, tile])
    wanted = tiles.weights([4 * begin for begin in begins], 4 * tile, 4 * (tile // 4))
    assert np.abs(np.array(made) - np.array(wanted)).max() < 1e-6


@pytest.mark.parametrize(
    ("width", "height", "shape"),
    [(64, 64, (64, 64, 3)), (200, 130, (32, 32, 3)), (31, 77, (64, 48, 3)), (90, 90, (28, 28, 1))],
)
def test_pictures_are_fitted_as_in_python(phone, site, width, height, shape):
    picture = np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)
    body = """const given = {width: arg[0], height: arg[1], channels: 3, data: Uint8Array.from(arg[2])};
              return [...m.fit(given, arg[3]).data];"""
    made = imported(phone, site, "pictures", body, [width, height, picture.ravel().tolist(), list(shape)])
    wanted = fit_picture(Image.fromarray(picture), shape)
    assert np.abs(np.array(made) - wanted.ravel().astype(int)).max() <= 1


def test_the_service_worker_keeps_every_file_of_the_page(phone, site):
    phone.goto(site.address)
    phone.wait_for_function("document.getElementById('offline').textContent === 'Works offline'")
    paths = "(await (await caches.open('ganapps')).keys()).map((request) => new URL(request.url).pathname)"
    kept = set(phone.evaluate(f"async () => {paths}"))
    own = [path for path in WEB.rglob("*.*") if "vendor" not in path.parts and path.name not in ("sw.js", "LICENCE.md")]
    missing = {f"/web/{path.relative_to(WEB).as_posix()}" for path in own} - kept
    assert not missing
    assert {path for path in kept if path.endswith(".tflite")} >= {"/sketch-to-photo/model_float16.tflite"}


def test_brushes_are_the_colours_of_the_data(exports):
    bundles = {bundle["folder"]: bundle for bundle in json.loads((exports / "web/bundles.json").read_text())["bundles"]}
    assert {place: bundle["tab"] for place, bundle in bundles.items()} == {
        "../face-editing/edit/": "edit",
        "../line-art-to-face/": "draw",
        "../sketch-to-photo/": "draw",
        "../super-resolution/": "enlarge",
    }
    assert [brush["colour"] for brush in bundles["../sketch-to-photo/"]["brushes"]] == PALETTE.tolist()
    assert bundles["../face-editing/edit/"]["reader"]["folder"] == "../face-editing/attributes/"
    assert bundles["../face-editing/edit/"]["title"] == "Face editing"


def test_samples_are_small_and_listed():
    listed = [entry for entries in json.loads((WEB / "samples/samples.json").read_text()).values() for entry in entries]
    assert {entry["file"] for entry in listed} == {f"samples/{path.name}" for path in (WEB / "samples").glob("*.png")}
    assert sum(path.stat().st_size for path in (WEB / "samples").iterdir()) < 400_000


def test_another_package_than_the_pinned_one_is_refused(tmp_path):
    archive = tmp_path / "package.tgz"
    archive.write_bytes(b"something else")
    package = vendor_web.pinned()["onnxruntime-web"]
    with pytest.raises(vendor_web.VendorError, match="not the package that was pinned"):
        vendor_web.check(archive, "onnxruntime-web@1", package["integrity"])


def test_an_unfinished_folder_is_not_complete(tmp_path):
    assert not vendor_web.complete(tmp_path)
    versions = {name: package["version"] for name, package in vendor_web.pinned().items()}
    (tmp_path / vendor_web.RECORD).write_text(json.dumps(versions))
    assert not vendor_web.complete(tmp_path)


def test_without_npm_there_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(vendor_web.VendorError, match="install Node"):
        vendor_web.fetch(tmp_path / "vendor")


def test_the_page_loads_nothing_from_elsewhere():
    for path in [*WEB.glob("*.*"), *(WEB / "js").glob("*.js")]:
        text = path.read_text(encoding="utf-8")
        assert not re.findall(r"https?://(?!www\.w3\.org)", text), path


def test_titles_fit_a_menu():
    assert web_bundles.title(Path("face-editing/edit"), "edit") == "Face editing"
    assert web_bundles.title(Path("map-satellite/a_to_b"), "a_to_b") == "Map satellite, a to b"
