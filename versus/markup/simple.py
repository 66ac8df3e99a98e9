"""The easy part of Markdown, read without a parser: most fields hold nothing else.

In: a field's text. Out: its blocks as small values, or None for whatever is not plainly easy, and
then the real parsers read it. Taken are paragraphs, tight lists and fenced code; in them words,
`**strong**`, `*em*`, `code` and `[links](address)`. The conditions are so strict that CommonMark,
Python-Markdown and mdformat cannot read them in different ways: marks stand between a space and a
letter, lines begin with a letter, and no character stands anywhere that one of the three might
take for more. Any doubt is a None. Property tests compare all that is made from these values with
what the parsers make.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple


class Span(NamedTuple):
    """A part of a line: words, or what is marked in them."""

    kind: Literal["text", "code", "strong", "em", "a"]
    text: str
    """The words of a text or of code; empty for what has parts of its own."""
    inside: "tuple[Span, ...]" = ()
    href: str = ""
    offset: int = 0
    """At which character of the field a link's address stands."""


class Block(NamedTuple):
    """A paragraph, which is one line of spans; a list, a line for each item; or fenced code.

    A line break inside a paragraph is one in its words.
    """

    kind: Literal["p", "ul", "ol", "code"]
    lines: tuple[tuple[Span, ...], ...] = ()
    code: str = ""
    language: str = ""


# Below, repeated classes are possessive, and alternatives begin with different characters: there is
# one way to read a text, and one that cannot be read is known as such in linear time. Groups are
# not possessive: Python before 3.11.5, which Debian 12 has, matches such groups wrongly (source:
# CPython's issue 106052).
_NEVER = r"\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff"
_WORDS = rf"(?:[^{_NEVER}*_`\[\]<&\\|~]++|(?<=[^\W_])_(?=[^\W_])|&(?=[ ]))"
_CODE = rf"`(?=\S)[^{_NEVER}`<&\\|]++(?<=\S)`(?!`)"
_BEFORE = r"(?<![^ (\"'])"
_FIRST = r"(?=[^\W_]|`)"
_LAST = r"(?:(?<=[^\W_])|(?<=[`.,:;!?)%+]))"
_AFTER = r"(?=[ .,;:!?)\"']|\Z)"
_INSIDE = rf"{_FIRST}(?:{_WORDS}|{_CODE})+{_LAST}"
_LINK = rf"{_BEFORE}\[{_INSIDE}\]\((?=[a-zA-Z0-9/.#])[a-zA-Z0-9_/.#?=%+:@,;~-]++\){_AFTER}"
_STRONG = rf"{_BEFORE}\*\*{_INSIDE}\*\*{_AFTER}"
_EM = rf"{_BEFORE}\*{_INSIDE}\*{_AFTER}"
_START = r"(?=[^\W_]|[\"'(*`\[]|[^\x00-\xa0\s])(?!\d++[.)](?:\s|\Z))"
_LINE = re.compile(rf"{_START}(?:{_WORDS}|{_CODE}|{_STRONG}|{_EM}|{_LINK})+(?<!\s)")
_FENCE = re.compile(
    rf"(?<![^\n])```(?P<language>[a-z][a-z0-9+-]*+|)\n"
    rf"(?P<code>(?!\n)(?:(?!```|[ ]++\n)(?:[^{_NEVER}`]++|`(?!``))*\n)+)```(?=\n\n|\Z)"
)
_COUNTED = 9
"""How long a numbered list may be: mdformat writes longer ones with more digits."""

_MARK = re.compile(
    r"`(?P<code>[^`]++)`"
    r"|\*\*(?P<strong>(?:[^*`]++|`[^`]++`)+)\*\*"
    r"|\*(?P<em>(?:[^*`]++|`[^`]++`)+)\*"
    r"|\[(?P<a>(?:[^\]`]++|`[^`]++`)+)\]\((?P<href>[^)]++)\)"
)
"""The marks of a text that is known to be easy."""


@lru_cache(maxsize=4096)
def read(text: str) -> tuple[Block, ...] | None:
    """The blocks of an easy field; None where it takes a parser to be sure of them."""
    text = text.rstrip("\n")
    blocks: list[Block] = []
    at = 0
    for fence in _FENCE.finditer(text) if "```" in text else ():
        if fence.start() > at:
            before = text[at : fence.start()]
            if not before.endswith("\n\n") or not _read(before[:-2], at, blocks):
                return None
        blocks.append(Block("code", (), fence["code"], fence["language"]))
        at = fence.end() + 2
    if at < len(text) and not _read(text[at:], at, blocks):
        return None
    return tuple(blocks) or None


def links(blocks: tuple[Block, ...]) -> Iterator[tuple[str, int]]:
    """The address of every link, and at which character of the field it stands."""
    for block in blocks:
        for line in block.lines:
            for span in line:
                if span.kind == "a":
                    yield span.href, span.offset


def words(line: tuple[Span, ...]) -> str:
    """The words of a line, without its marks."""
    return "".join([span.text or words(span.inside) for span in line])


def _read(text: str, at: int, blocks: list[Block]) -> bool:
    """Add the blocks of what stands around fences, from a character of the field on."""
    if "  " in text:
        return False
    for source in text.split("\n\n"):
        block = _block(source, at)
        if block is None or (block.kind != "p" and blocks and blocks[-1].kind in ("ul", "ol")):
            return False  # Python-Markdown makes one list of two neighbours.
        blocks.append(block)
        at += len(source) + 2
    return True


def _block(source: str, at: int) -> Block | None:
    lines = source.split("\n")
    if source.startswith(("- ", "* ")):
        markers = [source[:2]] * len(lines)
    elif source.startswith("1. ") and len(lines) <= _COUNTED:
        markers = [f"{number}. " for number in range(1, len(lines) + 1)]
    elif all(map(_LINE.fullmatch, lines)):
        return Block("p", (_spans(source, at),))
    else:
        return None
    items = []
    for line, marker in zip(lines, markers, strict=True):
        text = line[len(marker) :]
        if not line.startswith(marker) or not _LINE.fullmatch(text):
            return None
        items.append(_spans(text, at + len(marker)))
        at += len(line) + 1
    return Block("ol" if markers[0] == "1. " else "ul", tuple(items))


def _spans(text: str, at: int) -> tuple[Span, ...]:
    spans: list[Span] = []
    end = 0
    for match in _MARK.finditer(text):
        start = match.start()
        if start > end:
            spans.append(Span("text", text[end:start]))
        end = match.end()
        kind = match.lastgroup
        if kind == "code":
            spans.append(Span("code", match["code"]))
        elif kind == "href":
            inside = _spans(match["a"], 0)
            spans.append(Span("a", "", inside, match["href"], at + match.start("href")))
        else:
            mark: Literal["strong", "em"] = "strong" if kind == "strong" else "em"
            spans.append(Span(mark, "", _spans(match[mark], 0)))
    if end < len(text):
        spans.append(Span("text", text[end:]))
    return tuple(spans)
