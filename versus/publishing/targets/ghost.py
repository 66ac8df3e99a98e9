"""Ghost 6, through its Admin interface with the key of a custom integration.

Sources: Ghost's documentation of the Admin API, and the project's syndication reference, facts 21
to 24. Everything here is tested with a real Ghost 6.65.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from versus.ledger import Content, Hosted
from versus.publishing.http import Client, RefusedError, Secret
from versus.publishing.pictures import Picture
from versus.publishing.slugs import is_numbered
from versus.publishing.target import (
    MISREAD,
    Copy,
    Place,
    Platform,
    Problem,
    Remote,
    RemoteState,
    Source,
    Target,
    done,
)

_STATES: Mapping[str, RemoteState] = {"published": "published", "scheduled": "scheduled"}
_KEY = re.compile(r"([0-9a-f]{24}):([0-9a-f]{64})")
_SLUG = re.compile(r"[a-z0-9_-]+")
_TOKEN_LIVES = 240
"""Seconds; Ghost takes five minutes at most."""
_TYPES = frozenset(
    {"image/jpeg", "image/png", "image/gif", "image/webp", "image/svg+xml", "image/x-icon"}
)
_LIMITS = {"title": 255, "slug": 191, "custom_excerpt": 300, "canonical_url": 2000}
_LONGEST_TAG = 191
_VERSION = {"Accept-Version": "v6.0"}
_NO_PICTURES = (
    "Ghost reads pictures with sharp: whoever runs it must install that; or it is no whole picture"
)


def read(source: Source) -> Copy:
    """The copy in the fields that `channels.ghost` wrote."""
    fields = source.fields()["posts"][0]
    return Copy(
        article=source.article,
        slug=fields["slug"],
        title=fields["title"],
        canonical=source.canonical,
        state=source.state,
        content=_content(fields),
        payload=fields,
        at=source.at,
        address=source.address,
    )


def problems(copy: Copy, place: Place) -> Iterator[Problem]:
    """Limits of Ghost's columns, which it answers with 422."""
    for name, limit in _LIMITS.items():
        if len(copy.payload.get(name) or "") > limit:
            hint = f"Ghost takes {limit}: write a shorter one"
            yield Problem(f"`{name}` has more than {limit} characters", hint)
    for tag in copy.content["tags"]:
        if len(tag) > _LONGEST_TAG:
            hint = "give the tag a shorter name in the channel's `tags`"
            yield Problem(f"the tag {tag[:40]!r}… has more than {_LONGEST_TAG} characters", hint)


def _content(post: Mapping[str, Any]) -> Content:
    return {
        "title": post["title"],
        "description": post.get("custom_excerpt") or "",
        "body": _body(post.get("lexical") or ""),
        "tags": tuple(tag["name"] for tag in post.get("tags") or ()),
        "canonical": post.get("canonical_url") or "",
        "picture": post.get("feature_image") or "",
    }


def _body(lexical: str) -> str:
    """The HTML of a document that is one card of it; else all of the document, as it is."""
    try:
        cards = json.loads(lexical)["root"]["children"]
    except MISREAD:
        return lexical
    if len(cards) == 1 and cards[0].get("type") == "html":
        return str(cards[0].get("html", ""))
    return json.dumps(cards, ensure_ascii=False, indent=1)


def token(key: Secret, now: float) -> str:
    """A JSON Web Token (RFC 7519, HS256) that Ghost takes for some minutes.

    Raises RefusedError where the key is none.
    """
    found = _KEY.fullmatch(key.reveal().strip())
    if found is None:
        hint = "copy the Admin API key of a custom integration: 24 digits, a colon, 64 digits"
        raise RefusedError("the token is not a key of Ghost's Admin interface", hint)
    head = {"alg": "HS256", "typ": "JWT", "kid": found[1]}
    claims = {"iat": int(now), "exp": int(now) + _TOKEN_LIVES, "aud": "/admin/"}
    signed = ".".join(_base64(json.dumps(part).encode()) for part in (head, claims))
    signature = hmac.new(bytes.fromhex(found[2]), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{_base64(signature)}"


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Ghost(Target):
    """One blog, with the rights of an integration."""

    def __init__(self, place: Place) -> None:
        key = place.secrets["TOKEN"]

        def headers() -> Mapping[str, str]:
            return {"Authorization": f"Ghost {token(key, place.now().timestamp())}"}

        self._now = place.now
        self._url = place.channel.api or place.channel.url or ""
        self._client: Client = place.client(
            f"{self._url}ghost/api/admin/", headers=headers, secrets=(key,)
        )

    def find(self, copy: Copy) -> Remote | None:
        """By canonical URL, else by slug, unless that post names another original.

        A slug that Ghost has another form of is no post's, and it refuses to look for one.
        """
        quoted = copy.canonical.replace("\\", "\\\\").replace("'", "\\'")
        asked = {"filter": f"canonical_url:'{quoted}'", "order": "created_at asc", "limit": 1}
        found = self._ask("GET", "posts/", params=asked)["posts"]
        if found:
            return _remote(found[0])
        if not _SLUG.fullmatch(copy.slug):
            return None
        answer = self._client.look(f"posts/slug/{copy.slug}/", headers=_VERSION)
        if answer is None:
            return None
        post = answer.data["posts"][0]
        return _remote(post) if post.get("canonical_url") in (None, "", copy.canonical) else None

    def show(self, remote_id: str) -> Remote | None:
        """The post. Ghost has no bin: what is deleted is gone."""
        answer = self._client.look(f"posts/{remote_id}/", headers=_VERSION)
        return _remote(answer.data["posts"][0]) if answer else None

    def create(self, copy: Copy) -> Remote:
        """Make the post; where its slug turns out to be taken (a page may have it), unmake it."""
        fields = {**_fields(copy), "slug": copy.slug, "status": copy.state}
        made = self._ask("POST", "posts/", payload={"posts": [fields]})["posts"][0]
        if not is_numbered(copy.slug, made["slug"]):
            return _remote(made)
        with done():
            self._ask("DELETE", f"posts/{made['id']}/")
        hint = "rename that one, or give the article another `slug`"
        message = f"the slug {copy.slug!r} is taken by a page or a post that is not ours"
        raise RefusedError(message, hint)

    def update(self, remote: Remote, copy: Copy) -> Remote:
        """Set all fields that are ours. The slug is not: somebody may have chosen a better one."""
        return self._change(remote, {**_fields(copy), "status": copy.state})

    def unpublish(self, remote: Remote) -> Remote | None:
        """Make the post a draft."""
        return self._change(remote, {"status": "draft"})

    def hosted(self, picture: Picture) -> Hosted | None:
        """A picture of its name, where Ghost puts those of this month; it has no list of them.

        The name holds the digest of its bytes. A type that Ghost does not take stays where it is.
        """
        if picture.media_type not in _TYPES:
            return Hosted("", picture.url)
        there = f"{self._url}content/images/{self._now():%Y/%m}/{picture.name}"
        return Hosted("", there) if self._is_there(there) else None

    def upload(self, picture: Picture) -> Hosted:
        """Give Ghost a picture; of one that is there it would make another."""
        found = self.hosted(picture)
        if found is not None:
            return found
        file = (picture.name, picture.path.read_bytes(), picture.media_type)
        data = {"ref": picture.name}
        form = httpx.Request("POST", self._client.base, files={"file": file}, data=data)
        headers = {"Content-Type": form.headers["Content-Type"]}
        try:
            made = self._ask("POST", "images/upload/", content=form.read(), headers=headers)
        except RefusedError as error:
            if error.status not in (400, 415):
                raise
            raise RefusedError(error.message, _NO_PICTURES, status=error.status) from None
        return Hosted("", made["images"][0]["url"])

    def _is_there(self, url: str) -> bool:
        try:
            found = self._client.ask("HEAD", url, is_public=True, as_text=True)
        except RefusedError:
            return False
        return found.headers.get("content-type", "").startswith("image/")

    def _change(self, remote: Remote, fields: Mapping[str, Any]) -> Remote:
        """Set fields of a post as it was when it was shown; Ghost refuses where it is newer."""
        post = {**fields, "updated_at": remote.version}
        try:
            made = self._ask("PUT", f"posts/{remote.id}/", payload={"posts": [post]})
        except RefusedError as error:
            if error.status != 409:
                raise
            hint = "somebody edited the post just now: run `publish` again"
            raise RefusedError(error.message, hint, status=409, data=error.data) from None
        return _remote(made["posts"][0])

    def _ask(self, method: str, path: str, **options: Any) -> Any:
        headers = {**_VERSION, **options.pop("headers", {})}
        return self._client.ask(method, path, headers=headers, **options).data


def _fields(copy: Copy) -> dict[str, Any]:
    """All fields but those that stay as they are there; a missing one is emptied."""
    missing = dict.fromkeys(("custom_excerpt", "feature_image", "feature_image_alt"))
    fields: dict[str, Any] = {**missing, "tags": [], **copy.payload}
    for name in ("slug", "status", "published_at"):
        fields.pop(name, None)
    if copy.at is not None:
        fields["published_at"] = copy.at
    return fields


def _remote(post: Mapping[str, Any]) -> Remote:
    return Remote(
        id=post["id"],
        url=post["url"],
        state=_STATES.get(post["status"], "draft"),
        content=_content(post),
        version=post["updated_at"],
        final="it was sent as a mail" if post["status"] == "sent" else "",
    )


PLATFORM = Platform(
    name="Ghost",
    read=read,
    connect=Ghost,
    needs=("url",),
    problems=problems,
    hosts_pictures=True,
)
