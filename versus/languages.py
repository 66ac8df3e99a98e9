"""What depends on the reader's language: lists of names, dates, the direction of writing."""

from datetime import datetime
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.lists import format_list

from versus.model import Moment


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


def direction(tag: str) -> str:
    """Which way a language is written: `ltr` or `rtl`."""
    return str(locale(tag).text_direction)


def join_names(names: list[str], tag: str) -> str:
    """Names as a list in words: "A, B and C". English has no comma before its "and"."""
    found = locale(tag)
    if found.language == "en" and len(names) > 1:
        return ", ".join(names[:-1]) + " and " + names[-1]
    return str(format_list(names, locale=found))


def long_date(moment: Moment, tag: str) -> str:
    """A date in words, as in "November 23, 2026"; of a date-time its day, in its own time zone."""
    day = moment.date() if isinstance(moment, datetime) else moment
    return str(format_date(day, "long", locale=locale(tag)))
