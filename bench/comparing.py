"""Whether what came out is comparable: every article, with its headings, cells and words.

In: the articles that a peer was given, and its output. Out: what a page lacks, in words.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lxml import etree, html
from markdown_it import MarkdownIt
from projects import RELATED, Given

CHECKED = 500
"""So many pages, spread over all, are compared word by word; that they are there is asked of all."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a page must say: its headings, its cells, and how often it says each word."""

    headings: tuple[str, ...]
    cells: tuple[str, ...]
    words: Counter[str]


def said(body: str) -> Said:
    """What an article says, read from its Markdown."""
    tokens = MarkdownIt("commonmark").enable("table").parse(body)
    headings, cells, words = [], [], []
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type == "fence":
            words.append(token.content)
        if token.type != "inline":
            continue
        text = "".join(
            " " if part.type in ("softbreak", "hardbreak") else part.content
            for part in token.children or ()
        )
        words.append(text)
        if before is not None and before.type == "heading_open":
            headings.append(_plain(text))
        if before is not None and before.type in ("th_open", "td_open"):
            cells.append(_plain(text))
    return Said(tuple(headings), tuple(cells), _counted(" ".join(words)))


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text))


def _counted(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text))


def lacking(
    articles: Sequence[Given], pages: Path, *, markdown: bool, related: bool
) -> Iterator[str]:
    """What an output lacks of the articles, one line for a file."""
    kinds = ("html", "md") if markdown else ("html",)
    for article in articles:
        for kind in kinds:
            if not (pages / article.slug / f"index.{kind}").is_file():
                yield f"{article.slug}/index.{kind}"
    for article in articles[:: max(1, len(articles) // CHECKED)]:
        wanted = said(article.body)
        for kind in kinds:
            path = pages / article.slug / f"index.{kind}"
            if path.is_file():
                lack = list(_LACK[kind](wanted, path.read_text(encoding="utf-8"), related))
                if lack:
                    yield f"{article.slug}/index.{kind}: {'; '.join(lack[:5])}"


def _lack_html(wanted: Said, text: str, related: bool) -> Iterator[str]:
    page = html.fromstring(text)
    headings = {_plain(_text(each)) for each in page.iter("h1", "h2", "h3", "h4")}
    cells = {_plain(_text(each)) for each in page.iter("th", "td")}
    yield from (f"the heading {each!r}" for each in wanted.headings if each not in headings)
    yield from (f"the cell {each!r}" for each in wanted.cells if each not in cells)
    yield from (f"the word {each!r}" for each in wanted.words - _counted(_text(page)))
    if related:
        blocks = [each for each in page.iter("section") if "related" in each.get("class", "")]
        listed = sum(1 for block in blocks for _item in block.iter("li"))
        if listed != RELATED:
            yield f"related posts: {listed}"


def _text(element: etree._Element) -> str:
    """The text of an element; those inside it are words of their own, as they stand apart."""
    return " ".join(str(part) for part in element.itertext())


def _lack_markdown(wanted: Said, text: str, related: bool) -> Iterator[str]:
    body, _heading, posts = text.partition("## Related posts")
    found = said(body)
    yield from (f"the heading {each!r}" for each in wanted.headings if each not in found.headings)
    yield from (f"the cell {each!r}" for each in wanted.cells if each not in found.cells)
    yield from (f"the word {each!r}" for each in wanted.words - found.words)
    if related and posts.count("\n### ") != RELATED:
        yield f"related posts: {posts.count(chr(10) + '### ')}"


_LACK = {"html": _lack_html, "md": _lack_markdown}


def differing(one: Path, other: Path) -> list[str]:
    """The paths whose bytes are not the same in two outputs."""
    trees = [
        {p.relative_to(out).as_posix(): p for p in out.rglob("*") if p.is_file()}
        for out in (one, other)
    ]
    return [
        path
        for path in sorted(trees[0].keys() | trees[1].keys())
        if path not in trees[0]
        or path not in trees[1]
        or trees[0][path].read_bytes() != trees[1][path].read_bytes()
    ]
