"""What the rest of a publication needs to know of an article, without its text.

In: an article in one language. Out: `Summary`, small enough to keep ten thousand at hand. Pages
that list articles, and links and related posts that lead to them, are made from these alone; so a
build after an edit reads the articles that changed, and knows the others from the last build.
"""

from collections.abc import Iterable
from datetime import date, datetime
from sys import intern
from typing import Any, NamedTuple

from versus.excerpt import description
from versus.model import Article, Moment, default_text, in_edition

Link = tuple[str, bool]
"""An address as a field writes it, and whether it is an image's."""


class Summary(NamedTuple):
    """An article in one language, as others see it, in the publication's default edition."""

    slug: str | None
    """Its own, where it does not leave that to the file's name."""
    title: str
    headline: str
    """The title as the default edition has it, where editions differ."""
    description: str
    published: Moment | None
    updated: Moment | None
    author: str | None
    tags: tuple[str, ...]
    subjects: tuple[str, ...]
    criteria: tuple[str, ...]
    image: str | None
    links: tuple[Link, ...]
    """Those of its addresses, in all editions, that lead to files of the publication."""
    anchors: str
    """The ids that a link to it can have behind the `#`, each between spaces."""
    pinned: tuple[str, ...]
    exclude: tuple[str, ...]
    limit: int | None
    is_foreign: bool = False
    """Whether it is a translation that leaves out the title."""

    def plain(self) -> tuple[Any, ...]:
        """The summary as plain values, to be kept."""
        at = _PUBLISHED
        moments = (m.isoformat() if m else None for m in (self.published, self.updated))
        return (*self[:at], *moments, *self[at + 2 :])

    def has_anchor(self, name: str) -> bool:
        """Whether its page has this id."""
        return " " not in name and f" {name} " in self.anchors


def of_plain(values: tuple[Any, ...]) -> Summary:
    """A summary again."""
    at = _PUBLISHED
    moments = moment(values[at]), moment(values[at + 1])
    return Summary._make((*values[:at], *moments, *values[at + 2 :]))


def moment(text: str | None) -> Moment | None:
    """A date or a moment again, from ISO 8601."""
    if text is None:
        return None
    is_day = len(text) == len("2026-11-24")
    return date.fromisoformat(text) if is_day else datetime.fromisoformat(text)


def _names(names: Iterable[str]) -> tuple[str, ...]:
    """Names that many articles have, each held once."""
    return tuple([intern(str(name)) for name in names])


_PUBLISHED = Summary._fields.index("published")


def summary(
    article: Article,
    anchors: Iterable[str],
    edition: str,
    links: tuple[Link, ...],
    *,
    is_foreign: bool = False,
) -> Summary:
    """The summary of an article; `edition` is the default one, and its page has the anchors."""
    criteria = article.differences.criteria if article.differences else ()
    wishes = article.related
    return Summary(
        slug=article.slug,
        title=default_text(article.title),
        headline=in_edition(article.title, edition),
        description=description(article, edition),
        published=article.published,
        updated=article.revised,
        author=article.author.name if article.author else None,
        tags=_names(article.tags),
        subjects=_names(default_text(subject.name) for subject in article.subjects),
        criteria=_names(default_text(criterion.name) for criterion in criteria),
        image=article.image.src if article.image else None,
        links=links,
        anchors=f" {' '.join(sorted(anchors))} ",
        pinned=wishes.pinned,
        exclude=wishes.exclude,
        limit=wishes.limit,
        is_foreign=is_foreign,
    )
