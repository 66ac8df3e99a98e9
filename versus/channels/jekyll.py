"""Jekyll, a blog made from files, as GitHub Pages runs it.

Sources: Jekyll's documentation (posts, drafts, front matter, `render_with_liquid`), that of
kramdown (its syntax and which marks a backslash escapes) and of jekyll-seo-tag; the project's
syndication reference, fact 26.
"""

import re
from collections.abc import Iterator

from versus.channels.dialect import TYPOGRAPHY, Dialect, backticks, html_code
from versus.channels.fields import markdown, picture, post
from versus.channels.kind import Copy, File, Kind
from versus.channels.media import MarkdownCopy


def _code(code: str, in_cell: bool) -> str:
    """kramdown takes a bar between backticks for the end of a cell, escaped or not."""
    return html_code(code) if "|" in code else backticks(code, in_cell)


DIALECT = Dialect(
    escapes=(
        (re.compile(r"\\&"), "&amp;"),  # a backslash does not escape it
        (re.compile(r"\{"), r"\{"),  # attribute lists
        (re.compile(r"\|"), "&#124;"),  # a bar makes a table of any line
        (re.compile(r"\$(?=\$)"), r"\\$"),  # mathematics
        *TYPOGRAPHY,
    ),
    starts=((re.compile(r"^(?=[:^](?:\s|$))", re.MULTILINE), r"\\"),),  # definitions, end of block
    html=frozenset({"br", "kbd", "mark", "small", "sub", "sup", "ins", "del", "cite", "q", "abbr"}),
    details=('<details markdown="1">\n<summary>{summary}</summary>\n', "</details>"),
    code=_code,
)


def _files(copy: Copy) -> Iterator[File]:
    """A post, or without a date a draft. Liquid is switched off: nothing in a post is for it."""
    document = copy.document
    head = {
        "layout": "post",
        "title": copy.title,
        "description": copy.description,
        "slug": copy.slug,
        "date": document.published,
        "last_modified_at": document.updated,
        "published": False if copy.state == "draft" and document.published else None,
        "author": document.author.name if document.author else None,
        "tags": list(copy.tags) or None,
        "image": picture(copy, "path"),
        "canonical_url": document.canonical,
        "render_with_liquid": False,
    }
    pattern = "_posts/{year}-{month}-{day}-{slug}.md" if document.published else "_drafts/{slug}.md"
    body = markdown(copy, DIALECT)
    yield from post(copy, pattern, head, body)


KIND = Kind(
    platform="Jekyll",
    medium=MarkdownCopy,
    template="channels/article.md",
    files=_files,
    status="published",
    has_paths=True,
)
