"""A newsletter: an HTML mail with its plain text, for whatever sends it.

Sources: Gmail clips messages over 102 kB and drops styles it does not know; Outlook for Windows
lays out with Word, which knows tables and presentational attributes, and no flex or grid;
RFC 2046, section 5.1.4 for the plain part.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy

from versus.channels import hypertext
from versus.channels.fields import json_file, text_file
from versus.channels.kind import Copy, File, Kind, Limits
from versus.channels.media import HtmlCopy

_WIDTH = 600
_TAGS = hypertext.TAGS - {"details", "summary", "dl", "dt", "dd"}
_ATTRIBUTES: Mapping[str, frozenset[str]] = {
    **hypertext.ATTRIBUTES,
    "*": frozenset({"lang", "dir"}),
}
_PADDING = 24
_TABLE = {"width": "100%", "border": "1", "cellspacing": "0", "cellpadding": "6"}
_COLUMNS = 4
"""How many columns of words fit on a phone; wider tables become lists unless they are asked for."""


def _files(copy: Copy) -> Iterator[File]:
    """The mail, its plain part, and the fields of whatever sends it."""
    tree = hypertext.parse(copy.source)
    hypertext.plain_notes(tree)
    hypertext.unlisted_terms(tree)
    hypertext.unfolded(tree)
    hypertext.media_as_links(tree)
    yield text_file(f"{copy.slug}.txt", _plain(deepcopy(tree), copy))
    if copy.channel.tables != "table":
        hypertext.lists_for_tables(tree, wider_than=0 if copy.tables == "list" else _COLUMNS)
    hypertext.keep(tree, _TAGS, _ATTRIBUTES)
    _present(tree, "right" if copy.document.direction == "rtl" else "left")
    body = hypertext.written(tree)
    page = copy.render("channels/newsletter.html", doc=copy.document, copy=copy, body=body)
    yield text_file(f"{copy.slug}.html", _inlined(page, copy), "text/html")
    fields = {
        "subject": copy.title,
        "description": copy.description,
        "slug": copy.slug,
        "canonical_url": copy.document.canonical,
        "status": copy.state,
        "tags": list(copy.tags),
    }
    yield json_file(f"{copy.slug}.json", fields)


def _plain(tree: hypertext.Tree, copy: Copy) -> str:
    """The words: a list for each table, and one link to each related post."""
    hypertext.lists_for_tables(tree)
    for more in list(tree.xpath('.//p[@class="more"]')):
        more.drop_tree()
    title = f"{copy.title}\n{'=' * min(len(copy.title), 72)}"
    return f"{title}\n\n{hypertext.plain_text(tree)}"


def _present(tree: hypertext.Tree, side: str) -> None:
    """Say by attributes what Outlook does not take from styles."""
    for table in tree.iter("table"):
        table.attrib.update(_TABLE)
    for cell in tree.iter("td", "th"):
        cell.attrib.update({"align": side, "valign": "top"})
    for image in tree.iter("img"):
        width = hypertext.whole(image.get("width"), _WIDTH)
        image.attrib.pop("height", None)
        image.set("width", str(min(width, _WIDTH - 2 * _PADDING)))


def _inlined(page: str, copy: Copy) -> str:
    """The page with each element's styles on the element; mail readers drop stylesheets."""
    import css_inline

    inliner = css_inline.CSSInliner(
        extra_css=copy.stylesheet("newsletter.css"),
        keep_at_rules=True,
        load_remote_stylesheets=False,
    )
    return inliner.inline(page)


KIND = Kind(
    platform="newsletter",
    medium=HtmlCopy,
    template="channels/article.html",
    files=_files,
    limits=Limits(title=2000, bytes=100_000),
)
