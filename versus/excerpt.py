"""Excerpts: the first sentences of a text, as many as fit."""

import re
from collections.abc import Mapping

from versus.fields import one_line
from versus.markup import commonmark
from versus.model import Article, in_edition

MAX_CHARACTERS = 160
"""What search engines show of a description, and what the contract allows."""

_LEAST = MAX_CHARACTERS // 3
"""What says too little to stand alone as a description, when more was said."""

_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+|(?<=[。！？])")

_ABBREVIATED = re.compile(
    r"(?<![^\W_])(?:[^\W\d_]"  # a single letter: J. R. R., e.g., z. B.
    r"|vs|cf|approx|resp|viz|incl|excl|no|nos|fig|vol|ed|eds|pp|dr|mr|mrs|ms|prof|st|jr|sr|inc|ltd"
    r"|co|corp|dept|est|al|bzw|ca|vgl|ggf|evtl|inkl|exkl|nr|abb|bd|hr|fr|sog|mme|mlle|env|ex|av"
    r"|sra|srta|ud|ej|pág|núm|aprox)\.\Z",
    re.IGNORECASE,
)
"""What a point behind does not end a sentence; of these, sentences hardly ever end in one."""


def description(article: Article, edition: str) -> str:
    """The article's description in an edition, or else the start of what it says first."""
    if article.description is not None:
        return in_edition(article.description, edition)
    differences = article.differences
    fields: tuple[str | Mapping[str, str] | None, ...] = (
        article.introduction,
        differences.lead if differences else None,
        article.basics,
        article.conclusion,
        article.verdict.summary if article.verdict else None,
    )
    for text in fields:
        if text is not None:
            found = first_sentences(commonmark.paragraphs(in_edition(text, edition)), least=_LEAST)
            if found:
                return found
    return in_edition(article.title, edition)


def first_sentences(text: str, limit: int = MAX_CHARACTERS, *, least: int = 1) -> str:
    """As many whole sentences as fit into `limit` characters.

    Where that is none, or they are shorter than `least`, words that fit, ending in "…".
    """
    text = one_line(text)
    if len(text) <= limit:
        return text
    end = 0
    for match in _SENTENCE_END.finditer(text):
        if len(text[: match.start()].rstrip()) > limit:
            break
        if not _is_abbreviated(text, match.start()):
            end = match.start()
    if end >= least:
        # A closing quotation mark belongs to its sentence.
        return (text[:end] + (_closing(text[end:]))).rstrip()[:limit]
    cut = text[: limit - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space > limit // 2 else cut).rstrip(" ,;:-–—") + "…"


def _is_abbreviated(text: str, end: int) -> bool:
    return _ABBREVIATED.search(text[text.rfind(" ", 0, end) + 1 : end]) is not None


def _closing(rest: str) -> str:
    match = re.match(r"[\"'”’)]+(?=\s)", rest)
    return match.group() if match else ""
