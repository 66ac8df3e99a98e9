"""All that a variant's files take from outside its own article: links, related posts, topics.

In: the library and a variant. Out: `Brief`, plain values only. Documents are made from an
article, the imprint and a brief, and never see the library; so a brief, which `marshal` turns into
bytes, tells by itself whether files made from it would be the same. A brief is a function of the
library and of which posts are related; so where a digest of these is known (`hint`), ten thousand
briefs need not be made to find that they are what they were.
"""

import hashlib
import marshal
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TypeAlias
from urllib.parse import quote, unquote

from versus.library import Library, State, Target, Topic, Unresolved
from versus.related import Candidate, Related
from versus.summaries import Link
from versus.variants import Variant

PlainTarget: TypeAlias = tuple[str, str, str, str, str | None, tuple[int, int] | None]
"""A `Target` as a bare tuple."""

PlainPost: TypeAlias = tuple[str, bool, str, bool, str | None, PlainTarget]
"""A related post: title, excerpt, each with whether it is in the publication's own language while
the document is in another; its date (ISO 8601); where it is."""

PlainTopic: TypeAlias = tuple[str, str]
"""A tag or a subject: its name and the path of its page, percent-encoded."""

PlainCopy: TypeAlias = tuple[int, str]
"""A smaller copy of a picture: its width and its path."""


@dataclass(frozen=True)
class Brief:
    """What the documents of one variant take from the rest of the publication."""

    state: State
    links: tuple[tuple[Link, PlainTarget], ...]
    posts: tuple[PlainPost, ...]
    topics: tuple[PlainTopic, ...]
    """The subjects, then the tags, that other articles have too."""
    crumb: PlainTopic | None
    """The topic under which the article stands."""
    languages: tuple[str, ...]
    """The languages that the article can be read in."""
    pictures: tuple[tuple[str, str], ...]
    """The article's pictures and downloads: name, digest of the bytes."""
    copies: tuple[tuple[str, tuple[PlainCopy, ...]], ...] = ()
    """The smaller copies of those that have some, which pages offer and nothing else does."""

    @cached_property
    def data(self) -> bytes:
        """The brief but for copies as bytes: equal for equal briefs."""
        # Version 2 writes equal values equally: later ones note which objects are the same.
        return marshal.dumps(tuple(getattr(self, name) for name in _DECISIVE), 2)

    @cached_property
    def _targets(self) -> Mapping[Link, Target]:
        # Readers of Markdown encode addresses, each in its own way.
        return {(unquote(href), image): target_of(to) for (href, image), to in self.links}

    def target(self, href: str, *, is_image: bool) -> Target | None:
        """Where an address of the article leads; None for one that is none of ours."""
        return self._targets.get((unquote(href), is_image))

    def copies_of(self, asset: str) -> tuple[PlainCopy, ...]:
        """The smaller copies of a picture."""
        return next((copies for name, copies in self.copies if name == asset), ())


_DECISIVE = tuple(field.name for field in fields(Brief) if field.name != "copies")
"""What decides files in any format."""


def plain_target(target: Target) -> PlainTarget:
    """A target as a bare tuple, which `marshal` takes."""
    return (*target,)


def target_of(plain: PlainTarget) -> Target:
    """A target again."""
    return Target(*plain)  # type: ignore[arg-type]


Copies: TypeAlias = Mapping[str, tuple[PlainCopy, ...]]
"""The smaller copies of each picture that has some, the narrowest first."""


class Briefing:
    """Makes the briefs of a library's variants."""

    def __init__(self, library: Library, related: Related, copies: Copies) -> None:
        self._library = library
        self._related = related
        self._copies = copies
        self._posts: dict[tuple[str, str], PlainPost] = {}
        self._last: tuple[Variant, Brief] | None = None
        """The brief that was made last: files of one variant are asked for one after the other."""
        self._shelves = {
            language: (
                _shared(library.subjects(language).values()),
                _shared(library.tags(language).values()),
            )
            for language in library.languages
        }
        """The subjects and the tags that more than one article has, by language and name."""
        offered = repr(sorted(copies.items())).encode() if copies else b""
        self._outlooks = {
            False: hashlib.blake2b(library.outlook, digest_size=16),
            True: hashlib.blake2b(library.outlook + offered, digest_size=16),
        }

    def seed(self, variant: Variant, *, with_copies: bool = False) -> bytes:
        """What decides a variant's files, as `seed` tells it."""
        return seed(variant, self.brief(variant), with_copies=with_copies)

    def hint(self, variant: Variant, *, with_copies: bool = False) -> bytes:
        """What decides the seed, told sooner: where this is the same, so is that."""
        found = self._outlooks[with_copies].copy()
        found.update(_own(variant))
        found.update(self._related.row(variant.entry))
        return found.digest()

    @property
    def has_copies(self) -> bool:
        """Whether any picture has smaller copies."""
        return bool(self._copies)

    def brief(self, variant: Variant) -> Brief:
        """What a variant's documents take from the rest of the publication."""
        if self._last is None or self._last[0] is not variant:
            self._last = variant, self._brief(variant)
        return self._last[1]

    def _brief(self, variant: Variant) -> Brief:
        library, entry, language = self._library, variant.entry, variant.language
        summary = entry.summary_in(language)
        links: list[tuple[Link, PlainTarget]] = []
        for href, is_image in summary.links:
            found = library.target(href, entry, is_image=is_image, language=language)
            if not isinstance(found, Unresolved):
                links.append(((href, is_image), plain_target(found)))
        if summary.image is not None:
            size = library.assets.get(summary.image)
            target = Target("asset", summary.image, size=size)
            links.append(((summary.image, True), plain_target(target)))
        subjects, tags = self._shelves[language]
        topics = [subjects[name] for name in summary.subjects if name in subjects]
        topics += [tags[name] for name in dict.fromkeys(summary.tags) if name in tags]
        assets = sorted({target[1] for _link, target in links if target[0] == "asset"})
        return Brief(
            state=entry.state,
            links=tuple(links),
            posts=tuple(self._post(post, language) for post in self._related.to(entry)),
            topics=tuple(topics),
            crumb=self._crumb(summary.tags, language),
            languages=tuple(t for t in library.languages if library.has(entry, t)),
            pictures=tuple((name, library.digests.get(name, "")) for name in assets),
            copies=tuple((name, self._copies[name]) for name in assets if self._copies.get(name)),
        )

    def _crumb(self, tags: Sequence[str], language: str) -> PlainTopic | None:
        topic = self._library.tags(language).get(next(iter(tags), ""))
        return (topic.name, quote(topic.path)) if topic is not None else None

    def _post(self, post: Candidate, language: str) -> PlainPost:
        """A related post, in the document's language where it can be read in that one."""
        known = self._posts.get((post.key, language))
        if known is None:
            known = self._posts[post.key, language] = self._made(post, language)
        return known

    def _made(self, post: Candidate, language: str) -> PlainPost:
        library = self._library
        is_foreign = language != library.site.language
        published = post.published.isoformat() if post.published else None
        excerpt = _said_once(post.title, post.excerpt)
        if post.slug is None:
            target = plain_target(Target("external", post.key))
            return post.title, is_foreign, excerpt, is_foreign, published, target
        entry = library.entries[post.slug]
        target = plain_target(library.article_target(entry, language))
        if language not in entry.translations:
            return post.title, is_foreign, excerpt, is_foreign, published, target
        found = entry.translations[language].summary
        excerpt = _said_once(found.headline, found.description)
        return found.headline, found.is_foreign, excerpt, False, published, target


def _said_once(title: str, excerpt: str) -> str:
    """The excerpt, or none where there was nothing to take it from but the title."""
    return "" if excerpt == title else excerpt


def seed(variant: Variant, brief: Brief, *, with_copies: bool) -> bytes:
    """A digest of all that decides a variant's files besides the imprint: equal if that is.

    With copies it decides files that offer smaller copies of pictures.
    """
    offered = marshal.dumps(brief.copies, 2) if with_copies and brief.copies else b""
    return hashlib.blake2b(_own(variant) + brief.data + offered, digest_size=16).digest()


def _own(variant: Variant) -> bytes:
    """A variant as bytes; the digests of its files stand for what they say."""
    digests = ",".join(source.digest for source in variant.sources)
    return f"{variant.folder} {variant.name} {variant.is_default} {digests}\n".encode()


def _shared(topics: Iterable[Topic]) -> Mapping[str, PlainTopic]:
    return {t.name: (t.name, quote(t.path)) for t in topics if len(t.entries) > 1}
