"""What search engines are told of an article: schema.org data that the page itself shows.

In: a document. Out: JSON-LD that can stand in a `script` element.
"""

import json
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from versus.model import Moment, utc
from versus.views import Document, ImageView, PersonView

_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=1)  # A page prints it, and says its digest in its policy.
def structured_data(document: Document) -> Markup:
    """A document's JSON-LD: a BlogPosting about its subjects, and the way to it.

    Sources: schema.org's BlogPosting and BreadcrumbList; Google Search Central, "Article".
    Nothing is claimed that the page does not show.
    """
    posting: dict[str, Any] = {
        "@type": "BlogPosting",
        "@id": f"{document.canonical}#article",
        "headline": document.title,
        "description": document.description,
        "url": document.canonical,
        "mainEntityOfPage": document.canonical,
        "inLanguage": document.language,
        "about": [{"@type": "Thing", "name": name} for name in document.subjects],
        "publisher": _organization(document.site.title, document.site.url),
    }
    if document.author:
        posting["author"] = _person(document.author)
    if document.published:
        posting["datePublished"] = _moment(document.published)
        posting["dateModified"] = _moment(document.updated or document.published)
    if document.preview:
        posting["image"] = _image(document.preview)
    if document.tags:
        posting["keywords"] = list(document.tags)
    cited = [s for section in document.sections for s in section.sources]
    if cited:
        posting["citation"] = [
            {"@type": "CreativeWork", "name": s.title, "url": s.url} for s in cited
        ]
    if document.tags:
        posting["articleSection"] = document.tags[0]
    way = [*((c.name, c.url) for c in document.breadcrumb), (document.title, document.canonical)]
    crumbs = {
        "@type": "BreadcrumbList",
        "itemListElement": [_crumb(n, name, url) for n, (name, url) in enumerate(way, 1)],
    }
    return script({"@context": "https://schema.org", "@graph": [posting, crumbs]})


def script(value: object) -> Markup:
    """A value as JSON without `<`, `>` or `&`, so that no text in it can end its element."""
    text = _JSON.encode(value)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - what could end the element is escaped above


def _person(author: PersonView) -> dict[str, str]:
    person = {"@type": "Person", "name": author.name}
    return person | {"url": author.url} if author.url else person


def _organization(name: str, url: str) -> dict[str, str]:
    return {"@type": "Organization", "name": name, "url": url}


def _image(picture: ImageView) -> dict[str, object]:
    found: dict[str, object] = {"@type": "ImageObject", "url": picture.url}
    return found | {"caption": picture.alt} if picture.alt else found


def _moment(moment: Moment) -> str:
    return utc(moment).isoformat().replace("+00:00", "Z")


def _crumb(position: int, name: str, url: str) -> dict[str, object]:
    return {"@type": "ListItem", "position": position, "name": name, "item": url}
