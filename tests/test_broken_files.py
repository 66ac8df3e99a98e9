"""Every fault in a content file is told at its exact place, with a hint, and nothing is written."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conftest import ARTICLE, SITES, Publication

from versus.pipeline import check
from versus.request import Request

BROKEN = sorted((SITES / "broken").glob("*.yaml"))


def expected(path: Path) -> list[str]:
    """What `check` must say of a file: its last lines, behind `#!`."""
    lines = path.read_bytes().decode("latin-1").splitlines()
    return [line[3:] for line in lines if line.startswith("#! ")]


def source(path: Path) -> bytes:
    """The file without what is expected of it."""
    return b"".join(x for x in path.read_bytes().splitlines(True) if not x.startswith(b"#! "))


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_file_is_told_with_its_places_and_hints(
    path: Path, publication: Publication
) -> None:
    publication.write("content/articles/x.yaml", source(path))
    request = Request(publication.root, publication.out, datetime(2026, 11, 24, tzinfo=UTC))
    told = "\n".join(map(str, check(request).diagnostics))
    assert told.splitlines() == expected(path)


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_every_error_has_a_hint(path: Path) -> None:
    lines = expected(path)
    assert any(": error: " in line for line in lines)
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if re.match(r"\S+:\d+:\d+: error: ", line):
            assert following.startswith("  hint: "), f"no hint below {line!r}"


def test_check_tells_on_stderr_and_fails(publication: Publication) -> None:
    path = SITES / "broken/everything-at-once.yaml"
    publication.write("content/articles/x.yaml", source(path))
    result = publication.run("check")
    assert result.code == 1
    assert result.stderr.splitlines() == expected(path)


def test_a_broken_article_leaves_out_untouched(publication: Publication) -> None:
    publication.article("kafka-vs-flink")
    publication.build("--format", "html", "--format", "markdown")
    before = publication.files()
    publication.article("kafka-vs-flink", ARTICLE + "conclussion: The end.\n")
    publication.article("another")
    result = publication.run("build")
    assert result.code == 1
    assert publication.files() == before


def test_a_broken_first_build_makes_no_folder(publication: Publication) -> None:
    publication.article("x", "title: A\n")
    assert publication.run("build").code == 1
    assert not publication.out.exists()


def test_all_files_are_told_at_once_in_the_order_of_their_places(publication: Publication) -> None:
    publication.article("b", "title: [x]\n" + ARTICLE.partition("\n")[2])
    publication.article("a", ARTICLE + "tags: x\nfoo: bar\n")
    publication.write("content/posts.yaml", "- title: No address\n")
    result = publication.run("check")
    heads = [line.split(": ")[0] for line in result.stderr.splitlines() if ": error: " in line]
    assert heads == [
        "content/articles/a.yaml:7:7",
        "content/articles/a.yaml:8:1",
        "content/articles/b.yaml:1:8",
        "content/posts.yaml:1:3",
    ]


def test_two_articles_may_not_share_a_slug_whatever_its_case_or_unicode_form(
    publication: Publication,
) -> None:
    publication.article("a", ARTICLE + "slug: Kafka\n")
    publication.article("b", ARTICLE + "slug: kafka\n")
    publication.article("c", ARTICLE + "slug: caf\u00e9\n")
    publication.article("d", ARTICLE + "slug: cafe\u0301\n")
    result = publication.run("check")
    assert result.code == 1
    assert (
        "b.yaml:7:7: error: slug: the slug 'kafka' is taken by content/articles/a.yaml"
        in result.stderr
    )
    assert (
        "d.yaml:7:7: error: slug: the slug 'caf\u00e9' is taken by content/articles/c.yaml"
        in result.stderr
    )
    assert result.stderr.count("hint: give one of the two another `slug:`") == 2


def test_a_broken_site_does_not_hide_what_is_wrong_with_articles(publication: Publication) -> None:
    publication.write(
        "content/site.yaml",
        "titel: x\nbase_url: https://x.example/\neditions: {full: {}, brief: {}}\n",
    )
    publication.article("x", ARTICLE + "sections: [{title: T, body: B, only: [brief]}]\nfoo: bar\n")
    result = publication.run("check")
    assert result.code == 1
    assert (
        "content/site.yaml:1:1: error: unknown key 'titel'\n  hint: did you mean 'title'?"
        in result.stderr
    )
    assert "content/articles/x.yaml:8:1: error: unknown key 'foo'" in result.stderr
    assert "unknown edition" not in result.stderr


def test_a_folder_without_a_site_is_told_so(tmp_path: Path, publication: Publication) -> None:
    (publication.root / "content/site.yaml").unlink()
    result = publication.run("build")
    assert result.code == 1
    assert "content/site.yaml:1:1: error: there is no such file" in result.stderr


def test_drafts_and_scheduled_articles_are_validated_like_all_others(
    publication: Publication,
) -> None:
    publication.article("draft", ARTICLE.replace("published: 2026-11-01\n", "") + "foo: 1\n")
    publication.article("future", ARTICLE.replace("2026-11-01", "2999-01-01") + "bar: 1\n")
    result = publication.run("build")
    assert result.code == 1
    assert "draft.yaml:6:1: error: unknown key 'foo'" in result.stderr
    assert "future.yaml:7:1: error: unknown key 'bar'" in result.stderr
