"""Any blog that speaks Micropub.

Sources: W3C, Micropub (sections 3.3 creating, 3.4 updating, 3.5 deleting, 3.7 querying, 5.3
discovery); the extensions "Query for Post List" and "Post Status". Values are always lists, the
address that creating answers with is the post's identity, and slugs are wishes, so no post is ever
found by one. A server without the list of posts cannot be asked whether something arrived.
"""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any
from urllib.parse import urljoin

from versus.publishing.http import (
    Client,
    PublishError,
    RefusedError,
    UnlistedError,
    UnreachableError,
)
from versus.publishing.target import MISREAD, Copy, Place, Platform, Remote, Source, Target

_LINK = re.compile(r"<([^>]*)>\s*;[^,]*?\brel=\"?([^\",;]*)\"?")
_HREF = re.compile(r"<a\b[^>]*\bhref=\"([^\"]*)\"")
_PAGE = 50


class Micropub(Target):
    """A blog, whose page says where its endpoint is."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._found: Client | None = None

    def find(self, copy: Copy) -> Remote | None:
        """The post that says at its end where it was first, or has our title and links there."""
        remotes = (_remote(item) for item in self._listed())
        return next((remote for remote in remotes if remote and _is_copy(remote, copy)), None)

    def show(self, remote_id: str) -> Remote | None:
        """The post's source. What a server answers for a post that is gone is 400 as often."""
        try:
            answer = self._endpoint.look("", params={"q": "source", "url": remote_id})
        except RefusedError as error:
            if error.status == 400 and error.data is not None:
                return None
            raise
        return None if answer is None else _remote(answer.data, remote_id)

    def create(self, copy: Copy) -> Remote:
        """A new post. One that will only be made later, as a 202 says, shows nothing yet.

        Its address says that it was made, whether or not the server shows sources of posts.
        """
        properties = {**copy.payload["properties"], **_status(copy)}
        payload = {**copy.payload, "properties": properties}
        answer = self._endpoint.ask("POST", "", payload=payload, as_text=True)
        if answer.status not in (201, 202) or not answer.headers.get("location"):
            raise UnreachableError("the answer does not say where the new post is", _HINT)
        return self._sent(urljoin(answer.url, answer.headers["location"]), copy)

    def update(self, remote: Remote, copy: Copy) -> Remote:
        """Replace the post's properties; it may move, and then says where to."""
        kept = {k: v for k, v in copy.payload["properties"].items() if k != "mp-slug"}
        payload = {"action": "update", "url": remote.id, "replace": {**kept, **_status(copy)}}
        answer = self._endpoint.ask("POST", "", payload=payload, as_text=True, repeatable=True)
        moved = answer.headers.get("location")
        return self._sent(urljoin(answer.url, moved) if moved else remote.id, copy)

    def unpublish(self, remote: Remote) -> Remote | None:
        """Delete the post, which Micropub can undo (`undelete`)."""
        payload = {"action": "delete", "url": remote.id}
        self._endpoint.ask("POST", "", payload=payload, as_text=True, repeatable=True)
        return None

    def _sent(self, url: str, copy: Copy) -> Remote:
        """What a post shows that was just written; nothing where the server does not tell."""
        try:
            shown = self.show(url)
        except (PublishError, *MISREAD):
            shown = None
        return shown or Remote(url, url, copy.state, {})

    def _listed(self) -> Iterator[Mapping[str, Any]]:
        after: str | None = ""
        while after is not None:
            params: dict[str, str | int] = {"q": "source", "limit": _PAGE}
            try:
                answer = self._endpoint.ask(
                    "GET", "", params=params | ({"after": after} if after else {})
                )
            except RefusedError as error:
                if error.status in (400, 404, 501):
                    raise UnlistedError("the server does not list its posts", _HINT) from None
                raise
            items = answer.data.get("items") if isinstance(answer.data, dict) else None
            if items is None:
                raise UnlistedError("the server does not list its posts", _HINT)
            yield from items
            following = (answer.data.get("paging") or {}).get("after")
            after = str(following) if following and items else None

    @property
    def _endpoint(self) -> Client:
        """The endpoint, looked for once: `api` in site.yaml, else what the blog's page says."""
        if self._found is None:
            channel, key = self._place.channel, self._place.secrets["TOKEN"]
            url = channel.api or self._discovered(channel.url or "")
            self._found = self._place.client(
                url, lambda: {"authorization": f"Bearer {key.reveal()}"}, (key,)
            )
        return self._found

    def _discovered(self, url: str) -> str:
        client = self._place.client(url)
        answer = client.ask(
            "GET", "", headers={"accept": "text/html"}, as_text=True, is_public=True
        )
        found: list[str] = [
            target
            for target, rel in _LINK.findall(answer.headers.get("link", ""))
            if "micropub" in rel.split()
        ]
        found += _linked(answer.text)
        if not found:
            message = f"{url} does not say where its Micropub endpoint is"
            raise RefusedError(message, "write it into site.yaml as the channel's `api`")
        return urljoin(answer.url, found[0])


_HINT = "look at the blog whether the post is there"


def _linked(page: str) -> list[str]:
    """The addresses that a page links to as its Micropub endpoint."""
    from lxml import html

    if not page.strip():
        return []
    tree = html.document_fromstring(page)
    return [
        str(node.get("href"))
        for node in tree.iter("link", "a")
        if "micropub" in str(node.get("rel")).split() and node.get("href") is not None
    ]


def _status(copy: Copy) -> dict[str, list[str]]:
    return {"post-status": ["published" if copy.state == "published" else "draft"]}


def _remote(item: Mapping[str, Any], url: str = "") -> Remote | None:
    """A post's source; None for an item of a list that does not say its address."""
    said = item["properties"]
    url = url or str(_first(said, "url"))
    if not url:
        return None
    content = {"title": str(_first(said, "name")), "description": str(_first(said, "summary"))}
    body = _first(said, "content")
    html = body.get("html", body.get("value", "")) if isinstance(body, dict) else body
    content["body"] = str(html)
    told: dict[str, str | tuple[str, ...]] = {k: v for k, v in content.items() if v}
    told["tags"] = tuple(str(tag) for tag in said.get("category", ()))
    is_draft = _first(said, "post-status") == "draft"
    return Remote(url, url, "draft" if is_draft else "published", told)


def _first(properties: Mapping[str, Any], name: str) -> Any:
    values = properties.get(name) or [""]
    return values[0] if isinstance(values, list) else values


def _is_copy(remote: Remote, copy: Copy) -> bool:
    """Whether a post is a copy of ours: its last link is the one to the original."""
    links = [unescape(link) for link in _HREF.findall(str(remote.content.get("body", "")))]
    is_titled = remote.content.get("title") == copy.content["title"]
    return copy.canonical in (links if is_titled else links[-1:])


def _read(source: Source) -> Copy:
    payload = source.fields()
    said = payload["properties"]
    content = {
        "title": said["name"][0],
        "body": said["content"][0]["html"],
        "tags": tuple(said.get("category", ())),
        "canonical": source.canonical,
        "description": _first(said, "summary"),
    }
    return Copy(
        article=source.article, slug=source.article, title=source.title,
        canonical=source.canonical,
        state="published" if source.state == "published" else "draft",
        content=content, payload=payload, at=source.at, address=source.address,
    )  # fmt: skip


PLATFORM = Platform(name="Micropub", read=_read, connect=Micropub, needs=("url",), settle=2.0)
