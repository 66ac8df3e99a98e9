"""The content format as frozen Pydantic models: what a site, an article and a post may hold.

In: plain data of `yamltext`. Out: `Site`, `Article`, `Post`. What one field alone decides is
checked here; what takes two fields or two files is in `checks`.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, TypeAlias
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

Moment: TypeAlias = date | datetime

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DATETIME = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?([Zz]|[+-]\d{2}:\d{2})?"
)
_BREAKS = re.compile(r"[ \t\n\x85\u2028\u2029]+")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-(?:[A-Za-z]{2}|\d{3}))?(-[0-9A-Za-z]{5,8})*")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")

RESERVED_SLUGS = frozenset(
    {
        "assets", "tags", "subjects", "page", "pagefind", "index.html", "404.html", "feed.xml",
        "rss.xml", "feed.json", "sitemap.xml", "robots.txt", "llms.txt", "favicon.ico",
    }
)  # fmt: skip
"""Paths of the site itself, which no article may take."""

MAX_SLUG_BYTES = 200


def fault(kind: str, message: str, hint: str, **context: object) -> PydanticCustomError:
    """A validation error that carries its hint. `{names}` in the texts are filled from context."""
    return PydanticCustomError(kind, message, {"hint": hint, **context})


def one_line(text: str) -> str:
    """A text with each run of spaces and line breaks as one space; no-break spaces inside stay."""
    return _BREAKS.sub(" ", text).strip()


def check_slug(slug: str) -> str:
    """A slug as a path segment, in Unicode NFC.

    Raises PydanticCustomError where it could leave its folder, clash with the site's own paths,
    or need escaping: letters and digits of any script, `-`, `_`, `.` and `~` are safe
    (RFC 3986, section 2.3; RFC 3987 for the other scripts).
    """
    slug = unicodedata.normalize("NFC", slug)
    bad = next((c for c in slug if not (c in "-_.~" or unicodedata.category(c)[0] in "LNM")), None)
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
    if slug.casefold() in RESERVED_SLUGS:
        raise fault(
            "slug", "the site itself uses the path {slug}", "choose another slug", slug=repr(slug)
        )
    return slug


def _http_url(url: str) -> str:
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
            "a URL may not hold spaces, quotes or any of < > \\ ^ ` {{ | }}",
            "percent-encode it",
        )
    return parts


def _has_host(url: str) -> str:
    if not urlsplit(url).hostname:
        raise fault("url", "a URL without a host", "write it as in 'https://example.com/page'")
    return url


def _base_url(url: str) -> str:
    parts = urlsplit(_http_url(url))
    if parts.query or parts.fragment:
        raise fault("url", "a base URL has no '?' or '#'", "remove it")
    return url if url.endswith("/") else url + "/"


def _post_url(url: str) -> str:
    """A post's URL: absolute, or relative to the publication's base URL."""
    parts = _split(url)
    return _http_url(url) if parts.scheme or parts.netloc else url


def _moment(value: object) -> object:
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        raise fault("date", "a date is needed", "write it as 2026-11-23")
    try:
        if _DATE.fullmatch(value):
            return date.fromisoformat(value)
        if _DATETIME.fullmatch(value):
            moment = datetime.fromisoformat(value.upper().replace(" ", "T"))
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except ValueError as error:
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


def _day(value: object) -> object:
    moment = _moment(value)
    return moment.date() if isinstance(moment, datetime) else moment


def _whole(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(r"\d{1,9}", value):
        raise fault(
            "number", "a whole number is needed, not {value}", "for example 6", value=repr(value)
        )
    return value


def _language(tag: str) -> str:
    if not LANGUAGE.fullmatch(tag):
        raise fault(
            "language",
            "{tag} is not a language tag",
            "use BCP 47, as in 'en', 'pt-BR' or 'zh-Hans'",
            tag=repr(tag),
        )
    return tag


def _edition_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise fault(
            "edition",
            "{name} cannot be an edition's name",
            "use lower-case letters, digits and '-'",
            name=repr(name),
        )
    return name


_TEXT_SCHEMA = {"type": ["string", "number", "boolean"]}

Line: TypeAlias = Annotated[
    str, AfterValidator(one_line), StringConstraints(min_length=1), WithJsonSchema(_TEXT_SCHEMA)
]
Prose: TypeAlias = Annotated[str, StringConstraints(pattern=r"\S"), WithJsonSchema(_TEXT_SCHEMA)]
_TEXTS_SCHEMA = {"type": "object", "required": ["default"], "additionalProperties": _TEXT_SCHEMA}
Lines: TypeAlias = Annotated[dict[str, Line], WithJsonSchema(_TEXTS_SCHEMA)]
Proses: TypeAlias = Annotated[dict[str, Prose], WithJsonSchema(_TEXTS_SCHEMA)]
Text: TypeAlias = Annotated[
    Line | Lines, Field(description="Plain text, or a text for each edition.")
]
Markdown: TypeAlias = Annotated[
    Prose | Proses, Field(description="Markdown, or Markdown for each edition.")
]
Name: TypeAlias = Annotated[str, StringConstraints(min_length=1), WithJsonSchema(_TEXT_SCHEMA)]
Slug: TypeAlias = Annotated[str, AfterValidator(check_slug)]
HttpUrl: TypeAlias = Annotated[
    str, AfterValidator(_http_url), WithJsonSchema({"type": "string", "format": "uri"})
]
When: TypeAlias = Annotated[
    Moment,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "anyOf": [{"format": "date"}, {"format": "date-time"}]}),
]
Day: TypeAlias = Annotated[
    date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})
]
Count: TypeAlias = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=100)]

Switch: TypeAlias = Annotated[
    Literal["auto", "true", "false"],
    BeforeValidator(lambda value: value.lower() if isinstance(value, str) else value),
    WithJsonSchema({"enum": ["auto", True, False]}),
]

Language: TypeAlias = Annotated[str, AfterValidator(_language)]

SectionName: TypeAlias = Literal[
    "introduction", "basics", "table", "differences", "sections", "verdict",
    "faq", "conclusion", "sources", "related",
]  # fmt: skip


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _empty_is_absent(cls, data: object) -> object:
        """A key with nothing after it counts as left out."""
        if isinstance(data, dict) and None in data.values():
            return {key: value for key, value in data.items() if value is not None}
        return data


class Person(_Model):
    """An author."""

    name: Line
    url: HttpUrl | None = None


class Image(_Model):
    """An article's picture; `src` is a file below `content/`, as in `assets/x.png`."""

    src: Line
    alt: Text | None = None


class Subject(_Model):
    """One of the things compared. Its `id` defaults to its name."""

    name: Text
    id: Name | None = None
    definition: Markdown | None = None

    @property
    def key(self) -> str:
        """The id by which values and choices name this subject; case counts."""
        return self.id or default_text(self.name)


class Value(_Model):
    """What one subject has to say to one criterion; `short` is its cell in the table."""

    @model_validator(mode="after")
    def _says_something(self) -> "Value":
        if self.text is None and self.short is None:
            raise fault(
                "empty_value", "a value needs a `text` or a `short`", "null says 'not applicable'"
            )
        return self

    text: Markdown | None = None
    short: Text | None = None
    sources: tuple[Name, ...] = ()
    verified: Day | None = None


def value_shape(value: object) -> str:
    """Which of its three forms a value has: Markdown, a mapping of editions, or an object."""
    if isinstance(value, Value):
        return "value"
    if not isinstance(value, dict):
        return "text"
    return (
        "editions"
        if "default" in value and not value.keys() & Value.model_fields.keys()
        else "value"
    )


AnyValue: TypeAlias = Annotated[
    Annotated[Prose, Tag("text")]
    | Annotated[Proses, Tag("editions")]
    | Annotated[Value, Tag("value")],
    Discriminator(value_shape),
]


class Criterion(_Model):
    """A point of comparison with a value for every subject; null is "not applicable"."""

    name: Text
    lead: Markdown | None = None
    values: dict[str, AnyValue | None] = {}
    only: tuple[Name, ...] | None = None


class Differences(_Model):
    """The comparison: its lead, its table and its criteria."""

    lead: Markdown | None = None
    table: Switch = "auto"
    criteria: tuple[Criterion, ...] = ()


class Section(_Model):
    """A section of the writer's own."""

    title: Text
    body: Markdown
    only: tuple[Name, ...] | None = None


class Verdict(_Model):
    """The decision: a summary, and for each subject when to choose it."""

    summary: Markdown | None = None
    choose: dict[str, tuple[Markdown, ...]] = {}


class Question(_Model):
    """A question that readers ask, and its answer."""

    question: Text
    answer: Markdown
    only: tuple[Name, ...] | None = None


class Cited(_Model):
    """A source that values cite by its key."""

    title: Text
    url: HttpUrl
    accessed: Day | None = None


class Pins(_Model):
    """An article's wishes for its related posts."""

    pinned: tuple[Line, ...] = ()
    exclude: tuple[Line, ...] = ()
    limit: Count | None = None


class Article(_Model):
    """A comparison article: `content/articles/<slug>.yaml`."""

    title: Text
    slug: Slug | None = None
    description: Text | None = None
    published: When | None = None
    updated: When | None = None
    author: Person | None = None
    tags: tuple[Line, ...] = ()
    image: Image | None = None
    subjects: Annotated[tuple[Subject, ...], Field(min_length=2)]
    introduction: Markdown | None = None
    basics: Markdown | None = None
    differences: Differences | None = None
    sections: tuple[Section, ...] = ()
    verdict: Verdict | None = None
    faq: tuple[Question, ...] = ()
    conclusion: Markdown | None = None
    sources: dict[str, Cited] = {}
    related: Pins = Pins()


class Edition(_Model):
    """A variant of every article: which sections it has (all, where it does not say)."""

    sections: tuple[SectionName, ...] | None = None


class RelatedSettings(_Model):
    """How related posts are chosen; `limit` is how many, where an article does not say itself.

    Without `include_newer` an article lists none that is newer, so that its page stays as it is.
    """

    limit: Count = 6
    include_newer: bool = True


class PdfSettings(_Model):
    """The paper and the standard of the PDFs."""

    page: Literal["A4", "A5", "A3", "letter", "legal"] = "A4"
    standard: Literal["pdf/ua-1", "pdf/a-3a", "pdf/a-3u"] = "pdf/ua-1"


class Channel(_Model):
    """A blog that takes copies of the articles."""

    kind: Literal[
        "wordpress", "forem", "ghost", "hashnode", "hugo",
        "jekyll", "docusaurus", "astro", "medium", "newsletter",
    ]  # fmt: skip
    edition: Name | None = None
    url: HttpUrl | None = None
    utm: dict[str, Line] = {}


class SiteWords(_Model):
    """What the site says of itself in another language."""

    title: Line | None = None
    description: Line | None = None


class Site(_Model):
    """The publication: `content/site.yaml`."""

    title: Line
    base_url: Annotated[HttpUrl, AfterValidator(_base_url)]
    description: Line | None = None
    language: Language = "en"
    translations: dict[Language, SiteWords] = {}
    author: Person | None = None
    editions: dict[Annotated[str, AfterValidator(_edition_name)], Edition] = {}
    related: RelatedSettings = RelatedSettings()
    pdf: PdfSettings = PdfSettings()
    channels: dict[str, Channel] = {}

    @property
    def edition_names(self) -> tuple[str, ...]:
        """The editions, the default one first; one named "full" where the site names none."""
        return tuple(self.editions) or ("full",)


class Post(_Model):
    """Another post that related blocks may show: an item of `content/posts.yaml`."""

    title: Line
    url: Annotated[str, AfterValidator(_post_url)]
    excerpt: Line | None = None
    published: When | None = None
    tags: tuple[Line, ...] = ()
    image: Line | None = None


def in_edition(text: str | Mapping[str, str], edition: str) -> str:
    """The text of a field for one edition; a field may hold one text for all of them."""
    if isinstance(text, str):
        return text
    return text.get(edition) or text["default"]


def default_text(text: str | Mapping[str, str]) -> str:
    """The text of a field where no edition is asked for."""
    return text if isinstance(text, str) else text.get("default") or next(iter(text.values()))


def utc(moment: Moment) -> datetime:
    """A date or date-time as a moment in UTC; a date begins at midnight UTC."""
    if isinstance(moment, datetime):
        return moment.astimezone(UTC)
    return datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
