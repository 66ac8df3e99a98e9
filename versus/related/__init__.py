"""Related posts: which other articles and posts belong below an article.

In: a library. Out: for each article candidates, best first. This is the ranking's door to the
library; `ranking` and what it uses know only plain documents.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urljoin
from weakref import WeakKeyDictionary

from versus.library import Entry, Library
from versus.model import Article, Criterion, Moment, default_text, utc
from versus.outline import markdown_fields
from versus.related.docs import Doc
from versus.related.ranking import Pick, Ranking

__all__ = ["Candidate", "Doc", "Pick", "Ranking", "Related", "doc_of"]

_ADDRESS = re.compile(r"\]\([^()\s]*(?:\([^()\s]*\))?[^()\s]*\)|<?https?://[^\s>)]*>?")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A post that a related block may list; `key` is its slug or its URL."""

    key: str
    title: str
    excerpt: str
    published: Moment | None
    slug: str | None
    """The article's slug; None for a post from elsewhere."""


class Related:
    """The related posts of a library's articles; all of one library share one ranking."""

    def __init__(self, library: Library, jobs: int = 1) -> None:
        self._shared = _SHARED.setdefault(library, _Shared(library, jobs))

    def to(self, entry: Entry) -> tuple[Candidate, ...]:
        """An article's related posts: the pinned ones in their order, then the best."""
        shared = self._shared
        return tuple(shared.candidates[key] for key in shared.ranking.to(entry.slug))

    def why(self, entry: Entry) -> tuple[tuple[Candidate, Pick], ...]:
        """The same with scores and reasons."""
        shared = self._shared
        return tuple((shared.candidates[pick.key], pick) for pick in shared.ranking.why(entry.slug))


class _Shared:
    """What is known of a library's posts, each part made when it is first asked for."""

    def __init__(self, library: Library, jobs: int) -> None:
        # Not the library itself: what is kept for it must not keep it alive.
        self._site, self._live, self._entries = library.site, library.live, library.entries
        self._slugs_by_url = {library.url(entry.slug): entry.slug for entry in library.live}
        self._posts = {
            url: post
            for post in library.posts
            if (url := library.post_url(post)) not in self._slugs_by_url
        }
        self._jobs = jobs

    @cached_property
    def candidates(self) -> Mapping[str, Candidate]:
        found = {}
        for entry in self._live:
            known = entry.summary
            found[entry.slug] = Candidate(
                entry.slug, known.title, known.description, known.published, entry.slug
            )
        for url, post in self._posts.items():
            found[url] = Candidate(url, post.title, post.excerpt or "", post.published, None)
        return found

    @cached_property
    def ranking(self) -> Ranking:
        settings = self._site.related
        docs = [self._doc(entry) for entry in self._live]
        for url, post in self._posts.items():
            published = utc(post.published) if post.published else None
            doc = Doc(
                url, post.title, post.excerpt or "", "", post.tags, (), published, is_ours=False
            )
            docs.append(doc)
        return Ranking(
            docs,
            limit=settings.limit,
            include_newer=settings.include_newer,
            jobs=self._jobs,
        )

    def _doc(self, entry: Entry) -> Doc:
        wishes = entry.summary
        return doc_of(
            entry,
            pinned=tuple(map(self._key, wishes.pinned)),
            exclude=frozenset(map(self._key, wishes.exclude)),
            limit=wishes.limit,
        )

    def _key(self, name: str) -> str:
        """A name that a writer gave to a post, as its key: a slug, or a whole URL."""
        slug = unicodedata.normalize("NFC", name)
        if slug in self._entries:
            return slug
        url = urljoin(self._site.base_url, name)
        return self._slugs_by_url.get(url, url)


_SHARED: WeakKeyDictionary[Library, _Shared] = WeakKeyDictionary()


def doc_of(
    entry: Entry,
    *,
    pinned: tuple[str, ...] = (),
    exclude: frozenset[str] = frozenset(),
    limit: int | None = None,
) -> Doc:
    """An article as the ranking sees it: its words in its own language, without addresses."""
    article = entry.article
    return Doc(
        entry.slug,
        entry.title,
        "" if article.description is None else default_text(article.description),
        _ADDRESS.sub(" ", "\n".join(_texts(article))),
        article.tags,
        tuple(default_text(subject.name) for subject in article.subjects),
        utc(article.published) if article.published else None,
        tuple(default_text(criterion.name) for criterion in _criteria(article)),
        pinned,
        exclude,
        limit,
    )


def _texts(article: Article) -> list[str]:
    """Everything that an article says, beside its title and its description."""
    found = [text for _path, text in markdown_fields(article, "default")]
    found += [default_text(criterion.name) for criterion in _criteria(article)]
    found += [default_text(section.title) for section in article.sections]
    found += [default_text(question.question) for question in article.faq]
    return found


def _criteria(article: Article) -> tuple[Criterion, ...]:
    return article.differences.criteria if article.differences else ()
