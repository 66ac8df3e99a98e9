"""What to do, decided before anything is done: what we want, wrote down and see, compared.

In: a copy, its record in the ledger, and what the platform shows. Out: a `Step`, which says what
to do and why, what it changes, and what to write down. Nothing here asks or writes.

A post that shows something else than it did after our last visit has been edited by somebody. That
is a conflict: `ours` overwrites it, `theirs` keeps it and calls it the new baseline. That a draft
of ours was published there is what drafts are for, and no conflict.
"""

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from versus.channels.kind import State
from versus.ledger import Content, Digests, Record, digests
from versus.publishing.target import Copy, Remote

Action: TypeAlias = Literal[
    "create", "update", "adopt", "keep", "unchanged", "conflict", "orphan", "unpublish", "by hand",
    "failed",
]  # fmt: skip
Choice: TypeAlias = Literal["ours", "theirs"] | None

WRITES = frozenset({"create", "update", "adopt", "keep", "unpublish"})
"""Actions that change something, there or in the ledger."""

_RANK: Mapping[str, int] = {"removed": -1, "draft": 0, "scheduled": 1, "published": 2}


@dataclass(frozen=True, slots=True)
class Step:
    """What to do about one article on one channel."""

    channel: str
    article: str
    title: str
    action: Action
    changes: tuple[str, ...] = ()
    """Which parts of the post would change, or differ."""
    why: str = ""
    hint: str = ""
    difference: str = ""
    """What is there, and what we would put there, as a unified diff."""
    copy: Copy | None = None
    remote: Remote | None = None
    record: Record | None = None
    """What to write down; where there is something to be done first, what that begins with."""

    @property
    def writes(self) -> bool:
        """Whether it changes anything."""
        return self.action in WRITES


def decide(
    copy: Copy,
    record: Record | None,
    remote: Remote | None,
    *,
    channel: str,
    normal: Callable[[Content], Content],
    choice: Choice = None,
) -> Step:
    """What to do about a copy. Pure."""
    case = _Case(copy, record, channel, normal, choice)
    if remote is None or remote.state == "removed":
        return case.absent()
    if record is None or not record.id:
        return case.found(remote)
    return case.known(record, remote)


def orphan(record: Record, remote: Remote | None, *, unpublish: bool) -> Step:
    """What to do about a post whose article is gone, or is not out any more."""
    where = record.url or f"its number there is {record.id}"
    action: Action = "unpublish" if unpublish and record.id else "orphan"
    why = f"the article is gone; the post is still there: {where}"
    hint = "" if action == "unpublish" else "--unpublish takes it down"
    return Step(
        record.channel, record.article, "", action, why=why, hint=hint, remote=remote, record=record
    )


def differing(wanted: Digests, shown: Digests) -> tuple[str, ...]:
    """The parts that both sides have and that are not the same, in a fixed order."""
    return _ordered(name for name in wanted if name in shown and wanted[name] != shown[name])


def difference(there: Content, ours: Content, normal: Callable[[Content], Content]) -> str:
    """A unified diff of the parts that differ: from what is there to what we would put there."""
    old, new = normal(there), normal(ours)
    told: list[str] = []
    for name in _ordered(name for name in new if name in old and old[name] != new[name]):
        told += difflib.unified_diff(
            _lines(old[name]), _lines(new[name]), f"{name}, there", f"{name}, ours", lineterm=""
        )
    return "\n".join(told)


@dataclass(frozen=True, slots=True)
class _Case:
    """One article on one channel: what we want of it, and what we wrote down."""

    copy: Copy
    record: Record | None
    channel: str
    normal: Callable[[Content], Content]
    choice: Choice

    @property
    def wanted(self) -> Digests:
        return digests(self.normal(self.copy.content))

    def shown(self, remote: Remote) -> Digests:
        return digests(self.normal(remote.content))

    def absent(self) -> Step:
        """There is no such post."""
        record, gone = self.record, "it was removed there"
        if record is None or not record.id or record.state == "unpublished":
            return self._step("create", why=self._told(self.copy.state), record=record)
        if self.choice == "ours":
            return self._step("create", why=gone, record=record)
        if record.state == "removed":
            return self._step("unchanged", why=f"{gone}, and stays so", record=record)
        if self.choice == "theirs":
            left = replace(record, state="removed", pending=None)
            return self._step("keep", why=f"{gone}, and stays so", record=left)
        hint = "--ours makes it again, --theirs leaves it so"
        return self._step("conflict", why=gone, hint=hint, record=record)

    def found(self, remote: Remote) -> Step:
        """There is a post that we have not written down: from a run cut off, or from before."""
        why, old = "it was there before", self.record
        copy = self.copy
        there = {p.digest: copy.hosted[p.url] for p in copy.pictures if p.url in copy.hosted}
        pictures = {**(old.pictures if old is not None else {}), **there}
        record = self._seen(Record(self.channel, copy.article, pictures=pictures), remote)
        if old is not None and old.pending is not None:
            ours = replace(record, sent=old.pending.sent)
            return self._compared(ours, remote, "it arrived in a run that was cut off", "adopt")
        changes = differing(self.wanted, self.shown(remote))
        if not changes:
            return self._compared(replace(record, sent=self.wanted), remote, why, "adopt")
        if self.choice is not None:
            return self._chosen(record, remote, why, changes)
        hint = "--ours overwrites it, --theirs keeps it; for now it is only written down"
        return self._step("adopt", changes, f"{why}, and differs", hint, remote, record)

    def known(self, record: Record, remote: Remote) -> Step:
        """There is the post that we wrote down."""
        if remote.final:
            seen = self._seen(record, remote)
            return self._step("unchanged", why=remote.final, remote=remote, record=seen)
        shown, arrived = self.shown(remote), ""
        drift = differing(record.shown, shown)
        sent = record.pending.sent if record.pending is not None else {}
        if drift and all(shown[name] == sent.get(name) for name in drift):
            record, drift = replace(record, sent=sent), ()
            arrived = "it arrived in a run that was cut off"
        drift = tuple(name for name in drift if shown[name] != self.wanted.get(name))
        if drift:
            return self._conflict(record, remote, "it was edited there", drift)
        is_taken_back = _RANK[remote.state] < _RANK.get(record.state, -1)
        if is_taken_back and record.pending is None:
            return self._conflict(record, remote, f"it was made a {remote.state} there", ("state",))
        strange = () if record.sent else differing(self.wanted, shown)
        if strange:
            return self._conflict(record, remote, "it was there before, and differs", strange)
        if not record.sent:
            record = replace(record, sent=self.wanted)
        return self._compared(self._seen(record, remote), remote, arrived)

    def _compared(
        self, record: Record, remote: Remote, why: str, otherwise: Action = "unchanged"
    ) -> Step:
        """Our own post, as we last saw it: what has changed here since it was sent."""
        state, wanted = self._kept(remote), self.wanted
        changes = _ordered(
            name
            for name in wanted.keys() | record.sent.keys()
            if wanted.get(name) != record.sent.get(name)
        )
        if state != remote.state:
            changes = (*changes, "state")
            why = "; ".join(filter(None, (why, self._told(state))))
        action = "update" if changes else otherwise
        step = self._step(action, changes, why, remote=remote, record=record)
        return replace(step, copy=replace(self.copy, state=state))

    def _conflict(self, record: Record, remote: Remote, why: str, changes: tuple[str, ...]) -> Step:
        if self.choice is not None:
            return self._chosen(self._seen(record, remote), remote, why, changes)
        hint = "--ours overwrites it, --theirs keeps it"
        return self._step("conflict", changes, why, hint, remote, record)

    def _chosen(self, record: Record, remote: Remote, why: str, changes: tuple[str, ...]) -> Step:
        if self.choice == "theirs":
            kept = replace(record, sent=self.wanted)
            return self._step("keep", changes, f"{why}, and stays so", "", remote, kept)
        state = self.copy.state if "state" in changes else self._kept(remote)
        step = self._step("update", changes, f"{why}; ours overwrites it", "", remote, record)
        return replace(step, copy=replace(self.copy, state=state))

    def _seen(self, record: Record, remote: Remote) -> Record:
        """The record as it is after what we now see."""
        return replace(
            record, id=remote.id, url=remote.url or self.copy.address, state=remote.state,
            shown=self.shown(remote), pending=None,
        )  # fmt: skip

    def _kept(self, remote: Remote) -> State:
        """The state to ask for: nothing that is out, or is to come out, is taken back."""
        if remote.state == "removed":
            return self.copy.state
        return max(self.copy.state, remote.state, key=lambda state: _RANK[state])

    def _told(self, state: State) -> str:
        return f"scheduled for {self.copy.at}" if state == "scheduled" else state

    def _step(
        self,
        action: Action,
        changes: tuple[str, ...] = (),
        why: str = "",
        hint: str = "",
        remote: Remote | None = None,
        record: Record | None = None,
    ) -> Step:
        told = difference(remote.content, self.copy.content, self.normal) if remote else ""
        return Step(
            self.channel, self.copy.article, self.copy.title, action, changes, why, hint, told,
            self.copy, remote, record,
        )  # fmt: skip


_ORDER = ("title", "body", "tags", "canonical", "description")


def _ordered(names: Iterable[str]) -> tuple[str, ...]:
    known = {name: number for number, name in enumerate(_ORDER)}
    return tuple(sorted(names, key=lambda name: (known.get(name, len(_ORDER)), name)))


def _lines(value: str | tuple[str, ...]) -> list[str]:
    return list(value) if isinstance(value, tuple) else value.split("\n")
