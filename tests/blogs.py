"""Blogs for tests: what real platforms do with requests, rule by rule, and nothing more.

Each is a class that answers requests and can be asked what it holds. `transport` puts one behind
httpx in this process, `served` behind a server on loopback. The rules and their sources are those
of the project's syndication reference; a number is that of the fact there.
"""

import itertools
import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import yaml


class Clock:
    """Time that passes when somebody sleeps."""

    def __init__(self) -> None:
        self.time = 1_795_000_000.0
        self.slept: list[float] = []

    def now(self) -> float:
        """Seconds since 1970."""
        return self.time

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.slept.append(seconds)
        self.time += seconds


@dataclass(frozen=True)
class Asked:
    """A request as a platform sees it."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    @property
    def data(self) -> Any:
        """The JSON of the body."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Said:
    """An answer."""

    status: int
    data: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        """As bytes: a text as it is, all else as JSON."""
        if self.data is None:
            return b""
        return self.data.encode() if isinstance(self.data, str) else json.dumps(self.data).encode()

    @property
    def media_type(self) -> str:
        """What the body is."""
        return "text/html" if isinstance(self.data, str) else "application/json"


class Blog:
    """A platform. Every request that it got is in `asked`, every answer in `said`."""

    token = "s3cret-t0ken"

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self.asked: list[Asked] = []
        self.said: list[Said] = []
        self._lock = threading.Lock()

    def handle(self, asked: Asked) -> Said:
        """Answer, one request after another."""
        with self._lock:
            self.asked.append(asked)
            said = self.answer(asked)
            self.said.append(said)
            return said

    def answer(self, asked: Asked) -> Said:
        """What the platform does with a request."""
        raise NotImplementedError

    def posts(self) -> list[dict[str, Any]]:
        """All that it holds, with `title` and `canonical`."""
        raise NotImplementedError

    def written(self) -> list[Asked]:
        """The requests that were to change something."""
        return [asked for asked in self.asked if asked.method != "GET"]


class Forem(Blog):
    """Forem v1, for one author."""

    def __init__(self, now: Callable[[], float]) -> None:
        super().__init__(now)
        self.articles: dict[int, dict[str, Any]] = {}
        self.taken: set[str] = set()
        """Canonical URLs of other authors."""
        self._times: dict[str, list[float]] = {"POST": [], "PUT": []}
        self._ids = itertools.count(101)

    def answer(self, asked: Asked) -> Said:
        """Rules 12 to 20, and the limits of the reference."""
        if asked.headers.get("api-key") != self.token:
            return Said(401, {"error": "unauthorized", "status": 401})
        if asked.headers.get("accept") != "application/vnd.forem.api-v1+json":
            return Said(406, {"error": "the version of the API is not named", "status": 406})
        if asked.method == "GET":
            return self._get(asked)
        limit = {"POST": 10, "PUT": 30}[asked.method]
        times = [t for t in self._times[asked.method] if t > self.now() - 30]
        if len(times) >= limit:
            wait = max(1, round(times[0] + 30 - self.now()) + 1)
            error = {"error": f"Rate limit reached, try again in {wait} seconds", "status": 429}
            return Said(429, error, {"retry-after": str(wait)})
        self._times[asked.method] = [*times, self.now()]
        if asked.method == "POST":
            return self._write(None, asked.data["article"])
        number = int(asked.path.rpartition("/")[2])
        if number not in self.articles:
            return Said(404, {"error": "not found", "status": 404})
        return self._write(number, asked.data["article"])

    def _get(self, asked: Asked) -> Said:
        if asked.path == "/api/articles/me/all":
            size, page = (int(asked.query.get(n, ["30"])[0]) for n in ("per_page", "page"))
            newest = sorted(self.articles.values(), key=lambda a: -a["id"])
            return Said(200, [self._shown(a) for a in newest[(page - 1) * size : page * size]])
        number = int(asked.path.rpartition("/")[2])
        article = self.articles.get(number)
        if article is None or not article["published"]:
            return Said(404, {"error": "not found", "status": 404})
        return Said(200, self._single(article))

    def _write(self, number: int | None, given: Mapping[str, Any]) -> Said:
        old = self.articles.get(number or 0, {})
        article = {
            "title": "", "body_markdown": "", "tags": [], "canonical_url": None, "published": False,
            "description": None, "series": None, **old, **given,
        }  # fmt: skip
        head = re.match(r"---\n(.*?)\n---\n", article["body_markdown"], re.DOTALL)
        if head:  # 12: it overrides the JSON, and a title without a series removes the series
            said = yaml.safe_load(head[1])
            article |= {k: v for k, v in said.items() if k in ("title", "published")}
            if "title" in said:
                article["series"] = said.get("series")
        fault = self._fault(number, article)
        if fault:
            return Said(422, {"error": f"Validation failed: {fault}", "status": 422})
        article["tags"] = [tag.casefold() for tag in article["tags"]]
        article["edited"] = self.now()
        if number is None:
            number = next(self._ids)
            article |= {"id": number, "created": self.now()}
        self.articles[number] = article
        return Said(201 if not old else 200, self._single(article))

    def _fault(self, number: int | None, article: Mapping[str, Any]) -> str:
        title, body = article["title"], article["body_markdown"]
        url = article["canonical_url"]
        others = [a for n, a in self.articles.items() if n != number]
        if not title or len(title) > 128:
            return "Title is too long (maximum is 128 characters)"
        if len(body.encode()) > 800 * 1024:
            return "Body markdown is too long"
        if re.search(r"src=[\"'](data|&)|data:text/html", body, re.IGNORECASE):  # 17
            return "Body markdown cannot contain data URIs"
        if len(article["tags"]) > 4:
            return "Tag list exceed the maximum of 4 tags"
        for tag in article["tags"]:
            if not re.fullmatch(r"[^\W_]{1,30}", tag):
                return f"Tag {tag!r} contains non-alphanumeric characters"
        if url is not None and (not re.match("https?://", url) or "localhost" in url):
            return "Canonical url must not have spaces or is no URL"
        is_taken = url in self.taken or any(
            a["canonical_url"] == url and a["published"] for a in others
        )
        if url and article["published"] and is_taken:  # 19
            return "Canonical url has already been taken"
        if number is None and any(
            a["title"] == title and self.now() - a["created"] < 300 for a in others
        ):
            return "Title has already been used in the last five minutes"
        if article["published"] and self.now() - article.get("published_at", self.now()) > 900:
            return "Published at must not be more than 15 minutes old"  # 20
        return ""

    def _shown(self, article: Mapping[str, Any]) -> dict[str, Any]:
        slug = re.sub("[^a-z0-9]+", "-", article["title"].casefold()).strip("-")
        url = f"https://dev.example/me/{slug}-{article['id']}"
        return {
            "type_of": "article", "id": article["id"], "title": article["title"], "url": url,
            "published": article["published"], "tag_list": article["tags"],
            "canonical_url": article["canonical_url"] or url,
            "body_markdown": article["body_markdown"], "edited_at": str(article["edited"]),
            "description": article["description"] or "made of the body",
            "published_timestamp": "2026-11-01T00:00:00Z" if article["published"] else "",
        }  # fmt: skip

    def _single(self, article: Mapping[str, Any]) -> dict[str, Any]:
        """As one article is shown: tags the other way round, and no word on its being out."""
        shown = self._shown(article)
        tags = shown.pop("tag_list")
        shown.pop("published")
        return {**shown, "tag_list": ", ".join(tags), "tags": tags}

    def posts(self) -> list[dict[str, Any]]:
        """All articles."""
        return [{**a, "canonical": a["canonical_url"]} for a in self.articles.values()]


class Hashnode(Blog):
    """Hashnode's GraphQL interface, for one publication."""

    publication = "5f1e"

    def __init__(self, now: Callable[[], float], *, pro: bool = True) -> None:
        super().__init__(now)
        self.pro = pro
        self.nodes: dict[str, dict[str, Any]] = {}
        self._cache: dict[bytes, tuple[float, Any]] = {}
        self._ids = itertools.count(1)

    def answer(self, asked: Asked) -> Said:
        """Errors inside a 200, answers to queries up to 25 seconds old, 100 kB a request."""
        if len(asked.body) > 100_000:
            return Said(413, {"errors": [{"message": "Payload too large"}]})
        if asked.headers.get("authorization") != f"Bearer {self.token}":
            return self._error("UNAUTHENTICATED", "You must be authenticated")
        if not self.pro:
            return self._error(
                "FORBIDDEN",
                "Publication does not have an active Pro plan. Upgrade in your dashboard to access"
                " this via the API.",
            )
        query, variables = asked.data["query"], asked.data["variables"]
        if query.startswith("mutation"):
            name = re.search(r"(\w+)\(input: \$input\)", query)
            assert name
            return self._mutate(name[1], dict(variables["input"]))
        then, data = self._cache.get(asked.body, (-100.0, None))
        if self.now() - then > 25:
            data = self._query(query, variables)
            self._cache[asked.body] = (self.now(), data)
        return Said(200, data)

    def _error(self, code: str, message: str) -> Said:
        error = {"message": message, "extensions": {"code": code}}
        return Said(200, {"data": None, "errors": [error]})

    def _query(self, query: str, variables: Mapping[str, Any]) -> Any:
        single = re.match(r"query \(\$id: \S+\) \{ (post|draft)\(", query)
        if single:
            node = self.nodes.get(variables["id"])
            if node is None or node["kind"] != single[1]:
                return json.loads(self._error("NOT_FOUND", f"{single[1]} not found").body)
            return {"data": {single[1]: self._shown(node)}}
        if variables["id"] != self.publication:
            return {"data": {"publication": None}}
        if "slug" in variables:
            mine = (n for n in self.nodes.values() if n["kind"] == "post")
            node = next((n for n in mine if n.get("slug") == variables["slug"]), None)
            return {"data": {"publication": {"post": self._shown(node) if node else None}}}
        name = "posts" if "posts(" in query else "allDrafts"
        kind = {"posts": "post", "allDrafts": "draft"}[name]
        nodes = [n for n in self.nodes.values() if n["kind"] == kind]
        begin = int(variables.get("after") or 0)
        page = nodes[begin : begin + 2]  # pages are small, so that they are turned
        info = {"hasNextPage": begin + 2 < len(nodes), "endCursor": str(begin + 2)}
        edges = [{"node": self._shown(n)} for n in page]
        return {"data": {"publication": {name: {"edges": edges, "pageInfo": info}}}}

    def _mutate(self, name: str, given: dict[str, Any]) -> Said:
        if len(given.get("tags", ())) > 15:
            return self._error("BAD_USER_INPUT", "too many tags")
        known = {"coverImage", "metaTitle", "metaDescription"}
        if name in ("createDraft", "updateDraft") and known & given.keys():
            return Said(400, {"errors": [{"message": f"Field not defined: {known}"}]})
        if (
            name in ("publishPost", "updatePost")
            and {"metaTags", "coverImageOptions"} & given.keys()
        ):
            return Said(400, {"errors": [{"message": "Field not defined"}]})
        if name in ("publishPost", "createDraft"):
            if given.pop("publicationId") != self.publication:
                return self._error("NOT_FOUND", "Publication not found")
            own = str(next(self._ids))
            node = {"id": own, "kind": "post" if name == "publishPost" else "draft"}
        else:
            own = given.pop("id", None) or given.pop("draftId")
            found = self.nodes.get(own)
            if found is None:
                return self._error("NOT_FOUND", "not found")
            node = dict(found)
        if name == "deleteDraft":
            return Said(200, {"data": {name: {"draft": self._shown(self.nodes.pop(own))}}})
        if name == "publishDraft":
            del self.nodes[own]
            node |= {"id": str(next(self._ids)), "kind": "post"}
        node |= given
        self.nodes[node["id"]] = node
        return Said(200, {"data": {name: {node["kind"]: self._shown(node)}}})

    def _shown(self, node: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "id": node["id"], "title": node["title"], "subtitle": node.get("subtitle"),
            "slug": node.get("slug"), "content": {"markdown": node["contentMarkdown"]},
            "tags": [{"slug": tag["slug"]} for tag in node.get("tags", ())],
            "canonicalUrl": node.get("originalArticleURL"), "updatedAt": str(self.now()),
        } | ({"url": f"https://hash.example/{node['slug']}"} if node["kind"] == "post" else {})  # fmt: skip

    def written(self) -> list[Asked]:
        """The mutations."""
        return [asked for asked in self.asked if asked.data["query"].startswith("mutation")]

    def posts(self) -> list[dict[str, Any]]:
        """All posts and drafts."""
        return [{**n, "canonical": n.get("originalArticleURL")} for n in self.nodes.values()]


class Buttondown(Blog):
    """Buttondown's mails."""

    def __init__(self, now: Callable[[], float]) -> None:
        super().__init__(now)
        self.mails: dict[str, dict[str, Any]] = {}
        self._ids = itertools.count(1)

    def answer(self, asked: Asked) -> Said:
        """Without a status, and with an older version, what is posted is sent at once."""
        if asked.headers.get("authorization") != f"Token {self.token}":
            return Said(401, {"detail": "Invalid token."})
        own = asked.path.removeprefix("/v1/emails").strip("/")
        if asked.method == "GET" and not own:
            mails = list(self.mails.values())
            page = int(asked.query.get("page", ["1"])[0])
            more = f"/v1/emails?page={page + 1}" if len(mails) > page * 2 else None
            return Said(200, {"results": mails[page * 2 - 2 : page * 2], "next": more})
        if asked.method == "POST":
            return self._create(asked)
        if own not in self.mails:
            return Said(404, {"detail": "Not found."})
        if asked.method == "GET":
            return Said(200, self.mails[own])
        if asked.method == "DELETE":
            del self.mails[own]
            return Said(204)
        self.mails[own] |= {**asked.data, "modification_date": str(self.now())}
        return Said(200, self.mails[own])

    def _create(self, asked: Asked) -> Said:
        given = asked.data
        if len(given["subject"]) > 2000:
            return Said(400, {"code": "subject_invalid", "detail": "The subject is too long."})
        if any(m["slug"] == given.get("slug") for m in self.mails.values()):
            return Said(400, {"code": "slug_invalid", "detail": "The slug is in use."})
        own = f"mail-{next(self._ids)}"
        is_new = asked.headers.get("x-api-version", "") >= "2026-04-01"
        status = given.get("status") or ("draft" if is_new else "about_to_send")
        url = f"https://buttondown.example/archive/{given.get('slug')}/"
        mail = {**given, "id": own, "status": status, "absolute_url": url, "modification_date": ""}
        self.mails[own] = mail
        return Said(201, mail)

    def posts(self) -> list[dict[str, Any]]:
        """All mails."""
        return [
            {**m, "title": m["subject"], "canonical": m["canonical_url"]}
            for m in self.mails.values()
        ]


class Micropub(Blog):
    """A server of Micropub. `lists` says whether it can list its posts."""

    def __init__(self, now: Callable[[], float], *, lists: bool = True) -> None:
        super().__init__(now)
        self.lists = lists
        self.entries: dict[str, dict[str, list[Any]]] = {}
        self._ids = itertools.count(1)

    def answer(self, asked: Asked) -> Said:
        """The blog's page says where the endpoint is; slugs are wishes."""
        if asked.path == "/":
            return Said(200, '<!DOCTYPE html><link rel="micropub" href="/micropub"><p>A blog.')
        if asked.headers.get("authorization") != f"Bearer {self.token}":
            return Said(401, {"error": "unauthorized"})
        if asked.method == "GET":
            return self._source(asked)
        given = asked.data
        action = given.get("action")
        if action is None:
            return self._create(given)
        if given["url"] not in self.entries:
            return Said(400, {"error": "invalid_request"})
        if action == "delete":
            del self.entries[given["url"]]
        else:
            for name, values in given["replace"].items():
                assert isinstance(values, list), "values are always lists"
                self.entries[given["url"]][name] = _kept(values)
        return Said(204)

    def _source(self, asked: Asked) -> Said:
        if asked.query.get("q") != ["source"]:
            return Said(400, {"error": "invalid_request"})
        if "url" in asked.query:
            entry = self.entries.get(asked.query["url"][0])
            if entry is None:
                return Said(400, {"error": "invalid_request"})
            return Said(200, {"type": ["h-entry"], "properties": entry})
        if not self.lists:
            return Said(400, {"error": "invalid_request"})
        urls = list(self.entries)
        begin = int(asked.query.get("after", ["0"])[0])
        items = [
            {"type": ["h-entry"], "properties": {**self.entries[url], "url": [url]}}
            for url in urls[begin : begin + 2]
        ]
        paging = {"after": str(begin + 2)} if begin + 2 < len(urls) else {}
        return Said(200, {"items": items, "paging": paging})

    def _create(self, given: Mapping[str, Any]) -> Said:
        said = given["properties"]
        assert all(isinstance(values, list) for values in said.values()), "values are always lists"
        url = f"https://micro.example/{next(self._ids)}"
        self.entries[url] = {k: _kept(v) for k, v in said.items() if not k.startswith("mp-")}
        return Said(201, None, {"location": url})

    def posts(self) -> list[dict[str, Any]]:
        """All entries; the last link of an entry is the one to its original."""
        found = []
        for url, entry in self.entries.items():
            html = entry["content"][0]["html"]
            link = [None, *re.findall(r'href="([^"]*)"', html)][-1]
            found.append({"url": url, "title": entry["name"][0], "canonical": link, "body": html})
        return found


def _kept(values: list[Any]) -> list[Any]:
    """A plain text is escaped, as nothing says that it is HTML."""
    return [{"html": escape(v)} if isinstance(v, str) and "<" in v else v for v in values]


def transport(blog: Blog) -> httpx.MockTransport:
    """A platform behind httpx, without a network."""

    def answer(request: httpx.Request) -> httpx.Response:
        url = urlsplit(str(request.url))
        asked = Asked(
            request.method, url.path, parse_qs(url.query), dict(request.headers), request.read()
        )
        said = blog.handle(asked)
        headers = {"content-type": said.media_type, **said.headers}
        return httpx.Response(said.status, headers=headers, content=said.body)

    return httpx.MockTransport(answer)


@contextmanager
def served(blog: Blog) -> Iterator[str]:
    """A platform behind a server on loopback; its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            url = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            said = blog.handle(Asked(self.command, url.path, parse_qs(url.query), headers, body))
            self.send_response(said.status)
            for name, value in {"content-type": said.media_type, **said.headers}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(said.body)))
            self.end_headers()
            self.wfile.write(said.body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
