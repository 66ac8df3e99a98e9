"""Micropub, which many blogs of the IndieWeb speak: a post as microformats in JSON.

Sources: W3C, Micropub (section 3.3.2 JSON syntax: values are lists; section 3.3.3 `html` in
content, since a plain text is escaped); the extension "Post Status". What servers keep of HTML
differs, so the copy has nothing but what articles are made of.
"""

from collections.abc import Iterator

from versus.channels import hypertext
from versus.channels.fields import json_file, moment, picture, text_file
from versus.channels.kind import Copy, File, Kind
from versus.channels.media import LinkedHtmlCopy


def _files(copy: Copy) -> Iterator[File]:
    """The content by itself, and the entry as it is posted.

    A copy that is to appear later is a draft until then: no server promises a schedule.
    """
    tree = hypertext.parse(copy.source)
    if copy.tables == "list":
        hypertext.lists_for_tables(tree)
    hypertext.keep(tree, hypertext.TAGS, hypertext.ATTRIBUTES)
    html = hypertext.written(tree)
    yield text_file(f"{copy.slug}.html", html, "text/html")
    photo = picture(copy, "value")
    properties = {
        "name": [copy.title],
        "summary": [copy.description],
        "content": [{"html": html}],
        "category": list(copy.tags),
        "featured": [photo] if photo else None,
        "published": [moment(copy.document.published)] if copy.document.published else None,
        "mp-slug": [copy.slug],
        "post-status": ["published" if copy.state == "published" else "draft"],
    }
    said = {name: value for name, value in properties.items() if value}
    yield json_file(f"{copy.slug}.json", {"type": ["h-entry"], "properties": said})


KIND = Kind(
    platform="Micropub",
    medium=LinkedHtmlCopy,
    template="channels/article.html",
    files=_files,
)
