"""What the ranking sees of a post: plain texts, and the words in them."""

import re
from dataclasses import dataclass, field
from datetime import datetime

_WORD = re.compile(r"[^\W_]+[+#]*")
_TYPOGRAPHY = "’‘“”–—…"
"""Marks that no word holds, and the only ones beyond ASCII in most English texts."""
_PLAIN = {code: " " for code in range(128) if not chr(code).isalnum()}
_PLAIN |= {code: chr(code).lower() for code in range(ord("A"), ord("Z") + 1)}


@dataclass(frozen=True)
class Doc:
    """A post to be ranked: an article, a post from elsewhere, or any text with a title."""

    key: str
    """Its name. Among posts that are equally good the first by name wins."""
    title: str
    excerpt: str = ""
    text: str = ""
    tags: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    published: datetime | None = None
    criteria: tuple[str, ...] = ()
    pinned: tuple[str, ...] = ()
    """Keys that its list begins with."""
    exclude: frozenset[str] = field(default_factory=frozenset)
    limit: int | None = None
    """How many posts it lists; None leaves it to the publication."""
    is_ours: bool = True
    """Whether it has a list, and must stand in one: not so for posts from elsewhere."""


def words(text: str) -> list[str]:
    """The words of a text in lower case: `C++ vs. C#` has `c++`, `vs` and `c#`."""
    if not text.isascii():
        for mark in _TYPOGRAPHY:
            text = text.replace(mark, " ")
    if text.isascii() and "+" not in text and "#" not in text:
        return text.translate(_PLAIN).split()  # The same in half the time.
    return _WORD.findall(text.casefold())


def name_of(text: str) -> str:
    """The words of a text, a space between them: `C++ vs. C#` is `c++ vs c#`."""
    return " ".join(words(text))
