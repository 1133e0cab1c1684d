"""Fetch the phone page's two runtimes into exports/web/vendor/ (34 MB, not committed), each package checked by its hash.

    python tools/vendor_web.py            fetch what is missing
    python tools/vendor_web.py --check    exit 1 when something is missing or of another version

The packages, versions and SHA-512 hashes stand in vendor_web.json; npm (part of Node.js) does the fetching.
"""

import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "exports" / "web" / "vendor"
PINNED = Path(__file__).with_suffix(".json")
RECORD = "versions.json"  # in the folder: what was fetched, written last
#: a browser's worker knows no import maps, so the one import by package name becomes an import by path
BARE, PATH = '"@litertjs/wasm-utils"', '"./wasm-utils.js"'


class VendorError(Exception):
    """A sentence for the user."""


def pinned() -> dict[str, dict[str, Any]]:
    """By package: version, licence, integrity, and the files needed with their places in the folder."""
    return json.loads(PINNED.read_text(encoding="utf-8"))


def complete(folder: Path = VENDOR) -> bool:
    """Whether the folder holds every file of the pinned versions."""
    record = folder / RECORD
    try:
        versions = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    packages = pinned()
    return versions == {name: package["version"] for name, package in packages.items()} and all(
        (folder / place).is_file() for package in packages.values() for place in package["files"].values()
    )


def fetch(folder: Path = VENDOR) -> None:
    """Fill the folder anew. Raises VendorError: npm is missing or fails, or a package is not the pinned one."""
    npm = shutil.which("npm")
    if npm is None:
        raise VendorError(
            "npm was not found: install Node.js (on Debian and Ubuntu: apt install npm) and run this again."
        )
    packages = pinned()
    shutil.rmtree(folder, ignore_errors=True)
    with tempfile.TemporaryDirectory() as place:
        for name, package in packages.items():
            wanted = f"{name}@{package['version']}"
            print(f"fetching {wanted}", flush=True)
            archive = pack(npm, wanted, Path(place))
            check(archive, wanted, package["integrity"])
            unpack(archive, package["files"], folder)
    module = folder / "litert" / "index.js"
    module.write_text(module.read_text(encoding="utf-8").replace(BARE, PATH), encoding="utf-8")
    # The packages carry no licence texts: LiteRT's are under the Apache License 2.0, as this repository is.
    shutil.copy(ROOT / "LICENSE", folder / "litert" / "LICENSE")
    shutil.copy(Path(__file__).with_name("vendor_web_onnxruntime.txt"), folder / "onnx" / "LICENSE")
    versions = {name: package["version"] for name, package in packages.items()}
    (folder / RECORD).write_text(json.dumps(versions, indent=2) + "\n", encoding="utf-8")


def pack(npm: str, wanted: str, place: Path) -> Path:
    """The package's archive, fetched by npm into ``place``."""
    done = subprocess.run([npm, "pack", wanted, "--json", "--silent"], cwd=place, capture_output=True, text=True)
    if done.returncode:
        raise VendorError(f"npm could not fetch {wanted}: check the network or npm's settings, then run this again.")
    return place / json.loads(done.stdout)[0]["filename"]


def check(archive: Path, wanted: str, integrity: str) -> None:
    """Raise VendorError unless the archive has the pinned SHA-512 (written as npm does: sha512-BASE64)."""
    found = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != integrity:
        raise VendorError(f"{wanted} is not the package that was pinned: its hash is {found}, not {integrity}.")


def unpack(archive: Path, files: dict[str, str], folder: Path) -> None:
    """Copy the files (path in the package -> path in the folder) out of the archive."""
    with tarfile.open(archive) as package:
        for inside, place in files.items():
            target = folder / place
            target.parent.mkdir(parents=True, exist_ok=True)
            member = package.extractfile(f"package/{inside}")
            if member is None:
                raise VendorError(f"{archive.name} has no file {inside}.")
            with member, target.open("wb") as file:
                shutil.copyfileobj(member, file)


def main() -> int:
    """Check or fetch; the exit code."""
    if complete():
        return 0
    if "--check" in sys.argv[1:]:
        print("exports/web/vendor is not there or is of another version: run python tools/vendor_web.py.")
        return 1
    try:
        fetch()
    except VendorError as error:
        print(error, file=sys.stderr)
        return 1
    size = sum(path.stat().st_size for path in VENDOR.rglob("*") if path.is_file())
    print(f"exports/web/vendor is complete: {size / 1e6:.0f} MB.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
