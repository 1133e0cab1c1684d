"""`ganapps apps`: the apps in a browser."""

import os
from pathlib import Path

import click

import ganapps
from ganapps.cli.app import Verb
from ganapps.errors import GanappsError

INSTALL = "pip install 'ganapps[apps]'"


@click.command(
    "apps",
    cls=Verb,
    short_help="Open the apps in a browser.",
    examples=(
        ("ganapps apps", "edit faces, enlarge photographs, draw landscapes"),
        ("ganapps apps --exports runs/dcgan-digits-1/export", "with bundles of yours"),
        ("ganapps apps --address 0.0.0.0 --no-browser", "for a phone in the same network"),
    ),
)
@click.option(
    "--exports",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder that holds the edge bundles.  [default: $GANAPPS_EXPORTS, else exports/ of the checkout]",
)
@click.option("--port", type=click.IntRange(1, 65535), default=8501, show_default=True, help="Where the apps answer.")
@click.option("--address", default="127.0.0.1", show_default=True, help="Who may come: 0.0.0.0 lets other machines in.")
@click.option("--browser/--no-browser", default=True, help="Whether to open a browser.  [default: browser]")
def command(exports: Path | None, port: int, address: str, browser: bool) -> None:
    """Start the apps and open them in a browser: face editing, super-resolution, sketch to photo, playground, zoo, study.

    They run the edge bundles of a folder with LiteRT and ONNX Runtime, as a phone does; no TensorFlow is loaded. They are
    part of the checkout, not of the installed package. Ctrl-C ends them.
    """
    from importlib.util import find_spec

    script = found()
    if find_spec("streamlit") is None:
        raise GanappsError(f"The apps need Streamlit, which is not installed: {INSTALL}")
    if taken(address, port):
        raise GanappsError(f"Something else answers at port {port}: give another with --port.")
    import signal
    import subprocess
    import sys

    line = [sys.executable, "-m", "streamlit", "run", str(script), f"--server.port={port}"]
    line += [f"--server.address={address}", f"--server.headless={'false' if browser else 'true'}"]
    click.echo(f"The apps are at http://{address}:{port} in a moment; Ctrl-C ends them.")
    environment = os.environ | ({"GANAPPS_EXPORTS": str(exports.resolve())} if exports else {})
    # SIGTERM ends the server too, as Ctrl-C does; by itself it would end this process alone.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code = subprocess.run(line, env=environment).returncode
    except KeyboardInterrupt:
        code = 0
    finally:
        signal.signal(signal.SIGTERM, before)
    if code:
        raise GanappsError(f"The apps ended with exit code {code}; what Streamlit said stands above.")


def found() -> Path:
    """The apps' entry in the checkout: that of the package in use, or the current folder.

    Raises:
        GanappsError: there is none.
    """
    for root in (Path(ganapps.__file__).resolve().parents[1], Path.cwd()):
        if (root / "apps" / "app.py").is_file():
            return root / "apps" / "app.py"
    raise GanappsError(
        "The apps are in the source checkout, not in the installed package: run this in the folder of a clone of ganapps."
    )


def taken(address: str, port: int) -> bool:
    """Whether the port is in use there."""
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return True
    return False
