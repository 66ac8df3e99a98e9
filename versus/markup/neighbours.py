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
