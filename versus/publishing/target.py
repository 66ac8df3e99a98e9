"""What publishing needs of a platform: a few methods, and the values that go in and out.

In: nothing. Out: the types that `plan`, `apply` and the modules below `targets` share. A target
does single steps and judges nothing: whether to create or to update, to try again or to give up
is decided once for all of them, in `plan` and `apply`.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias
from urllib.parse import quote

from versus.channels.kind import State
from versus.ledger import Content, Hosted
from versus.model import Channel
from versus.publishing.http import Client, RefusedError, Secret, UnreachableError
from versus.publishing.pictures import Picture, hosted

RemoteState: TypeAlias = Literal["draft", "scheduled", "published", "removed"]
"""A post that lies in the platform's bin is `removed`."""


@dataclass(frozen=True, slots=True)
class Copy:
    """What we want to stand on a platform.

    `content` is what is compared and digested, as the platform would show it; `payload` holds the
    platform's own fields, as `channels` wrote them. Addresses of pictures in both are those of the
    publication until `hosting` puts the platform's in their place.
    """

    article: str
    """The article's slug in the publication; with the channel it names a record of the ledger."""
    slug: str
    title: str
    canonical: str
    state: State
    content: Content
    payload: Any = None
    at: str | None = None
    """When it is to appear, where it is scheduled (RFC 3339)."""
    address: str = ""
    """Where it will be, as far as the channel's `permalink` tells; empty where only they know."""
    pictures: tuple[Picture, ...] = ()
    hosted: Mapping[str, Hosted] = field(default_factory=dict)
    """Pictures that the platform has already, by their addresses in the publication."""

    def hosting(self, found: Mapping[str, Hosted]) -> "Copy":
        """The copy with the addresses that the platform gave its pictures."""
        content = {name: hosted(value, found) for name, value in self.content.items()}
        return replace(self, content=content, payload=hosted(self.payload, found), hosted=found)


@dataclass(frozen=True, slots=True)
class Remote:
    """What a platform shows of a post.

    `content` has the same names as a copy's; one that the platform does not keep, or does not
    tell, is left out, and then not compared.
    """

    id: str
    url: str
    state: RemoteState
    content: Content
    version: str = ""
    """What an update must name so that nothing newer is overwritten, such as `updated_at`."""
    final: str = ""
    """Why nothing can be changed any more, as in "it is sent"; empty where it can."""

    def __post_init__(self) -> None:
        """Addresses are printed: what a terminal would obey is percent-encoded in them."""
        shown = "".join(c if c.isprintable() else quote(c) for c in self.url)
        object.__setattr__(self, "url", shown)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a copy cannot be sent as it is, and what to do about it."""

    message: str
    hint: str


MISREAD = (LookupError, TypeError, ValueError, AttributeError, RecursionError)
"""What reading JSON of another shape than is known raises."""


@contextmanager
def done() -> Iterator[None]:
    """What comes after something is done there: a refusal now does not undo it."""
    try:
        yield
    except RefusedError as error:
        raise UnreachableError(error.message, error.hint) from None


class Target(Protocol):
    """A connection to one channel. Targets inherit from it.

    Every method may raise `http.RefusedError`, where the platform said no and nothing was done,
    and `http.UnreachableError`, where nobody knows. None repeats what would be done twice. What a
    method asks after it has changed something stands in `done`.
    """

    def find(self, copy: Copy) -> Remote | None:
        """The post that is this copy already: by canonical URL, else by slug. Drafts count.

        Raises UnlistedError where the platform has no way to tell.
        """

    def show(self, remote_id: str) -> Remote | None:
        """The post as it is now; None where there is none (404, 410)."""

    def create(self, copy: Copy) -> Remote:
        """Make the post, with one request that is not repeated; what the platform then shows.

        Raises RefusedError only where there is no new post: the caller forgets that it tried.
        """

    def update(self, remote: Remote, copy: Copy) -> Remote:
        """Make the post what the copy says, and the state too; what the platform then shows.

        `copy.state` never takes back what is out: `plan` has seen to that. Raises RefusedError
        only where nothing has changed.
        """

    def unpublish(self, remote: Remote) -> Remote | None:
        """Take the post out of sight, as a draft where the platform can; None where it is gone."""

    def hosted(self, picture: Picture) -> Hosted | None:
        """Where the platform has a picture already; None where it has not, or cannot tell."""
        return None

    def upload(self, picture: Picture) -> Hosted:
        """Give the platform a picture; where it has it already, say so instead.

        Only asked where `Platform.hosts_pictures`.
        """
        raise NotImplementedError

    def finish(self) -> None:
        """What is left to do once after all articles of a run, such as pushing."""
        return


@dataclass(frozen=True, slots=True)
class Place:
    """A channel to publish to: its name and settings, its secrets, and the way there."""

    name: str
    channel: Channel
    secrets: Mapping[str, Secret]
    """By the last part of their names: `TOKEN`, `USER`."""
    root: Path
    """The publication's folder, for settings that name another."""
    client: Callable[..., Client]
    """Makes a client; takes what `http.Client` takes after its wire."""
    now: Callable[[], datetime]
    push: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """The files of an article's copy, and what else a target may need to read them.

    `files` maps paths below the channel's folder to bytes.
    """

    article: str
    title: str
    files: Mapping[str, bytes]
    state: State
    """What the channel's `status` and the article's date make of it."""
    canonical: str
    at: str | None = None
    """When the article appears (RFC 3339, UTC), if it has a date."""
    address: str = ""

    def fields(self) -> Any:
        """The platform's own fields: what the copy's JSON file holds, None where there is none."""
        found = (data for path, data in self.files.items() if path.endswith(".json"))
        data = next(found, None)
        return None if data is None else json.loads(data)


def default_normal(content: Content) -> Content:
    """Content as far as differences count: no space at ends of lines, tags in order."""

    def plain(value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        if isinstance(value, tuple):
            return tuple(sorted(value))
        return "\n".join(line.rstrip() for line in value.strip().split("\n"))

    return {name: plain(value) for name, value in content.items()}


def no_problems(copy: Copy, place: Place) -> Iterator[Problem]:
    """For a platform without rules of its own."""
    yield from ()


@dataclass(frozen=True, slots=True)
class Platform:
    """A kind of platform: how its copies are read, and how it is reached."""

    name: str
    """In messages."""
    read: Callable[[Source], Copy]
    """The copy in the files that `channels` wrote; pure."""
    connect: Callable[[Place], Target]
    """Opens a channel. Asks nothing of the network before a method is called."""
    secrets: tuple[str, ...] = ("TOKEN",)
    """Which parts of `VERSUS_<CHANNEL>_<PART>` must be set."""
    needs: tuple[str, ...] = ()
    """Settings of the channel without which it cannot be reached, such as `url`."""
    chosen_by: str = ""
    """The setting without which copies are taken there by hand, and that is no fault."""
    normal: Callable[[Content], Content] = default_normal
    """Content as the platform keeps it: applied to both sides before they are compared."""
    problems: Callable[[Copy, Place], Iterable[Problem]] = no_problems
    """Hard limits and rules, judged before any request."""
    hosts_pictures: bool = False
    settle: float = 1.0
    """Seconds until a post just made is certain to be found."""
