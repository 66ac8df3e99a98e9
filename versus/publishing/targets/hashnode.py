"""Hashnode, through its GraphQL interface, which needs the publication to be on the Pro plan.

Sources: Hashnode's API documentation and its published schema (`createDraft`, `publishDraft`,
`publishPost`, `updatePost`, `updateDraft`, `deleteDraft`): errors arrive inside a 200, answers to
queries may be 25 seconds old, a request has at most 100 kB, and nothing makes asking twice safe.
The free interface ended in May 2026; its address leads to a page of HTML. There is no taking back
of posts: drafts can be deleted.
"""

from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from typing import Any

import httpx

from versus.channels.hashnode import KIND
from versus.ledger import Content
from versus.publishing.http import Answer, Client, RefusedError, UnreachableError
from versus.publishing.target import Copy, Place, Platform, Problem, Remote, Source, Target, done

_HOME = "https://gql-beta.hashnode.com/"
_STALE = 26.0
_SHOWN = "id title subtitle slug content { markdown } tags { slug } canonicalUrl updatedAt"
_POST = f"{_SHOWN} url"
_PAGE = 50
_AROUND = 1_000
"""Bytes of a request around its input: the query, and the ids of publications and drafts."""
_PRO = "the plan of the publication does not allow it: Hashnode's interface needs Pro"


class Hashnode(Target):
    """A publication of Hashnode's. Ids say whether they are a draft's or a post's."""

    def __init__(self, place: Place) -> None:
        key = place.secrets["TOKEN"]
        self._publication = place.channel.publication or ""
        self._client: Client = place.client(
            place.channel.api or _HOME,
            lambda: {"authorization": f"Bearer {key.reveal()}"},
            (key,),
        )

    def find(self, copy: Copy) -> Remote | None:
        """The post with our canonical URL, else a draft with it, else the post with our slug."""
        query = (
            "query ($id: ObjectId!, $slug: String!) { publication(id: $id)"
            f" {{ post(slug: $slug) {{ {_POST} }} }} }}"
        )
        variables = {"id": self._publication, "slug": copy.slug}
        same_slug = self._publication_of(self._asked(query, variables)).get("post")
        if same_slug and same_slug.get("canonicalUrl") == copy.canonical:
            return _remote(same_slug)
        for name, fields in (("posts", _POST), ("allDrafts", _SHOWN)):
            for node in self._listed(name, fields):
                if node.get("canonicalUrl") == copy.canonical:
                    return _remote(node)
        return _remote(same_slug) if same_slug else None

    def show(self, remote_id: str) -> Remote | None:
        """A post or a draft; a draft that somebody has published is a post now, with a new id."""
        kind, _colon, own = remote_id.partition(":")
        fields = _POST if kind == "post" else _SHOWN
        identity = "ID!" if kind == "post" else "ObjectId!"
        query = f"query ($id: {identity}) {{ {kind}(id: $id) {{ {fields} }} }}"
        try:
            node = self._asked(query, {"id": own}).get(kind)
        except RefusedError as error:
            if error.status == 404:
                return None
            raise
        return _remote(node) if node else None

    def create(self, copy: Copy) -> Remote:
        """A new draft or a new post, by one request."""
        if copy.state == "published":
            fields = {**copy.payload["input"], "publicationId": self._publication}
            return self._done("publishPost", "PublishPostInput", "post", fields)
        fields = {**_draft(copy.payload["input"]), "publicationId": self._publication}
        return self._done("createDraft", "CreateDraftInput", "draft", fields)

    def update(self, remote: Remote, copy: Copy) -> Remote:
        """Replace a post, or a draft and then publish it if it is to appear."""
        kind, _colon, own = remote.id.partition(":")
        fields = copy.payload["input"]
        if kind == "post":
            return self._done("updatePost", "UpdatePostInput", "post", {**fields, "id": own}, True)
        fields = {**_draft(fields), "draftId": own}
        shown = self._done("updateDraft", "UpdateDraftInput", "draft", fields, True)
        if copy.state != "published":
            return shown
        with done():
            return self._done("publishDraft", "PublishDraftInput", "post", {"draftId": own})

    def unpublish(self, remote: Remote) -> Remote | None:
        """Delete a draft. Raises RefusedError for a post, which only its page can take down."""
        kind, _colon, own = remote.id.partition(":")
        if kind == "post":
            hint = f"delete it by hand at {remote.url}"
            raise RefusedError("Hashnode's interface cannot take down a post", hint)
        self._done("deleteDraft", "DeleteDraftInput", "draft", {"draftId": own}, True)
        return None

    def _done(
        self, name: str, type_: str, kind: str, fields: Mapping[str, Any], repeatable: bool = False
    ) -> Remote:
        shown = _POST if kind == "post" else _SHOWN
        query = (
            f"mutation ($input: {type_}!) {{ {name}(input: $input) {{ {kind} {{ {shown} }} }} }}"
        )
        data = self._asked(query, {"input": fields}, repeatable)
        return _remote(data[name][kind])

    def _listed(self, name: str, fields: str) -> Iterator[Mapping[str, Any]]:
        """All posts or drafts of the publication, page by page."""
        query = (
            "query ($id: ObjectId!, $after: String) { publication(id: $id)"
            f" {{ {name}(first: {_PAGE}, after: $after) {{ edges {{ node {{ {fields} }} }}"
            " pageInfo { hasNextPage endCursor } } } }"
        )
        after, more = None, True
        while more:
            found = self._publication_of(
                self._asked(query, {"id": self._publication, "after": after})
            )[name]
            for edge in found["edges"]:
                yield edge["node"]
            more, after = found["pageInfo"]["hasNextPage"], found["pageInfo"]["endCursor"]

    def _publication_of(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        found = data.get("publication")
        if found is None:
            hint = "`publication` in site.yaml is its id, as the address of its dashboard shows it"
            raise RefusedError(f"there is no publication {self._publication!r}", hint)
        return dict(found)

    def _asked(
        self, query: str, variables: Mapping[str, Any], repeatable: bool | None = None
    ) -> Mapping[str, Any]:
        """The data of an answer. An error inside a 200 is an error.

        Where there is data beside it, what was asked for is done (GraphQL, section 7.1).
        """
        again = query.startswith("query") if repeatable is None else repeatable
        payload = {"query": query, "variables": variables}
        answer = self._client.ask("POST", "", payload=payload, repeatable=again)
        data = answer.data
        if isinstance(data, Mapping) and data.get("errors"):
            with done() if any((data.get("data") or {}).values()) else nullcontext():
                raise _error(answer, self._client)
        return dict(data["data"])


_STATUS = {"UNAUTHENTICATED": 401, "FORBIDDEN": 403, "NOT_FOUND": 404, "BAD_USER_INPUT": 400}


def _error(answer: Answer, client: Client) -> RefusedError | UnreachableError:
    """What an error of GraphQL means to us, by its code."""
    first = answer.data["errors"][0]
    code = (first.get("extensions") or {}).get("code", "")
    message = client.clean(f"Hashnode: {first.get('message', code)}")
    if code not in _STATUS:
        return UnreachableError(message, "run `publish` again later")
    hint = "check the token: `python build.py status` says which variable it is in"
    if code == "FORBIDDEN" and "pro plan" in message.casefold():
        message, hint = (
            _PRO,
            "upgrade the publication, or say `publish: false` and paste the copies",
        )
    elif code in ("NOT_FOUND", "BAD_USER_INPUT"):
        hint = "check the channel's settings in site.yaml"
    return RefusedError(message, hint, status=_STATUS[code], data=answer.data)


def _remote(node: Mapping[str, Any]) -> Remote:
    kind = "post" if node.get("url") else "draft"
    content: Content = {
        "title": str(node["title"] or ""),
        "body": str((node["content"] or {}).get("markdown") or ""),
        "tags": tuple(str(tag["slug"]) for tag in node["tags"] or ()),
        "canonical": str(node["canonicalUrl"] or ""),
        "description": str(node["subtitle"] or ""),
    }
    return Remote(
        f"{kind}:{node['id']}", str(node.get("url") or ""),
        "published" if kind == "post" else "draft", content, str(node.get("updatedAt") or ""),
    )  # fmt: skip


def _draft(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The input of `publishPost` as that of `createDraft`, which names some things otherwise."""
    other = ("coverImage", "metaTitle", "metaDescription")
    draft = {name: value for name, value in fields.items() if name not in other}
    if fields.get("coverImage"):
        draft["coverImageOptions"] = {"coverImageURL": fields["coverImage"]}
    meta = {"title": fields.get("metaTitle"), "description": fields.get("metaDescription")}
    return {**draft, "metaTags": {name: value for name, value in meta.items() if value}}


def _read(source: Source) -> Copy:
    payload = source.fields()
    fields = payload["input"]
    content = {
        "title": fields["title"],
        "body": fields["contentMarkdown"],
        "tags": tuple(tag["slug"] for tag in fields.get("tags", ())),
        "canonical": fields["originalArticleURL"],
        "description": fields.get("subtitle", ""),
        "cover": fields.get("coverImage", ""),
    }
    return Copy(
        article=source.article, slug=fields["slug"], title=source.title,
        canonical=source.canonical,
        state="published" if payload["status"] == "published" else "draft",
        content=content, payload=payload, at=source.at, address=source.address,
    )  # fmt: skip


def _problems(copy: Copy, place: Place) -> Iterator[Problem]:
    """What is too large for a request, counted as it is sent."""
    limit = KIND.limits.bytes
    request = httpx.Request("POST", _HOME, json=copy.payload["input"])
    size = len(request.read()) + _AROUND
    if limit is not None and size > limit:
        hint = "give the channel a shorter `edition`"
        yield Problem(f"the request would have more than {limit // 1000} kB", hint)


PLATFORM = Platform(
    name="Hashnode",
    read=_read,
    connect=Hashnode,
    needs=("publication",),
    problems=_problems,
    settle=_STALE,
)
