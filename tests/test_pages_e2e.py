"""Pages in a real browser: Debian's Chromium, driven by Playwright, on loopback only."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from browsing import NPM, needs_chromium, opened, served
from conftest import ROOT, SITES, run
from playwright.sync_api import Browser

pytestmark = pytest.mark.e2e
needs_chromium()

EXTRAS = """\
search: true
subscribe: {action: "https://news.example.com/subscribe", note: A letter a month.}
comments: {giscus: {repo: example/journal, repo_id: R_1, category: Comments, category_id: C_1}}
"""
PAGES = (
    "example:",
    "example:mlops-vs-mlops/",
    "example:kafka-vs-flink-vs-spark/",
    "example:kafka-vs-flink-vs-spark/brief/",
    "example:fr/",
    "example:fr/mlops-vs-mlops/",
    "example:ar/mlops-vs-mlops/",
    "example:tags/mlops/",
    "example:404.html",
    "extras:",
    "extras:mlops-vs-mlops/",
    "extras:search/",
    "stress:eight-subjects/",
    "stress:forty-criteria/",
    "stress:long-read/",
    "stress:three-subjects/",
    "stress:two-words/",
    "arabic:",
    "arabic:sql-vs-nosql/",
    "chinese:batch-vs-stream/",
)


@dataclass(frozen=True)
class Built:
    """A publication's site: its folder, and its address on loopback."""

    folder: Path
    url: str


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Built]]:
    """The example publication, the same with all that is optional, and those at the edges."""
    extras = tmp_path_factory.mktemp("extras")
    shutil.copytree(ROOT / "content", extras / "content")
    with (extras / "content/site.yaml").open("a") as settings:
        settings.write(EXTRAS)
    roots = {
        "example": ROOT,
        "extras": extras,
        **{name: SITES / name for name in ("stress", "arabic", "chinese")},
    }
    with ExitStack() as stack:
        found = {}
        for name, root in roots.items():
            out = tmp_path_factory.mktemp(f"out-{name}")
            result = run("build", "-f", "html", "-o", str(out), "-C", str(root))
            assert result.code == 0, result.stderr
            prefix = "/journal/" if name == "stress" else "/"
            found[name] = Built(out / "site", stack.enter_context(served(out / "site", prefix)))
        yield found


@pytest.fixture(scope="module")
def site(sites: dict[str, Built]) -> str:
    """The address of the example publication."""
    return sites["example"].url


@pytest.fixture(scope="module")
def out(sites: dict[str, Built]) -> Path:
    """The example publication, built."""
    return sites["example"].folder.parent


def address(sites: dict[str, Built], page: str) -> tuple[str, str]:
    """A page's address and that of its site."""
    name, _colon, path = page.partition(":")
    return sites[name].url + path, sites[name].url


@pytest.mark.parametrize(
    ("width", "scheme"), [(320, "light"), (360, "dark"), (768, "light"), (1600, "dark")]
)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_its_window_and_complains_of_nothing(
    browser: Browser, sites: dict[str, Built], path: str, width: int, scheme: str
) -> None:
    url, site = address(sites, path)
    page, complaints, asked = opened(browser, url, width, scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert complaints == []
    assert all(url.startswith(site) for url in asked), asked
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_nothing_that_shuts_readers_out(
    browser: Browser, sites: dict[str, Built], path: str, width: int, scheme: str
) -> None:
    """axe-core finds no violation, colour contrast included."""
    page, _complaints, _asked = opened(browser, address(sites, path)[0], width, scheme)
    page.evaluate((NPM / "axe-core/axe.min.js").read_text())
    violations = page.evaluate("axe.run().then(found => found.violations)")
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in violations] == []
    page.context.close()


@pytest.mark.parametrize("name", ["example", "extras", "stress", "arabic", "chinese"])
def test_every_page_and_stylesheet_is_valid(sites: dict[str, Built], name: str) -> None:
    """The Nu validator finds neither error nor warning.

    It reads pages from a server, as browsers do: a policy's 'self' means nothing in a file.
    """
    folder = sites[name].folder
    found = [*folder.rglob("*.html"), folder / "assets/versus/page.css"]
    pages = [sites[name].url + quote(path.relative_to(folder).as_posix()) for path in found]
    allowed = "-Dnu.validator.servlet.allow-forbidden-hosts=true"  # Loopback is one of these.
    command = ["java", allowed, "-jar", str(NPM / "vnu-jar/build/dist/vnu.jar"), "--also-check-css"]
    done = subprocess.run(
        [*command, "--format", "json", *map(str, pages)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert json.loads(done.stderr)["messages"] == []
    assert len(pages) > 10


def test_pages_are_light(sites: dict[str, Built]) -> None:
    """Under 60 kB without pictures and fonts, before compression; of the long read as well."""
    for built in sites.values():
        style = len((built.folder / "assets/versus/page.css").read_bytes())
        for page in built.folder.glob("*/index.html"):
            assert len(page.read_bytes()) + style < 60_000, page


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
