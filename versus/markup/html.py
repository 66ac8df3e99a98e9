"""A Markdown field as HTML: headings nested and named, addresses resolved, notes numbered.

In: a field's text and its place in the document. Out: `Markup` for a template.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup, escape

from versus.languages import Foreign, apart, direction
from versus.markup import commonmark, simple
from versus.views import SIZES

if TYPE_CHECKING:  # Parsers, trees and Pygments are imported for fields that need them.
    from pygments.formatters import HtmlFormatter
    from pygments.lexer import Lexer

    from versus.markup import trees

Resolve = Callable[[str, bool], str]
"""Makes the address to write from the address as written and whether it is an image's."""

Measure = Callable[[str], tuple[int, int] | None]
"""Knows the width and height, in pixels, of the picture behind an address as written."""

_PARAGRAPHS = re.compile(r"<p[ >]")
_PARAGRAPH = re.compile(r'<p( lang="[^"]*" dir="[^"]*")?>')
Offer = Callable[[str], str]
"""Knows the smaller copies of the picture behind an address as written, as `srcset` lists them."""

_IS_NORMAL = re.compile(
    r"(?!//)(?:https?://[a-z0-9]++(?:[.-][a-z0-9]++)*(?=/|\Z))?[a-zA-Z0-9_.~/-]*+(?:#[a-zA-Z0-9_.~-]*+)?"
)
SPECIAL = re.compile("[&<>\"']")
"""What has to be escaped; most plain texts hold nothing of it."""

_ALIGNED = re.compile(r"text-align: ?(left|center|right);?")
_NUMBERED = re.compile(r"(fn|fnref|source)-\d")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


class Terms(NamedTuple):
    """On which terms a field enters a page."""

    language: str | None = None
    """Its language, said of every block, where that is not the document's."""
    trusted: bool = False
    """Whether HTML of its own stays as it is."""
    taken: frozenset[str] = frozenset()
    """The ids of the page itself, which raw HTML may not use."""


USUAL = Terms()


@dataclass(slots=True)
class Notes:
    """The footnotes of one document, numbered from 1 through all its fields as they are met."""

    texts: list[str] = field(default_factory=list)
    uses: list[int] = field(default_factory=list)

    def reserve(self) -> int:
        """The number of a note that is met for the first time."""
        self.texts.append("")
        self.uses.append(0)
        return len(self.texts)


def render(
    text: str,
    *,
    level: int,
    ids: Iterable[str],
    resolve: Resolve,
    notes: Notes,
    measure: Measure = lambda href: None,
    srcset: Offer = lambda href: "",
    terms: Terms = USUAL,
) -> Markup:
    """A field's HTML, to stand below a heading of the given level.

    `ids` are the ids of the field's own headings, in order; `measure` and `srcset` know pictures.
    """
    easy = simple.read(text)
    if easy is not None:
        return _easy(easy, resolve, terms.language)
    from versus.markup import pymarkdown, trees

    found = pymarkdown.rendered(text, trusted=terms.trusted)[0].copy()
    _name_headings(found.body, level, ids)
    for tree in (found.body, *found.notes.values()):
        _free(tree, terms.taken)
        _measure(tree, measure, srcset)
        _finish(tree, resolve)
    if terms.language is not None:
        for tree in (found.body, *found.notes.values()):
            _say_language(tree, terms.language)
    _number_notes(found, notes)
    return _markup(trees.inner_html(found.body))


def in_language(text: str, around: str = "ltr") -> Markup:
    """A text as HTML: its language said where that is not the document's.

    In a document written `around`, what runs the other way is kept apart where it must be.
    """
    if type(text) is str and not SPECIAL.search(text):
        html = _markup(text)
    elif isinstance(text, Foreign):
        said = f'lang="{text.language}" dir="{direction(text.language)}"'
        return _markup(f"<span {said}>{escape(text)}</span>")
    else:
        html = escape(text)
    return html if around == "ltr" and text.isascii() else _apart(html, around)


_NO_INLINE = re.compile(r"<(?!/?(?:a|b|code|em|i|kbd|s|samp|span|strong|sub|sup)\b)")


def _apart(html: Markup, around: str) -> Markup:
    """HTML as it is, or its one line of words as a `bdi` where it would be torn (UAX #9)."""
    one = html[3:-4] if html.startswith("<p>") and html.endswith("</p>") else html
    found = apart(one.striptags() if "<" in one else str(one.unescape()), around)
    if found is None or _NO_INLINE.search(one):
        return html
    bdi = f'<bdi dir="{found}">{one}</bdi>'
    return _markup(bdi if one is html else f"<p>{bdi}</p>")


def inline(html: Markup) -> Markup:
    """A field's HTML without the paragraph around it, where it has one paragraph only.

    A paragraph that says its language leaves a `span` that does.
    """
    opening = _PARAGRAPH.match(html)
    if opening is None or len(_PARAGRAPHS.findall(html)) > 1 or not html.endswith("</p>"):
        return html
    inside = html[opening.end() : -4]
    if opening[1]:
        return _markup(f"<span{opening[1]}>{inside}</span>")
    return _markup(inside)


def _markup(html: str) -> Markup:
    """What is HTML already as such; Markup's own way asks any value first whether it has HTML."""
    return str.__new__(Markup, html)


def _easy(blocks: Iterable[simple.Block], resolve: Resolve, language: str | None) -> Markup:
    """The HTML of an easy field, to the letter what its tree would give."""
    said = "" if language is None else f' lang="{language}" dir="{direction(language)}"'
    parts = []
    for block in blocks:
        if block.kind == "p":
            parts.append(f"<p{said}>{_spans(block.lines[0], resolve)}</p>")
        elif block.kind == "code":
            parts.append(f'<pre tabindex="0"{said}>{_code(block.code, block.language)}</pre>')
        else:
            items = "".join([f"<li>{_spans(line, resolve)}</li>\n" for line in block.lines])
            parts.append(f"<{block.kind}{said}>\n{items}</{block.kind}>")
    return _markup("\n".join(parts))


def _spans(spans: Iterable[simple.Span], resolve: Resolve) -> str:
    parts = []
    for span in spans:
        kind = span.kind
        if kind == "text":
            parts.append(_escaped(span.text))
        elif kind == "code":
            parts.append(f"<code>{_escaped(span.text)}</code>")
        elif kind == "a":
            address = _escaped(_normal(resolve(span.href, False)))
            parts.append(f'<a href="{address}">{_spans(span.inside, resolve)}</a>')
        else:
            parts.append(f"<{kind}>{_spans(span.inside, resolve)}</{kind}>")
    return "".join(parts)


def _escaped(text: str) -> str:
    if "&" in text or ">" in text or "<" in text:
        return text.replace("&", "&amp;").replace(">", "&gt;").replace("<", "&lt;")
    return text


def _code(code: str, language: str) -> str:
    """Fenced code as the inside of a `pre`, coloured."""
    if not language:
        return f"<code>{_escaped(code)}</code>"
    coloured = _coloured(code, language)
    if coloured is None:
        inside = _escaped(code)
    else:  # Trees write quotation marks as they are.
        inside = coloured.replace("&quot;", '"').replace("&#39;", "'")
    return f'<code class="language-{language}">{inside}</code>'


def _say_language(tree: "trees.Tree", language: str) -> None:
    for block in tree:
        if isinstance(block.tag, str):
            block.set("lang", block.get("lang", language))
            block.set("dir", block.get("dir", direction(language)))


def _name_headings(body: "trees.Tree", level: int, ids: Iterable[str]) -> None:
    found = list(body.iter(*_HEADINGS))
    levels = commonmark.nested([int(node.tag[1]) for node in found], level)
    names = iter(ids)
    for node, new in zip(found, levels, strict=True):
        node.tag = f"h{new}"
        name = next(names, None)
        if name is not None:
            node.set("id", name)


def _free(tree: "trees.Tree", taken: frozenset[str]) -> None:
    """Take from raw HTML the ids that the page itself uses, but for headings named by it."""
    for node in tree.xpath(".//*[@id]"):
        if node.tag not in _HEADINGS and (
            node.get("id") in taken or _NUMBERED.match(node.get("id"))
        ):
            del node.attrib["id"]


def _measure(tree: "trees.Tree", measure: Measure, srcset: Offer) -> None:
    """Give pictures their size, so that the page does not jump, and load them when near.

    A size of the writer's own stays, and then no copies are offered: they are chosen by width.
    """
    for picture in tree.iter("img"):
        size = measure(picture.get("src", ""))
        if size is not None and picture.get("width") is None and picture.get("height") is None:
            picture.set("width", str(size[0]))
            picture.set("height", str(size[1]))
            offered = srcset(picture.get("src", ""))
            if offered and picture.get("srcset") is None:
                picture.set("srcset", offered)
                picture.set("sizes", SIZES)
        if picture.get("loading") is None:
            picture.set("loading", "lazy")
            picture.set("decoding", "async")


def _finish(tree: "trees.Tree", resolve: Resolve) -> None:
    """Resolve the addresses of a tree, and colour its code."""
    for node in tree.iter("a", "img", "video", "audio", "source"):
        for name, is_image in (("href", False), ("src", True), ("poster", True)):
            address = node.get(name)
            if address is not None:
                node.set(name, _normal(resolve(address, is_image)))
    for code in tree.xpath(".//pre/code[@class]"):
        _colour(code)
    for block in tree.iter("p", "div", "td", "th", "tr", *_HEADINGS):
        _align(block)
    for block in tree.iter("pre", "table"):  # What may scroll is reached by the keyboard.
        block.set("tabindex", "0")
    for cell in tree.iter("th"):
        if not len(cell) and not (cell.text or "").strip():
            cell.tag = "td"  # The corner of a table heads nothing.


def _normal(address: str) -> str:
    """An address as CommonMark's reader writes it into HTML: other scripts percent-encoded."""
    if _IS_NORMAL.fullmatch(address):
        return address
    from markdown_it.common.normalize_url import normalizeLink

    return normalizeLink(address)


def _align(block: "trees.Tree") -> None:
    """Say by a class how a block is aligned: the page's policy allows no style on an element."""
    style = _ALIGNED.fullmatch(block.get("style", ""))
    side = style[1] if style else block.attrib.pop("align", "").lower()
    if style:
        del block.attrib["style"]
    if side in ("left", "center", "right"):
        block.set("class", f"{block.get('class', '')} align-{side}".strip())


def _colour(code: "trees.Tree") -> None:
    coloured = _coloured(code.text or "", code.get("class", "").removeprefix("language-"))
    if coloured is not None and not len(code):
        from versus.markup import trees

        code.text = None
        piece = trees.parse(coloured, "code")
        code.text = piece.text
        code.extend(list(piece))


@lru_cache(maxsize=512)
def _coloured(code: str, language: str) -> str | None:
    """Code as `span`s with Pygments' classes; None where Pygments does not know the language."""
    from pygments import highlight

    lexer = _lexer(language)
    return None if lexer is None else str(highlight(code, lexer, _formatter()))


@lru_cache(maxsize=64)
def _lexer(language: str) -> "Lexer | None":
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return None


@lru_cache(maxsize=1)
def _formatter() -> "HtmlFormatter[str]":
    from pygments.formatters.html import HtmlFormatter

    return HtmlFormatter(nowrap=True)


def _number_notes(found: "trees.Fragment", notes: Notes) -> None:
    from versus.markup import trees

    numbers: dict[str, int] = {}
    queue = [found.body]
    for tree in queue:
        for mark in tree.xpath(".//sup[@data-note]"):
            label = mark.attrib.pop("data-note")
            if label in found.notes and label not in numbers:
                numbers[label] = notes.reserve()
                queue.append(found.notes[label])
            if label in numbers:
                _reference(mark, numbers[label], notes)
    for label, number in numbers.items():
        notes.texts[number - 1] = trees.inner_html(found.notes[label])


def _reference(mark: "trees.Tree", number: int, notes: Notes) -> None:
    """Ids of notes hold no `:`: WordPress drops such links for authors (syndication, fact 1)."""
    notes.uses[number - 1] += 1
    use = notes.uses[number - 1]
    mark.set("class", "note-ref")
    mark.set("id", f"fnref-{number}" if use == 1 else f"fnref-{number}-{use}")
    from versus.markup import trees

    link = trees.element("a", {"href": f"#fn-{number}", "role": "doc-noteref"})
    link.text = str(number)
    mark.append(link)
