"""Talking to platforms over HTTP: patient where it may be, and careful with what it carries.

In: requests. Out: JSON that was understood, or why not: `RefusedError` where the platform said no
and nothing was done, `UnreachableError` where nobody knows. What can be asked twice without harm is
asked again after 429, 502, 503, 504 and lost connections (RFC 9110, section 9.2.2); what makes a
post is not, since it may have been made: the caller looks it up first.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

import httpx

from versus import __version__

ATTEMPTS = 5
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 60.0
_PATIENCE = 300.0
"""The longest `Retry-After` that is waited for, in seconds; who asks for more gets another run."""
_DEADLINE = 120.0
"""Seconds for a whole answer: one that drips keeps every single timeout."""
_LARGEST = 32 * 1024 * 1024
_REDIRECTS = 5
_TIMEOUT = httpx.Timeout(30.0, connect=10.0, pool=10.0)
_BUSY = frozenset({429, 502, 503, 504})
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_SAFE = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})
_SHOWN = 300
_DEPTH = 8
"""How deep in an error's JSON its message is looked for."""


class Secret:
    """A text that shows itself to nobody who prints it; `reveal` is for headers."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(•••)"

    __str__ = __repr__


class PublishError(Exception):
    """Why something could not be done there, and what to do about it."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.message, self.hint = message, hint
        super().__init__(message)


class RefusedError(PublishError):
    """The platform said no: nothing was done, and asking again would not help.

    `data` is the answer's JSON, if it was some.
    """

    def __init__(self, message: str, hint: str = "", *, status: int = 0, data: Any = None) -> None:
        super().__init__(message, hint)
        self.status, self.data = status, data


class UnreachableError(PublishError):
    """No answer, or none that can be understood: what was asked for was done, or it was not.

    `is_lost` says that the request may still be under way: nobody has cut the line.
    """

    def __init__(self, message: str, hint: str = "", *, is_lost: bool = False) -> None:
        super().__init__(message, hint)
        self.is_lost = is_lost


class UnlistedError(PublishError):
    """The platform has no way to tell whether a post is there already."""


@dataclass(frozen=True, slots=True)
class Wire:
    """The outside world as a client sees it, for tests to put another in its place."""

    clock: Callable[[], float]
    """Seconds that only grow."""
    sleep: Callable[[float], None]
    random: Callable[[], float]
    """From 0 to 1, so that clients that were turned away together do not come back together."""
    now: Callable[[], float]
    """Seconds since 1970, for `Retry-After` with a date."""
    transport: httpx.BaseTransport | None = None
    """None is the network, with TLS verified."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: JSON as `data`, None where there was no body."""

    status: int
    data: Any
    headers: Mapping[str, str]
    """By names in lower case."""
    url: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Client:
    """A way to one host. `headers` is asked for each request, since some tokens live minutes.

    `secrets` never show in messages, though the platform repeat them.
    """

    wire: Wire
    base: str
    headers: Callable[[], Mapping[str, str]] = dict
    secrets: tuple[Secret, ...] = ()
    http: httpx.Client = field(init=False)
    told: set[str] = field(init=False, repr=False, default_factory=set)
    """Credentials as headers said them: encoded, signed, or as they are."""

    def __post_init__(self) -> None:
        agent = {"user-agent": f"versus/{__version__}", "accept": "application/json"}
        made = httpx.Client(
            transport=self.wire.transport, timeout=_TIMEOUT, headers=agent, follow_redirects=False
        )
        object.__setattr__(self, "http", made)

    def ask(  # noqa: PLR0913 - what a request may have
        self,
        method: str,
        path: str,
        *,
        payload: Any = None,
        content: bytes | None = None,
        form: Mapping[str, str] | None = None,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool | None = None,
        as_text: bool = False,
        is_public: bool = False,
    ) -> Answer:
        """Ask, and insist on JSON (on any text with `as_text`).

        `path` joins the base, or is a URL. `repeatable` says whether asking twice does no harm;
        by default the method decides. `is_public` carries no credentials and may be led to other
        hosts. Raises RefusedError and UnreachableError.
        """
        url = _with(urljoin(self.base, path), params)
        again = method in _SAFE if repeatable is None else repeatable
        request = {"json": payload, "content": content, "data": form}
        said = {name: value for name, value in request.items() if value is not None}
        pause = _FIRST_PAUSE
        for left in range(ATTEMPTS - 1, -1, -1):
            try:
                status, found, body, at = self._once(method, url, said, headers, is_public)
            except httpx.RequestError as error:
                never_sent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
                if (
                    left
                    and (again or never_sent)
                    and not isinstance(error, httpx.UnsupportedProtocol)
                ):
                    pause = self._wait(pause, None)
                    continue
                raise self._lost(error, url) from None
            asked = self._asked_to_wait(found)
            may_wait = left and (asked is None or asked <= _PATIENCE)
            if may_wait and (status == 429 or (status in _BUSY and again)):
                pause = self._wait(pause, asked)
                continue
            return self._understood(status, found, body, at, as_text=as_text)
        raise AssertionError("the last attempt returns or raises")

    def look(self, path: str, **asked: Any) -> Answer | None:
        """Ask for something that may not be there: None where the platform says so.

        A page of HTML that says 404 is not the platform's word, but a wrong address.
        """
        try:
            return self.ask("GET", path, **asked)
        except RefusedError as error:
            if error.status in (404, 410) and error.data is not None:
                return None
            raise

    def _once(
        self,
        method: str,
        url: str,
        said: Mapping[str, Any],
        headers: Mapping[str, str] | None,
        is_public: bool,
    ) -> tuple[int, httpx.Headers, str, str]:
        """One request, and those that it is led on to; each whole before a deadline."""
        for _step in range(_REDIRECTS + 1):
            own = {} if is_public else self._credentials(url)
            began = self.wire.clock()
            with self.http.stream(method, url, headers={**own, **(headers or {})}, **said) as found:
                body = bytearray()
                for piece in found.iter_bytes():
                    body += piece
                    if len(body) > _LARGEST:
                        raise httpx.ReadError("the answer does not end")
                    if self.wire.clock() - began > _DEADLINE:
                        raise httpx.ReadTimeout("the answer takes too long")
                text = body.decode(errors="replace")  # RFC 8259, section 8.1, whatever is said
            location = found.headers.get("location")
            if found.status_code not in (301, 302, 303, 307, 308) or not location:
                return found.status_code, found.headers, text, str(found.url)
            target = _joined(str(found.url), location)
            self._may_follow(method, str(found.url), target, found.status_code, is_public)
            url = target
        raise RefusedError(
            "it leads from one address to the next without end", self._address_hint()
        )

    def _may_follow(self, method: str, url: str, target: str, status: int, is_public: bool) -> None:
        """Refuse to be led to another host with credentials, or to forget what was to be written.

        Sources: RFC 9110, section 15.4 (301 to 303 may turn a POST into a GET).
        """
        there = self.clean(_origin(target))
        if urlsplit(target).scheme not in ("http", "https"):
            raise RefusedError(f"it leads to {self.clean(target)}", self._address_hint())
        is_writing = method not in ("GET", "HEAD")
        if is_writing and status not in (307, 308):
            hint = f"the address has changed: write {there} into site.yaml"
            raise RefusedError(f"{_origin(url)} leads to {self.clean(target)}", hint, status=status)
        if not _is_same_host(url, target) and not is_public:
            hint = f"if that is right, write {there} into site.yaml"
            message = f"{_origin(url)} leads to another host, {there}"
            raise RefusedError(message, hint, status=status)

    def _credentials(self, url: str) -> Mapping[str, str]:
        """The headers that name us: only for the host that they are meant for, and over TLS."""
        own = self.headers()
        parts = urlsplit(url)
        if own and parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            hint = "write its https address into site.yaml"
            raise RefusedError(f"{_origin(url)} would be told the token in the clear", hint)
        if own and not _is_same_host(self.base, url):
            message = f"{_origin(url)} is another host than {_origin(self.base)}"
            raise RefusedError(message, "it was not told the token: check the channel's addresses")
        said = (value for name, value in own.items() if name.lower() == "authorization")
        self.told.update(value.rpartition(" ")[2] for value in said)
        return own

    def _wait(self, pause: float, asked: float | None) -> float:
        """Pause, for as long as the platform asked or twice as long as before; the next pause."""
        if asked is None:
            self.wire.sleep(pause * (0.5 + self.wire.random()))
        else:
            self.wire.sleep(asked + self.wire.random())
        return min(pause * 2, _LONGEST_PAUSE)

    def _asked_to_wait(self, headers: httpx.Headers) -> float | None:
        """The seconds of `Retry-After`, which is a number or a date (RFC 9110, 10.2.3)."""
        text = headers.get("retry-after", "").strip()
        if not text:
            return None
        if text.isascii() and text.isdecimal():
            return float(text)
        try:
            return max(0.0, parsedate_to_datetime(text).timestamp() - self.wire.now())
        except ValueError:
            return None

    def _understood(
        self, status: int, headers: httpx.Headers, text: str, url: str, *, as_text: bool
    ) -> Answer:
        kind = headers.get("content-type", "").split(";")[0].strip()
        try:
            data = _loaded(text) if text.strip() else None
            is_json = True
        except (ValueError, RecursionError):
            data, is_json = None, False
        where = _origin(url)
        if status >= 500 and status != 501:  # who has not implemented it has not done it
            hint = "the platform is in trouble: run `publish` again later"
            raise UnreachableError(f"{where} answered {status}{self._said(data, text, kind)}", hint)
        if status >= 400:
            said = self._said(data, text, kind)
            raise RefusedError(
                f"{where} answered {status}{said}", _HINTS.get(status, ""), status=status, data=data
            )
        if not 200 <= status < 300:
            raise UnreachableError(f"{where} answered {status}", self._address_hint())
        if not as_text and not is_json:
            what = "a page of HTML" if "html" in kind or text.lstrip()[:1] == "<" else "no JSON"
            raise UnreachableError(f"{where} answered with {what}", self._address_hint())
        return Answer(status, data, {k.lower(): v for k, v in headers.items()}, url, text)

    def _said(self, data: Any, text: str, kind: str) -> str:
        """What the platform says is wrong, in its own words, where it says it in a known way."""
        words = _words(data)
        if not words and "html" not in kind and not text.lstrip().startswith("<"):
            words = text
        words = self.clean(" ".join(words.split()))
        return f": {words[:_SHOWN]}" if words else ""

    def clean(self, text: str) -> str:
        """A text from there, without our secrets and without what a terminal would obey."""
        hidden = self.told | {secret.reveal() for secret in self.secrets}
        for secret in sorted(hidden - {""}, key=len, reverse=True):
            text = text.replace(secret, "•••")
        return "".join(c if c.isprintable() else " " for c in text)

    def _lost(self, error: httpx.RequestError, url: str) -> UnreachableError:
        where = _origin(url)
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
            hint = "check the address in site.yaml, and that the platform is up"
            return UnreachableError(f"{where} cannot be reached: {self.clean(str(error))}", hint)
        hint = "run `publish` again: what has arrived is found there and not sent twice"
        if isinstance(error, httpx.TimeoutException):
            return UnreachableError(f"{where} did not answer in time", hint, is_lost=True)
        return UnreachableError(f"the connection to {where} was lost", hint)

    def _address_hint(self) -> str:
        return f"check the channel's address, {_origin(self.base)}, in site.yaml"


_HINTS = {
    401: "check the token: `python build.py status` says which variable it is in",
    403: "the token may not do this: check what it is for",
    404: "check the channel's address in site.yaml",
    429: "the platform asks for a longer pause: run `publish` again later",
}


def _with(url: str, params: Mapping[str, str | int] | None) -> str:
    """A URL with more in its query; what it has already stays."""
    try:
        return str(httpx.URL(url).copy_merge_params(params or {}))
    except httpx.InvalidURL as error:
        raise RefusedError(f"{url!r} is no address: {error}", "check site.yaml") from None


def _joined(url: str, location: str) -> str:
    """Where a redirect leads; nowhere if it cannot be read."""
    try:
        parts = urlsplit(urljoin(url, location))
        _ = parts.port, httpx.URL(urlunsplit(parts))
    except (ValueError, httpx.InvalidURL):
        return "about:blank"
    return urlunsplit(parts)


def _is_same_host(url: str, other: str) -> bool:
    """Whether two URLs are of one host and port; from http to https on it is no other."""
    here, there = urlsplit(url), urlsplit(other)
    ports = {"http": 80, "https": 443}
    one = (here.scheme, here.port or ports.get(here.scheme))
    two = (there.scheme, there.port or ports.get(there.scheme))
    return here.hostname == there.hostname and (
        one == two or (one == ("http", 80) and two == ("https", 443))
    )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _loaded(text: str) -> Any:
    """JSON; half a pair of surrogates, which no file takes and no terminal, becomes U+FFFD."""
    data = json.loads(text)
    if "\\ud" not in text.lower():
        return data
    plain = json.dumps(data, ensure_ascii=False)
    return json.loads(plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def _words(data: Any, depth: int = _DEPTH) -> str:
    """The message inside an error's JSON, as WordPress, Forem, Ghost, GraphQL and others lay it."""
    if isinstance(data, str):
        return data
    if isinstance(data, list) and depth:
        return "; ".join(filter(None, (_words(item, depth - 1) for item in data)))
    if not isinstance(data, Mapping) or not depth:
        return ""
    for name in ("message", "error_description", "error", "errors", "detail", "context"):
        found = _words(data.get(name), depth - 1)
        if found:
            more = data.get("context") if name == "message" else None
            return f"{found} ({more})" if isinstance(more, str) else found
    return ""
