"""Texts in one language among those of another: which way each is written, and what says so."""

from typing import Any

import pytest
from conftest import ARTICLE, SITE, Publication
from lxml import html

from versus.languages import direction

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


def tree(page: str) -> Any:
    return html.document_fromstring(page)


def pages(publication: Publication, language: str, article: str = ARABIC) -> str:
    publication.write("content/site.yaml", f"{SITE}language: {language}\n")
    publication.article("a", article)
    publication.build("-f", "html", "-e", "full")
    return publication.read("site/a/index.html")


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
