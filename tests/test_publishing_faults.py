"""What goes wrong on the way: after a rerun each post is there once, and the ledger is right.

Here faults happen in this process, at every request and every write in turn; `kill -9` and real
connections are in `test_publishing_e2e`.
"""

import itertools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import blogs
import httpx
import pytest
from conftest import Publication
from press import Press, press
from test_publishing import CHANNELS, EVERY

from versus import emit
from versus.publishing import book

FAULTS = (
    "lost before", "lost after", "late", "429", "500 before", "500 after", "503 after", "html",
    "garbage", "other json", "killed before", "killed after",
)  # fmt: skip
_QUICK = (("forem", "killed after"), ("hashnode", "lost after"), ("micropub", "html"))
HIT = pytest.mark.parametrize(
    ("kind", "fault"),
    [
        pytest.param(kind, fault, marks=() if (kind, fault) in _QUICK else pytest.mark.e2e)
        for kind in CHANNELS
        for fault in FAULTS
    ],
)
"""Every fault at every kind of platform; all but a few are for the long suite."""

HTML = "<!DOCTYPE html><p>Welcome to our new home"


class KilledError(BaseException):
    """The process is gone: nothing catches it, nothing is written any more."""


class Bad(httpx.BaseTransport):
    """A network that does something to one request, by its number."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self.inner = inner
        self.kind, self.left = "", 0

    def arm(self, kind: str, number: int) -> None:
        """The fault, and how many requests go well before it."""
        self.kind, self.left = kind, number

    @property
    def has_struck(self) -> bool:
        """Whether it has happened."""
        return self.left < 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Let a request through, or not."""
        self.left -= 1
        if self.left != -1 or not self.kind:
            return self.inner.handle_request(request)
        kind = self.kind
        if kind == "killed before":
            raise KilledError
        if kind == "lost before":
            raise httpx.ReadError("reset", request=request)
        if kind in ("429", "500 before"):
            return httpx.Response(int(kind[:3]), json={"error": "trouble"}, request=request)
        said = self.inner.handle_request(request)
        if kind == "killed after":
            raise KilledError
        if kind == "lost after":
            raise httpx.RemoteProtocolError("gone", request=request)
        if kind == "late":
            raise httpx.ReadTimeout("late", request=request)
        if kind in ("500 after", "503 after"):
            return httpx.Response(int(kind[:3]), json={"error": "trouble"}, request=request)
        if kind == "html":
            return httpx.Response(200, html=HTML, request=request)
        if kind == "garbage":
            return httpx.Response(200, text='{"id": 7, "ti', request=request)
        assert kind == "other json"
        said.read()
        return httpx.Response(200, json={"ok": True}, request=request)


def exposed(publication: Publication, kind: str) -> tuple[Press, Bad]:
    """A press whose network can be made bad."""
    make, settings = CHANNELS[kind]
    x = press(publication, make, settings, wrap=Bad)
    assert isinstance(x.transport, Bad)
    return x, x.transport


def once(x: Press) -> None:
    """Publish, as a process that may be killed at any time."""
    try:
        x.desk().carry_out()
    except KilledError:
        return


def settled(x: Press) -> bool:
    """Publish until there is nothing left to do; a rerun or two must be enough."""
    for _run in range(4):
        x.clock.sleep(301)
        desk = x.desk()
        if desk.is_settled:
            return {step.action for step in desk.steps} == {"unchanged"}
        desk.carry_out()
    return False


def assert_right(x: Press, articles: tuple[str, ...]) -> None:
    """Each article is there exactly once, and the ledger names it."""
    posts = x.blog.posts()
    titles = sorted(post["title"] for post in posts)
    assert titles == [f"Kafka vs Flink, {slug}" for slug in articles]
    records = x.ledger()
    assert sorted(records) == list(articles)
    ids = [record["id"] for record in records.values()]
    assert len(set(ids)) == len(articles)
    assert not any("pending" in record for record in records.values())


def fresh(x: Press, kind: str) -> None:
    """An empty platform, and no ledger."""
    make, _settings = CHANNELS[kind]
    x.blog = make(x.clock.now)
    assert isinstance(x.transport, Bad)
    x.transport.inner = blogs.transport(x.blog)
    x.transport.kind = ""
    (x.publication.root / "content/ledger.json").unlink(missing_ok=True)


@HIT
def test_a_fault_at_any_request_neither_loses_nor_doubles_a_post(
    publication: Publication, kind: str, fault: str
) -> None:
    x, bad = exposed(publication, kind)
    for slug in "ab":
        x.article(slug)
    x.build()
    for number in itertools.count():
        fresh(x, kind)
        bad.arm(fault, number)
        once(x)
        if not bad.has_struck:
            break
        bad.kind = ""
        assert settled(x), f"{fault} at request {number + 1}"
        assert_right(x, ("a", "b"))
    assert number > 2, "there were requests to be hit"


@HIT
def test_a_fault_while_a_post_is_changed_leaves_it_changed_once(
    publication: Publication, kind: str, fault: str
) -> None:
    x, bad = exposed(publication, kind)
    old, new = "Two tools for streams.", "Three tools for streams."
    for number in itertools.count():
        fresh(x, kind)
        x.article("a")
        x.build()
        once(x)
        x.article("a", introduction=new)
        x.build()
        bad.arm(fault, number)
        once(x)
        if not bad.has_struck:
            break
        bad.kind = ""
        assert settled(x), f"{fault} at request {number + 1}"
        assert_right(x, ("a",))
        assert new in str(x.blog.posts())
        assert old not in str(x.blog.posts())
    assert number > 1


@EVERY
def test_a_process_killed_at_any_write_of_the_ledger_is_mended_by_the_next(
    publication: Publication, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    x, _bad = exposed(publication, kind)
    for slug in "ab":
        x.article(slug)
    x.build()
    for number, is_written in itertools.product(range(6), (False, True)):
        fresh(x, kind)
        left = number

        def write(path: Path, data: bytes, done: bool = is_written) -> None:
            nonlocal left
            left -= 1
            if left != -1 or done:
                emit.write_whole(path, data)
            if left == -1:
                raise KilledError

        with monkeypatch.context() as patch:
            patch.setattr(book, "write_whole", write)
            once(x)
        assert settled(x)
        assert_right(x, ("a", "b"))


def test_a_post_that_may_be_under_way_still_is_not_sent_again_in_the_same_run(
    publication: Publication,
) -> None:
    """A server may handle a request after its client has given up waiting."""
    x, bad = exposed(publication, "forem")
    x.article("a")
    x.build()
    delayed: list[httpx.Request] = []
    inner = bad.inner

    class Slow(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if request.method == "POST" and not delayed:
                delayed.append(request)
                raise httpx.ReadTimeout("late", request=request)
            return inner.handle_request(request)

    x.transport = Slow()
    (outcome,) = x.desk().carry_out()
    assert "did not answer in time" in outcome.failure
    assert "run `publish` again" in outcome.hint
    assert x.ledger()["a"]["pending"]["action"] == "create"
    inner.handle_request(delayed[0])
    assert settled(x)
    assert_right(x, ("a",))


def test_a_server_that_cannot_be_asked_whether_a_post_arrived_gets_no_second_one(
    publication: Publication,
) -> None:
    def unlisted(now: Callable[[], float]) -> blogs.Blog:
        return blogs.Micropub(now, lists=False)

    x = press(publication, unlisted, CHANNELS["micropub"][1], wrap=Bad)
    assert isinstance(x.transport, Bad)
    x.article("a")
    x.build()
    x.transport.arm("killed after", 2)
    once(x)
    assert len(x.blog.posts()) == 1
    x.transport.kind = ""
    (step,) = x.desk().steps
    assert step.action == "failed"
    assert "nobody knows whether it arrived" in step.why
    assert "content/ledger.json" in step.hint
    once(x)
    assert len(x.blog.posts()) == 1


@EVERY
def test_one_article_that_fails_does_not_stop_the_others(
    publication: Publication, kind: str
) -> None:
    x, bad = exposed(publication, kind)
    for slug in "abc":
        x.article(slug)
    x.build()
    desk = x.desk()
    inner = bad.inner

    class Picky(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if re.search(rb'":\[?"Kafka vs Flink, b"', request.read()):
                return httpx.Response(422, json={"error": "not this one"}, request=request)
            return inner.handle_request(request)

    bad.inner = Picky()
    outcomes = {outcome.step.article: outcome for outcome in desk.carry_out()}
    assert [outcomes[slug].failed for slug in "abc"] == [False, True, False]
    assert "422: not this one" in outcomes["b"].failure
    assert sorted(x.ledger()) == ["a", "c"], "nothing was done, and nothing is written down"


def test_a_channel_where_nobody_answers_is_left_alone_after_two_articles(
    publication: Publication,
) -> None:
    class Dead(httpx.BaseTransport):
        count = 0

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            Dead.count += 1
            raise httpx.ConnectError("refused", request=request)

    x = press(publication, *CHANNELS["forem"], wrap=lambda inner: Dead())
    for slug in "abcdef":
        x.article(slug)
    x.build()
    steps = x.desk().steps
    assert {step.action for step in steps} == {"failed"}
    assert len(steps) == 6
    assert "cannot be reached" in steps[5].why
    assert Dead.count == 10, "two articles, five attempts each"


def test_a_token_that_is_wrong_is_said_once_and_not_shown(publication: Publication) -> None:
    x = press(publication, *CHANNELS["forem"])
    x.environment["VERSUS_X_TOKEN"] = "wr0ng-t0ken"
    for slug in "abc":
        x.article(slug)
    x.build()
    steps = x.desk().steps
    assert len(x.blog.asked) == 1
    assert "401: unauthorized" in steps[0].why
    assert "status" in steps[0].hint
    assert "wr0ng-t0ken" not in repr(steps)


def test_a_platform_that_stores_something_else_is_told_until_it_does_not(
    publication: Publication,
) -> None:
    class Stripping(blogs.Forem):
        def _write(self, number: int | None, given: Any) -> blogs.Said:
            body = given["body_markdown"].replace("Two tools", "Tools")
            return super()._write(number, {**given, "body_markdown": body})

    x = press(publication, Stripping, "kind: forem")
    x.article("a")
    (outcome,) = x.publish()
    assert outcome.failure == "Forem stored something else: body"
    assert x.ledger()["a"]["id"], "the post is there, and known"
    (step,) = x.plan()
    assert (step.action, step.changes) == ("update", ("body",))
    (outcome,) = x.publish()
    assert outcome.failed
    assert len(x.blog.posts()) == 1


@EVERY
@pytest.mark.parametrize("is_new", [True, False])
def test_an_article_that_went_on_after_a_crash_is_no_conflict(
    publication: Publication, kind: str, is_new: bool
) -> None:
    """What arrived then is ours, by the note, though it is not what we want any more."""
    x, bad = exposed(publication, kind)
    for number in itertools.count():
        fresh(x, kind)
        if not is_new:
            x.article("a")
            x.build()
            once(x)
        x.article("a", introduction="Three tools for streams.")
        x.build()
        bad.arm("killed after", number)
        once(x)
        if not bad.has_struck:
            break
        bad.kind = ""
        x.article("a", introduction="Four tools for streams.")
        x.build()
        assert settled(x), f"killed after request {number + 1}"
        assert_right(x, ("a",))
        assert "Four tools" in str(x.blog.posts())
