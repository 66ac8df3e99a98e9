"""WordPress, through its REST interface with a password of an application.

Sources: WordPress' REST API handbook, its source (`class-wp-rest-posts-controller.php`,
`kses.php`, `formatting.php`), and the project's syndication reference, facts 1 to 11. Everything
here is tested with a real WordPress 6.5, as an administrator and as an author.

The picture of an article stays in the body and is not made the post's featured one: most themes
show that above the body, so that it would stand there twice, and some do not, so that it cannot be
left out of the body. One that an editor chooses there stays, since updates do not name it.
"""

import base64
import html
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import count
from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit

from versus.channels.fitting import encoded
from versus.channels.wordpress import ORIGIN
from versus.ledger import Content, Hosted
from versus.publishing.http import Client, RefusedError, UnreachableError
from versus.publishing.pictures import Picture
from versus.publishing.slugs import is_numbered
from versus.publishing.target import (
    Copy,
    Place,
    Platform,
    Problem,
    Remote,
    RemoteState,
    Source,
    Target,
    default_normal,
    done,
)

_STATES: Mapping[str, RemoteState] = {
    "publish": "published",
    "future": "scheduled",
    "trash": "removed",
}
"""What is neither is seen by nobody but its editors: `draft`, `pending`, `private`."""
_STATUS = {"draft": "draft", "scheduled": "future", "published": "publish"}
_FIELDS = "id,link,slug,status,title,content,excerpt,tags"
_MEDIA = "id,source_url"
_PAGE = 100
_ORIGINAL = re.compile(rf'<p class="{ORIGIN}">.*?<a href="([^"]*)"', re.DOTALL)
_REFERENCE = re.compile(r"&#(?:0*(\d{1,7})|[xX]0*([0-9a-fA-F]{1,6}));")
_SLASH = re.compile(r"\s*/>")
_PART = re.compile(r"\s*(</?(?:table|thead|tbody|tfoot|tr|th|td)\b[^>]*>)\s*")
_LONGEST = 200
_STRIPPED = (
    "check user and application password; if they are right, a redirect or the server before"
    " WordPress drops the Authorization header (for Apache, `CGIPassAuth On` keeps it)"
)
_TURNED_OFF = "WordPress takes application passwords over https only, or a plugin turns them off"

Asked: TypeAlias = Mapping[str, str | int]
"""Parameters of a request."""


def read(source: Source) -> Copy:
    """The copy in the fields that `channels.wordpress` wrote."""
    fields = source.fields()
    return Copy(
        article=source.article,
        slug=fields["slug"],
        title=html.unescape(fields["title"]),
        canonical=source.canonical,
        state=source.state,
        content=_content(fields["title"], fields["excerpt"], fields["content"], fields["tags"]),
        payload=fields,
        at=source.at,
        address=source.address,
    )


def normal(content: Content) -> Content:
    """Content as far as differences count.

    Roles (`kses.php`), old databases and the editor write the same thing in other ways: numeric
    references, the slash of an empty tag, space between the parts of a table. Tags that differ by
    case only are the same for WordPress.
    """
    plain: dict[str, str | tuple[str, ...]] = {}
    for name, value in default_normal(content).items():
        if isinstance(value, tuple):
            plain[name] = tuple(sorted(item.casefold() for item in value))
        else:
            text = _REFERENCE.sub(_reference, value)
            plain[name] = _PART.sub(r"\n\1\n", _SLASH.sub(">", text)).strip()
    return plain


def problems(copy: Copy, place: Place) -> Iterator[Problem]:
    """Limits of WordPress' columns (`schema.php`): a longer tag answers 500."""
    if len(encoded(copy.slug)) > _LONGEST:
        message = f"the slug has more than {_LONGEST} characters as addresses write it"
        yield Problem(message, "give it a shorter `slug`")
    for tag in copy.content["tags"]:
        if len(tag) > _LONGEST:
            hint = "give the tag a shorter name in the channel's `tags`"
            yield Problem(f"the tag {tag[:40]!r}… has more than {_LONGEST} characters", hint)


def _content(title: str, excerpt: str, body: str, tags: list[str]) -> Content:
    """What is compared: titles and excerpts are HTML there, of which only the words count."""
    return {
        "title": html.unescape(title),
        "description": html.unescape(excerpt),
        "body": body,
        "tags": tuple(tags),
    }


def _reference(match: re.Match[str]) -> str:
    """The character of a numeric reference, unless it would be markup."""
    code = int(match[1]) if match[1] else int(match[2], 16)
    return chr(code) if 0x1F < code < 0x110000 and chr(code) not in "<>&\"'" else f"&#{code};"


class WordPress(Target):
    """One blog, as the user whose password we have."""

    def __init__(self, place: Place) -> None:
        user, token = place.secrets["USER"], place.secrets["TOKEN"]

        def headers() -> Mapping[str, str]:
            pair = f"{user.reveal()}:{token.reveal()}".encode()
            return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}

        base = place.channel.api or place.channel.url
        self._client: Client = place.client(base, headers=headers, secrets=(token,))
        self._has_paths = True
        self._names: dict[int, str] = {}
        """Names of tags by their numbers."""

    def find(self, copy: Copy) -> Remote | None:
        """By the canonical URL in the line that says where it comes from, else by slug.

        A post with our slug that names another original is not ours.
        """
        named = f"{ORIGIN} {copy.canonical}"
        for post in self._list({"search": named}):
            if _original(post) == copy.canonical:
                return self._remote(post)
        for post in self._list({"slug": copy.slug}):
            if _original(post) in (None, copy.canonical):
                return self._remote(post)
        return None

    def show(self, remote_id: str) -> Remote | None:
        """The post, also where it lies in the bin."""
        path, params = self._way(f"posts/{remote_id}", {"context": "edit", "_fields": _FIELDS})
        answer = self._client.look(path, params=params)
        return self._remote(answer.data) if answer else None

    def create(self, copy: Copy) -> Remote:
        """Make the post; where its slug turns out to be taken, unmake it."""
        self._check_rights(copy)
        fields = self._fields(copy) | {"slug": copy.slug, "status": _STATUS[copy.state]}
        made = self._ask("POST", "posts", {"_fields": _FIELDS}, payload=fields)
        with done():
            if not is_numbered(copy.slug, unquote(made["slug"])):
                return self._remote(made)
            self._ask("DELETE", f"posts/{made['id']}", {"force": "true"})
        hint = "rename or delete that one, or have its author publish; look into the bin, too"
        raise RefusedError(f"the slug {copy.slug!r} is taken by a post that is not ours", hint)

    def update(self, remote: Remote, copy: Copy) -> Remote:
        """Set all fields that are ours. The slug is not: somebody may have chosen a better one."""
        self._check_rights(copy)
        fields = self._fields(copy)
        if remote.state != copy.state:
            fields["status"] = _STATUS[copy.state]
        return self._change(remote, fields)

    def unpublish(self, remote: Remote) -> Remote | None:
        """Make the post a draft."""
        return self._change(remote, {"status": "draft"})

    def hosted(self, picture: Picture) -> Hosted | None:
        """A picture of its name in the library of media: the name holds the digest of its bytes.

        SVG stays where it is, since WordPress takes none.
        """
        if picture.media_type == "image/svg+xml":
            return Hosted("", picture.url)
        digest = picture.name.rpartition("-")[2].partition(".")[0]
        for item in self._ask("GET", "media", {"search": digest, "_fields": _MEDIA}):
            if digest in item["source_url"].rpartition("/")[2]:
                return Hosted(str(item["id"]), item["source_url"])
        return None

    def upload(self, picture: Picture) -> Hosted:
        """Put a picture into the library of media; of one that is there WordPress makes another."""
        found = self.hosted(picture)
        if found is not None:
            return found
        self._check_right("upload_files", "put pictures into the library of media")
        headers = {
            "Content-Type": picture.media_type,
            "Content-Disposition": f'attachment; filename="{picture.name}"',
        }
        data = picture.path.read_bytes()
        made = self._ask("POST", "media", {"_fields": _MEDIA}, content=data, headers=headers)
        return Hosted(str(made["id"]), made["source_url"])

    def _change(self, remote: Remote, fields: Mapping[str, Any]) -> Remote:
        """Set fields of a post: the same again changes nothing."""
        asked = {"_fields": _FIELDS}
        route = f"posts/{remote.id}"
        made = self._ask("POST", route, asked, payload=fields, repeatable=True)
        with done():
            return self._remote(made)

    def _fields(self, copy: Copy) -> dict[str, Any]:
        fields = {name: copy.payload[name] for name in ("title", "excerpt", "content")}
        fields["tags"] = [self._tag(name) for name in copy.payload["tags"]]
        if copy.at is not None:
            fields["date_gmt"] = copy.at
        return fields

    def _list(self, asked: Asked) -> Iterator[dict[str, Any]]:
        """Posts of ours in any state but the bin, oldest first."""
        common: Asked = {
            "context": "edit", "status": "any", "per_page": _PAGE,
            "orderby": "id", "order": "asc", "_fields": _FIELDS,
        }  # fmt: skip
        for page in count(1):
            found = self._ask("GET", "posts", {**common, **asked, "page": page})
            yield from found
            if len(found) < _PAGE:
                return

    def _remote(self, post: Mapping[str, Any]) -> Remote:
        unknown = [str(tag) for tag in post["tags"] if tag not in self._names]
        for start in range(0, len(unknown), _PAGE):
            include = ",".join(unknown[start : start + _PAGE])
            asked: Asked = {"include": include, "per_page": _PAGE, "_fields": "id,name"}
            self._learn(self._ask("GET", "tags", asked))
        return Remote(
            id=str(post["id"]),
            url=post["link"],
            state=_STATES.get(post["status"], "draft"),
            content=_content(
                post["title"]["raw"],
                post["excerpt"]["raw"],
                post["content"]["raw"],
                [self._names[tag] for tag in post["tags"] if tag in self._names],
            ),
        )

    def _tag(self, name: str) -> int:
        """The number of a tag of exactly this name, or that differs by case; made if missing.

        Slugs tell nothing: `C++`, `C#` and `C` have `c`, `c-2` and `c-3`.
        """
        own = self._number(name)
        if own is not None:
            return own
        written = html.escape(name, quote=False)
        asked: Asked = {"search": written, "per_page": _PAGE, "_fields": "id,name"}
        self._learn(self._ask("GET", "tags", asked))
        own = self._number(name)
        if own is not None:
            return own
        try:
            made = self._ask(
                "POST", "tags", {"_fields": "id,name"}, payload={"name": written}, repeatable=True
            )
            self._learn([made])
            return int(made["id"])
        except RefusedError as error:
            if not isinstance(error.data, Mapping) or error.data.get("code") != "term_exists":
                raise
            return int(error.data["data"]["term_id"])

    def _number(self, name: str) -> int | None:
        numbers = {known: number for number, known in self._names.items()}
        folded = {known.casefold(): number for known, number in numbers.items()}
        return numbers.get(name, folded.get(name.casefold()))

    def _learn(self, tags: list[dict[str, Any]]) -> None:
        self._names |= {tag["id"]: html.unescape(tag["name"]) for tag in tags}

    def _check_rights(self, copy: Copy) -> None:
        self._check_right("edit_posts", "write posts")
        if copy.state != "draft":
            self._check_right("publish_posts", "publish")

    def _check_right(self, right: str, words: str) -> None:
        """Raise where the user's role lacks a right; WordPress may do half of it otherwise."""
        if not self._me.get("capabilities", {}).get(right):
            roles = self._client.clean(", ".join(self._me.get("roles", ()))) or "none"
            hint = "give the user the role of an author, or the channel `status: draft`"
            message = f"the user may not {words} (roles: {roles})"
            raise RefusedError(message, hint, status=403)

    def _ask(self, method: str, route: str, asked: Asked, **options: Any) -> Any:
        path, params = self._way(route, asked)
        return self._client.ask(method, path, params=params, **options).data

    def _way(self, route: str, asked: Asked) -> tuple[str, Asked]:
        """Where the interface answers, once it is known who we are and which way that is."""
        if not self._me:
            raise AssertionError("a user has a number")
        return self._address(f"wp/v2/{route}", asked)

    def _address(self, route: str, asked: Asked) -> tuple[str, Asked]:
        if self._has_paths:
            return f"wp-json/{route}", asked
        return "", {"rest_route": f"/{route}", **asked}

    @cached_property
    def _me(self) -> Mapping[str, Any]:
        """Who we are there. Without pretty permalinks, the interface answers to a parameter only.

        Source: REST API handbook, "Routes and endpoints".
        """
        asked: Asked = {"context": "edit", "_fields": "id,roles,capabilities"}
        for self._has_paths in (True, False):
            path, params = self._address("wp/v2/users/me", asked)
            try:
                answer = self._client.ask("GET", path, params=params, as_text=True)
            except RefusedError as error:
                if self._has_paths and error.status == 404 and error.data is None:
                    continue
                if error.status == 401:
                    raise self._unknown(error) from None
                raise
            if isinstance(answer.data, Mapping) and "id" in answer.data:
                return answer.data
        origin = urlsplit(self._client.base)
        message = f"{origin.scheme}://{origin.netloc} does not answer as WordPress does"
        hint = "check the channel's `url` in site.yaml, and that no plugin turns REST off there"
        raise UnreachableError(message, hint)

    def _unknown(self, error: RefusedError) -> RefusedError:
        """Why WordPress does not know us: its index tells whether it takes such passwords."""
        path, params = self._address("", {"_fields": "authentication"})
        index = self._client.ask("GET", path, params=params, is_public=True).data
        ways = index.get("authentication") if isinstance(index, Mapping) else None
        hint = _STRIPPED if "application-passwords" in (ways or ()) else _TURNED_OFF
        return RefusedError(error.message, hint, status=error.status, data=error.data)


def _original(post: Mapping[str, Any]) -> str | None:
    """The canonical URL that a copy of ours names, None where it is none."""
    found = _ORIGINAL.search(post["content"]["raw"])
    return html.unescape(found[1]) if found else None


PLATFORM = Platform(
    name="WordPress",
    read=read,
    connect=WordPress,
    secrets=("USER", "TOKEN"),
    needs=("url",),
    normal=normal,
    problems=problems,
    hosts_pictures=True,
)
