"""Related posts: pinned first, then the most similar, the same for the same content."""

import re

from conftest import ARTICLE, Publication

POSTS = """\
- {title: Streams with Kafka, url: streams/, excerpt: Kafka and streams., tags: [kafka]}
- {title: Bread, url: https://other.example/bread, excerpt: Flour and water.}
- {title: To come, url: later/, published: 2999-01-01}
"""


def titles(publication: Publication, slug: str) -> list[str]:
    found = re.findall(
        r'<li class="card">\s*<h3><a href="[^"]*">([^<]*)</a>',
        publication.read(f"site/{slug}/index.html"),
    )
    return [str(title) for title in found]


def make(publication: Publication) -> None:
    publication.write("content/posts.yaml", POSTS)
    publication.article("kafka-vs-flink")
    publication.article(
        "kafka-vs-pulsar", ARTICLE.replace("Flink", "Pulsar").replace("streams", "topics")
    )
    publication.article(
        "rust-vs-go",
        ARTICLE.replace("Kafka", "Rust").replace("Flink", "Go").replace("streams", "systems"),
    )
    publication.article("draft", ARTICLE.replace("published: 2026-11-01\n", ""))


def test_the_most_similar_come_first_and_no_article_lists_itself(publication: Publication) -> None:
    make(publication)
    publication.build("-f", "html")
    found = titles(publication, "kafka-vs-flink")
    assert set(found[:2]) == {"Kafka vs Pulsar", "Streams with Kafka"}
    assert "Kafka vs Flink" not in found
    assert "To come" not in found
    assert len(found) == 4


def test_pinned_posts_come_first_in_their_order(publication: Publication) -> None:
    make(publication)
    pins = "related:\n  pinned: [https://other.example/bread, rust-vs-go, streams/]\n"
    publication.article("kafka-vs-flink", ARTICLE + pins)
    publication.build("-f", "html")
    assert titles(publication, "kafka-vs-flink") == [
        "Bread",
        "Rust vs Go",
        "Streams with Kafka",
        "Kafka vs Pulsar",
    ]


def test_excluded_posts_stay_out_and_the_limit_holds(publication: Publication) -> None:
    make(publication)
    publication.article(
        "kafka-vs-flink", ARTICLE + "related: {exclude: [kafka-vs-pulsar, streams/], limit: 1}\n"
    )
    publication.build("-f", "html")
    found = titles(publication, "kafka-vs-flink")
    assert len(found) == 1
    assert found[0] in ("Bread", "Rust vs Go")


def test_a_limit_of_nothing_leaves_the_block_out(publication: Publication) -> None:
    make(publication)
    publication.article("kafka-vs-flink", ARTICLE + "related: {limit: 0}\n")
    publication.build("-f", "html")
    assert "Related posts" not in publication.read("site/kafka-vs-flink/index.html")


def test_a_pinned_draft_is_left_out_with_a_warning(publication: Publication) -> None:
    make(publication)
    publication.article("kafka-vs-flink", ARTICLE + "related: {pinned: [draft]}\n")
    result = publication.build("-f", "html")
    assert "warning: related.pinned[0]: 'draft' is not published yet" in result.stderr
    assert "Kafka vs Flink" not in titles(publication, "kafka-vs-flink")


def test_ties_are_broken_by_slug(publication: Publication) -> None:
    for slug in ("c", "b", "a", "d"):
        publication.article(slug, ARTICLE.replace("Kafka vs Flink", "One title"))
    publication.build("-f", "markdown")
    found = re.findall(
        r"### \[One title\]\(https://test.example/(\w)/\)", publication.read("site/b/index.md")
    )
    assert found == ["a", "c", "d"]


def test_read_more_says_what_it_opens(publication: Publication) -> None:
    make(publication)
    publication.build("-f", "html", "-f", "markdown")
    page = publication.read("site/kafka-vs-flink/index.html")
    assert 'Read more<span class="visually-hidden">: Rust vs Go</span>' in page
    assert "[Read more: Rust vs Go](https://test.example/rust-vs-go/)" in publication.read(
        "site/kafka-vs-flink/index.md"
    )
