"""A build in parts: which part makes what, and what parts of one build have in common.

In: `2/5` and slugs. Out: a `Shard`; and the note that a part's manifest carries, so that `merge`
joins parts of the same build only. A slug's digest decides, so every machine decides alike, and a
new article moves no other one to another part.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Shard:
    """One part of a build in so many parts, counted from 1."""

    number: int
    count: int

    def holds(self, slug: str) -> bool:
        """Whether an article's files are made in this part."""
        digest = hashlib.sha256(slug.encode()).digest()
        return int.from_bytes(digest[:8], "big") % self.count == self.number - 1

    @property
    def is_first(self) -> bool:
        """Whether this is the part that makes the files of no single article."""
        return self.number == 1

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"


def shard(text: str) -> Shard:
    """The part that a text like `2/5` names. Raises ValueError for any other text."""
    found = re.fullmatch(r"([0-9]{1,3})/([0-9]{1,3})", text)
    if found is None:
        raise ValueError(f"{text!r} is no part: write it as in 2/5, the second of five")
    number, count = int(found[1]), int(found[2])
    if not 1 <= number <= count:
        raise ValueError(f"{text!r}: there are parts 1/{count} to {count}/{count}")
    return Shard(number, count)


@dataclass(frozen=True, slots=True)
class Note:
    """What a part's manifest says of the part."""

    shard: Shard
    build: str
    """A digest of all that decides what a build makes: equal for parts of the same build."""
    search: bool = False
    """Whether the whole build makes a search index, which needs the pages of all parts."""

    def data(self) -> dict[str, Any]:
        """The note as the manifest holds it."""
        return {
            "number": self.shard.number,
            "count": self.shard.count,
            "build": self.build,
            "search": self.search,
        }


def note(data: Mapping[str, Any]) -> Note:
    """The note of a manifest's data. Raises ValueError, KeyError or TypeError where it is none."""
    found = shard(f"{data['number']}/{data['count']}")
    return Note(found, str(data["build"]), bool(data["search"]))
