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

from versus import fonts
from versus.artifacts import Artifact
from versus.documents import FeedMedium, document
from versus.excerpt import description
from versus.languages import direction
from versus.library import Entry, Library, Topic
from versus.model import Moment, in_edition, utc
from versus.related import Related
from versus.templating import Templates, rfc3339
from versus.variants import expand
from versus.views import SiteView, TopicView
from versus.writers import text

PAGE_SIZE = 50
"""How many articles one page of a listing shows."""

FEED_SIZE = 30
"""How many of the newest articles a feed holds, each whole."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An article as a listing or a feed shows it; `content` is its HTML, in feeds only."""

    title: str
    url: str
    path: str
    description: str
    published: Moment | None
    updated: Moment | None
    author: str | None
    tags: tuple[str, ...]
    content: str = ""


@dataclass(frozen=True, slots=True)
class SiteDocument:
    """What the templates of the site's own pages see as `doc`."""

    site: SiteView
    language: str
    direction: str


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


def build(library: Library, templates: Templates) -> Iterator[Artifact]:
    """Every file of the site that is not an article's, in a fixed order."""
    entries = _newest_first(library.live)
    articles = [_listed(entry, library) for entry in entries]
    yield from _listings(library, templates, articles, entries)
    yield from _feeds(library, templates, articles, entries)
    yield from _looks(templates)
    for name in sorted(library.assets):
        data = (templates.root / "content" / name).read_bytes()
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        yield Artifact(f"site/{name}", data, kind)


def _document(library: Library, home: str) -> SiteDocument:
    site = library.site
    return SiteDocument(SiteView.of(site, home), site.language, direction(site.language))


def _listings(
    library: Library, templates: Templates, articles: Sequence[Listed], entries: Sequence[Entry]
) -> Iterator[Artifact]:
    """The front page and a page for each tag and each subject, split where they are long."""
    site = library.site
    topics = (*library.subjects.values(), *library.tags.values())
    shared = tuple(_topic_view(t) for t in library.tags.values())
    title, about = site.title, site.description or ""
    yield from _pages(library, templates, "", (title, title, about), articles, shared)
    by_slug = {entry.slug: listed for entry, listed in zip(entries, articles, strict=True)}
    for topic in topics:
        is_tag = topic.path.startswith("tags/")
        heading = f"Articles on {topic.name}" if is_tag else f"All comparisons with {topic.name}"
        found = [by_slug[entry.slug] for entry in _newest_first(topic.entries)]
        yield from _pages(library, templates, topic.path, (heading, heading, ""), found, ())


def _pages(
    library: Library,
    templates: Templates,
    path: str,
    words: tuple[str, str, str],
    articles: Sequence[Listed],
    topics: tuple[TopicView, ...],
) -> Iterator[Artifact]:
    title, heading, about = words
    total = max(1, -(-len(articles) // PAGE_SIZE))
    paths = [path if n == 1 else f"{path}page/{n}/" for n in range(1, total + 1)]
    for number, own in enumerate(paths, 1):
        home = "../" * own.count("/") or "./"
        page = Page(
            title=title if number == 1 else f"{title}, page {number}",
            heading=heading,
            description=about,
            url=library.site.base_url + quote(own),
            number=number,
            total=total,
            previous=home + quote(paths[number - 2]) if number > 1 else None,
            next=home + quote(paths[number]) if number < total else None,
            articles=tuple(articles[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]),
            topics=topics if number == 1 else (),
        )
        source = templates.render("site/listing.html", doc=_document(library, home), page=page)
        yield Artifact(f"site/{own}index.html", text.encode(source), "text/html")


def _topic_view(topic: Topic) -> TopicView:
    return TopicView(topic.name, quote(topic.path))


def _feeds(
    library: Library, templates: Templates, articles: Sequence[Listed], entries: Sequence[Entry]
) -> Iterator[Artifact]:
    """What machines read: feeds with whole articles, the sitemap, robots.txt, llms.txt, 404."""
    site = library.site
    moments = (m for a in articles for m in (a.published, a.updated) if m is not None)
    updated = max(map(utc, moments), default=datetime(1970, 1, 1, tzinfo=UTC))
    contents = _contents(library, templates, entries[:FEED_SIZE])
    feed = [replace(a, content=c) for a, c in zip(articles, contents, strict=False)]
    values: dict[str, Any] = {
        "articles": articles,
        "feed": feed,
        "updated": updated,
        "author": site.author.name if site.author else None,
        "topics": [_topic_view(t) for t in (*library.subjects.values(), *library.tags.values())],
    }
    for path, template, kind, home in (
        ("feed.xml", "site/feed.xml", "application/atom+xml", "./"),
        ("rss.xml", "site/rss.xml", "application/rss+xml", "./"),
        ("sitemap.xml", "site/sitemap.xml", "application/xml", "./"),
        ("robots.txt", "site/robots.txt", "text/plain", "./"),
        ("llms.txt", "site/llms.md", "text/markdown", "./"),
        ("404.html", "site/404.html", "text/html", urlsplit(site.base_url).path),
        *((("search/index.html", "site/search.html", "text/html", "../"),) if site.search else ()),
    ):
        source = templates.render(template, doc=_document(library, home), **values)
        yield Artifact(f"site/{path}", text.encode(source), kind)
    data = json.dumps(_json_feed(library, feed), ensure_ascii=False, indent=1)
    yield Artifact("site/feed.json", text.encode(data), "application/feed+json")


def _contents(library: Library, templates: Templates, entries: Sequence[Entry]) -> Iterator[str]:
    """The whole text of articles, for feeds."""
    ranking = Related(library)
    for variant in expand(library, entries, library.site.edition_names[:1]):
        page = document(library, variant, FeedMedium, ranking.to(variant.entry))
        yield templates.render("site/content.html", doc=page).strip()


def _json_feed(library: Library, feed: Sequence[Listed]) -> dict[str, Any]:
    """The feed as JSON (source: JSON Feed 1.1)."""
    site = library.site
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
        "home_page_url": site.base_url,
        "feed_url": site.base_url + "feed.json",
        "description": site.description or site.title,
        "language": site.language,
        "items": items,
    }


def _looks(templates: Templates) -> Iterator[Artifact]:
    """The stylesheet, the fonts that it names and the icon."""
    stylesheet = (templates.asset("page.css") or b"").decode()
    faces = fonts.web_fonts()
    css = fonts.font_faces(faces) + stylesheet
    yield Artifact("site/assets/versus/page.css", text.encode(css), "text/css")
    yield Artifact("site/favicon.svg", templates.asset("favicon.svg") or b"", "image/svg+xml")
    for face in faces:
        yield Artifact(f"site/assets/versus/{face.file}", face.data, "font/woff2")


def _newest_first(entries: Sequence[Entry]) -> list[Entry]:
    def key(entry: Entry) -> tuple[float, str]:
        published = entry.article.published
        return (-utc(published).timestamp() if published else 0.0, entry.slug)

    return sorted(entries, key=key)


def _listed(entry: Entry, library: Library) -> Listed:
    article, edition = entry.article, library.site.edition_names[0]
    author = article.author or library.site.author
    url = library.url(entry.slug)
    return Listed(
        title=in_edition(article.title, edition),
        url=url,
        path=url.removeprefix(library.site.base_url),
        description=description(article, edition),
        published=article.published,
        updated=article.updated,
        author=author.name if author else None,
        tags=article.tags,
    )
