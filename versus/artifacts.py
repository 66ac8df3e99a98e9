"""What a build makes: files as values, not yet written."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

Record: TypeAlias = dict[str, Any]
"""A file's entry in the manifest: path, sha256, bytes, media_type, article, variant, format."""


COPY = "channel:"
"""How the manifest begins the format of a copy for a channel, as in `channel:devto`."""


@dataclass(frozen=True)
class Artifact:
    """One file to write: where below `out/`, its bytes, and what it is a version of."""

    path: str
    data: bytes
    media_type: str
    article: str | None = None
    variant: str | None = None
    format: str | None = None

    def record(self) -> Record:
        """The file as the manifest and the report list it."""
        return {
            "path": self.path,
            "sha256": self.sha256,
            "bytes": len(self.data),
            "media_type": self.media_type,
            "article": self.article,
            "variant": self.variant,
            "format": self.format,
        }

    @cached_property
    def sha256(self) -> str:
        """The digest of the bytes, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()
