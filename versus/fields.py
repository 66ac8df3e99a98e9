"""What one field may hold: slugs, addresses, dates, numbers, languages, each with its fault.

In: a value as YAML gives it. Out: the value as the model keeps it, or an error with a hint.
"""

import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

from pydantic_core import PydanticCustomError

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DATETIME = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?([Zz]|[+-]\d{2}:\d{2})?"
)
_BREAKS = re.compile(r"[ \t\n\x85\u2028\u2029]+")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-(?:[A-Za-z]{2}|\d{3}))?(-[0-9A-Za-z]{5,8})*")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.?(:\d{1,5})?")
_REPOSITORY = re.compile(r"[A-Za-z0-9-]+/[A-Za-z0-9._-]+")

_COMMITTER = re.compile(r"[^<>\n]+ <[^<>\s@]+@[^<>\s@]+>")
_DEVICE = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\.|\s|$)")

RESERVED_SLUGS = frozenset(
    {
        "assets", "tags", "subjects", "page", "pagefind", "search", "index.html", "404.html",
        "feed.xml", "rss.xml", "feed.json", "sitemap.xml", "robots.txt", "llms.txt", "favicon.svg",
    }
)  # fmt: skip
"""Paths of the site itself, which no article may take."""

MAX_SLUG_BYTES = 200

PLACEHOLDERS = ("slug", "year", "month", "day")
"""What a channel's patterns of paths may hold, in braces."""


def fault(kind: str, message: str, hint: str, **context: object) -> PydanticCustomError:
    """A validation error that carries its hint. `{names}` in the texts are filled from context."""
    return PydanticCustomError(kind, message, {"hint": hint, **context})


def one_line(text: str) -> str:
    """A text with each run of spaces and line breaks as one space; no-break spaces inside stay."""
    if text.isprintable() and "  " not in text:  # Of all spaces, only U+0020 is printable.
        return text.strip()
    return _BREAKS.sub(" ", text).strip()


def is_device(name: str) -> bool:
    """Whether Windows takes a file's name for a device (Win32, "Naming Files, Paths")."""
    return bool(_DEVICE.match(name))


def check_slug(slug: str) -> str:
    """A slug as a path segment, in Unicode NFC.

    Raises PydanticCustomError where it could leave its folder, clash with the site's own paths,
    or need escaping: letters and digits of any script, `-`, `_`, `.` and `~` are safe
    (RFC 3986, section 2.3; RFC 3987 for the other scripts).
    """
    slug = unicodedata.normalize("NFC", slug)
    is_plain = slug.isascii() and slug.replace("-", "").isalnum()
    rest = "" if is_plain else slug
    bad = next((c for c in rest if not (c in "-_.~" or unicodedata.category(c)[0] in "LNM")), None)
    if bad is not None:
        hint = "use letters, digits, '-', '_' and '.'"
        raise fault("slug", "a slug may not hold {bad}", hint, bad=repr(bad))
    if not slug or slug.startswith((".", "-", "~")) or slug.endswith("."):
        raise fault(
            "slug",
            "a slug starts with a letter or digit and ends without '.'",
            "for example 'kafka-vs-flink'",
        )
    if len(slug.encode()) > MAX_SLUG_BYTES:
        raise fault("slug", f"a slug is at most {MAX_SLUG_BYTES} bytes long", "shorten it")
    if is_device(slug):
        raise fault(
            "slug", "Windows takes {slug} for a device", "choose another slug", slug=repr(slug)
        )
    if slug.casefold() in RESERVED_SLUGS:
        raise fault(
            "slug", "the site itself uses the path {slug}", "choose another slug", slug=repr(slug)
        )
    return slug


def http_url(url: str) -> str:
    """A URL with a scheme of the web and a host, or a fault."""
    parts = _split(url)
    if parts.scheme.lower() not in ("http", "https"):
        shown = f"scheme {parts.scheme!r}" if parts.scheme else "no scheme"
        raise fault(
            "url",
            "a URL with {shown}: http or https is needed",
            "write it in full, as in 'https://example.com/page'",
            shown=shown,
        )
    return _has_host(url)


def _split(url: str) -> Any:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise fault(
            "url", "not a URL: {why}", "write it as in 'https://example.com/page'", why=str(error)
        ) from None
    if re.search(r"[\s<>\"\\^`{|}]", url):
        raise fault(
            "url",
            "a URL may not hold spaces, quotes or any of < > \\ ^ ` { | }",
            "percent-encode it",
        )
    return parts


def _has_host(url: str) -> str:
    if not urlsplit(url).hostname:
        raise fault("url", "a URL without a host", "write it as in 'https://example.com/page'")
    return url


def base_url(url: str) -> str:
    """A URL to start other addresses with: it ends in a slash."""
    parts = urlsplit(http_url(url))
    if parts.query or parts.fragment:
        raise fault("url", "a base URL has no '?' or '#'", "remove it")
    return url if url.endswith("/") else url + "/"


def post_url(url: str) -> str:
    """A post's URL: absolute, or relative to the publication's base URL."""
    parts = _split(url)
    if not url:
        raise fault("url", "the URL is empty", "write where the post is")
    return http_url(url) if parts.scheme or parts.netloc else url


def moment(value: object) -> object:
    """A date, or a date and time; UTC where it names no zone (RFC 3339)."""
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        raise fault("date", "a date is needed", "write it as 2026-11-23")
    try:
        if _DATE.fullmatch(value):
            return date.fromisoformat(value)
        if _DATETIME.fullmatch(value):
            found = datetime.fromisoformat(value.upper().replace(" ", "T"))
            found = found if found.tzinfo else found.replace(tzinfo=UTC)
            found.astimezone(UTC)  # At the ends of time there may be no such moment.
            return found
    except (ValueError, OverflowError) as error:
        raise fault(
            "date",
            "bad date {value}: {why}",
            "write it as 2026-11-23",
            value=repr(value),
            why=str(error),
        ) from None
    raise fault(
        "date",
        "bad date {value}",
        "write it as 2026-11-23 or 2026-11-23T09:00:00Z",
        value=repr(value),
    )


def day(value: object) -> object:
    """A date."""
    found = moment(value)
    return found.date() if isinstance(found, datetime) else found


def whole(value: object) -> object:
    """A whole number, as digits still."""
    if isinstance(value, str) and not re.fullmatch(r"\d{1,9}", value):
        raise fault(
            "number", "a whole number is needed, not {value}", "for example 6", value=repr(value)
        )
    return value


def flag(value: object) -> object:
    """True or false."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise fault("flag", "true or false is needed", "write `true` or `false`")


def language(tag: str) -> str:
    """A language tag (BCP 47)."""
    if not LANGUAGE.fullmatch(tag):
        raise fault(
            "language",
            "{tag} is not a language tag",
            "use BCP 47, as in 'en', 'pt-BR' or 'zh-Hans'",
            tag=repr(tag),
        )
    return tag


def repository(name: str) -> str:
    """A repository on GitHub, as in `owner/name`."""
    if not _REPOSITORY.fullmatch(name):
        raise fault(
            "repository", "{name} is not a repository", "write it as owner/name", name=repr(name)
        )
    return name


def committer(text: str) -> str:
    """Who commits, as Git writes it."""
    if not _COMMITTER.fullmatch(text):
        hint = "write it as 'Name <mail@example.com>'"
        raise fault("committer", "{text} is no name with an address", hint, text=repr(text))
    return text


def host(name: str) -> str:
    """A host's name, with a port where it is not the usual one."""
    if not _HOST.fullmatch(name):
        hint = "write it as in 'images.example.com'"
        raise fault("host", "{name} is not a host's name", hint, name=repr(name))
    return name


def folder_name(name: str) -> str:
    """The name of an edition or a channel, which is that of a folder below `out`."""
    if not _NAME.fullmatch(name) or is_device(name):
        raise fault(
            "name", "{name} cannot be a name here", "use a-z, digits and '-'", name=repr(name)
        )
    return name


def pattern(text: str) -> str:
    """A pattern of paths: `{slug}` and the parts of the date stand for an article's own."""
    rest = text
    for name in PLACEHOLDERS:
        rest = rest.replace("{" + name + "}", "x")
    parts = rest.split("/")
    if "{slug}" not in text or set(rest) & set("{}\\:") or ".." in parts or "" in parts[:-1]:
        raise fault(
            "pattern",
            "not a pattern of paths",
            "write a relative path with {slug}, and {year}, {month} and {day} where needed",
        )
    return text
