"""The site around the articles: listings, feeds, sitemap, stylesheet, fonts and assets.

In: the library and the templates. Out: artifacts that belong to no single article.
"""

import json
import mimetypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from versus import fonts, surroundings
from versus.artifacts import Artifact
from versus.catalogues import Words
from versus.documents import document
from versus.excerpt import description
from versus.languages import direction, own_name
from versus.library import Entry, Library, Topic
from versus.media import FeedMedium
from versus.model import Moment, in_edition, utc
from versus.related import Related
from versus.templating import Templates, rfc3339
from versus.variants import expand
from versus.views import Alternate, SiteView, TopicView
from versus.writers import text

PAGE_SIZE = 50
"""How many articles one page of a listing shows."""

FEED_SIZE = 30
"""How many of the newest articles a feed holds, each whole."""


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Wing:
    """The part of the site that is in one language: its articles, its pages, its feeds."""

    library: Library
    templates: Templates
    language: str

    @property
    def home(self) -> str:
        """The wing's folder below the site's root; none for the publication's own language."""
        return self.library.home(self.language)

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

    def document(self, to_root: str) -> SiteDocument:
        """What templates see as `doc`, on a page from which this is the way to the root."""
        site = surroundings.site(self.library, self.language, to_root)
        words = self.library.words(self.language)
        return SiteDocument(site, self.language, direction(self.language), words)

    def gettext(self, message: str, **names: str) -> str:
        """Words of this module in the wing's language."""
        return self.library.words(self.language).gettext(message) % names


def build(library: Library, templates: Templates) -> Iterator[Artifact]:
    """Every file of the site that is not an article's, in a fixed order."""
    wings: list[tuple[Wing, list[Listed]]] = []
    for language in library.languages:
        wing = Wing(library, templates, language)
        entries = wing.entries
        articles = [_listed(entry, wing) for entry in entries]
        wings.append((wing, articles))
        yield from _listings(wing, articles)
        yield from _feeds(wing, articles, entries[:FEED_SIZE])
    yield from _for_machines(wings)
    yield from _looks(templates, is_searched=library.site.search)
    for name in sorted(library.assets):
        data = (templates.root / "content" / name).read_bytes()
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        yield Artifact(f"site/{name}", data, kind)


def _listings(wing: Wing, articles: Sequence[Listed]) -> Iterator[Artifact]:
    """The front page and a page for each tag and each subject, split where they are long."""
    library, language = wing.library, wing.language
    site = wing.document("").site
    tags, subjects = library.tags(language).values(), library.subjects(language).values()
    front = tuple(_topic_view(t) for t in tags)
    title, about = site.title, site.description
    fronts = _alternates(library, _to_root(wing.home))
    yield from _pages(wing, "", (title, title, about), articles, front, fronts)
    by_slug = {listed.slug: listed for listed in articles}
    compared = [(t, wing.gettext("All comparisons with %(topic)s", topic=t.name)) for t in subjects]
    tagged = [(t, wing.gettext("Articles on %(topic)s", topic=t.name)) for t in tags]
    for topic, heading in (*compared, *tagged):
        found = [by_slug[entry.slug] for entry in _newest_first(topic.entries)]
        yield from _pages(wing, topic.path, (heading, heading, ""), found)


def _pages(
    wing: Wing,
    path: str,
    words: tuple[str, str, str],
    articles: Sequence[Listed],
    topics: tuple[TopicView, ...] = (),
    alternates: tuple[Alternate, ...] = (),
) -> Iterator[Artifact]:
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
        yield wing.render("site/listing.html", f"{own}index.html", page=page)


def _alternates(library: Library, home: str) -> tuple[Alternate, ...]:
    """The front pages of all languages, where there are several."""
    tags = library.languages if len(library.languages) > 1 else ()
    base = library.site.base_url
    return tuple(
        Alternate(tag, own_name(tag), home + library.home(tag), base + library.home(tag))
        for tag in tags
    )


def _topic_view(topic: Topic) -> TopicView:
    return TopicView(topic.name, quote(topic.path))


def _feeds(wing: Wing, articles: Sequence[Listed], newest: Sequence[Entry]) -> Iterator[Artifact]:
    """Atom, RSS and JSON Feed, with the newest articles whole."""
    contents = _contents(wing, newest)
    feed = [replace(a, content=c) for a, c in zip(articles, contents, strict=False)]
    author = wing.library.site.author
    values = {"feed": feed, "updated": _newest(articles), "author": author and author.name}
    yield wing.render("site/feed.xml", "feed.xml", **values)
    yield wing.render("site/rss.xml", "rss.xml", **values)
    data = json.dumps(_json_feed(wing, feed), ensure_ascii=False, indent=1)
    path = f"site/{wing.home}feed.json"
    yield Artifact(path, text.encode(data), "application/feed+json")
    if wing.library.site.search:
        yield wing.render("site/search.html", "search/index.html")


def _for_machines(wings: Sequence[tuple[Wing, Sequence[Listed]]]) -> Iterator[Artifact]:
    """The sitemap of all languages, robots.txt, llms.txt, and the page for a wrong address."""
    own = wings[0][0]
    library = own.library
    topics = [
        wing.url(topic.path)
        for wing, _articles in wings
        for shelf in (library.subjects(wing.language), library.tags(wing.language))
        for topic in shelf.values()
    ]
    yield own.render("site/sitemap.xml", "sitemap.xml", wings=wings, topics=topics)
    yield own.render("site/robots.txt", "robots.txt")
    yield own.render("site/llms.md", "llms.txt", wings=wings)
    # A server shows it for addresses of any depth, so that its own links start at the host.
    absolute = own.document(urlsplit(library.site.base_url).path)
    source = own.templates.render("site/404.html", doc=absolute)
    yield Artifact("site/404.html", text.encode(source), "text/html")


def _contents(wing: Wing, entries: Sequence[Entry]) -> Iterator[str]:
    """The whole text of articles, for feeds."""
    library = wing.library
    ranking = Related(library)
    editions = library.site.edition_names[:1]
    for variant in expand(library, entries, editions, [wing.language]):
        page = document(library, variant, FeedMedium, ranking.to(variant.entry))
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
    stylesheet = (templates.asset("page.css") or b"").decode()
    faces = fonts.web_fonts()
    css = fonts.font_faces(faces) + stylesheet
    yield Artifact("site/assets/versus/page.css", text.encode(css), "text/css")
    if is_searched:
        yield Artifact(
            "site/assets/versus/search.js", templates.asset("search.js") or b"", "text/javascript"
        )
    yield Artifact("site/favicon.svg", templates.asset("favicon.svg") or b"", "image/svg+xml")
    for face in faces:
        yield Artifact(f"site/assets/versus/{face.file}", face.data, "font/woff2")


def _newest_first(entries: Sequence[Entry]) -> list[Entry]:
    def key(entry: Entry) -> tuple[float, str]:
        published = entry.article.published
        return (-utc(published).timestamp() if published else 0.0, entry.slug)

    return sorted(entries, key=key)


def _newest(articles: Sequence[Listed]) -> datetime:
    """When the newest of some articles changed; 1970 where none says."""
    moments = (m for a in articles for m in (a.published, a.updated) if m is not None)
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
    article, edition = entry.in_language(wing.language), library.site.edition_names[0]
    author = article.author or library.site.author
    tags = [tag for tag in library.languages if library.has(entry, tag)]
    return Listed(
        slug=entry.slug,
        title=in_edition(article.title, edition),
        url=library.url(entry.slug, wing.language),
        path=quote(entry.slug) + "/",
        description=description(article, edition),
        published=article.published,
        updated=article.updated,
        author=author.name if author else None,
        tags=article.tags,
        alternates=tuple((tag, library.url(entry.slug, tag)) for tag in tags if len(tags) > 1),
    )
