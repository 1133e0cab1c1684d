"""Twenty people edit at the same time: how long the apps take to answer, and how much memory they need.

    python benchmarks/app_load.py                                    # prints
    python benchmarks/app_load.py --write                            # into benchmarks/results/app_load.json as well
    python benchmarks/app_load.py --sessions 40 --think 0 --bundles /somewhere/bundles

Each session is a websocket connection that says what a browser says. Half of the sessions draw a stroke at a time on the
page Sketch to photo, the others turn a switch at a time on Face editing. An answer is there when the server has finished
and the new picture has been fetched. Between an answer and the next edit a session waits --think seconds, half as long to
half as long again. Sessions run beside the server on the same cores.
"""

import argparse
import base64
import datetime
import io
import itertools
import json
import os
import platform
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "results" / "app_load.json"
CANVAS = "streamlit_drawable_canvas"
SIDE = 384


class Session(threading.Thread):
    """One person: opens a page, then makes ``edits`` edits; fills ``opened`` (seconds) and ``answers`` (seconds)."""

    def __init__(self, address: str, page: str, edits: int, think: float, seed: int) -> None:
        super().__init__(daemon=True)
        self.address, self.page, self.edits, self.think = address, page, edits, think
        self.random = random.Random(seed)
        self.opened, self.answers, self.failures = 0.0, [], []
        self.elements: dict[tuple[int, ...], tuple[object, str]] = {}  # what lies where on the page, and its fragment
        self.known: dict[str, ForwardMsg] = {}
        self.states: dict[str, WidgetState] = {}
        self.script = ""

    def run(self) -> None:
        """Open, edit, close; what goes wrong is kept in ``failures``."""
        try:
            socket_address = f"{self.address.replace('http', 'ws', 1)}/_stcore/stream"
            with connect(socket_address, subprotocols=["streamlit"], max_size=None, open_timeout=60) as connection:
                begin = time.perf_counter()
                self.ask(connection, page_name=self.page)
                self.opened = time.perf_counter() - begin
                for number in range(self.edits):
                    time.sleep(self.think * self.random.uniform(0.5, 1.5))
                    state, fragment = PAGES[self.page](self, number)
                    self.states[state.id] = state
                    begin = time.perf_counter()
                    self.ask(connection, page_script_hash=self.script, fragment_id=fragment)
                    self.answers.append(time.perf_counter() - begin)
        except Exception as error:
            self.failures.append(f"{type(error).__name__}: {error}")

    def ask(self, connection: ClientConnection, **where: str) -> None:
        """Have the script run with the widgets as they are, take its answer, fetch the pictures that are new."""
        message = BackMsg()
        for name, value in where.items():
            setattr(message.rerun_script, name, value)
        message.rerun_script.widget_states.widgets.extend(self.states.values())
        connection.send(message.SerializeToString())
        urls, drawn = [], 0
        while True:
            answer = ForwardMsg.FromString(connection.recv(timeout=120))
            kind = answer.WhichOneof("type")
            if kind == "ref_hash":
                answer.delta.CopyFrom(self.known[answer.ref_hash].delta)
            elif kind == "delta" and answer.hash:
                self.known[answer.hash] = answer
            if kind == "new_session":
                self.script = answer.new_session.page_script_hash
            elif kind in ("delta", "ref_hash") and answer.delta.WhichOneof("type") == "new_element":
                element = answer.delta.new_element
                self.elements[tuple(answer.metadata.delta_path)] = element, answer.delta.fragment_id
                what = element.WhichOneof("type")
                if what == "exception" or (what == "alert" and "wrong" in element.alert.body):
                    raise RuntimeError(f"the page shows: {element.exception.message or element.alert.body}")
                if what == "imgs":
                    urls += [image.url for image in element.imgs.imgs]
                drawn += what == "imgs" or (
                    what == "bidi_component" and "ganapps_compare" in element.bidi_component.component_name
                )
            elif kind == "script_finished" and answer.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                break
        if not drawn and self.opened:
            raise RuntimeError("an answer without a picture")
        for url in urls:
            with urllib.request.urlopen(self.address + url, timeout=60) as file:
                file.read()

    def widgets(self, kind: str, name: str) -> list[tuple[object, str]]:
        """The widgets of a kind with ``name`` in their id or component, and the fragments they belong to."""
        found = [
            (getattr(element, kind), fragment)
            for element, fragment in self.elements.values()
            if element.WhichOneof("type") == kind
        ]
        return [one for one in found if name in one[0].id or name in getattr(one[0], "component_name", "")]


def stroke(session: Session, number: int) -> tuple[WidgetState, str]:
    """Draw one more line on the first canvas of the page; what its browser part would send."""
    canvas, fragment = session.widgets("bidi_component", CANVAS)[0]
    before = (
        json.loads(session.states[canvas.id].json_value)["drawing"]["raw"]["objects"]
        if canvas.id in session.states
        else []
    )
    ends = [session.random.randrange(SIDE) for _ in range(4)]
    colour = session.random.choice(("#96bee1", "#f0ece1", "#5a8cd2", "#3250aa"))
    path = [["M", *ends[:2]], *(["Q", *(ends[0] + i, ends[1]), *ends[2:]] for i in range(20)), ["L", *ends[2:]]]
    objects = [*before, {"type": "Path", "stroke": colour, "strokeWidth": 30, "fill": None, "path": path}]
    layer = Image.new("RGBA", (SIDE, SIDE))
    for one in objects:
        (_, *start), (_, *end) = one["path"][0], one["path"][-1]
        ImageDraw.Draw(layer).line((*start, *end), fill=one["stroke"], width=30)
    buffer = io.BytesIO()
    layer.save(buffer, "PNG")
    data = f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"
    value = {"drawing": {"raw": {"objects": objects}, "data": data}}
    return WidgetState(id=canvas.id, json_value=json.dumps(value)), fragment


def switch(session: Session, number: int) -> tuple[WidgetState, str]:
    """Turn one of the switches of the page."""
    found = session.widgets("checkbox", "switch_")
    box, fragment = found[number % len(found)]
    return WidgetState(id=box.id, bool_value=not (box.value if box.set_value else box.default)), fragment


PAGES: dict[str, Callable[[Session, int], tuple[WidgetState, str]]] = {
    "sketch_to_photo": stroke,
    "face_editing": switch,
}


def megabytes(process: subprocess.Popen) -> float:
    """Resident memory of a process."""
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def serve(bundles: Path, log: Path) -> tuple[subprocess.Popen, str, float]:
    """The running server, its address, and the seconds until it answered."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    line = [sys.executable, "-m", "streamlit", "run", "apps/app.py", "--server.headless=true", f"--server.port={port}"]
    environment = os.environ | {"GANAPPS_EXPORTS": str(bundles), "PYTHONPATH": str(ROOT)}
    begin = time.perf_counter()
    with log.open("w") as out:
        process = subprocess.Popen(
            [*line, "--server.address=127.0.0.1", "--browser.gatherUsageStats=false"],
            cwd=ROOT, stdout=out, stderr=out, env=environment,
        )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    while time.perf_counter() - begin < 120 and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=5):
                return process, address, time.perf_counter() - begin
        except OSError:
            time.sleep(0.05)
    process.kill()
    raise SystemExit(f"The server does not answer:\n{log.read_text()}")


def seconds(values: list[float]) -> dict[str, float]:
    """Median, 95th percentile and worst."""
    ordered = sorted(values)
    middle, late = statistics.median(ordered), ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return {"median": round(middle, 3), "p95": round(late, 3), "worst": round(ordered[-1], 3)}


def measure(pages: list[str], arguments: argparse.Namespace) -> dict[str, object]:
    """Start a server, edit, close; the numbers. SystemExit when a session failed."""
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log.txt"
        process, address, start = serve(arguments.bundles, log)
        try:
            memory = {"server alone": megabytes(process)}
            first = {}
            Session(address, "", 0, 0, 0).run()  # the page that comes first, as a person opens it
            for page in pages:  # one visitor first: what is loaded once
                visitor = Session(address, page, 1, 0, 0)
                visitor.run()
                if visitor.failures:
                    raise SystemExit(f"{page}: {visitor.failures[0]}\n{log.read_text()}")
                first[page] = {"open": round(visitor.opened, 3), "edit": round(visitor.answers[0], 3)}
            memory["after one visitor a page"] = megabytes(process)
            turns = itertools.islice(itertools.cycle(pages), arguments.sessions)
            sessions = [
                Session(address, page, arguments.edits, arguments.think, seed) for seed, page in enumerate(turns)
            ]
            for session in sessions:
                session.start()
            peak = 0.0
            while any(session.is_alive() for session in sessions):
                peak = max(peak, megabytes(process))
                time.sleep(0.2)
            memory |= {"most while editing": peak, "at the end": megabytes(process)}
            failures = [failure for session in sessions for failure in session.failures]
            failures += ["a traceback in the log"] * ("Traceback" in log.read_text())
            alive = process.poll() is None
        finally:
            process.terminate()
            process.wait(20)
        if failures or not alive:
            raise SystemExit(
                f"{len(failures)} failures; server alive: {alive}; {failures[:3]}\n{log.read_text()[-3000:]}"
            )
    return {
        "sessions": arguments.sessions,
        "edits_a_session": arguments.edits,
        "think_seconds": arguments.think,
        "load_average_before": round(load, 2),
        "server_start_seconds": round(start, 2),
        "first_visitor_seconds": first,
        "open_seconds": seconds([session.opened for session in sessions]),
        "answer_seconds": seconds([answer for session in sessions for answer in session.answers]),
        "answer_seconds_by_page": {
            page: seconds([answer for session in sessions if session.page == page for answer in session.answers])
            for page in pages
        },
        "answers": sum(len(session.answers) for session in sessions),
        "failures": len(failures),
        "memory_mb": {when: round(value, 1) for when, value in memory.items()},
    }


def main() -> None:
    """Measure, print, and write when asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--edits", type=int, default=15, help="of each session")
    parser.add_argument("--think", type=float, default=2.0, help="seconds between an answer and the next edit")
    parser.add_argument("--pages", nargs="+", choices=list(PAGES), default=list(PAGES))
    parser.add_argument("--bundles", type=Path, default=Path(os.environ.get("GANAPPS_EXPORTS") or ROOT / "exports"))
    parser.add_argument("--write", action="store_true", help=f"write {RESULTS.relative_to(ROOT)}")
    arguments = parser.parse_args()
    record = {
        "name": "app_load",
        "command": "python benchmarks/app_load.py --write",
        "date": datetime.date.today().isoformat(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        **measure(arguments.pages, arguments),
    }
    print(json.dumps(record, indent=2))
    if arguments.write:
        RESULTS.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
