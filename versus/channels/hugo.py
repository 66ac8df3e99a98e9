"""Hugo, a blog made from files.

Sources: Hugo's documentation (front matter; `markup.goldmark`, whose defaults omit raw HTML, set
typographic marks and read attributes in braces); the project's syndication reference, fact 25.
"""

import re
from collections.abc import Iterator

from versus.channels.dialect import TYPOGRAPHY, Dialect, backticks, fence
from versus.channels.fields import cover, markdown, post
from versus.channels.kind import Copy, File, Kind
from versus.channels.media import MarkdownCopy

_SHORTCODE = re.compile(r"\{\{([<%])((?:(?!\{\{[<%]).)*?)([>%])\}\}", re.DOTALL)
_LONELY = re.compile(r"\{\{(?=[<%](?!/\*))")


def without_shortcodes(code: str) -> str:
    """Code in which Hugo runs nothing: a shortcode is written as the comment that shows it.

    One that is never closed cannot be written, in code neither; an invisible word joiner
    (U+2060) between its braces keeps Hugo from failing.
    """

    def commented(match: re.Match[str]) -> str:
        opening, inside, closing = match.groups()
        if {"<": ">", "%": "%"}[opening] != closing:
            return match.group()
        return f"{{{{{opening}/*{inside}*/{closing}}}}}"

    return _LONELY.sub("{\u2060{", _SHORTCODE.sub(commented, code))


DIALECT = Dialect(
    escapes=(
        (re.compile(r"\{"), r"\{"),  # shortcodes, and attributes behind headings
        *TYPOGRAPHY,
    ),
    starts=((re.compile(r"^(?=:\s)", re.MULTILINE), r"\\"),),  # lists of definitions
    more="<!--more-->",
    code=lambda code, in_cell: backticks(without_shortcodes(code), in_cell),
    fence=lambda code, language: fence(without_shortcodes(code), language),
)


def _files(copy: Copy) -> Iterator[File]:
    """A page bundle, so that the blog's owner can put pictures of the post beside it."""
    document, image = copy.document, cover(copy)
    head = {
        "title": copy.title,
        "description": copy.description,
        "slug": copy.slug,
        "date": document.published,
        "lastmod": document.updated,
        "draft": copy.state == "draft",
        "author": document.author.name if document.author else None,
        "tags": list(copy.tags) or None,
        "images": [image] if image else None,
        "canonicalURL": document.canonical,
    }
    body = markdown(copy, DIALECT)
    yield from post(copy, "content/posts/{slug}/index.md", head, body)


KIND = Kind(
    platform="Hugo",
    medium=MarkdownCopy,
    template="channels/article.md",
    files=_files,
    status="published",
    has_paths=True,
)
