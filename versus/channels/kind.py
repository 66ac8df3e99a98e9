"""What a kind of channel is: what its platform can show, and which files its copies are.

Each kind has a small module of its own that fills these types; `KINDS` lists them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from versus.channels.media import CopyMedium
from versus.model import Channel
from versus.views import Document

Tables: TypeAlias = Literal["table", "list", "picture"]
"""How a comparison table is shown: as itself, as a list of its rows, as a picture."""

State: TypeAlias = Literal["draft", "scheduled", "published"]


@dataclass(frozen=True, slots=True)
class Tags:
    """A platform's rule for tags: how many, how long, and whether letters and digits only."""

    count: int | None = None
    length: int | None = None
    alphanumeric: bool = False
    named: bool = False
    """Whether each has an address made of its letters and digits, and so needs one at least."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a platform lets things be: texts in characters, the copy itself in bytes."""

    title: int | None = None
    description: int | None = None
    slug: int | None = None
    address: int | None = None
    """A slug again, in characters as addresses write them (RFC 3986, section 2.1)."""
    bytes: int | None = None


@dataclass(frozen=True, slots=True)
class File:
    """One file of a copy: where below the channel's folder, and what it holds."""

    path: str
    data: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Copy:
    """An article on its way to a channel: printed, but not yet in the platform's words.

    `source` is the printed template, `title` to `tags` are cut to what the platform takes.
    """

    source: str
    document: Document
    channel: Channel
    slug: str
    title: str
    description: str
    tags: tuple[str, ...]
    state: State
    tables: Tables
    stylesheet: Callable[[str], str]
    """A stylesheet of `templates/assets/` by its name."""
    render: Callable[..., str]
    """Prints another template: its name, and the values that it sees."""
    door: Callable[[], Any]
    """The way to the publication's pictures for what draws some itself, as PDFs have it."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A platform: what it can show, and how copies for it are laid out."""

    platform: str
    """Its name in messages."""
    medium: type[CopyMedium]
    template: str
    files: Callable[[Copy], Iterable[File]]
    tables: tuple[Tables, ...] = ("table", "list")
    """The ways in which it can show a table, the default first."""
    tags: Tags = Tags()
    limits: Limits = Limits()
    shows_cover: bool = False
    """Whether the platform itself shows the article's picture, so that the body need not."""
    status: Literal["draft", "published"] = "draft"
    """The status of a copy where the channel does not say: where nobody reviews it, a draft."""
    has_paths: bool = False
    """Whether copies are files of a blog, which a channel may put where it likes."""
