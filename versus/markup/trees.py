"""HTML fragments as trees: parsed, their footnotes set apart, compared.

Both Markdown readers end here, so that what follows (addresses, headings, notes) is done once,
on one shape, and reaches raw HTML too.
"""

import re
import sys
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import unquote

from lxml import etree, html

Tree: TypeAlias = html.HtmlElement

_COMPARED = ("href", "src", "alt", "title", "start", "data-note")
_SPACE = re.compile(r"\s+")
_NO_XML = r"\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff"
_DOUBTFUL = re.compile(
    rf"[{_NO_XML}]"
    r"|&#(?:[xX](?=[0-9a-fA-F])0*+(?P<hex>[0-9a-fA-F]*+)|(?=[0-9])0*+(?P<decimal>[0-9]*+));?"
)
"""Characters that no tree can hold, and references to any."""
_BODY = re.compile(r"</?(?:html|head|body)\b[^>]*>?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fragment:
    """A field's HTML: its body, and its footnotes by label. Copy before changing."""

    body: Tree
    notes: dict[str, Tree]

    def copy(self) -> "Fragment":
        """The same fragment, free to be changed."""
        return Fragment(deepcopy(self.body), {k: deepcopy(v) for k, v in self.notes.items()})


def parse(source: str, parent: str = "div") -> Tree:
    """A piece of HTML as the inside of an element, whatever it begins with.

    A comment goes first, or lxml would take what begins like a whole document for one. What no
    tree can hold becomes U+FFFD, as for readers of CommonMark (0.31, section 2.5).
    """
    source = "<!---->" + _DOUBTFUL.sub(_allowed, source)
    holder: Tree
    try:
        holder = html.fragment_fromstring(source, create_parent=parent)
    except AssertionError:  # It has a body of its own, whose tags mean nothing inside another one.
        holder = html.fragment_fromstring(_BODY.sub("", source), create_parent=parent)
    start = holder[0]
    holder.text = start.tail
    holder.remove(start)
    return holder


def _allowed(found: re.Match[str]) -> str:
    """A reference to a character that trees can hold; U+FFFD for anything else."""
    digits = found["hex"] or found["decimal"] or ""
    if not 0 < len(digits) <= len("1114111"):
        return "\ufffd"
    code = int(digits, 16 if found["hex"] else 10)
    return "\ufffd" if code > sys.maxunicode or _DOUBTFUL.match(chr(code)) else found[0]


def element(tag: str, attributes: dict[str, str]) -> Tree:
    """A new element."""
    return html.Element(tag, attributes)


def fragment(source: str) -> Fragment:
    """The tree of a piece of HTML; `div.footnote` becomes notes, each known by its label."""
    body = parse(source)
    notes: dict[str, Tree] = {}
    for block in body.xpath('.//div[@class="footnote"]'):
        for item in block.iter("li"):
            label = item.get("data-note")
            if label is not None:
                notes[label] = item
        block.drop_tree()
    return Fragment(body, notes)


def inner_html(tree: Tree) -> str:
    """The HTML inside an element."""
    parts = [_escaped(tree.text or "")]
    parts += [etree.tostring(child, encoding="unicode", method="html") for child in tree]
    return "".join(parts).strip()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@dataclass(frozen=True, slots=True)
class Event:
    """A tag or some words that a reader meets; `line` is the source's, where the tree knows it."""

    what: str
    line: int


def events(found: Fragment) -> tuple[Event, ...]:
    """What a reader of the fragment meets, in a form that spacing and looseness do not change."""
    parts = list(_events(found.body, line=0, in_pre=False))
    for label in sorted(found.notes):
        parts.append(Event(f"note {label}", parts[-1].line if parts else 0))
        parts += _events(found.notes[label], line=parts[-1].line, in_pre=False)
    return tuple(_merged(parts))


def _events(node: Tree, *, line: int, in_pre: bool) -> Iterator[Event]:
    """Tags as `<tag …`, words as `=words`; the element itself is not told, its inside is."""
    yield Event("=" + _words(node.text, in_pre=in_pre), line)
    for child in node:
        if isinstance(child.tag, str):
            said = child.get("data-line", "")
            line = int(said) if said.isdecimal() else line
            loose = child.tag == "p" and node.tag in ("li", "td", "th")
            told = child.tag not in ("thead", "tbody") and not loose
            if told:
                yield Event(f"<{child.tag}{_attributes(child)}", line)
            yield from _events(child, line=line, in_pre=in_pre or child.tag == "pre")
            if told:
                yield Event(f"</{child.tag}", line)
        yield Event("=" + _words(child.tail, in_pre=in_pre), line)


def _attributes(node: Tree) -> str:
    found = [f" {name}={unquote(value)}" for name in _COMPARED if (value := node.get(name))]
    if node.tag == "code" and (language := node.get("class")):
        found.append(f" {language}")
    return "".join(found)


def _words(text: str | None, *, in_pre: bool) -> str:
    if not text:
        return ""
    return text.rstrip("\n") if in_pre else _SPACE.sub("", text)


def _merged(parts: list[Event]) -> Iterator[Event]:
    """The parts with neighbouring words joined and empty ones left out."""
    words, line = "", 0
    for part in [*parts, Event("<end", -1)]:
        if part.what.startswith("="):
            line = line if words else part.line
            words += part.what[1:]
            continue
        if words:
            yield Event("=" + words, line)
        words = ""
        yield part
