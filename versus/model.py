"""The content format as frozen Pydantic models: what a site, an article and a post may hold.

In: plain data of `yamltext`. Out: `Site`, `Article`, `Post`. What one field alone decides is
checked here; what takes two fields or two files is in `checks`.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)

from versus import fields
from versus.fields import fault

Moment: TypeAlias = date | datetime

_TEXT_SCHEMA = {"type": ["string", "number", "boolean"]}

Line: TypeAlias = Annotated[
    str,
    AfterValidator(fields.one_line),
    StringConstraints(min_length=1),
    WithJsonSchema(_TEXT_SCHEMA),
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
Slug: TypeAlias = Annotated[str, AfterValidator(fields.check_slug)]
HttpUrl: TypeAlias = Annotated[
    str, AfterValidator(fields.http_url), WithJsonSchema({"type": "string", "format": "uri"})
]
When: TypeAlias = Annotated[
    Moment,
    BeforeValidator(fields.moment),
    WithJsonSchema({"type": "string", "anyOf": [{"format": "date"}, {"format": "date-time"}]}),
]
Day: TypeAlias = Annotated[
    date, BeforeValidator(fields.day), WithJsonSchema({"type": "string", "format": "date"})
]
Count: TypeAlias = Annotated[int, BeforeValidator(fields.whole), Field(ge=0, le=100)]

Bound: TypeAlias = Annotated[int, BeforeValidator(fields.whole), Field(ge=1)]

Switch: TypeAlias = Annotated[
    Literal["auto", "true", "false"],
    BeforeValidator(lambda value: value.lower() if isinstance(value, str) else value),
    WithJsonSchema({"enum": ["auto", True, False]}),
]

Flag: TypeAlias = Annotated[bool, BeforeValidator(fields.flag), WithJsonSchema({"type": "boolean"})]

Language: TypeAlias = Annotated[str, AfterValidator(fields.language)]

SectionName: TypeAlias = Literal[
    "introduction", "basics", "table", "differences", "sections", "verdict",
    "faq", "conclusion", "sources", "related",
]  # fmt: skip


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

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
    return "editions" if "default" in value else "value"


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

    @property
    def revised(self) -> Moment | None:
        """When it was last changed: a day alone begins before the hour at which it came out."""
        if self.updated is None or self.published is None:
            return self.updated
        return max(self.published, self.updated, key=utc)


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
    hosts: tuple[Annotated[str, AfterValidator(fields.host)], ...] = ()
    """The hosts from which pictures are fetched; all others, and all without any, are not."""


class SocialSettings(_Model):
    """What others show of an article: a card for each one that brings no picture."""

    card: Flag = True


class Limits(_Model):
    """How much content may ask of the machine; only these settings raise it."""

    file: Bound = 2_000_000
    """Bytes of one content file, and characters of its texts, aliases written out."""
    values: Bound = 100_000
    """Values in one content file, aliases written out."""
    text: Bound = 100_000
    """Characters of one text."""
    subjects: Bound = 30
    criteria: Bound = 500
    asset: Bound = 50_000_000
    """Bytes of one file below `content/assets`."""
    pixels: Bound = 80_000_000
    """Pixels of one picture."""
    reading: Bound = 10
    """Seconds of computing to check one article."""
    seconds: Bound = 60
    """Seconds of computing to make one file of an article."""

    @property
    def yaml(self) -> tuple[int, int]:
        """How many values one content file may hold, and how many characters."""
        return self.values, self.file


class Giscus(_Model):
    """Comments kept as discussions on GitHub, as giscus.app configures them."""

    repo: Annotated[Line, AfterValidator(fields.repository)]
    repo_id: Line
    category: Line
    category_id: Line
    reactions: Flag = True
    theme: Line = "preferred_color_scheme"


class Comments(_Model):
    """Where readers discuss an article."""

    giscus: Giscus


class Subscribe(_Model):
    """A newsletter's form: where it is sent to, and what its provider wants besides the address."""

    action: HttpUrl
    field: Name = "email"
    hidden: dict[str, Line] = {}
    note: Line | None = None


def _interface(url: str, info: ValidationInfo) -> str:
    """Where other addresses start; that of Micropub is one endpoint, and stays as it is written."""
    return url if info.data.get("kind") == "micropub" else fields.base_url(url)


class Channel(_Model):
    """A blog that takes copies of the articles; `versus.channels` says what each kind can show.

    The fields from `publish` on are for `publish`: whether it takes copies there at all, where the
    platform's interface is if not at its usual place, which publication of Hashnode's, and for
    blogs made from files a local clone, its branch, who commits, and whether to push.
    """

    kind: Literal[
        "wordpress", "forem", "ghost", "hashnode", "hugo",
        "jekyll", "docusaurus", "astro", "micropub", "medium", "newsletter",
    ]  # fmt: skip
    url: Annotated[HttpUrl, AfterValidator(fields.base_url)] | None = None
    permalink: Annotated[Line, AfterValidator(fields.pattern)] | None = None
    path: Annotated[Line, AfterValidator(fields.pattern)] | None = None
    edition: Name | None = None
    language: Language | None = None
    status: Literal["draft", "published"] | None = None
    tables: Literal["table", "list", "picture"] | None = None
    utm: dict[str, Line] = {}
    tags: dict[str, Line | None] = {}
    publish: Flag = True
    api: Annotated[HttpUrl, AfterValidator(_interface)] | None = None
    publication: Name | None = None
    clone: Line | None = None
    branch: Line | None = None
    author: Annotated[Line, AfterValidator(fields.committer)] | None = None
    push: Flag = False


class SiteWords(_Model):
    """What the site says of itself in another language."""

    title: Line | None = None
    description: Line | None = None


class Site(_Model):
    """The publication: `content/site.yaml`."""

    title: Line
    base_url: Annotated[HttpUrl, AfterValidator(fields.base_url)]
    description: Line | None = None
    language: Language = "en"
    translations: dict[Language, SiteWords] = {}
    author: Person | None = None
    editions: dict[
        Annotated[str, AfterValidator(fields.folder_name)],
        Annotated[Edition, BeforeValidator(lambda value: {} if value is None else value)],
    ] = {}
    related: RelatedSettings = RelatedSettings()
    pdf: PdfSettings = PdfSettings()
    social: SocialSettings = SocialSettings()
    comments: Comments | None = None
    subscribe: Subscribe | None = None
    search: Flag = False
    trust: Flag = False
    """Whether content may hold any HTML and any file: its writers can then do all a page can."""
    limits: Limits = Limits()
    channels: dict[Annotated[str, AfterValidator(fields.folder_name)], Channel] = {}

    _lost: frozenset[str] = frozenset()

    def without(self, lost: Iterable[str]) -> "Site":
        """The same site, some of whose settings are not known."""
        self._lost = frozenset(lost)
        return self

    @property
    def lost(self) -> frozenset[str]:
        """The settings that are not known, since what the file says of them is wrong."""
        return self._lost

    @property
    def edition_names(self) -> tuple[str, ...]:
        """The editions, the default one first; one named "full" where the site names none."""
        return tuple(self.editions) or ("full",)


class Post(_Model):
    """Another post that related blocks may show: an item of `content/posts.yaml`."""

    title: Line
    url: Annotated[str, AfterValidator(fields.post_url)]
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
