"""The ledger: which copy of which article stands where, as publishing wrote it down.

In: the text of `content/ledger.json`, a list of records of which each names at least its
`channel`, its `article` (the slug) and its `url`. Out: records, or what is wrong with the file and
where; and records as the text of the file again, the same for the same records.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, get_args

from versus.diagnostics import Diagnostic, Fault, Severity
from versus.sources import Source
from versus.validate import placed

Copies: TypeAlias = Mapping[tuple[str, str], str]
"""URLs of copies by the channel's name and the article's slug."""

Content: TypeAlias = Mapping[str, str | tuple[str, ...]]
"""What a post says, by the names of its parts: title, body, tags, canonical, description."""

Digests: TypeAlias = Mapping[str, str]
"""The digest of each part of a content."""

Known: TypeAlias = Literal["draft", "scheduled", "published", "removed", "unpublished", ""]
"""How a post was seen last: `removed` there by somebody, and left so; `unpublished` by us."""

_HINT = "publishing writes this file: take it from the last commit, or remove it"
_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Hosted:
    """A picture that a platform keeps: its number there, if it has one, and its address."""

    id: str
    url: str


@dataclass(frozen=True, slots=True)
class Pending:
    """What was about to be done when this was written, in case nobody came back to tell."""

    action: Literal["create", "update"]
    sent: Digests
    time: str


@dataclass(frozen=True, slots=True)
class Record:
    """One article on one channel.

    `sent` is of what we sent, `shown` of what the platform then showed; nothing was sent yet
    where a post that was there before has been adopted.
    """

    channel: str
    article: str
    id: str = ""
    url: str = ""
    state: Known = ""
    sent: Digests = field(default_factory=dict)
    shown: Digests = field(default_factory=dict)
    time: str = ""
    pending: Pending | None = None
    pictures: Mapping[str, Hosted] = field(default_factory=dict)
    """Pictures that the platform keeps, by the digests of their bytes."""

    @property
    def has_post(self) -> bool:
        """Whether there is a post, or may be; else only pictures of it have arrived."""
        return bool(self.id or self.url or self.pending)


Records: TypeAlias = Mapping[tuple[str, str], Record]
"""All records by channel and article."""


def digests(content: Content) -> Digests:
    """Short digests of each part: enough to see a change, and lines that people can compare."""

    def digest(value: str | tuple[str, ...]) -> str:
        text = json.dumps(value, ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]

    return {name: digest(content[name]) for name in sorted(content)}


def copies(source: Source | None) -> tuple[Copies, list[Diagnostic]]:
    """The URLs of all copies that readers can reach; a publication without a ledger has none."""
    records, faults = read(source)
    return {
        key: record.url
        for key, record in records.items()
        if record.state in ("published", "") and record.url.startswith(("http://", "https://"))
    }, faults


def read(source: Source | None) -> tuple[Records, list[Diagnostic]]:
    """All records, or none and what is wrong with the file."""
    if source is None:
        return {}, []
    try:
        data = json.loads(source.text)
    except (ValueError, RecursionError) as error:
        line, column = getattr(error, "lineno", 1), getattr(error, "colno", 1)
        fault = Diagnostic(source.path, line, column, Severity.ERROR, "not JSON", _HINT)
        return {}, [fault]
    faults = list(_faults(data))
    if faults:
        return {}, placed(source, faults)
    return {(item["channel"], item["article"]): _record(item) for item in data}, []


def written(records: Iterable[Record]) -> str:
    """The text of the file: in the order of channels and articles, a line for each value."""
    ordered = sorted(records, key=lambda record: (record.channel, record.article))
    data = [_plain(record) for record in ordered]
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _plain(record: Record) -> dict[str, Any]:
    """A record as JSON, without what says nothing."""
    pending = record.pending
    data: dict[str, Any] = {
        "channel": record.channel,
        "article": record.article,
        "id": record.id,
        "url": record.url,
        "state": record.state,
        "sent": dict(sorted(record.sent.items())),
        "shown": dict(sorted(record.shown.items())),
        "time": record.time,
        "pictures": {
            digest: {"id": record.pictures[digest].id, "url": record.pictures[digest].url}
            for digest in sorted(record.pictures)
        },
        "pending": pending
        and {
            "action": pending.action,
            "sent": dict(sorted(pending.sent.items())),
            "time": pending.time,
        },
    }
    return {name: value for name, value in data.items() if value}


_SHAPES: Mapping[str, type | tuple[type, ...]] = {
    "channel": str,
    "article": str,
    "id": (str, int),
    "url": str,
    "state": str,
    "sent": dict,
    "shown": dict,
    "time": str,
    "pending": dict,
    "pictures": dict,
}


def _faults(data: object) -> Iterator[Fault]:
    """What is wrong with the data; keys that we do not know are somebody's own."""
    if not isinstance(data, list):
        yield Fault((), "not a list of records", _HINT)
        return
    seen: set[tuple[object, object]] = set()
    for number, item in enumerate(data):
        if not isinstance(item, dict):
            yield Fault((number,), "not a record", _HINT)
            continue
        for name in ("channel", "article"):
            if not item.get(name):
                yield Fault((number,), f"a record without `{name}`", _HINT)
        for name, shape in _SHAPES.items():
            if name in item and not isinstance(item[name], shape):
                yield Fault((number, name), f"`{name}` is not what it should be", _HINT)
        if item.get("state", "") not in get_args(Known):
            yield Fault((number, "state"), f"no state {item['state']!r}", _HINT)
        key = (str(item.get("channel")), str(item.get("article")))
        if key in seen:
            hint = "keep one of the two: its `id` is the post that shall stay"
            yield Fault((number,), f"a second record of {key[1]!r} on {key[0]!r}", hint)
        seen.add(key)


def _record(item: dict[str, Any]) -> Record:
    pending = item.get("pending")
    return Record(
        channel=item["channel"],
        article=item["article"],
        id=str(item.get("id", "")),
        url=item.get("url", ""),
        state=item.get("state", ""),
        sent=_texts(item.get("sent")),
        shown=_texts(item.get("shown")),
        time=item.get("time", ""),
        pending=Pending(
            "update" if pending.get("action") == "update" else "create",
            _texts(pending.get("sent")),
            str(pending.get("time", "")),
        )
        if pending
        else None,
        pictures={
            digest: Hosted(str(found.get("id", "")), str(found.get("url", "")))
            for digest, found in item.get("pictures", {}).items()
            if isinstance(found, dict)
        },
    )


def _texts(data: object) -> Digests:
    return {str(k): str(v) for k, v in data.items()} if isinstance(data, dict) else {}
