"""What the ranking takes from an article: its words in its own language, without addresses.

In: an article. Out: one text, beside what its summary has. It is made where the article is at hand
and spooled: to make the article again from its file's data costs as much as all that is done with
its words.
"""

import re

from versus.model import Article, default_text
from versus.outline import markdown_fields

_ADDRESS = re.compile(r"\]\([^()\s]*(?:\([^()\s]*\))?[^()\s]*\)|<?https?://[^\s>)]*>?")


def said(article: Article) -> str:
    """Everything that an article says, its title apart."""
    criteria = article.differences.criteria if article.differences else ()
    texts = [text for _path, text in markdown_fields(article, "default")]
    texts += [default_text(criterion.name) for criterion in criteria]
    texts += [default_text(section.title) for section in article.sections]
    texts += [default_text(question.question) for question in article.faq]
    excerpt = "" if article.description is None else default_text(article.description)
    return "\n".join((excerpt, *map(_without_addresses, texts)))


def _without_addresses(text: str) -> str:
    return _ADDRESS.sub(" ", text) if "](" in text or "://" in text else text
