"""A link's `#…` leads to what the page of the article's default edition really has."""

import shutil
from datetime import UTC, datetime

import pytest
from conftest import ARTICLE, ROOT, SITES, Publication
from lxml import html

from versus.pipeline import check
from versus.request import Request

OF_OTHER_FILES = {"topics", "related"}
"""Parts that only the rest of the publication decides on."""

NEVER_MEANT = ("fn-", "fnref-", "subscribe-")
"""What ids begin with that no writer links to."""

EVERYTHING = """\
title: Kafka vs Flink
published: 2026-11-01
subjects:
  - {name: Kafka, definition: A log.}
  - {name: Flink}
introduction: |
  Two tools[^1].

  [^1]: Both at Apache.
differences:
  criteria:
    - {name: Told, lead: "#### Inside a lead", values: {Kafka: a, Flink: b}}
    - {name: In a cell, values: {Kafka: a, Flink: b}}
    - {name: Brief alone, lead: x, values: {Kafka: a, Flink: b}, only: [brief]}
sections:
  - {title: For all, body: "### Inside a section"}
  - {title: For some, body: "### Inside the brief one", only: [brief]}
verdict: {choose: {Kafka: []}}
faq:
  - {question: "Why?", answer: So., only: [brief]}
"""


def ids(page: str) -> set[str]:
    """What a page has for a link to lead to."""
    found = {node.get("id", "content") for node in html.fromstring(page).iter("*")}
    return {name for name in found if not name.startswith(NEVER_MEANT)}


def assert_anchors_are_ids(publication: Publication) -> None:
    """Build, and compare what links may lead to with what pages have."""
    publication.build("-f", "html", "--drafts", "--future")
    request = Request(
        publication.root, publication.out, datetime.now(UTC), drafts=True, future=True
    )
    library = check(request).library
    assert library is not None
    assert library.live
    for entry in library.live:
        for language in (library.site.language, *entry.translations):
            folder = library.folder(entry.slug, language)
            there = ids(publication.read(f"site/{folder}index.html"))
            known = set(entry.summary_in(language).anchors.split())
            assert known - there <= OF_OTHER_FILES, folder
            assert there - known == set(), folder


@pytest.mark.parametrize("site", ["arabic", "chinese", "stress", "paper", "the example"])
def test_anchors_are_the_ids_of_pages(site: str, publication: Publication) -> None:
    root = ROOT if site == "the example" else SITES / site
    shutil.copytree(root / "content", publication.root / "content", dirs_exist_ok=True)
    assert_anchors_are_ids(publication)


def test_what_an_edition_leaves_out_is_no_anchor(publication: Publication) -> None:
    publication.article("everything", EVERYTHING)
    publication.article("everything.fr", "introduction: '### Dedans'\n")
    assert_anchors_are_ids(publication)
    site = publication.root / "content/site.yaml"
    text = site.read_text().replace("full: {}", "full: {sections: [table, faq]}")
    assert "table, faq" in text
    site.write_text(text)
    assert_anchors_are_ids(publication)


@pytest.mark.parametrize(
    "fragment", ["conclusion", "in-a-cell", "flink", "brief-alone", "for-some", "faq", "why",
                 "inside-the-brief-one", "sources", "source-1", "search", "comments"],
)  # fmt: skip
def test_a_link_to_what_the_page_does_not_show_is_told(
    fragment: str, publication: Publication
) -> None:
    publication.article("everything", EVERYTHING)
    publication.article("a", ARTICLE.replace("Two", f"See [two](everything.yaml#{fragment})"))
    result = publication.run("check")
    assert result.code == 1
    assert f"no heading '#{fragment}' in content/articles/everything.yaml" in result.stderr
