"""Hashnode, through its GraphQL interface.

Sources: Hashnode's API documentation and published schema (`publishPost`, at most 100 kB a
request, at most 15 tags);
what its editor shows is known from use only, so the copy has nothing but CommonMark and tables.
"""

from collections.abc import Iterator
from typing import Any

from versus.channels.dialect import Dialect
from versus.channels.fields import cover, json_file, markdown, text_file
from versus.channels.kind import Copy, File, Kind, Limits, Tags
from versus.channels.media import MarkdownCopy
from versus.names import slugify

DIALECT = Dialect(footnotes=False)


def _files(copy: Copy) -> Iterator[File]:
    """The body, and the input of `publishPost` but for the publication's id.

    A copy that is to appear later is a draft until then: the interface has no schedule.
    """
    body = markdown(copy, DIALECT)
    yield text_file(f"{copy.slug}.md", body, "text/markdown")
    fields: dict[str, Any] = {
        "title": copy.title,
        "subtitle": copy.description,
        "slug": copy.slug,
        "tags": [{"name": tag, "slug": slugify(tag)} for tag in copy.tags],
        "originalArticleURL": copy.document.canonical,
        "coverImage": cover(copy),
        "metaTitle": copy.title,
        "metaDescription": copy.description,
        "contentMarkdown": body,
    }
    said = {name: value for name, value in fields.items() if value is not None}
    yield json_file(f"{copy.slug}.json", {"status": copy.state, "input": said})


KIND = Kind(
    platform="Hashnode",
    medium=MarkdownCopy,
    template="channels/article.md",
    files=_files,
    tags=Tags(count=15, named=True),
    limits=Limits(bytes=100_000),
    shows_cover=True,
)
