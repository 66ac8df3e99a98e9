"""Where everything stands, as the ledger and the environment tell: nothing is asked of anybody.

In: the site, its library, the records, the environment. Out: channels with the variables that
their secrets are in, and a row for each article on each of them.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from versus.ledger import Record, Records
from versus.library import Library
from versus.model import Site
from versus.publishing import secrets
from versus.publishing.targets import platform_of

BY_HAND = "by hand"


@dataclass(frozen=True, slots=True)
class Standing:
    """A channel: what its platform is, and whether each of its secrets is set."""

    name: str
    kind: str
    platform: str
    secrets: Mapping[str, bool]
    """By the names of environment variables; never their values."""


@dataclass(frozen=True, slots=True)
class Row:
    """An article on a channel."""

    channel: str
    article: str
    title: str
    state: str
    url: str = ""
    time: str = ""


def channels(site: Site, environment: Mapping[str, str]) -> tuple[Standing, ...]:
    """The channels in the order of the site's settings."""
    found = []
    for name, channel in site.channels.items():
        platform = platform_of(channel)
        if platform is None:
            found.append(Standing(name, channel.kind, BY_HAND, {}))
            continue
        variables = [secrets.variable(name, part) for part in platform.secrets]
        are_set = {variable: bool(environment.get(variable, "").strip()) for variable in variables}
        found.append(Standing(name, channel.kind, platform.name, are_set))
    return tuple(found)


def rows(library: Library, records: Records) -> tuple[Row, ...]:
    """Every copy that there is to be, or is, on every channel, then what only the ledger knows.

    A channel takes no copies of articles that are not translated into its language.
    """
    site, found = library.site, []
    for name, channel in site.channels.items():
        is_by_hand = platform_of(channel) is None
        for entry in library.live:
            record = records.get((name, entry.slug))
            has_post = record is not None and record.has_post
            if not has_post and not library.has(entry, channel.language or site.language):
                continue
            if record is None or not has_post:
                state = BY_HAND if is_by_hand else "not there yet"
                found.append(Row(name, entry.slug, entry.title, state))
            else:
                found.append(_row(record, entry.title, record.state or "there"))
    live = {entry.slug for entry in library.live}
    for (name, article), record in sorted(records.items()):
        if record.has_post and (name not in site.channels or article not in live):
            found.append(_row(record, "", f"{record.state or 'there'}, without its article"))
    return tuple(found)


def _row(record: Record, title: str, state: str) -> Row:
    state = "under way" if record.pending is not None else state
    return Row(record.channel, record.article, title, state, record.url, record.time)


def as_json(channels: Iterable[Standing], rows: Iterable[Row]) -> str:
    """Both as JSON."""
    data = {"channels": [asdict(c) for c in channels], "articles": [asdict(row) for row in rows]}
    return json.dumps(data, ensure_ascii=False, indent=1)
