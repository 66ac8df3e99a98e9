"""Talking to platforms: patience, redirects, answers that are none, and secrets that stay secret."""

from collections.abc import Callable, Iterator
from email.utils import formatdate

import httpx
import pytest
from blogs import Clock

from versus.publishing.http import (
    ATTEMPTS,
    Client,
    RefusedError,
    Secret,
    UnreachableError,
    Wire,
)

BASE = "https://api.example/"
KEY = Secret("s3cret")
HOURS = 3600


class Script(httpx.BaseTransport):
    """Answers in turn; what was asked is in `asked`."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers: Iterator[httpx.Response | Exception] = iter(answers)
        self.asked: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The next answer."""
        self.asked.append(request)
        answer = next(self.answers)
        if isinstance(answer, Exception):
            raise answer
        return answer


def ok(**data: object) -> httpx.Response:
    return httpx.Response(200, json=data or {"ok": True})


def busy(status: int = 503, **headers: str) -> httpx.Response:
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, headers=said, json={"error": "busy"})


def client(script: Script, clock: Clock | None = None, base: str = BASE) -> Client:
    """A client with a token."""
    clock = clock or Clock()
    wire = Wire(clock.now, clock.sleep, lambda: 0.5, clock.now, script)
    return Client(wire, base, lambda: {"authorization": f"Bearer {KEY.reveal()}"}, (KEY,))


# --- Patience


@pytest.mark.parametrize("status", [429, 502, 503, 504])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_what_does_no_harm_twice_is_asked_again(method: str, status: int) -> None:
    clock, script = Clock(), Script(busy(status), busy(status), ok())
    assert client(script, clock).ask(method, "x").data == {"ok": True}
    assert clock.slept == [1.0, 2.0], "twice as long each time"


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_post_is_never_repeated_blindly(status: int) -> None:
    script = Script(busy(status), ok())
    with pytest.raises(UnreachableError):
        client(script).ask("POST", "x", payload={})
    assert len(script.asked) == 1


@pytest.mark.parametrize(
    "error", [httpx.ReadError("x"), httpx.RemoteProtocolError("x"), httpx.ReadTimeout("x")]
)
def test_a_post_whose_connection_was_lost_is_not_repeated(error: Exception) -> None:
    script = Script(error, ok())
    with pytest.raises(UnreachableError) as found:
        client(script).ask("POST", "x", payload={})
    assert len(script.asked) == 1
    assert found.value.is_lost == isinstance(error, httpx.TimeoutException)


def test_a_post_that_never_left_or_was_turned_away_is_sent_again() -> None:
    script = Script(httpx.ConnectError("x"), busy(429, retry_after="3"), ok())
    assert client(script).ask("POST", "x", payload={}).status == 200


def test_a_platform_that_says_when_is_waited_for() -> None:
    clock = Clock()
    later = formatdate(clock.time + 20, usegmt=True)
    script = Script(busy(429, retry_after="7"), busy(503, retry_after=later), ok())
    client(script, clock).ask("GET", "x")
    assert clock.slept[0] == 7.5
    assert 12 <= clock.slept[1] <= 14


def test_who_asks_for_more_than_minutes_gets_another_run() -> None:
    clock, script = Clock(), Script(busy(429, retry_after="86400"))
    with pytest.raises(RefusedError, match="429") as found:
        client(script, clock).ask("GET", "x")
    assert clock.slept == []
    assert "again later" in found.value.hint


@pytest.mark.parametrize("text", ["soon", "-5", "nan", "inf", "Wed, 99 Foo"])
def test_a_retry_after_that_is_none_is_taken_for_none(text: str) -> None:
    clock, script = Clock(), Script(busy(429, retry_after=text), ok())
    client(script, clock).ask("GET", "x")
    assert len(clock.slept) == 1
    assert 0 <= clock.slept[0] <= 2


def test_patience_ends() -> None:
    script = Script(*(busy(503) for _n in range(ATTEMPTS)))
    with pytest.raises(UnreachableError, match="503"):
        client(script).ask("GET", "x")
    assert len(script.asked) == ATTEMPTS


# --- Redirects


def led(status: int, to: str) -> httpx.Response:
    return httpx.Response(status, headers={"location": to})


def test_a_redirect_on_the_same_host_is_followed_with_the_token() -> None:
    script = Script(led(301, "/v2/x"), ok())
    client(script).ask("GET", "x")
    assert script.asked[1].url == "https://api.example/v2/x"
    assert script.asked[1].headers["authorization"] == "Bearer s3cret"


@pytest.mark.parametrize(
    "there",
    [
        "https://evil.example/x",
        "https://api.example.evil.example/x",
        "https://api.example:444/x",
        "http://api.example/x",
        "//evil.example/x",
        "file:///etc/passwd",
        "https://api.example@evil.example/",
    ],
)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_carries_the_token_to_another_host(there: str, status: int) -> None:
    script = Script(led(status, there), ok())
    with pytest.raises(RefusedError):
        client(script).ask("GET", "x")
    assert len(script.asked) == 1


@pytest.mark.parametrize("there", ["https://api.example:65536/", "https://api.example/\x7f"])
@pytest.mark.parametrize("is_public", [True, False])
def test_a_redirect_to_no_port_is_refused(there: str, is_public: bool) -> None:
    script = Script(*(led(302, there) for _n in range(ATTEMPTS)))
    with pytest.raises((RefusedError, UnreachableError)):
        client(script).ask("GET", "x", is_public=is_public)
    assert {str(request.url) for request in script.asked} == {"https://api.example/x"}


def test_a_redirect_to_no_address_is_no_answer() -> None:
    script = Script(*(led(302, "http://[::1") for _n in range(ATTEMPTS)))
    with pytest.raises(UnreachableError):
        client(script).ask("GET", "x")
    assert {str(request.url) for request in script.asked} == {"https://api.example/x"}


@pytest.mark.parametrize("status", [301, 302, 303])
def test_a_redirect_does_not_turn_what_is_written_into_a_question(status: int) -> None:
    script = Script(led(status, "/v2/x"), ok())
    with pytest.raises(RefusedError) as found:
        client(script).ask("POST", "x", payload={})
    assert len(script.asked) == 1
    assert "site.yaml" in found.value.hint


def test_a_redirect_that_keeps_the_method_is_followed_with_the_body() -> None:
    script = Script(led(308, "/v2/x"), ok())
    client(script).ask("POST", "x", payload={"a": 1})
    assert script.asked[1].method == "POST"
    assert script.asked[1].read() == b'{"a":1}'


def test_redirects_without_end_end() -> None:
    script = Script(*(led(302, f"/{n}") for n in range(10)))
    with pytest.raises(RefusedError, match="without end"):
        client(script).ask("GET", "x")


def test_public_pages_may_lead_elsewhere_and_get_no_token() -> None:
    script = Script(led(301, "https://www.example/"), httpx.Response(200, html="<p>"))
    client(script).ask("GET", "x", is_public=True, as_text=True)
    assert all("authorization" not in request.headers for request in script.asked)


def test_the_token_is_not_told_in_the_clear_but_on_this_machine() -> None:
    with pytest.raises(RefusedError, match="in the clear"):
        client(Script(ok()), base="http://api.example/").ask("GET", "x")
    assert client(Script(ok()), base="http://127.0.0.1:8000/").ask("GET", "x").status == 200


def test_an_address_of_another_host_in_an_answer_gets_no_token() -> None:
    script = Script(ok())
    with pytest.raises(RefusedError, match="another host"):
        client(script).ask("GET", "https://evil.example/page/2")
    assert not script.asked


# --- Answers that are none


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (httpx.Response(200, html="<!DOCTYPE html><p>Moved"), "a page of HTML"),
        (httpx.Response(200, text='{"id": 7, "ti'), "no JSON"),
        (httpx.Response(200, text="[" * 100_000), "no JSON"),
        (httpx.Response(304), "304"),
        (
            httpx.Response(
                200, content=iter([b"no gzip at all, this"]), headers={"content-encoding": "gzip"}
            ),
            "lost",
        ),
    ],
)
def test_what_is_no_json_is_no_answer(answer: httpx.Response, said: str) -> None:
    with pytest.raises(UnreachableError, match=said):
        client(Script(answer)).ask("POST", "x", payload={})


def test_a_page_that_says_404_is_not_the_platforms_word() -> None:
    gone = httpx.Response(404, json={"error": "not found"})
    assert client(Script(gone)).look("x") is None
    page = httpx.Response(404, html="<p>Not found")
    with pytest.raises(RefusedError) as found:
        client(Script(page)).look("x")
    assert "address" in found.value.hint


def test_an_answer_that_drips_or_does_not_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()

    def drips() -> Iterator[bytes]:
        while True:
            clock.time += 10
            yield b" "

    with pytest.raises(UnreachableError, match="in time"):
        client(Script(httpx.Response(200, content=drips())), clock).ask("POST", "x", payload={})
    monkeypatch.setattr("versus.publishing.http._LARGEST", 1000)
    endless = httpx.Response(200, content=(b"x" * 100 for _n in range(100)))
    with pytest.raises(UnreachableError, match="lost"):
        client(Script(endless)).ask("POST", "x", payload={})


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"error": "Validation failed: Title is too long"}, "422: Validation failed: Title"),
        ({"errors": [{"message": "No", "context": "Because"}]}, "422: No (Because)"),
        ({"code": "rest_x", "message": "Not you"}, "422: Not you"),
        ({"detail": "Invalid."}, "422: Invalid."),
        (["odd"], "422: odd"),
        ({}, "422"),
    ],
)
def test_why_a_platform_refuses_is_said_in_its_words(data: object, said: str) -> None:
    with pytest.raises(RefusedError) as found:
        client(Script(httpx.Response(422, json=data))).ask("POST", "x", payload={})
    assert found.value.message == f"https://api.example answered {said}" or said in str(found.value)


@pytest.mark.parametrize("charset", ["zlib", "utf-7", "unicode_escape", "idna", "latin-1", "x"])
def test_json_is_utf_8_whatever_a_header_says(charset: str) -> None:
    headers = {"content-type": f"application/json; charset={charset}"}
    answer = httpx.Response(200, headers=headers, content='{"a": "é +2AA- \\u00e9"}'.encode())
    assert client(Script(answer)).ask("GET", "x").data == {"a": "é +2AA- é"}


def test_half_a_pair_of_surrogates_is_no_character() -> None:
    answer = httpx.Response(200, content=rb'{"url": "\ud800/\uDC00/\ud83d\ude00"}')
    assert client(Script(answer)).ask("GET", "x").data == {"url": "�/�/😀"}


@pytest.mark.parametrize("status", [200, 422, 500])
@pytest.mark.parametrize("depth", [300, 900, 100_000])
def test_json_that_is_too_deep_is_an_answer_or_none(status: int, depth: int) -> None:
    text = '{"error": [' * depth + "]}" * depth
    try:
        client(Script(httpx.Response(status, text=text))).ask("POST", "x", payload={})
    except (RefusedError, UnreachableError):
        return
    assert status == 200


# --- Secrets


def test_a_secret_shows_itself_to_nobody() -> None:
    said = [repr(KEY), str(KEY), f"{KEY}", "%s" % KEY, repr({"k": KEY})]  # noqa: UP031
    assert not any("s3cret" in text for text in said)


@pytest.mark.parametrize(
    "answer",
    [
        lambda: httpx.Response(401, json={"error": "Bearer s3cret is wrong"}),
        lambda: httpx.Response(500, text="key=s3cret"),
        lambda: led(302, "https://evil.example/?key=s3cret"),
        lambda: httpx.ConnectError("s3cret"),
    ],
)
def test_a_secret_that_comes_back_is_not_repeated(
    answer: Callable[[], httpx.Response | Exception],
) -> None:
    script = Script(*(answer() for _n in range(ATTEMPTS)))
    with pytest.raises((RefusedError, UnreachableError)) as found:
        client(script).ask("GET", "x")
    assert "s3cret" not in str(found.value) + found.value.hint + repr(found.value)


def test_a_secret_that_comes_back_as_the_header_has_it_is_not_repeated() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(401, json={"error": f"who is {request.headers['authorization']}?"})

    clock = Clock()
    wire = Wire(clock.now, clock.sleep, lambda: 0.5, clock.now, httpx.MockTransport(answer))
    keys = iter(["Basic bWU6czNjcmV0", "Ghost a.b.c"])
    asker = Client(wire, BASE, lambda: {"Authorization": next(keys), "accept": "who"}, (KEY,))
    for scheme in ("Basic", "Ghost"):
        with pytest.raises(RefusedError) as found:
            asker.ask("GET", "x")
        assert f"who is {scheme} •••?" in found.value.message
    assert "bWU6" not in repr(asker)


def test_what_a_platform_says_cannot_move_a_terminals_cursor() -> None:
    answer = httpx.Response(422, json={"error": "\x1b[2Jgone\r\nfake"})
    with pytest.raises(RefusedError) as found:
        client(Script(answer)).ask("GET", "x")
    assert "\x1b" not in found.value.message
    assert "\n" not in found.value.message


def test_tls_is_verified_and_nothing_waits_for_ever() -> None:
    clock = Clock()
    made = Client(Wire(clock.now, clock.sleep, lambda: 0.5, clock.now), BASE)
    pool = made.http._transport._pool  # type: ignore[attr-defined]
    assert pool._ssl_context.verify_mode.name == "CERT_REQUIRED"
    assert pool._ssl_context.check_hostname
    timeout = made.http.timeout
    assert None not in (timeout.connect, timeout.read, timeout.write, timeout.pool)
