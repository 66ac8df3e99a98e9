"""Forem, the software of dev.to, through version 1 of its API.

Sources: Forem's API documentation and `app/models/article.rb`; the project's syndication
reference, facts 12 to 20. A draft of one's own is shown in the list of all one's articles only, so
that list is what is looked at. A copy that is to appear later is a draft until then.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from versus.channels.forem import KIND, REFUSED
from versus.ledger import Content
from versus.publishing.http import Client, RefusedError
from versus.publishing.target import (
    Copy,
    Place,
    Platform,
    Problem,
    Remote,
    Source,
    Target,
    default_normal,
)

_HOME = "https://dev.to/"
_PAGE = 1000
_FRESH = 5
"""For how many seconds the list of articles is believed."""


class Forem(Target):
    """The articles of whoever the key belongs to."""

    def __init__(self, place: Place) -> None:
        key = place.secrets["TOKEN"]
        home = place.channel.api or place.channel.url or _HOME
        self._client: Client = place.client(
            home,
            lambda: {"api-key": key.reveal(), "accept": "application/vnd.forem.api-v1+json"},
            (key,),
        )
        self._now = place.now
        self._known: list[Remote] | None = None
        self._asked = place.now()

    def find(self, copy: Copy) -> Remote | None:
        """The article with our canonical URL, published or not."""
        self._known = None
        return next((r for r in self._all() if r.content["canonical"] == copy.canonical), None)

    def show(self, remote_id: str) -> Remote | None:
        """An article, as the list has it."""
        return next((remote for remote in self._all() if remote.id == remote_id), None)

    def create(self, copy: Copy) -> Remote:
        """A new article. A canonical URL that somebody else has there is refused."""
        return self._sent("POST", "api/articles", copy)

    def update(self, remote: Remote, copy: Copy) -> Remote:
        """Replace an article; whatever is not named stays, such as its series."""
        return self._sent("PUT", f"api/articles/{remote.id}", copy)

    def unpublish(self, remote: Remote) -> Remote | None:
        """Make an article a draft again."""
        self._known = None
        fields = {"article": {"published": False}}
        return _remote(self._client.ask("PUT", f"api/articles/{remote.id}", payload=fields).data)

    def _sent(self, method: str, path: str, copy: Copy) -> Remote:
        self._known = None
        article = {**copy.payload["article"], "published": copy.state == "published"}
        try:
            data = self._client.ask(method, path, payload={"article": article}).data
        except RefusedError as error:
            raise _explained(error) from None
        return _remote(data)

    def _all(self) -> list[Remote]:
        """Every article of ours; asked for again after each change, and when some time has gone."""
        age = (self._now() - self._asked).total_seconds()
        if self._known is None or age > _FRESH:
            self._asked = self._now()
            found: list[Remote] = []
            page: list[Any] = [None] * _PAGE
            number = 0
            while len(page) == _PAGE:
                number += 1
                params = {"per_page": _PAGE, "page": number}
                page = _listed(self._client.ask("GET", "api/articles/me/all", params=params).data)
                found += [_remote(data) for data in page]
            self._known = found
        return self._known


def _listed(data: Any) -> list[Any]:
    if not isinstance(data, list):
        raise TypeError("no list of articles")
    return data


def _remote(data: Any) -> Remote:
    """An article of the API. Its tags are a list in lists, and a text elsewhere."""
    tags = data["tag_list"]
    names = tags if isinstance(tags, list) else [name.strip() for name in tags.split(",")]
    is_out = data.get("published", bool(data.get("published_timestamp")))
    content: Content = {
        "title": str(data["title"]),
        "body": str(data["body_markdown"]),
        "tags": tuple(str(name) for name in names if name),
        "canonical": str(data["canonical_url"] or ""),
    }
    return Remote(
        str(data["id"]), str(data["url"]), "published" if is_out else "draft", content,
        str(data.get("edited_at") or ""),
    )  # fmt: skip


def _explained(error: RefusedError) -> RefusedError:
    """A refusal with what to do about it, where the rule is known."""
    said = error.message.casefold()
    hint = error.hint
    if "canonical" in said and "taken" in said:
        hint = "another account has this canonical URL there: ask them, or the site's moderators"
    elif "title" in said and ("five minutes" in said or "5 minutes" in said):
        hint = (
            "an article with this title was made minutes ago: run `publish` again in five minutes"
        )
    return RefusedError(error.message, hint, status=error.status, data=error.data)


def _read(source: Source) -> Copy:
    payload = source.fields()
    article = payload["article"]
    content = {
        "title": article["title"],
        "body": article["body_markdown"],
        "tags": tuple(article.get("tags", ())),
        "canonical": article["canonical_url"],
        "description": article.get("description", ""),
        "cover": article.get("main_image", ""),
    }
    return Copy(
        article=source.article, slug=source.article, title=source.title,
        canonical=source.canonical, state="published" if article["published"] else "draft",
        content=content, payload=payload, at=source.at, address=source.address,
    )  # fmt: skip


def _normal(content: Content) -> Content:
    """Forem writes tags in lower case."""
    found = dict(default_normal(content))
    tags = found.get("tags", ())
    if isinstance(tags, tuple):
        found["tags"] = tuple(sorted(tag.casefold() for tag in tags))
    return found


def _problems(copy: Copy, place: Place) -> Iterator[Problem]:
    """What Forem would refuse, or read as something else than it is."""
    article = copy.payload["article"]
    body: str = article["body_markdown"]
    limits = KIND.limits
    if limits.bytes is not None and len(body.encode()) > limits.bytes:
        hint = "give the channel a shorter `edition`"
        yield Problem(f"the body has more than {limits.bytes // 1024} KiB", hint)
    if body.startswith("---"):
        hint = "begin the introduction with words"
        yield Problem("a body that begins with `---` would be read as front matter", hint)
    if REFUSED.search(body):
        yield Problem("a picture inside the text (`data:`) is refused", "make it a file in assets/")
    if _is_local(copy.canonical):
        hint = "`base_url` in site.yaml must be an address that others can reach"
        yield Problem(f"{copy.canonical} is refused as a canonical URL", hint)
    yield from _tag_problems(article.get("tags", ()))


def _tag_problems(tags: list[str]) -> Iterator[Problem]:
    rule = KIND.tags
    for tag in tags:
        if not tag.isalnum() or len(tag) > (rule.length or len(tag)):
            hint = "map it in site.yaml, below the channel's `tags`"
            yield Problem(f"the tag {tag!r} is refused", hint)


def _is_local(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host == "localhost" or host.endswith(".localhost") or "." not in host


PLATFORM = Platform(
    name="Forem", read=_read, connect=Forem, normal=_normal, problems=_problems, settle=2.0
)
