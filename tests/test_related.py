"""Related posts: pinned first, then the most similar, the same for the same content."""

import json
import re
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from conftest import ARTICLE, ROOT, SITE, Publication

from versus.pipeline import check
from versus.related import Related
from versus.request import Request

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


def test_where_no_article_lists_posts_nothing_is_ranked(
    publication: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_arguments: object) -> None:
        raise AssertionError("ranked for nobody")

    monkeypatch.setattr("versus.related.rank_on", never)
    make(publication)
    publication.write("content/site.yaml", SITE + "related: {limit: 0}\n")
    library = check(Request(publication.root, publication.out, datetime.now(UTC))).library
    assert library is not None
    related = Related(library)
    for entry in library.live:
        assert (related.to(entry), related.row(entry), related.why(entry)) == ((), b"", ())


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


def test_newer_posts_stay_out_where_the_site_says_so(publication: Publication) -> None:
    site = (publication.root / "content/site.yaml").read_text()
    publication.write("content/site.yaml", site + "related: {include_newer: false}\n")
    publication.article("old", ARTICLE.replace("2026-11-01", "2026-01-01"))
    publication.article("new", ARTICLE.replace("Kafka vs Flink", "Kafka and Flink"))
    publication.build("-f", "html")
    assert titles(publication, "old") == []
    assert titles(publication, "new") == ["Kafka vs Flink"]


def test_the_command_tells_the_posts_and_why(publication: Publication) -> None:
    make(publication)
    publication.article(
        "kafka-vs-flink", ARTICLE + "related: {pinned: [rust-vs-go], exclude: [streams/]}\n"
    )
    result = publication.run("related", "kafka-vs-flink")
    assert result.code == 0
    lines = result.stdout.splitlines()
    assert lines[0].endswith("Rust vs Go (rust-vs-go)")
    assert lines[1].strip().startswith("pinned")
    assert lines[2].endswith("Kafka vs Pulsar (kafka-vs-pulsar)")
    assert "both compare Kafka" in lines[3]
    rows = json.loads(publication.run("related", "kafka-vs-flink", "--json").stdout)
    assert [row["key"] for row in rows][:2] == ["rust-vs-go", "kafka-vs-pulsar"]
    assert [row["pinned"] for row in rows] == [True, False, False]
    assert "https://test.example/streams/" not in [row["key"] for row in rows]


def test_the_command_wants_an_article_that_is_out(publication: Publication) -> None:
    make(publication)
    wrong = publication.run("related", "kafka-vs-flnk")
    assert wrong.code == 2
    assert "did you mean 'kafka-vs-flink'" in wrong.stderr
    draft = publication.run("related", "draft")
    assert draft.code == 2
    assert "a draft" in draft.stderr
    assert publication.run("related", "draft", "--drafts").code == 0


def test_the_command_tells_what_is_wrong_with_the_publication(publication: Publication) -> None:
    publication.article("a", ARTICLE + "foo: 1\n")
    result = publication.run("related", "a")
    assert result.code == 1
    assert "unknown key" in result.stderr or "foo" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_small_publication_is_ranked_without_numpy(publication: Publication) -> None:
    make(publication)
    code = (
        "import sys; from pathlib import Path; from datetime import datetime, UTC;"
        "from versus import pipeline;"
        f"r = pipeline.Request(root=Path({str(publication.root)!r}), out=Path('out'), now=datetime.now(UTC));"
        "assert pipeline.related(r, 'kafka-vs-flink'); print('numpy' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
