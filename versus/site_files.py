"""The site around the articles: listings, feeds, sitemap, stylesheet, fonts and assets.

In: the library and the templates. Out: files that belong to no single article, each with all that
it is made from, so that only those are made that changed.
"""

import json
import marshal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from versus import fonts, surroundings
from versus.artifacts import Artifact, Making
from versus.briefs import Briefing
from versus.catalogues import Words
from versus.documents import document
from versus.languages import Foreign, direction, own_name
from versus.library import Entry, Library, Topic
from versus.media import FeedMedium
from versus.mediatypes import media_type
from versus.model import Moment, utc
from versus.sources import ChangedWhileReadError
from versus.stamps import digest_of
from versus.templating import Templates, rfc3339
from versus.variants import Variant, expand
from versus.views import Alternate, SiteView, TopicView
from versus.writers import text

PAGE_SIZE = 50
"""How many articles one page of a listing shows."""

FEED_SIZE = 30
"""How many of the newest articles a feed holds, each whole."""


class SiteFile(NamedTuple):
    """A file of the site that is yet to be made, or several of one making."""

    data: bytes
    """All that it is made from besides the site's settings and templates: equal for equal files."""
    make: Making


@dataclass(frozen=True)
class Listed:
    """An article as a listing or a feed shows it; `content` is its HTML, in feeds only."""

    slug: str
    title: str
    url: str
    path: str
    """The article's address from the front page of its language."""
    description: str
    published: Moment | None
    updated: Moment | None
    author: str | None
    tags: tuple[str, ...]
    alternates: tuple[tuple[str, str], ...] = ()
    """The languages of the article with their URLs; empty where there is only one."""
    content: str = ""

    @cached_property
    def data(self) -> bytes:
        """The article as it is listed, as bytes."""
        moments = [m.isoformat() if m else None for m in (self.published, self.updated)]
        plain = (
            self.slug, str(self.title), type(self.title) is str, self.url, self.path,
            self.description, *moments, self.author, self.tags, self.alternates,
        )  # fmt: skip
        return marshal.dumps(plain, 2)


@dataclass(frozen=True, slots=True)
class SiteDocument:
    """What the templates of the site's own pages see as `doc`."""

    site: SiteView
    language: str
    direction: str
    words: Words


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing: the front page, or that of a tag or subject."""

    title: str
    heading: str
    description: str
    url: str
    number: int
    total: int
    previous: str | None
    next: str | None
    articles: tuple[Listed, ...]
    topics: tuple[TopicView, ...]
    alternates: tuple[Alternate, ...] = ()

    def data(self) -> bytes:
        """The page as bytes."""
        plain = (
            self.title, self.heading, self.description, self.url, self.number, self.total,
            self.previous, self.next, tuple((t.name, t.path) for t in self.topics),
            tuple(map(tuple, self.alternates)),
        )  # fmt: skip
        return repr(plain).encode() + b"".join(listed.data for listed in self.articles)


@dataclass(frozen=True, slots=True)
class Wing:
    """The part of the site that is in one language: its articles, its pages, its feeds."""

    library: Library
    templates: Templates
    language: str

    @property
    def home(self) -> str:
        """The wing's folder below the site's root; none for the publication's own language."""
        return self.library.imprint.home(self.language)

    def url(self, path: str) -> str:
        """The URL of a path below the wing's folder."""
        return self.library.site.base_url + quote(self.home + path)

    @property
    def entries(self) -> list[Entry]:
        """The wing's articles, the newest first."""
        return _newest_first(self.library.in_language(self.language))

    def render(self, template: str, path: str, **values: Any) -> Artifact:
        """A page of the wing, at a path below its folder."""
        place = self.home + path
        source = self.templates.render(template, doc=self.document(_to_root(place)), **values)
        return Artifact(f"site/{place}", text.encode(source), _kind(template))

    def file(
        self, template: str, path: str, data: bytes, values: Callable[[], dict[str, Any]] = dict
    ) -> SiteFile:
        """A page of the wing yet to be made; `data` stands for the values."""
        head = f"{template} {self.language} {path}\n".encode()
        return SiteFile(head + data, lambda: [self.render(template, path, **values())])

    def document(self, to_root: str) -> SiteDocument:
        """What templates see as `doc`, on a page from which this is the way to the root."""
        site = surroundings.site(self.library.imprint, self.language, to_root)
        words = self.library.imprint.words(self.language)
        return SiteDocument(site, self.language, direction(self.language), words)

    def gettext(self, message: str, **names: str) -> str:
        """Words of this module in the wing's language."""
        words = self.library.imprint.words(self.language)
        said = words.gettext(message) % names
        return said if words.is_known else Foreign(said, words.language)


def pages(library: Library, templates: Templates) -> Iterator[SiteFile]:
    """The files of the site that show nothing whole: all but feeds, in a fixed order."""
    wings = [(w, [_listed(entry, w) for entry in w.entries]) for w in _wings(library, templates)]
    for wing, articles in wings:
        yield from _listings(wing, articles)
        if library.site.search:
            yield wing.file("site/search.html", "search/index.html", b"")
    yield from _for_machines(wings)
    is_searched = library.site.search
    head = b"looks, searched" if is_searched else b"looks"
    yield SiteFile(head, lambda: _looks(templates, is_searched=is_searched))
    for name in sorted(library.assets):
        digest = library.digests.get(name)
        data = f"asset {name} {digest}".encode()
        yield SiteFile(data, partial(_asset, templates.root, name, digest))


def feeds(library: Library, templates: Templates, briefing: Briefing) -> Iterator[SiteFile]:
    """The feeds of all languages, with whole articles and so with their related posts."""
    for wing in _wings(library, templates):
        yield from _feeds(wing, briefing)


def decisive(library: Library, briefing: Briefing) -> bytes:
    """All that decides the feeds, told without planning them."""
    newest = (v for tag in library.languages for v in _in_feeds(library, tag))
    return library.outlook + b"".join(map(briefing.hint, newest))


def _wings(library: Library, templates: Templates) -> list[Wing]:
    return [Wing(library, templates, language) for language in library.languages]


def _asset(root: Path, name: str, digest: str | None) -> Iterator[Artifact]:
    data = (root / "content" / name).read_bytes()
    if digest and digest != digest_of(data):
        raise ChangedWhileReadError(f"content/{name}")
    yield Artifact(f"site/{name}", data, media_type(name))


def _listings(wing: Wing, articles: Sequence[Listed]) -> Iterator[SiteFile]:
    """The front page and a page for each tag and each subject, split where they are long."""
    library, language = wing.library, wing.language
    site = wing.document("").site
    tags, subjects = library.tags(language).values(), library.subjects(language).values()
    front = tuple(_topic_view(t) for t in tags)
    title, about = site.title, site.description
    fronts = _alternates(library, _to_root(wing.home))
    yield from _pages(wing, "", (title, title, about), articles, front, fronts)
    places = {listed.slug: place for place, listed in enumerate(articles)}
    compared = [(t, wing.gettext("All comparisons with %(topic)s", topic=t.name)) for t in subjects]
    tagged = [(t, wing.gettext("Articles on %(topic)s", topic=t.name)) for t in tags]
    for topic, heading in (*compared, *tagged):
        found = [articles[place] for place in sorted(places[e.slug] for e in topic.entries)]
        yield from _pages(wing, topic.path, (heading, heading, ""), found)


def _pages(
    wing: Wing,
    path: str,
    words: tuple[str, str, str],
    articles: Sequence[Listed],
    topics: tuple[TopicView, ...] = (),
    alternates: tuple[Alternate, ...] = (),
) -> Iterator[SiteFile]:
    title, heading, about = words
    total = max(1, -(-len(articles) // PAGE_SIZE))
    paths = [path if n == 1 else f"{path}page/{n}/" for n in range(1, total + 1)]
    for number, own in enumerate(paths, 1):
        home = _to_root(wing.home + own) + wing.home
        numbered = wing.gettext("%(title)s, page %(number)s", title=title, number=str(number))
        page = Page(
            title=title if number == 1 else numbered,
            heading=heading,
            description=about,
            url=wing.url(own),
            number=number,
            total=total,
            previous=home + quote(paths[number - 2]) if number > 1 else None,
            next=home + quote(paths[number]) if number < total else None,
            articles=tuple(articles[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]),
            topics=topics if number == 1 else (),
            alternates=alternates if number == 1 else (),
        )
        values = partial(dict[str, Any], page=page)
        yield wing.file("site/listing.html", f"{own}index.html", page.data(), values)


def _alternates(library: Library, home: str) -> tuple[Alternate, ...]:
    """The front pages of all languages, where there are several."""
    tags = library.languages if len(library.languages) > 1 else ()
    base, at = library.site.base_url, library.imprint.home
    return tuple(Alternate(tag, own_name(tag), home + at(tag), base + at(tag)) for tag in tags)


def _topic_view(topic: Topic) -> TopicView:
    return TopicView(topic.name, quote(topic.path))


def _feeds(wing: Wing, briefing: Briefing) -> Iterator[SiteFile]:
    """Atom, RSS and JSON Feed, with the newest articles whole."""
    variants = _in_feeds(wing.library, wing.language)
    articles = [_listed(variant.entry, wing) for variant in variants]
    updated, author = _newest(wing), wing.library.site.author
    data = b"".join(
        listed.data + briefing.seed(variant)
        for listed, variant in zip(articles, variants, strict=True)
    ) + updated.isoformat().encode()  # fmt: skip

    @cache
    def feed() -> list[Listed]:
        contents = _contents(wing, variants, briefing)
        return [replace(a, content=c) for a, c in zip(articles, contents, strict=True)]

    def values() -> dict[str, Any]:
        return {"feed": feed(), "updated": updated, "author": author and author.name}

    yield wing.file("site/feed.xml", "feed.xml", data, values)
    yield wing.file("site/rss.xml", "rss.xml", data, values)
    yield SiteFile(f"feed.json {wing.language}\n".encode() + data, lambda: _json(wing, feed()))


def _json(wing: Wing, feed: Sequence[Listed]) -> Iterator[Artifact]:
    data = json.dumps(_json_feed(wing, feed), ensure_ascii=False, indent=1)
    yield Artifact(f"site/{wing.home}feed.json", text.encode(data), "application/feed+json")


def _for_machines(wings: Sequence[tuple[Wing, Sequence[Listed]]]) -> Iterator[SiteFile]:
    """The sitemap of all languages, robots.txt, llms.txt, and the page for a wrong address."""
    own = wings[0][0]
    library = own.library
    topics = [
        wing.url(topic.path)
        for wing, _articles in wings
        for shelf in (library.subjects(wing.language), library.tags(wing.language))
        for topic in shelf.values()
    ]
    data = b"".join(
        f"\n{wing.language} {len(articles)}\n".encode() + b"".join(a.data for a in articles)
        for wing, articles in wings
    )
    places = {"wings": wings, "topics": topics}
    listed = data + "\n".join(topics).encode()
    yield own.file("site/sitemap.xml", "sitemap.xml", listed, lambda: places)
    yield own.file("site/robots.txt", "robots.txt", b"")
    yield own.file("site/llms.md", "llms.txt", data, lambda: {"wings": wings})
    yield SiteFile(b"404", lambda: _not_found(own))


def _not_found(own: Wing) -> Iterator[Artifact]:
    # A server shows it for addresses of any depth, so that its own links start at the host.
    absolute = own.document(urlsplit(own.library.site.base_url).path)
    source = own.templates.render("site/404.html", doc=absolute)
    yield Artifact("site/404.html", text.encode(source), "text/html")


def _in_feeds(library: Library, language: str) -> tuple[Variant, ...]:
    """What feeds hold whole."""
    newest = _newest_first(library.in_language(language))[:FEED_SIZE]
    return tuple(expand(library, newest, library.site.edition_names[:1], [language]))


def _contents(wing: Wing, variants: Sequence[Variant], briefing: Briefing) -> Iterator[str]:
    """The whole text of articles, for feeds."""
    for variant in variants:
        page = document(wing.library.imprint, variant, briefing.brief(variant), FeedMedium)
        yield wing.templates.render("site/content.html", doc=page).strip()


def _json_feed(wing: Wing, feed: Sequence[Listed]) -> dict[str, Any]:
    """The feed as JSON (source: JSON Feed 1.1)."""
    site = wing.document("").site
    items = []
    for article in feed:
        item: dict[str, Any] = {
            "id": article.url,
            "url": article.url,
            "title": article.title,
            "summary": article.description,
            "content_html": article.content,
        }
        if article.published:
            item["date_published"] = rfc3339(article.published)
        if article.updated:
            item["date_modified"] = rfc3339(article.updated)
        if article.author:
            item["authors"] = [{"name": article.author}]
        if article.tags:
            item["tags"] = list(article.tags)
        items.append(item)
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": site.title,
        "home_page_url": site.url,
        "feed_url": wing.url("feed.json"),
        "description": site.description or site.title,
        "language": wing.language,
        "items": items,
    }


def _looks(templates: Templates, *, is_searched: bool) -> Iterator[Artifact]:
    """The stylesheet, the fonts that it names, the icon, and what starts the search."""
    stylesheet = templates.stylesheet("page.css")
    faces = fonts.web_fonts()
    css = fonts.font_faces(faces) + stylesheet
    yield Artifact("site/assets/versus/page.css", text.stylesheet(css), "text/css")
    if is_searched:
        yield Artifact(
            "site/assets/versus/search.js", templates.asset("search.js") or b"", "text/javascript"
        )
    yield Artifact("site/favicon.svg", templates.asset("favicon.svg") or b"", "image/svg+xml")
    for face in faces:
        yield Artifact(f"site/assets/versus/{face.file}", face.data, "font/woff2")


def _newest_first(entries: Sequence[Entry]) -> list[Entry]:
    def key(entry: Entry) -> tuple[float, str]:
        published = entry.summary.published
        return (-utc(published).timestamp() if published else 0.0, entry.slug)

    return sorted(entries, key=key)


def _newest(wing: Wing) -> datetime:
    """When the article that changed last did; 1970 where none says."""
    language = wing.language
    known = (entry.summary_in(language) for entry in wing.library.in_language(language))
    moments = (m for summary in known for m in (summary.published, summary.updated) if m)
    return max(map(utc, moments), default=datetime(1970, 1, 1, tzinfo=UTC))


def _to_root(path: str) -> str:
    """The relative address of the site's root from a page at a path below it."""
    return "../" * path.count("/") or "./"


def _kind(template: str) -> str:
    kinds = {"site/feed.xml": "application/atom+xml", "site/rss.xml": "application/rss+xml"}
    suffixes = {"html": "text/html", "xml": "application/xml", "txt": "text/plain"}
    return kinds.get(template) or suffixes.get(template.rpartition(".")[2], "text/markdown")


def _listed(entry: Entry, wing: Wing) -> Listed:
    library = wing.library
    known = entry.summary_in(wing.language)
    author = library.site.author
    tags = [tag for tag in library.languages if library.has(entry, tag)]
    title, imprint = known.headline, library.imprint
    return Listed(
        slug=entry.slug,
        title=surroundings.untranslated(imprint, wing.language, title)
        if known.is_foreign
        else title,
        url=library.url(entry.slug, wing.language),
        path=quote(entry.slug) + "/",
        description=known.description,
        published=known.published,
        updated=known.updated,
        author=known.author or (author.name if author else None),
        tags=known.tags,
        alternates=tuple((tag, library.url(entry.slug, tag)) for tag in tags if len(tags) > 1),
    )
