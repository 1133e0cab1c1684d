"""The verb that starts the apps."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from ganapps.cli import apps


@pytest.fixture
def started(monkeypatch):
    """What would have been started: [command line, environment]."""
    lines = []

    def run(line, env):
        lines.append((line, env))
        return subprocess.CompletedProcess(line, 0)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    return lines


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_it_runs_streamlit_on_the_entry_of_the_checkout(call, started, here):
    (here / "bundles").mkdir()
    port = free_port()
    output = call(f"apps --port {port} --exports bundles --no-browser").output
    assert f"http://127.0.0.1:{port}" in output
    line, environment = started[0]
    assert line[1:4] == ["-m", "streamlit", "run"] and line[4].endswith("apps/app.py")
    assert f"--server.port={port}" in line and "--server.headless=true" in line
    assert environment["GANAPPS_EXPORTS"] == str(here / "bundles")


def test_outside_a_checkout_it_says_so(call, started, monkeypatch, here):
    monkeypatch.setattr(apps.ganapps, "__file__", str(here / "site-packages" / "ganapps" / "__init__.py"))
    result = call("apps", code=1)
    assert "in the source checkout" in result.stderr and not started
    (here / "apps").mkdir()
    (here / "apps" / "app.py").touch()
    call(f"apps --port {free_port()}")
    assert started[0][0][4] == str(here / "apps" / "app.py")


def test_without_streamlit_it_says_how_to_install_it(call, started, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert "pip install 'ganapps[apps]'" in call("apps", code=1).stderr


def test_a_port_that_is_taken(call, started):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert f"Something else answers at port {port}" in call(f"apps --port {port}", code=1).stderr
    assert not started


def test_a_failure_of_streamlit_is_a_failure(call, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    monkeypatch.setattr(subprocess, "run", lambda line, env: subprocess.CompletedProcess(line, 3))
    assert "exit code 3" in call(f"apps --port {free_port()}", code=1).stderr


def healthy(address, seconds=60):
    """What the server says of its health, as soon as it says anything."""
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return answer.read()
        except OSError:
            assert time.monotonic() < end, "no answer"
            time.sleep(0.5)


@pytest.mark.parametrize("end", ["group, SIGINT", "SIGTERM"])  # Ctrl-C; `kill`
def test_it_really_starts_and_ends(here, end):
    pytest.importorskip("streamlit", reason=apps.INSTALL)
    port = free_port()
    line = [sys.executable, "-m", "ganapps", "apps", "--no-browser", "--port", str(port)]
    process = subprocess.Popen(
        line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    try:
        address = f"http://127.0.0.1:{port}"
        assert address in process.stdout.readline()
        assert healthy(f"{address}/_stcore/health") == b"ok"
    finally:
        if end == "SIGTERM":
            process.terminate()
        else:
            os.killpg(process.pid, signal.SIGINT)
        process.wait(30)
    assert "Traceback" not in process.stdout.read() and process.returncode == 0
    assert not apps.taken("127.0.0.1", port), "the server has ended, too"
