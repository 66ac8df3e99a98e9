"""Texts in one language among those of another: which way each is written, and what says so."""

from typing import Any

import pypdfium2
import pytest
from conftest import ARTICLE, SITE, Publication
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from markupsafe import escape
from printing import print_one

from versus.languages import apart, direction, isolated
from versus.markup.html import in_language

ARABIC = """\
title: مقارنة
published: 2026-11-01
tags: [.NET, لغات, Kafka]
subjects: [{name: C++, definition: لغة.}, {name: Rust, definition: "لغة `--zyx`."}]
introduction: نص.
differences:
  criteria:
    - {name: خيار, values: {C++: {text: نص., short: -O2}, Rust: "**-5** °C"}}
    - {name: رخصة, values: {C++: GPL v2+, Rust: "`--zyx`\\n\\nنص"}}
verdict: {choose: {C++: [نص], Rust: [نص]}}
"""


@pytest.mark.parametrize(
    ("tag", "way"),
    [
        ("ar", "rtl"), ("he-IL", "rtl"), ("ur", "rtl"), ("yi", "rtl"), ("ku-Arab", "rtl"),
        ("arc", "rtl"), ("az-IR", "rtl"), ("ff-adlm", "rtl"), ("ar-EG-u-nu-latn", "rtl"),
        ("en", "ltr"), ("ku", "ltr"), ("ar-Latn", "ltr"), ("uz-Cyrl", "ltr"), ("zh-Hant", "ltr"),
        ("en-x-arab", "ltr"), ("tlh", "ltr"),
    ],
)  # fmt: skip
def test_the_script_decides_which_way_a_language_is_written(tag: str, way: str) -> None:
    assert direction(tag) == way


@pytest.mark.parametrize(
    ("text", "around", "found"),
    [
        ("C++", "rtl", "ltr"), (".NET", "rtl", "ltr"), ("5–10 ms", "rtl", "ltr"),
        ("-3", "rtl", "ltr"), ("Rust", "rtl", None), ("C++23", "rtl", None), ("17", "rtl", None),
        ("–", "rtl", None), ("", "rtl", None), ("مرحبا!", "rtl", None), ("C++ أم C#", "rtl", None),
        ("مرحبا!", "ltr", "rtl"), ("A مرحبا!", "ltr", "ltr"), ("ذاكرة", "ltr", None),
        ("ذاكرة 3", "ltr", None), ("ذاكرة C", "ltr", "rtl"), ("C++", "ltr", None),
        ("Café!", "ltr", None),
    ],
)  # fmt: skip
def test_a_text_is_kept_apart_only_where_it_would_be_torn(
    text: str, around: str, found: str | None
) -> None:
    assert apart(text, around) == found
    assert isolated(text, around).strip("\u2066\u2067\u2069") == text
    assert (isolated(text, around) == text) is (found is None)


@given(st.text(st.characters(max_codepoint=0x58F)))
def test_nothing_is_added_to_a_text_of_the_documents_own_way(text: str) -> None:
    assert in_language(text) == escape(text)


def tree(page: str) -> Any:
    return html.document_fromstring(page)


def pages(publication: Publication, language: str, article: str = ARABIC) -> str:
    publication.write("content/site.yaml", f"{SITE}language: {language}\n")
    publication.article("a", article)
    publication.build("-f", "html", "-e", "full")
    return publication.read("site/a/index.html")


def test_latin_names_are_kept_apart_on_an_arabic_page(publication: Publication) -> None:
    page = pages(publication, "ar")
    kept = {node.text_content() for node in tree(page).iter("bdi")}
    assert kept == {"C++", ".NET", "-O2", "-5 °C", "GPL v2+", "Publications for tests."}
    assert "\u2066C++\u2069 وRust</h2>" in page, "in headings that are made of names"
    assert '<bdi dir="ltr"><strong>-5</strong> °C</bdi>' in page, "cells of Markdown too"


def test_arabic_names_are_kept_apart_on_an_english_page(publication: Publication) -> None:
    page = pages(publication, "en", ARTICLE + "tags: ['مرحبا!', plain]\n")
    assert '<li><bdi dir="rtl">مرحبا!</bdi></li>\n<li>plain</li>' in page


def test_english_words_of_templates_say_so_where_there_are_no_others(
    publication: Publication,
) -> None:
    text = ARABIC.replace("C++", "Go").replace(".NET", "go")
    page = tree(pages(publication, "he", text))
    english = {node.text_content() for node in page.xpath('//*[@lang="en"][@dir="ltr"]')}
    assert {
        "Skip to content", "Verdict", "The basics of Go and Rust", "At a glance", "Criterion",
        "Choose Go if", "Choose it if", "By Tess Ter",
    } <= english  # fmt: skip
    listing = tree(publication.read("site/tags/kafka/index.html"))
    assert listing.xpath('//h1/span[@lang="en"]')[0].text_content() == "Articles on Kafka"
    assert "<span lang" not in pages(publication, "en", text), "no more than is needed"


def test_what_the_site_says_in_its_own_language_says_so_elsewhere(publication: Publication) -> None:
    publication.write(
        "content/site.yaml",
        SITE + "subscribe: {action: 'https://news.example/', note: A letter a month.}\n"
        "translations: {ar: {title: مجلة}}\n",
    )
    publication.article("a", ARTICLE + "tags: [streams]\n")
    publication.article("a.ar", "title: عنوان\n")
    publication.article("b", ARTICLE)
    publication.article("b.ar", "introduction: نص\n")
    publication.build("-f", "html", "-e", "full")
    for path in ("site/ar/a/index.html", "site/ar/index.html"):
        page = publication.read(path)
        assert '<p><span lang="en" dir="ltr">A letter a month.</span></p>' in page
    page = publication.read("site/ar/a/index.html")
    assert '<meta property="og:image:alt" content="عنوان · مجلة">' in page
    assert '<li><span lang="en" dir="ltr">streams</span></li>' in page
    front = publication.read("site/ar/index.html")
    assert '<a href="../ar/b/"><span lang="en" dir="ltr">Kafka vs Flink</span></a>' in front
    assert "<p>A letter a month.</p>" in publication.read("site/a/index.html")


@pytest.mark.slow
def test_latin_names_code_and_addresses_run_from_the_left_in_an_arabic_pdf() -> None:
    source = "sources: {s: {title: نص, url: 'https://s.example/" + "qw/" * 60 + "'}}\n"
    made = print_one(ARABIC + source, language="ar")
    assert made.warnings == []
    document = pypdfium2.PdfDocument(made.data)
    runs = ["".join(run) for sheet in document for run in _drawn(sheet.get_textpage())]
    drawn = "".join(runs)
    for text in ("C++", ".NET", "-O2", "--zyx", "GPL v2+", "qw/qw"):
        assert text.replace(" ", "") in drawn.replace(" ", ""), text
    for text in ("++C", "NET.", "O2-", "zyx--", "+GPL", "/s.ex"):
        assert text not in drawn, text


def _drawn(sheet: pypdfium2.PdfTextPage) -> list[list[str]]:
    """The characters of a page line by line, each from the left as they stand on the paper."""
    lines: dict[int, list[tuple[float, str]]] = {}
    for i in range(sheet.count_chars()):
        left, bottom, _right, _top = sheet.get_charbox(i, loose=True)
        lines.setdefault(round(bottom), []).append((left, sheet.get_text_range(i, 1)))
    return [[character for _left, character in sorted(line)] for line in lines.values()]
