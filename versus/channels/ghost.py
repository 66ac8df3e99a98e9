"""Ghost 6, through its Admin interface.

Sources: Ghost's documentation of the Admin API; the project's syndication reference, facts 21 to
24 and the limits of fields, measured with Ghost 6.65.
"""

import json
from collections.abc import Iterator, Mapping

from versus.channels import hypertext
from versus.channels.fields import cover, json_file, moment, text_file
from versus.channels.kind import Copy, File, Kind, Limits, Tags
from versus.channels.media import LinkedHtmlCopy

_TAGS = hypertext.TAGS | {"span", "time"}
"""No sections: themes give room, and tables that scroll, to what stands at the top only."""
_ATTRIBUTES: Mapping[str, frozenset[str]] = {
    **hypertext.ATTRIBUTES,
    "*": hypertext.ATTRIBUTES["*"] | {"role", "aria-label"},
    "time": frozenset({"datetime"}),
    "code": frozenset({"class"}),
}


def _lexical(html: str) -> str:
    """A Lexical document that holds one HTML card: what is sent as HTML would lose much."""
    card = {"type": "html", "version": 1, "html": html}
    root = {
        "type": "root", "version": 1, "direction": None, "format": "", "indent": 0,
        "children": [card],
    }  # fmt: skip
    return json.dumps({"root": root}, ensure_ascii=False)


def _fit_tables(tree: hypertext.Tree) -> None:
    """Let cells break lines, and headings keep their case, which may be all that tells two apart.

    Themes write them in capitals and each cell on one line, for tables that are looked up and not
    read; a least width keeps columns readable on phones, where tables scroll.
    """
    for table in tree.iter("table"):
        table.set("style", "white-space:normal")
        for heading in table.iter("th"):
            heading.set("style", "min-width:9em;text-transform:none")


def _files(copy: Copy) -> Iterator[File]:
    """The content by itself, and the fields of the Admin interface."""
    tree = hypertext.parse(copy.source)
    if copy.tables == "list":
        hypertext.lists_for_tables(tree)
    hypertext.keep(tree, _TAGS, _ATTRIBUTES)
    hypertext.unlisted_terms(tree)
    _fit_tables(tree)
    html = hypertext.written(tree)
    yield text_file(f"{copy.slug}.html", html, "text/html")
    image = copy.document.image
    post = {
        "title": copy.title,
        "slug": copy.slug,
        "status": copy.state,
        "published_at": moment(copy.document.published),
        "custom_excerpt": copy.description,
        "meta_title": copy.title,
        "meta_description": copy.description,
        "canonical_url": copy.document.canonical,
        "feature_image": cover(copy),
        "feature_image_alt": image.alt[:191] if image and image.alt else None,
        "tags": [{"name": tag} for tag in copy.tags],
        "lexical": _lexical(html),
    }
    said = {name: value for name, value in post.items() if value is not None}
    yield json_file(f"{copy.slug}.json", {"posts": [said]})


KIND = Kind(
    platform="Ghost",
    medium=LinkedHtmlCopy,
    template="channels/article.html",
    files=_files,
    tags=Tags(length=191),
    limits=Limits(title=255, description=300, slug=191),
    shows_cover=True,
)
