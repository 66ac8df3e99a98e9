"""The site around the articles: listings, topics, feeds, sitemap, llms.txt."""

import json
import re
from email.utils import parsedate_to_datetime

import pytest
import tinycss2
from conftest import ARTICLE, ROOT, Publication
from lxml import etree, html

from versus.writers.text import stylesheet

ATOM = "{http://www.w3.org/2005/Atom}"


def article(n: int, tags: str = "[a]") -> str:
    text = ARTICLE.replace("Kafka vs Flink", f"'Number {n} <&>'").replace(
        "2026-11-01", f"2026-01-{n % 28 + 1:02}"
    )
    return text + f"tags: {tags}\n"


@pytest.fixture
def small(publication: Publication) -> Publication:
    publication.article("one", article(1, "[a, b]"))
    publication.article("two", article(2, "[a]").replace("name: Flink", "name: flink"))
    publication.article(
        "draft", ARTICLE.replace("published: 2026-11-01\n", "") + "tags: [hidden]\n"
    )
    publication.build("-f", "html")
    return publication


def test_no_excerpt_repeats_the_title(publication: Publication) -> None:
    """An article may have nothing but a table, and then nothing to take an excerpt from."""
    bare = ARTICLE.replace(
        "introduction: Two tools for streams.", "differences: {criteria: [{name: x, values: {}}]}"
    ).replace("values: {}", "values: {Kafka: a, Flink: b}")
    publication.article("a", bare)
    publication.article("b", bare.replace("Kafka vs Flink", "Flink vs Kafka") + VERDICT)
    publication.build()
    said = "Kafka vs Flink"
    front, other = publication.read("site/index.html"), publication.read("site/b/index.html")
    assert f"<p>{said}</p>" not in front + other
    assert "<p>It depends.</p>" in front, "a verdict says what the article says"
    assert publication.read("site/b/index.md").count(f"{said}\n") == 0
    assert "index.md)\n" in publication.read("site/llms.txt")
    page = publication.read("site/a/index.html")
    assert f'<meta name="description" content="{said}">' in page


VERDICT = "verdict: {summary: It depends.}\n"


def cards(source: str) -> list[str]:
    found = html.document_fromstring(source).xpath('//li[@class="card"]/h2/a')
    return [a.text_content() for a in found]  # type: ignore[union-attr]


def test_the_front_page_lists_the_newest_first(small: Publication) -> None:
    page = small.read("site/index.html")
    assert cards(page) == ["Number 2 <&>", "Number 1 <&>"]
    assert 'href="./two/"' in page
    assert '<a href="./tags/a/">a</a>' in page


def test_each_tag_and_each_subject_has_a_page(small: Publication) -> None:
    assert cards(small.read("site/tags/a/index.html")) == ["Number 2 <&>", "Number 1 <&>"]
    assert cards(small.read("site/tags/b/index.html")) == ["Number 1 <&>"]
    assert "<h1>All comparisons with Kafka</h1>" in small.read("site/subjects/kafka/index.html")
    assert 'href="../../one/"' in small.read("site/subjects/kafka/index.html")
    assert not (small.out / "site/tags/hidden").exists()


def test_subjects_that_differ_by_case_have_pages_of_their_own(small: Publication) -> None:
    assert cards(small.read("site/subjects/flink/index.html")) == ["Number 1 <&>"]
    assert cards(small.read("site/subjects/flink-2/index.html")) == ["Number 2 <&>"]


def test_an_article_leads_to_the_topics_that_have_others(small: Publication) -> None:
    page = small.read("site/one/index.html")
    topics = re.search(r'<nav class="topics".*?</nav>', page, flags=re.DOTALL)
    assert topics
    assert re.findall(r'href="([^"]*)"', topics.group()) == ["../subjects/kafka/", "../tags/a/"]


def test_long_listings_are_split_and_linked(publication: Publication) -> None:
    for n in range(51):
        publication.article(f"n{n:02}", article(n, "[all]"))
    publication.build("-f", "html")
    for folder in ("", "tags/all/"):
        first, second = (
            publication.read(f"site/{folder}index.html"),
            publication.read(f"site/{folder}page/2/index.html"),
        )
        assert (len(cards(first)), len(cards(second))) == (50, 1)
        assert "Page 1 of 2" in first
        assert f'<link rel="canonical" href="https://test.example/{folder}page/2/">' in second
    assert 'rel="next" href="./page/2/"' in publication.read("site/index.html")
    assert 'rel="prev" href="../../"' in publication.read("site/page/2/index.html")
    assert not (publication.out / "site/page/3").exists()


def test_the_feeds_hold_whole_articles_with_absolute_addresses(small: Publication) -> None:
    small.article(
        "one",
        article(1).replace(
            "Two tools for streams.",
            "'See [two](two.yaml) and ![x](assets/x.svg)[^1].\n\n\n  [^1]: A note.'",
        ),
    )
    small.write("content/assets/x.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
    small.build("-f", "html")
    atom = etree.fromstring(small.read("site/feed.xml").encode())
    rss = etree.fromstring(small.read("site/rss.xml").encode())
    feed = json.loads(small.read("site/feed.json"))
    bodies = [
        atom.findall(f"{ATOM}entry")[1].findtext(f"{ATOM}content"),
        rss.findall(".//item")[1].findtext("{http://purl.org/rss/1.0/modules/content/}encoded"),
        feed["items"][1]["content_html"],
    ]
    assert len(set(bodies)) == 1
    body = str(bodies[0])
    assert 'href="https://test.example/two/"' in body
    assert 'src="https://test.example/assets/x.svg"' in body
    assert "A note." in body
    assert not [
        a for a in re.findall(r'(?:href|src)="([^"]*)"', body) if not a.startswith(("https:", "#"))
    ]


def test_the_feeds_agree_on_what_there_is(small: Publication) -> None:
    atom = etree.fromstring(small.read("site/feed.xml").encode())
    rss = etree.fromstring(small.read("site/rss.xml").encode())
    feed = json.loads(small.read("site/feed.json"))
    assert [e.findtext(f"{ATOM}id") for e in atom.iter(f"{ATOM}entry")] == [
        i.findtext("guid") for i in rss.iter("item")
    ]
    assert [i.findtext("title") for i in rss.iter("item")] == [i["title"] for i in feed["items"]]
    moment = parsedate_to_datetime(str(next(rss.iter("item")).findtext("pubDate")))
    assert moment.isoformat() == "2026-01-03T00:00:00+00:00"
    assert feed["items"][0]["date_published"] == "2026-01-03T00:00:00Z"
    assert feed["version"] == "https://jsonfeed.org/version/1.1"


def test_the_sitemap_holds_every_canonical_page_and_no_other(small: Publication) -> None:
    places = re.findall(r"<loc>(.*?)</loc>", small.read("site/sitemap.xml"))
    assert "https://test.example/one/" in places
    assert "https://test.example/tags/a/" in places
    assert not [p for p in places if "brief" in p or "draft" in p]
    for place in places:
        path = place.removeprefix("https://test.example/")
        page = small.read(f"site/{path}index.html")
        assert f'<link rel="canonical" href="{place}">' in page


def test_machines_find_the_sitemap_and_the_markdown(small: Publication) -> None:
    assert "Sitemap: https://test.example/sitemap.xml" in small.read("site/robots.txt")
    listing = small.read("site/llms.txt")
    assert listing.startswith("# Test Journal\n\n> Publications for tests.\n")
    assert (
        "- [Number 1 \\<&>](https://test.example/one/index.md): Two tools for streams." in listing
    )


def test_the_page_for_missing_pages_works_at_any_depth(small: Publication) -> None:
    page = small.read("site/404.html")
    assert 'href="/assets/versus/page.css"' in page
    assert '<meta name="robots" content="noindex">' in page


def test_a_stylesheet_ships_without_what_only_writers_need() -> None:
    source = """/* Of a file */
a { color: red; } /* why */
@media print {
  /* two
     lines */
  b::after { content: "/* kept */  '"; } /*! MIT */
}
c/**/d { content: '\\'/*'; }
"""
    assert stylesheet(source).decode() == (
        '\na { color: red; }\n@media print {\nb::after { content: "/* kept */  \'"; } /*! MIT */\n}\n'
        "c\nd { content: '\\'/*'; }\n"
    ).lstrip("\n")


def test_a_lighter_stylesheet_says_the_same() -> None:
    """Parsed as CSS, comments and white space apart."""
    source = (ROOT / "templates/assets/page.css").read_text(encoding="utf-8")

    def tokens(css: str) -> list[str]:
        found = tinycss2.parse_component_value_list(css, skip_comments=True)
        return " ".join(tinycss2.serialize([token]) for token in found).split()

    assert tokens(stylesheet(source).decode()) == tokens(source)
