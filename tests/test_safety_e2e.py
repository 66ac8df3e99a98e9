"""Hostile content in a browser: nothing runs, nothing foreign is asked for, no policy is broken."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import needs_chromium, served
from conftest import ROOT, run
from playwright.sync_api import Browser, Page
from test_safety import PAYLOADS

pytestmark = pytest.mark.e2e
needs_chromium()

SETTINGS = """\
search: true
subscribe: {action: "https://news.example.com/subscribe"}
comments: {giscus: {repo: a/b, repo_id: R, category: C, category_id: D}}
"""

GISCUS = """
const style = document.createElement("link");
style.rel = "stylesheet"; style.href = "https://giscus.app/default.css";
document.head.prepend(style);
const frame = document.createElement("iframe");
frame.src = "https://giscus.app/en/widget?x"; frame.className = "giscus-frame";
frame.style.opacity = "0";
frame.addEventListener("load", () => { frame.style.removeProperty("opacity"); });
document.currentScript.insertAdjacentElement("afterend", frame);
"""
"""What giscus's own script does to the page (as read in its source), in a few lines."""

WATCH = """
window.broken = [];
document.addEventListener("securitypolicyviolation", e => window.broken.push(e.violatedDirective + " " + e.blockedURI));
window.alert = () => { window.ran = true; };
"""

TOUCH = """
document.addEventListener("click", e => {
  const link = e.target.closest("a");
  if (link && /^https?:/.test(link.href)) e.preventDefault();
}, true);
for (const element of document.querySelectorAll("body *"))
  for (const name of ["mouseover", "focus", "toggle", "click"])
    element.dispatchEvent(new MouseEvent(name, {bubbles: true, cancelable: true}));
"""
"""What readers may do to every element, but for going away."""


def hostile() -> dict[str, object]:
    """An article with every payload in every kind of field; addresses that check refuses are left out."""
    there = [re.sub(r"src=[`'\"]?x[`'\"]?", 'src="https://e.example/x.png"', p) for p in PAYLOADS]
    kept = [p for p in there if "](javascript" not in p]
    title = "</title></script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}"
    return {
        "title": title,
        "published": "2026-11-01",
        "tags": [title, "..", "a/b"],
        "description": title,
        "author": {"name": title, "url": "https://a.example/"},
        "subjects": [{"name": f"A {title}", "definition": p} for p in kept[:2]]
        + [{"name": "B", "definition": "plain"}],
        "introduction": "\n\n".join(kept),
        "differences": {
            "lead": "x " + " x ".join(k for k in kept if "\n" not in k),
            "criteria": [
                {"name": title, "values": {f"A {title}": "a", "B": kept[0]}},
            ],
        },
        "sections": [{"title": title, "body": f"<div>{p}</div>"} for p in kept],
        "faq": [{"question": title, "answer": p} for p in kept[:5]],
        "sources": {title: {"title": title, "url": "https://s.example/?a=%3Cscript%3E"}},
    }


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The example publication with all that is optional, and a hostile article in it."""
    root = tmp_path_factory.mktemp("hostile")
    shutil.copytree(ROOT / "content", root / "content")
    with (root / "content/site.yaml").open("a") as settings:
        settings.write(SETTINGS)
    data = hostile()
    data["subjects"] = [data["subjects"][0], data["subjects"][2]]  # type: ignore[index]
    (root / "content/articles/hostile.yaml").write_text(json.dumps(data))
    result = run("build", "-f", "html", "-C", str(root))
    assert result.code == 0, result.stderr
    with served(root / "out/site") as url:
        yield url, root / "out/site"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    context.add_init_script(WATCH)
    found = context.new_page()
    yield found
    context.close()


def broken(page: Page) -> list[str]:
    """The violations of policies in all frames, and whether a script of content ran."""
    return [v for frame in page.frames for v in frame.evaluate("window.broken || []")] + [
        "ran" for frame in page.frames if frame.evaluate("window.ran")
    ]


@pytest.mark.parametrize(
    "path", ["hostile/", "hostile/brief/", "", "mlops-vs-mlops/", "ar/mlops-vs-mlops/", "404.html"]
)
def test_nothing_of_content_runs_and_pages_keep_to_their_policy(
    page: Page, site: tuple[str, Path], path: str
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.route("https://**", lambda route: route.abort())
    page.goto(site[0] + path)
    page.evaluate("document.fonts.ready")
    page.evaluate(TOUCH)
    assert broken(page) == []
    foreign = {a.split("/")[2] for a in asked if not a.startswith(site[0])}
    assert foreign <= {"e.example", "giscus.app"}  # A picture that content may show; comments.
    assert page.locator("h1").count() == 1
    assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith("Inter")


def test_a_page_from_the_disk_keeps_its_look(page: Page, site: tuple[str, Path]) -> None:
    page.goto((site[1] / "mlops-vs-mlops/index.html").as_uri())
    assert broken(page) == []
    assert page.evaluate("document.querySelector('.skip').offsetHeight") is not None


def test_comments_work_within_the_policy(page: Page, site: tuple[str, Path]) -> None:
    page.route(
        "https://giscus.app/client.js",
        lambda r: r.fulfill(
            body=GISCUS,
            content_type="text/javascript",
            headers={"Access-Control-Allow-Origin": "*"},
        ),
    )
    page.route(
        "https://giscus.app/default.css",
        lambda r: r.fulfill(body=".giscus-frame {width: 77px !important}", content_type="text/css"),
    )
    page.route(
        "https://giscus.app/en/widget**",
        lambda r: r.fulfill(body="<p>Said</p>", content_type="text/html"),
    )
    page.goto(site[0] + "etl-vs-elt/")
    page.click(".comments summary")
    outer = page.frame_locator(".comments iframe")
    outer.frame_locator("iframe.giscus-frame").get_by_text("Said").wait_for()
    comments = next(f for f in page.frames if f.url.endswith("/comments/"))
    width = "getComputedStyle(document.querySelector('.giscus-frame')).width"
    assert comments.evaluate(width) == "77px"
    assert broken(page) == []


def test_search_works_within_the_policy(page: Page, site: tuple[str, Path]) -> None:
    page.goto(site[0] + "search/")
    page.get_by_role("textbox", name="Search").fill("watermark")
    page.locator(".pagefind-ui__result-link").first.wait_for()
    page.get_by_role("textbox", name="Search").fill("alert script img onerror")
    page.wait_for_timeout(700)
    assert broken(page) == []


def test_a_script_that_slipped_through_would_be_stopped_by_the_policy(
    page: Page, site: tuple[str, Path]
) -> None:
    source = (site[1] / "hostile/index.html").read_text()
    attack = '<script>alert(1)</script><img src="/x" onerror="alert(1)"><style>p{}</style>'
    (site[1] / "attacked.html").write_text(source.replace("</h1>", "</h1>" + attack))
    page.goto(site[0] + "attacked.html")
    found = page.evaluate("window.broken")
    assert page.evaluate("window.ran") is None
    assert {f.split()[0] for f in found} >= {"script-src-elem", "script-src-attr", "style-src-elem"}
