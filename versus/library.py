"""The publication as a whole: which articles there are, and where every link of theirs leads.

In: summaries of validated articles with their translations, posts and the names of the assets.
Out: `Library`, which knows every address before any body is rendered.
"""

import hashlib
import posixpath
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Literal, NamedTuple, TypeAlias
from urllib.parse import quote, unquote, urljoin, urlsplit

from versus.assets import Assets, Size
from versus.diagnostics import did_you_mean
from versus.fields import check_slug
from versus.imprint import Imprint
from versus.model import Article, Moment, Post, Site, utc
from versus.names import Names
from versus.outline import Outline, outline, translated
from versus.overlays import Translation
from versus.sources import Publication, Source
from versus.summaries import Summary
from versus.validate import read_article, read_translation

State: TypeAlias = Literal["published", "draft", "scheduled"]

_RECENT = 16
"""So many whole articles are kept: their files are made one after the other, and there may be a
hundred thousand."""

_SCHEMES = frozenset({"http", "https", "mailto", "tel"})


@dataclass(eq=False)
class Translated:
    """An article in another language: its overlay, and what others need to know of it."""

    source: Source
    base: Source
    summary: Summary

    @property
    @lru_cache(maxsize=_RECENT)  # noqa: B019 - so few are kept
    def whole(self) -> Translation:
        """The overlay joined to its article."""
        return read_translation(self.source, self.base)


@dataclass(eq=False)
class Entry:
    """An article with what it needs to be found: its file, its slug, whether it is out yet.

    Its text is read when it is asked for: most builds need that of a few articles only.
    """

    source: Source
    summary: Summary
    face: bytes
    """A digest of what others see of it, in all its languages."""
    slug: str
    state: State
    translations: Mapping[str, Translated] = field(default_factory=dict)
    """The article's overlays by language tag."""

    @property
    @lru_cache(maxsize=_RECENT)  # noqa: B019 - so few are kept
    def article(self) -> Article:
        """The whole article."""
        return read_article(self.source)

    def in_language(self, tag: str) -> Article:
        """The article in a language, or in its own where it has no translation into that one."""
        found = self.translations.get(tag)
        return found.whole.article if found else self.article

    def summary_in(self, tag: str) -> Summary:
        """What others need to know of the article in a language, or else in its own."""
        found = self.translations.get(tag)
        return found.summary if found else self.summary

    @lru_cache(maxsize=_RECENT)  # noqa: B019 - so few are kept
    def outline(self, language: str, edition: str) -> Outline:
        """The ids of the article's headings in a language and an edition."""
        found = outline(self.article, edition)
        if language not in self.translations:
            return found
        return translated(found, self.in_language(language), edition)

    @property
    def title(self) -> str:
        """The title in the default edition."""
        return self.summary.title


class Target(NamedTuple):
    """What a link of an article leads to, with all that any format needs to write its address."""

    kind: Literal["external", "article", "asset", "here"]
    address: str
    """A URL; an article's slug; an asset as in `assets/x.png`; or nothing, for this article."""
    fragment: str = ""
    folder: str = ""
    """Of an article, its folder below the site's root, in the language of who links to it."""
    published: str | None = None
    """Of an article, its date (ISO 8601)."""
    size: Size | None = None
    """Of a picture, in pixels."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A tag or a subject: its name, its page below the site's root, and its articles."""

    name: str
    path: str
    entries: tuple[Entry, ...]


def _unique(names: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(names)


def _topics(folder: str, pairs: Iterable[tuple[str, Entry]]) -> dict[str, Topic]:
    """Topics by name. Names that differ in case only have pages of their own (`mlops-2`)."""
    found: dict[str, list[Entry]] = {}
    for name, entry in pairs:
        found.setdefault(name, []).append(entry)
    names = Names()
    return {
        name: Topic(name, f"{folder}/{names.unique(name)}/", tuple(found[name]))
        for name in sorted(found)
    }


class Library:
    """Every article of a publication by its slug, its posts, and the addresses of all."""

    def __init__(
        self,
        site: Site,
        entries: tuple[Entry, ...],
        posts: tuple[Post, ...],
        publication: Publication,
        *,
        broken: tuple[Source, ...] = (),
        drafts: bool = False,
        future: bool = False,
    ) -> None:
        self.site = site
        self.entries: Mapping[str, Entry] = {entry.slug: entry for entry in entries}
        self.posts = posts
        self.assets: Assets = publication.assets
        self.digests = publication.digests
        """Those of the assets' bytes, by their names."""
        self.broken = frozenset(source.path for source in broken)
        """The files of articles that are wrong in themselves: links to them are not judged."""
        overlays = {overlay.language for overlay in publication.overlays}
        self.all_languages = (site.language, *sorted(overlays - {site.language}))
        """Also those in which nothing is out, or nothing right, yet."""
        self._drafts, self._future = drafts, future
        self.by_file: Mapping[str, Entry] = {entry.source.path: entry for entry in entries}
        own = {source.stem.removesuffix(".po"): source.text for source in publication.catalogues}
        self.imprint = Imprint(site, own)
        self._targets: dict[tuple[str, bool, str], Target] = {}
        self._shelves: dict[tuple[str, str], Mapping[str, Topic]] = {}

    @cached_property
    def live(self) -> tuple[Entry, ...]:
        """The articles that this build publishes, in the order of their slugs."""
        return tuple(
            sorted((e for e in self.entries.values() if self.is_live(e)), key=lambda e: e.slug)
        )

    @cached_property
    def outlook(self) -> bytes:
        """A digest of all that the library knows: libraries of one site with the same are equal."""
        known = (self._drafts, self._future, self.posts, self.assets, self.digests)
        found = hashlib.blake2b(repr(known).encode(), digest_size=16)
        for entry in self.by_file.values():  # Of two with one slug, `entries` has only the last.
            found.update(f"{entry.source.path}\n{entry.state} {[*entry.translations]}".encode())
            found.update(entry.face)
        return found.digest()

    coming: tuple[datetime, ...] = ()
    """When what is scheduled comes out."""

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The publication's own language, then those of translations that are out."""
        others = {tag for entry in self.live for tag in entry.translations}
        return (self.site.language, *sorted(others))

    def in_language(self, tag: str) -> tuple[Entry, ...]:
        """What is published in a language, in the order of slugs."""
        return tuple(entry for entry in self.live if self.has(entry, tag))

    def has(self, entry: Entry, tag: str) -> bool:
        """Whether an article can be read in a language."""
        return tag == self.site.language or tag in entry.translations

    def tags(self, language: str) -> Mapping[str, "Topic"]:
        """The tags of what is published in a language, each with its page and its articles."""
        if ("tags", language) not in self._shelves:
            entries = self.in_language(language)
            pairs = ((tag, e) for e in entries for tag in _unique(e.summary_in(language).tags))
            self._shelves["tags", language] = _topics("tags", pairs)
        return self._shelves["tags", language]

    def subjects(self, language: str) -> Mapping[str, "Topic"]:
        """The subjects of what is published in a language, each with its page and its articles."""
        if ("subjects", language) not in self._shelves:
            entries = self.in_language(language)
            pairs = ((name, e) for e in entries for name in e.summary_in(language).subjects)
            self._shelves["subjects", language] = _topics("subjects", pairs)
        return self._shelves["subjects", language]

    def is_live(self, entry: Entry) -> bool:
        """Whether an article is out; drafts and scheduled ones are if the build asks for them."""
        return (
            entry.state == "published"
            or {"draft": self._drafts, "scheduled": self._future}[entry.state]
        )

    def folder(self, slug: str, language: str) -> str:
        """An article's folder in a language that it can be read in, or else in its own."""
        entry = self.entries.get(slug)
        home = self.imprint.home(language) if entry and self.has(entry, language) else ""
        return f"{home}{slug}/"

    def url(self, slug: str, language: str | None = None) -> str:
        """An article's canonical URL (RFC 3986: other scripts percent-encoded).

        In another language than the publication's own it is that of the translation, if any.
        """
        return self.site.base_url + quote(self.folder(slug, language or self.site.language))

    def post_url(self, post: Post) -> str:
        """A post's URL, a relative one joined to the publication's."""
        return urljoin(self.site.base_url, post.url)

    def named(self, name: str) -> Entry | None:
        """The article that a slug names, or an article's own URL."""
        slug = unicodedata.normalize("NFC", name)
        return self.entries.get(slug) or self._by_url.get(joined(self.site.base_url, name))

    @cached_property
    def _by_url(self) -> Mapping[str, Entry]:
        return {self.url(slug): entry for slug, entry in self.entries.items()}

    def find(self, name: str) -> Entry | None:
        """An article by its slug, or by the path of its file or of a translation's."""
        wanted = unicodedata.normalize("NFC", name)
        if wanted in self.entries:
            return self.entries[wanted]
        for entry in self.entries.values():
            sources = (entry.source, *(other.source for other in entry.translations.values()))
            if any(unicodedata.normalize("NFC", s.path) == wanted for s in sources):
                return entry
        return None

    def target(
        self, href: str, entry: Entry | None, *, is_image: bool = False, language: str | None = None
    ) -> "Target | Unresolved":
        """Where an address in a Markdown field leads, or why it leads nowhere.

        Without an entry (an article that is wrong in itself) its own headings are not judged.
        """
        tag = language or self.site.language
        if entry is not None and href.startswith("#"):
            return self._heading(entry, Target("here", "", unquote(href[1:])), tag)
        if entry is None or not self.is_live(entry):
            return self._target(href, entry, tag, is_image=is_image)
        # What is out sees the same of others, so that each address is looked up once.
        key = (href, is_image, tag)
        known = self._targets.get(key)
        if known is not None:
            return known
        found = self._target(href, entry, tag, is_image=is_image)
        if isinstance(found, Target):
            self._targets[key] = found
        return found

    def _target(
        self, href: str, entry: Entry | None, language: str, *, is_image: bool
    ) -> "Target | Unresolved":
        found = outside(href, self.site.base_url, is_image=is_image)
        if found is not None:
            return found
        parts = urlsplit(href)
        if not parts.path:
            return Target("here", "", unquote(parts.fragment))
        return self._file(parts.path, parts.fragment, entry, language, is_image=is_image)

    def _file(
        self, path: str, fragment: str, entry: Entry | None, language: str, *, is_image: bool
    ) -> "Target | Unresolved":
        written = unquote(path)
        asset = (
            written if written.startswith("assets/") else posixpath.normpath("articles/" + written)
        )
        if asset.startswith("assets/"):
            if asset in self.assets:
                place = "" if is_image else unquote(fragment)
                return Target("asset", asset, place, size=self.assets[asset])
            hint = did_you_mean(asset, self.assets) or "put the file into content/assets/"
            return Unresolved(f"there is no file content/{asset}", hint)
        if is_image:
            return Unresolved(
                f"an image that is no asset: {path!r}",
                "put it into content/assets/ and write assets/NAME",
            )
        name = "content/" + asset
        # Some systems keep names decomposed (NFD), which look the same and are typed otherwise.
        found = self.by_file.get(name) or self._composed.get(unicodedata.normalize("NFC", name))
        if found is None and "content/" + asset in self.broken:
            return Target("article", written.removesuffix(".yaml"))
        if found is None:
            return Unresolved(f"a link that leads nowhere: {path!r}", self._near(written, entry))
        if waits(self, entry, found):
            state = "a draft" if found.state == "draft" else "scheduled"
            hint = f"it is {state}: publish it, or remove the link"
            return Unresolved(f"a link to {written!r}, which is not published", hint)
        return self._heading(found, self.article_target(found, language, fragment), language)

    @cached_property
    def _composed(self) -> Mapping[str, Entry]:
        return {unicodedata.normalize("NFC", p): entry for p, entry in self.by_file.items()}

    def article_target(self, entry: Entry, language: str, fragment: str = "") -> Target:
        """An article as what a link in some language leads to."""
        published = entry.summary.published
        return Target(
            "article",
            entry.slug,
            unquote(fragment),
            self.folder(entry.slug, language),
            published.isoformat() if published else None,
        )

    def _near(self, written: str, entry: Entry | None) -> str:
        own = entry.source.path.rpartition("/")[2] if entry else None
        near = did_you_mean(written, self._file_names, but=own, else_list=False)
        return (
            near or "link to an article by its file (`x.yaml`), to an asset, or write a whole URL"
        )

    @cached_property
    def _file_names(self) -> tuple[str, ...]:
        """The names of the articles' files."""
        return tuple(path.rpartition("/")[2] for path in self.by_file)

    def _heading(self, entry: Entry, target: Target, language: str) -> "Target | Unresolved":
        if not target.fragment or entry.summary_in(language).has_anchor(target.fragment):
            return target
        composed = unicodedata.normalize("NFC", target.fragment)
        if entry.summary_in(language).has_anchor(composed):
            return target._replace(fragment=composed)
        known = entry.summary_in(language).anchors.split()
        hint = did_you_mean(target.fragment, known)
        if target.fragment in entry.outline(language, self.site.edition_names[0]).all:
            hint = "its page has none, since the default edition shows nothing there"
        return Unresolved(f"no heading {'#' + target.fragment!r} in {entry.source.path}", hint)


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Why an address leads nowhere, and what to write instead."""

    message: str
    hint: str


def joined(base_url: str, url: str) -> str:
    """A URL, a relative one joined to the publication's; itself where it is none."""
    try:
        return urljoin(base_url, url)
    except ValueError:
        return url


def outside(href: str, base_url: str, *, is_image: bool) -> Target | Unresolved | None:
    """What an address leads to if no file of the publication decides that; None if one does."""
    try:
        parts = urlsplit(href)
    except ValueError as error:
        return Unresolved(f"not an address: {error}", "write it as in 'https://example.com/page'")
    if parts.scheme:
        return _external(href, parts.scheme.lower(), is_image=is_image)
    if parts.netloc:
        return Unresolved("an address without a scheme", f"write https:{href}")
    if href.startswith("#"):
        return None
    if not parts.path:
        return Unresolved("a link without an address", "write where it leads")
    if parts.path.startswith("/"):
        return Target("external", urljoin(base_url, href))
    return None


def _external(href: str, scheme: str, *, is_image: bool) -> Target | Unresolved:
    if scheme not in _SCHEMES or (is_image and scheme not in ("http", "https")):
        return Unresolved(
            f"bad URL scheme {scheme!r}", "http, https, mailto and tel links are allowed"
        )
    if scheme in ("http", "https") and not urlsplit(href).netloc:
        return Unresolved("a URL without a host", "write it as in 'https://example.com/page'")
    return Target("external", href)


def state_of(published: Moment | None, now: datetime) -> State:
    """Whether something with this date is out yet."""
    if published is None:
        return "draft"
    return "scheduled" if utc(published) > now else "published"


def waits(library: Library, entry: Entry | None, found: Entry) -> bool:
    """Whether an article that is out names one that is not."""
    return entry is not None and library.is_live(entry) and not library.is_live(found)


class Piece(NamedTuple):
    """An article that is right in itself, with its translations by language tag."""

    source: Source
    summary: Summary
    face: bytes
    translations: Mapping[str, Translated]


@dataclass(frozen=True, slots=True)
class Contents:
    """What a publication's files say, each validated for itself."""

    site: Site
    articles: Sequence[Piece]
    posts: tuple[Post, ...] = ()
    broken: tuple[Source, ...] = ()
    """The files of articles that are wrong in themselves."""
    has_all_posts: bool = True
    """Whether nothing is wrong with the posts."""


def index(
    contents: Contents,
    publication: Publication,
    now: datetime,
    *,
    drafts: bool = False,
    future: bool = False,
) -> Library:
    """The library of a publication; `now` decides what is out."""
    entries = tuple(
        Entry(
            source,
            summary,
            face,
            check_slug(summary.slug or source.stem),
            state_of(summary.published, now),
            translations,
        )
        for source, summary, face, translations in contents.articles
    )
    shown = (p for p in contents.posts if future or not p.published or utc(p.published) <= now)
    dates = [entry.summary.published for entry in entries]
    dates += [post.published for post in contents.posts]
    library = Library(
        contents.site,
        entries,
        tuple(shown),
        publication,
        broken=contents.broken,
        drafts=drafts,
        future=future,
    )
    library.coming = tuple(utc(d) for d in dates if d is not None and utc(d) > now)
    return library
