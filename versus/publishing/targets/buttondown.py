"""Buttondown, which sends newsletters: mails become drafts there, and people send them.

Sources: Buttondown's API documentation (emails; the modes of its editor; template variables) and
its note on API version 2026-04-01; older keys send what does not say `draft`, so that is always
said, and the version named.
"""

import re
from collections.abc import Iterator
from typing import Any

from versus.channels.newsletter import KIND
from versus.publishing.http import Client
from versus.publishing.target import Copy, Place, Platform, Problem, Remote, Source, Target

_HOME = "https://api.buttondown.com/v1/"
_VERSION = "2026-04-01"
_HTML = "<!-- buttondown-editor-mode: fancy -->"
"""Says that the body is HTML, which would be guessed otherwise."""
_MODE = re.compile(r"^\s*<!-- buttondown-editor-mode: \w+ -->\s*")
_TAG = re.compile(r"\{(?=[{%#])")
"""Where a tag of its templates begins, which it runs anywhere, also in code."""
_SENT = frozenset({"about_to_send", "in_flight", "sent", "imported", "resending", "throttled"})
_GONE = frozenset({"deleted"})


class Buttondown(Target):
    """The mails of the newsletter that the key belongs to."""

    def __init__(self, place: Place) -> None:
        key = place.secrets["TOKEN"]
        self._client: Client = place.client(
            place.channel.api or _HOME,
            lambda: {"authorization": f"Token {key.reveal()}", "x-api-version": _VERSION},
            (key,),
        )

    def find(self, copy: Copy) -> Remote | None:
        """The mail with our canonical URL, else that with our slug, sent or not."""
        same_slug = None
        path: str | None = "emails"
        while path:
            data = self._client.ask("GET", path).data
            for item in data["results"]:
                if item.get("canonical_url") == copy.canonical and item["status"] not in _GONE:
                    return _remote(item)
                if item.get("slug") == copy.slug and item["status"] not in _GONE:
                    same_slug = same_slug or _remote(item)
            path = data.get("next")
        return same_slug

    def show(self, remote_id: str) -> Remote | None:
        """A mail."""
        answer = self._client.look(f"emails/{remote_id}")
        return None if answer is None or answer.data["status"] in _GONE else _remote(answer.data)

    def create(self, copy: Copy) -> Remote:
        """A new draft."""
        fields = {**copy.payload, "status": "draft"}
        return _remote(self._client.ask("POST", "emails", payload=fields).data)

    def update(self, remote: Remote, copy: Copy) -> Remote:
        """Replace a mail that is not sent yet; its status is whatever somebody made it."""
        path = f"emails/{remote.id}"
        answer = self._client.ask("PATCH", path, payload=copy.payload, repeatable=True)
        return _remote(answer.data)

    def unpublish(self, remote: Remote) -> Remote | None:
        """Delete a draft; what is sent is sent."""
        if remote.final:
            return remote
        self._client.ask("DELETE", f"emails/{remote.id}")
        return None


def _remote(data: Any) -> Remote:
    status = str(data["status"])
    is_sent = status in _SENT
    content = {
        "title": str(data["subject"]),
        "body": _MODE.sub("", str(data["body"])),
        "canonical": str(data.get("canonical_url") or ""),
        "description": str(data.get("description") or ""),
    }
    return Remote(
        str(data["id"]), str(data.get("absolute_url") or ""),
        "published" if is_sent else "scheduled" if status == "scheduled" else "draft",
        content, str(data.get("modification_date") or ""), "it is sent" if is_sent else "",
    )  # fmt: skip


def _read(source: Source) -> Copy:
    """The mail's body without the page around it, since Buttondown puts its own there.

    Its templates run over the HTML, in which a reference is no brace.
    """
    fields = source.fields()
    page = next(data for path, data in source.files.items() if path.endswith(".html")).decode()
    match = re.search(r"<body[^>]*>(.*)</body>", page, re.DOTALL)
    body = _TAG.sub("&#123;", (match[1] if match else page).strip())
    payload = {
        "subject": fields["subject"],
        "body": f"{_HTML}\n{body}",
        "slug": fields["slug"],
        "description": fields.get("description", ""),
        "canonical_url": fields["canonical_url"],
    }
    content = {
        "title": payload["subject"],
        "body": body,
        "canonical": payload["canonical_url"],
        "description": payload["description"],
    }
    return Copy(
        article=source.article, slug=source.article, title=source.title,
        canonical=source.canonical, state="draft", content=content, payload=payload,
    )  # fmt: skip


def _problems(copy: Copy, place: Place) -> Iterator[Problem]:
    limit = KIND.limits.title
    if limit is not None and len(copy.payload["subject"]) > limit:
        yield Problem(f"the subject has more than {limit} characters", "shorten the title")


PLATFORM = Platform(
    name="Buttondown", read=_read, connect=Buttondown, problems=_problems, settle=2.0
)
