"""What several kinds write alike: fields as JSON, front matter, dates, files of text."""

import json
from collections.abc import Iterator
from typing import Any

from versus.channels.dialect import Dialect
from versus.channels.kind import Copy, File
from versus.channels.media import fill
from versus.model import Moment, utc
from versus.sections import HEADINGS
from versus.templating import yaml_head
from versus.writers import text


def markdown(copy: Copy, dialect: Dialect) -> str:
    """The copy's body in a dialect."""
    from versus.channels.rewriting import rewrite

    heading = HEADINGS["notes"]
    notes = copy.document.words.gettext(heading)
    return rewrite(copy.source, dialect, as_list=copy.tables == "list", notes=notes)


def json_file(path: str, fields: dict[str, Any]) -> File:
    """Fields as JSON; those without a value are left out."""
    said = {name: value for name, value in fields.items() if value is not None}
    data = json.dumps(said, ensure_ascii=False, indent=2)
    return File(path, text.encode(data), "application/json")


def text_file(path: str, source: str, media_type: str = "text/plain") -> File:
    """A text."""
    return File(path, text.encode(source), media_type)


def post(copy: Copy, pattern: str, head: dict[str, Any], body: str) -> Iterator[File]:
    """A post of a blog that is made from files: front matter and Markdown.

    `pattern` says where the engine looks for posts, if the channel does not, or names a date that
    the post has not.
    """
    published = copy.document.published
    paths = (fill(path, copy.slug, published) for path in (copy.channel.path, pattern) if path)
    source = f"{yaml_head({k: v for k, v in head.items() if v is not None})}\n{body}"
    yield File(next(filter(None, paths)), text.encode(source), "text/markdown")


def moment(when: Moment | None) -> str | None:
    """A moment as APIs want it: in UTC, to the second (RFC 3339)."""
    return None if when is None else f"{utc(when):%Y-%m-%dT%H:%M:%SZ}"


def cover(copy: Copy) -> str | None:
    """The URL of the article's picture."""
    return copy.document.image.url if copy.document.image else None


def picture(copy: Copy, address: str) -> dict[str, str] | None:
    """The article's picture with its alternative text, the URL under the key a theme expects."""
    image = copy.document.image
    return None if image is None else {address: image.url, "alt": image.alt}
