"""Reading, measured in a browser: lines, headers that stay, the keyboard's way, paper, motion."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from browsing import needs_chromium, opened, served
from conftest import ARTICLE, ROOT, SITES, Publication, run
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.e2e
needs_chromium()


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The addresses of the example publication and of the one at the edges."""
    with ExitStack() as stack:
        found = {}
        for name, root in (("example", ROOT), ("stress", SITES / "stress")):
            out = tmp_path_factory.mktemp(name)
            result = run("build", "-f", "html", "-o", str(out), "-C", str(root))
            assert result.code == 0, result.stderr
            prefix = "/journal/" if name == "stress" else "/"
            found[name] = stack.enter_context(served(out / "site", prefix))
        yield found


LINES = """
() => {
  const full = [];
  for (const p of document.querySelectorAll("main p")) {
    if (p.closest(".card, .glance, .values, .choice, td, li, .byline")) continue;
    const range = document.createRange(), walker = document.createTreeWalker(p, NodeFilter.SHOW_TEXT);
    let bottom = null, count = 0, lines = [], node;
    while ((node = walker.nextNode())) for (let i = 0; i < node.length; i++) {
      range.setStart(node, i); range.setEnd(node, i + 1);
      const box = range.getClientRects()[0];
      if (!box || !box.width) continue;
      if (bottom !== null && box.bottom - bottom > 8) { lines.push(count); count = 0; }
      bottom = bottom === null || box.bottom - bottom > 8 ? box.bottom : Math.max(bottom, box.bottom);
      count++;
    }
    full.push(...lines);
  }
  return full;
}
"""


@pytest.mark.parametrize("page", ["mlops-vs-mlops/", "batch-vs-stream-processing/"])
def test_lines_hold_sixty_to_seventy_five_characters(
    browser: Browser, url: dict[str, str], page: str
) -> None:
    """Of every full line of running text on a desktop (Bringhurst's measure)."""
    opened_page, _complaints, _asked = opened(browser, url["example"] + page)
    lines = sorted(opened_page.evaluate(LINES))
    assert len(lines) > 20
    assert 60 <= sum(lines) / len(lines) <= 75
    assert lines[len(lines) * 9 // 10] <= 76
    opened_page.context.close()


@pytest.mark.parametrize(
    "path", ["example:mlops-vs-mlops/", "stress:forty-criteria/", "stress:three-subjects/"]
)
def test_the_tables_header_stays_in_sight(browser: Browser, url: dict[str, str], path: str) -> None:
    name, _colon, page = path.partition(":")
    shown, _complaints, _asked = opened(browser, url[name] + page, 1280, height=500)
    shown.eval_on_selector(
        ".comparison tbody tr:nth-last-child(2)", "row => scrollTo(0, row.offsetTop + 99999)"
    )
    shown.evaluate(
        """() => { const row = document.querySelector(".comparison tbody tr:nth-last-child(3)");
        scrollTo(0, row.getBoundingClientRect().top + scrollY - 200); }"""
    )
    header = shown.locator(".comparison thead th").first.bounding_box()
    body = shown.locator(".comparison tbody tr").first.bounding_box()
    assert header
    assert body
    assert 0 <= header["y"] < 5, "the header stands at the top of the window"
    assert body["y"] < header["y"], "and the rows have gone on below it"
    shown.context.close()


def test_what_is_focused_on_the_way_back_is_not_under_the_tables_header(
    tmp_path: Path, browser: Browser
) -> None:
    """Focus Not Obscured (WCAG 2.2, 2.4.11)."""
    rows = "".join(
        f"    - {{name: Row {n}, values: {{A: {{text: Words., short: Yes}}, B: 'No'}}}}\n"
        for n in range(25)
    )
    publication = Publication(tmp_path)
    publication.article("a", ARTICLE.replace("Kafka", "A").replace("Flink", "B")
                        + f"differences:\n  criteria:\n{rows}")  # fmt: skip
    publication.build("-f", "html")
    with served(publication.out / "site") as address:
        page, _complaints, _asked = opened(browser, address + "a/", height=600)
        page.evaluate("[...document.querySelectorAll('.comparison tbody a')].at(-1).focus()")
        seen = []
        while page.evaluate("document.activeElement.matches('.comparison tbody a')"):
            seen.append(page.evaluate(UNCOVERED))
            page.keyboard.press("Shift+Tab")
        assert seen == [True] * 25
        page.context.close()


def test_in_a_low_window_the_tables_header_goes_with_its_rows(
    browser: Browser, url: dict[str, str]
) -> None:
    page, _complaints, _asked = opened(browser, url["stress"] + "three-subjects/", 1100, height=390)
    page.evaluate("document.querySelector('.comparison tbody tr:last-child').scrollIntoView()")
    header = page.locator(".comparison thead th").first.bounding_box()
    assert header
    assert header["y"] < -50
    page.context.close()


def test_the_first_column_stays_while_a_wide_table_scrolls_in_its_frame(
    browser: Browser, url: dict[str, str]
) -> None:
    page, _complaints, _asked = opened(browser, url["stress"] + "eight-subjects/", 800)
    first = page.locator(".comparison tbody th").first
    before = first.bounding_box()
    moved = page.eval_on_selector(
        ".table-frame", "frame => { frame.scrollLeft = 300; return frame.scrollLeft }"
    )
    after = first.bounding_box()
    assert moved == 300
    assert before
    assert after
    assert abs(before["x"] - after["x"]) < 1
    assert page.evaluate("document.documentElement.scrollWidth") == 800
    page.context.close()


def test_eight_subjects_fit_a_desktop_without_scrolling(
    browser: Browser, url: dict[str, str]
) -> None:
    page, _complaints, _asked = opened(browser, url["stress"] + "eight-subjects/", 1280)
    inside, room = page.eval_on_selector(".table-frame", "f => [f.scrollWidth, f.clientWidth]")
    assert inside <= room
    page.context.close()


@pytest.mark.parametrize("page", ["eight-subjects/", "forty-criteria/", "long-read/", "two-words/"])
def test_on_a_phone_every_cell_stands_in_the_window_and_names_its_subject(
    browser: Browser, url: dict[str, str], page: str
) -> None:
    shown, _complaints, _asked = opened(browser, url["stress"] + page, 320)
    cells = shown.eval_on_selector_all(
        ".comparison :is(td, tbody th)",
        """cells => cells.map(c => [c.getBoundingClientRect().left, c.getBoundingClientRect().right,
            c.tagName, c.dataset.subject, getComputedStyle(c, "::before").content,
            parseFloat(getComputedStyle(c).fontSize), c.scrollWidth - c.clientWidth])""",
    )
    for left, right, tag, subject, label, size, beyond in cells:
        assert 0 <= left < right <= 320
        assert beyond <= 0
        assert size >= 14
        assert tag == "TH" or label.startswith(f'"{subject}"')
    assert len(cells) >= 9
    shown.context.close()


FOCUSED = """
() => {
  const at = document.activeElement;
  if (at === document.body) return null;
  const style = getComputedStyle(at), box = at.getBoundingClientRect();
  return {index: [...document.querySelectorAll("*")].indexOf(at), name: at.outerHTML.slice(0, 90),
    ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth};
}
"""
UNCOVERED = """
() => {
  const at = document.activeElement, box = at.getBoundingClientRect();
  return at.contains(document.elementFromPoint(box.x + box.width / 2, box.y + 3));
}
"""
REACHABLE = "a[href], button, input:not([type=hidden]), summary, [tabindex='0']"


def test_the_keyboard_reaches_everything_in_order_and_is_never_caught(
    tmp_path: Path, browser: Browser
) -> None:
    """From the skip link to the footer: each link, field and button, in sight and marked."""
    shutil.copytree(ROOT / "content", tmp_path / "content")
    with (tmp_path / "content/site.yaml").open("a") as settings:
        settings.write("subscribe: {action: 'https://news.example.com/'}\n")
        settings.write("comments: {giscus: {repo: a/b, repo_id: R, category: C, category_id: D}}\n")
    result = run(
        "build", "-f", "html", "-C", str(tmp_path), "kafka-vs-flink-vs-spark", "-e", "full"
    )
    assert result.code == 0, result.stderr
    with served(tmp_path / "out/site") as address:
        page, _complaints, _asked = opened(browser, address + "kafka-vs-flink-vs-spark/")
        wanted = page.eval_on_selector_all(
            REACHABLE,
            """nodes => { const all = [...document.querySelectorAll("*")];
            return nodes.filter(n => n.checkVisibility()).map(n => all.indexOf(n)) }""",
        )
        reached = []
        for _ in range(len(wanted) + 5):
            page.keyboard.press("Tab")
            found = page.evaluate(FOCUSED)
            if found is None:
                break
            page.wait_for_function("true")
            assert found["ring"], f"no visible focus on {found['name']}"
            assert found["seen"], f"focus out of sight on {found['name']}"
            reached.append(found["index"])
        assert reached == sorted(reached) == wanted
        assert len(wanted) > 40
        page.keyboard.press("Tab")
        page.focus(".skip")
        page.keyboard.press("Enter")
        assert page.url.endswith("#content")
        page.context.close()


def test_nothing_moves_while_a_page_loads(browser: Browser, url: dict[str, str]) -> None:
    """No layout shift, pictures and fonts included, on a phone and a desktop."""
    for width in (360, 1280):
        for path in ("mlops-vs-mlops/", "batch-vs-stream-processing/"):
            context = browser.new_context(viewport={"width": width, "height": 900})
            page = context.new_page()
            page.add_init_script(
                """window.shifts = []; new PerformanceObserver(list => {
                for (const e of list.getEntries()) if (!e.hadRecentInput) shifts.push(e.value);
                }).observe({type: "layout-shift", buffered: true});"""
            )
            page.goto(url["example"] + path, wait_until="load")
            page.evaluate("document.fonts.ready")
            height = page.evaluate("document.documentElement.scrollHeight")
            for y in range(0, height, 600):
                page.mouse.wheel(0, 600)
                page.wait_for_function(
                    "y => scrollY >= Math.min(y, document.documentElement.scrollHeight - innerHeight - 1)",
                    arg=y,
                )
            page.wait_for_function("[...document.images].every(i => i.complete)")
            assert sum(page.evaluate("shifts")) < 0.02, (path, width)
            context.close()


def test_browsers_take_the_copy_that_fits(browser: Browser, url: dict[str, str]) -> None:
    taken = {}
    for width in (360, 1280):
        page, _complaints, asked = opened(
            browser, url["example"] + "kafka-vs-flink-vs-spark/", width
        )
        taken[width] = [a.rpartition("/")[2] for a in asked if "kafka-flink-spark" in a]
        page.context.close()
    assert taken == {
        360: ["kafka-flink-spark.png-480.webp"],
        1280: ["kafka-flink-spark.png-800.webp"],
    }


def printed(page: Page) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size({"width": 690, "height": 1000})  # the text of an A4 sheet


@pytest.mark.parametrize("path", ["example:mlops-vs-mlops/", "stress:eight-subjects/"])
def test_on_paper_a_page_is_black_on_white_whole_and_free_of_the_site(
    browser: Browser, url: dict[str, str], path: str
) -> None:
    name, _colon, part = path.partition(":")
    page, _complaints, _asked = opened(browser, url[name] + part)
    printed(page)
    for hidden in (".site-header", ".site-footer", ".skip", ".contents", ".topics"):
        assert not page.locator(hidden).first.is_visible(), hidden
    assert (
        page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        == "rgb(255, 255, 255)"
    )
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert page.evaluate("document.documentElement.scrollWidth") <= 690
    right = page.eval_on_selector_all(
        ".comparison :is(th, td)", "n => Math.max(...n.map(c => c.getBoundingClientRect().right))"
    )
    assert right <= 690
    assert (
        page.eval_on_selector(".comparison thead th", "h => getComputedStyle(h).position")
        == "static"
    )
    if path.startswith("example"):
        shown = page.eval_on_selector(".sources a", "a => getComputedStyle(a, '::after').content")
        assert "https://" in shown, "an address in print"
    page.context.close()


def test_readers_who_want_less_motion_or_own_colours_get_them(
    browser: Browser, url: dict[str, str]
) -> None:
    page, _complaints, _asked = opened(browser, url["example"] + "mlops-vs-mlops/")
    page.emulate_media(reduced_motion="no-preference")
    lengths = "getComputedStyle(document.querySelector('.card')).transitionDuration"
    assert page.evaluate(lengths) != "0s"
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(lengths) == "0s"
    page.emulate_media(forced_colors="active")
    for part in (".choice", ".card", ".glance"):
        border = page.eval_on_selector(part, "n => getComputedStyle(n).borderTopStyle")
        assert border == "solid", part
        colour = page.eval_on_selector(part, "n => getComputedStyle(n).borderTopColor")
        assert colour != "rgba(0, 0, 0, 0)", part
    page.context.close()


def test_code_is_coloured_in_both_schemes(browser: Browser, url: dict[str, str]) -> None:
    seen = {}
    for scheme in ("light", "dark"):
        page, _complaints, _asked = opened(browser, url["stress"] + "long-read/", 1280, scheme)
        seen[scheme] = page.eval_on_selector(
            "pre .k, pre .kd, pre .nf", "n => getComputedStyle(n).color"
        )
        page.context.close()
    assert seen["light"] != seen["dark"]


def test_without_javascript_a_page_is_the_same(browser: Browser, url: dict[str, str]) -> None:
    texts = []
    for wanted in (True, False):
        context = browser.new_context(java_script_enabled=wanted)
        page = context.new_page()
        page.goto(url["example"] + "mlops-vs-mlops/")
        texts.append(page.locator("body").inner_text())
        assert page.locator("script:not([type='application/ld+json'])").count() == 0
        context.close()
    assert texts[0] == texts[1]
