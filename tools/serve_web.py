"""Serve exports/ with the phone page (`make web`): fetches the runtimes when they are missing, lists the bundles, serves.

    python tools/serve_web.py [--port 8000] [--host 127.0.0.1]

With --host 0.0.0.0 phones in the same network reach it. Without HTTPS their browsers then keep nothing for offline use;
a phone on a cable sees it as its own after `adb reverse tcp:8000 tcp:8000`, and does.
"""

import argparse
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import vendor_web
import web_bundles


class Handler(SimpleHTTPRequestHandler):
    """Says the types that browsers insist on, and nothing on the terminal."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
        ".webmanifest": "application/manifest+json",
        ".json": "application/json",
    }

    def log_message(self, *args: object) -> None:
        pass


def server(exports: Path, host: str, port: int) -> ThreadingHTTPServer:
    """A server of the folder; port 0 takes a free one."""
    return ThreadingHTTPServer((host, port), partial(Handler, directory=str(exports)))


def main() -> int:
    """Prepare and serve until Ctrl-C; the exit code."""
    parser = argparse.ArgumentParser(description="Serve the phone page.")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--exports", type=Path, default=web_bundles.ROOT / "exports")
    given = parser.parse_args()
    if not vendor_web.complete():
        try:
            vendor_web.fetch()
        except vendor_web.VendorError as error:
            print(error, file=sys.stderr)
            return 1
    web_bundles.write(given.exports)
    try:
        running = server(given.exports, given.host, given.port)
    except OSError:
        print(f"Port {given.port} is taken: try make web WEB_PORT={given.port + 1}.", file=sys.stderr)
        return 1
    shown = "localhost" if given.host in ("127.0.0.1", "0.0.0.0") else given.host
    print(f"The phone page: http://{shown}:{running.server_port}/web/   (Ctrl-C ends it)", flush=True)
    try:
        running.serve_forever()
    except KeyboardInterrupt:
        print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
