"""HTML in another platform's limits: a copy is rewritten on its tree.

In: a copy's tree. Out: the same words in what the platform keeps, or as plain text.
"""

import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy

from versus.channels.dialect import SUPERSCRIPT
from versus.markup.rawhtml import called
from versus.markup.trees import Tree, element, inner_html, parse

__all__ = ["Tree", "element", "parse"]

TAGS = frozenset(
    {
        "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "details",
        "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i",
        "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "strong",
        "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
        "var",
    }
)  # fmt: skip
"""What articles are made of; sections, spans and frames only matter to the page's own look."""

ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "*": frozenset({"id", "lang", "dir"}),
    "a": frozenset({"href", "title"}),
    "img": frozenset({"src", "alt", "title", "width", "height"}),
    "th": frozenset({"scope", "colspan", "rowspan"}),
    "td": frozenset({"colspan", "rowspan"}),
    "ol": frozenset({"start"}),
}

_NARROWEST = 20
"""Columns that a text has at least, however deep it stands."""

_HIGH, _LOW = 0xFDD0, 0xFDE0
"""Noncharacters, sixteen each, which no text holds (Unicode, section 23.7)."""

_ADDRESSES = frozenset({"href", "src", "cite", "poster"})
_BLOCKS = frozenset(
    {
        "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "pre", "blockquote",
        "figure", "details", "hr", "div", "section",
    }
)  # fmt: skip


def keep(tree: Tree, tags: frozenset[str], attributes: Mapping[str, frozenset[str]]) -> None:
    """Leave only these tags and attributes; what stands between other tags stays.

    A `span` stays where it says the language of a part that is not translated, if languages stay.
    Films and recordings become links.
    Scripts and styles go with their text: where only their tags are removed, the text shows.
    """
    has_language = "lang" in attributes.get("*", ())
    media_as_links(tree)
    for node in list(tree.iter()):
        if node is tree:
            continue
        if not isinstance(node.tag, str) or node.tag in ("script", "style", "template"):
            node.drop_tree()
        elif node.tag not in tags and not (
            has_language and node.tag == "span" and node.get("lang")
        ):
            node.drop_tag()
        else:
            known = attributes.get("*", frozenset()) | attributes.get(node.tag, frozenset())
            for name in [name for name in node.attrib if name not in known]:
                del node.attrib[name]


def media_as_links(tree: Tree) -> None:
    """Films and recordings as links to them, before what they say to those who cannot play them."""
    for node in list(tree.iter("audio", "video")):
        sources = (each.get("src") for each in (node, *node.iter("source")))
        address = next(filter(None, sources), None)
        if address is not None:
            link = element("a", {"href": address})
            link.text = called(node.attrib, address)
            link.tail, node.text = f" {node.text}" if (node.text or "").strip() else None, None
            node.insert(0, link)
            if any(True for _outer in node.iterancestors("a")):
                link.drop_tag()
        node.drop_tag()


def lists_for_tables(tree: Tree, *, wider_than: int = 0) -> None:
    """Each table as a list of its rows: "criterion: A: …; B: …"; all, or those of many columns.

    Tables inside others are first, so that rows hold lists already. A caption stands in front.
    """
    for table in reversed(list(tree.iter("table"))):
        if max((len(row) for row in _rows(table)), default=1) > wider_than:
            found = list_of(table)
            replace(table, found)
            for caption in table.findall("caption"):
                caption.tag, caption.tail = "p", None
                found.addprevious(caption)


def _rows(table: Tree) -> list[Tree]:
    """The rows of a table, and not those of tables in its cells."""
    return [row for row in table.iter("tr") if next(row.iterancestors("table")) is table]


def list_of(table: Tree) -> Tree:
    """A table's rows as a list, its first row naming what stands in the others.

    Raw HTML may have rows without cells, cells without a name, and a single row.
    """
    lines = ([cell for cell in row if cell.tag in ("td", "th")] for row in _rows(table))
    rows = [row for row in lines if row]
    names, body = (rows[0][1:], rows[1:]) if len(rows) > 1 else ([], rows)
    names += [element("th", {}) for _cell in range(max(map(len, body), default=0))]
    found = element("ul", {})
    for row in body:
        item = element("li", {})
        _move(row[0], _inside(item, "strong"))
        said = [
            (name, cell)
            for name, cell in zip(names, row[1:], strict=False)
            if len(cell) or (cell.text or "").strip()
        ]
        for index, (name, cell) in enumerate(said):
            _append(item, "; " if index else ": ")
            if len(name) or (name.text or "").strip():
                _move(deepcopy(name), _inside(item, "em"))
                _append(item, ": ")
            _move(cell, item)
        found.append(item)
    return found


def plain_notes(tree: Tree) -> None:
    """References to notes as numbers set high, and notes without links back."""
    for mark in list(tree.xpath('.//sup[@class="note-ref"]')):
        number = mark.text_content().translate(SUPERSCRIPT)
        previous, parent = mark.getprevious(), mark.getparent()
        _append_after(parent, previous, number)
        mark.drop_tree()
    for back in list(tree.xpath('.//p[@class="note-back"]')):
        back.drop_tree()


def unlisted_terms(tree: Tree) -> None:
    """Lists of terms as paragraphs: the term in bold, then what it says."""
    for terms in list(tree.iter("dl")):
        for term in list(terms.iter("dt")):
            term.tag = "strong"
            line = element("p", {})
            replace(term, line)
            line.append(term)
        for said in list(terms.iter("dd")):
            if any(child.tag in _BLOCKS for child in said):
                said.drop_tag()
            else:
                said.tag = "p"
        for group in list(terms.iter("div")):
            group.drop_tag()
        terms.drop_tag()


def unfolded(tree: Tree) -> None:
    """Folded texts laid open, their summaries in bold."""
    for summary in list(tree.iter("summary")):
        summary.tag = "strong"
        line = element("p", {})
        replace(summary, line)
        line.append(summary)
    for details in list(tree.iter("details")):
        details.drop_tag()


def written(tree: Tree, protect: Callable[[str, bool], str] = lambda text, in_code: text) -> str:
    """A tree's HTML, each top-level block on a line of its own.

    `protect` may mark characters (with `hidden`) to be written as numeric references, so that
    what the platform does with texts finds nothing to do; it is told whether it is in code.
    """
    return "\n".join(block for _node, block in blocks(tree, protect))


def blocks(
    tree: Tree, protect: Callable[[str, bool], str] = lambda text, in_code: text
) -> Iterator[tuple[Tree, str]]:
    """A tree's blocks, each with its HTML; words that stand alone become paragraphs."""
    _protect(tree, protect, in_code=False)
    _gather(tree)
    for node in tree:
        node.tail = None
        holder = element("div", {})
        holder.append(node)
        yield node, _shown(inner_html(holder))


def whole(value: str | None, usual: int) -> int:
    """The whole number that an attribute says; HTML of those who are trusted may say anything."""
    return int(value) if value and re.fullmatch("-?[0-9]{1,6}", value) else usual


def hidden(character: str) -> str:
    """A character of ASCII in disguise, until `written` makes a numeric reference of it."""
    return chr(_HIGH + (ord(character) >> 4)) + chr(_LOW + (ord(character) & 0xF))


def _shown(html: str) -> str:
    def reference(match: re.Match[str]) -> str:
        return f"&#{(ord(match[1]) - _HIGH) << 4 | ord(match[2]) - _LOW};"

    return re.sub("([\ufdd0-\ufdd7])([\ufde0-\ufdef])", reference, html)


def _protect(node: Tree, protect: Callable[[str, bool], str], *, in_code: bool) -> None:
    in_code = in_code or node.tag in ("code", "pre", "kbd", "samp")
    for name, value in node.attrib.items():
        if name not in _ADDRESSES:
            node.set(name, protect(value, True))
    if node.text:
        node.text = protect(node.text, in_code)
    for child in node:
        _protect(child, protect, in_code=in_code)
        if child.tail:
            child.tail = protect(child.tail, in_code)


def _gather(tree: Tree) -> None:
    """Put loose words and inline elements at the top into paragraphs."""
    loose: Tree | None = None
    children = list(tree)
    first, tree.text = tree.text, None
    if (first or "").strip():
        loose = element("p", {})
        loose.text = first
        tree.insert(0, loose)
    for child in children:
        tail, child.tail = child.tail, None
        if child.tag in _BLOCKS:
            loose = None
        else:
            if loose is None:
                loose = element("p", {})
                child.addprevious(loose)
            loose.append(child)
        if (tail or "").strip():
            if loose is None:
                loose = element("p", {})
                child.addnext(loose)
                loose.text = tail
            else:
                child.tail = tail


def plain_text(tree: Tree, width: int = 72) -> str:
    """A tree as a text for mails: headings underlined, links behind their words."""
    return "\n\n".join(block for block in _text_blocks(tree, width) if block) + "\n"


def _text_blocks(node: Tree, width: int) -> Iterator[str]:
    width = max(width, _NARROWEST)
    loose = node.text or ""
    for child in node:
        if child.tag in _BLOCKS:
            yield _wrapped(loose, width)
            loose = ""
            yield from _text_block(child, width)
        else:
            loose += _line(child)
        loose += child.tail or ""
    yield _wrapped(loose, width)


def _text_block(node: Tree, width: int) -> Iterator[str]:
    if node.tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
        line = _wrapped(_line(node), width)
        mark = {"h1": "=", "h2": "-"}.get(node.tag)
        yield f"{line}\n{mark * min(len(line), width)}" if mark else line
    elif node.tag in ("ul", "ol"):
        first = whole(node.get("start"), 1)
        yield "\n".join(item for item in _items(node, first, width) if item)
    elif node.tag == "pre":
        yield textwrap.indent(node.text_content().strip("\n"), "    ")
    elif node.tag == "blockquote":
        inside = "\n\n".join(b for b in _text_blocks(node, width - 2) if b)
        yield textwrap.indent(inside, "> ", lambda line: True)
    elif node.tag == "hr":
        yield "* * *"
    elif node.tag == "p":
        yield _wrapped(_line(node), width)
    else:
        yield from _text_blocks(node, width)


def _items(node: Tree, number: int, width: int) -> Iterator[str]:
    """A list's items; what raw HTML has between them, such as another list, is set below."""
    yield _wrapped(node.text or "", width)
    for child in node:
        marker = "- " if node.tag == "ul" else f"{number}. "
        if child.tag == "li":
            inside = _text_blocks(child, width - len(marker))
            number += 1
        elif child.tag in _BLOCKS:
            inside, marker = _text_block(child, width - len(marker)), " " * len(marker)
        else:
            inside, marker = iter([_wrapped(_line(child), width)]), ""
        text = textwrap.indent("\n".join(b for b in inside if b), " " * len(marker))
        yield marker + text[len(marker) :]
        yield _wrapped(child.tail or "", width)


def _line(node: Tree) -> str:
    """An inline element's words, an address behind the words of its link."""
    if node.tag == "br":
        return "\n"
    if node.tag == "img":
        return f"[{node.get('alt')}]" if node.get("alt") else ""
    words = (node.text or "") + "".join(_line(c) + (c.tail or "") for c in node)
    href = node.get("href", "")
    if node.tag == "a" and href.startswith(("http", "mailto:")) and href != words.strip():
        return f"{words} <{href}>"
    return words


def _wrapped(text: str, width: int) -> str:
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(
        textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False)
        for line in lines
        if line
    )


def _inside(parent: Tree, tag: str) -> Tree:
    child = element(tag, {})
    parent.append(child)
    return child


def _move(source: Tree, target: Tree) -> None:
    """Put the inside of an element at the end of another."""
    _append(target, source.text or "")
    for child in list(source):
        target.append(child)


def _append(target: Tree, text: str) -> None:
    _append_after(target, target[-1] if len(target) else None, text)


def _append_after(parent: Tree, previous: Tree | None, text: str) -> None:
    if previous is None:
        parent.text = (parent.text or "") + text
    else:
        previous.tail = (previous.tail or "") + text


def outer(node: Tree) -> str:
    """An element's own HTML."""
    holder = element("div", {})
    holder.append(deepcopy(node))
    holder[0].tail = None
    return inner_html(holder)


def replace(node: Tree, other: Tree) -> None:
    """Put an element into the place of another."""
    other.tail, node.tail = node.tail, None
    node.getparent().replace(node, other)
