"""Tokens of a line that became neighbours, since the tag between them is gone.

In: a line's tokens. Out: the same, written so that readers of Markdown find no mark that the
field has not. Words and words become one text, whose marks mdformat then knows how to escape.
"""

import unicodedata
from collections.abc import Sequence

from markdown_it.token import Token

EMPHASIS = frozenset({"em_open", "em_close", "strong_open", "strong_close"})
BREAKS = frozenset({"softbreak", "hardbreak"})


def joined(tokens: Sequence[Token]) -> list[Token]:
    """The tokens with neighbouring texts as one text, and neighbouring code as one code."""
    found: list[Token] = []
    for token in tokens:
        if found and token.type == found[-1].type and token.type in ("text", "code_inline"):
            found[-1].content += token.content
        elif token.type != "text" or token.content:
            found.append(token)
    return found


def are_apart(left: Token, right: Token) -> bool:
    """Whether two tokens are read side by side as they were around a tag, which is punctuation.

    Source: CommonMark 0.31, sections 6.1 (code) and 6.2 (which marks open and close).
    """
    if left.type == right.type == "code_inline":
        return False
    if left.type not in EMPHASIS and right.type not in EMPHASIS:
        return True
    if left.type in EMPHASIS and right.type in EMPHASIS:
        return False
    if left.type in EMPHASIS:
        is_inside, kind = left.nesting > 0, kind_of(right, first=True)
    else:
        is_inside, kind = right.nesting < 0, kind_of(left, first=False)
    return kind != ("space" if is_inside else "word")


def kind_of(token: Token, *, first: bool) -> str:
    """What a token is to the marks in front of it or behind: a space, a word or punctuation."""
    if token.type in BREAKS:
        return "space"
    if token.type != "text":
        return "punctuation"
    category = unicodedata.category(token.content[0 if first else -1])
    if category in ("Zs", "Cc"):
        return "space"
    return "punctuation" if category[0] in "PS" else "word"


def settled(tokens: Sequence[Token]) -> list[Token]:
    """A line's tokens with emphasis only where readers find it (CommonMark 0.31, section 6.2).

    Spaces go outside of the marks. Marks go where they would open or close nothing, beside or
    inside others of their kind, and where a pair begins as another one ends; links go around links.
    """
    line = joined(_tightened(joined(tokens)))
    while lost := _lost(line):
        line = joined([token for index, token in enumerate(line) if index not in lost])
    return line


def _tightened(tokens: Sequence[Token]) -> list[Token]:
    found: list[Token] = []
    opened: list[int] = []
    for token in tokens:
        if token.nesting > 0:
            opened.append(len(found))
            found.append(token)
        elif token.nesting == 0:
            found.append(token)
        elif opened:
            at = opened.pop()
            found[at:] = _pair(found[at], found[at + 1 :])
    halves = {id(found[at]) for at in opened}
    return [token for token in found if id(token) not in halves]


def _pair(opening: Token, inside: list[Token]) -> list[Token]:
    """Marks around what stands between them; what closes them may have been another element's."""
    kind = opening.type.replace("_open", "_close")
    closing = Token(kind, opening.tag, -1, markup=opening.markup)
    if opening.type not in EMPHASIS:
        has_link = opening.type == "link_open" and any(t.type == "link_open" for t in inside)
        return inside if has_link else [opening, *inside, closing]
    before, after = _spaces(inside, 0), _spaces(inside, -1)
    marked = [opening, *inside, closing] if inside else []
    return [*before, *marked, *reversed(after)]


def _spaces(inside: list[Token], end: int) -> list[Token]:
    """Take the spaces and breaks off one end of what stands between marks."""
    found = []
    while inside and (inside[end].type == "text" or inside[end].type in BREAKS):
        text = inside[end].content
        words = text.lstrip() if end == 0 else text.rstrip()
        if inside[end].type in BREAKS or not words:
            found.append(inside.pop(end))
            continue
        if words != text:
            space = text[: -len(words)] if end == 0 else text[len(words) :]
            found.append(Token("text", "", 0, content=space))
            inside[end] = Token("text", "", 0, content=words)
        break
    return found


def _lost(line: Sequence[Token]) -> set[int]:
    """Where marks stand that readers would not find, or find where there are none."""
    between = [
        at
        for at in range(1, len(line))
        if {line[at - 1].type, line[at].type} <= EMPHASIS
        and line[at - 1].nesting < 0 < line[at].nesting
        and line[at - 1].tag == line[at].tag
    ]
    if between:
        return {place for at in between for place in (at - 1, at)}
    lost: set[int] = set()
    opened: list[int] = []
    for at, token in enumerate(line):
        if token.nesting > 0:
            opened.append(at)
        elif token.nesting < 0:
            start = opened.pop()
            if line[start].type in EMPHASIS and not _holds(line, start, at, opened):
                lost |= {start, at}
    return lost


def _holds(line: Sequence[Token], start: int, end: int, around: Sequence[int]) -> bool:
    """Whether readers take two marks for a pair; underscores inside words become asterisks."""
    opening, closing = line[start], line[end]
    if any(line[at].type == opening.type for at in around):
        return False
    if start and line[start - 1].type in EMPHASIS and line[start - 1].nesting < 0:
        return False
    before, first = _beside(line, start, -1), _beside(line, start, 1)
    last, behind = _beside(line, end, -1), _beside(line, end, 1)
    if "word" in (before, behind):
        opening.markup = closing.markup = opening.markup.replace("_", "*")
    return all(
        inner == "word" or (inner == "punctuation" and outer != "word")
        for inner, outer in ((first, before), (last, behind))
    )


def _beside(line: Sequence[Token], at: int, step: int) -> str:
    """What stands in front of a run of marks, or behind it."""
    at += step
    while 0 <= at < len(line) and line[at].type in EMPHASIS:
        at += step
    return kind_of(line[at], first=step > 0) if 0 <= at < len(line) else "space"
