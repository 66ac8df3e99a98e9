"""Publishing: a plan that is kept to, a ledger that is right, nothing lost and nothing twice.

Platforms are those of `blogs`, which know the rules of the real ones.
"""

import json
import re
from collections.abc import Callable

import blogs
import httpx
import pytest
from conftest import Publication
from press import Press, press

CHANNELS: dict[str, tuple[Callable[[Callable[[], float]], blogs.Blog], str]] = {
    "forem": (blogs.Forem, "kind: forem, status: published"),
    "hashnode": (
        blogs.Hashnode,
        f'kind: hashnode, status: published, publication: "{blogs.Hashnode.publication}"',
    ),
    "buttondown": (blogs.Buttondown, "kind: newsletter"),
    "micropub": (
        blogs.Micropub, 'kind: micropub, status: published, url: "https://micro.example/"',
    ),
}  # fmt: skip
EVERY = pytest.mark.parametrize("kind", CHANNELS)


def at(publication: Publication, kind: str, more: str = "") -> Press:
    """A press for one of the channels."""
    make, settings = CHANNELS[kind]
    return press(publication, make, settings + more)


def edited(blog: blogs.Blog, body: str) -> None:
    """Somebody edits the only post there."""
    if isinstance(blog, blogs.Forem):
        next(iter(blog.articles.values()))["body_markdown"] = body
    elif isinstance(blog, blogs.Hashnode):
        next(iter(blog.nodes.values()))["contentMarkdown"] = body
    elif isinstance(blog, blogs.Buttondown):
        next(iter(blog.mails.values()))["body"] = body
    elif isinstance(blog, blogs.Micropub):
        next(iter(blog.entries.values()))["content"] = [{"html": body}]


def emptied(blog: blogs.Blog) -> None:
    """Somebody deletes everything there."""
    for name in ("articles", "nodes", "mails", "entries"):
        getattr(blog, name, {}).clear()


def bodies(blog: blogs.Blog) -> str:
    return json.dumps(blog.posts(), ensure_ascii=False)


# --- The walk: create, unchanged, update, drift, conflict, adoption, orphan


@EVERY
def test_a_post_is_made_once_then_left_alone_then_changed(
    publication: Publication, kind: str
) -> None:
    x = at(publication, kind)
    x.article("a")
    assert x.actions() == {"a": "create"}
    assert not x.blog.written(), "a plan changes nothing"
    (outcome,) = x.publish()
    assert not outcome.failed, outcome.failure
    (post,) = x.blog.posts()
    assert post["title"] == "Kafka vs Flink, a"
    assert post["canonical"] == "https://test.example/a/"
    record = x.ledger()["a"]
    assert record["id"]
    assert record["sent"]["body"] == record["shown"]["body"]
    assert "pending" not in record
    assert x.actions() == {"a": "unchanged"}
    x.article("a", introduction="Three tools for streams.")
    (step,) = x.plan()
    assert (step.action, step.changes[0]) == ("update", "body")
    (outcome,) = x.publish()
    assert not outcome.failed, outcome.failure
    assert "Three tools" in bodies(x.blog)
    assert len(x.blog.posts()) == 1
    assert x.actions() == {"a": "unchanged"}


@EVERY
def test_what_was_edited_there_is_a_conflict_until_somebody_decides(
    publication: Publication, kind: str
) -> None:
    x = at(publication, kind)
    x.article("a")
    x.publish()
    edited(x.blog, "Somebody's words.")
    x.clock.sleep(60)
    (step,) = x.plan()
    assert (step.action, step.changes) == ("conflict", ("body",))
    assert "-Somebody's words." in step.difference
    assert "Two tools for streams." in step.difference
    (outcome,) = x.publish()
    assert outcome.failed
    assert "--ours" in outcome.hint
    assert "Somebody's words." in bodies(x.blog), "nothing is overwritten"
    (outcome,) = x.publish(choice="theirs")
    assert not outcome.failed
    assert "Somebody's words." in bodies(x.blog)
    assert x.actions() == {"a": "unchanged"}
    edited(x.blog, "Other words.")
    x.clock.sleep(60)
    (outcome,) = x.publish(choice="ours")
    assert not outcome.failed, outcome.failure
    assert "Two tools for streams." in bodies(x.blog)
    x.clock.sleep(60)
    assert x.actions() == {"a": "unchanged"}


@EVERY
def test_what_was_removed_there_is_not_made_again_unasked(
    publication: Publication, kind: str
) -> None:
    x = at(publication, kind)
    x.article("a")
    x.publish()
    emptied(x.blog)
    x.clock.sleep(400)
    assert x.actions() == {"a": "conflict"}
    x.publish(choice="theirs")
    assert x.actions() == {"a": "unchanged"}
    assert x.blog.posts() == []
    (outcome,) = x.publish(choice="ours")
    assert not outcome.failed, outcome.failure
    assert len(x.blog.posts()) == 1


@EVERY
def test_a_post_that_is_there_already_is_adopted_and_not_doubled(
    publication: Publication, kind: str
) -> None:
    x = at(publication, kind)
    x.article("a")
    x.publish()
    (publication.root / "content/ledger.json").unlink()
    x.clock.sleep(400)
    assert x.actions() == {"a": "adopt"}
    x.publish()
    assert len(x.blog.posts()) == 1
    assert x.actions() == {"a": "unchanged"}


@EVERY
def test_a_strange_post_with_our_canonical_url_is_written_down_and_not_overwritten(
    publication: Publication, kind: str
) -> None:
    x = at(publication, kind)
    x.article("a")
    x.publish()
    (publication.root / "content/ledger.json").unlink()
    edited(x.blog, 'Older words. <a href="https://test.example/a/">First here</a>')
    x.clock.sleep(400)
    (step,) = x.plan()
    assert (step.action, step.changes) == ("adopt", ("body",))
    x.publish()
    assert "Older words." in bodies(x.blog)
    assert x.ledger()["a"]["id"]
    assert x.actions() == {"a": "conflict"}
    x.publish(choice="ours")
    assert "Older words." not in bodies(x.blog)
    assert len(x.blog.posts()) == 1


@EVERY
def test_a_post_without_its_article_is_told_and_only_taken_down_when_asked(
    publication: Publication, kind: str
) -> None:
    x = at(publication, kind, ", status: draft" if kind == "buttondown" else "")
    x.article("a")
    x.article("b")
    x.publish()
    (publication.root / "content/articles/b.yaml").unlink()
    x.clock.sleep(60)
    assert x.actions()["b"] == "orphan"
    x.publish()
    assert len(x.blog.posts()) == 2
    (outcome,) = [o for o in x.publish(unpublish=True) if o.step.article == "b"]
    if kind == "hashnode":
        assert "cannot take down" in outcome.failure
        assert "by hand at https://hash.example/b" in outcome.hint
        return
    assert not outcome.failed, outcome.failure
    if kind == "forem":
        assert [post["published"] for post in x.blog.posts()] == [True, False]
    else:
        assert len(x.blog.posts()) == 1
    x.clock.sleep(60)
    assert x.actions() == {"a": "unchanged"}


@EVERY
def test_a_post_is_not_forgotten_where_the_platform_does_not_let_us_look(
    publication: Publication, kind: str
) -> None:
    x = at(publication, kind)
    for slug in "ab":
        x.article(slug)
    x.publish()
    (publication.root / "content/articles/b.yaml").unlink()
    x.blog.token, key = "another", x.blog.token
    outcomes = {outcome.step.article: outcome for outcome in x.publish(unpublish=True)}
    assert outcomes["b"].failed
    assert outcomes["b"].failure == outcomes["a"].failure
    assert "b" in x.ledger()
    x.blog.token = key
    assert x.actions(unpublish=True)["b"] == "unpublish"


@EVERY
@pytest.mark.parametrize("odd", ["\ud800", "deep"])
def test_an_odd_answer_is_no_traceback_and_makes_no_second_post(
    publication: Publication, kind: str, odd: str
) -> None:
    x = at(publication, kind)
    x.article("a")
    x.publish()
    x.clock.sleep(60)
    inner = x.transport

    def answer(request: httpx.Request) -> httpx.Response:
        said = inner.handle_request(request)
        text = said.read().decode()
        if odd == "deep":
            text = re.sub(r'"(?!errors|data)\w+":', f'"x": {"[" * 900}{"]" * 900}, \\g<0>', text)
        else:
            text = re.sub(r'("https://[^"]*)"', r'\1\\ud800"', text)
        headers = {**said.headers, "content-length": str(len(text))}
        return httpx.Response(said.status_code, headers=headers, text=text)

    x.transport = httpx.MockTransport(answer)
    x.article("b")
    for _run in range(2):
        x.publish()
        x.clock.sleep(60)
    assert len(x.blog.posts()) <= 2
    assert json.dumps(x.ledger(), ensure_ascii=False).encode()


def test_drafts_come_first_and_what_somebody_published_stays_so(publication: Publication) -> None:
    x = press(publication, blogs.Forem, "kind: forem")
    x.article("a")
    x.publish()
    (post,) = x.blog.posts()
    assert not post["published"]
    assert isinstance(x.blog, blogs.Forem)
    x.blog.articles[post["id"]]["published"] = True
    assert x.actions() == {"a": "unchanged"}, "that is what drafts are for"
    x.article("a", introduction="Three tools.")
    (outcome,) = x.publish()
    assert not outcome.failed, outcome.failure
    assert x.blog.posts()[0]["published"]
    assert x.ledger()["a"]["state"] == "published"


def test_what_somebody_took_back_there_is_not_published_again(publication: Publication) -> None:
    x = at(publication, "forem")
    x.article("a")
    x.publish()
    assert isinstance(x.blog, blogs.Forem)
    next(iter(x.blog.articles.values()))["published"] = False
    (step,) = x.plan()
    assert (step.action, step.changes) == ("conflict", ("state",))
    assert step.why == "it was made a draft there"


@EVERY
def test_an_edit_made_between_the_plan_and_the_deed_is_not_overwritten(
    publication: Publication, kind: str
) -> None:
    x = at(publication, kind)
    x.article("a")
    x.publish()
    x.article("a", introduction="Three tools for streams.")
    x.build()
    x.clock.sleep(60)
    desk = x.desk()
    x.clock.sleep(60)
    edited(x.blog, "Somebody's words.")
    (outcome,) = desk.carry_out()
    assert outcome.failure == "it was edited there since the plan was made"
    assert "Somebody's words." in bodies(x.blog)
    x.clock.sleep(60)
    assert x.actions() == {"a": "conflict"}


# --- The ledger


def test_the_ledger_is_the_same_for_the_same_records_and_easy_to_compare(
    publication: Publication,
) -> None:
    x = press(publication, blogs.Forem, "kind: forem")
    for slug in "ba":
        x.article(slug)
    x.publish()
    text = (publication.root / "content/ledger.json").read_text()
    data = json.loads(text)
    assert [record["article"] for record in data] == ["a", "b"]
    assert set(data[0]) == {"channel", "article", "id", "url", "state", "sent", "shown", "time"}
    assert set(data[0]["sent"]) == {"title", "body", "tags", "canonical", "description", "cover"}
    x.publish()
    assert (publication.root / "content/ledger.json").read_text() == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[{"channel": "x"}]', "1:2: error: [0]: a record without `article`"),
        ('[\n {"channel": "x", "article": "a", "id": []}]', "2:41: error: [0].id: `id` is not"),
        (
            '[{"channel": "x", "article": "a"},\n {"channel": "x", "article": "a"}]',
            "2:2: error: [1]: a second record of 'a' on 'x'",
        ),
        ('[{"channel": "x", "article": "a", "state": "odd"}]', "1:44: error: [0].state: no state"),
        ("[7]", "1:2: error: [0]: not a record"),
    ],
)
def test_a_ledger_that_is_wrong_is_told_at_its_place(
    publication: Publication, text: str, said: str
) -> None:
    from versus import ledger
    from versus.sources import Source

    records, faults = ledger.read(Source("content/ledger.json", text))
    assert not records
    assert f"content/ledger.json:{said}" in str(faults[0])
    assert faults[0].hint


def test_links_between_copies_lead_to_those_that_readers_can_reach(
    publication: Publication,
) -> None:
    x = at(publication, "forem")
    for slug in "ab":
        x.article(slug)
    x.publish()
    assert x.actions() == {"a": "update", "b": "update"}, "now they can link to each other"
    x.publish()
    assert "https://dev.example/me/" in bodies(x.blog)
    assert x.actions() == {"a": "unchanged", "b": "unchanged"}
