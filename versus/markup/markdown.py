"""A Markdown field as Markdown of a whole document: the same words, safe beside their neighbours.

In: a field's text and its place in the document. Out: `MarkdownText` for a template. Whatever
needs rewriting is rewritten on CommonMark's tokens and written by mdformat, so that an open
fence, a list or a reference of one field never reaches into the next.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from versus.markup import commonmark, simple
from versus.markup.escape import MarkdownText, escape
from versus.markup.html import Notes, Resolve
from versus.markup.rawhtml import with_addresses

if TYPE_CHECKING:  # mdformat is imported for fields that need it.
    from markdown_it.token import Token
    from mdformat.renderer import RenderContext, RenderTreeNode

_NEEDS_BRACKETS = re.compile(r"[\x00-\x20\x7f()]")
_OPENING = re.compile(r"(?<!\\)((?:\\\\)*)<(?! )")
"""A `<` that is not escaped: an even number of backslashes stands before it."""
_NOTE = re.compile(r"(?<!\\)((?:\\\\)*)\[(?=\^)")
"""A `[^` that is not escaped."""
_BLANK = re.compile(r"\n(?=\n)")
_TASK = re.compile(r"^\[([ xX])\](?=\s)", re.MULTILINE)


def render(
    text: str, *, level: int, resolve: Resolve, notes: Notes, trusted: bool = False
) -> MarkdownText:
    """A field's Markdown, to stand below a heading of the given level.

    HTML of the field's own is rewritten to what is allowed, unless it is `trusted`.
    """
    easy = simple.read(text)
    if easy is not None:
        return _easy(easy, resolve)
    tokens, env = commonmark.parse(text, trusted=trusted)
    _nest_headings(tokens, level)
    _resolve(tokens, resolve)
    body, numbered = _number_notes(tokens, notes)
    for number, inside in numbered.items():
        notes.texts[number - 1] = _write(inside, env)
    return MarkdownText(_write(body, env))


def inline(text: str, *, resolve: Resolve, notes: Notes, trusted: bool = False) -> MarkdownText:
    """A field on one line, for a table's cell: blocks apart by `<br>`, bars escaped.

    Source: GFM, section 4.10: cells hold inlines only, and a `|` in them is escaped, in code too.
    """
    easy = simple.read(text)
    if easy is not None and all(block.kind != "code" for block in easy):
        return _easy_inline(easy, resolve)
    tokens, env = commonmark.parse(text, trusted=trusted)
    _resolve(tokens, resolve)
    body, numbered = _number_notes(tokens, notes)
    for number, inside in numbered.items():
        notes.texts[number - 1] = _write(inside, env)
    parts = [part for part in _lines(body, env) if part]
    return MarkdownText("<br>".join(part.replace("|", "\\|") for part in parts))


def _easy(blocks: Iterable[simple.Block], resolve: Resolve) -> MarkdownText:
    """The Markdown of an easy field, to the letter what mdformat would write."""
    parts = []
    for block in blocks:
        lines = [_spans(line, resolve) for line in block.lines]
        if block.kind == "ul":
            lines = [f"- {line}" for line in lines]
        elif block.kind == "ol":
            lines = [f"{number}. {line}" for number, line in enumerate(lines, 1)]
        elif block.kind == "code":
            lines = [f"```{block.language}\n{block.code}```"]
        parts.append("\n".join(lines))
    return MarkdownText("\n\n".join(parts))


def _easy_inline(blocks: Iterable[simple.Block], resolve: Resolve) -> MarkdownText:
    parts = []
    for block in blocks:
        for number, line in enumerate(block.lines, 1):
            marker = {"ul": "• ", "ol": f"{number}\\. "}.get(block.kind, "")
            parts.append(marker + _spans(line, resolve).replace("\n", " "))
    return MarkdownText("<br>".join(parts))


def _spans(spans: Iterable[simple.Span], resolve: Resolve) -> str:
    parts = []
    for span in spans:
        kind = span.kind
        if kind == "text":
            parts.append(span.text)
        elif kind == "code":
            parts.append(f"`{span.text}`")
        elif kind == "a":
            address = _closed(resolve(span.href, False))
            if _NEEDS_BRACKETS.search(address):
                address = f"<{address}>"
            parts.append(f"[{_spans(span.inside, resolve)}]({address})")
        else:
            mark = "**" if kind == "strong" else "*"
            parts.append(mark + _spans(span.inside, resolve) + mark)
    return "".join(parts)


def _lines(tokens: "Sequence[Token]", env: dict[str, Any]) -> list[str]:
    """Each block of a field as one line: an item of a list by its marker, a heading in bold."""
    lines: list[str] = []
    markers: list[int | None] = []
    row: list[str] = []
    prefix = ""
    for index, token in enumerate(tokens):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            markers.append(int(token.attrs.get("start", 1)) if token.type[0] == "o" else None)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            markers.pop()
        elif token.type == "list_item_open":
            number = markers[-1]
            prefix = "• " if number is None else f"{number}\\. "
            markers[-1] = None if number is None else number + 1
        elif token.type == "inline":
            text = _write_inline(token, env)
            parent = tokens[index - 1].type
            if parent in ("th_open", "td_open"):
                row.append(text)
                continue
            lines.append(prefix + (f"**{text}**" if parent == "heading_open" else text))
            prefix = ""
        elif token.type == "tr_close":
            lines.append(", ".join(row))
            row = []
        elif token.type in ("fence", "code_block"):
            lines += [_code(line) for line in token.content.rstrip("\n").split("\n")]
        elif token.type == "html_block":
            lines.append(" ".join(token.content.split()))
    return lines


def _write_inline(token: "Token", env: dict[str, Any]) -> str:
    from markdown_it.token import Token

    for child in token.children or ():
        if child.type == "softbreak":
            child.type, child.content = "text", " "
        elif child.type == "hardbreak":
            child.type, child.content = "html_inline", "<br>"
    paragraph = [Token("paragraph_open", "p", 1), token, Token("paragraph_close", "p", -1)]
    return _write(paragraph, env)


def _code(line: str) -> str:
    from markdown_it.token import Token
    from mdformat.renderer import DEFAULT_RENDERERS, RenderContext, RenderTreeNode

    node = RenderTreeNode(
        [Token("inline", "", 0, children=[Token("code_inline", "code", 0, content=line)])]
    )
    return node.render(RenderContext(DEFAULT_RENDERERS, {}, {}, {})) if line.strip() else ""


def _nest_headings(tokens: "Sequence[Token]", level: int) -> None:
    opening = [token for token in tokens if token.type == "heading_open"]
    levels = commonmark.nested([int(token.tag[1]) for token in opening], level)
    found = iter(levels)
    for token in tokens:
        if token.type == "heading_open":
            new = next(found)
        if token.type in ("heading_open", "heading_close"):
            token.tag, token.markup = f"h{new}", "#" * new


def _resolve(tokens: "Sequence[Token]", resolve: Resolve) -> None:
    for token in tokens:
        address = commonmark.href_of(token)
        if address is not None:
            name, href = address
            new = resolve(href, name == "src")
            if new != href:
                token.info = ""
            token.attrs[name] = _closed(new)
        elif token.type in ("html_block", "html_inline"):
            token.content = with_addresses(token.content, resolve)
        _resolve(token.children or (), resolve)


def _closed(address: str) -> str:
    """An address without what would end it in Markdown, percent-encoded as readers do for HTML.

    Source: CommonMark 0.31, section 6.3: neither form of a destination can hold these as they are.
    """
    return address.replace("<", "%3C").replace(">", "%3E").replace("\\", "%5C")


def _number_notes(
    tokens: "list[Token]", notes: Notes
) -> "tuple[list[Token], dict[int, list[Token]]]":
    """A field's own tokens, and those inside each note, all notes numbered for the document."""
    body: list[Token] = []
    inside: dict[str, list[Token]] = {}
    current: str | None = None
    for token in tokens:
        if token.type == "footnote_open":
            current = str(token.meta["label"])
            inside[current] = []
        elif token.type == "footnote_close":
            current = None
        elif current is not None:
            if token.type != "footnote_anchor":
                inside[current].append(token)
        elif token.type not in ("footnote_block_open", "footnote_block_close"):
            body.append(token)
    numbers: dict[str, int] = {}
    queue = [body]
    for group in queue:
        for reference in _references(group):
            label = str(reference.meta["label"])
            if label not in numbers and label in inside:
                numbers[label] = notes.reserve()
                queue.append(inside[label])
            reference.meta = {**reference.meta, "label": str(numbers.get(label, label))}
    return body, {number: inside[label] for label, number in numbers.items()}


def _references(tokens: "Sequence[Token]") -> "list[Token]":
    found = []
    for token in tokens:
        if token.type == "footnote_ref":
            found.append(token)
        found += _references(token.children or ())
    return found


def _write(tokens: "Sequence[Token]", env: dict[str, Any]) -> str:
    if not tokens:
        return ""
    from mdformat.renderer import MDRenderer

    return MDRenderer().render(tokens, _options(), env, finalize=False).strip("\n")


def _escape_text(text: str, node: "RenderTreeNode", context: "RenderContext") -> str:
    """What mdformat leaves: tildes, which strike a text through in GFM, and every other of `<<`.

    It takes the second for what follows the first, and so it would begin a tag. And it knows no
    notes: neither a `[^1]` that is none, nor what would be an address behind one, or its text.
    """
    if text.startswith((":", "(")) and _is_behind_note(node, is_first=text[0] == ":"):
        text = "\\" + text
    text = _NOTE.sub(r"\1\\[", text) if "[^" in text else text
    return _OPENING.sub(r"\1\\<", text).replace("~", "\\~")


def _is_behind_note(node: "RenderTreeNode", *, is_first: bool) -> bool:
    before = node.previous_sibling
    if before is None or before.type != "footnote_ref":
        return False
    first = before.previous_sibling
    return not is_first or first is None or first.type in ("softbreak", "hardbreak")


def _image(node: "RenderTreeNode", context: "RenderContext") -> str:
    """mdformat writes the alternative text as it is, so that a `]` in it would end it."""
    alt = escape("".join(words(child) for child in node.children))
    address = str(node.attrs["src"])
    if not address or any(c in address for c in "<>() "):
        address = "<" + address.replace("<", "%3C").replace(">", "%3E") + ">"
    title = str(node.attrs.get("title") or "")
    quoted = title.replace("\\", "\\\\").replace('"', '\\"')
    return f'![{alt}]({address} "{quoted}")' if title else f"![{alt}]({address})"


def words(node: "RenderTreeNode") -> str:
    """The words inside a node, a break as a space."""
    if node.type in ("softbreak", "hardbreak"):
        return " "
    return node.content or "".join(words(child) for child in node.children)


def _start_paragraph(text: str, node: "RenderTreeNode", context: "RenderContext") -> str:
    """A paragraph that no reader takes for anything else.

    A tag that came to stand first, since one before it was dropped, would begin a block of HTML,
    in which no escape holds; so would one behind a line of which mdformat left nothing. And a box
    is a task in GFM, and none in a field.
    """
    text = _BLANK.sub("\n&#32;", text)
    inside = text.lstrip()
    if inside.startswith("<") and commonmark.begins_block(inside.partition("\n")[0]):
        text = "<span></span>" + inside
    return _TASK.sub(r"\\[\1\\]", text)


def _blockquote(node: "RenderTreeNode", context: "RenderContext") -> str:
    """mdformat begins a line at whatever Unicode calls a separator; Markdown knows one line end."""
    with context.indented(2):
        text = "\n\n".join(filter(None, (child.render(context) for child in node.children)))
    return "\n".join(f"> {line}" if line else ">" for line in text.split("\n"))


def _rule(node: "RenderTreeNode", context: "RenderContext") -> str:
    """A thematic break that no reader takes for front matter or for an underline."""
    return "***"


class Own:
    """What Versus writes in another way than mdformat and its plugins."""

    RENDERERS: Mapping[str, Any] = {"image": _image, "hr": _rule, "blockquote": _blockquote}
    POSTPROCESSORS: Mapping[str, Any] = {"text": _escape_text, "paragraph": _start_paragraph}


@lru_cache(maxsize=1)
def _options() -> dict[str, Any]:
    from mdformat_footnote import plugin as footnotes
    from mdformat_gfm import _tables_plugin as tables

    return {
        "mdformat": {"number": True},
        "codeformatters": {},
        "parser_extension": [tables, footnotes, Own],
    }
