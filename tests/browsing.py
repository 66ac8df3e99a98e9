"""A browser for the end-to-end tests: Debian's Chromium, driven by Playwright, on loopback only."""

import functools
import gzip
import http.server
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import ROOT
from playwright.sync_api import Browser, Page, sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
NPM = ROOT / "tests/npm/node_modules"

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
    "--no-first-run",
    "--disable-component-update",
    "--disable-quic",
]


def needs_chromium() -> None:
    """Skip the module where there is no browser, but never in CI."""
    if CHROMIUM is None and not os.environ.get("CI"):
        pytest.skip("needs Chromium: `make e2e` installs it", allow_module_level=True)


class _Host(http.server.SimpleHTTPRequestHandler):
    """A host as real ones are: it compresses texts, and lets browsers keep files."""

    protocol_version = "HTTP/1.1"
    prefix = "/"

    def do_GET(self) -> None:
        """Send a file, compressed where that helps."""
        path = Path(self.translate_path("/" + self.path.removeprefix(self.prefix)))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        data, kind = path.read_bytes(), self.guess_type(path)
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if "text" in kind else kind)
        self.send_header("Cache-Control", "max-age=31536000")
        if kind.startswith(("text/", "application/j", "image/svg")):
            self.send_header("Content-Encoding", "gzip")
            data = gzip.compress(data, mtime=0)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path, prefix: str = "/") -> Iterator[str]:
    """A folder on loopback, below a path; the address ends in a slash."""
    handler = type("Host", (_Host,), {"prefix": prefix})
    make = functools.partial(handler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), make)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{prefix}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def launched() -> Iterator[Browser]:
    """A browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def opened(
    browser: Browser, url: str, width: int = 1280, scheme: str = "light", height: int = 900
) -> tuple[Page, list[str], list[str]]:
    """A page with what it complained of and what it asked for."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = context.new_page()
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.on("requestfailed", lambda request: complaints.append(request.url))
    page.goto(url)
    page.evaluate("document.fonts.ready")
    return page, complaints, asked
