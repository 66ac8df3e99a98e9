"""WordPress, through its REST interface or by hand.

Sources: WordPress' developer documentation (posts endpoint, block markup) and its source
(`wp-includes/kses.php`, `formatting.php`, `shortcodes.php`); the project's syndication reference,
facts 1 to 11, measured with WordPress 6.1 and 7.1.
"""

import html
import re
from collections.abc import Iterator

from versus.channels import hypertext
from versus.channels.fields import json_file, moment, text_file
from versus.channels.kind import Copy, File, Kind, Limits, Tags
from versus.channels.media import LinkedHtmlCopy

_ATTRIBUTES = {
    **hypertext.ATTRIBUTES,
    "*": hypertext.ATTRIBUTES["*"] | {"aria-label"},
}
"""These and all of `hypertext.TAGS` pass kses for authors, who may less than editors."""

_DASHES = re.compile("(?<=-)-|-(?=-)")
_TIMES = re.compile(r"(?<=\d)x(?=\d)")


def _protected(text: str, in_code: bool) -> str:
    """A text that WordPress leaves alone: shortcodes run even in code, typography not there."""
    text = text.replace("[", hypertext.hidden("["))
    if in_code:
        return text
    text = _DASHES.sub(hypertext.hidden("-"), text)
    return _TIMES.sub(hypertext.hidden("x"), text)


def _content(copy: Copy) -> str:
    """Block markup: paragraphs and headings as such, all else as blocks of HTML.

    In blocks, line breaks are no `<br>`; and what is no block of its own can still be edited.
    """
    tree = hypertext.parse(copy.source)
    if copy.tables == "list":
        hypertext.lists_for_tables(tree)
    origin = tree.find_class("originally-published")
    hypertext.keep(tree, hypertext.TAGS, _ATTRIBUTES)
    for line in origin:  # by which publishing finds a copy
        line.set("class", "originally-published")
    return "\n\n".join(_block(*block) for block in hypertext.blocks(tree, _protected)) + "\n"


def _block(node: hypertext.Tree, source: str) -> str:
    if node.tag == "p" and not node.attrib:
        return f"<!-- wp:paragraph -->\n{source}\n<!-- /wp:paragraph -->"
    if node.tag in ("h2", "h3", "h4", "h5", "h6"):
        level = "" if node.tag == "h2" else f' {{"level":{node.tag[1]}}}'
        marked = source.replace(f"<{node.tag}", f'<{node.tag} class="wp-block-heading"', 1)
        return f"<!-- wp:heading{level} -->\n{marked}\n<!-- /wp:heading -->"
    return f"<!-- wp:html -->\n{source}\n<!-- /wp:html -->"


def _words(text: str) -> str:
    """A title or an excerpt: HTML there, whose typography is WordPress' own."""
    return html.escape(text, quote=False)


def _files(copy: Copy) -> Iterator[File]:
    """The content by itself, to paste, and the fields of the REST interface.

    `tags` are names, which the interface takes as numbers only; `canonical` has no field there.
    """
    content = _content(copy)
    yield text_file(f"{copy.slug}.html", content, "text/html")
    status = {"draft": "draft", "scheduled": "future", "published": "publish"}[copy.state]
    fields = {
        "title": _words(copy.title),
        "slug": copy.slug,
        "status": status,
        "date_gmt": moment(copy.document.published),
        "excerpt": _words(copy.description),
        "tags": list(copy.tags),
        "canonical": copy.document.canonical,
        "content": content,
    }
    yield json_file(f"{copy.slug}.json", fields)


KIND = Kind(
    platform="WordPress",
    medium=LinkedHtmlCopy,
    template="channels/article.html",
    files=_files,
    tags=Tags(length=200),
    limits=Limits(slug=200),
)
