"""Related posts: which other articles and posts belong below an article.

In: a library. Out: for each article candidates, best first. This is the ranking's door to the
library; `ranking` and what it uses know only plain documents, and `ranking` tells how to keep a
ranking up.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from versus.library import Entry, Library, joined
from versus.model import Moment, utc
from versus.related.articles import said
from versus.related.docs import Doc
from versus.related.kept import load
from versus.related.orders import Settings
from versus.related.ranker import CROWD, Ranker
from versus.related.ranking import Listed, Ranked, rank, rank_docs, rank_on
from versus.related.reasons import Pick
from versus.related.tokens import Reading, reading, readings
from versus.validate import read_article

__all__ = [
    "CROWD",
    "Candidate",
    "Doc",
    "Pick",
    "Ranked",
    "Ranker",
    "Reading",
    "Related",
    "doc_of",
    "rank",
    "rank_docs",
    "reading",
    "readings",
    "said",
]


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
    """The related posts of a library's articles."""

    def __init__(
        self,
        library: Library,
        jobs: int = 1,
        ranker: Ranker | None = None,
        *,
        state: bytes | memoryview = b"",
        entries: Sequence[Entry] | None = None,
    ) -> None:
        """A ranker is asked at once, and may go on beside us.

        Without one the ranking is ours, on the state that another one left, if any. The articles
        are those that are out, unless others are named.
        """
        self._library, self._jobs, self._ranker = library, jobs, ranker
        self._state = state
        self._entries = {e.slug: e for e in (library.live if entries is None else entries)}
        self._slugs_by_url = {library.url(entry.slug): entry.slug for entry in library.live}
        self._posts = {
            url: post
            for post in library.posts
            if (url := library.post_url(post)) not in self._slugs_by_url
        }
        related = library.site.related
        self._settings = Settings(related.limit, related.include_newer)
        self._is_wanted = related.limit > 0 or any(e.summary.limit for e in library.live)
        """Whether any article lists posts: else nothing need be ranked."""
        if ranker is not None and self._is_wanted:
            ranker.ask(self._digests(), self._read, self._settings)

    def keys(self, entry: Entry) -> tuple[str, ...]:
        """The keys of an article's related posts: the pinned ones in their order, then the best."""
        return self._listed.to(entry.slug) if self._is_wanted else ()

    def row(self, entry: Entry) -> bytes:
        """The same as bytes, told quickly: equal for equal keys in equal libraries."""
        return self._listed.row(entry.slug) if self._is_wanted else b""

    def to(self, entry: Entry) -> tuple[Candidate, ...]:
        """An article's related posts, in the same order."""
        return tuple(map(self._candidate, self.keys(entry)))

    def why(self, entry: Entry) -> tuple[tuple[Candidate, Pick], ...]:
        """The same with scores and reasons."""
        found = self._ranked.why(entry.slug, self._doc) if self._is_wanted else ()
        return tuple((self._candidate(pick.key), pick) for pick in found)

    def alike(self) -> Iterator[tuple[Entry, Entry, float]]:
        """Each article that says the same as a first one, with the first and their cosine."""
        for first, second, cosine in self._ranked.alike():
            if first in self._entries and second in self._entries:
                yield self._entries[second], self._entries[first], cosine

    @cached_property
    def _listed(self) -> Listed:
        return self._ranker.listed() if self._ranker else self._ranked.listed

    def _candidate(self, key: str) -> Candidate:
        entry = self._entries.get(key)
        if entry is None:
            post = self._posts[key]
            return Candidate(key, post.title, post.excerpt or "", post.published, None)
        known = entry.summary
        return Candidate(key, known.headline, known.description, known.published, key)

    @cached_property
    def _ranked(self) -> Ranked:
        kept = load(self._state)
        return rank_on(kept, self._digests(), self._read, self._settings, self._jobs)

    def _read(self, keys: Sequence[str]) -> Iterable[Reading]:
        return readings(keys, self._doc, self._jobs)

    def _digests(self) -> dict[str, bytes]:
        """A digest for each post, of all that the ranking sees of it."""
        found = {}
        for slug, entry in self._entries.items():
            wishes = (self._pinned(entry), sorted(self._excluded(entry)))
            found[slug] = _digest(f"{entry.source.digest} {wishes}")
        for url, post in self._posts.items():
            found[url] = _digest(repr(post))
        return found

    def _doc(self, key: str) -> Doc:
        if key in self._entries:
            entry = self._entries[key]
            return doc_of(
                entry,
                pinned=self._pinned(entry),
                exclude=self._excluded(entry),
                limit=entry.summary.limit,
            )
        post = self._posts[key]
        published = utc(post.published) if post.published else None
        return Doc(key, post.title, post.excerpt or "", "", post.tags, (), published, is_ours=False)

    def _pinned(self, entry: Entry) -> tuple[str, ...]:
        return tuple(map(self._key, entry.summary.pinned))

    def _excluded(self, entry: Entry) -> frozenset[str]:
        return frozenset(map(self._key, entry.summary.exclude))

    def _key(self, name: str) -> str:
        """A name that a writer gave to a post, as its key: a slug, or a whole URL."""
        entry = self._library.named(name)
        return entry.slug if entry else joined(self._library.site.base_url, name)


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def doc_of(
    entry: Entry,
    *,
    pinned: tuple[str, ...] = (),
    exclude: frozenset[str] = frozenset(),
    limit: int | None = None,
) -> Doc:
    """An article as the ranking sees it."""
    known, kept = entry.summary, entry.source.spooled_words
    return Doc(
        entry.slug,
        entry.title,
        text=kept.data() if kept else said(read_article(entry.source)),
        tags=known.tags,
        subjects=known.subjects,
        published=utc(known.published) if known.published else None,
        criteria=known.criteria,
        pinned=pinned,
        exclude=exclude,
        limit=limit,
    )
