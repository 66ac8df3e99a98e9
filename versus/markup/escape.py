"""Plain text, written so that a Markdown reader shows just that text.

In: any text. Out: `MarkdownText`, which the Markdown templates do not escape again.
"""

import re

from versus.fields import one_line


class MarkdownText(str):
    """Text that is Markdown already, as `markupsafe.Markup` is text that is HTML already."""

    __slots__ = ()


_MARKS = re.compile(r"[\\`*\[\]<|~_&#]")
_ALWAYS = re.compile(r"[\\`*\[\]<|~]")
_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_HASH = re.compile(r"(?<!\S)#")
_START = re.compile(
    r"^(?:(?P<marker>>|[-+](?=\s|$)|[-=](?=[-=\s]*$))|(?P<number>\d{1,9})(?P<end>[.)])(?=\s|$))"
)
_AUTOLINK = re.compile(r"(?i)\b(https?|ftp)(?=://)|\bwww(?=\.)")


def escape(text: str) -> MarkdownText:
    """One line of Markdown that renders as the given plain text and nothing else.

    It is safe wherever a template can put it: in a paragraph, a heading, a list item, a link's
    text or a cell of a table. Source of the rules: CommonMark 0.31, section 2.4 (a backslash
    before ASCII punctuation), and GFM's tables, strikethrough and extended autolinks. Only what
    would be read is escaped, so that `snake_case` and `C++` stay as they are.
    """
    text = one_line(text)
    return MarkdownText(text if _is_plain(text) else _escaped(text))


def _escaped(text: str) -> str:
    text = _ALWAYS.sub(r"\\\g<0>", text)
    text = _UNDERSCORE.sub(r"\\_", text)
    text = _ENTITY.sub(r"\\&", text)
    text = _HASH.sub(r"\\#", text)
    text = _AUTOLINK.sub(_break_autolink, text)
    return _START.sub(_escape_start, text)


def _is_plain(text: str) -> bool:
    """Whether none of the patterns of `_escaped` can find anything, told by quicker questions."""
    first = text[:1]
    return not (
        _MARKS.search(text)
        or first in "->+="
        or first.isdecimal()
        or "://" in text
        or "w." in text
        or "W." in text
    )


def _escape_start(match: re.Match[str]) -> str:
    """What begins a list, a quotation or an underline when it stands first on its line."""
    if match["marker"]:
        return "\\" + match["marker"]
    return f"{match['number']}\\{match['end']}"


def _break_autolink(match: re.Match[str]) -> str:
    """GFM links bare addresses; an escape before the colon or the dot keeps a text a text."""
    return match.group() + "\\"
