"""What the ranking takes from an article: its words in its own language, without addresses.

In: an article. Out: plain values, which can be spooled: where the article is at hand, since to make
it again from its file's data costs as much as all that is done with its words.
"""

import re
from typing import TypedDict

from versus.model import Article, Criterion, default_text
from versus.outline import markdown_fields

_ADDRESS = re.compile(r"\]\([^()\s]*(?:\([^()\s]*\))?[^()\s]*\)|<?https?://[^\s>)]*>?")


class Said(TypedDict):
    """The fields of a `Doc` that come from the article alone."""

    excerpt: str
    text: str
    tags: tuple[str, ...]
    subjects: tuple[str, ...]
    criteria: tuple[str, ...]


def said(article: Article) -> Said:
    """Everything that an article says, its title apart."""
    criteria = tuple(default_text(criterion.name) for criterion in _criteria(article))
    texts = [text for _path, text in markdown_fields(article, "default")]
    texts += criteria
    texts += [default_text(section.title) for section in article.sections]
    texts += [default_text(question.question) for question in article.faq]
    return {
        "excerpt": "" if article.description is None else default_text(article.description),
        "text": "\n".join(map(_without_addresses, texts)),
        "tags": article.tags,
        "subjects": tuple(default_text(subject.name) for subject in article.subjects),
        "criteria": criteria,
    }


def _without_addresses(text: str) -> str:
    return _ADDRESS.sub(" ", text) if "](" in text or "://" in text else text


def _criteria(article: Article) -> tuple[Criterion, ...]:
    return article.differences.criteria if article.differences else ()
