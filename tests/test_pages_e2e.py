"""Pages in a real browser: Debian's Chromium, driven by Playwright, on loopback only."""

import functools
import http.server
import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT, run
from playwright.sync_api import Browser, Page, sync_playwright

pytestmark = pytest.mark.e2e

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
if CHROMIUM is None and not os.environ.get("CI"):
    pytest.skip("needs Chromium: `make e2e` installs it", allow_module_level=True)

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
    "--no-first-run",
    "--disable-component-update",
    "--disable-quic",
]
NPM = ROOT / "tests/npm/node_modules"
PAGES = ("", "mlops-vs-mlops/", "kafka-vs-flink-vs-spark/", "kafka-vs-flink-vs-spark/brief/")


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example publication, built."""
    folder = tmp_path_factory.mktemp("out")
    result = run("build", "-f", "html", "-o", str(folder))
    assert result.code == 0, result.stderr
    return folder


@pytest.fixture(scope="module")
def site(out: Path) -> Iterator[str]:
    """The example publication, served on loopback."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

    handler = functools.partial(Quiet, directory=str(out / "site"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def opened(
    browser: Browser, url: str, width: int, scheme: str
) -> tuple[Page, list[str], list[str]]:
    """A page with what it complained of and what it asked for."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 360, 768, 1280])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_its_window_and_complains_of_nothing(
    browser: Browser, site: str, path: str, width: int, scheme: str
) -> None:
    page, complaints, asked = opened(browser, site + path, width, scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert complaints == []
    assert all(url.startswith(site) for url in asked), asked
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", [*PAGES, "tags/mlops/", "404.html"])
def test_a_page_has_nothing_that_shuts_readers_out(
    browser: Browser, site: str, path: str, width: int, scheme: str
) -> None:
    """axe-core finds no violation, colour contrast included."""
    page, _complaints, _asked = opened(browser, site + path, width, scheme)
    page.evaluate((NPM / "axe-core/axe.min.js").read_text())
    violations = page.evaluate("axe.run().then(found => found.violations)")
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in violations] == []
    page.context.close()


def test_every_page_and_stylesheet_is_valid(out: Path) -> None:
    """The Nu validator finds neither error nor warning."""
    command = [
        "java",
        "-jar",
        str(NPM / "vnu-jar/build/dist/vnu.jar"),
        "--also-check-css",
        "--skip-non-html",
    ]
    done = subprocess.run(
        [*command, "--format", "json", str(out / "site")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert json.loads(done.stderr)["messages"] == []
    assert len(list((out / "site").rglob("*.html"))) > 60


def test_pages_are_light(out: Path) -> None:
    for page in (out / "site").glob("*/index.html"):
        assert (
            len(page.read_bytes()) + len((out / "site/assets/versus/page.css").read_bytes())
            < 60_000
        )


def test_the_page_follows_the_readers_colour_scheme(browser: Browser, site: str) -> None:
    shades = {}
    for scheme in ("light", "dark"):
        page, _complaints, _asked = opened(browser, site + "mlops-vs-mlops/", 1280, scheme)
        colour = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        shades[scheme] = max(map(int, re.findall(r"\d+", colour)[:3]))
        page.context.close()
    assert shades["light"] > 240
    assert shades["dark"] < 60


def test_the_sites_own_fonts_are_used(browser: Browser, site: str) -> None:
    page, _complaints, asked = opened(browser, site + "mlops-vs-mlops/", 1280, "light")
    assert page.evaluate("document.fonts.check('16px Inter')")
    assert sum(url.endswith(".woff2") for url in asked) >= 2
    page.context.close()


def test_on_a_phone_each_cell_names_its_subject(browser: Browser, site: str) -> None:
    page, _complaints, _asked = opened(browser, site + "mlops-vs-mlops/", 360, "light")
    label = page.evaluate(
        "getComputedStyle(document.querySelector('.comparison td'), '::before').content"
    )
    assert label.startswith('"MLOps"')
    header = page.locator(".comparison thead").bounding_box()
    assert header is None or header["width"] <= 1
    page.context.close()


def test_rows_lead_to_their_criterion_and_the_keyboard_reaches_them(
    browser: Browser, site: str
) -> None:
    page, _complaints, _asked = opened(browser, site + "mlops-vs-mlops/", 1280, "light")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.click(".comparison tbody a >> nth=0")
    assert page.url.endswith("#focus")
    assert page.locator("#focus").inner_text() == "Focus"
    page.context.close()


def test_every_link_inside_the_site_leads_somewhere(browser: Browser, site: str) -> None:
    seen: set[str] = set()
    queue = [site]
    posts = ("certified-", "data-contracts", "monitoring-models", "reading-streaming")
    while queue:
        url = queue.pop()
        if url in seen:
            continue
        seen.add(url)
        page = browser.new_page()
        response = page.goto(url)
        assert response
        assert response.ok, url
        if response.headers["content-type"].startswith("text/html"):
            found = page.eval_on_selector_all(
                "main a[href], header a[href]", "nodes => nodes.map(n => n.href)"
            )
            for link in found:
                address, _hash, fragment = link.partition("#")
                if fragment and address == url:
                    assert page.locator(f"[id='{fragment}']").count() == 1, link
                if address.startswith(site) and not any(post in address for post in posts):
                    queue.append(address)
        page.close()
    assert len(seen) >= 13
