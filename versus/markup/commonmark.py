"""A Markdown field as CommonMark reads it: tokens, links, headings, plain text, HTML.

In: a field's text. Out: values and trees that `html`, `markdown` and `portability` work on.
The field's meaning is CommonMark 0.31 with GFM's tables and with footnotes; other blogs read it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from versus.markup import simple

if TYPE_CHECKING:  # The parser is imported for fields that need it.
    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

MAX_NESTING = 100
"""How deeply blocks may nest, each item of a list counting two: markdown-it stops there."""


_BREAK = re.compile(r"<br\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Link:
    """A link or image of a field: where to, and at which character of the field it says so."""

    href: str
    offset: int
    is_image: bool


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a field: its level as written, its plain text, an id that raw HTML gives."""

    level: int
    text: str
    id: str = ""


def is_too_deep(tokens: "Iterable[Token]") -> bool:
    """Whether blocks or marks nest so deeply that the parser drops what is inside and behind."""
    return any(
        inner.level >= MAX_NESTING - 1
        for token in tokens
        for inner in (token, *(token.children or ()))
    )


def parse(text: str, *, trusted: bool = False) -> "tuple[list[Token], dict[str, Any]]":
    """The tokens of a field and the parser's environment; the caller may change both.

    Of raw HTML they hold what `safety` allows, unless the content is trusted.
    """
    env: dict[str, Any] = {}
    tokens = _parser().parse(text + "\n", env)
    if not trusted and "<" in text:
        from versus.markup import safety

        tokens, env["dropped"] = safety.rewritten(tokens, is_one_block)
    return tokens, env


def read(text: str, *, trusted: bool = False) -> "tuple[list[Token], dict[str, Any]]":
    """The same for those who change nothing: a field is asked for several things in turn."""
    return _read(text, trusted or "<" not in text)


@lru_cache(maxsize=64)
def _read(text: str, trusted: bool) -> "tuple[list[Token], dict[str, Any]]":
    return parse(text, trusted=trusted)


@lru_cache(maxsize=4096)
def dropped(text: str) -> tuple[tuple[int, str], ...]:
    """What is left out of a field whose content is not trusted: each kind at its first offset."""
    if "<" not in text:
        return ()
    found: dict[str, int] = {}
    starts = _starts(text)
    cursor = 0
    for what in read(text)[1]["dropped"]:
        cursor = max(cursor, starts[min(what.line, len(starts) - 1)])
        at = text.find(what.source, cursor)
        cursor = at if at >= 0 else cursor
        found.setdefault(what.what, cursor)
    return tuple((offset, what) for what, offset in found.items())


@lru_cache(maxsize=4096)
def links(text: str, *, trusted: bool = False) -> tuple[Link, ...]:
    """Every link and image of a field, those in raw HTML too, in order."""
    easy = simple.read(text)
    if easy is not None:
        return tuple(Link(href, offset, is_image=False) for href, offset in simple.links(easy))
    return tuple(_links(text, trusted=trusted))


@lru_cache(maxsize=4096)
def headings(text: str) -> tuple[Heading, ...]:
    """The headings that a field brings with it, in order."""
    inside = text.rstrip()
    is_bare = not ("#" in inside or "\n" in inside or "<" in inside)
    if is_bare or simple.read(text) is not None:
        return ()
    from versus.markup.rawhtml import headings as raw

    found = []
    tokens, _env = read(text)
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            found.append(Heading(int(token.tag[1]), inline_text(tokens[place + 1])))
        for html in (token, *(token.children or ())):
            if html.type in ("html_block", "html_inline"):
                found += [Heading(*heading) for heading in raw(html.content)]
    return tuple(found)


def paragraphs(text: str) -> str:
    """The words of a field's own paragraphs, without its lists, tables, code and quotations."""
    easy = simple.read(text)
    if easy is not None:
        found = [simple.words(block.lines[0]) for block in easy if block.kind == "p"]
    else:
        found = [
            inline_text(inline)
            for token, inline in pairwise(read(text)[0])
            if token.type == "paragraph_open" and token.level == 0
        ]
    return " ".join(" ".join(found).split())


def inline_text(token: "Token") -> str:
    """The words of an inline token; an image says its alternative text."""
    text = ""
    for child in token.children or ():
        if child.type == "image":
            text += inline_text(child)
        elif child.type in ("text", "code_inline", "text_special"):
            text += child.content
        elif child.type in ("softbreak", "hardbreak") or _BREAK.match(child.content):
            text += " "
    return text


def to_html(text: str, *, trusted: bool = False) -> str:
    """The HTML that CommonMark gives a field.

    Footnotes are `sup` and `li` with `data-note`; blocks say their line (from 0) in `data-line`.
    """
    tokens, env = parse(text, trusted=trusted)
    for token in tokens:
        if token.map and token.nesting >= 0 and token.type not in ("inline", "html_block"):
            token.attrSet("data-line", str(token.map[0]))
    return str(_parser().renderer.render(tokens, _parser().options, env))


def nested(levels: list[int], base: int) -> list[int]:
    """Headings' levels below a section of level `base`: no level skipped, none over six.

    Relations between the headings stay as written, so `##`, `####`, `###` below a section of
    level 2 become 3, 4, 4: what stood deeper than its neighbour stays deeper.
    """
    found: list[int] = []
    open_levels: list[int] = []
    for level in levels:
        while open_levels and open_levels[-1] >= level:
            open_levels.pop()
        open_levels.append(level)
        found.append(min(base + len(open_levels), 6))
    return found


def href_of(token: "Token") -> tuple[str, str] | None:
    """The attribute that holds a link's or an image's address, and the address."""
    if token.type == "link_open":
        return "href", str(token.attrs.get("href", ""))
    if token.type == "image":
        return "src", str(token.attrs.get("src", ""))
    return None


def _links(text: str, *, trusted: bool) -> Iterator[Link]:
    from versus.markup.rawhtml import addresses

    starts = _starts(text)
    cursor = 0
    for token in read(text, trusted=trusted)[0]:
        line = token.map[0] if token.map else 0
        begin = starts[min(line, len(starts) - 1)]
        cursor = max(cursor, begin) if token.map else cursor
        for href, is_image in _addresses(token, addresses):
            offset = text.find(href, cursor)
            if offset < 0:
                offset = max(text.find(href, begin), text.find(href), begin) if href else begin
            else:
                cursor = offset
            yield Link(href, offset, is_image)


def _addresses(token: "Token", raw: Any) -> Iterator[tuple[str, bool]]:
    if token.type in ("html_block", "html_inline"):
        yield from raw(token.content)
    found = href_of(token)
    if found is not None:
        yield found[1], found[0] == "src"
    for child in token.children or ():
        yield from _addresses(child, raw)


def _starts(text: str) -> list[int]:
    """The offset at which each line starts."""
    return [0, *(match.end() for match in re.finditer("\n", text))]


def is_one_block(html: str) -> bool:
    """Whether a reader finds a text to be one block of HTML, which ends with it, and nothing else.

    A paragraph behind it shows where it ends: a `<pre>` that nothing closes would take that in.
    Definitions of links and notes make no tokens; the environment tells of them.
    """
    env: dict[str, Any] = {}
    found = [token.type for token in _parser().parse(f"{html}\n\nx\n", env)]
    return not env and found == ["html_block", "paragraph_open", "inline", "paragraph_close"]


def begins_block(line: str) -> bool:
    """Whether a line begins a block of HTML, though it may never end."""
    return _parser().parse(line)[0].type == "html_block"


@lru_cache(maxsize=1)
def _parser() -> "MarkdownIt":
    """The one parser. Addresses stay as written and unchecked: `links` judges them, with places."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.footnote import footnote_plugin

    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING})
    parser.enable("table").use(footnote_plugin)
    parser.disable("footnote_inline")
    parser.core.ruler.before("footnote_tail", "lift_notes", _lift_notes)
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    parser.add_render_rule("footnote_ref", _note_reference)
    parser.add_render_rule("footnote_block_open", lambda *_: '<div class="footnote"><ol>')
    parser.add_render_rule("footnote_block_close", lambda *_: "</ol></div>")
    parser.add_render_rule("footnote_open", _note_open)
    parser.add_render_rule("footnote_anchor", lambda *_: "")
    return parser


def _lift_notes(state: "StateCore") -> None:
    """Take a note that is defined inside another one out of that: it is a note of its own.

    The plugin would lose the outer one, and leave tags of it behind.
    """
    body: list[Token] = []
    inside = [body]
    for token in state.tokens:
        if token.type == "footnote_reference_open":
            inside.append([])
        inside[-1].append(token)
        if token.type == "footnote_reference_close":
            body += inside.pop()
    state.tokens = body


def _note_reference(_self: Any, tokens: "list[Token]", index: int, *_: Any) -> str:
    return f'<sup data-note="{_attribute(tokens[index])}"></sup>'


def _note_open(_self: Any, tokens: "list[Token]", index: int, *_: Any) -> str:
    return f'<li data-note="{_attribute(tokens[index])}">'


def _attribute(token: "Token") -> str:
    return (
        str(token.meta["label"]).replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    )
