"""Texts in one language among those of another: which way each is written, and what says so."""

import pytest
from conftest import ARTICLE, SITE, Publication

from versus.languages import direction


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
