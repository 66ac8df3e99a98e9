"""Astro, whose content collections hold Markdown files.

Sources: Astro's documentation (content collections, Markdown, the blog of its tutorial, whose
front matter this is). Astro's Markdown is CommonMark with GFM and shows raw HTML; it sets dashes,
ellipses and quotation marks, text by text (`remark-smartypants`, `retext-smartypants`).
"""

import re
from collections.abc import Iterator

from versus.channels.dialect import Dialect
from versus.channels.fields import markdown, picture, post
from versus.channels.kind import Copy, File, Kind
from versus.channels.media import MarkdownCopy

_APART = "<span></span>"
"""Makes two texts of one: escapes are read before marks are set, and do not help."""

DIALECT = Dialect(
    elements=(
        (re.compile("(?<!-)-(?=-(?!-))"), f"-{_APART}"),  # two become a dash, and only two
        (re.compile(r"\.\.(?=\.)"), f"..{_APART}"),
        (re.compile("'(?=')"), f"'{_APART}"),
        (re.compile(r"\\`(?=\\`)"), rf"\\`{_APART}"),
    ),
    keeps_html=True,
)


def _files(copy: Copy) -> Iterator[File]:
    """An entry of the collection `blog`. Dates in the future hide nothing there."""
    document = copy.document
    head = {
        "title": copy.title,
        "description": copy.description,
        "pubDate": document.published,
        "updatedDate": document.updated,
        "draft": copy.state != "published",
        "author": document.author.name if document.author else None,
        "tags": list(copy.tags),
        "image": picture(copy, "url"),
        "canonicalURL": document.canonical,
    }
    body = markdown(copy, DIALECT)
    yield from post(copy, "src/content/blog/{slug}.md", head, body)


KIND = Kind(
    platform="Astro",
    medium=MarkdownCopy,
    template="channels/article.md",
    files=_files,
    status="published",
    has_paths=True,
)
