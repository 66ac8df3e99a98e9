"""What a platform's Markdown reader shows, and where it departs from CommonMark.

In: nothing. Out: `Dialect`, which each kind of channel fills, and the ways to write code that
several share. `rewriting` brings an article into a dialect.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

Escape: TypeAlias = tuple[re.Pattern[str], str]

CodeWriter: TypeAlias = Callable[[str, bool], str]
"""Writes code that stands in a line, given the code and whether it stands in a table's cell."""

FenceWriter: TypeAlias = Callable[[str, str], str]
"""Writes a block of code, given the code and its language."""

SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
"""The numbers of notes, where a platform knows no footnotes."""


def backticks(code: str, in_cell: bool) -> str:
    """Code between as many backticks as it takes (CommonMark 0.31, section 6.1).

    In a cell the bars are escaped by what writes the cell (GFM, section 4.10).
    """
    longest = max((len(run) for run in re.findall("`+", code)), default=0)
    if longest or (code.startswith(" ") and code.endswith(" ") and code.strip()):
        return f"{'`' * (longest + 1)} {code} {'`' * (longest + 1)}"
    return f"`{code}`"


def html_code(code: str) -> str:
    """Code as an element in which no reader finds anything to read."""
    return f"<code>{numeric(code)}</code>"


def numeric(text: str) -> str:
    """A text whose every mark of ASCII is a numeric reference, and so stays what it is."""
    return re.sub(r"[^\w\s]|_", lambda m: f"&#{ord(m.group())};", text)


def fence(code: str, language: str) -> str:
    """A block of code between backticks, more of them than it holds itself."""
    longest = max((len(run) for run in re.findall("`+", code)), default=0)
    mark = "`" * max(3, longest + 1)
    return f"{mark}{language}\n{code.rstrip(chr(10))}\n{mark}"


TYPOGRAPHY: tuple[Escape, ...] = (
    (re.compile("(?<=-)-"), r"\\-"),
    (re.compile(r"(?<=\.)\."), r"\\."),
    (re.compile(r"(?<=<)\\?<"), r"\\<"),
    (re.compile("(?<=>)>"), r"\\>"),
)
"""Keeps `--`, `...`, `<<` and `>>` as they are written from readers that set dashes, ellipses
and guillemets."""


@dataclass(frozen=True)
class Dialect:
    """What a platform's Markdown reader shows, and where it departs from CommonMark."""

    escapes: tuple[Escape, ...] = ()
    """What to write for marks in plain text, as patterns of escaped text and replacements."""
    elements: tuple[Escape, ...] = ()
    """The same, with elements in what is written: not for pictures' descriptions."""
    starts: tuple[Escape, ...] = ()
    """The same for the start of a paragraph."""
    headings: tuple[Escape, ...] = ()
    """The same for headings as a whole."""
    html: frozenset[str] = frozenset()
    """The tags in a line that are shown; of all others only the text stays."""
    keeps_html: bool = False
    """Whether the reader shows all raw HTML as it is written."""
    details: tuple[str, str] | None = None
    """How a folded text opens, with `{summary}`, and how it closes; None where nothing folds."""
    more: str | None = None
    """The mark behind the introduction, where lists of posts stop."""
    footnotes: bool = True
    code: CodeWriter = backticks
    fence: FenceWriter = fence
    indent: int | None = None
    """How far the content of list items is indented, where it is not by the marker's width."""
