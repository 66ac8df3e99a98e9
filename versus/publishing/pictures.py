"""Pictures of a copy, for platforms that want them on their own disks.

In: a copy's texts, and the files below `content/assets`. Out: which pictures it shows, each with
the digest of its bytes, and texts with the addresses that the platform gave.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote

from versus.ledger import Hosted
from versus.mediatypes import media_type

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the publication: its address in a copy, and where its bytes are."""

    url: str
    path: Path
    digest: str
    """SHA-256 of the bytes, in hexadecimal."""

    @property
    def media_type(self) -> str:
        """What it is, as HTTP says it."""
        return media_type(self.path.name)

    @property
    def name(self) -> str:
        """A file name that is the same for the same bytes, and for no others: looked up by it.

        Only of what platforms keep and headers take: other letters go, the digest stays.
        """
        name = f"{self.path.stem}-{self.digest[:12]}{self.path.suffix.lower()}"
        return re.sub(r"[^A-Za-z0-9._-]+", "-", name).lstrip("-.")


def shown(payload: Any, base_url: str, content: Path) -> tuple[Picture, ...]:
    """The pictures of the publication that a copy's fields name, each once, in their order."""
    found: dict[str, Picture] = {}
    pattern = re.compile(re.escape(base_url) + r"(assets/[^\s\"'<>()\\?#]+)")
    for text in _texts(payload):
        for match in pattern.finditer(text):
            path = content / unquote(match[1])
            if match[0] not in found and path.is_file():
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                found[match[0]] = Picture(match[0], path, digest)
    return tuple(picture for picture in found.values() if picture.media_type.startswith("image/"))


def hosted(value: T, found: Mapping[str, Hosted]) -> T:
    """A value of any shape in which the addresses of pictures are the platform's."""
    if not found:
        return value
    names = sorted(found, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, names)))
    return _replaced(value, pattern, found)  # type: ignore[no-any-return]


def _replaced(value: Any, pattern: re.Pattern[str], found: Mapping[str, Hosted]) -> Any:
    if isinstance(value, str):
        return pattern.sub(lambda match: found[match[0]].url, value)
    if isinstance(value, Mapping):
        return {key: _replaced(inner, pattern, found) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_replaced(inner, pattern, found) for inner in value)
    return value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
