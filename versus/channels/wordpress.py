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

ORIGIN = "originally-published"
"""The class of the line that says where a copy is from, by which publishing finds it."""

_TYPESET = re.compile(
    r"(?<=-)-|-(?=-)|(?<=\s)-(?=\s)"  # dashes
    r"|(?<=\d)x(?=\d)|\((?=tm\))"  # ×, ™
    r"|(?<!\S)(?:[:;](?=\S)|8(?=-?\)))"  # smileys
)
"""What `wptexturize` and `convert_smilies` would make another sign of. Quotes and the ellipsis are
left to them: those are the same signs in other clothes."""
_SHORTCODE = re.compile(r"&#91;/?[A-Za-z]")


def _protected(text: str, in_code: bool) -> str:
    """A text that WordPress leaves alone: shortcodes run even in code, typography not there."""
    text = text.replace("[", hypertext.hidden("["))
    if in_code:
        return text
    return _TYPESET.sub(lambda match: hypertext.hidden(match[0]), text)


def _content(copy: Copy) -> str:
    """Block markup: what editors know as a block is that block, all else a block of HTML.

    In blocks, line breaks are no `<br>`; what is no block of its own can still be edited. Themes
    load the looks of tables, pictures and code only for blocks of these kinds.
    """
    tree = hypertext.parse(copy.source)
    if copy.tables == "list":
        hypertext.lists_for_tables(tree)
    origin = tree.find_class(ORIGIN)
    hypertext.keep(tree, hypertext.TAGS, _ATTRIBUTES)
    hypertext.unlisted_terms(tree)
    for line in origin:
        line.set("class", ORIGIN)
    _limit_pictures(tree)
    return "\n\n".join(_block(*block) for block in hypertext.blocks(tree, _protected)) + "\n"


def _limit_pictures(tree: hypertext.Tree) -> None:
    """Keep pictures inside their columns: those that stand alone as blocks, others by themselves.

    Block themes limit the width of nothing else.
    """
    for picture in list(tree.iter("img")):
        parent = picture.getparent()
        alone = len(parent) == 1 and not parent.text_content().strip()
        if alone and parent.tag == "p" and parent.getparent() is tree and not parent.attrib:
            parent.tag = "figure"
            parent.set("class", "wp-block-image")
            for name in ("width", "height"):
                picture.attrib.pop(name, None)
        else:
            picture.set("style", "max-width:100%;height:auto")


def _block(node: hypertext.Tree, source: str) -> str:
    """A node as the block that WordPress' editor would write for it.

    The editor keeps references in blocks of HTML and of code only: where one hides a shortcode,
    it must be one of those, or the shortcode runs once somebody edits a word elsewhere.
    """
    if node.tag == "figure" and node.get("class") == "wp-block-image":
        return _marked("image", source)
    if _is_code(node):
        return _marked("code", source.replace("<pre", '<pre class="wp-block-code"', 1))
    if node.tag == "table":
        source = f'<figure class="wp-block-table">{source}</figure>'
    if _SHORTCODE.search(source):
        return _marked("html", source)
    if node.tag == "p" and not node.attrib:
        return _marked("paragraph", source)
    if node.tag == "p" and dict(node.attrib) == {"class": ORIGIN}:
        return _marked(f'paragraph {{"className":"{ORIGIN}"}}', source)
    if node.tag in ("h2", "h3", "h4", "h5", "h6"):
        level = "" if node.tag == "h2" else f' {{"level":{node.tag[1]}}}'
        source = source.replace(f"<{node.tag}", f'<{node.tag} class="wp-block-heading"', 1)
        return _marked(f"heading{level}", source)
    if node.tag == "table" and _is_plain(node):
        return _marked("table", source)
    return _marked("html", source)


def _is_plain(table: hypertext.Tree) -> bool:
    """Whether a table holds no more than the block for tables can."""
    parts = ("thead", "tbody", "tfoot")
    cells = {"scope", "colspan", "rowspan"}
    return all(part.tag in parts for part in table) and not any(
        set(node.attrib) - (cells if node.tag in ("th", "td") else set())
        for node in table.iter("table", *parts, "tr", "th", "td")
    )


def _is_code(node: hypertext.Tree) -> bool:
    """Whether a node is a block of code and nothing else."""
    return (
        [child.tag for child in node.iter()] == ["pre", "code"]
        and not any(child.attrib for child in node.iter())
        and not (node.text or "").strip()
    )


def _marked(block: str, source: str) -> str:
    return f"<!-- wp:{block} -->\n{source}\n<!-- /wp:{block.partition(' ')[0]} -->"


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
    limits=Limits(address=200),
)
