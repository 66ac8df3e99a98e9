"""Links, pins and dates: every address is resolved before anything is rendered."""

import re
import unicodedata
import weakref
from datetime import UTC, datetime

import pytest
from conftest import ARTICLE, Publication
from hypothesis import example, given, settings
from hypothesis import strategies as st

from versus.names import slugify
from versus.pipeline import check
from versus.request import Request

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360"
    "f8cf50000003010100c9fe92ef0000000049454e44ae426082"
)


def spelled_out(text: str) -> str:
    """What `slugify` says in its own words, letter by letter."""
    text = unicodedata.normalize("NFC", text).casefold()
    for pattern, word in ((r"(?<=\w)\+\+", "pp"), (r"(?<=\w)\+", "-plus"), (r"(?<=\w)#", "-sharp")):
        text = re.sub(pattern, word, text)
    text = re.sub("(?<=\\w)['\u2019](?=\\w)", "", text)
    kept = "".join(c if unicodedata.category(c)[0] in "LNM" else "-" for c in text)
    return re.sub("-+", "-", kept).strip("-")[:80].rstrip("-") or "section"


@settings(max_examples=1000)
@given(st.text(max_size=12) | st.text("aZ9_+#'\u2019 -.éßİ٣\u212a\n", max_size=12))
@example("What's C++ to C#? It's F's'n's")
def test_names_for_addresses_are_as_they_are_spelled_out(text: str) -> None:
    assert slugify(text) == spelled_out(text)


def article(introduction: str, published: str = "2026-11-01") -> str:
    return ARTICLE.replace("Two tools for streams.", f"'{introduction}'").replace(
        "2026-11-01", published
    )


def test_a_link_to_another_articles_file_leads_to_it_in_every_format(
    publication: Publication,
) -> None:
    publication.article("a", article("See [B](b.yaml#verdict) and [C](b.yaml)."))
    publication.article("b", ARTICLE + "verdict: {summary: Kafka.}\n")
    publication.build("-f", "html", "-f", "markdown")
    page, file = publication.read("site/a/index.html"), publication.read("site/a/index.md")
    assert '<a href="../b/#verdict">B</a> and <a href="../b/">C</a>' in page
    assert "[B](https://test.example/b/#verdict) and [C](https://test.example/b/)" in file
    assert '<a href="../../b/#verdict">B</a>' in publication.read("site/a/brief/index.html")


def test_an_image_is_an_asset_and_is_copied(publication: Publication) -> None:
    publication.write("content/assets/dir/x y.png", PNG)
    publication.article("a", article("See ![it](<assets/dir/x y.png>)."))
    publication.build("-f", "html", "-f", "markdown")
    assert 'src="../assets/dir/x%20y.png"' in publication.read("site/a/index.html")
    assert "https://test.example/assets/dir/x%20y.png" in publication.read("site/a/index.md")
    assert (publication.out / "site/assets/dir/x y.png").read_bytes() == PNG


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ("(c.yaml)", "a link that leads nowhere: 'c.yaml'"),
        ("(somewhere/else)", "a link that leads nowhere: 'somewhere/else'"),
        ("(b.yaml#nope)", "no heading '#nope' in content/articles/b.yaml"),
        ("(assets/x.pdf)", "there is no file content/assets/x.pdf"),
        ("(../../../etc/passwd)", "a link that leads nowhere: '../../../etc/passwd'"),
        ("(//host/x)", "an address without a scheme"),
        ("(data:text/html,x)", "bad URL scheme 'data'"),
        ("(file:///etc/passwd)", "bad URL scheme 'file'"),
        ("(JavaScript:x)", "bad URL scheme 'javascript'"),
        ("(https://)", "a URL without a host"),
        ("()", "a link without an address"),
    ],
)
def test_a_link_that_leads_nowhere_is_an_error(
    publication: Publication, link: str, message: str
) -> None:
    publication.article("a", article(f"See [it]{link}."))
    publication.article("b")
    result = publication.run("check")
    assert result.code == 1
    assert "content/articles/a.yaml:6:" in result.stderr
    assert message in result.stderr


@pytest.mark.parametrize(
    "link",
    [
        "(https://x.example/a?b=c#d)",
        "(mailto:a@b.example)",
        "(tel:+123)",
        "(/about/)",
        "(#introduction)",
        "(a.yaml)",
    ],
)
def test_good_links_are_not_complained_of(publication: Publication, link: str) -> None:
    publication.article("a", article(f"See [it]{link}."))
    assert publication.run("check", "--strict").stderr == ""


def test_a_published_article_may_not_link_to_a_draft(publication: Publication) -> None:
    publication.article("a", article("See [B](b.yaml)."))
    publication.article("b", ARTICLE.replace("published: 2026-11-01\n", ""))
    result = publication.run("check")
    assert "a link to 'b.yaml', which is not published\n  hint: it is a draft" in result.stderr
    assert publication.run("check", "--drafts").code == 0


def test_drafts_and_scheduled_articles_are_left_out_unless_asked_for(
    publication: Publication,
) -> None:
    publication.article("out")
    publication.article("draft", ARTICLE.replace("published: 2026-11-01\n", ""))
    publication.article("later", ARTICLE.replace("2026-11-01", "2026-12-24T18:00:00+01:00"))
    env = {"SOURCE_DATE_EPOCH": "1795478400"}  # 2026-11-24
    for options, expected in (
        ((), {"out"}),
        (("--drafts",), {"out", "draft"}),
        (("--future",), {"out", "later"}),
        (("--drafts", "--future"), {"out", "draft", "later"}),
    ):
        assert publication.run("build", "-f", "html", *options, env=env).code == 0
        built = {p.parent.name for p in publication.out.glob("site/*/index.html")}
        assert built == expected


def test_a_scheduled_article_is_out_once_its_time_has_come(publication: Publication) -> None:
    publication.article("later", ARTICLE.replace("2026-11-01", "2026-12-24T18:00:00+01:00"))
    for moment, is_out in (("1798131599", False), ("1798131600", True)):
        publication.run("build", "-f", "html", env={"SOURCE_DATE_EPOCH": moment})
        assert (publication.out / "site/later/index.html").exists() is is_out


def test_values_of_every_shape_are_checked_against_the_subjects(publication: Publication) -> None:
    publication.article(
        "a",
        ARTICLE
        + "differences:\n  criteria:\n    - name: F\n      values: {Kafka: {text: x, sources: [s]}, Flink: null}\n"
        + "sources: {s: {title: S, url: https://s.example/}}\n",
    )
    assert publication.run("check", "--strict").stderr == ""


def test_a_list_behind_a_paragraph_is_a_warning_with_its_place(publication: Publication) -> None:
    text = ARTICLE.replace(
        "introduction: Two tools for streams.", "introduction: |\n  Tools:\n  - Kafka\n  - Flink"
    )
    publication.article("a", text)
    result = publication.run("check")
    assert result.code == 0
    assert (
        "content/articles/a.yaml:8:3: warning: introduction: Python-Markdown reads this"
        in result.stderr
    )
    assert publication.run("check", "--strict").code == 1
    publication.build("-f", "html")
    assert "<li>Kafka</li>" in publication.read("site/a/index.html")


def test_what_is_only_a_warning_is_built_all_the_same(publication: Publication) -> None:
    publication.article("a", ARTICLE + "updated: 2025-01-01\nimage: {src: assets/x.png}\n")
    publication.write("content/assets/x.png", PNG)
    result = publication.build("-f", "html")
    assert "a.yaml:7:10: warning: updated: updated before it was published" in result.stderr
    assert "a.yaml:8:1: warning: image: the image has no alternative text" in result.stderr
    assert (publication.out / "site/a/index.html").exists()


def test_a_file_of_posts_may_hold_nothing_yet(publication: Publication) -> None:
    publication.article("a")
    publication.write("content/posts.yaml", "# - {title: ..., url: ...}\n")
    assert publication.run("check", "--strict").stderr == ""


def test_of_a_large_publication_only_the_last_articles_are_kept_whole(
    publication: Publication,
) -> None:
    for number in range(20):
        publication.article(f"a{number:02}", ARTICLE)
    now = datetime(2026, 12, 1, tzinfo=UTC)
    library = check(Request(publication.root, publication.out, now)).library
    assert library is not None
    first, *others = library.entries.values()
    seen = weakref.ref(first.article)
    assert seen() is first.article
    for entry in others:
        assert entry.article.subjects
    assert seen() is None
