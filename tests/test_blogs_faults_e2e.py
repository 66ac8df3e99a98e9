"""Everything that can go wrong between us and a real blog, at every request in turn.

A proxy cuts connections before and after a request is handled, answers with errors, HTML and
garbage, says nothing, or kills the process that asks. However a run ends, the next ones find what
is there: each article and each picture exactly once, and a ledger that says so.
"""

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import faults
import httpx
import pytest
from conftest import ARTICLE, ROOT, Publication
from servers.blog import Blog
from servers.publisher import WIRE, Publisher

from versus import ledger, pipeline, sources
from versus.library import Library
from versus.publishing.desk import Call, Desk, open_desk
from versus.request import Request

pytestmark = pytest.mark.e2e

TITLE = "Kafka vs Flink"
MORE = "tags: [C++]\nimage: {src: assets/drawing.png, alt: A drawing}\n"
READS = ("drop-before", "garbage", "kill-after")
"""What is done to requests that only ask; those that change something meet every fault."""


@dataclass
class Trial:
    """A publication whose way to the blog leads through the proxy, and what has been found."""

    publisher: Publisher
    faults: faults.Faults
    library: Library | None = None
    lost: int = 0
    doubled: int = 0
    found: Counter[str] = field(default_factory=Counter)

    @property
    def blog(self) -> Blog:
        """The blog."""
        return self.publisher.blog

    def build(self, words: str = "Two tools for streams.") -> None:
        """Write the article and build its copy."""
        publication = self.publisher.publication
        publication.article("faulty", ARTICLE.replace("Two tools for streams.", words) + MORE)
        request = Request(publication.root, publication.out, datetime.now(UTC), formats=(), jobs=1)
        pipeline.build(request)
        self.library = pipeline.check(request).library

    def desk(self) -> Desk:
        """A plan."""
        publication, assets = self.publisher.publication, self.publisher.environment
        assert self.library is not None
        records, told = ledger.read(sources.read(publication.root).ledger)
        assert not told
        now: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731
        call = Call(publication.root, publication.out, assets, WIRE, now)
        return open_desk(call, self.library, records)

    def run(self) -> None:
        """Publish in a process of its own, which may be killed."""
        child = os.fork()
        if child == 0:
            try:
                self.desk().carry_out()
            finally:
                os._exit(0)
        self.faults.victim = lambda: child
        os.waitpid(child, 0)

    def settle(self) -> None:
        """Publish without faults until nothing is left to do; three runs must do."""
        self.faults.plan = lambda number, method, path: None
        for _run in range(3):
            desk = self.desk()
            if desk.is_settled:
                assert {step.action for step in desk.steps} == {"unchanged"}
                return
            desk.carry_out()
        raise AssertionError("it never ends")

    def arm(self, number: int, kind: str) -> None:
        """One fault, at a request of the next run."""
        self.faults.seen.clear()
        self.faults.plan = faults.at(number, kind)

    def reset(self) -> None:
        """An empty blog, and no ledger."""
        self.blog.clear()
        (self.publisher.publication.root / "content/ledger.json").unlink(missing_ok=True)

    def requests(self, run: Callable[[], None]) -> list[str]:
        """The methods of a run's requests, without faults."""
        self.faults.plan = lambda number, method, path: None
        self.faults.seen.clear()
        run()
        return [method for method, _path in self.faults.seen]

    def judge(self, words: str, where: str) -> None:
        """Count what is there; only one post with the right words, and one picture, is right."""
        posts = [post for post in self.blog.posts() if post.title == TITLE]
        self.lost += not posts
        self.doubled += len(posts) > 1 or len(self.blog.pictures()) > 1
        assert [post.slug for post in posts] == ["faulty"], where
        assert words in posts[0].body, where
        assert len(self.blog.pictures()) == 1, where
        record = self.publisher.ledger()["faulty"]
        assert record["id"] == posts[0].id, where
        assert "pending" not in record, where


@pytest.fixture
def trial(blog: Blog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Trial]:
    """A trial at the blog; a client waits for an answer for a second and a half."""
    monkeypatch.setattr("versus.publishing.http._TIMEOUT", httpx.Timeout(1.5))
    told = faults.Faults(stall=2.0)
    with faults.proxied(blog.url, told) as address:
        publisher = Publisher(Publication(tmp_path / "publication"), blog, api=address)
        publisher.channel()
        picture = (ROOT / "content/assets/mlops-vs-mlops.png").read_bytes()
        publisher.publication.write("content/assets/drawing.png", picture)
        found = Trial(publisher, told)
        yield found
    blog.clear()


def cases(methods: list[str]) -> Iterator[tuple[int, str]]:
    """Each request by its number, with each fault that it meets."""
    for number, method in enumerate(methods, 1):
        yield from (
            (number, kind) for kind in (READS if method in ("GET", "HEAD") else faults.KINDS)
        )


def tell(trial: Trial, what: str, requests: int) -> None:
    """Print the figures."""
    injected = Counter(trial.faults.injected)
    line = (
        f"{trial.blog.kind}, {what}: {sum(injected.values())} faults at {requests} requests"
        f" ({', '.join(f'{count} {kind}' for kind, count in sorted(injected.items()))});"
        f" posts lost {trial.lost}, doubled {trial.doubled}"
    )
    print(f"\n{line}", file=sys.__stderr__)


BLOGS = pytest.mark.parametrize(
    "blog", ["wordpress-author", "ghost"], indirect=True, scope="session"
)


@BLOGS
def test_a_post_is_made_once_whatever_happens_to_any_request(trial: Trial) -> None:
    trial.build()
    trial.reset()
    methods = trial.requests(trial.run)
    trial.judge("Two tools", "without a fault")
    for number, kind in cases(methods):
        trial.reset()
        trial.arm(number, kind)
        trial.run()
        trial.settle()
        trial.judge("Two tools", f"{kind} at request {number}")
    tell(trial, "making", len(methods))
    assert len(trial.faults.injected) >= len(list(cases(methods)))


@BLOGS
def test_a_post_is_changed_once_whatever_happens_to_any_request(trial: Trial) -> None:
    trial.build()
    trial.reset()
    trial.settle()
    words = [f"{word} tools" for word in ("Three", "Four")]
    trial.build(words[0])
    methods = trial.requests(trial.run)
    for turn, (number, kind) in enumerate(cases(methods)):
        now = words[(turn + 1) % 2]
        trial.build(now)
        trial.arm(number, kind)
        trial.run()
        trial.settle()
        trial.judge(now, f"{kind} at request {number}")
    tell(trial, "changing", len(methods))
