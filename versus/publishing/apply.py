"""Doing what the plan says, one article after another, so that a crash loses and doubles nothing.

In: steps, the channels, the ledger. Out: what came of each step; the ledger is written after each.

Before something is asked that cannot be asked twice, the ledger says what was about to happen. If
no answer comes, the post is looked up before it is sent again; if the process dies, the next run
finds the note, looks the post up too, and knows it for its own.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ParamSpec, TypeVar

from versus.channels.kind import State
from versus.ledger import Pending, Record, digests
from versus.publishing.book import Book
from versus.publishing.http import (
    PublishError,
    RefusedError,
    UnreachableError,
)
from versus.publishing.plan import Step, differing
from versus.publishing.target import MISREAD, Copy, Place, Platform, Remote, Target

P = ParamSpec("P")
T = TypeVar("T")
_TRIES = 2
"""How often a post is sent that did not arrive."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a step: what it was, and why it failed if it did."""

    step: Step
    url: str = ""
    failure: str = ""
    hint: str = ""

    @property
    def failed(self) -> bool:
        """Whether it did."""
        return bool(self.failure)


@dataclass(frozen=True, slots=True)
class Worker:
    """What does the steps of one channel."""

    platform: Platform
    target: Target
    place: Place
    book: Book
    sleep: Callable[[float], None]
    stamp: Callable[[], str]
    """The time as the ledger writes it."""

    def do(self, step: Step) -> Outcome:
        """Do one step and write down what came of it. Raises OSError for the ledger."""
        try:
            if step.copy is not None and step.action in ("create", "update"):
                return self._send(step, step.copy)
            if step.record is not None and step.action == "unpublish":
                return self._unpublish(step, step.record)
        except PublishError as error:
            return Outcome(step, failure=error.message, hint=error.hint)
        if step.record is not None and step.action != "orphan":
            self._note(step.record)
        url = step.record.url if step.record else ""
        if step.action in ("conflict", "failed"):
            return Outcome(step, url, step.why, step.hint)
        return Outcome(step, url)

    def _send(self, step: Step, copy: Copy) -> Outcome:
        copy = self._with_pictures(copy, step)
        sent = digests(self.platform.normal(copy.content))
        old = self.book.get(step.channel, step.article)
        before = Record(step.channel, step.article)
        remote = step.remote if step.action == "update" else None
        if remote is not None:
            remote = self._as_planned(remote)
        if step.record is not None and remote is not None:
            before = step.record
        before = replace(before, pictures=old.pictures if old else {})
        pending = Pending("update" if remote else "create", sent, self.stamp())
        self.book.put(replace(before, pending=pending))
        was_unsure = old is not None and old.pending is not None
        try:
            shown = self._updated(remote, copy) if remote else self._created(copy, was_unsure)
        except RefusedError:
            # Nothing was done: the ledger says again what it said.
            if old is not None:
                self.book.put(old)
            else:
                self.book.drop(step.channel, step.article)
            raise
        lost = self.lost(copy, shown)
        kept = {name: digest for name, digest in sent.items() if name not in lost}
        self._note(
            replace(
                before, id=shown.id, url=shown.url or copy.address, state=shown.state, sent=kept,
                shown=digests(self.platform.normal(shown.content)), pending=None,
            )
        )  # fmt: skip
        if lost:
            message = f"{self.platform.name} stored something else: {', '.join(lost)}"
            hint = (
                "it took away what it does not allow: look at the post, and at what the token may"
            )
            return Outcome(step, shown.url, message, hint)
        return Outcome(step, shown.url or copy.address)

    def _as_planned(self, remote: Remote) -> Remote:
        """The post as it is now. Raises RefusedError where it is not what the plan has seen."""
        now = understood(self.platform, self.target.show, remote.id)
        normal = self.platform.normal
        planned = digests(normal(remote.content))
        if (
            now is None
            or now.state != remote.state
            or differing(planned, digests(normal(now.content)))
        ):
            hint = "run `publish` again, which shows the difference"
            raise RefusedError("it was edited there since the plan was made", hint)
        return now

    def lost(self, copy: Copy, shown: Remote) -> tuple[str, ...]:
        """What the platform shows otherwise than it was sent, as far as it tells."""
        normal = self.platform.normal
        found = differing(digests(normal(copy.content)), digests(normal(shown.content)))
        return found if _is_in_state(copy.state, shown) else (*found, "state")

    def _created(self, copy: Copy, is_unsure: bool) -> Remote:
        """Make a post that is not there; each time nobody answers, look whether it is there now."""
        for left in range(_TRIES - 1, -1, -1):
            try:
                return understood(self.platform, self.target.create, copy)
            except RefusedError:
                found = self._looked_up(copy) if is_unsure else None
                if found is None:
                    raise
                return found
            except UnreachableError as error:
                is_unsure = True
                found = self._looked_up(copy)
                if found is not None:
                    return found
                if error.is_lost or not left:
                    raise
        raise AssertionError("the last try returns or raises")

    def _looked_up(self, copy: Copy) -> Remote | None:
        self.sleep(self.platform.settle)
        try:
            return understood(self.platform, self.target.find, copy)
        except RefusedError as error:
            raise UnreachableError(error.message, error.hint) from None

    def _updated(self, remote: Remote, copy: Copy) -> Remote:
        """Change a post; where the answer is no answer, what counts is what the post says now."""
        try:
            return understood(self.platform, self.target.update, remote, copy)
        except PublishError:
            shown = self._shown(remote, copy)
            if shown is None or self.lost(copy, shown):
                raise
            return shown

    def _shown(self, remote: Remote, copy: Copy) -> Remote | None:
        """The post as it is now; publishing may have given it another number."""
        try:
            self.sleep(self.platform.settle)
            found = understood(self.platform, self.target.show, remote.id)
            return found or understood(self.platform, self.target.find, copy)
        except PublishError:
            return None

    def _unpublish(self, step: Step, record: Record) -> Outcome:
        remote = step.remote
        if remote is None or remote.state == "removed":
            self.book.drop(step.channel, step.article)
            return Outcome(step)
        left = understood(self.platform, self.target.unpublish, remote)
        if left is None:
            self.book.drop(step.channel, step.article)
            return Outcome(step)
        self._note(
            replace(
                record, id=left.id, url=left.url, state="unpublished", pending=None,
                shown=digests(self.platform.normal(left.content)),
            )
        )  # fmt: skip
        return Outcome(step, left.url)

    def _with_pictures(self, copy: Copy, step: Step) -> Copy:
        """The copy with its pictures on the platform, each sent once for its bytes."""
        if not self.platform.hosts_pictures:
            return copy
        known = self.book.pictures(step.channel)
        for picture in copy.pictures:
            if picture.digest not in known:
                found = understood(self.platform, self.target.upload, picture)
                known[picture.digest] = found
                record = self.book.get(step.channel, step.article)
                record = record or Record(step.channel, step.article)
                pictures = {**record.pictures, picture.digest: found}
                self.book.put(replace(record, pictures=pictures))
        return copy.hosting({p.url: known[p.digest] for p in copy.pictures})

    def _note(self, record: Record) -> None:
        if is_news(self.book.get(record.channel, record.article), record):
            self.book.put(replace(record, time=self.stamp()))


def is_news(known: Record | None, record: Record) -> bool:
    """Whether a record says more than the time."""
    return known is None or replace(known, time="") != replace(record, time="")


def understood(platform: Platform, ask: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """What a target answers. JSON of another shape than it knows is no answer."""
    try:
        return ask(*args, **named)
    except MISREAD as error:
        message = f"{platform.name} answered with JSON that is not what it should be"
        hint = "check the channel's address in site.yaml"
        raise UnreachableError(f"{message}: {type(error).__name__} {error}"[:300], hint) from error


def _is_in_state(wanted: State, shown: Remote) -> bool:
    return shown.state == wanted or bool(shown.final)
