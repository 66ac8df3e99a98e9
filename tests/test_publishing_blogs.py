"""What WordPress and Ghost are told, and what their answers mean, where no real one is needed.

All else is tested with real ones, in `test_blogs_e2e` and `test_wordpress_e2e`.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from versus.ledger import Content
from versus.model import Channel
from versus.publishing.http import Client, RefusedError, Secret, UnreachableError, Wire
from versus.publishing.pictures import Picture
from versus.publishing.slugs import is_numbered
from versus.publishing.target import Copy, Place, Source, Target
from versus.publishing.targets import ghost, wordpress

KEY = "0123456789abcdef01234567:" + "ab" * 32
NOW = datetime(2026, 11, 24, tzinfo=UTC)
Answer = Callable[[httpx.Request], httpx.Response]


def place(kind: str, answer: Answer, **secrets: str) -> Place:
    """A channel whose platform is a function."""
    wire = Wire(lambda: 0.0, lambda _: None, lambda: 0.5, lambda: 0.0, httpx.MockTransport(answer))
    channel = Channel.model_validate({"kind": kind, "url": "https://blog.example/"})
    told = {name: Secret(value) for name, value in secrets.items()}
    return Place(
        "x", channel, told, Path(), lambda base, **rest: Client(wire, base, **rest), lambda: NOW
    )


def to_wordpress(answer: Answer) -> Target:
    return wordpress.WordPress(place("wordpress", answer, USER="ann", TOKEN="abcd EFGH"))


def to_ghost(answer: Answer) -> Target:
    return ghost.Ghost(place("ghost", answer, TOKEN=KEY))


def copy(**fields: Any) -> Copy:
    post = {"title": "A &amp; B", "slug": "a", "excerpt": "", "content": "<p>x</p>", "tags": []}
    source = Source("a", "A", {"a.json": json.dumps(post | fields).encode()}, "draft", "https://o/")
    return wordpress.read(source)


def unhelpful(status: int, **said: Any) -> Answer:
    return lambda request: httpx.Response(status, request=request, **said)


@pytest.mark.parametrize(
    ("wanted", "given", "is_taken"),
    [
        ("a-vs-b", "a-vs-b", False),
        ("a-vs-b", "a-vs-b-2", True),
        ("node.js-vs-deno", "node-js-vs-deno", False),
        ("node.js-vs-deno", "node-js-vs-deno-3", True),
        ("Kafka_vs_Flink", "kafka_vs_flink", False),
        ("café-vs-thé", "cafe-vs-the", False),
        ("比较", "bi-jiao", False),
        ("比较", "bi-jiao-2", True),
        ("kafka-2", "kafka-2", False),
        ("kafka-2", "kafka-2-2", True),
        ("kafka-v.8", "kafka-v-8", False),
        ("kafka-v.8", "kafka-v-8-2", True),
        ("kafka-٢", "kafka-2", False),
        ("kafka-²", "kafka-2", False),
        ("2026", "2026-2", True),
        ("rss", "rss-post", False),
    ],
)
def test_a_platforms_form_of_a_slug_is_told_from_one_that_is_taken(
    wanted: str, given: str, is_taken: bool
) -> None:
    assert is_numbered(wanted, given) == is_taken


@pytest.mark.parametrize("kind", ["wordpress", "ghost"])
def test_a_post_stays_whose_slug_the_platform_writes_in_its_own_form(kind: str) -> None:
    title: Any = {"raw": "A"} if kind == "wordpress" else "A"
    post = {
        "id": "5", "link": "u", "url": "u", "slug": "node-js-vs-deno", "status": "draft",
        "title": title, "excerpt": title, "content": title, "updated_at": "t", "tags": [],
    }  # fmt: skip

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/me"):
            return httpx.Response(200, json={"id": 1, "capabilities": {"edit_posts": True}})
        assert request.method == "POST", "nothing is unmade"
        return httpx.Response(201, json=post if kind == "wordpress" else {"posts": [post]})

    if kind == "wordpress":
        assert to_wordpress(answer).create(copy(slug="node.js-vs-deno")).id == "5"
        return
    data = json.dumps({"posts": [{"title": "A", "slug": "node.js-vs-deno"}]}).encode()
    wanted = ghost.read(Source("a", "A", {"a.json": data}, "draft", "https://o/"))
    assert to_ghost(answer).create(wanted).id == "5"


# --- WordPress


def test_wordpress_is_told_user_and_password_in_a_header() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"id": 1, "capabilities": {}} if len(asked) == 1 else [])

    assert to_wordpress(answer).find(copy()) is None
    expected = base64.b64encode(b"ann:abcd EFGH").decode()
    assert {request.headers["authorization"] for request in asked} == {f"Basic {expected}"}
    assert asked[0].url.path == "/wp-json/wp/v2/users/me"
    assert asked[1].url.params["search"] == "originally-published https://o/"
    assert asked[2].url.params["slug"] == "a"
    assert asked[2].url.params["status"] == "any", "drafts are found, too"


def test_wordpress_that_is_none_is_told_as_such() -> None:
    target = to_wordpress(unhelpful(200, html="<p>Welcome"))
    with pytest.raises(UnreachableError) as told:
        target.show("1")
    assert "does not answer as WordPress does" in told.value.message


def test_wordpress_7_a_post_with_our_slug_that_names_another_original_is_not_ours() -> None:
    theirs = '<p class="originally-published"><em>At <a href="https://other/">O</a></em></p>'
    post = {
        "id": 5, "link": "https://blog.example/a/", "slug": "a", "status": "publish", "tags": [],
        "title": {"raw": "A"}, "excerpt": {"raw": ""}, "content": {"raw": theirs},
    }  # fmt: skip

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/me"):
            return httpx.Response(200, json={"id": 1})
        return httpx.Response(200, json=[post] if "slug" in request.url.params else [])

    assert to_wordpress(answer).find(copy()) is None
    post["content"] = {"raw": theirs.replace("https://other/", "https://o/")}
    found = to_wordpress(answer).find(copy())
    assert found is not None
    assert found.id == "5"


@pytest.mark.parametrize("slug", ["a", "a-2"])
def test_a_post_that_wordpress_has_made_is_not_denied_whatever_it_refuses_then(slug: str) -> None:
    post = {
        "id": 5, "link": "https://blog.example/a/", "slug": slug, "status": "draft", "tags": [7],
        "title": {"raw": "A"}, "excerpt": {"raw": ""}, "content": {"raw": ""},
    }  # fmt: skip

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/me"):
            return httpx.Response(200, json={"id": 1, "capabilities": {"edit_posts": True}})
        if request.method == "POST":
            return httpx.Response(201, json=post)
        return httpx.Response(403, json={"code": "rest_forbidden", "message": "No"})

    with pytest.raises(UnreachableError, match="403: No"):
        to_wordpress(answer).create(copy())


def test_what_wordpress_rewrites_without_changing_it_is_no_difference() -> None:
    body = 'a&#45;b 😀 &#60;T&#62; <img alt="x">\n<table>\n<tr>\n<td>c d</td>\n</tr>\n</table>'
    same = 'a&#045;b &#x1f600; &#60;T&#62; <img alt="x" /> <table><tr><td>c d</td></tr></table>'
    sent: Content = {"title": "T", "body": body, "tags": ("C#", "Streams")}
    kept: Content = {"title": "T", "body": same, "tags": ("streams", "C#")}
    assert wordpress.normal(sent) == wordpress.normal(kept)
    for old, new in (("c d", "cd"), ("b &", "c &"), ("&#60;", "<"), ('"x"', '"y"')):
        edited = {**kept, "body": same.replace(old, new)}
        assert wordpress.normal(sent) != wordpress.normal(edited)


def test_titles_are_html_for_wordpress_and_words_for_us() -> None:
    assert copy(title="a &lt;T&gt; &amp; b").title == "a <T> & b"


def test_svg_stays_where_it_is_since_wordpress_takes_none() -> None:
    picture = Picture("https://o/assets/x.svg", Path("x.svg"), "0" * 64)
    found = to_wordpress(unhelpful(500)).upload(picture)
    assert found.url == picture.url


@pytest.mark.parametrize(
    ("fields", "told"),
    [({"slug": "a" * 201}, "slug"), ({"slug": "比" * 30}, "slug"), ({"tags": ["t" * 201]}, "tag")],
)
def test_wordpress_limits_are_told_before_any_request(fields: dict[str, Any], told: str) -> None:
    (problem,) = wordpress.problems(copy(**fields), place("wordpress", unhelpful(500)))
    assert told in problem.message
    assert "200" in problem.message


# --- Ghost


def test_ghosts_token_is_signed_and_lives_for_minutes() -> None:
    head, claims, signature = ghost.token(Secret(KEY), 1000.5).split(".")

    def plain(part: str) -> bytes:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))

    assert json.loads(plain(head)) == {"alg": "HS256", "typ": "JWT", "kid": KEY[:24]}
    assert json.loads(plain(claims)) == {"iat": 1000, "exp": 1240, "aud": "/admin/"}
    secret = bytes.fromhex(KEY[25:])
    assert plain(signature) == hmac.digest(secret, f"{head}.{claims}".encode(), hashlib.sha256)


@pytest.mark.parametrize("key", ["", "abc", KEY[:-1], KEY.replace(":", ""), KEY[25:]])
def test_what_is_no_key_of_ghost_is_told_without_showing_it(key: str) -> None:
    with pytest.raises(RefusedError) as told:
        ghost.token(Secret(key), 0)
    assert not key or key not in told.value.message + told.value.hint
    assert "Admin API key" in told.value.hint


def test_ghost_without_sharp_says_who_can_help(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(b"not looked at")
    picture = Picture("https://o/assets/x.png", tmp_path / "x.png", "0" * 64)

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "HEAD":
            return httpx.Response(404)
        assert b"x-000000000000.png" in request.read()
        assert request.headers["content-type"].startswith("multipart/form-data; boundary=")
        return httpx.Response(400, json={"errors": [{"message": "Image not processed."}]})

    with pytest.raises(RefusedError) as told:
        to_ghost(answer).upload(picture)
    assert "Image not processed." in told.value.message
    assert "sharp" in told.value.hint


def test_ghost_22_24_the_whole_document_and_all_tags_are_sent_with_the_moment_we_saw() -> None:
    post = {
        "id": "1", "url": "https://blog.example/a/", "slug": "a", "status": "draft", "title": "A",
        "tags": [{"name": "old"}], "updated_at": "2026-11-01T00:00:00.000Z", "lexical": "",
    }  # fmt: skip
    sent: list[dict[str, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "PUT":
            sent.append(json.loads(request.read())["posts"][0])
        return httpx.Response(200, json={"posts": [post]})

    fields = {"title": "A", "slug": "a", "lexical": "{}", "tags": [{"name": "new"}]}
    data = json.dumps({"posts": [fields]}).encode()
    wanted = ghost.read(Source("a", "A", {"a.json": data}, "draft", "https://o/"))
    target = to_ghost(answer)
    remote = target.show("1")
    assert remote is not None
    target.update(remote, wanted)
    assert sent[0]["updated_at"] == post["updated_at"]
    assert sent[0]["tags"] == [{"name": "new"}]
    assert sent[0]["lexical"] == "{}"
    assert sent[0]["feature_image"] is None, "a picture that is gone here goes there"
    assert "html" not in sent[0]
    assert "slug" not in sent[0]


def test_a_post_that_ghost_has_made_and_does_not_unmake_is_not_denied() -> None:
    post = {"id": "1", "url": "u", "slug": "a-2", "status": "draft", "title": "A"}

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "DELETE":
            return httpx.Response(403, json={"errors": [{"message": "No"}]})
        return httpx.Response(201, json={"posts": [post]})

    data = json.dumps({"posts": [{"title": "A", "slug": "a", "lexical": "{}"}]}).encode()
    wanted = ghost.read(Source("a", "A", {"a.json": data}, "draft", "https://o/"))
    with pytest.raises(UnreachableError, match="403: No"):
        to_ghost(answer).create(wanted)


def test_ghost_is_not_asked_for_a_slug_that_no_post_can_have_there() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if "/slug/" in request.url.path:
            return httpx.Response(422, json={"errors": [{"message": "Validation error"}]})
        return httpx.Response(200, json={"posts": []})

    data = json.dumps({"posts": [{"title": "A", "slug": "node.js"}]}).encode()
    wanted = ghost.read(Source("a", "A", {"a.json": data}, "draft", "https://o/"))
    assert to_ghost(answer).find(wanted) is None


def test_an_edit_in_ghost_at_the_same_moment_is_told_as_such() -> None:
    said = {"errors": [{"message": "Saving failed! Someone else is editing this post."}]}
    post = {
        "id": "1",
        "url": "u",
        "status": "draft",
        "title": "A",
        "updated_at": "t",
        "lexical": "",
    }

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "PUT":
            return httpx.Response(409, json=said)
        return httpx.Response(200, json={"posts": [post]})

    target = to_ghost(answer)
    remote = target.show("1")
    assert remote is not None
    with pytest.raises(RefusedError) as told:
        target.unpublish(remote)
    assert "run `publish` again" in told.value.hint


def test_a_document_that_somebody_rebuilt_in_ghosts_editor_is_shown_whole() -> None:
    cards = [{"type": "html", "html": "<p>Ours</p>"}, {"type": "paragraph", "children": []}]
    post = {
        "id": "1", "url": "u", "status": "draft", "title": "A", "updated_at": "t",
        "lexical": json.dumps({"root": {"children": cards}}),
    }  # fmt: skip
    remote = to_ghost(unhelpful(200, json={"posts": [post]})).show("1")
    assert remote is not None
    assert json.loads(str(remote.content["body"])) == cards
