"""Tables as lists and footnotes as numbered notes, on Markdown's tokens.

In and out: markdown-it's tokens of a whole article. Nothing that they say is lost.
"""

from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from versus.channels.dialect import SUPERSCRIPT


def word(text: str) -> Token:
    """A piece of plain text."""
    return Token("text", "", 0, content=text)


def emphasis(children: Sequence[Token], tag: str) -> list[Token]:
    """Something set off: `strong` or `em`."""
    mark = "**" if tag == "strong" else "*"
    return [
        Token(f"{tag}_open", tag, 1, markup=mark),
        *children,
        Token(f"{tag}_close", tag, -1, markup=mark),
    ]


def paragraph(children: Sequence[Token], *, hidden: bool = False) -> list[Token]:
    """A paragraph; a hidden one stands in a list without space around it."""
    return [
        Token("paragraph_open", "p", 1, hidden=hidden),
        Token("inline", "", 0, children=list(children)),
        Token("paragraph_close", "p", -1, hidden=hidden),
    ]


def bullets(items: Sequence[Sequence[Token]]) -> list[Token]:
    """A tight list of one line for each item."""
    found = [Token("bullet_list_open", "ul", 1, markup="-")]
    for item in items:
        found.append(Token("list_item_open", "li", 1, markup="-"))
        found += paragraph(item, hidden=True)
        found.append(Token("list_item_close", "li", -1, markup="-"))
    return [*found, Token("bullet_list_close", "ul", -1, markup="-")]


def tables_as_lists(tokens: Sequence[Token]) -> list[Token]:
    """Each table as a list of its rows: "criterion: A: …; B: …".

    A table that is only a row of headings is that row.
    """
    found: list[Token] = []
    rows: list[list[list[Token]]] | None = None
    for index, token in enumerate(tokens):
        if token.type == "table_open":
            rows = []
        elif token.type == "table_close":
            if rows:
                header = rows.pop(0) if len(rows) > 1 else [[] for _cell in rows[0]]
                found += bullets([_row(header, row) for row in rows])
            rows = None
        elif rows is None:
            found.append(token)
        elif token.type == "tr_open":
            rows.append([])
        elif token.type == "inline" and tokens[index - 1].type in ("th_open", "td_open"):
            rows[-1].append(list(token.children or ()))
    return found


def _row(header: Sequence[Sequence[Token]], row: Sequence[Sequence[Token]]) -> list[Token]:
    parts = [
        [*([*emphasis(name, "em"), word(": ")] if name else ()), *cell]
        for name, cell in zip(header[1:], row[1:], strict=False)
        if cell
    ]
    said = list(joined(parts))
    if not row[0]:
        return said
    return [*emphasis(row[0], "strong"), *([word(": "), *said] if said else [])]


def joined(parts: Sequence[Sequence[Token]]) -> Iterator[Token]:
    """Parts with "; " between them."""
    for index, part in enumerate(parts):
        if index:
            yield word("; ")
        yield from part


def notes_as_list(tokens: Sequence[Token], heading: str) -> list[Token]:
    """Footnotes as a numbered list at the end, each reference a number set high."""
    numbers: dict[int, str] = {}
    found: list[Token] = []
    for token in tokens:
        if token.type == "footnote_block_open":
            found += _heading(heading)
            found.append(Token("ordered_list_open", "ol", 1, markup="."))
        elif token.type == "footnote_block_close":
            found.append(Token("ordered_list_close", "ol", -1, markup="."))
        elif token.type in ("footnote_open", "footnote_close"):
            opening = token.type == "footnote_open"
            name = "list_item_open" if opening else "list_item_close"
            found.append(Token(name, "li", token.nesting, markup="."))
        elif token.type != "footnote_anchor":
            found.append(token)
            _number(token, numbers)
    return found


def _heading(text: str) -> list[Token]:
    return [
        Token("heading_open", "h2", 1, markup="##"),
        Token("inline", "", 0, children=[word(text)]),
        Token("heading_close", "h2", -1, markup="##"),
    ]


def _number(token: Token, numbers: dict[int, str]) -> None:
    """References as numbers; the notes stand in the order in which they are met."""
    for child in token.children or ():
        if child.type == "footnote_ref":
            number = numbers.setdefault(child.meta["id"], str(len(numbers) + 1))
            child.type, child.content = "text", number.translate(SUPERSCRIPT)
        _number(child, numbers)
    if token.children:
        token.children = [c for c in token.children if c.type != "footnote_anchor"]
