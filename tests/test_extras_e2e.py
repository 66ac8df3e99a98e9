"""Comments and search in a browser: nothing is asked for before the reader asks."""

import shutil
from collections.abc import Iterator

import pytest
from browsing import needs_chromium, opened, served
from conftest import ARTICLE, ROOT, run
from playwright.sync_api import Browser

pytestmark = pytest.mark.e2e
needs_chromium()


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The example publication with comments and search, below a path."""
    root = tmp_path_factory.mktemp("site")
    shutil.copytree(ROOT / "content", root / "content")
    with (root / "content/site.yaml").open("a") as settings:
        settings.write("search: true\n")
        settings.write("subscribe: {action: 'https://news.example.com/'}\n")
        settings.write("comments: {giscus: {repo: a/b, repo_id: R, category: C, category_id: D}}\n")
    long = ARTICLE.replace("Kafka vs Flink", "Aufmerksamkeits" * 4).replace("Two tools", "Zeppelin")
    (root / "content/articles/long.yaml").write_text(long)
    result = run("build", "-f", "html", "-C", str(root))
    assert result.code == 0, result.stderr
    with served(root / "out/site", "/some/blog/") as found:
        yield found


def test_comments_are_fetched_when_the_reader_opens_them_and_not_before(
    browser: Browser, url: str
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.route("https://giscus.app/**", lambda route: route.abort())
    page.goto(url + "etl-vs-elt/", wait_until="networkidle")
    page.locator(".comments summary").scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    assert all(address.startswith(url) for address in asked)
    assert not [address for address in asked if "comments" in address]
    with page.expect_request("https://giscus.app/client.js"):
        page.click(".comments summary")
    assert url + "etl-vs-elt/comments/" in asked
    context.close()


def test_a_reader_searches_finds_and_goes_there(browser: Browser, url: str) -> None:
    page, complaints, asked = opened(browser, url + "etl-vs-elt/")
    assert not [a for a in asked if "pagefind" in a]
    page.get_by_role("link", name="Search").click()
    page.get_by_role("textbox", name="Search").fill("watermark")
    results = page.locator(".pagefind-ui__result-link")
    results.first.wait_for()
    page.get_by_text("results for watermark").wait_for()
    addresses = page.eval_on_selector_all(".pagefind-ui__result-link", "n => n.map(a => a.href)")
    assert all(a.startswith(url) and "/tags/" not in a and "/brief/" not in a for a in addresses)
    results.first.click()
    page.wait_for_load_state()
    assert page.url.startswith(addresses[0])
    assert "watermark" in page.locator("article").inner_text().lower()
    assert complaints == []
    assert all(a.startswith(url) for a in asked)
    page.context.close()


def test_what_is_found_fits_a_phone(browser: Browser, url: str) -> None:
    """Reflow (WCAG 2.2, 1.4.10), whatever words a title has."""
    page, _complaints, _asked = opened(browser, url + "search/", 360)
    page.get_by_role("textbox", name="Search").fill("zeppelin")
    page.locator(".pagefind-ui__result-link").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.context.close()


CONTRAST = """
(found) => {
  const shine = colour => {
    const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255)
      .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [dark, light] = found.map(shine).sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_fields_and_what_stands_in_them_can_be_seen(
    browser: Browser, url: str, scheme: str
) -> None:
    """Text 4.5:1 (WCAG 2.2, 1.4.3), the borders of fields 3:1 (1.4.11)."""
    page, _complaints, _asked = opened(browser, url + "etl-vs-elt/", scheme=scheme)
    style = "e => [getComputedStyle(e).borderTopColor, getComputedStyle(e).backgroundColor]"
    colours = page.locator("#subscribe-address").evaluate(style)
    assert page.evaluate(CONTRAST, colours) >= 3
    page.goto(url + "search/")
    placeholder = page.get_by_role("textbox", name="Search").evaluate(
        """e => { const style = getComputedStyle(e, "::placeholder");
        return [style.opacity, style.color, getComputedStyle(e).backgroundColor] }"""
    )
    assert placeholder[0] == "1"
    assert page.evaluate(CONTRAST, placeholder[1:]) >= 4.5
    page.context.close()


def test_without_javascript_search_says_what_to_do(browser: Browser, url: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(url + "search/")
    assert "Search needs JavaScript" in page.locator("main").inner_text()
    page.get_by_role("link", name="All articles").click()
    assert page.url.rstrip("/") == url.rstrip("/")
    context.close()


def test_the_pages_of_comments_are_reached_without_javascript(browser: Browser, url: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(url + "etl-vs-elt/comments/")
    link = page.get_by_role("link", name="a/b")
    assert link.get_attribute("href") == "https://github.com/a/b/discussions"
    context.close()
