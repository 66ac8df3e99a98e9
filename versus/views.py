"""What templates see: frozen values, ready to print, and nothing of the library behind them.

`Rendered` is `Markup` in HTML and PDF templates and `MarkdownText` in Markdown templates; all
other texts are plain, and the environments escape them.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, TypeAlias

from versus.assets import Size
from versus.catalogues import Words
from versus.model import Giscus, Moment, Subscribe

Rendered: TypeAlias = str

SIZES = "(min-width: 700px) 630px, calc(100vw - 43px)"
"""How wide a page shows a picture: as wide as its text, by `page.css`."""


class PersonView(NamedTuple):
    """An author."""

    name: str
    url: str | None


class ImageView(NamedTuple):
    """A picture: its address for this format, and what it shows."""

    src: str
    url: str
    alt: str
    size: Size | None = None
    media_type: str = ""
    srcset: str = ""
    """Smaller copies, for `img`'s attribute of this name; empty where there are none."""
    sizes: str = SIZES


class Citation(NamedTuple):
    """A reference from a value to a source: the source's number, and where to follow it."""

    number: int
    title: str
    href: str


class Cell(NamedTuple):
    """One subject's value for one criterion; `content` is None where it does not apply."""

    subject: str
    content: Rendered | None
    citations: tuple[Citation, ...] = ()
    verified: date | None = None


class Row(NamedTuple):
    """A criterion in the table; `href` leads to its section where it is narrated."""

    name: str
    href: str | None
    cells: tuple[Cell, ...]


class Table(NamedTuple):
    """The comparison: a column for each subject, a row for each criterion."""

    subjects: tuple[str, ...]
    rows: tuple[Row, ...]


class Narrative(NamedTuple):
    """A heading with a text: a criterion, a definition, a section, a question."""

    id: str
    heading: str
    body: Rendered | None
    values: tuple[Cell, ...] = ()


class Choice(NamedTuple):
    """When to choose a subject."""

    subject: str
    reasons: tuple[Rendered, ...]


class Glance(NamedTuple):
    """A subject in a line, and the first reason to choose it; plain texts."""

    subject: str
    line: str
    reason: str


class SourceView(NamedTuple):
    """An entry of the list of sources."""

    number: int
    id: str
    title: str
    url: str
    accessed: date | None


class PostView(NamedTuple):
    """A related post."""

    title: str
    url: str
    excerpt: str
    published: Moment | None


class SectionView(NamedTuple):
    """A section of a document; `name` chooses its partial template.

    Which of the other fields a section fills follows from its name; the others stay empty.
    """

    name: str
    id: str
    heading: str = ""
    body: Rendered | None = None
    items: tuple[Narrative, ...] = ()
    table: Table | None = None
    choices: tuple[Choice, ...] = ()
    sources: tuple[SourceView, ...] = ()
    posts: tuple[PostView, ...] = ()


class TopicView(NamedTuple):
    """A tag or a subject with the page that lists its articles."""

    name: str
    path: str


class Crumb(NamedTuple):
    """A step of the way from the front page: its address from the page, and its URL."""

    name: str
    href: str
    url: str


class SiteView(NamedTuple):
    """The publication as a page needs to know it, in the page's language."""

    title: str
    url: str
    """The URL of the language's front page."""
    description: str
    language: str
    root: str
    """The relative address, from the page, of the site's root, where assets are."""
    home: str
    """The relative address of the language's front page, where its feeds are."""
    subscribe: Subscribe | None = None
    search: bool = False
    trust: bool = False
    """Whether content may bring anything; pages have no policy then, which would forbid it."""


class Alternate(NamedTuple):
    """The same page in a language: the language's own name, the page's address and its URL."""

    language: str
    name: str
    href: str
    url: str


class Discussion(NamedTuple):
    """Where readers discuss the article: the address of the page for it, and what it needs."""

    href: str
    term: str
    giscus: Giscus


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """One article in one edition, one language and one format.

    A document is equal to itself only, so that what is made of it can be looked up by it.
    """

    title: str
    description: str
    canonical: str
    url: str
    language: str
    direction: str
    edition: str
    subjects: tuple[str, ...]
    site: SiteView
    sections: tuple[SectionView, ...]
    author: PersonView | None = None
    published: Moment | None = None
    updated: Moment | None = None
    tags: tuple[str, ...] = ()
    image: ImageView | None = None
    preview: ImageView | None = None
    """What stands for the page elsewhere: the article's picture, or else its social card."""
    topics: tuple[TopicView, ...] = ()
    words: Words = field(default_factory=lambda: Words("en", is_known=True))
    """The words of templates in the document's language."""
    alternates: tuple[Alternate, ...] = ()
    """The languages of this page, its own among them; empty where there is only one."""
    breadcrumb: tuple[Crumb, ...] = ()
    """The way to the page, from the front page on, without the page itself."""
    discussion: Discussion | None = None
    glance: tuple[Glance, ...] = ()
    """What decides, for the reader in a hurry; empty where the article says too little."""
    notes: tuple[Rendered, ...] = ()
    note_uses: tuple[int, ...] = ()
    files: dict[str, str] = field(default_factory=dict)
    """The file name of each format of this variant, as in `{"pdf": "kafka-vs-flink.pdf"}`."""
