"""What depends on the reader's language: lists of names, dates, the direction of writing."""

import re
from datetime import datetime
from functools import lru_cache
from typing import Self
from unicodedata import bidirectional

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date
from babel.lists import format_list

from versus.model import Moment


class Foreign(str):
    """A text in another language than its document's: where a translation leaves something out."""

    __slots__ = ("language",)

    def __new__(cls, text: str, language: str) -> Self:
        """The text, with the BCP 47 tag of its language."""
        found = super().__new__(cls, text)
        found.language = language
        return found

    language: str


@lru_cache(maxsize=64)
def locale(tag: str) -> Locale:
    """Babel's locale for a BCP 47 tag, or for the part of it that Babel knows; else English."""
    parts = tag.split("-")
    while parts:
        try:
            return Locale.parse("-".join(parts), sep="-")
        except (UnknownLocaleError, ValueError):
            parts.pop()
    return Locale("en")


def is_known(tag: str) -> bool:
    """Whether a text is the tag of a language that Babel has data of."""
    try:
        Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return False
    return True


def own_name(tag: str) -> str:
    """What a language calls itself, as in "français"; the tag where nobody knows."""
    return (locale(tag).get_display_name() or tag) if is_known(tag) else tag


def with_script(tag: str) -> str | None:
    """A tag with the script that it is likely written in: `zh-TW` is `zh-Hant` (UTS #35, 4.3)."""
    if not is_known(tag):
        return None
    found = Locale.parse(tag, sep="-")
    likely = get_global("likely_subtags")
    full = likely.get(str(found)) or likely.get(found.language)
    script = found.script or (full.split("_")[1] if full and full.count("_") > 1 else None)
    return f"{found.language}-{script}" if script else None


_RIGHT_TO_LEFT = frozenset(
    {
        "Adlm", "Arab", "Aran", "Armi", "Avst", "Chrs", "Cprt", "Elym", "Gara", "Hatr", "Hebr",
        "Hung", "Khar", "Lydi", "Mand", "Mani", "Mend", "Merc", "Mero", "Narb", "Nbat", "Nkoo",
        "Orkh", "Ougr", "Palm", "Phli", "Phlp", "Phnx", "Prti", "Rohg", "Samr", "Sarb", "Sogd",
        "Sogo", "Syrc", "Syre", "Syrj", "Syrn", "Thaa", "Todr", "Yezi",
    }
)  # fmt: skip
"""Scripts written from right to left (source: Unicode 16, `Bidi_Class` of their letters)."""


@lru_cache(maxsize=64)
def direction(tag: str) -> str:
    """Which way a language is written, `ltr` or `rtl`: by the script named, or its likely one."""
    language, *others = re.split(r"-\w-", tag)[0].split("-")
    script = next((part.title() for part in others if len(part) == 4 and part.isalpha()), None)
    if script is None:
        likely = get_global("likely_subtags")
        region = next((part.upper() for part in others if len(part) == 2), "")
        full = likely.get(f"{language.lower()}_{region}") or likely.get(language.lower(), "")
        script = full.partition("_")[2].partition("_")[0]
    return "rtl" if script in _RIGHT_TO_LEFT else "ltr"


_FROM_THE_RIGHT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)


def apart(text: str, around: str) -> str | None:
    """The direction in which a text is to be isolated where all around it is written `around`.

    None where it reads well as it is. "C++" among Arabic would be "++C", and an Arabic "!" among
    English would stand at the wrong end (UAX #9).
    """
    if around == "ltr" and text.isascii():
        return None
    turns = _FROM_THE_RIGHT.search(text) is not None
    if turns is (around == "rtl") or text.isdecimal() or not any(map(str.isalnum, text)):
        return None
    kinds = [kind for kind in map(bidirectional, text) if kind in ("L", "R", "AL")]
    if text[0].isalpha() and text[-1].isalnum() and not (turns and "L" in kinds):
        return None
    return "rtl" if kinds and kinds[0] != "L" else "ltr"


def isolated(text: str, around: str) -> str:
    """A plain text that keeps its direction among others, by Unicode's isolates where it must."""
    found = apart(text, around)
    return text if found is None else f"{_ISOLATES[found]}{text}\u2069"


_ISOLATES = {"ltr": "\u2066", "rtl": "\u2067"}


def join_names(names: list[str], tag: str) -> str:
    """Names as a list in words: "A, B and C". English has no comma before its "and"."""
    found = locale(tag)
    if found.language == "en" and len(names) > 1:
        return ", ".join(names[:-1]) + " and " + names[-1]
    return str(format_list(names, locale=found))


@lru_cache(maxsize=4096)
def long_date(moment: Moment, tag: str) -> str:
    """A date in words, as in "November 23, 2026"; of a date-time its day, in its own time zone."""
    day = moment.date() if isinstance(moment, datetime) else moment
    return str(format_date(day, "long", locale=locale(tag)))
