"""Texts in two directions, measured letter by letter in a browser."""

from collections.abc import Iterator

import pytest
from browsing import launched, needs_chromium, opened, served
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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as found:
        yield found


def test_code_runs_from_the_left_on_an_arabic_page(
    publication: Publication, browser: Browser
) -> None:
    publication.write("content/site.yaml", SITE + "language: ar\n")
    publication.article("a", ARABIC)
    publication.build("-f", "html", "-e", "full")
    with served(publication.out / "site") as url:
        page, _complaints, _asked = opened(browser, url + "a/", 360)
        for place, drawn in ((".introduction code", "--zyx"), (".introduction samp", "-v")):
            assert page.locator(place).first.evaluate(DRAWN) == drawn, place
        page.context.close()
