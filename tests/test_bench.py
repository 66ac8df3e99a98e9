"""What Versus is measured with must itself be right: the made articles, and the look at outputs."""

import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml

from versus import pipeline
from versus.request import Request

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "bench"))

import comparing
import corpus
from projects import Given

GIVEN = Given(
    "a-vs-b",
    {"title": "A vs B", "date": date(2020, 1, 1), "tags": ["x"], "description": ""},
    "# A vs B\n\nOne *word* and `code`.\n\n## Table\n\n| C | A |\n| --- | --- |\n| cost | low |\n",
)
PAGE = (
    "<h1>A vs B</h1><p>One <em>word</em> and <code>code</code>.</p><h2>Table</h2><table>"
    "<tr><th>C</th><th>A</th></tr><tr><td>cost</td><td>low</td></tr></table>"
)
RELATED = "<section class='related'>" + "<li>Post</li>" * 6 + "</section>"


def test_a_smaller_corpus_is_the_beginning_of_a_larger_one() -> None:
    few, more = list(corpus.pages(3)), list(corpus.pages(100))
    assert more[:3] == few
    assert len({page.slug for page in more}) == 100
    assert more[1].text == corpus.page(1).text


def test_made_articles_are_valid_and_have_three_of_eight_tags(tmp_path: Path) -> None:
    corpus.write(tmp_path, 20)
    request = Request(tmp_path, tmp_path / "out", datetime(2026, 1, 1, tzinfo=UTC))
    checked = pipeline.check(request)
    assert checked.diagnostics == ()
    assert checked.library is not None
    assert len(checked.library.live) == 20
    for page in corpus.pages(200):
        tags = yaml.safe_load(page.text)["tags"]
        assert len(set(tags) & set(corpus.TAGS)) == len(tags) == 3


@pytest.mark.parametrize(
    ("html", "markdown", "lack"),
    [
        (PAGE + RELATED, GIVEN.body + "\n## Related posts\n" + "\n### Post\n" * 6, None),
        (PAGE.replace("<h2>Table</h2>", "<p>Table</p>") + RELATED, None, "the heading 'Table'"),
        (PAGE.replace("<td>low</td>", "<td></td>low") + RELATED, None, "the cell 'low'"),
        (PAGE.replace("<em>word</em>", "") + RELATED, None, "the word 'word'"),
        (PAGE + RELATED.replace("<li>Post</li>", "", 1), None, "related posts: 5"),
        (PAGE + RELATED, GIVEN.body.replace("| cost | low |\n", ""), "the cell 'cost'"),
        (PAGE + RELATED, GIVEN.body, "related posts: 0"),
    ],
)  # fmt: skip
def test_a_page_that_lacks_something_is_not_comparable(
    tmp_path: Path, html: str, markdown: str | None, lack: str | None
) -> None:
    (tmp_path / "a-vs-b").mkdir()
    (tmp_path / "a-vs-b" / "index.html").write_text(html)
    if markdown is not None:
        (tmp_path / "a-vs-b" / "index.md").write_text(markdown)
    found = list(comparing.lacking([GIVEN], tmp_path, markdown=markdown is not None, related=True))
    if lack is None:
        assert found == []
    else:
        assert lack in found[0]


def test_a_page_that_is_not_there_is_told(tmp_path: Path) -> None:
    found = list(comparing.lacking([GIVEN], tmp_path, markdown=True, related=False))
    assert found == ["a-vs-b/index.html", "a-vs-b/index.md"]
