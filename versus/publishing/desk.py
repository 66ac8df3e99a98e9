"""The channels of a publication, open: copies read, platforms asked, and the plan made of both.

In: a built publication, its ledger, the environment's secrets, the way out. Out: the steps of the
plan, and on demand what came of doing them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from versus import emit
from versus.artifacts import COPY
from versus.channels import KINDS
from versus.channels.fields import moment
from versus.channels.making import state_of
from versus.channels.media import Route
from versus.ledger import Record, Records
from versus.library import Entry, Library, Target
from versus.model import Channel, utc
from versus.publishing import pictures, plan, secrets
from versus.publishing.apply import Outcome, Worker, is_news, understood
from versus.publishing.book import Book
from versus.publishing.http import (
    Client,
    PublishError,
    RefusedError,
    UnlistedError,
    UnreachableError,
    Wire,
)
from versus.publishing.plan import Choice, Step
from versus.publishing.target import Copy, Place, Remote, Source
from versus.publishing.targets import platform_of
from versus.variants import copied

_LOST_CAUSE = 2
"""After so many articles in a row that nobody answered for, a channel is left alone."""


@dataclass(frozen=True, slots=True)
class Call:
    """What a command asks of publishing."""

    root: Path
    out: Path
    environment: Mapping[str, str]
    wire: Wire
    now: Callable[[], datetime]
    channels: tuple[str, ...] = ()
    """All where none is named."""
    articles: tuple[str, ...] = ()
    """Slugs, also of articles that are gone; all where none is named."""
    choice: Choice = None
    unpublish: bool = False
    push: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """A plan, and what can carry it out."""

    steps: tuple[Step, ...]
    book: Book
    workers: Mapping[str, Worker] = field(default_factory=dict)

    @property
    def is_settled(self) -> bool:
        """Whether there is nothing to do: nothing to send, and nothing to write down."""
        return not any(step.writes or self._is_news(step) for step in self.steps)

    def carry_out(self, told: Callable[[Outcome], None] = lambda outcome: None) -> list[Outcome]:
        """Do every step in turn; one that fails stops no other. Raises OSError for the ledger."""
        outcomes = []
        for step in self.steps:
            worker = self.workers.get(step.channel)
            if worker is not None:
                outcome = worker.do(step)
            else:
                outcome = Outcome(step, failure=step.why if step.action == "failed" else "")
            outcome = replace(outcome, hint=outcome.hint or step.hint if outcome.failed else "")
            outcomes.append(outcome)
            told(outcome)
        outcomes += self._finished()
        for outcome in outcomes[len(self.steps) :]:
            told(outcome)
        return outcomes

    def _finished(self) -> Iterator[Outcome]:
        for name, worker in self.workers.items():
            try:
                worker.target.finish()
            except PublishError as error:
                step = Step(name, "", "", "failed", why=error.message, hint=error.hint)
                yield Outcome(step, failure=error.message, hint=error.hint)

    def _is_news(self, step: Step) -> bool:
        if step.action != "unchanged" or step.record is None:
            return False
        return is_news(self.book.get(step.channel, step.article), step.record)


def open_desk(call: Call, library: Library, records: Records) -> Desk:
    """Ask every channel where things are, and plan. Nothing is changed anywhere."""
    book = Book(call.root, records)
    steps: list[Step] = []
    workers = {}
    for name, channel in library.site.channels.items():
        if call.channels and name not in call.channels:
            continue
        sources = tuple(_sources(call, library, name))
        worker = _worker(call, name, channel, book)
        if isinstance(worker, Worker):
            workers[name] = worker
            planner = _Planner(call, library, name, worker)
            steps += planner.steps(sources)
        elif isinstance(worker, Step):
            steps.append(worker)
        else:
            steps += _by_hand(call, name, sources)
    gone = {record.channel for record in records.values()} - set(library.site.channels)
    for record in records.values():
        if record.channel in gone and record.has_post and _is_asked(call, record):
            why = f"site.yaml has no such channel; the post is still there: {record.url}"
            steps.append(Step(record.channel, record.article, "", "orphan", why=why))
    return Desk(tuple(steps), book, workers)


def _is_asked(call: Call, record: Record) -> bool:
    return (not call.channels or record.channel in call.channels) and (
        not call.articles or record.article in call.articles
    )


def _worker(call: Call, name: str, channel: Channel, book: Book) -> Worker | Step | None:
    """What does a channel's steps; a step that says why not; None where it is done by hand."""
    platform = platform_of(channel)
    if platform is None:
        return None
    known, missing = secrets.found(name, platform, call.environment)
    lacks = [setting for setting in platform.needs if not getattr(channel, setting)]
    if lacks:
        why = f"site.yaml does not say `{'`, `'.join(lacks)}`"
        hint = f"add it below channels.{name}, or `publish: false`"
        return Step(name, "", "", "failed", why=why, hint=hint)
    if missing:
        why = f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set"
        hint = "set it in the environment, or say `publish: false` of the channel in site.yaml"
        return Step(name, "", "", "failed", why=why, hint=hint)
    place = Place(
        name, channel, known, call.root, partial(Client, call.wire), call.now,
        push=call.push or channel.push,
    )  # fmt: skip
    try:
        target = platform.connect(place)
    except PublishError as error:
        return Step(name, "", "", "failed", why=error.message, hint=error.hint)
    stamp = partial(_stamp, call)
    return Worker(platform, target, place, book, call.wire.sleep, stamp)


def _stamp(call: Call) -> str:
    return moment(call.now()) or ""


@dataclass(frozen=True, slots=True)
class _Planner:
    """Plans one channel, article by article, as long as its platform answers."""

    call: Call
    library: Library
    name: str
    worker: Worker

    def steps(self, sources: Iterable[Source]) -> Iterator[Step]:
        """The steps of a channel; where nobody answers any more, the rest share the reason."""
        self._settle()
        silent, last = 0, Step(self.name, "", "", "failed")
        for source in sources:
            if silent >= _LOST_CAUSE:
                yield replace(last, article=source.article, title=source.title)
                continue
            try:
                yield self._step(source)
                silent = 0
            except PublishError as error:
                last = Step(
                    self.name, source.article, source.title, "failed", why=error.message,
                    hint=error.hint,
                )  # fmt: skip
                is_barred = isinstance(error, RefusedError) and error.status in (401, 403)
                silent = _LOST_CAUSE if is_barred else silent + isinstance(error, UnreachableError)
                yield last
        reason = last if silent >= _LOST_CAUSE else None
        yield from self._orphans({source.article for source in sources}, reason)

    def _step(self, source: Source) -> Step:
        worker, platform = self.worker, self.worker.platform
        copy = platform.read(source)
        problems = list(platform.problems(copy, worker.place))
        if problems:
            why = "; ".join(problem.message for problem in problems)
            return Step(
                self.name, copy.article, copy.title, "failed", why=why, hint=problems[0].hint,
                copy=copy,
            )  # fmt: skip
        if platform.hosts_pictures:
            copy = self._with_pictures(copy)
        record = worker.book.get(self.name, copy.article)
        remote = self._look(copy, record)
        if remote is not None and (record is None or not record.sent):
            copy = self._recognised(copy)
        return plan.decide(
            copy, record, remote,
            channel=self.name, normal=platform.normal, choice=self.call.choice,
        )  # fmt: skip

    def _with_pictures(self, copy: Copy) -> Copy:
        base, content = self.library.site.base_url, self.call.root / "content"
        copy = replace(copy, pictures=pictures.shown(copy.payload, base, content))
        known = self.worker.book.pictures(self.name)
        return copy.hosting({p.url: known[p.digest] for p in copy.pictures if p.digest in known})

    def _recognised(self, copy: Copy) -> Copy:
        """The copy with pictures that the platform has: a post that was there may show them."""
        worker = self.worker
        asked = {
            picture.url: understood(worker.platform, worker.target.hosted, picture)
            for picture in copy.pictures
            if picture.url not in copy.hosted
        }
        found = {url: place for url, place in asked.items() if place is not None}
        return copy.hosting({**copy.hosted, **found}) if found else copy

    def _look(self, copy: Copy, record: Record | None) -> Remote | None:
        """The post as it is now: the one that the ledger names, else the one that is ours."""
        worker = self.worker
        target, platform = worker.target, worker.platform
        if record is not None and record.id:
            remote = understood(platform, target.show, record.id)
            if remote is not None:
                return remote
        try:
            return understood(platform, target.find, copy)
        except UnlistedError as error:
            if record is None or record.pending is None:
                return None
            message = f"nobody knows whether it arrived: {error.message}"
            hint = (
                f"look at the blog: if the post is there, write its address as `id` into the record"
                f" of {copy.article!r} in content/ledger.json; if not, remove that record"
            )
            raise RefusedError(message, hint) from None

    def _settle(self) -> None:
        """Wait until what was sent last is certain to be shown, lest it be taken for missing."""
        records = self.worker.book.of(self.name)
        times = (r.pending.time if r.pending else r.time for r in records)
        last = max(filter(None, map(_moment, times)), default=None)
        if last is not None:
            age = max((self.call.now() - last).total_seconds(), 0.0)
            if age < self.worker.platform.settle:
                self.call.wire.sleep(self.worker.platform.settle - age)

    def _orphans(self, there: set[str], silence: Step | None) -> Iterator[Step]:
        """What the ledger says is there, and no article is.

        Where the platform was given up, nobody knows whether a post is gone, and none is forgotten.
        """
        for record in list(self.worker.book.of(self.name)):
            is_ours = record.article not in there and record.state not in ("unpublished", "removed")
            if not is_ours or not record.has_post or not _is_asked(self.call, record):
                continue
            remote = None
            if self.call.unpublish and record.id:
                if silence is not None:
                    yield replace(silence, article=record.article, title="", record=record)
                    continue
                try:
                    target = self.worker.target
                    remote = understood(self.worker.platform, target.show, record.id)
                except PublishError as error:
                    yield Step(
                        self.name, record.article, "", "failed", why=error.message,
                        hint=error.hint, record=record,
                    )  # fmt: skip
                    continue
            yield plan.orphan(record, remote, unpublish=self.call.unpublish)


def _sources(call: Call, library: Library, name: str) -> Iterator[Source]:
    """The copies that a build wrote for a channel, the oldest article first."""
    files: dict[str, dict[str, bytes]] = {}
    folder = f"channels/{name}/"
    for path, record in emit.read_manifest(call.out).items():
        if record.get("format") == COPY + name and path.startswith(folder):
            data = (call.out / path).read_bytes()
            files.setdefault(str(record.get("article")), {})[path.removeprefix(folder)] = data
    channel = library.site.channels[name]
    language = channel.language or library.site.language
    entries = [entry for entry in library.live if not call.articles or entry.slug in call.articles]
    for variant in copied(library, sorted(entries, key=_age), name):
        entry = variant.entry
        if entry.slug not in files:
            continue
        published = entry.summary.published
        day = published.isoformat() if published else None
        route = Route(name, channel, {})
        yield Source(
            article=entry.slug,
            title=entry.summary_in(language).title,
            files=dict(sorted(files[entry.slug].items())),
            state=state_of(entry, channel, KINDS[channel.kind]),
            canonical=library.url(entry.slug, variant.language),
            at=moment(published),
            address=route.copy(Target("article", entry.slug, published=day)) or "",
        )


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _age(entry: Entry) -> tuple[bool, datetime | None, str]:
    published = entry.summary.published
    return (published is None, utc(published) if published else None, entry.slug)


def _by_hand(call: Call, name: str, sources: Iterable[Source]) -> Iterator[Step]:
    """What somebody has to take there: where the files are."""
    folder = call.out / "channels" / name
    for source in sources:
        first = next(iter(source.files), "")
        parent = folder / first.split("/")[0] if "/" in first else folder / first
        yield Step(name, source.article, source.title, "by hand", why=str(parent))
