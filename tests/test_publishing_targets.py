"""What each platform is told, request by request; the numbers are facts of the reference."""

import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import blogs
import httpx
import pytest
from conftest import ARTICLE, Publication
from press import Press, press
from test_publishing import CHANNELS, at

from versus.channels import KINDS
from versus.publishing.targets import TARGETS


def failures(x: Press, **asked: Any) -> list[str]:
    return [outcome.failure for outcome in x.publish(**asked) if outcome.failed]


def test_every_target_belongs_to_a_kind_of_channel() -> None:
    assert set(TARGETS) <= set(KINDS)


# --- Forem


def forem(publication: Publication, more: str = ", status: published") -> tuple[Press, blogs.Forem]:
    x = press(publication, blogs.Forem, f"kind: forem{more}")
    assert isinstance(x.blog, blogs.Forem)
    return x, x.blog


def test_forem_is_asked_in_version_1_with_the_key_in_its_header_only(
    publication: Publication,
) -> None:
    x, blog = forem(publication)
    x.article("a")
    x.publish()
    for asked in blog.asked:
        assert asked.headers["accept"] == "application/vnd.forem.api-v1+json"
        assert asked.headers["api-key"] == blog.token
        assert blog.token not in asked.path + str(asked.query) + asked.body.decode()
    assert [(a.method, a.path) for a in blog.asked] == [
        ("GET", "/api/articles/me/all"),
        ("POST", "/api/articles"),
    ]


def test_forem_12_no_front_matter_is_sent_and_a_series_stays(publication: Publication) -> None:
    x, blog = forem(publication)
    x.article("a")
    x.publish()
    (article,) = blog.articles.values()
    article["series"] = "Comparisons"
    x.article("a", introduction="Three tools.")
    assert failures(x) == []
    assert article["id"] in blog.articles
    assert blog.articles[article["id"]]["series"] == "Comparisons"
    assert not any(a.body and a.data["article"]["body_markdown"][:3] == "---" for a in blog.asked)


def test_forem_19_a_canonical_url_that_another_has_says_who_to_ask(
    publication: Publication,
) -> None:
    x, blog = forem(publication)
    blog.taken.add("https://test.example/a/")
    x.article("a")
    (outcome,) = x.publish()
    assert "Canonical url has already been taken" in outcome.failure
    assert "another account" in outcome.hint
    assert x.ledger() == {}


def test_forem_20_no_moment_of_publishing_is_sent(publication: Publication) -> None:
    x, blog = forem(publication)
    x.article("a")
    x.publish()
    assert "published_at" not in blog.written()[0].data["article"]


def test_forem_waits_as_long_as_it_is_told_and_gets_all_posts_done(
    publication: Publication,
) -> None:
    x, blog = forem(publication, "")
    slugs = [f"a{n:02}" for n in range(23)]
    for slug in slugs:
        x.article(slug)
    assert failures(x) == []
    assert len(blog.articles) == 23, "ten in thirty seconds"
    assert [said.status for said in blog.said].count(429) == 2
    assert max(x.clock.slept) > 25


def test_forem_tags_are_lower_case_there_and_no_difference(publication: Publication) -> None:
    x, _blog = forem(publication)
    publication.article("a", ARTICLE + "tags: [MLOps, C++]\n")
    assert failures(x) == []
    assert x.actions() == {"a": "unchanged"}


@pytest.mark.parametrize(
    ("site", "article", "said"),
    [
        ("https://localhost:8000/", "Two tools.", "refused as a canonical URL"),
        ("https://test.example/", "x" * 900_000, "more than 800 KiB"),
    ],
)
def test_forem_is_not_asked_for_what_it_would_refuse(
    publication: Publication, site: str, article: str, said: str
) -> None:
    x, blog = forem(publication)
    path = publication.root / "content/site.yaml"
    text = path.read_text().replace("https://test.example/", site)
    path.write_text(text + "limits: {text: 1000000}\n")
    x.article("a", introduction=article)
    assert said in failures(x)[0]
    assert not blog.asked


def test_forem_publishes_a_draft_of_ours_when_its_day_has_come(publication: Publication) -> None:
    x, blog = forem(publication, "")
    x.article("a")
    x.publish()
    x.settings("kind: forem, status: published")
    (step,) = x.plan()
    assert (step.action, step.changes, step.why) == ("update", ("state",), "published")
    assert failures(x) == []
    assert [a["published"] for a in blog.articles.values()] == [True]


def test_forem_lists_more_articles_than_a_page_has(
    publication: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("versus.publishing.targets.forem._PAGE", 2)
    x, blog = forem(publication, "")
    for slug in "abcde":
        x.article(slug)
    assert failures(x) == []
    (publication.root / "content/ledger.json").unlink()
    assert set(x.actions().values()) == {"adopt"}
    assert len(blog.articles) == 5


# --- Hashnode


def test_hashnode_says_clearly_when_the_plan_forbids(publication: Publication) -> None:
    def free(now: Callable[[], float]) -> blogs.Blog:
        return blogs.Hashnode(now, pro=False)

    x = press(publication, free, CHANNELS["hashnode"][1])
    x.article("a")
    (outcome,) = x.publish()
    assert "needs Pro" in outcome.failure
    assert "upgrade the publication" in outcome.hint


def test_hashnode_the_address_of_old_that_leads_to_a_page_is_an_error(
    publication: Publication,
) -> None:
    class Moved(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            return httpx.Response(301, headers={"location": "https://hashnode.example/news"})

    x = press(publication, *CHANNELS["hashnode"], wrap=lambda inner: Moved())
    x.article("a")
    (outcome,) = x.publish()
    assert "leads to https://hashnode.example/news" in outcome.failure
    assert "site.yaml" in outcome.hint


def test_hashnode_an_error_inside_a_200_is_an_error(publication: Publication) -> None:
    x = at(publication, "hashnode")
    x.article("a")
    x.environment["VERSUS_X_TOKEN"] = "wrong"
    (outcome,) = x.publish()
    assert outcome.failure == "Hashnode: You must be authenticated"


def test_hashnode_data_beside_an_error_is_a_post_that_was_made(publication: Publication) -> None:
    class Half(blogs.Hashnode):
        def _mutate(self, name: str, given: dict[str, Any]) -> blogs.Said:
            said = super()._mutate(name, given)
            error = {"message": "no such tag", "extensions": {"code": "NOT_FOUND"}}
            return blogs.Said(200, {**said.data, "errors": [error]})

    x = press(publication, Half, CHANNELS["hashnode"][1])
    x.article("a")
    assert failures(x) == [], "it is looked up then"
    assert x.actions() == {"a": "unchanged"}
    assert len(x.blog.posts()) == 1


def test_hashnode_a_draft_that_is_not_published_keeps_what_was_written_into_it(
    publication: Publication,
) -> None:
    class Closed(blogs.Hashnode):
        def _mutate(self, name: str, given: dict[str, Any]) -> blogs.Said:
            if name == "publishDraft":
                return self._error("FORBIDDEN", "No")
            return super()._mutate(name, given)

    settings = CHANNELS["hashnode"][1]
    x = press(publication, Closed, settings.replace("published", "draft"))
    x.article("a")
    x.publish()
    x.settings(settings)
    x.article("a", introduction="Three tools.")
    assert len(failures(x)) == 1
    x.article("a", introduction="Four tools.")
    x.clock.sleep(60)
    (step,) = x.plan()
    assert step.action == "update", "what was written there is ours, and no conflict"


def test_hashnode_drafts_are_published_as_what_they_are(publication: Publication) -> None:
    """The post has another number than its draft, and the ledger follows."""
    settings = CHANNELS["hashnode"][1].replace(", status: published", "")
    x = press(publication, blogs.Hashnode, settings)
    x.article("a")
    assert failures(x) == []
    assert x.ledger()["a"]["id"].startswith("draft:")
    x.settings(settings + ", status: published")
    x.clock.sleep(60)
    assert failures(x) == []
    assert x.ledger()["a"]["id"].startswith("post:")
    assert x.ledger()["a"]["url"] == "https://hash.example/a"
    assert [post["kind"] for post in x.blog.posts()] == ["post"]


def test_hashnode_a_draft_that_somebody_published_there_is_found_again(
    publication: Publication,
) -> None:
    x = press(
        publication, blogs.Hashnode, CHANNELS["hashnode"][1].replace("status: published,", "")
    )
    x.article("a")
    x.publish()
    assert isinstance(x.blog, blogs.Hashnode)
    (draft,) = x.blog.nodes.values()
    x.blog.nodes = {"99": {**draft, "id": "99", "kind": "post"}}
    x.clock.sleep(60)
    assert x.actions() == {"a": "unchanged"}
    x.publish()
    assert x.ledger()["a"]["id"] == "post:99"


def test_hashnode_waits_until_reads_are_fresh(publication: Publication) -> None:
    x = at(publication, "hashnode")
    x.article("a")
    x.publish()
    x.article("a", introduction="Three tools.")
    x.publish()
    assert x.actions() == {"a": "unchanged"}, "a read of old would look like an edit"


@pytest.mark.parametrize("words", ["W" * 99_500, '"' * 55_000, "é" * 50_000])
def test_hashnode_is_sent_nothing_that_is_too_large_as_json(
    publication: Publication, words: str
) -> None:
    x = at(publication, "hashnode")
    x.publication.write("content/articles/a.yaml", f"{ARTICLE}conclusion: {json.dumps(words)}\n")
    (failure,) = failures(x)
    assert failure == "the request would have more than 100 kB"
    x.publication.write("content/articles/a.yaml", f"{ARTICLE}conclusion: {'W' * 90_000}\n")
    assert failures(x) == []
    assert len(x.blog.asked[-1].body) < 100_000


def test_hashnode_needs_to_know_the_publication(publication: Publication) -> None:
    x = press(publication, blogs.Hashnode, "kind: hashnode")
    x.article("a")
    (outcome,) = x.publish()
    assert outcome.failure == "site.yaml does not say `publication`"
    x.settings("kind: hashnode, publication: wrong")
    (outcome,) = x.publish()
    assert "no publication 'wrong'" in outcome.failure


# --- Buttondown


def test_buttondown_is_always_told_that_it_is_a_draft(publication: Publication) -> None:
    x = press(publication, blogs.Buttondown, "kind: newsletter, status: published")
    x.article("a")
    assert failures(x) == []
    (asked,) = x.blog.written()
    assert asked.data["status"] == "draft"
    assert asked.headers["x-api-version"] == "2026-04-01"
    assert [post["status"] for post in x.blog.posts()] == ["draft"]


def test_buttondown_what_is_sent_is_left_alone(publication: Publication) -> None:
    x = at(publication, "buttondown")
    x.article("a")
    x.publish()
    assert isinstance(x.blog, blogs.Buttondown)
    (mail,) = x.blog.mails.values()
    mail["status"] = "sent"
    x.article("a", introduction="Three tools.")
    (step,) = x.plan()
    assert (step.action, step.why) == ("unchanged", "it is sent")
    x.publish()
    assert "Three tools" not in mail["body"]
    assert x.ledger()["a"]["state"] == "published"


def test_buttondown_gets_html_without_the_page_around_it(publication: Publication) -> None:
    x = at(publication, "buttondown")
    x.article("a")
    x.publish()
    (post,) = x.blog.posts()
    assert post["body"].startswith("<!-- buttondown-editor-mode: fancy -->\n<")
    assert "<body" not in post["body"]
    assert "<html" not in post["body"]
    assert "Two tools for streams." in post["body"]


def test_buttondown_finds_no_template_to_run(publication: Publication) -> None:
    x = at(publication, "buttondown")
    x.article("a", introduction="Say `{{ name }}`, {% if x %}, `{#not#}` and `{{{`.")
    assert failures(x) == []
    (post,) = x.blog.posts()
    assert not re.search(r"\{[{%#]", post["body"])
    shown = unescape(re.sub("<[^>]*>", "", post["body"]))
    assert "Say {{ name }}, {% if x %}, {#not#} and {{{." in shown
    assert x.actions() == {"a": "unchanged"}


# --- Micropub


def test_micropub_finds_the_endpoint_on_the_blogs_page_without_the_token(
    publication: Publication,
) -> None:
    x = at(publication, "micropub")
    x.article("a")
    assert failures(x) == []
    first, *rest = x.blog.asked
    assert first.path == "/"
    assert "authorization" not in first.headers
    assert {asked.path for asked in rest} == {"/micropub"}
    (asked,) = x.blog.written()
    assert asked.data["properties"]["content"][0]["html"].startswith("<p>")


@pytest.mark.parametrize(
    ("headers", "page", "endpoint"),
    [
        ({"link": '<https://m.example/e>; rel="micropub"'}, "", "https://m.example/e"),
        ({"link": "</a>; rel=self, </e>; rel=micropub"}, "", "https://micro.example/e"),
        ({}, '<a href="e?x=1" rel="me micropub">', "https://micro.example/e?x=1"),
        ({}, '<link rel="micropub" href="">', "https://micro.example/"),
    ],
)
def test_micropub_finds_it_in_headers_links_and_anchors(
    publication: Publication, headers: dict[str, str], page: str, endpoint: str
) -> None:
    asked = []

    class Page(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if "authorization" not in request.headers:
                return httpx.Response(200, headers=headers, html=page)
            asked.append(str(request.url))
            return httpx.Response(200, json={"items": []})

    x = press(publication, *CHANNELS["micropub"], wrap=lambda inner: Page())
    x.article("a")
    x.plan()
    assert asked[0].startswith(endpoint + ("&" if "?" in endpoint else "?"))


@pytest.mark.parametrize("endpoint", ["e", "e/", "index.php?micropub=endpoint"])
def test_micropub_an_endpoint_is_what_site_yaml_says_to_the_letter(
    publication: Publication, endpoint: str
) -> None:
    asked = []

    class Page(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            asked.append(str(request.url))
            return httpx.Response(200, json={"items": []})

    make, settings = CHANNELS["micropub"]
    api = f', api: "https://m.example/{endpoint}"'
    x = press(publication, make, settings + api, wrap=lambda inner: Page())
    x.article("a")
    x.plan()
    assert asked[0].startswith(f"https://m.example/{endpoint}{'&' if '?' in endpoint else '?'}q=")


@pytest.mark.parametrize("status", [400, 404, 501])
def test_micropub_a_server_that_does_not_list_its_posts_gets_them_all_the_same(
    publication: Publication, status: int
) -> None:
    class Unlisted(blogs.Micropub):
        def _source(self, asked: blogs.Asked) -> blogs.Said:
            said = super()._source(asked)
            return said if "url" in asked.query else blogs.Said(status, {"error": "no"})

    x = press(publication, Unlisted, CHANNELS["micropub"][1])
    x.article("a")
    assert failures(x) == []
    assert len(x.blog.posts()) == 1


def test_micropub_a_blog_without_an_endpoint_says_how_to_name_one(
    publication: Publication,
) -> None:
    class Page(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            return httpx.Response(200, html="<p>Hello")

    x = press(publication, *CHANNELS["micropub"], wrap=lambda inner: Page())
    x.article("a")
    (outcome,) = x.publish()
    assert "does not say where its Micropub endpoint is" in outcome.failure
    assert "`api`" in outcome.hint


def test_micropub_an_answer_without_an_address_is_none(publication: Publication) -> None:
    class Silent(blogs.Micropub):
        def _create(self, given: Any) -> blogs.Said:
            super()._create(given)
            return blogs.Said(201)

    x = press(publication, Silent, CHANNELS["micropub"][1])
    x.article("a")
    assert failures(x) == [], "it is looked up then"
    assert len(x.blog.posts()) == 1
    assert x.ledger()["a"]["id"] == "https://micro.example/1"


@pytest.mark.parametrize(
    "said",
    [
        blogs.Said(404, "<p>Not found"),
        blogs.Said(400, "bad request"),
        blogs.Said(403, {"error": "insufficient_scope"}),
        blogs.Said(500, {"error": "trouble"}),
        blogs.Said(200, ["odd"]),
    ],
)
def test_micropub_a_server_that_shows_no_sources_gets_each_post_once(
    publication: Publication, said: blogs.Said
) -> None:
    class Blind(blogs.Micropub):
        def _source(self, asked: blogs.Asked) -> blogs.Said:
            return said if "url" in asked.query else super()._source(asked)

    x = press(publication, Blind, CHANNELS["micropub"][1])
    x.article("a")
    assert failures(x) == []
    assert x.ledger()["a"]["id"] == "https://micro.example/1"
    x.article("a", introduction="Three tools.")
    x.clock.sleep(60)
    x.publish()
    assert len(x.blog.posts()) == 1


def test_micropub_a_server_that_knows_no_drafts_is_told_of(publication: Publication) -> None:
    class Plain(blogs.Micropub):
        def _create(self, given: Any) -> blogs.Said:
            said = {k: v for k, v in given["properties"].items() if k != "post-status"}
            return super()._create({"properties": said})

    settings = CHANNELS["micropub"][1].replace(", status: published", "")
    x = press(publication, Plain, settings)
    x.article("a")
    assert failures(x) == ["Micropub stored something else: state"]


# --- By hand


def test_medium_is_done_by_hand_and_the_plan_says_where_the_files_are(
    publication: Publication,
) -> None:
    x = press(publication, blogs.Forem, "kind: medium")
    x.article("a")
    (step,) = x.plan()
    assert step.action == "by hand"
    assert step.why == str(publication.out / "channels/x/a")
    assert failures(x) == []
    assert x.ledger() == {}


def test_a_channel_may_say_that_its_copies_are_taken_by_hand(publication: Publication) -> None:
    x = press(publication, blogs.Forem, "kind: forem, publish: false")
    x.article("a")
    assert x.actions() == {"a": "by hand"}
    assert not x.blog.asked


# --- Requests in general


@pytest.mark.parametrize("kind", CHANNELS)
def test_no_request_holds_the_token_but_in_its_header(publication: Publication, kind: str) -> None:
    x = at(publication, kind)
    x.article("a")
    x.publish()
    x.article("a", introduction="Three tools.")
    x.publish()
    for asked in x.blog.asked:
        said = asked.path + json.dumps(asked.query) + asked.body.decode()
        assert x.blog.token not in said
    text = (publication.root / "content/ledger.json").read_text()
    assert x.blog.token not in text
    assert not re.search("VERSUS_", text)
