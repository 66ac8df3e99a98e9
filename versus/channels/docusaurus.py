"""Docusaurus 3, whose blog reads `.md` files as MDX.

Sources: Docusaurus' documentation (blog front matter, `<head>` in Markdown, truncation markers,
admonitions), its source (ids of headings, in mdx-loader) and the documentation of MDX (what
differs from Markdown); the project's syndication reference, fact 27.
"""

import re
from collections.abc import Iterator
from html import escape

from versus.channels.dialect import Dialect
from versus.channels.fields import cover, markdown, post
from versus.channels.kind import Copy, File, Kind
from versus.channels.media import MarkdownCopy

DIALECT = Dialect(
    escapes=(
        (re.compile(r"\\?<"), "&lt;"),  # JSX
        (re.compile(r"[{}]"), r"\\\g<0>"),  # expressions
    ),
    starts=(
        (re.compile(r"^i(?=mport\b)", re.MULTILINE), "&#105;"),  # a module's first lines
        (re.compile(r"^e(?=xport\b)", re.MULTILINE), "&#101;"),
        (re.compile(r"^(?=::)", re.MULTILINE), r"\\"),  # admonitions
    ),
    headings=((re.compile(r"\{(?=#)"), "{\u2060"),),  # ids, looked for in what escapes stand for
    html=frozenset({"br", "kbd", "mark", "small", "sub", "sup", "ins", "del", "cite", "q", "abbr"}),
    more="{/* truncate */}",
    details=("<details>\n<summary>{summary}</summary>\n", "</details>"),
)


def _files(copy: Copy) -> Iterator[File]:
    """A post with a folder of its own.

    There is no front matter for the canonical URL; `<head>` inside the post is the documented
    way. Dates in the future hide nothing, so what is scheduled is a draft.
    """
    document = copy.document
    author = document.author
    head = {
        "title": copy.title,
        "description": copy.description,
        "slug": copy.slug,
        "date": document.published,
        "last_update": {"date": document.updated} if document.updated else None,
        "draft": None if copy.state == "published" else True,
        "authors": [{"name": author.name} | ({"url": author.url} if author.url else {})]
        if author
        else None,
        "tags": list(copy.tags) or None,
        "image": cover(copy),
    }
    body = markdown(copy, DIALECT)
    canonical = f'<head>\n  <link rel="canonical" href="{escape(document.canonical)}" />\n</head>\n'
    yield from post(copy, "blog/{slug}/index.md", head, f"{canonical}\n{body}")


KIND = Kind(
    platform="Docusaurus",
    medium=MarkdownCopy,
    template="channels/article.md",
    files=_files,
    status="published",
    has_paths=True,
)
