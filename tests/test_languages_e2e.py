"""Texts in two directions, measured letter by letter in a browser."""

import pytest
from browsing import needs_chromium, opened, served
from conftest import SITE, Publication
from playwright.sync_api import Browser

pytestmark = pytest.mark.e2e
needs_chromium()

ARABIC = """\
title: مقارنة
published: 2026-11-01
tags: [.NET]
subjects: [{name: C++, definition: لغة.}, {name: Rust, definition: لغة.}]
introduction: استعمل `--zyx` و <samp>-v</samp>.
differences:
  criteria: [{name: خيار, values: {C++: "-O2", Rust: نص}}]
"""

ENGLISH = """\
title: Left out
published: 2026-11-01
subjects: [{name: Rust, definition: A language.}, {name: Go, definition: Another.}]
introduction: Two languages.
sections: [{title: More, body: It goes on.}]
"""

DRAWN = """
node => {
  const letters = [], range = document.createRange();
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  for (let text; (text = walker.nextNode());)
    for (let i = 0; i < text.length; i++) {
      range.setStart(text, i); range.setEnd(text, i + 1);
      letters.push([range.getBoundingClientRect().left, text.data[i]]);
    }
  return letters.sort((a, b) => a[0] - b[0]).map(letter => letter[1]).join("");
}
"""
SIDE = """
node => {
  const range = document.createRange(), box = node.getBoundingClientRect();
  range.selectNodeContents(node);
  const text = range.getBoundingClientRect();
  return text.left - box.left < box.right - text.right ? "left" : "right";
}
"""


def test_latin_names_and_code_run_from_the_left_on_an_arabic_page(
    publication: Publication, browser: Browser
) -> None:
    publication.write("content/site.yaml", SITE + "language: ar\n")
    publication.article("a", ARABIC)
    publication.build("-f", "html", "-e", "full")
    with served(publication.out / "site") as url:
        page, _complaints, _asked = opened(browser, url + "a/", 360)
        for place, drawn in (
            (".introduction code", "--zyx"), (".introduction samp", "-v"), (".tags li", ".NET"),
            (".glance dt", "C++"), ("#basics ~ h3", "C++"), ("td", "-O2"),
        ):  # fmt: skip
            assert page.locator(place).first.evaluate(DRAWN) == drawn, place
        label = "e => getComputedStyle(e, '::before').unicodeBidi"
        assert page.locator("td").first.evaluate(label) == "plaintext"
        page.context.close()


def test_on_a_phone_long_words_are_hyphenated_where_there_is_least_room(
    publication: Publication, browser: Browser
) -> None:
    publication.write("content/site.yaml", SITE + "language: de\n")
    publication.article(
        "a", ENGLISH + "differences: {criteria: [{name: x, values: {Rust: '`y`', Go: y}}]}\n"
    )
    publication.build("-f", "html", "-e", "full")
    with served(publication.out / "site") as url:
        page, _complaints, _asked = opened(browser, url + "a/", 360)
        for place, way in (("h1", "auto"), ("td", "auto"), ("td code", "manual"), ("p", "manual")):
            found = page.locator(place).first.evaluate("e => getComputedStyle(e).hyphens")
            assert found == way, place
        page.context.close()


def test_headings_that_are_not_translated_stand_with_their_texts(
    publication: Publication, browser: Browser
) -> None:
    publication.article("a", ENGLISH)
    publication.article("a.ar", "title: عنوان\nsubjects: [{definition: نص}, {definition: نص}]\n")
    publication.build("-f", "html", "-e", "full")
    with served(publication.out / "site") as url:
        page, _complaints, _asked = opened(browser, url + "ar/a/")
        for place, side in ((".glance dt", "right"), ("#rust", "right"), ("#more", "left")):
            assert page.locator(place).first.evaluate(SIDE) == side, place
        page.context.close()
