"""Take the pictures that README shows, from a build of the example publication.

`python scripts/screenshots.py FOLDER` writes page.png, phone.png, dark.png, card.png and pdf.png there.
"""

import functools
import http.server
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
ARTICLE = "mlops-vs-mlops"
CARD = "mlops-vs-devops"
"""An article that brings no picture, and so has a card."""

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SHOTS: tuple[tuple[str, int, int, Literal["light", "dark"]], ...] = (
    ("page", 1200, 1300, "light"),
    ("phone", 360, 780, "light"),
    ("dark", 360, 780, "dark"),
)


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """A server that does not log."""

    def log_message(self, *args: object) -> None:
        """Say nothing."""


def main(folder: Path) -> None:
    """Build, serve on loopback, take the pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        out = Path(name)
        build = [sys.executable, str(ROOT / "build.py"), "-q", "-e", "full", "-o", name]
        subprocess.run(build, check=True)
        handler = functools.partial(_Quiet, directory=str(out / "site"))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        _pages(f"http://127.0.0.1:{server.server_port}/{ARTICLE}/", folder)
        server.shutdown()
        shutil.copyfile(out / "site" / CARD / "card.png", folder / "card.png")
        _pdf(out / "site" / ARTICLE / f"{ARTICLE}.pdf", folder / "pdf.png")


def _pages(url: str, folder: Path) -> None:
    with sync_playwright() as playwright:
        names = ("chromium", "chromium-browser", "google-chrome")
        chromium = next(filter(None, map(shutil.which, names)), None)
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for name, width, height, scheme in SHOTS:
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=scheme
            )
            page = context.new_page()
            page.goto(url)
            page.evaluate("document.fonts.ready")
            page.screenshot(path=folder / f"{name}.png")
            _shrunk(folder / f"{name}.png")
            context.close()
        browser.close()


def _pdf(path: Path, target: Path) -> None:
    """The first three pages of a PDF, side by side."""
    with tempfile.TemporaryDirectory() as name:
        subprocess.run(
            ["pdftoppm", "-r", "80", "-l", "3", "-png", str(path), f"{name}/p"], check=True
        )
        pages = [Image.open(p) for p in sorted(Path(name).glob("*.png"))]
        gap = 16
        width = sum(page.width for page in pages) + gap * (len(pages) + 1)
        sheet = Image.new("RGB", (width, pages[0].height + 2 * gap), "#c8cdd6")
        left = gap
        for page in pages:
            sheet.paste(page, (left, gap))
            left += page.width + gap
        sheet.save(target)
    _shrunk(target)


def _shrunk(path: Path) -> None:
    """Fewer colours: a page needs no more, and the repository stays small."""
    with Image.open(path) as image:
        small = image.convert("RGB").quantize(200, Image.Quantize.MAXCOVERAGE)
    small.save(path, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
