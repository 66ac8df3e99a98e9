"""The site around the articles: its index, feed, sitemap, stylesheet, fonts and assets.

In: the library and the templates. Out: artifacts that belong to no single article.
"""

import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from versus import fonts
from versus.artifacts import Artifact
from versus.excerpt import description
from versus.languages import direction
from versus.library import Entry, Library
from versus.model import Moment, in_edition, utc
from versus.templating import Templates
from versus.views import SiteView
from versus.writers import text


@dataclass(frozen=True, slots=True)
class Listed:
    """An article as an index or a feed lists it."""

    title: str
    url: str
    path: str
    description: str
    published: Moment | None
    updated: Moment | None
    author: str | None
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SiteDocument:
    """What the templates of the site's own pages see as `doc`."""

    site: SiteView
    language: str
    direction: str


def build(library: Library, templates: Templates) -> Iterator[Artifact]:
    """Every file of the site that is not an article's, in a fixed order."""
    site = library.site
    view = SiteView(site.title, site.base_url, site.description or "", site.language, "./")
    document = SiteDocument(view, site.language, direction(site.language))
    articles = [_listed(entry, library) for entry in _newest_first(library)]
    updated = max(
        (utc(m) for a in articles for m in (a.published, a.updated) if m is not None),
        default=datetime(1970, 1, 1, tzinfo=UTC),
    )
    values = {
        "doc": document,
        "articles": articles,
        "updated": updated,
        "author": site.author.name if site.author else None,
    }
    for path, template, kind in (
        ("index.html", "site/index.html", "text/html"),
        ("feed.xml", "site/feed.xml", "application/atom+xml"),
        ("sitemap.xml", "site/sitemap.xml", "application/xml"),
    ):
        yield Artifact(f"site/{path}", text.encode(templates.render(template, **values)), kind)
    stylesheet = (templates.asset("page.css") or b"").decode()
    faces = fonts.web_fonts()
    css = fonts.font_faces(faces) + stylesheet
    yield Artifact("site/assets/versus/page.css", text.encode(css), "text/css")
    yield Artifact("site/favicon.svg", templates.asset("favicon.svg") or b"", "image/svg+xml")
    for face in faces:
        yield Artifact(f"site/assets/versus/{face.file}", face.data, "font/woff2")
    for name in sorted(library.assets):
        data = (templates.root / "content" / name).read_bytes()
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        yield Artifact(f"site/{name}", data, kind)


def _newest_first(library: Library) -> list[Entry]:
    def key(entry: Entry) -> tuple[float, str]:
        published = entry.article.published
        return (-utc(published).timestamp() if published else 0.0, entry.slug)

    return sorted(library.live, key=key)


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
