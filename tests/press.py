"""Publishing in this process: a publication, a platform behind httpx, and a clock that obeys."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
from blogs import Blog, Clock, transport
from conftest import ARTICLE, SITE, Publication

from versus import ledger, pipeline, sources
from versus.library import Library
from versus.publishing.apply import Outcome
from versus.publishing.desk import Call, Desk, open_desk
from versus.publishing.http import Wire
from versus.publishing.plan import Step
from versus.request import Request

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@dataclass
class Press:
    """A publication with one channel `x`, and what its platform is."""

    publication: Publication
    blog: Blog
    clock: Clock
    transport: httpx.BaseTransport
    environment: dict[str, str] = field(default_factory=dict)
    library: Library | None = None

    def settings(self, channel: str) -> None:
        """Set the channel: its settings as a flow mapping without braces."""
        self.publication.write("content/site.yaml", f"{SITE}channels:\n  x: {{{channel}}}\n")

    def article(self, slug: str, **changes: str) -> None:
        """Write an article with a title of its own."""
        text = ARTICLE.replace("Kafka vs Flink", f"Kafka vs Flink, {slug}")
        for old, new in changes.items():
            text = text.replace(_WORDS[old], new)
        self.publication.article(slug, text)

    def build(self) -> None:
        """Build the copies."""
        pipeline.build(self.request)
        self.library = pipeline.check(self.request).library

    @property
    def request(self) -> Request:
        """What a build is asked for."""
        return Request(self.publication.root, self.publication.out, NOW, formats=())

    def desk(self, **asked: Any) -> Desk:
        """A plan of what is built."""
        assert self.library is not None
        records, faults = ledger.read(sources.read(self.publication.root).ledger)
        assert not faults
        wire = Wire(self.clock.now, self.clock.sleep, lambda: 0.5, self.clock.now, self.transport)
        now = lambda: datetime.fromtimestamp(self.clock.time, UTC)  # noqa: E731
        call = Call(
            self.publication.root, self.publication.out, self.environment, wire, now, **asked
        )
        return open_desk(call, self.library, records)

    def plan(self, **asked: Any) -> list[Step]:
        """Build, and only plan."""
        self.build()
        return list(self.desk(**asked).steps)

    def publish(self, **asked: Any) -> list[Outcome]:
        """Build, plan and do it."""
        self.build()
        return self.desk(**asked).carry_out()

    def actions(self, **asked: Any) -> dict[str, str]:
        """Build and plan: what is to be done about each article."""
        return {step.article: step.action for step in self.plan(**asked)}

    def ledger(self) -> dict[str, Mapping[str, Any]]:
        """The records by their articles."""
        path = self.publication.root / "content/ledger.json"
        if not path.exists():
            return {}
        return {record["article"]: record for record in json.loads(path.read_text())}


_WORDS = {"introduction": "Two tools for streams.", "published": "published: 2026-11-01\n"}


def press(
    publication: Publication,
    make: Callable[[Callable[[], float]], Blog],
    channel: str,
    wrap: Callable[[httpx.BaseTransport], httpx.BaseTransport] = lambda inner: inner,
) -> Press:
    """A press with a channel `x` on a fresh platform, its token set."""
    clock = Clock()
    blog = make(clock.now)
    made = Press(publication, blog, clock, wrap(transport(blog)))
    made.environment["VERSUS_X_TOKEN"] = blog.token
    made.settings(channel)
    return made
