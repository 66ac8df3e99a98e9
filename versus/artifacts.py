"""What a build makes: files as values, not yet in their places."""

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

Record: TypeAlias = dict[str, Any]
"""A file's entry in the manifest: path, sha256, bytes, media_type, article, variant, format."""


COPY = "channel:"
"""How the manifest begins the format of a copy for a channel, as in `channel:devto`."""


class Stored(NamedTuple):
    """Bytes that lie in a file: staged on their way to `out/`, or standing there already."""

    path: str
    sha256: str
    size: int
    is_placed: bool = False
    """Whether the file is the artifact's own in `out/`, where it needs nothing done."""


class Artifact(NamedTuple):
    """One file to write: where below `out/`, its bytes, and what it is a version of."""

    path: str
    content: bytes | Stored
    media_type: str
    article: str | None = None
    variant: str | None = None
    format: str | None = None

    @property
    def data(self) -> bytes:
        """The bytes, read where they lie in a file."""
        if isinstance(self.content, bytes):
            return self.content
        return Path(self.content.path).read_bytes()

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return len(self.content) if isinstance(self.content, bytes) else self.content.size

    @property
    def sha256(self) -> str:
        """The digest of the bytes, in hexadecimal."""
        if isinstance(self.content, bytes):
            return hashlib.sha256(self.content).hexdigest()
        return self.content.sha256

    def record(self) -> Record:
        """The file as the manifest and the report list it."""
        return {
            "path": self.path,
            "sha256": self.sha256,
            "bytes": self.size,
            "media_type": self.media_type,
            "article": self.article,
            "variant": self.variant,
            "format": self.format,
        }


Making: TypeAlias = Callable[[], Iterable[Artifact]]
"""How some files are made, when they are."""
